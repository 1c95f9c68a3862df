// SPDX-License-Identifier: Apache-2.0
#include "adapters/tencent/web_config.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "adapters/tencent/document_order.h"
#include "adapters/tencent/session_order.h"
#include "base/utf8.h"

namespace selfsame::adapters::tencent {
namespace {

using std::chrono::seconds;

constexpr std::string_view kPrefix = "Config.";
constexpr std::array<std::string_view, 4> kCheckModes = {"1", "2", "3", "4"};
constexpr std::array<std::string_view, 4> kLevels = {"1", "2", "3", "4"};
constexpr std::array<std::string_view, 2> kDowngrades = {"1", "2"};
constexpr std::array<std::string_view, 5> kLanguages = {"en", "id", "th", "zh-cn", "zh-tc"};
constexpr std::array<std::string_view, 2> kVersions = {"BASIC", "PLUS"};
constexpr std::array<std::string_view, 22> kDocuments = {
    "HKIDCard",
    "MLIDCard",
    "IndonesiaIDCard",
    "PhilippinesVoteID",
    "PhilippinesDrivingLicense",
    "PhilippinesTinID",
    "PhilippinesSSSID",
    "PhilippinesUMID",
    "InternationalIDPassport",
    "IndonesiaDrivingLicense",
    "ThailandIDCard",
    "ThailandDrivingLicense",
    "MLDrivingLicense",
    "SingaporeIDCard",
    "SingaporeDrivingLicense",
    "JapanIDCard",
    "JapaneseIDCard",
    "Japanese ID Card",
    "JapanDrivingLicense",
    "Japanese driving licence",
    "PhilippinesIDCard",
    "MainlandIDCard"
};

constexpr FieldType kFlag = FieldType::boolean;
constexpr FieldType kNumber = FieldType::integer;
constexpr std::array<Field, 19> kFields = {{
    {.name = "Config.AutoSkipStartPage", .type = kFlag},
    {.name = "Config.AutoSkip", .type = kFlag},
    {.name = "Config.CheckMode", .type = kNumber, .allowed = kCheckModes},
    {.name = "Config.IDCardType", .allowed = kDocuments},
    {.name = "Config.IdCardType", .allowed = kDocuments},
    {.name = "Config.DisableCheckOcrWarnings", .type = kFlag},
    {.name = "Config.SecurityLevel", .type = kNumber, .allowed = kLevels},
    {.name = "Config.SecureLevel", .type = kNumber, .allowed = kLevels},
    {.name = "Config.SkipPrivacyPolicy", .type = kFlag},
    {.name = "Config.IdCardCutReturn", .type = kFlag},
    {.name = "Config.ThemeColor", .max_bytes = 64},
    {.name = "Config.Language", .allowed = kLanguages},
    {.name = "Config.AutoDowngrade", .type = kNumber, .allowed = kDowngrades},
    {.name = "Config.ActionList", .max_bytes = 64},
    {.name = "Config.LivenessRetryLimit", .type = kNumber},
    {.name = "Config.LivenessTimeout", .type = kNumber},
    {.name = "Config.SelectedWarningCodes", .max_bytes = 256},
    {.name = "Config.AllowExpiredDocument", .type = kFlag},
    {.name = "Config.Version", .allowed = kVersions},
}};

constexpr std::int64_t kDocumentAndFace = 1;
constexpr std::int64_t kDefaultCheckMode = 2;
constexpr std::int64_t kDocumentAlone = 4;
constexpr int kPicturesMost = 10;
constexpr std::int64_t kDefaultLevel = 3;
constexpr std::int64_t kDefaultDowngrade = 1;
constexpr std::int64_t kRetryLimitMost = 99;
constexpr std::int64_t kDefaultTimeout_s = 45;
constexpr std::int64_t kTimeoutMost_s = 600;
constexpr seconds kUploadTime{60};  // the vendor's time is the person's; ours ends with the upload
constexpr int kAttemptsMost = 10;   // core's
constexpr std::chrono::hours kUrlLifetime{2};

/// Both spellings; the documented one comes first.
std::int64_t either(
    const Parameters& parameters,
    std::string_view name,
    std::string_view other,
    std::int64_t fallback
) {
  const auto first = integer_of(parameters, name);
  return first ? *first : integer_of(parameters, other).value_or(fallback);
}

/// "-9101,-9104"
std::optional<std::vector<std::int64_t>> codes_in(std::string_view text) {
  std::vector<std::int64_t> codes;
  while (!text.empty()) {
    const std::size_t comma = std::min(text.find(','), text.size());
    std::string_view code = text.substr(0, comma);
    text.remove_prefix(std::min(comma + 1, text.size()));
    while (code.starts_with(' ')) code.remove_prefix(1);
    std::int64_t number = 0;
    const auto read = std::from_chars(code.data(), code.data() + code.size(), number);
    const bool is_code = read.ec == std::errc{} && read.ptr == code.data() + code.size() &&
                         code.size() == 5 && code.starts_with('-');
    if (!is_code) return std::nullopt;
    codes.push_back(number);
  }
  return codes;
}

/// The vendor's languages, as pages know them.
std::string language_of(std::string_view name) {
  if (name == "zh-cn") return "zh-Hans";
  if (name == "zh-tc") return "zh-Hant";
  return std::string(name);
}

/// A colour that no page can show is passed over, as it is by the vendor.
core::PageWishes page_of(const Parameters& parameters) {
  core::PageWishes page;
  page.language = language_of(parameters.value("Config.Language"));
  page.theme_colour = parameters.value("Config.ThemeColor");
  if (!core::check(page)) page.theme_colour.clear();
  page.skips_consent = flag_of(parameters, "Config.SkipPrivacyPolicy", false);
  page.skips_start = flag_of(parameters, "Config.AutoSkipStartPage", false);
  page.skips_result = flag_of(parameters, "Config.AutoSkip", false);
  return page;
}

std::optional<FieldType> type_of(std::string_view name) {
  const auto it = std::ranges::find(kFields, name, &Field::name);
  return it == kFields.end() ? std::nullopt : std::optional(it->type);
}

boost::json::object members_of(const Parameters& parameters) {
  boost::json::object members;
  for (const Parameter& given : parameters.all()) {
    if (!given.name.starts_with(kPrefix)) continue;
    const std::string_view name = given.name.substr(kPrefix.size());
    const auto type = type_of(given.name);
    if (type == kFlag) {
      members[name] = flag_of(parameters, given.name, false);
    } else if (type == kNumber) {
      members[name] = integer_of(parameters, given.name).value_or(0);
    } else {
      members[name] = given.value;
    }
  }
  return members;
}

Answer<void> read_times(const Parameters& parameters, core::VerificationTerms& terms) {
  const auto limit = integer_of(parameters, "Config.LivenessRetryLimit").value_or(kRetryLimitMost);
  if (limit < 1 || limit > kRetryLimitMost) {
    return refuse(Errc::invalid_parameter, "Config.LivenessRetryLimit");
  }
  const auto timeout_s =
      integer_of(parameters, "Config.LivenessTimeout").value_or(kDefaultTimeout_s);
  if (timeout_s < 0 || timeout_s > kTimeoutMost_s) {
    return refuse(Errc::invalid_parameter, "Config.LivenessTimeout");
  }
  terms.attempts_max = static_cast<int>(std::min<std::int64_t>(limit, kAttemptsMost));
  terms.answer_within = seconds(timeout_s == 0 ? kTimeoutMost_s : timeout_s) + kUploadTime;
  terms.end_within = kUrlLifetime;
  return {};
}

core::DocumentTerms document_terms(
    const Parameters& parameters, std::span<const std::int64_t> codes
) {
  core::DocumentTerms document;
  const std::string_view documented = parameters.value("Config.IDCardType");
  const std::string_view type =
      documented.empty() ? parameters.value("Config.IdCardType") : documented;
  if (auto ours = document_type_from(type); ours && !type.empty()) {
    document.types = {std::move(*ours)};
  }
  document.both_sides = true;
  if (!flag_of(parameters, "Config.DisableCheckOcrWarnings", false)) {
    document.stopping = stopping_warnings(WarningScope::picture, codes);
  }
  document.refuses_expired = !flag_of(parameters, "Config.AllowExpiredDocument", true);
  document.tries_max = kPicturesMost;
  return document;
}

}  // namespace

std::span<const Field> web_config_fields() {
  return kFields;
}

bool is_document_type(std::string_view name) noexcept {
  return std::ranges::find(kDocuments, name) != kDocuments.end();
}

Answer<WebConfig> read_web_config(const Parameters& parameters) {
  const auto check_mode = integer_of(parameters, "Config.CheckMode").value_or(kDefaultCheckMode);
  const auto codes = codes_in(parameters.value("Config.SelectedWarningCodes"));
  if (!codes) return refuse(Errc::invalid_parameter, "Config.SelectedWarningCodes");
  for (const std::string_view name : {"Config.ThemeColor", "Config.ActionList"}) {
    if (!is_utf8(parameters.value(name))) return refuse(Errc::invalid_parameter, name);
  }
  const auto level =
      either(parameters, "Config.SecurityLevel", "Config.SecureLevel", kDefaultLevel);
  const auto downgrade = integer_of(parameters, "Config.AutoDowngrade").value_or(kDefaultDowngrade);
  auto terms = terms_of(
      {.level = static_cast<int>(level),
       .action_list = parameters.value("Config.ActionList"),
       .actions_name = "Config.ActionList",
       .may_fall_back = downgrade == 1}
  );
  if (!terms) return tl::unexpected(terms.error());
  terms->compares = check_mode == kDefaultCheckMode || check_mode == kDocumentAndFace;
  terms->judges_liveness = check_mode != kDocumentAlone;
  if (check_mode == kDocumentAndFace || check_mode == kDocumentAlone) {
    terms->document = document_terms(parameters, *codes);
    terms->document->compares_portrait = terms->compares;
  }
  terms->page = page_of(parameters);
  if (const auto read = read_times(parameters, *terms); !read) {
    return tl::unexpected(read.error());
  }
  return WebConfig{
      .terms = std::move(*terms),
      .tells_tags = parameters.value("Config.Version") == "PLUS",
      .members = members_of(parameters)
  };
}

}  // namespace selfsame::adapters::tencent
