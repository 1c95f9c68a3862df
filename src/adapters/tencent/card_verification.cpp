// SPDX-License-Identifier: Apache-2.0
#include "adapters/tencent/card_verification.h"

#include <array>
#include <string>
#include <utility>
#include <vector>

#include "adapters/tencent/card_info.h"
#include "adapters/tencent/document_order.h"
#include "adapters/tencent/document_results.h"
#include "adapters/tencent/files.h"
#include "adapters/tencent/liveness_answer.h"
#include "adapters/tencent/session_order.h"
#include "base/base64.h"

namespace selfsame::adapters::tencent {
namespace {

constexpr std::string_view kApply = "ApplyCardVerification";
constexpr std::size_t kMaxPhotoBase64Bytes = std::size_t{5} << 20;
constexpr std::size_t kUrlBytesMax = 4096;
constexpr int kPollingTimes = 3;
constexpr int kPollingWait_s = 1;

constexpr std::array<std::string_view, 12> kNationalities = {
    "IDN", "HKG", "THA", "MYS", "SGP", "PHL", "JPN", "TWN", "BGD", "NGA", "PAK", "AUTO"
};
constexpr std::array<std::string_view, 4> kCardTypes = {
    "ID_CARD", "PASSPORT", "DRIVING_LICENSE", "AUTO"
};
constexpr std::array<Field, 6> kApplyFields = {{
    {.name = "Nationality", .required = true, .allowed = kNationalities},
    {.name = "CardType", .required = true, .allowed = kCardTypes},
    {.name = "ImageBase64Front",
     .max_bytes = kMaxPhotoBase64Bytes,
     .too_long = Errc::image_too_large},
    {.name = "ImageBase64Back", .max_bytes = kMaxPhotoBase64Bytes, .too_long = Errc::image_too_large
    },
    {.name = "ImageUrlFront", .max_bytes = kUrlBytesMax},
    {.name = "ImageUrlBack", .max_bytes = kUrlBytesMax},
}};
constexpr std::array<Field, 1> kTokenFields = {{
    {.name = "CardVerificationToken", .required = true, .max_bytes = 128},
}};

/// Of the URL, which goes before the base64; empty where neither was sent.
boost::asio::awaitable<Answer<Bytes>> picture_of(
    const Services* services, const Call* call, const Parameters* parameters, std::string side
) {
  const std::string field = "ImageBase64" + side;
  std::string url(parameters->value("ImageUrl" + side));
  if (!url.empty()) {
    co_return co_await fetch_media(services, call, std::move(url), MediaKind::image);
  }
  auto picture = from_base64(parameters->value(field));
  if (!picture) co_return refuse(Errc::invalid_parameter, field);
  co_return std::move(*picture);
}

/// `conflict`: the same signed request has shown it already.
boost::asio::awaitable<Answer<void>> show(
    const Services* services, const Call* call, std::string token, std::string side, Bytes picture
) {
  flows::DocumentPicture shown{
      .side = std::move(side), .encoded = std::move(picture), .is_abandoned = call->is_abandoned
  };
  const auto answer = co_await services->verifications.show_document(
      std::move(token), std::move(shown), call->deadline
  );
  if (!answer && answer.error().code != Errc::conflict) co_return refuse(answer.error());
  co_return Answer<void>();
}

std::vector<std::string> warnings_of(const flows::VerificationView& view) {
  const core::DocumentProgress& progress = view.progress.document;
  std::vector<std::string> warnings;
  if (progress.fault) warnings.emplace_back(core::name_of(*progress.fault));
  for (const auto* const seen : {&progress.front, &progress.back}) {
    if (!*seen) continue;
    if ((*seen)->is_expired) {
      warnings.emplace_back(core::name_of(core::DocumentFault::expired));
    }
    for (const core::DocumentWarning warning : (*seen)->warnings) {
      warnings.emplace_back(core::name_of(warning));
    }
  }
  return warnings;
}

/// Nothing is rejected but what could not be read as what it was to be.
std::string_view status_of(const flows::VerificationView& view, bool has_warnings) {
  if (view.progress.state != core::VerificationState::decided) {
    return core::is_final(view.progress.state) ? "REJECTED" : "PROCESSING";
  }
  const auto& finding = view.progress.finding;
  if (!finding || finding->outcome != core::Outcome::document_read) return "REJECTED";
  return has_warnings ? "WARNING" : "PASSED";
}

}  // namespace

std::span<const Field> apply_card_verification_fields() {
  return kApplyFields;
}

std::span<const Field> get_card_verification_result_fields() {
  return kTokenFields;
}

Answer<flows::VerificationOrder> parse_apply_card_verification(
    const Parameters& parameters, const Call& call, bool has_back
) {
  auto types = card_types_from(parameters.value("Nationality"), parameters.value("CardType"));
  if (!types) return refuse(Errc::unsupported, "Nationality");
  auto order = order_of(call, kApply, kPureApiProduct);
  order.terms.judges_liveness = false;
  order.terms.compares = false;
  core::DocumentTerms document;
  document.types = std::move(*types);
  document.both_sides = has_back;
  document.tries_max = has_back ? 2 : 1;
  order.terms.document = std::move(document);
  order.metadata = kept_text_of({.extra = {}, .redirect_url = {}, .config = {}});
  return order;
}

boost::asio::awaitable<Answer<Success>> apply_card_verification(
    const Services* services, Parameters parameters, Call call
) {
  auto front = co_await picture_of(services, &call, &parameters, "Front");
  if (!front) co_return tl::unexpected(std::move(front).error());
  if (front->empty()) co_return refuse(Errc::missing_parameter, "ImageBase64Front");
  auto back = co_await picture_of(services, &call, &parameters, "Back");
  if (!back) co_return tl::unexpected(std::move(back).error());
  auto order = parse_apply_card_verification(parameters, call, !back->empty());
  if (!order) co_return tl::unexpected(std::move(order).error());
  parameters = {};
  if (call.body != nullptr) std::string().swap(*call.body);
  const auto token = co_await issue_token(services, &call, std::move(*order));
  if (!token) co_return tl::unexpected(token.error());
  const auto read =
      co_await show(services, &call, *token, std::string(core::kFrontSide), std::move(*front));
  if (!read) co_return tl::unexpected(read.error());
  if (!back->empty()) {
    const auto both =
        co_await show(services, &call, *token, std::string(core::kBackSide), std::move(*back));
    if (!both) co_return tl::unexpected(both.error());
  }
  Success success = success_of(call);
  success.fields.text("CardVerificationToken", *token);
  success.fields.integer("AsyncCardVerificationMaxPollingTimes", kPollingTimes);
  success.fields.integer("AsyncCardVerificationPollingWaitTime", kPollingWait_s);
  co_return success;
}

boost::asio::awaitable<Answer<Success>> get_card_verification_result(
    const Services* services, Parameters parameters, Call call
) {
  const std::string token(parameters.value("CardVerificationToken"));
  const auto found = co_await find_session(services, &call, token, kApply);
  if (!found) co_return tl::unexpected(found.error());
  const auto document = co_await document_of(services, &call, &found->view);
  if (!document) co_return tl::unexpected(document.error());
  const std::vector<std::string> warnings = warnings_of(found->view);
  const auto& front = found->view.progress.document.front;
  const CardKind kind = front ? card_kind_of(front->type) : CardKind();
  Success success = success_of(call);
  Fields& fields = success.fields;
  fields.text("Status", status_of(found->view, !warnings.empty()));
  fields.text_list("WarnInfo", warnings);
  text_or_null(fields, "Nationality", kind.nationality);
  text_or_null(fields, "CardType", kind.card_type);
  fields.null("CardSubType");
  if (document->sides.empty()) {
    fields.null("CardInfo");
  } else {
    const core::DocumentFields read = document->fields();
    const flows::DocumentSide& side = document->sides.front();
    fields.object(
        "CardInfo", card_info({.type = side.type, .fields = read, .mrz_lines = side.mrz_lines})
    );
  }
  fields.text("IDVerificationToken", token);
  co_return success;
}

}  // namespace selfsame::adapters::tencent
