// SPDX-License-Identifier: Apache-2.0
#include "adapters/tencent/web_verification.h"

#include <array>
#include <utility>
#include <vector>

#include "adapters/page_urls.h"
#include "adapters/tencent/document_results.h"
#include "adapters/tencent/files.h"
#include "adapters/tencent/result_files.h"
#include "adapters/tencent/session_codes.h"
#include "adapters/tencent/session_order.h"
#include "adapters/tencent/web_config.h"
#include "base/crypto.h"

namespace selfsame::adapters::tencent {
namespace {

constexpr std::string_view kApplyIntl = "ApplyWebVerificationBizTokenIntl";
constexpr std::string_view kApply = "ApplyWebVerificationToken";
constexpr std::string_view kTokenParameter = "token";
constexpr std::size_t kMaxPhotoBase64Bytes = std::size_t{8} << 20;
constexpr std::size_t kExtraCharactersMax = 1000;
constexpr std::size_t kUrlBytesMax = 4096;
constexpr std::size_t kMd5BytesMax = 64;
constexpr int kLevelOfOldPair = 3;

constexpr std::array<Field, 4> kApplyIntlFields = {{
    {.name = "RedirectURL", .required = true, .max_bytes = core::kRedirectUrlBytesMax},
    {.name = "CompareImageBase64",
     .max_bytes = kMaxPhotoBase64Bytes,
     .too_long = Errc::image_too_large},
    {.name = "Extra", .max_bytes = kExtraCharactersMax * 4},
    {.name = "RuleId", .max_bytes = 128},
}};
constexpr std::array<Field, 3> kApplyFields = {{
    {.name = "RedirectUrl", .required = true, .max_bytes = core::kRedirectUrlBytesMax},
    {.name = "CompareImageUrl", .required = true, .max_bytes = kUrlBytesMax},
    {.name = "CompareImageMd5", .required = true, .max_bytes = kMd5BytesMax},
}};
constexpr std::array<Field, 1> kBizTokenFields = {{
    {.name = "BizToken", .required = true, .max_bytes = 128},
}};

void number_or_null(Fields& fields, std::string_view name, const std::optional<SessionCode>& code) {
  if (code) {
    fields.integer(name, code->number);
  } else {
    fields.null(name);
  }
}

void code_fields(Fields& fields, std::string_view stage, const std::optional<SessionCode>& code) {
  number_or_null(fields, std::string(stage) + "ErrorCode", code);
  text_or_null(fields, std::string(stage) + "ErrorMsg", code ? code->text : "");
}

/// How far the attempt got: null for what was not measured.
void stage_fields(Fields& fields, const SessionAttempt& attempt, bool compares) {
  const SessionCode passed = web_code_of(core::Outcome::match);
  const SessionCode code = web_code_of(attempt.cause);
  std::optional<SessionCode> liveness = passed;
  std::optional<SessionCode> comparison;
  switch (stage_of(attempt.cause)) {
    case SessionStage::photo:
      liveness.reset();
      comparison = code;
      break;
    case SessionStage::liveness:
      liveness = code;
      break;
    case SessionStage::comparison:
      comparison = code;
      break;
    case SessionStage::passed:
      if (compares) comparison = passed;
      break;
  }
  code_fields(fields, "Liveness", liveness);
  code_fields(fields, "Compare", comparison);
}

Fields detail_of(
    const Services& services, const SessionAttempt& attempt, bool compares, bool tells_tags
) {
  Fields detail;
  code_fields(detail, "", web_code_of(attempt.cause));
  stage_fields(detail, attempt, compares);
  detail.integer("ReqTimestamp", attempt.sealed_at.time_since_epoch().count());
  detail.decimal("Similarity", similarity_of(services, attempt.finding).value_or(0));
  detail.text("Seq", attempt.id);
  if (tells_tags && attempt.finding != nullptr) {
    detail.text_list("LivenessInfoTag", web_tags_of(*attempt.finding));
  } else {
    detail.null("LivenessInfoTag");
  }
  return detail;
}

void file_fields(
    Fields& fields, std::string_view what, const std::string& url, const Bytes& content
) {
  text_or_null(fields, std::string(what) + "Url", content.empty() ? "" : url);
  text_or_null(fields, std::string(what) + "Md5", content.empty() ? "" : md5_hex(content));
}

}  // namespace

std::span<const Field> apply_web_verification_biz_token_intl_fields() {
  static const std::vector<Field> kAll = [] {
    std::vector<Field> all(kApplyIntlFields.begin(), kApplyIntlFields.end());
    const auto config = web_config_fields();
    all.insert(all.end(), config.begin(), config.end());
    return all;
  }();
  return kAll;
}

std::span<const Field> apply_web_verification_token_fields() {
  return kApplyFields;
}

std::span<const Field> biz_token_fields() {
  return kBizTokenFields;
}

Answer<flows::VerificationOrder> parse_apply_web_verification(
    const Parameters& parameters, const Call& call
) {
  const std::string_view redirect = parameters.value("RedirectURL");
  if (!is_redirect_url(redirect)) return refuse(Errc::invalid_parameter, "RedirectURL");
  if (const auto fits = check_text(parameters, "Extra", kExtraCharactersMax); !fits) {
    return tl::unexpected(fits.error());
  }
  if (!parameters.value("RuleId").empty()) return refuse_rule();
  auto config = read_web_config(parameters);
  if (!config) return tl::unexpected(config.error());
  auto order = order_of(call, kApplyIntl, kWebProduct);
  order.terms = config->terms;
  order.terms.page.redirect_url = redirect;
  order.terms.page.token_parameter = kTokenParameter;
  if (order.terms.compares && !order.terms.document) {
    auto photo = photo_of(parameters, "CompareImageBase64");
    if (!photo) return tl::unexpected(photo.error());
    order.reference_image = std::move(*photo);
  }
  order.metadata = kept_text_of(
      {.extra = std::string(parameters.value("Extra")),
       .redirect_url = std::string(redirect),
       .tells_tags = config->tells_tags,
       .config = std::move(config->members)}
  );
  return order;
}

Fields render_web_result(
    const Services& services, const flows::VerificationView& view, bool tells_tags
) {
  Fields fields;
  const auto cause = final_cause_of(view);
  code_fields(fields, "", cause ? std::optional(web_code_of(*cause)) : std::nullopt);
  std::vector<Fields> details;
  for (const SessionAttempt& attempt : attempts_of(view)) {
    details.push_back(detail_of(services, attempt, view.terms.compares, tells_tags));
  }
  fields.object_list("VerificationDetailList", details);
  return fields;
}

boost::asio::awaitable<Answer<Success>> apply_web_verification_biz_token_intl(
    const Services* services, Parameters parameters, Call call
) {
  auto order = parse_apply_web_verification(parameters, call);
  if (!order) co_return tl::unexpected(std::move(order).error());
  parameters = {};
  if (call.body != nullptr) std::string().swap(*call.body);
  const auto token = co_await issue_token(services, &call, std::move(*order));
  if (!token) co_return tl::unexpected(token.error());
  Success success = success_of(call);
  success.fields.text("VerificationUrl", page_url(services->public_url, *token));
  success.fields.text("BizToken", *token);
  success.fields.text("VerificationURL", page_url(services->public_url, *token));
  co_return success;
}

boost::asio::awaitable<Answer<Success>> get_web_verification_result_intl(
    const Services* services, Parameters parameters, Call call
) {
  const auto found =
      co_await find_session(services, &call, std::string(parameters.value("BizToken")), kApplyIntl);
  if (!found) co_return tl::unexpected(found.error());
  const auto video = co_await video_of(services, &call, &found->view);
  if (!video) co_return tl::unexpected(video.error());
  const auto frame = co_await best_frame_of(services, &call, &found->view);
  if (!frame) co_return tl::unexpected(frame.error());
  const auto document = co_await document_of(services, &call, &found->view);
  if (!document) co_return tl::unexpected(document.error());
  Success success = success_of(call);
  success.fields = render_web_result(*services, found->view, found->kept.tells_tags);
  success.fields.base64("VideoBase64", *video);
  success.fields.base64("BestFrameBase64", *frame);
  ocr_result_field(success.fields, *found, *document);
  text_or_null(success.fields, "Extra", found->kept.extra);
  co_return success;
}

boost::asio::awaitable<Answer<Success>> apply_web_verification_token(
    const Services* services, Parameters parameters, Call call
) {
  const std::string redirect(parameters.value("RedirectUrl"));
  if (!is_redirect_url(redirect)) co_return refuse(Errc::invalid_parameter, "RedirectUrl");
  auto terms = terms_of({.level = kLevelOfOldPair, .action_list = {}, .actions_name = {}});
  if (!terms) co_return tl::unexpected(terms.error());
  auto photo = co_await fetch_checked_media(
      services,
      &call,
      std::string(parameters.value("CompareImageUrl")),
      std::string(parameters.value("CompareImageMd5")),
      "CompareImageMd5",
      MediaKind::image
  );
  if (!photo) co_return tl::unexpected(photo.error());
  auto order = order_of(call, kApply, kWebProduct);
  order.terms = std::move(*terms);
  order.terms.end_within = std::chrono::hours(2);
  order.terms.page.redirect_url = redirect;
  order.terms.page.token_parameter = kTokenParameter;
  order.reference_image = std::move(*photo);
  order.metadata = kept_text_of({.extra = {}, .redirect_url = redirect, .config = {}});
  const auto token = co_await issue_token(services, &call, std::move(order));
  if (!token) co_return tl::unexpected(token.error());
  Success success = success_of(call);
  success.fields.text("VerificationUrl", page_url(services->public_url, *token));
  success.fields.text("BizToken", *token);
  co_return success;
}

boost::asio::awaitable<Answer<Success>> get_web_verification_result(
    const Services* services, Parameters parameters, Call call
) {
  const auto found =
      co_await find_session(services, &call, std::string(parameters.value("BizToken")), kApply);
  if (!found) co_return tl::unexpected(found.error());
  const auto video = co_await video_of(services, &call, &found->view);
  if (!video) co_return tl::unexpected(video.error());
  const auto frame = co_await best_frame_of(services, &call, &found->view);
  if (!frame) co_return tl::unexpected(frame.error());
  Success success = success_of(call);
  success.fields = render_web_result(*services, found->view, false);
  const auto url = [&](ResultFile file) { return result_file_url(*services, found->view, file); };
  file_fields(success.fields, "VideoBestFrame", url(ResultFile::best_frame), *frame);
  file_fields(success.fields, "Video", url(ResultFile::video), *video);
  co_return success;
}

}  // namespace selfsame::adapters::tencent
