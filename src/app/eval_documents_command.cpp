// SPDX-License-Identifier: Apache-2.0
// selfsame eval documents: drawn or photographed documents against what is known to be on them
// (tests/documents/README.md).
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <ctime>
#include <filesystem>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <thread>

#include "app/commands.h"
#include "app/document_setup.h"
#include "app/terminal.h"
#include "base/utf8.h"
#include "core/document_step.h"
#include "core/document_text.h"
#include "evaluation/pad_rates.h"

namespace selfsame::app {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;

constexpr std::size_t kTruthBytesMax = 1U << 20;
constexpr std::size_t kPictureBytesMax = 64U << 20;

struct Truth {
  fs::path picture;
  std::string type;
  std::string side;
  std::string condition;
  std::map<std::string, std::string> fields;
  std::vector<std::string> mrz;
  vision::Quad quad{};
  std::optional<vision::Quad> portrait;
};

/// Hits of so many.
struct Count {
  int hits = 0;
  int of = 0;

  void add(bool hit) {
    hits += hit ? 1 : 0;
    ++of;
  }
};

/// How often each warning of the picture was given, of so many pictures of one condition.
struct WarningTally {
  std::size_t pictures = 0;
  std::map<core::DocumentWarning, std::size_t> given;
};

constexpr std::array kPictureWarnings = {
    core::DocumentWarning::incomplete,
    core::DocumentWarning::copy,
    core::DocumentWarning::recapture,
    core::DocumentWarning::glare,
    core::DocumentWarning::blur
};

struct Tally {
  int pictures = 0;
  Count type;
  Count quad;                            // IoU above 0.9
  Count mrz;                             // every character
  Count portrait;                        // its middle is in the true one, and the other way round
  std::map<std::string, Count> of_kind;  // numbers, dates, names, addresses, other
  std::map<std::string, Count> of_field;
  double cpu_ms = 0;
};

std::string text_at(const json::object& object, std::string_view key) {
  const json::value* value = object.if_contains(key);
  return value != nullptr && value->is_string() ? std::string(value->as_string()) : std::string();
}

float number_of(const json::value& value) {
  return static_cast<float>(value.is_number() ? value.to_number<double>() : 0.0);
}

vision::Quad quad_of(const json::value* value) {
  vision::Quad quad{};
  if (value == nullptr || !value->is_array() || value->as_array().size() != quad.size())
    return quad;
  for (std::size_t i = 0; i < quad.size(); ++i) {
    const json::value& point = value->as_array()[i];
    if (!point.is_array() || point.as_array().size() != 2) return {};
    quad.at(i) = {number_of(point.as_array()[0]), number_of(point.as_array()[1])};
  }
  return quad;
}

Result<Truth> read_truth(const fs::path& path) {
  SELFSAME_TRY(bytes, read_file(path.string(), kTruthBytesMax));
  boost::system::error_code error;
  const json::value root = json::parse(std::string_view(text_of(bytes)), error);
  if (error || !root.is_object()) {
    return fail(Errc::invalid_parameter, path.string() + " is not what is known of a document");
  }
  const json::object& object = root.as_object();
  Truth truth;
  truth.picture = path.parent_path() / text_at(object, "file");
  truth.type = text_at(object, "type");
  truth.side = text_at(object, "side");
  truth.quad = quad_of(object.if_contains("quad"));
  if (const json::value* fields = object.if_contains("fields");
      fields != nullptr && fields->is_object()) {
    for (const auto& [key, value] : fields->as_object()) {
      if (value.is_string()) truth.fields[std::string(key)] = std::string(value.as_string());
    }
  }
  if (const json::value* mrz = object.if_contains("mrz"); mrz != nullptr && mrz->is_object()) {
    if (const json::value* lines = mrz->as_object().if_contains("lines");
        lines != nullptr && lines->is_array()) {
      for (const json::value& line : lines->as_array()) {
        if (line.is_string()) truth.mrz.emplace_back(line.as_string());
      }
    }
  }
  if (const json::value* portrait = object.if_contains("portrait");
      portrait != nullptr && portrait->is_object()) {
    truth.portrait = quad_of(portrait->as_object().if_contains("quad"));
  }
  if (const json::value* conditions = object.if_contains("conditions");
      conditions != nullptr && conditions->is_object()) {
    truth.condition = text_at(conditions->as_object(), "name");
  }
  return truth;
}

Result<std::vector<Truth>> read_folder(const std::string& folder) {
  std::vector<fs::path> paths;
  std::error_code error;
  for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) {
    if (it->path().extension() == ".json") paths.push_back(it->path());
  }
  if (error) return fail(Errc::not_found, "cannot read " + folder);
  std::ranges::sort(paths);
  std::vector<Truth> all;
  for (const fs::path& path : paths) {
    SELFSAME_TRY(truth, read_truth(path));
    all.push_back(std::move(truth));
  }
  if (all.empty()) return fail(Errc::not_found, "no *.json in " + folder);
  return all;
}

const char* kind_of(const std::string& field) {
  static const std::map<std::string, const char*> kKinds = {
      {"document_number", "numbers"},
      {"personal_number", "numbers"},
      {"control_number", "numbers"},
      {"name_code", "numbers"},
      {"postal_code", "numbers"},
      {"date_of_birth", "dates"},
      {"date_of_issue", "dates"},
      {"date_of_expiry", "dates"},
      {"date_of_first_issue", "dates"},
      {"full_name", "names"},
      {"surname", "names"},
      {"given_names", "names"},
      {"middle_name", "names"},
      {"full_name_local", "names"},
      {"address", "addresses"},
  };
  const auto it = kKinds.find(field);
  return it == kKinds.end() ? "other" : it->second;
}

/// Full width made narrow, runs of blanks one; none at all beside scripts without them.
std::string comparable(const std::string& text) {
  const bool blanks_count = !core::has_han(text) && !core::has_thai(text);
  std::string result;
  std::string_view rest = text;
  while (!rest.empty()) {
    const std::string_view before = rest;
    const auto c = take_character(rest);
    if (!c) return text;
    if (*c == U' ' || *c == 0x3000) {
      if (blanks_count && !result.empty() && !result.ends_with(' ')) result += ' ';
    } else if (*c >= 0xFF01 && *c <= 0xFF5E) {
      result += static_cast<char>(*c - 0xFF01 + 0x21);
    } else {
      result += before.substr(0, before.size() - rest.size());
    }
  }
  if (result.ends_with(' ')) result.pop_back();
  return result;
}

/// Intersection over union of convex outlines, by clipping one at the sides of the other.
double overlap(const vision::Quad& a, const vision::Quad& b) {
  std::vector<vision::Point> shape(a.begin(), a.end());
  for (std::size_t i = 0; i < 4 && !shape.empty(); ++i) {
    const vision::Point p = b.at(i);
    const vision::Point q = b.at((i + 1) % 4);
    const auto inside = [&](vision::Point x) {
      return (q.x - p.x) * (x.y - p.y) - (q.y - p.y) * (x.x - p.x);
    };
    std::vector<vision::Point> kept;
    for (std::size_t k = 0; k < shape.size(); ++k) {
      const vision::Point s = shape[k];
      const vision::Point e = shape[(k + 1) % shape.size()];
      const float ds = inside(s);
      const float de = inside(e);
      if (ds >= 0) kept.push_back(s);
      if ((ds >= 0) != (de >= 0)) {
        const float t = ds / (ds - de);
        kept.push_back({s.x + t * (e.x - s.x), s.y + t * (e.y - s.y)});
      }
    }
    shape = std::move(kept);
  }
  double both = 0;
  for (std::size_t i = 0; i < shape.size(); ++i) {
    const vision::Point p = shape[i];
    const vision::Point q = shape[(i + 1) % shape.size()];
    both += static_cast<double>(p.x * q.y - q.x * p.y) / 2;
  }
  const double either =
      static_cast<double>(vision::area_of(a)) + static_cast<double>(vision::area_of(b)) - both;
  return either > 0 ? both / either : 0;
}

bool holds_middle_of(const vision::Quad& frame, const vision::Quad& other) {
  const vision::Point p =
      vision::Homography::to_rectangle(frame, 1, 1).map(vision::centre_of(other));
  return p.x > 0 && p.x < 1 && p.y > 0 && p.y < 1;
}

double thread_cpu_ms() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) * 1e3 + static_cast<double>(time.tv_nsec) / 1e6;
}

/// What differs, a line each; nothing when all is right.
std::vector<std::string> count(
    const Truth& truth, const vision::DocumentReading& reading, Tally& tally
) {
  std::vector<std::string> wrong;
  ++tally.pictures;
  const bool is_type = reading.type == truth.type && reading.side == truth.side;
  const std::set<std::string> kNoTypes = {"TD1", "TD2", "MRVA", "MRVB"};
  if (!kNoTypes.contains(truth.type)) {
    tally.type.add(is_type);
    if (!is_type)
      wrong.push_back(
          fmt::format("type: {} {} ({:.2f})", reading.type, reading.side, reading.type_score)
      );
  }
  const double iou = overlap(truth.quad, reading.card);
  tally.quad.add(iou > 0.9);
  if (!(iou > 0.9))
    wrong.push_back(fmt::format("quad: {:.3f}{}", iou, reading.card_found ? "" : ", no card found")
    );
  if (truth.portrait) {
    const bool found = reading.portrait && holds_middle_of(*truth.portrait, *reading.portrait) &&
                       holds_middle_of(*reading.portrait, *truth.portrait);
    tally.portrait.add(found);
    if (!found) wrong.push_back(reading.portrait ? "portrait: elsewhere" : "portrait: none");
  }
  if (!truth.mrz.empty()) {
    const bool right = reading.mrz && reading.mrz->lines == truth.mrz;
    tally.mrz.add(right);
    if (!right) {
      wrong.push_back(fmt::format(
          "mrz: {} instead of {}",
          reading.mrz ? fmt::format("{}", fmt::join(reading.mrz->lines, " ")) : "none",
          fmt::join(truth.mrz, " ")
      ));
    }
  }
  if (kNoTypes.contains(truth.type)) return wrong;
  for (const auto& [name, value] : truth.fields) {
    const core::FieldValue* read = reading.fields.find(name);
    const bool right = is_type && read != nullptr && comparable(read->value) == comparable(value);
    tally.of_kind[kind_of(name)].add(right);
    tally.of_field[name].add(right);
    if (!right)
      wrong.push_back(fmt::format(
          "{}: \"{}\" instead of \"{}\"", name, read == nullptr ? "" : read->value, value
      ));
  }
  return wrong;
}

std::string shown(const Count& c) {
  return c.of == 0 ? "-" : fmt::format("{}/{} {:.1f}%", c.hits, c.of, 100.0 * c.hits / c.of);
}

json::object count_json(const Count& c) {
  return {{"hits", c.hits}, {"of", c.of}};
}

json::object tally_json(const Tally& tally) {
  json::object kinds;
  json::object fields;
  for (const auto& [name, c] : tally.of_kind) kinds[name] = count_json(c);
  for (const auto& [name, c] : tally.of_field) fields[name] = count_json(c);
  return {
      {"pictures", tally.pictures},
      {"type", count_json(tally.type)},
      {"quad", count_json(tally.quad)},
      {"mrz", count_json(tally.mrz)},
      {"portrait", count_json(tally.portrait)},
      {"kinds", std::move(kinds)},
      {"fields", std::move(fields)},
      {"cpu_ms", tally.pictures == 0 ? 0.0 : tally.cpu_ms / tally.pictures}
  };
}

/// By condition, with Wilson's intervals: true rates and false ones stand in one table.
void print_warnings(const std::map<std::string, WarningTally>& conditions) {
  fmt::print("\nwarnings by condition\n");
  for (const auto& [name, tally] : conditions) {
    fmt::print("{:<12} {:>4}", name, tally.pictures);
    for (const core::DocumentWarning warning : kPictureWarnings) {
      const auto it = tally.given.find(warning);
      const auto share =
          evaluation::share_of(it == tally.given.end() ? 0 : it->second, tally.pictures);
      fmt::print(
          "  {} {} ({:.1f}..{:.1f} %)",
          core::name_of(warning),
          share.count,
          100 * share.interval.low,
          100 * share.interval.high
      );
    }
    fmt::print("\n");
  }
}

json::object warnings_json(const std::map<std::string, WarningTally>& conditions) {
  json::object object;
  for (const auto& [name, tally] : conditions) {
    json::object given{{"pictures", tally.pictures}};
    for (const core::DocumentWarning warning : kPictureWarnings) {
      const auto it = tally.given.find(warning);
      given[core::name_of(warning)] = it == tally.given.end() ? 0 : it->second;
    }
    object[name] = std::move(given);
  }
  return object;
}

void print_tally(const std::string& type, const Tally& tally) {
  fmt::print(
      "{:<26} {:>3}  type {}  quad {}  {:.0f} ms\n",
      type,
      tally.pictures,
      shown(tally.type),
      shown(tally.quad),
      tally.cpu_ms / std::max(1, tally.pictures)
  );
  if (tally.mrz.of > 0) fmt::print("    mrz {}\n", shown(tally.mrz));
  if (tally.portrait.of > 0) fmt::print("    portrait   {}\n", shown(tally.portrait));
  for (const auto& [name, c] : tally.of_kind) fmt::print("    {:<10} {}\n", name, shown(c));
}

}  // namespace

int eval_documents(const Settings& settings, const EvalDocumentsOptions& options) {
  const auto truths = read_folder(options.folder);
  if (!truths) return complain("eval documents", truths.error());
  const auto reader = load_document_reader(settings);
  if (!reader) return complain("eval documents", reader.error());
  std::map<std::string, Tally> tallies;
  std::map<std::string, WarningTally> conditions;
  std::atomic<std::size_t> next = 0;
  std::mutex mutex;
  std::string failure;
  const auto work = [&] {
    for (std::size_t i = next++; i < truths->size(); i = next++) {
      const Truth& truth = (*truths)[i];
      const auto bytes = read_file(truth.picture.string(), kPictureBytesMax);
      const double before_ms = thread_cpu_ms();
      const auto reading = bytes ? (*reader)->read(*bytes, {.type = {}, .today = today()})
                                 : Result<vision::DocumentReading>(tl::unexpected(bytes.error()));
      const double spent_ms = thread_cpu_ms() - before_ms;
      const std::lock_guard lock(mutex);
      if (!reading) {
        failure = truth.picture.string() + ": " + reading.error().detail;
        continue;
      }
      Tally& tally = tallies[truth.type];
      tally.cpu_ms += spent_ms;
      WarningTally& condition = conditions[truth.condition];
      ++condition.pictures;
      for (const auto warning : reading->picture_warnings) ++condition.given[warning];
      const auto wrong = count(truth, *reading, tally);
      if (!options.verbose) continue;
      for (const auto& line : wrong)
        fmt::print(stderr, "{} {}\n", truth.picture.filename().string(), line);
    }
  };
  std::vector<std::jthread> threads;
  for (int i = 1; i < std::max(1, options.threads); ++i) threads.emplace_back(work);
  work();
  threads.clear();
  if (!failure.empty()) return complain("eval documents", {Errc::engine_failed, failure});
  json::object types;
  for (const auto& [type, tally] : tallies) {
    if (options.json) {
      types[type] = tally_json(tally);
    } else {
      print_tally(type, tally);
    }
  }
  if (options.json) {
    print_json(json::object{{"types", std::move(types)}, {"conditions", warnings_json(conditions)}}
    );
  } else {
    print_warnings(conditions);
  }
  return kDone;
}

}  // namespace selfsame::app
