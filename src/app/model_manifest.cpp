// SPDX-License-Identifier: Apache-2.0
#include "app/model_manifest.h"

#include <fmt/format.h>

#include <filesystem>
#include <map>

#include "app/toml_reader.h"

namespace selfsame::app {
namespace {

using vision::ModelCards;
using vision::NetworkCard;

constexpr const char* kCardsFile = "networks.toml";
constexpr const char* kCalibrationFile = "face_calibration.toml";

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

Result<vision::GoldenOutput> read_golden(const toml::table& table, const std::string& where) {
  TomlReader reader(table, where);
  vision::GoldenOutput golden;
  golden.output = static_cast<std::size_t>(reader.optional<std::int64_t>("output", 0));
  for (const double value : reader.list<double>("values")) {
    golden.values.push_back(static_cast<float>(value));
  }
  golden.tolerance = reader.required<double>("tolerance");
  if (auto error = reader.error()) return bad(*error);
  return golden;
}

Result<NetworkCard> read_network(const toml::table& table) {
  TomlReader reader(
      table, fmt::format("{} [[network]] {}", kCardsFile, table["name"].value_or<std::string>(""))
  );
  const auto index = [&](std::string_view key) {
    const auto value = reader.optional<std::int64_t>(key, 0);
    if (value < 0) reader.complain(key, "is negative");
    return static_cast<std::size_t>(value);
  };
  NetworkCard card;
  card.name = reader.required<std::string>("name");
  card.role = reader.required<std::string>("role");
  card.file = reader.required<std::string>("file");
  card.sha256 = reader.required<std::string>("sha256");
  card.licence = reader.required<std::string>("licence");
  card.package = reader.required<std::string>("package");
  reader.ignore("note");
  card.input_width_px = static_cast<int>(reader.required<std::int64_t>("input_width_px"));
  card.input_height_px = static_cast<int>(reader.required<std::int64_t>("input_height_px"));
  card.channels = word<vision::ChannelOrder>(
      reader, "channels", {{"bgr", vision::ChannelOrder::bgr}, {"rgb", vision::ChannelOrder::rgb}}
  );
  card.layout = word<vision::TensorLayout>(
      reader, "layout", {{"nchw", vision::TensorLayout::nchw}, {"nhwc", vision::TensorLayout::nhwc}}
  );
  card.value_scale = static_cast<float>(reader.required<double>("value_scale"));
  card.value_offset = static_cast<float>(reader.required<double>("value_offset"));
  card.crop = word<vision::CropKind>(
      reader,
      "crop",
      {{"whole_picture", vision::CropKind::whole_picture},
       {"five_points", vision::CropKind::five_points},
       {"scaled_box", vision::CropKind::scaled_box},
       {"upright_square", vision::CropKind::upright_square}}
  );
  card.crop_scale = reader.optional<double>("crop_scale", 1);
  card.output = index("output");
  card.output_length = index("output_length");
  card.live_index = index("live_index");
  card.softmax = reader.optional<bool>("softmax", false);
  card.presence_output = index("presence_output");
  card.presence_threshold = reader.optional<double>("presence_threshold", 0);
  card.confidence_threshold = reader.optional<double>("confidence_threshold", 0);
  if (const toml::table* golden = reader.table("golden")) {
    SELFSAME_TRY(value, read_golden(*golden, card.name + " golden"));
    card.golden = value;
  }
  if (auto error = reader.error()) return bad(*error);
  return card;
}

Result<core::PadPolicy> read_policy(const toml::table* table, const char* where) {
  if (table == nullptr) return bad(fmt::format("{} [pad]: {} is missing", kCardsFile, where));
  TomlReader reader(*table, fmt::format("{} [pad.{}]", kCardsFile, where));
  core::PadPolicy policy;
  policy.bona_fide_threshold = reader.required<double>("bona_fide_threshold");
  policy.retry_threshold = reader.required<double>("retry_threshold");
  if (auto error = reader.error()) return bad(*error);
  const bool sane = policy.retry_threshold > 0 &&
                    policy.bona_fide_threshold >= policy.retry_threshold &&
                    policy.bona_fide_threshold < 1;
  if (!sane) return bad(fmt::format("{} [pad.{}]: 0 < retry <= bona_fide < 1", kCardsFile, where));
  return policy;
}

Result<vision::PadCard> read_pad(const toml::table& table) {
  TomlReader reader(table, fmt::format("{} [pad]", kCardsFile));
  vision::PadCard pad;
  pad.use_second_opinion = reader.optional<bool>("use_second_opinion", true);
  for (const toml::table* member : reader.tables("member")) {
    TomlReader fields(*member, fmt::format("{} [[pad.member]]", kCardsFile));
    pad.members.push_back(
        {.network = fields.required<std::string>("network"),
         .weight = fields.required<double>("weight"),
         .second_opinion = fields.optional<bool>("second_opinion", false)}
    );
    if (!(pad.members.back().weight > 0)) fields.complain("weight", "is not above 0");
    if (auto error = fields.error()) return bad(*error);
  }
  SELFSAME_TRY(policy, read_policy(reader.table("policy"), "policy"));
  SELFSAME_TRY(alone, read_policy(reader.table("policy_alone"), "policy_alone"));
  pad.policy = policy;
  pad.policy_alone = alone;
  if (auto error = reader.error()) return bad(*error);
  return pad;
}

Result<std::vector<vision::ComparatorMember>> read_comparator(TomlReader& root) {
  std::vector<vision::ComparatorMember> comparator;
  for (const toml::table* table : root.tables("comparator")) {
    TomlReader reader(*table, fmt::format("{} [[comparator]]", kCardsFile));
    comparator.push_back(
        {.network = reader.required<std::string>("network"),
         .weight = reader.optional<double>("weight", 1),
         .flip = reader.optional<bool>("flip", false)}
    );
    if (!(comparator.back().weight > 0)) reader.complain("weight", "is not above 0");
    if (auto error = reader.error()) return bad(*error);
  }
  return comparator;
}

Result<vision::SelfTestCard> read_self_test(const toml::table* table) {
  if (table == nullptr) return bad(fmt::format("{}: [self_test] is missing", kCardsFile));
  TomlReader reader(*table, fmt::format("{} [self_test]", kCardsFile));
  vision::SelfTestCard card;
  card.portrait = reader.required<std::string>("portrait");
  card.same_person = reader.required<std::string>("same_person");
  card.other_person = reader.required<std::string>("other_person");
  card.margin = reader.required<double>("margin");
  card.live_of_portrait = reader.list<double>("live_of_portrait");
  card.live_tolerance = reader.required<double>("live_tolerance");
  if (auto error = reader.error()) return bad(*error);
  return card;
}

/// Every network that is used must be described.
Result<void> check_names(const ModelCards& cards) {
  std::vector<std::string> used = {cards.detector};
  if (!cards.landmarks.empty()) used.push_back(cards.landmarks);
  for (const auto& member : cards.comparator) used.push_back(member.network);
  for (const auto& member : cards.pad.members) used.push_back(member.network);
  if (cards.comparator.empty()) return bad(fmt::format("{}: no [[comparator]]", kCardsFile));
  if (cards.pad.members.empty()) return bad(fmt::format("{}: no [[pad.member]]", kCardsFile));
  for (const std::string& name : used) {
    if (cards.find(name) == nullptr) {
      return bad(fmt::format("{}: no [[network]] is named \"{}\"", kCardsFile, name));
    }
  }
  return {};
}

Result<toml::table> parse(const std::filesystem::path& path) {
  try {
    return toml::parse_file(path.string());
  } catch (const toml::parse_error& error) {
    return bad(fmt::format(
        "{}:{}: {}", path.filename().string(), error.source().begin.line, error.description()
    ));
  }
}

Result<vision::ComparatorCalibration> read_calibration(const toml::table& table) {
  TomlReader reader(table, fmt::format("{} [[calibration]]", kCalibrationFile));
  vision::ComparatorCalibration calibration;
  calibration.comparator = reader.required<std::string>("comparator");
  calibration.thresholds.precision = reader.required<std::string>("precision");
  calibration.thresholds.version = reader.required<std::string>("version");
  const toml::table* thresholds = reader.table("threshold");
  if (thresholds == nullptr) {
    reader.complain("threshold", "is missing");
  } else {
    TomlReader values(*thresholds, fmt::format("{} threshold", kCalibrationFile));
    for (std::size_t i = 0; i < core::kCalibratedFmr.size(); ++i) {
      calibration.thresholds.threshold.at(i) =
          values.required<double>(core::kCalibratedFmrNames.at(i));
    }
    if (auto error = values.error()) return bad(*error);
    if (!calibration.thresholds.is_sane())
      reader.complain("threshold", "does not rise within 0..1");
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

Result<ModelCards> read_model_cards(const std::string& models_dir) {
  const std::filesystem::path dir(models_dir);
  SELFSAME_TRY(root, parse(dir / kCardsFile));
  SELFSAME_TRY(calibration_root, parse(dir / kCalibrationFile));
  TomlReader reader(root, kCardsFile);
  ModelCards cards;
  for (const toml::table* table : reader.tables("network")) {
    SELFSAME_TRY(card, read_network(*table));
    cards.networks.push_back(std::move(card));
  }
  cards.detector = reader.required<std::string>("detector");
  cards.landmarks = reader.optional<std::string>("landmarks", "");
  SELFSAME_TRY(comparator, read_comparator(reader));
  cards.comparator = std::move(comparator);
  const toml::table* pad_table = reader.table("pad");
  if (pad_table == nullptr) return bad(fmt::format("{}: [pad] is missing", kCardsFile));
  SELFSAME_TRY(pad, read_pad(*pad_table));
  cards.pad = std::move(pad);
  SELFSAME_TRY(self_test, read_self_test(reader.table("self_test")));
  cards.self_test = std::move(self_test);
  if (auto error = reader.error()) return bad(*error);

  TomlReader calibrations(calibration_root, kCalibrationFile);
  for (const toml::table* table : calibrations.tables("calibration")) {
    SELFSAME_TRY(calibration, read_calibration(*table));
    cards.calibrations.push_back(std::move(calibration));
  }
  calibrations.ignore("note");
  if (auto error = calibrations.error()) return bad(*error);
  SELFSAME_CHECK(check_names(cards));
  return cards;
}

}  // namespace selfsame::app
