// SPDX-License-Identifier: Apache-2.0
#include "app/document_types.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>
#include <sstream>

#include "app/card_fields.h"
#include "app/terminal.h"
#include "base/utf8.h"

namespace selfsame::app {
namespace {

namespace fs = std::filesystem;
using core::DocumentTemplate;
using core::FieldKind;
using core::FieldPlace;
using core::FieldRule;
using core::FieldScript;

constexpr std::size_t kFileBytesMax = 512U << 10;

tl::unexpected<Error> bad(std::string what) {
  return fail(Errc::invalid_parameter, std::move(what));
}

template <class T>
T word(
    TomlReader& reader, std::string_view key, const std::map<std::string, T>& words, T fallback
) {
  const auto text = reader.optional<std::string>(key, "");
  if (text.empty()) return fallback;
  const auto it = words.find(text);
  if (it == words.end()) reader.complain(key, fmt::format("cannot be \"{}\"", text));
  return it == words.end() ? fallback : it->second;
}

void check_wording(TomlReader& reader, std::string_view key, const std::string& wording) {
  if (wording.empty() || wording.size() > kWordingBytesMax || !is_utf8(wording)) {
    reader.complain(
        key, fmt::format("has one that is empty, not UTF-8 or over {} bytes", kWordingBytesMax)
    );
  }
}

std::vector<std::string> wordings(TomlReader& reader, std::string_view key) {
  auto list = reader.list<std::string>(key);
  if (list.size() > kDocumentWordingsMax) {
    reader.complain(key, fmt::format("has more than {}", kDocumentWordingsMax));
    list.clear();
  }
  for (const auto& wording : list) check_wording(reader, key, wording);
  return list;
}

void read_zone(TomlReader& reader, core::DocumentZone& zone) {
  const auto sides = reader.list<double>("zone");
  if (sides.empty()) return;
  constexpr double kOutside = 0.2;  // a card found too small
  const bool fits = sides.size() == 4 && std::ranges::all_of(sides, [](double side) {
                      return side >= -kOutside && side <= 1 + kOutside;
                    });
  if (!fits || !(sides[0] < sides[2] && sides[1] < sides[3])) {
    reader.complain("zone", "is not left, top, right, bottom in shares of the document");
    return;
  }
  zone = {sides[0], sides[1], sides[2], sides[3]};
}

void read_values(TomlReader& reader, FieldRule& rule) {
  const toml::table* table = reader.table("values");
  if (table == nullptr) return;
  if (table->size() > kDocumentWordingsMax) {
    reader.complain("values", fmt::format("has more than {}", kDocumentWordingsMax));
    return;
  }
  for (const auto& [read, node] : *table) {
    const auto value = node.value<std::string>();
    if (!value) reader.complain("values", "holds a value that is no text");
    rule.values.emplace_back(std::string(read.str()), value.value_or(""));
    check_wording(reader, "values", rule.values.back().first);
  }
  // "PEREMPUAN" before "P": the longest that fits is meant.
  std::ranges::sort(rule.values, std::greater{}, [](const auto& v) { return v.first.size(); });
}

/// [side.field.areas.PROVINCE] DISTRICT = "SUBDISTRICT SUBDISTRICT"
void read_areas(TomlReader& reader, FieldRule& rule) {
  const toml::table* table = reader.table("areas");
  if (table == nullptr) return;
  std::size_t count = 0;
  const auto area_of = [&](std::string_view name) {
    check_wording(reader, "areas", std::string(name));
    ++count;
    return core::Area{std::string(name), {}};
  };
  std::vector<core::Area> provinces;
  for (const auto& [province, districts] : *table) {
    provinces.push_back(area_of(province.str()));
    if (!districts.is_table()) {
      reader.complain("areas", "holds what is no table of districts");
      continue;
    }
    for (const auto& [district, names] : *districts.as_table()) {
      auto& within = provinces.back().within;
      within.push_back(area_of(district.str()));
      std::istringstream subdistricts(names.value_or(std::string()));
      for (std::string name; count <= kAreasMax && subdistricts >> name;)
        within.back().within.push_back(area_of(name));
      if (within.back().within.empty())
        reader.complain("areas", "has a district without a text of subdistricts");
    }
  }
  if (count > kAreasMax) reader.complain("areas", fmt::format("has more than {}", kAreasMax));
  rule.areas = std::make_shared<const std::vector<core::Area>>(std::move(provinces));
}

void read_places(TomlReader& reader, FieldRule& rule) {
  const std::map<std::string, FieldPlace> kPlaces = {
      {"same_line", FieldPlace::same_line},
      {"right", FieldPlace::right},
      {"below", FieldPlace::below},
      {"above", FieldPlace::above}
  };
  const auto places = reader.list<std::string>("places");
  for (const std::string& place : places) {
    const auto it = kPlaces.find(place);
    if (it == kPlaces.end()) {
      reader.complain("places", fmt::format("cannot hold \"{}\"", place));
    } else {
      rule.places.push_back(it->second);
    }
  }
  if (places.empty()) rule.places = {FieldPlace::same_line, FieldPlace::right, FieldPlace::below};
}

bool begins_on_a_day(const std::pair<std::string, std::string>& edition) {
  constexpr int kAnyYear = 9999;
  const auto day = core::read_date(edition.first, core::DateOrder::year_month_day, kAnyYear);
  return day && core::iso_date(*day) == edition.first;
}

Result<FieldRule> read_field(const toml::table& table, const std::string& where) {
  constexpr std::int64_t kLinesMost = 8;
  TomlReader reader(
      table, fmt::format("{} [[side.field]] {}", where, table["name"].value_or<std::string>(""))
  );
  FieldRule rule;
  rule.name = reader.required<std::string>("name");
  rule.kind = word<FieldKind>(
      reader,
      "kind",
      {{"text", FieldKind::text},
       {"number", FieldKind::number},
       {"date", FieldKind::date},
       {"month", FieldKind::month},
       {"choice", FieldKind::choice},
       {"birth_date_of_number", FieldKind::derived_birth_date},
       {"sex_of_number", FieldKind::derived_sex},
       {"part_of_name", FieldKind::part_of_name},
       {"edition", FieldKind::edition}},
      FieldKind::text
  );
  rule.script = word<FieldScript>(
      reader,
      "script",
      {{"latin", FieldScript::latin}, {"han", FieldScript::han}, {"thai", FieldScript::thai}},
      FieldScript::any
  );
  rule.order = word<core::DateOrder>(
      reader,
      "order",
      {{"day_month_year", core::DateOrder::day_month_year},
       {"month_day_year", core::DateOrder::month_day_year},
       {"year_month_day", core::DateOrder::year_month_day}},
      core::DateOrder::day_month_year
  );
  rule.labels = wordings(reader, "labels");
  rule.patterns = wordings(reader, "patterns");
  rule.words = wordings(reader, "words");
  rule.one_of = wordings(reader, "one_of");
  rule.stops = wordings(reader, "stops");
  rule.starts = wordings(reader, "starts");
  rule.from = wordings(reader, "from");
  read_places(reader, rule);
  read_zone(reader, rule.zone);
  read_values(reader, rule);
  read_areas(reader, rule);
  const auto lines = reader.optional<std::int64_t>("lines", 1);
  if (lines < 1 || lines > kLinesMost)
    reader.complain("lines", fmt::format("is not 1..{}", kLinesMost));
  rule.lines = static_cast<std::size_t>(std::clamp<std::int64_t>(lines, 1, kLinesMost));
  rule.joined_closely = reader.optional<bool>("joined_closely", false);
  rule.is_shared = reader.optional<bool>("shared", false);
  rule.needs_digit = reader.optional<bool>("needs_digit", false);
  rule.in_future = reader.optional<bool>("in_future", false);
  rule.before = reader.optional<std::string>("before", "");
  rule.item = reader.optional<std::string>("item", "");
  const auto number_kind = reader.optional<std::string>("number_kind", "");
  if (!number_kind.empty()) {
    rule.number_kind = core::id_number_kind_from(number_kind);
    if (!rule.number_kind)
      reader.complain("number_kind", fmt::format("cannot be \"{}\"", number_kind));
  }
  const bool by_pattern = rule.kind == FieldKind::number || rule.kind == FieldKind::month;
  if (by_pattern && rule.patterns.empty()) reader.complain("patterns", "is missing");
  const bool by_value = rule.kind == FieldKind::choice || rule.kind == FieldKind::edition;
  if (by_value && rule.values.empty()) reader.complain("values", "is missing");
  if (rule.kind == FieldKind::edition && !std::ranges::all_of(rule.values, begins_on_a_day))
    reader.complain("values", "is not by the first day, as in \"2018-11-26\"");
  if (auto error = reader.error()) return bad(*error);
  return rule;
}

void add_marks(
    TomlReader& reader, std::string_view key, double weight, DocumentTemplate& document
) {
  for (auto& wording : wordings(reader, key))
    document.marks.push_back({{std::move(wording)}, weight});
}

void add_titles(TomlReader& reader, double weight, DocumentTemplate& document) {
  auto titles = wordings(reader, "titles");
  if (!titles.empty()) document.marks.push_back({std::move(titles), weight});
}

void read_signs(TomlReader& reader, DocumentTemplate& document) {
  const toml::table* table = reader.table("signs");
  if (table == nullptr) return;
  if (table->size() > kDocumentWordingsMax) {
    reader.complain("signs", fmt::format("has more than {}", kDocumentWordingsMax));
    return;
  }
  for (const auto& [seen, node] : *table) {
    const auto meant = node.value<std::string>();
    document.signs.emplace_back(std::string(seen.str()), meant.value_or(""));
    check_wording(reader, "signs", document.signs.back().first);
    check_wording(reader, "signs", document.signs.back().second);  // what is no text is empty
  }
}

char read_zone_code(TomlReader& reader) {
  const auto code = reader.optional<std::string>("mrz", "");
  if (code.empty()) return '\0';
  if (code.size() != 1 || std::string_view("PIACV").find(code[0]) == std::string_view::npos) {
    reader.complain("mrz", "is not P, I, A, C or V, the first letter of the zone");
  }
  return code[0];
}

Result<DocumentTemplate> read_side(const toml::table& table, const std::string& where) {
  constexpr double kStrong = 3;
  constexpr double kTitle = 4;
  const std::string here =
      fmt::format("{} [[side]] {}", where, table["name"].value_or<std::string>(""));
  TomlReader reader(table, here);
  DocumentTemplate document;
  document.side = reader.required<std::string>("name");
  document.read_in_full = reader.optional<bool>("read_in_full", false);
  document.has_thai = reader.optional<bool>("thai", false);
  document.zone_code = read_zone_code(reader);
  document.has_portrait = reader.optional<bool>("portrait", false);
  add_marks(reader, "marks", 1, document);
  add_marks(reader, "strong_marks", kStrong, document);
  add_titles(reader, kTitle, document);
  document.other_labels = wordings(reader, "other_labels");
  read_signs(reader, document);
  if (document.marks.empty()) reader.complain("marks", "is missing");
  std::set<std::string> names;
  for (const toml::table* field : reader.tables("field")) {
    SELFSAME_TRY(rule, read_field(*field, here));
    names.insert(rule.name);
    document.fields.push_back(std::move(rule));
    if (document.fields.size() > kDocumentFieldsMax) {
      return bad(fmt::format("{}: more than {} fields", here, kDocumentFieldsMax));
    }
  }
  if (auto error = reader.error()) return bad(*error);
  return document;
}

}  // namespace

Result<std::vector<DocumentTemplate>> read_document_type(
    std::string_view text, const std::string& name
) {
  if (text.size() > kFileBytesMax)
    return bad(fmt::format("{}: over {} bytes", name, kFileBytesMax));
  SELFSAME_TRY(root, parse_toml(text, name));
  TomlReader reader(root, name);
  const auto type = reader.required<std::string>("type");
  const auto country = reader.optional<std::string>("country", "");
  std::vector<DocumentTemplate> sides;
  for (const toml::table* side : reader.tables("side")) {
    SELFSAME_TRY(document, read_side(*side, name));
    document.type = type;
    document.country = country;
    sides.push_back(std::move(document));
  }
  if (sides.empty()) reader.complain("side", "is missing");
  if (type.empty()) reader.complain("type", "is empty");
  if (auto error = reader.error()) return bad(*error);
  return sides;
}

Result<std::vector<DocumentTemplate>> read_document_types(const std::string& models_dir) {
  std::vector<fs::path> paths;
  std::error_code error;
  const fs::path folder = fs::path(models_dir) / "documents";
  for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) {
    if (it->path().extension() == ".toml") paths.push_back(it->path());
  }
  if (error || paths.empty()) {
    return fail(Errc::not_found, fmt::format("no types of documents in {}", folder.string()));
  }
  if (paths.size() > kDocumentTypesMax)
    return bad(fmt::format("more than {} files in {}", kDocumentTypesMax, folder.string()));
  std::ranges::sort(paths);
  std::vector<DocumentTemplate> all;
  std::set<std::string> types;
  for (const fs::path& path : paths) {
    SELFSAME_TRY(content, read_file(path.string(), kFileBytesMax));
    const std::string name = "documents/" + path.filename().string();
    SELFSAME_TRY(sides, read_document_type(text_of(content), name));
    if (!types.insert(sides.front().type).second) {
      return bad(fmt::format("{}: type {} is in another file too", name, sides.front().type));
    }
    std::ranges::move(sides, std::back_inserter(all));
  }
  return all;
}

}  // namespace selfsame::app
