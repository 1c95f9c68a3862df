// SPDX-License-Identifier: Apache-2.0
#include "app/card_fields.h"

#include <fmt/format.h>

#include <cmath>
#include <map>

namespace selfsame::app {
namespace {

using vision::NetworkCard;

constexpr double kWeightMost = 1000;
constexpr std::int64_t kSideMost_px = 4096;

tl::unexpected<Error> bad(std::string what) {
  return fail(Errc::invalid_parameter, std::move(what));
}

/// Reads a word that must be one of `words`; the first value when it is not (and complains).
template <class T>
T word(TomlReader& reader, std::string_view key, const std::map<std::string, T>& words) {
  const auto text = reader.required<std::string>(key);
  const auto it = words.find(text);
  if (it == words.end()) reader.complain(key, fmt::format("cannot be \"{}\"", text));
  return it == words.end() ? words.begin()->second : it->second;
}

/// The number if a float holds it; 0, and complains, otherwise.
double finite(TomlReader& reader, std::string_view key, double value) {
  constexpr double kMost = 1e6;
  const bool fits = std::abs(value) <= kMost;
  if (!fits) reader.complain(key, "is not a number within +-1e6");
  return fits ? value : 0;
}

double weight_of(TomlReader& reader, double value) {
  if (!(value > 0 && value <= kWeightMost)) {
    reader.complain("weight", fmt::format("is not above 0 and at most {}", kWeightMost));
  }
  return value;
}

int side_of(TomlReader& reader, std::string_view key) {
  const auto value = reader.required<std::int64_t>(key);
  if (value < 0 || value > kSideMost_px) reader.complain(key, "is out of range");
  return value < 0 || value > kSideMost_px ? 0 : static_cast<int>(value);
}

std::size_t index_of(TomlReader& reader, std::string_view key) {
  constexpr std::int64_t kMost = 1 << 20;
  const auto value = reader.optional<std::int64_t>(key, 0);
  if (value < 0) reader.complain(key, "is negative");
  if (value > kMost) reader.complain(key, "is out of range");
  return static_cast<std::size_t>(value);
}

/// Of the three channels; absent: none.
std::vector<float> three_numbers(TomlReader& reader, std::string_view key) {
  std::vector<float> numbers;
  for (const double value : reader.list<double>(key)) {
    numbers.push_back(static_cast<float>(finite(reader, key, value)));
  }
  if (!numbers.empty() && numbers.size() != 3) reader.complain(key, "are not three numbers");
  return numbers;
}

Result<vision::GoldenOutput> read_golden(const toml::table& table, const std::string& where) {
  TomlReader reader(table, where);
  vision::GoldenOutput golden;
  golden.output = index_of(reader, "output");
  for (const double value : reader.list<double>("values")) {
    golden.values.push_back(static_cast<float>(finite(reader, "values", value)));
  }
  golden.tolerance = reader.required<double>("tolerance");
  if (golden.values.empty()) reader.complain("values", "is empty");
  if (!(golden.tolerance > 0 && golden.tolerance < 1))
    reader.complain("tolerance", "is not within 0..1");
  if (auto error = reader.error()) return bad(*error);
  return golden;
}

Result<core::PadPolicy> policy_of(TomlReader& reader) {
  core::PadPolicy policy;
  policy.bona_fide_threshold = reader.required<double>("bona_fide_threshold");
  policy.retry_threshold = reader.required<double>("retry_threshold");
  const bool sane = policy.retry_threshold > 0 &&
                    policy.bona_fide_threshold >= policy.retry_threshold &&
                    policy.bona_fide_threshold < 1;
  if (!sane) reader.complain("thresholds", "are not 0 < retry <= bona_fide < 1");
  if (auto error = reader.error()) return bad(*error);
  return policy;
}

Result<vision::ComparatorCalibration> read_calibration(
    const toml::table& table, const std::string& where
) {
  TomlReader reader(table, where + " [[calibration]]");
  vision::ComparatorCalibration calibration;
  calibration.comparator = reader.required<std::string>("comparator");
  calibration.thresholds.precision = reader.required<std::string>("precision");
  calibration.thresholds.version = reader.required<std::string>("version");
  const toml::table* thresholds = reader.table("threshold");
  if (thresholds == nullptr) {
    reader.complain("threshold", "is missing");
  } else {
    TomlReader values(*thresholds, where + " threshold");
    for (std::size_t i = 0; i < core::kCalibratedFmr.size(); ++i) {
      calibration.thresholds.threshold.at(i) =
          values.required<double>(core::kCalibratedFmrNames.at(i));
    }
    if (auto error = values.error()) return bad(*error);
    if (!calibration.thresholds.is_sane())
      reader.complain("threshold", "does not rise within 0..1");
  }
  if (const toml::table* networks = reader.table("networks")) {
    for (const auto& [name, node] : *networks) {
      calibration.networks[std::string(name.str())] = node.value_or<std::string>("");
    }
  }
  // How it was measured is for people; `selfsame eval face` shows it again.
  for (const char* key :
       {"measured", "interval", "counts", "tar", "tar_interval", "method", "command"}) {
    reader.ignore(key);
  }
  if (auto error = reader.error()) return bad(*error);
  return calibration;
}

}  // namespace

bool is_sha256(const std::string& text) {
  return text.size() == 64 && text.find_first_not_of("0123456789abcdef") == std::string::npos;
}

Result<toml::table> parse_toml(std::string_view text, const std::string& name) {
  try {
    return toml::parse(text);
  } catch (const toml::parse_error& error) {
    return bad(fmt::format("{}:{}: {}", name, error.source().begin.line, error.description()));
  }
}

Result<NetworkCard> read_network(const toml::table& table, const std::string& where) {
  TomlReader reader(
      table, fmt::format("{} [[network]] {}", where, table["name"].value_or<std::string>(""))
  );
  NetworkCard card;
  card.name = reader.required<std::string>("name");
  card.role = reader.required<std::string>("role");
  card.file = reader.required<std::string>("file");
  card.sha256 = reader.required<std::string>("sha256");
  card.licence = reader.required<std::string>("licence");
  card.package = reader.required<std::string>("package");
  reader.ignore("note");
  if (!is_sha256(card.sha256)) reader.complain("sha256", "is not 64 lower-case hexadecimal digits");
  card.input_width_px = side_of(reader, "input_width_px");
  card.input_height_px = side_of(reader, "input_height_px");
  card.channels = word<vision::ChannelOrder>(
      reader, "channels", {{"bgr", vision::ChannelOrder::bgr}, {"rgb", vision::ChannelOrder::rgb}}
  );
  card.layout = word<vision::TensorLayout>(
      reader, "layout", {{"nchw", vision::TensorLayout::nchw}, {"nhwc", vision::TensorLayout::nhwc}}
  );
  const double scale = reader.required<double>("value_scale");
  card.value_scale = static_cast<float>(finite(reader, "value_scale", scale));
  if (!(card.value_scale > 0)) reader.complain("value_scale", "is not above 0");
  const double offset = reader.required<double>("value_offset");
  card.value_offset = static_cast<float>(finite(reader, "value_offset", offset));
  card.channel_means = three_numbers(reader, "channel_means");
  card.channel_deviations = three_numbers(reader, "channel_deviations");
  for (const float deviation : card.channel_deviations) {
    if (!(deviation > 0)) reader.complain("channel_deviations", "are not above 0");
  }
  card.crop = word<vision::CropKind>(
      reader,
      "crop",
      {{"whole_picture", vision::CropKind::whole_picture},
       {"five_points", vision::CropKind::five_points},
       {"scaled_box", vision::CropKind::scaled_box},
       {"upright_square", vision::CropKind::upright_square}}
  );
  card.crop_scale = finite(reader, "crop_scale", reader.optional<double>("crop_scale", 1));
  card.output = index_of(reader, "output");
  card.output_length = index_of(reader, "output_length");
  card.live_index = index_of(reader, "live_index");
  card.softmax = reader.optional<bool>("softmax", false);
  card.presence_output = index_of(reader, "presence_output");
  card.presence_threshold = reader.optional<double>("presence_threshold", 0);
  card.confidence_threshold = reader.optional<double>("confidence_threshold", 0);
  const toml::table* golden = reader.table("golden");
  if (golden == nullptr)
    return bad(fmt::format("{}: {} has no [network.golden]", where, card.name));
  SELFSAME_TRY(value, read_golden(*golden, fmt::format("{} {} golden", where, card.name)));
  card.golden = std::move(value);
  if (auto error = reader.error()) return bad(*error);
  return card;
}

Result<std::vector<vision::PadMember>> read_pad_members(
    TomlReader& reader, std::string_view name, const std::string& where
) {
  std::vector<vision::PadMember> members;
  for (const toml::table* table : reader.tables(name)) {
    TomlReader fields(*table, fmt::format("{} [[{}]]", where, name));
    vision::PadMember member;
    member.network = fields.required<std::string>("network");
    member.weight = weight_of(fields, fields.required<double>("weight"));
    member.second_opinion = fields.optional<bool>("second_opinion", false);
    member.live_of_portrait = fields.list<double>("live_of_portrait");
    for (const double live : member.live_of_portrait) {
      if (!(live >= 0 && live <= 1)) fields.complain("live_of_portrait", "is not within 0..1");
    }
    if (auto error = fields.error()) return bad(*error);
    members.push_back(std::move(member));
  }
  return members;
}

Result<std::vector<vision::PadSetPolicy>> read_pad_policies(
    TomlReader& reader, std::string_view name, const std::string& where
) {
  std::vector<vision::PadSetPolicy> policies;
  for (const toml::table* table : reader.tables(name)) {
    TomlReader fields(*table, fmt::format("{} [[{}]]", where, name));
    auto set = fields.required<std::string>("set");
    fields.ignore("measured_on");
    SELFSAME_TRY(policy, policy_of(fields));
    policies.push_back({.set = std::move(set), .policy = policy});
  }
  return policies;
}

Result<std::vector<vision::ComparatorMember>> read_comparator(
    TomlReader& reader, const std::string& where
) {
  std::vector<vision::ComparatorMember> comparator;
  for (const toml::table* table : reader.tables("comparator")) {
    TomlReader fields(*table, where + " [[comparator]]");
    comparator.push_back(
        {.network = fields.required<std::string>("network"),
         .weight = weight_of(fields, fields.optional<double>("weight", 1)),
         .flip = fields.optional<bool>("flip", false)}
    );
    if (auto error = fields.error()) return bad(*error);
  }
  return comparator;
}

Result<std::vector<vision::ComparatorCalibration>> read_calibrations(
    const toml::table& root, const std::string& where
) {
  TomlReader reader(root, where);
  std::vector<vision::ComparatorCalibration> calibrations;
  for (const toml::table* table : reader.tables("calibration")) {
    SELFSAME_TRY(calibration, read_calibration(*table, where));
    calibrations.push_back(std::move(calibration));
  }
  reader.ignore("note");
  if (auto error = reader.error()) return bad(*error);
  return calibrations;
}

}  // namespace selfsame::app
