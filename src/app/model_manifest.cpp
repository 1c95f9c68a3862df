// SPDX-License-Identifier: Apache-2.0
#include "app/model_manifest.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "app/card_fields.h"
#include "app/terminal.h"

namespace selfsame::app {
namespace {

using vision::ModelCards;

constexpr const char* kCardsFile = "networks.toml";
constexpr const char* kCalibrationFile = "face_calibration.toml";
constexpr std::size_t kFileBytesMax = 1u << 20;

tl::unexpected<Error> bad(std::string what) {
  return fail(Errc::invalid_parameter, std::move(what));
}

Result<vision::PadCard> read_pad(const toml::table& table) {
  const std::string where = fmt::format("{} [pad]", kCardsFile);
  TomlReader reader(table, where);
  vision::PadCard pad;
  pad.use_second_opinion = reader.optional<bool>("use_second_opinion", true);
  SELFSAME_TRY(members, read_pad_members(reader, "member", where));
  pad.members = std::move(members);
  SELFSAME_TRY(policies, read_pad_policies(reader, "policy", where));
  pad.policies = std::move(policies);
  if (auto error = reader.error()) return bad(*error);
  return pad;
}

Result<vision::SelfTestCard> read_self_test(const toml::table* table) {
  if (table == nullptr) return bad(fmt::format("{}: [self_test] is missing", kCardsFile));
  TomlReader reader(*table, fmt::format("{} [self_test]", kCardsFile));
  vision::SelfTestCard card;
  card.portrait = reader.required<std::string>("portrait");
  card.same_person = reader.required<std::string>("same_person");
  card.other_person = reader.required<std::string>("other_person");
  card.wide_portrait = reader.required<std::string>("wide_portrait");
  card.margin = reader.required<double>("margin");
  card.live_tolerance = reader.required<double>("live_tolerance");
  if (auto error = reader.error()) return bad(*error);
  return card;
}

/// Absent: no digits are heard.
Result<vision::SpeechCard> read_speech(const toml::table* table) {
  vision::SpeechCard card;
  if (table == nullptr) return card;
  TomlReader reader(*table, fmt::format("{} [speech]", kCardsFile));
  card.language = reader.required<std::string>("language");
  card.acoustic_model = reader.required<std::string>("acoustic_model");
  card.licence = reader.required<std::string>("licence");
  card.package = reader.required<std::string>("package");
  const auto digits = reader.lists<std::string>("digits");
  const bool complete = digits.size() == card.digits.size() &&
                        std::ranges::none_of(digits, [](const auto& ways) { return ways.empty(); });
  if (!complete) reader.complain("digits", "is not ten lists, one for each digit from 0");
  if (auto error = reader.error()) return bad(*error);
  std::ranges::copy(digits, card.digits.begin());
  return card;
}

Result<vision::TextReaderCard> read_text_reader(const toml::table* table, const char* name) {
  const std::string where = fmt::format("{} [documents.{}]", kCardsFile, name);
  if (table == nullptr) return bad(where + " is missing");
  TomlReader reader(*table, where);
  vision::TextReaderCard card;
  card.network = reader.required<std::string>("network");
  card.dictionary = reader.required<std::string>("dictionary");
  card.dictionary_sha256 = reader.required<std::string>("dictionary_sha256");
  if (!is_sha256(card.dictionary_sha256)) {
    reader.complain("dictionary_sha256", "is not 64 lower-case hexadecimal digits");
  }
  if (auto error = reader.error()) return bad(*error);
  return card;
}

/// Absent: no documents are read.
Result<vision::DocumentCard> read_documents(const toml::table* table) {
  constexpr double kEnlargementMost = 4;
  vision::DocumentCard card;
  if (table == nullptr) return card;
  TomlReader reader(*table, fmt::format("{} [documents]", kCardsFile));
  card.text_detector = reader.required<std::string>("text_detector");
  card.pixel_threshold = reader.required<double>("pixel_threshold");
  card.region_threshold = reader.required<double>("region_threshold");
  card.enlargement = reader.required<double>("enlargement");
  for (const double threshold : {card.pixel_threshold, card.region_threshold}) {
    if (!(threshold > 0 && threshold < 1)) reader.complain("thresholds", "are not within 0..1");
  }
  if (!(card.enlargement > 0 && card.enlargement <= kEnlargementMost)) {
    reader.complain("enlargement", fmt::format("is not above 0 and at most {}", kEnlargementMost));
  }
  card.thai_data = reader.optional<std::string>("thai_data", "");
  card.thai_data_sha256 = reader.optional<std::string>("thai_data_sha256", "");
  SELFSAME_TRY(quick, read_text_reader(reader.table("quick_reader"), "quick_reader"));
  SELFSAME_TRY(full, read_text_reader(reader.table("full_reader"), "full_reader"));
  card.quick_reader = std::move(quick);
  card.full_reader = std::move(full);
  if (auto error = reader.error()) return bad(*error);
  return card;
}

/// Every network that is used must be described.
Result<void> check_names(const ModelCards& cards) {
  std::vector<std::string> used = {cards.detector};
  if (!cards.landmarks.empty()) used.push_back(cards.landmarks);
  if (!cards.track.empty()) used.push_back(cards.track);
  if (!cards.documents.text_detector.empty()) {
    used.push_back(cards.documents.text_detector);
    used.push_back(cards.documents.quick_reader.network);
    used.push_back(cards.documents.full_reader.network);
  }
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

/// With and without the second opinions: thresholds of another set are never used.
Result<void> check_policies(ModelCards cards) {
  for (const bool second_opinion : {true, false}) {
    cards.pad.use_second_opinion = second_opinion;
    const std::string set = vision::pad_set_name(cards);
    if (std::ranges::find(cards.pad.policies, set, &vision::PadSetPolicy::set) ==
        cards.pad.policies.end()) {
      return bad(fmt::format("{}: no [[pad.policy]] of set \"{}\"", kCardsFile, set));
    }
  }
  return {};
}

Result<toml::table> parse(const std::filesystem::path& path) {
  SELFSAME_TRY(content, read_file(path.string(), kFileBytesMax));
  return parse_toml(text_of(content), path.filename().string());
}

}  // namespace

Result<ModelCards> read_model_cards(const std::string& models_dir) {
  const std::filesystem::path dir(models_dir);
  SELFSAME_TRY(root, parse(dir / kCardsFile));
  SELFSAME_TRY(calibration_root, parse(dir / kCalibrationFile));
  TomlReader reader(root, kCardsFile);
  ModelCards cards;
  for (const toml::table* table : reader.tables("network")) {
    SELFSAME_TRY(card, read_network(*table, kCardsFile));
    cards.networks.push_back(std::move(card));
  }
  cards.detector = reader.required<std::string>("detector");
  cards.landmarks = reader.optional<std::string>("landmarks", "");
  cards.track = reader.optional<std::string>("track", "");
  SELFSAME_TRY(comparator, read_comparator(reader, kCardsFile));
  cards.comparator = std::move(comparator);
  const toml::table* pad_table = reader.table("pad");
  if (pad_table == nullptr) return bad(fmt::format("{}: [pad] is missing", kCardsFile));
  SELFSAME_TRY(pad, read_pad(*pad_table));
  cards.pad = std::move(pad);
  SELFSAME_TRY(self_test, read_self_test(reader.table("self_test")));
  cards.self_test = std::move(self_test);
  SELFSAME_TRY(speech, read_speech(reader.table("speech")));
  cards.speech = std::move(speech);
  SELFSAME_TRY(documents, read_documents(reader.table("documents")));
  cards.documents = std::move(documents);
  if (auto error = reader.error()) return bad(*error);
  SELFSAME_TRY(calibrations, read_calibrations(calibration_root, kCalibrationFile));
  cards.calibrations = std::move(calibrations);
  SELFSAME_CHECK(check_names(cards));
  SELFSAME_CHECK(check_policies(cards));
  return cards;
}

}  // namespace selfsame::app
