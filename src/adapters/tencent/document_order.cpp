// SPDX-License-Identifier: Apache-2.0
#include "adapters/tencent/document_order.h"

#include <algorithm>
#include <array>
#include <utility>

namespace selfsame::adapters::tencent {
namespace {

using core::DocumentWarning;

constexpr int kNotEnabled = -9109;

struct TypeName {
  std::string_view theirs;
  std::string_view ours;
};
// Where the names differ, and every other spelling.
constexpr TypeName kOtherNames[] = {
    {"JapaneseIDCard", "JapanIDCard"},
    {"Japanese ID Card", "JapanIDCard"},
    {"Japanese ID card", "JapanIDCard"},
    {"JapanDrivingLicense", "JapaneseDrivingLicense"},
    {"Japanese driving licence", "JapaneseDrivingLicense"},
    {"HK", "HKIDCard"},
    {"ML", "MLIDCard"},
    {"MLIDPassport", "InternationalIDPassport"},
};
constexpr std::string_view kNotRead[] = {"HMTPermit"};

struct WarningCode {
  DocumentWarning warning{};
  int code = 0;
  bool is_of_picture = true;
  bool has_detector = false;
};
// Grey copies and the stripes of screens are seen, copies in colour and other screens are not: that
// is no check of copies and recaptures.
constexpr WarningCode kWarnings[] = {
    {DocumentWarning::incomplete, -9101, true, true},
    {DocumentWarning::copy, -9102},
    {DocumentWarning::recapture, -9103},
    {DocumentWarning::tampered, -9104},
    {DocumentWarning::glare, -9107, true, true},
    {DocumentWarning::blur, -9108, true, true},
    {DocumentWarning::format, -8101, false, true},
    {DocumentWarning::consistency, -8102, false, true},
};

const WarningCode& entry_of(DocumentWarning warning) noexcept {
  return *std::ranges::find(kWarnings, warning, &WarningCode::warning);
}

bool is_in(const WarningCode& entry, WarningScope scope) noexcept {
  return entry.is_of_picture || scope == WarningScope::picture_and_values;
}

struct KnownCard {
  std::string_view type;
  std::string_view nationality;
  std::string_view card_type;
};
constexpr std::string_view kIdCard = "ID_CARD";
constexpr std::string_view kLicence = "DRIVING_LICENSE";
constexpr std::string_view kPassport = "PASSPORT";
constexpr std::string_view kAuto = "AUTO";
constexpr KnownCard kCards[] = {
    {"IndonesiaIDCard", "IDN", kIdCard},
    {"IndonesiaDrivingLicense", "IDN", kLicence},
    {"HKIDCard", "HKG", kIdCard},
    {"ThailandIDCard", "THA", kIdCard},
    {"ThailandDrivingLicense", "THA", kLicence},
    {"MLIDCard", "MYS", kIdCard},
    {"MLDrivingLicense", "MYS", kLicence},
    {"SingaporeIDCard", "SGP", kIdCard},
    {"SingaporeDrivingLicense", "SGP", kLicence},
    {"PhilippinesIDCard", "PHL", kIdCard},
    {"PhilippinesVoteID", "PHL", kIdCard},
    {"PhilippinesTinID", "PHL", kIdCard},
    {"PhilippinesSSSID", "PHL", kIdCard},
    {"PhilippinesUMID", "PHL", kIdCard},
    {"PhilippinesDrivingLicense", "PHL", kLicence},
    {"JapanIDCard", "JPN", kIdCard},
    {"JapaneseDrivingLicense", "JPN", kLicence},
    {"MainlandIDCard", "CHN", kIdCard},
    {"InternationalIDPassport", "", kPassport},
};

}  // namespace

std::optional<std::string> document_type_from(std::string_view name) {
  if (std::ranges::find(kNotRead, name) != std::end(kNotRead)) return std::nullopt;
  const auto* const it = std::ranges::find(kOtherNames, name, &TypeName::theirs);
  return std::string(it == std::end(kOtherNames) ? name : it->ours);
}

int warning_code_of(DocumentWarning warning) noexcept {
  return entry_of(warning).code;
}

std::vector<DocumentWarning> stopping_warnings(
    WarningScope scope, std::span<const std::int64_t> selected
) {
  std::vector<DocumentWarning> stopping;
  for (const WarningCode& entry : kWarnings) {
    const bool is_chosen =
        selected.empty() || std::ranges::find(selected, entry.code) != selected.end();
    if (is_chosen && is_in(entry, scope)) stopping.push_back(entry.warning);
  }
  return stopping;
}

std::vector<int> warning_codes(
    const core::DocumentSighting& seen, WarningScope scope, std::span<const DocumentWarning> watched
) {
  std::vector<int> codes;
  for (const DocumentWarning warning : seen.warnings) {
    if (is_in(entry_of(warning), scope)) codes.push_back(entry_of(warning).code);
  }
  const bool is_blind = std::ranges::any_of(watched, [](DocumentWarning warning) {
    return !entry_of(warning).has_detector;
  });
  if (is_blind) codes.push_back(kNotEnabled);
  return codes;
}

std::optional<std::vector<std::string>> card_types_from(
    std::string_view nationality, std::string_view card_type
) {
  std::vector<std::string> types;
  if (nationality == kAuto && card_type == kAuto) return types;
  for (const KnownCard& card : kCards) {
    const bool is_of =
        nationality == kAuto || card.nationality.empty() || card.nationality == nationality;
    const bool is_kind = card_type == kAuto || card.card_type == card_type;
    if (is_of && is_kind) types.emplace_back(card.type);
  }
  const bool is_known =
      nationality == kAuto ||
      std::ranges::find(kCards, nationality, &KnownCard::nationality) != std::end(kCards);
  if (types.empty() || !is_known) return std::nullopt;
  return types;
}

CardKind card_kind_of(std::string_view type) noexcept {
  const auto* const it = std::ranges::find(kCards, type, &KnownCard::type);
  if (it == std::end(kCards)) return {};
  return {.nationality = it->nationality, .card_type = it->card_type};
}

}  // namespace selfsame::adapters::tencent
