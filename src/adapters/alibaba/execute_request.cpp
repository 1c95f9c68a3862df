// SPDX-License-Identifier: Apache-2.0
#include "adapters/alibaba/execute_request.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/json/serialize.hpp>
#include <string_view>
#include <utility>

#include "adapters/alibaba/resource_codes.h"
#include "adapters/alibaba/service_parameters.h"

namespace selfsame::adapters::alibaba {

namespace asio = boost::asio;

namespace {

using core::Outcome;

constexpr std::string_view kService = "intl_face_verify";
constexpr std::array<double, 4> kMarks = {60, 70, 80, 90};

/// What Data says. Sub-codes and texts are for people; two of them are the guide's.
struct Finding {
  std::string_view return_code;
  std::string_view sub_code;
  std::string_view message;
  bool passed = false;
  bool attack = false;
};

constexpr Finding kPassed = {"OK_SUCCESS", "Z1140", "Facial recognition passed(Z1140)", true};
constexpr Finding kOther = {"OK_SUCCESS", "Z1142", "Facial recognition failed(Z1142)"};
constexpr Finding kAttack = {
    "OK_SUCCESS", "Z1143", "The face photo might be spoofed(Z1143)", false, true
};
constexpr Finding kUnsure = {
    "OK_SUCCESS", "Z1144", "The face photo does not tell whether it is of a living person(Z1144)"
};
constexpr Finding kNoReference = {
    "UNABLE_GET_IMAGE", "Z1145", "The ID photo shows no face that can be compared(Z1145)"
};
constexpr Finding kNoProbe = {
    "UNABLE_GET_IMAGE", "Z1146", "The face photo shows no face that can be compared(Z1146)"
};
constexpr Finding kNoPhoto = {"PROCESSING", "Z1147", "A photo cannot be parsed(Z1147)"};
constexpr Finding kResourceCode = {"SYSTEM_ERROR", "Z1141", "resourceCode value invalid"};
constexpr Finding kFailed = {"SYSTEM_ERROR", "Z1149", "system error(Z1149)"};

const Finding& finding_of(Outcome outcome) noexcept {
  switch (outcome) {
    case Outcome::match:
      return kPassed;
    case Outcome::non_match:
      return kOther;
    case Outcome::attack:
    case Outcome::face_changed:
    case Outcome::reflection_mismatch:
    case Outcome::reflection_flat:
    case Outcome::lips_out_of_step:
    case Outcome::recording_spoofed:
      return kAttack;
    case Outcome::liveness_unsure:
      return kUnsure;
    case Outcome::reference_no_face:
    case Outcome::reference_several_faces:
    case Outcome::reference_poor_quality:
    case Outcome::reference_wrong_size:
      return kNoReference;
    // Of a capture that is compared with nothing, or that answers a challenge: never of a photo.
    case Outcome::live:
    case Outcome::action_no_movement:
    case Outcome::action_no_blink:
    case Outcome::action_no_open_mouth:
    case Outcome::action_missing:
    case Outcome::action_out_of_turn:
    case Outcome::reflection_too_bright:
    case Outcome::reflection_too_weak:
    case Outcome::speech_no_sound:
    case Outcome::speech_too_quiet:
    case Outcome::speech_not_recognised:
    case Outcome::lips_still:
    // Of a register, which nobody asks here.
    case Outcome::identity_confirmed:
    case Outcome::identity_mismatch:
    case Outcome::register_no_number:
    case Outcome::register_no_photo:
    case Outcome::register_photo_unreadable:
    case Outcome::register_photo_no_face:
    case Outcome::register_failed:
    // Of a document, likewise.
    case Outcome::document_read:
    case Outcome::document_refused:
      return kFailed;
    case Outcome::video_undecodable:
    case Outcome::video_too_short:
    case Outcome::video_no_face:
    case Outcome::video_several_faces:
    case Outcome::video_poor_quality:
    case Outcome::video_mask_worn:
    case Outcome::video_too_close:
    case Outcome::video_too_far:
    case Outcome::video_off_left:
    case Outcome::video_off_right:
    case Outcome::video_too_dark:
    case Outcome::video_too_bright:
    case Outcome::video_face_incomplete:
    case Outcome::video_low_definition:
    case Outcome::video_eyes_hidden:
    case Outcome::video_mouth_hidden:
    case Outcome::no_best_frame:
      return kNoProbe;
  }
  return kFailed;
}

std::string_view text_of(bool value) noexcept {
  return value ? "true" : "false";
}

Fields with_code(int code, std::string_view message) {
  return Fields{{"Code", code}, {"Message", message}};
}

Fields with_data(
    int code, std::string_view message, const Finding& finding, double score, bool data_as_object
) {
  Fields data{
      {"passed", text_of(finding.passed)},
      {"retCode", finding.return_code},
      {"retCodeSub", finding.sub_code},
      {"retMessage", finding.message}
  };
  if (code == 200) {
    data["extInfo"] = Fields{
        {"result", text_of(finding.passed)},
        {"score", fmt::format("{:.2f}", score)},
        {"faceAttack", text_of(finding.attack)}
    };
  }
  Fields fields;
  if (data_as_object) {
    fields["Data"] = std::move(data);
  } else {
    fields["Data"] = boost::json::serialize(data);
  }
  fields["Code"] = code;
  fields["Message"] = message;
  return fields;
}

Answer<Fields> not_admitted(const flows::NotAdmitted& refused) {
  using core::RefusalCause;
  if (!refused.cause) return refuse(refused.error);
  switch (*refused.cause) {
    case RefusalCause::daily_quota_used:
      return with_code(402, "The daily query limit is exceeded");
    case RefusalCause::too_many_per_second:
    case RefusalCause::too_many_at_once:
      return refuse(refused.error);
    case RefusalCause::suspended:
    case RefusalCause::address_not_allowed:
    case RefusalCause::customer_not_verified:
    case RefusalCause::key_without_right:
    case RefusalCause::not_activated:
    case RefusalCause::activating:
    case RefusalCause::activation_failed:
    case RefusalCause::in_arrears:
    case RefusalCause::unauthorized:
    case RefusalCause::denied:
    case RefusalCause::balance_not_enough:
    case RefusalCause::sdk_too_old:
    case RefusalCause::device_not_supported:
    case RefusalCause::bundle_not_allowed:
      return with_code(403, "The service is not activated or has expired");
  }
  return with_code(403, "The service is not activated or has expired");
}

std::string_view message_of(ParametersFault fault) noexcept {
  switch (fault) {
    case ParametersFault::missing:
      return "refFaceContent or authFaceContent or resourceCode is null";
    case ParametersFault::not_json:
      return "ServiceParameters is not a JSON object of strings";
    case ParametersFault::not_base64:
      return "refFaceContent or authFaceContent is not base64 without prefix and line breaks";
    case ParametersFault::over_limit:
      return "refFaceContent or authFaceContent is too large";
  }
  return "ServiceParameters is invalid";
}

}  // namespace

Fields fields_of(const Result<flows::PhotoVerificationResult>& verified, bool data_as_object) {
  if (!verified && verified.error().code == Errc::image_undecodable) {
    return with_data(200, "OK", kNoPhoto, 0, data_as_object);
  }
  const Finding& finding = verified ? finding_of(verified->outcome) : kFailed;
  if (finding.return_code == kFailed.return_code) {
    return with_data(500, "system error", finding, 0, data_as_object);
  }
  double score = 0;
  if (verified->similarity) {
    score = core::to_percent(*verified->similarity, verified->calibration, kMarks);
  }
  return with_data(200, "OK", finding, score, data_as_object);
}

std::optional<std::string> billed_code_of_verification(Outcome outcome) {
  if (finding_of(outcome).return_code != kPassed.return_code) return std::nullopt;
  return "200";
}

asio::awaitable<Answer<Fields>> execute_request(
    const Services* services, Parameters parameters, Call call
) {
  const auto service = parameters.required("Service");
  if (!service) co_return tl::unexpected(service.error());
  flows::AdmissionRequest entrance{
      .caller = call.caller,
      .product = kIdVerificationProduct,
      .client_address = std::move(call.client_address),
      .device = {},
      .deadline = call.deadline
  };
  const auto admitted = co_await services->admission.admit(std::move(entrance));
  if (!admitted) co_return not_admitted(admitted.error());
  if (*service != kService) co_return with_code(404, "Service is invalid");
  auto photos = parse_service_parameters(parameters.value("ServiceParameters"));
  if (!photos) co_return with_code(400, message_of(photos.error()));
  parameters = {};  // megabytes
  if (!is_resource_code(photos->resource_code)) {
    co_return with_data(500, "system error", kResourceCode, 0, call.is_typed_go_client);
  }
  flows::PhotoVerificationRequest request{
      .caller = std::move(call.caller),
      .customer = admitted->customer,
      .surface = "alibaba",
      .operation = "ExecuteRequest",
      .product = std::string(core::name_of(kIdVerificationProduct)),
      .request_id = std::move(call.request_id),
      .reference_image = std::move(photos->reference),
      .probe_image = std::move(photos->probe),
      .deadline = call.deadline,
      .is_abandoned = std::move(call.is_abandoned),
      .billed_code = billed_code_of_verification
  };
  const auto verified = co_await services->photo_verification.run(std::move(request));
  if (!verified && verified.error().code == Errc::overloaded) co_return refuse(verified.error());
  co_return fields_of(verified, call.is_typed_go_client);
}

}  // namespace selfsame::adapters::alibaba
