// SPDX-License-Identifier: Apache-2.0
#include "adapters/tencent/tencent_api.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>
#include <utility>

#include "adapters/tencent/card_verification.h"
#include "adapters/tencent/compare_face_liveness.h"
#include "adapters/tencent/create_upload_url.h"
#include "adapters/tencent/detect_ai_fake_faces.h"
#include "adapters/tencent/ekyc_webhooks.h"
#include "adapters/tencent/fields.h"
#include "adapters/tencent/files.h"
#include "adapters/tencent/id_card_actions.h"
#include "adapters/tencent/identity_actions.h"
#include "adapters/tencent/liveness_answer.h"
#include "adapters/tencent/liveness_compare.h"
#include "adapters/tencent/reflect_liveness.h"
#include "adapters/tencent/sdk_verification.h"
#include "adapters/tencent/session_codes.h"
#include "adapters/tencent/web_verification.h"
#include "core/customer.h"

namespace selfsame::adapters::tencent {

namespace asio = boost::asio;

namespace {

constexpr std::string_view kVersion = "2018-03-01";

using Run = asio::awaitable<Answer<Success>> (*)(
    const Services* services, Parameters parameters, Call call
);

struct Action {
  std::string_view name;
  core::Product product = {};  // whose account state, quotas and table apply
  std::span<const Field> (*fields)() = nullptr;
  Run run = nullptr;     // null: known, not offered
  bool measures = true;  // asks the inference pool
};

// Every action of the SDKs 3.0.798 to 3.1.193, in the order of their names.
constexpr std::array<Action, 41> kActions = {{
    {"ApplyCardVerification",
     kPureApiProduct,
     apply_card_verification_fields,
     apply_card_verification},
    {"ApplyLivenessToken", kAppProduct, apply_liveness_token_fields, apply_liveness_token, false},
    {"ApplySdkVerificationToken",
     kIdentityProduct,
     apply_sdk_verification_token_fields,
     apply_sdk_verification_token,
     false},
    {"ApplyWebVerificationBizTokenIntl",
     kWebProduct,
     apply_web_verification_biz_token_intl_fields,
     apply_web_verification_biz_token_intl,
     false},
    {"ApplyWebVerificationToken",
     kWebProduct,
     apply_web_verification_token_fields,
     apply_web_verification_token,
     false},
    {"BankCard2EVerification"},
    {"BankCard4EVerification"},
    {"BankCardVerification"},
    {"CheckBankCardInformation"},
    {"CheckIdCardInformation",
     kRegisterProduct,
     check_id_card_information_fields,
     check_id_card_information},
    {"CheckIdNameDate", kRegisterProduct, check_id_name_date_fields, check_id_name_date, false},
    {"CompareFaceLiveness", kPureApiProduct, compare_face_liveness_fields, compare_face_liveness},
    {"CreateEKYCWebhook", kWebProduct, create_ekyc_webhook_fields, create_ekyc_webhook, false},
    {"CreateUploadUrl", kPureApiProduct, create_upload_url_fields, create_upload_url, false},
    {"DeleteEKYCWebhook", kWebProduct, delete_ekyc_webhook_fields, delete_ekyc_webhook, false},
    {"DetectAIFakeFaces", kPureApiProduct, detect_ai_fake_faces_fields, detect_ai_fake_faces},
    {"DetectReflectLivenessAndCompare",
     kPureApiProduct,
     detect_reflect_liveness_and_compare_fields,
     detect_reflect_liveness_and_compare},
    {"GenerateReflectSequence",
     kPureApiProduct,
     generate_reflect_sequence_fields,
     generate_reflect_sequence,
     false},
    {"GetAMLScreeningResult"},
    {"GetCardVerificationResult",
     kPureApiProduct,
     get_card_verification_result_fields,
     get_card_verification_result,
     false},
    {"GetFaceIdResultIntl", kAppProduct, sdk_token_fields, get_face_id_result_intl, false},
    {"GetFaceIdTokenIntl", kAppProduct, get_face_id_token_intl_fields, get_face_id_token_intl, false
    },
    {"GetLivenessResult", kAppProduct, sdk_token_fields, get_liveness_result, false},
    {"GetNFCResult"},
    {"GetNFCToken"},
    {"GetSdkVerificationResult",
     kIdentityProduct,
     sdk_token_fields,
     get_sdk_verification_result,
     false},
    {"GetWebVerificationResult", kWebProduct, biz_token_fields, get_web_verification_result, false},
    {"GetWebVerificationResultIntl",
     kWebProduct,
     biz_token_fields,
     get_web_verification_result_intl,
     false},
    {"IdCardOCRVerification",
     kRegisterProduct,
     id_card_ocr_verification_fields,
     id_card_ocr_verification,
     false},
    {"IdCardVerification",
     kRegisterProduct,
     id_card_verification_fields,
     id_card_verification,
     false},
    {"ImageRecognitionV2", kRegisterProduct, image_recognition_fields, image_recognition},
    {"ListEKYCWebhooks", kWebProduct, list_ekyc_webhooks_fields, list_ekyc_webhooks, false},
    {"LivenessCompare", kPureApiProduct, liveness_compare_fields, liveness_compare},
    {"MobileNetworkTimeVerification"},
    {"MobileStatus"},
    {"PhoneVerification"},
    {"RunAMLNameScreening"},
    {"UpdateAMLCustomerProfile"},
    {"UpdateAMLOngoingScreeningStatus"},
    {"UpdateEKYCWebhook", kWebProduct, update_ekyc_webhook_fields, update_ekyc_webhook, false},
    {"VideoLivenessCompare", kPureApiProduct, video_liveness_compare_fields, video_liveness_compare
    },
}};

const Action* find_action(std::string_view name) {
  const auto it = std::ranges::find(kActions, name, &Action::name);
  return it == kActions.end() ? nullptr : &*it;
}

/// Version, then action.
Answer<const Action*> choose_action(const CommonParameters& common) {
  if (common.version.empty()) return refuse(Errc::missing_parameter, "Version");
  if (common.version != kVersion) return refuse(Errc::unknown_version, common.version);
  if (common.action.empty()) return refuse(Errc::missing_parameter, "Action");
  const Action* action = find_action(common.action);
  if (action == nullptr) return refuse(Errc::unknown_action, common.action);
  if (action->run == nullptr) return refuse(Errc::unsupported, common.action);
  return action;
}

}  // namespace

Answer<void> TencentApi::check_region(std::string_view region) const {
  if (region.empty() || std::ranges::find(settings_.regions, region) != settings_.regions.end()) {
    return {};
  }
  return refuse(Errc::unsupported_region, region);
}

asio::awaitable<Answer<Call>> TencentApi::authenticate(
    const SignedRequest* signed_request, const http::Request* request
) const {
  const auto key = co_await services_.authentication.find_key(
      std::string(signed_request->secret_id()), request->deadline
  );
  if (!key) co_return refuse(key.error());
  if (auto timely = signed_request->check_time(request->received_at); !timely) {
    co_return tl::unexpected(std::move(timely).error());
  }
  if (!signed_request->common().token.empty()) co_return refuse_token();
  std::optional<std::string> fingerprint =
      signed_request->fingerprint_if_signed(key->secret.reveal());
  if (!fingerprint) co_return refuse(Errc::unauthenticated);
  if (signed_request->scheme() == Scheme::v1) {
    const auto fresh = co_await services_.authentication.refuse_replay(
        "tencent/" + *fingerprint, signed_request->expires_at(), request->deadline
    );
    if (!fresh) co_return refuse(fresh.error());
  }
  co_return Call{
      .caller = key->caller,
      .admitted = {},
      .request_id = request->request_id,
      .fingerprint = std::move(*fingerprint),
      .deadline = request->deadline,
      .is_abandoned = request->is_abandoned
  };
}

asio::awaitable<Answer<Success>> TencentApi::answer(http::Request* request) const {
  auto signed_request = SignedRequest::read(*request, settings_.sizes);
  if (!signed_request) co_return tl::unexpected(std::move(signed_request).error());
  auto call = co_await authenticate(&*signed_request, request);
  if (!call) co_return tl::unexpected(std::move(call).error());

  const auto action = choose_action(signed_request->common());
  if (!action) co_return tl::unexpected(action.error());
  const auto region = check_region(signed_request->common().region);
  if (!region) co_return tl::unexpected(region.error());
  flows::AdmissionRequest entrance{
      .caller = call->caller,
      .product = (*action)->product,
      .client_address = request->client_address,
      .device = {},
      .deadline = request->deadline
  };
  auto admitted = co_await services_.admission.admit(std::move(entrance));
  if (!admitted) co_return refuse(admitted.error().error);
  call->admitted = std::move(*admitted);
  if ((*action)->measures && services_.liveness_comparison.refuses(call->caller)) {
    co_return refuse(Errc::overloaded);
  }

  auto parameters = signed_request->take_parameters();
  if (!parameters) co_return tl::unexpected(std::move(parameters).error());
  const auto checked = check_fields(parameters->all(), (*action)->fields());
  if (!checked) co_return tl::unexpected(checked.error());
  call->body = &request->body;
  co_return co_await (*action)->run(&services_, std::move(*parameters), std::move(*call));
}

bool TencentApi::claims(const http::Request& request) {
  return request.path().starts_with(kFilesPath) || is_for_us(request);
}

asio::awaitable<http::Response> TencentApi::handle(http::Request request) const {
  if (request.path().starts_with(kFilesPath)) {
    co_return co_await serve_file(&services_, std::move(request));
  }
  const Answer<Success> answered = co_await answer(&request);
  const std::string_view trace_id =
      request.headers.find("x-tc-traceid").value_or(std::string_view{});
  co_return render(answered, request.request_id, trace_id);
}

}  // namespace selfsame::adapters::tencent
