// SPDX-License-Identifier: Apache-2.0
#include "adapters/tencent/sdk_verification.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>
#include <vector>

#include "adapters/tencent/document_order.h"
#include "adapters/tencent/document_results.h"
#include "adapters/tencent/result_files.h"
#include "adapters/tencent/session_codes.h"
#include "adapters/tencent/session_order.h"

namespace selfsame::adapters::tencent {
namespace {

constexpr std::string_view kFaceId = "GetFaceIdTokenIntl";
constexpr std::string_view kLiveness = "ApplyLivenessToken";
constexpr std::string_view kSdk = "ApplySdkVerificationToken";
constexpr std::size_t kMaxPhotoBase64Bytes = std::size_t{8} << 20;
constexpr std::size_t kExtraCharactersMax = 1024;
constexpr std::size_t kMetaDataBytesMax = std::size_t{64} << 10;
constexpr std::int64_t kRetryLimitMost = 5;
constexpr int kDefaultLevel = 4;
constexpr int kPicturesMost = 10;

constexpr std::array<std::string_view, 4> kLevels = {"1", "2", "3", "4"};
constexpr std::array<std::string_view, 2> kCheckModes = {"liveness", "compare"};
constexpr std::array<std::string_view, 3> kSdkCheckModes = {"1", "2", "3"};
constexpr std::array<std::string_view, 4> kVersions = {"BASIC", "ENHANCED", "PRO", "PLUS"};
constexpr std::array<std::string_view, 13> kDocuments = {
    "HK",
    "ML",
    "IndonesiaIDCard",
    "PhilippinesVoteID",
    "PhilippinesDrivingLicense",
    "PhilippinesTinID",
    "PhilippinesSSSID",
    "PhilippinesUMID",
    "MLIDPassport",
    "ThailandIDCard",
    "MainlandIDCard",
    "SingaporeIDCard",
    "HMTPermit"
};
constexpr std::array<std::string_view, 8> kWarnings = {
    "-9101", "-9102", "-9103", "-9104", "-9107", "-9108", "-8101", "-8102"
};
constexpr std::array<std::string_view, 4> kOcrModes = {
    "OCR_DETECT_MANUAL", "OCR_DETECT_AUTO_MANUAL", "OCR_DETECT_AUTO", "OCR_DETECT_AUTO_MULTI"
};

constexpr FieldType kFlag = FieldType::boolean;
constexpr FieldType kNumber = FieldType::integer;
constexpr std::array<Field, 9> kFaceIdFields = {{
    {.name = "CheckMode", .allowed = kCheckModes},
    {.name = "SecureLevel", .allowed = kLevels},
    {.name = "Image", .max_bytes = kMaxPhotoBase64Bytes, .too_long = Errc::image_too_large},
    {.name = "Extra", .max_bytes = kExtraCharactersMax * 4},
    {.name = "ActionList", .max_bytes = 64},
    {.name = "SdkVersion", .allowed = kVersions},
    {.name = "RetryLimit", .type = kNumber},
    {.name = "EnableBotBgDetection", .type = kFlag},
    {.name = "MetaData", .max_bytes = kMetaDataBytesMax},
}};
constexpr std::array<Field, 1> kLivenessFields = {{
    {.name = "SecureLevel", .allowed = kLevels},
}};
constexpr std::array<Field, 24> kSdkFields = {{
    {.name = "CheckMode", .type = kNumber, .allowed = kSdkCheckModes},
    {.name = "SecurityLevel", .type = kNumber, .allowed = kLevels},
    {.name = "IdCardType", .allowed = kDocuments},
    {.name = "CompareImage", .max_bytes = kMaxPhotoBase64Bytes, .too_long = Errc::image_too_large},
    {.name = "NeedVerifyIdCard", .type = kFlag},
    {.name = "DisableChangeOcrResult", .type = kFlag},
    {.name = "DisableCheckOcrWarnings", .type = kFlag},
    {.name = "SelectedWarningCodes.*", .type = kNumber, .allowed = kWarnings},
    {.name = "Extra", .max_bytes = kExtraCharactersMax * 4},
    {.name = "SdkVersion", .allowed = kVersions},
    {.name = "ActionList", .max_bytes = 64},
    {.name = "AllowExpiredDocument", .type = kFlag},
    {.name = "SkipResultPage", .type = kFlag},
    {.name = "CardOcrDisplayFields.*", .max_bytes = 64},
    {.name = "RetryLimit", .type = kNumber},
    {.name = "EnableForgeryDetectionImages", .type = kFlag},
    {.name = "MetaData", .max_bytes = kMetaDataBytesMax},
    {.name = "SkipLaunchPage", .type = kFlag},
    {.name = "SkipOcrConfirmPage", .type = kFlag},
    {.name = "HideProgressBar", .type = kFlag},
    {.name = "AllowUploadPhoto", .type = kFlag},
    {.name = "EnableBotBgDetection", .type = kFlag},
    {.name = "OcrAutoDetectTimeout", .type = kNumber},
    {.name = "OcrModeType", .allowed = kOcrModes},
}};
constexpr std::array<Field, 1> kSdkTokenFields = {{
    {.name = "SdkToken", .required = true, .max_bytes = 128},
}};

int level_of(std::string_view text) noexcept {
  return text.empty() ? kDefaultLevel : text.front() - '0';
}

/// What the two larger actions have in common, without the photo.
Answer<flows::VerificationOrder> order_for_app(
    const Parameters& parameters,
    const Call& call,
    std::string_view action,
    core::Product product,
    std::string_view level
) {
  if (const auto fits = check_text(parameters, "Extra", kExtraCharactersMax); !fits) {
    return tl::unexpected(fits.error());
  }
  if (flag_of(parameters, "EnableBotBgDetection", false)) {
    return refuse(Errc::unsupported, "EnableBotBgDetection");
  }
  const auto retries = integer_of(parameters, "RetryLimit").value_or(kRetryLimitMost);
  if (retries < 1 || retries > kRetryLimitMost) {
    return refuse(Errc::invalid_parameter, "RetryLimit");
  }
  auto terms = terms_of(
      {.level = level_of(level),
       .action_list = parameters.value("ActionList"),
       .actions_name = "ActionList"}
  );
  if (!terms) return tl::unexpected(terms.error());
  auto order = order_of(call, action, product);
  order.terms = std::move(*terms);
  order.terms.attempts_max = static_cast<int>(retries);
  order.terms.compares = false;
  const std::string_view version = parameters.value("SdkVersion");
  order.metadata = kept_text_of(
      {.extra = std::string(parameters.value("Extra")),
       .redirect_url = {},
       .tells_tags = version == "PLUS" || version == "PRO",
       .config = {}}
  );
  return order;
}

Answer<void> add_photo(
    const Parameters& parameters, std::string_view name, flows::VerificationOrder& order
) {
  auto photo = photo_of(parameters, name);
  if (!photo) return tl::unexpected(photo.error());
  order.terms.compares = true;
  order.reference_image = std::move(*photo);
  return {};
}

Answer<core::DocumentTerms> document_terms(const Parameters& parameters, std::string_view type) {
  auto ours = document_type_from(type);
  if (!ours) return refuse(Errc::unsupported, "IdCardType");
  const auto flag = [&](std::string_view name, bool fallback) {
    return flag_of(parameters, name, fallback);
  };
  std::vector<std::int64_t> codes;
  for (const Parameter& given : parameters.all()) {
    if (!given.name.starts_with("SelectedWarningCodes.")) continue;
    codes.push_back(integer_of(parameters, given.name).value_or(0));
  }
  core::DocumentTerms terms;
  terms.types = {std::move(*ours)};
  terms.both_sides = true;
  terms.may_edit = !flag("DisableChangeOcrResult", false) && !flag("SkipOcrConfirmPage", false);
  if (!flag("DisableCheckOcrWarnings", false)) {
    terms.stopping = stopping_warnings(WarningScope::picture_and_values, codes);
  }
  terms.compares_portrait = true;
  terms.refuses_expired = !flag("AllowExpiredDocument", true);
  terms.asks_register = flag("NeedVerifyIdCard", false);
  terms.tries_max = kPicturesMost;
  return terms;
}

boost::asio::awaitable<Answer<Success>> answer_with_token(
    const Services* services, const Call* call, Answer<flows::VerificationOrder> order
) {
  if (!order) co_return tl::unexpected(std::move(order).error());
  if (call->body != nullptr) std::string().swap(*call->body);
  const auto token = co_await issue_token(services, call, std::move(*order));
  if (!token) co_return tl::unexpected(token.error());
  Success success = success_of(*call);
  success.fields.text("SdkToken", *token);
  co_return success;
}

SessionCode code_of(const flows::VerificationView& view) {
  const auto cause = final_cause_of(view);
  return cause ? app_code_of(*cause, view.product) : kNotFinished;
}

void result_fields(Fields& fields, const SessionCode& code) {
  fields.text("Result", std::to_string(code.number));
  fields.text("Description", code.text);
}

void tag_field(Fields& fields, const core::VerificationFinding* finding, bool tells_tags) {
  if (tells_tags && finding != nullptr) {
    fields.text_list("LivenessInfoTag", app_tags_of(*finding));
  } else {
    fields.null("LivenessInfoTag");
  }
}

void file_or_null(
    Fields& fields,
    std::string_view name,
    const Services& services,
    const flows::VerificationView& view,
    ResultFile file,
    const Bytes& content
) {
  if (content.empty()) {
    fields.null(name);
  } else {
    fields.object(name, file_info(result_file_url(services, view, file), content));
  }
}

void code_texts(Fields& fields, std::string_view stage, const std::optional<SessionCode>& code) {
  const std::string name(stage);
  text_or_null(fields, name + "ErrorCode", code ? std::to_string(code->number) : "");
  text_or_null(fields, name + "ErrorMsg", code ? code->text : "");
}

/// A liveness code of its own list: the numbers from 2000 are of the comparison.
SessionCode liveness_code(const SessionCode& code, std::string_view product) {
  constexpr int kFirstOfComparison = 2000;
  return code.number < kFirstOfComparison ? code
                                          : app_code_of(core::Outcome::video_no_face, product);
}

void stage_texts(
    Fields& fields, const SessionAttempt& attempt, const flows::VerificationView& view
) {
  const SessionCode code = app_code_of(attempt.cause, view.product);
  const SessionCode passed = app_code_of(core::Outcome::match, view.product);
  std::optional<SessionCode> liveness = passed;
  std::optional<SessionCode> comparison;
  switch (stage_of(attempt.cause)) {
    case SessionStage::photo:
      liveness.reset();
      comparison = code;
      break;
    case SessionStage::liveness:
      liveness = liveness_code(code, view.product);
      break;
    case SessionStage::comparison:
      comparison = code;
      break;
    case SessionStage::passed:
      if (view.terms.compares) comparison = passed;
      break;
  }
  code_texts(fields, "Live", liveness);
  code_texts(fields, "Compare", comparison);
}

struct ResultMedia {
  Bytes video;
  Bytes best_frame;
};

boost::asio::awaitable<Answer<ResultMedia>> media_of(
    const Services* services, const Call* call, const flows::VerificationView* view
) {
  auto video = co_await video_of(services, call, view);
  if (!video) co_return tl::unexpected(video.error());
  auto frame = co_await best_frame_of(services, call, view);
  if (!frame) co_return tl::unexpected(frame.error());
  co_return ResultMedia{.video = std::move(*video), .best_frame = std::move(*frame)};
}

/// One of CompareResults; the media are those of the last.
Fields compare_result(
    const Services& services,
    const FoundSession& found,
    const SessionAttempt& attempt,
    const ResultMedia& media
) {
  Fields result;
  code_texts(result, "", app_code_of(attempt.cause, found.view.product));
  result.null("LiveData");
  file_or_null(result, "LiveVideo", services, found.view, ResultFile::video, media.video);
  result.null("ActionVideo");
  stage_texts(result, attempt, found.view);
  file_or_null(result, "BestFrame", services, found.view, ResultFile::best_frame, media.best_frame);
  result.null("ProfileImage");
  const auto similarity = similarity_of(services, attempt.finding);
  if (similarity) {
    result.decimal("Sim", *similarity);
  } else {
    result.null("Sim");
  }
  const auto* const outcome = std::get_if<core::Outcome>(&attempt.cause);
  result.boolean(
      "IsNeedCharge", outcome != nullptr && billed_session_code(found.view.product, *outcome)
  );
  result.null("CardInfoInputJson");
  result.text("RequestId", attempt.id);
  tag_field(result, attempt.finding, found.kept.tells_tags);
  return result;
}

std::int64_t charges_of(const flows::VerificationView& view) {
  return std::ranges::count_if(attempts_of(view), [&](const SessionAttempt& attempt) {
    const auto* const outcome = std::get_if<core::Outcome>(&attempt.cause);
    return outcome != nullptr && billed_session_code(view.product, *outcome).has_value();
  });
}

}  // namespace

std::span<const Field> get_face_id_token_intl_fields() {
  return kFaceIdFields;
}

std::span<const Field> apply_liveness_token_fields() {
  return kLivenessFields;
}

std::span<const Field> apply_sdk_verification_token_fields() {
  return kSdkFields;
}

std::span<const Field> sdk_token_fields() {
  return kSdkTokenFields;
}

Answer<flows::VerificationOrder> parse_get_face_id_token(
    const Parameters& parameters, const Call& call
) {
  auto order =
      order_for_app(parameters, call, kFaceId, kAppProduct, parameters.value("SecureLevel"));
  if (!order || parameters.value("CheckMode") != "compare") return order;
  if (const auto added = add_photo(parameters, "Image", *order); !added) {
    return tl::unexpected(added.error());
  }
  return order;
}

Answer<flows::VerificationOrder> parse_apply_sdk_verification(
    const Parameters& parameters, const Call& call
) {
  const std::string_view document = parameters.value("IdCardType");
  const bool is_hong_kong = document.empty() || document == "HK";
  if (flag_of(parameters, "NeedVerifyIdCard", false) && !is_hong_kong) {
    return refuse(Errc::invalid_parameter, "NeedVerifyIdCard");
  }
  const std::string_view mode = parameters.value("CheckMode");
  auto order =
      order_for_app(parameters, call, kSdk, kIdentityProduct, parameters.value("SecurityLevel"));
  if (!order || mode == "3") return order;
  if (mode != "2") {
    auto terms = document_terms(parameters, document.empty() ? "HK" : document);
    if (!terms) return tl::unexpected(terms.error());
    order->terms.compares = true;
    order->terms.document = std::move(*terms);
    return order;
  }
  if (const auto added = add_photo(parameters, "CompareImage", *order); !added) {
    return tl::unexpected(added.error());
  }
  return order;
}

boost::asio::awaitable<Answer<Success>> get_face_id_token_intl(
    const Services* services, Parameters parameters, Call call
) {
  auto order = parse_get_face_id_token(parameters, call);
  parameters = {};
  co_return co_await answer_with_token(services, &call, std::move(order));
}

boost::asio::awaitable<Answer<Success>> apply_sdk_verification_token(
    const Services* services, Parameters parameters, Call call
) {
  auto order = parse_apply_sdk_verification(parameters, call);
  parameters = {};
  co_return co_await answer_with_token(services, &call, std::move(order));
}

boost::asio::awaitable<Answer<Success>> apply_liveness_token(
    const Services* services, Parameters parameters, Call call
) {
  auto order =
      order_for_app(parameters, call, kLiveness, kAppProduct, parameters.value("SecureLevel"));
  co_return co_await answer_with_token(services, &call, std::move(order));
}

boost::asio::awaitable<Answer<Success>> get_face_id_result_intl(
    const Services* services, Parameters parameters, Call call
) {
  const auto found =
      co_await find_session(services, &call, std::string(parameters.value("SdkToken")), kFaceId);
  if (!found) co_return tl::unexpected(found.error());
  const auto media = co_await media_of(services, &call, &found->view);
  if (!media) co_return tl::unexpected(media.error());
  const auto& finding = found->view.progress.finding;
  const core::VerificationFinding* const last = finding ? &*finding : nullptr;
  Success success = success_of(call);
  result_fields(success.fields, code_of(found->view));
  success.fields.base64("BestFrame", media->best_frame);
  success.fields.base64("Video", media->video);
  success.fields.null("ActionVideo");
  success.fields.decimal("Similarity", similarity_of(*services, last).value_or(0));
  success.fields.text("Extra", found->kept.extra);
  success.fields.text("DeviceInfoLevel", "");
  tag_field(success.fields, last, found->kept.tells_tags);
  co_return success;
}

boost::asio::awaitable<Answer<Success>> get_liveness_result(
    const Services* services, Parameters parameters, Call call
) {
  const auto found =
      co_await find_session(services, &call, std::string(parameters.value("SdkToken")), kLiveness);
  if (!found) co_return tl::unexpected(found.error());
  const auto media = co_await media_of(services, &call, &found->view);
  if (!media) co_return tl::unexpected(media.error());
  Success success = success_of(call);
  result_fields(success.fields, code_of(found->view));
  file_or_null(
      success.fields, "BestFrame", *services, found->view, ResultFile::best_frame, media->best_frame
  );
  file_or_null(success.fields, "Video", *services, found->view, ResultFile::video, media->video);
  co_return success;
}

boost::asio::awaitable<Answer<Success>> get_sdk_verification_result(
    const Services* services, Parameters parameters, Call call
) {
  const auto found =
      co_await find_session(services, &call, std::string(parameters.value("SdkToken")), kSdk);
  if (!found) co_return tl::unexpected(found.error());
  const auto media = co_await media_of(services, &call, &found->view);
  if (!media) co_return tl::unexpected(media.error());
  const auto document = co_await document_of(services, &call, &found->view);
  if (!document) co_return tl::unexpected(document.error());
  const std::vector<SessionAttempt> attempts = attempts_of(found->view);
  std::vector<Fields> results;
  for (const SessionAttempt& attempt : attempts) {
    const bool is_last = &attempt == &attempts.back();
    results.push_back(compare_result(*services, *found, attempt, is_last ? *media : ResultMedia()));
  }
  Success success = success_of(call);
  result_fields(success.fields, code_of(found->view));
  success.fields.integer("ChargeCount", charges_of(found->view));
  success.fields.object_list(
      "CardVerifyResults", card_verify_results(*services, *found, *document)
  );
  success.fields.object_list("CompareResults", results);
  success.fields.text("Extra", found->kept.extra);
  success.fields.text("DeviceInfoLevel", "");
  co_return success;
}

}  // namespace selfsame::adapters::tencent
