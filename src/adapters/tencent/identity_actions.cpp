// SPDX-License-Identifier: Apache-2.0
#include "adapters/tencent/identity_actions.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <utility>

#include "adapters/tencent/liveness_answer.h"
#include "base/base64.h"

namespace selfsame::adapters::tencent {
namespace {

using core::Outcome;
using core::RegisterFinding;

constexpr std::size_t kImageBase64BytesMax = std::size_t{3} << 20;
constexpr std::size_t kExtraCharactersMax = 10;

#define SELFSAME_ENCRYPTION_FIELDS                                             \
  {.name = "Encryption.EncryptList.*"}, {.name = "Encryption.CiphertextBlob"}, \
      {.name = "Encryption.Iv"}, {.name = "Encryption.Algorithm"},             \
      {.name = "Encryption.TagList.*"}

constexpr std::array<Field, 7> kNumberAndName = {{
    {.name = "IdCard", .required = true},
    {.name = "Name", .required = true},
    SELFSAME_ENCRYPTION_FIELDS,
}};
constexpr std::array<Field, 9> kNumberNameAndDates = {{
    {.name = "Name", .required = true},
    {.name = "IdCard", .required = true},
    {.name = "ValidityBegin", .required = true},
    {.name = "ValidityEnd", .required = true},
    SELFSAME_ENCRYPTION_FIELDS,
}};
constexpr std::array<Field, 10> kNumberNameAndImage = {{
    {.name = "IdCard", .required = true},
    {.name = "Name", .required = true},
    {.name = "ImageBase64",
     .required = true,
     .max_bytes = kImageBase64BytesMax,
     .too_long = Errc::image_too_large},
    {.name = "Optional"},
    {.name = "Extra", .max_bytes = 4 * kExtraCharactersMax},
    SELFSAME_ENCRYPTION_FIELDS,
}};

#undef SELFSAME_ENCRYPTION_FIELDS

/// Of valid UTF-8.
std::size_t characters_of(std::string_view text) noexcept {
  return static_cast<std::size_t>(std::ranges::count_if(text, [](char c) {
    return (static_cast<unsigned char>(c) & 0xc0) != 0x80;
  }));
}

IdentityClaim claim_in(const Parameters& parameters, const Call& call) {
  return claim_of(
      parameters.value("IdCard"), parameters.value("Name"), call.admitted.customer->sandbox
  );
}

void add_validity(IdentityClaim& claim, const Parameters& parameters) {
  if (claim.fault != IdentityFault::none) return;
  claim.query.validity =
      core::validity_from(parameters.value("ValidityBegin"), parameters.value("ValidityEnd"));
  if (!claim.query.validity) claim.fault = IdentityFault::validity;
}

using CodeOf = ResultCode (*)(IdentityFault fault, RegisterFinding finding) noexcept;

boost::asio::awaitable<Answer<Success>> check_number(
    const Services* services,
    const Call* call,
    std::string_view action,
    IdentityClaim claim,
    CodeOf code_of
) {
  if (claim.fault != IdentityFault::none) {
    co_return identity_success(call->request_id, code_of(claim.fault, {}));
  }
  auto request = identity_request(*call, action, std::move(claim));
  const auto result = co_await services->identity_check.run(std::move(request));
  if (!result) co_return refuse(result.error());
  co_return identity_success(result->request_id, code_of(IdentityFault::none, finding_of(*result)));
}

constexpr ResultCode kBadNumber = {"-2", "Invalid ID number (incorrect length or check digit)"};
constexpr ResultCode kBadName = {"-3", "Invalid name (incorrect length or format)"};

}  // namespace

ResultCode id_card_verification_code(IdentityFault fault, RegisterFinding finding) noexcept {
  if (fault == IdentityFault::number) return kBadNumber;
  if (fault != IdentityFault::none) return kBadName;
  switch (finding) {
    case RegisterFinding::found:
      return {"0", "Name and identity card number match"};
    case RegisterFinding::number_name_mismatch:
      return {"-1", "Name and ID card number mismatch"};
    case RegisterFinding::no_such_number:
      return {"-5", "No ID card record found in the document library"};
    case RegisterFinding::source_unavailable:
      return {"-6", "The authoritative comparison system is being upgraded. Try again later"};
    case RegisterFinding::too_many_enquiries:
      return {"-7", "Authentication attempts exceeded the daily limit"};
    case RegisterFinding::source_error:
    // Nobody asked for these.
    case RegisterFinding::validity_mismatch:
    case RegisterFinding::validity_unknown:
    case RegisterFinding::no_photo:
    case RegisterFinding::photo_format:
    case RegisterFinding::no_face:
      return {"-4", "Document library service exception"};
  }
  return {"-4", "Document library service exception"};
}

ResultCode check_id_name_date_code(IdentityFault fault, RegisterFinding finding) noexcept {
  if (fault == IdentityFault::number) return kBadNumber;
  if (fault == IdentityFault::name) return kBadName;
  if (fault == IdentityFault::validity) {
    return {"-4", "Invalid validity period (incorrect length or format)"};
  }
  switch (finding) {
    case RegisterFinding::found:
      return {"0", "Consistent"};
    case RegisterFinding::number_name_mismatch:
    case RegisterFinding::validity_mismatch:
      return {"-1", "Inconsistent"};
    case RegisterFinding::validity_unknown:
      return {"-5", "Invalid identity information"};
    case RegisterFinding::no_such_number:
      return {"-7", "No ID card record found in the document library"};
    case RegisterFinding::too_many_enquiries:
      return {"-8", "Authentication attempts exceeded the daily limit. Retry the next day"};
    case RegisterFinding::source_error:
    case RegisterFinding::source_unavailable:
    // Nobody asked for these.
    case RegisterFinding::no_photo:
    case RegisterFinding::photo_format:
    case RegisterFinding::no_face:
      return {"-6", "Document library service exception"};
  }
  return {"-6", "Document library service exception"};
}

ResultCode image_recognition_code(
    IdentityFault fault, RegisterFinding finding, Outcome outcome
) noexcept {
  if (fault == IdentityFault::number) {
    return {"FailedOperation.IdFormatError", "Input identity card number error."};
  }
  if (fault != IdentityFault::none) {
    return {"FailedOperation.NameFormatError", "Input name error."};
  }
  if (finding == RegisterFinding::source_unavailable) {
    return {
        "FailedOperation.CompareLibServiceUnavailable",
        "Comparison library source maintaining, temporarily unavailable"
    };
  }
  if (finding == RegisterFinding::too_many_enquiries) {
    return {
        "FailedOperation.IdentityAuthLimitExceeded",
        "Name/ID card number authentication attempts exceed the daily limit. Please retry the "
        "next day."
    };
  }
  return result_code_of(outcome, core::LivenessMode::silent);
}

std::span<const Field> id_card_verification_fields() {
  return kNumberAndName;
}

boost::asio::awaitable<Answer<Success>> id_card_verification(
    const Services* services, Parameters parameters, Call call
) {
  if (is_encrypted(parameters)) co_return refuse(Errc::unsupported, "Encryption");
  co_return co_await check_number(
      services, &call, "IdCardVerification", claim_in(parameters, call), id_card_verification_code
  );
}

std::span<const Field> check_id_name_date_fields() {
  return kNumberNameAndDates;
}

boost::asio::awaitable<Answer<Success>> check_id_name_date(
    const Services* services, Parameters parameters, Call call
) {
  if (is_encrypted(parameters)) co_return refuse(Errc::unsupported, "Encryption");
  IdentityClaim claim = claim_in(parameters, call);
  add_validity(claim, parameters);
  co_return co_await check_number(
      services, &call, "CheckIdNameDate", std::move(claim), check_id_name_date_code
  );
}

std::span<const Field> image_recognition_fields() {
  return kNumberNameAndImage;
}

boost::asio::awaitable<Answer<Success>> image_recognition(
    const Services* services, Parameters parameters, Call call
) {
  if (is_encrypted(parameters)) co_return refuse(Errc::unsupported, "Encryption");
  const std::string extra(parameters.value("Extra"));
  if (characters_of(extra) > kExtraCharactersMax) {
    co_return refuse(Errc::invalid_parameter, "Extra");
  }
  std::optional<Bytes> image = from_base64(parameters.value("ImageBase64"));
  if (!image) co_return refuse(Errc::invalid_parameter, "ImageBase64");
  IdentityClaim claim = claim_in(parameters, call);
  parameters = {};
  if (call.body != nullptr) std::string().swap(*call.body);

  flows::IdentityCheckResult result;
  result.request_id = call.request_id;
  const IdentityFault fault = claim.fault;
  if (fault == IdentityFault::none) {
    auto request = identity_request(call, "ImageRecognitionV2", std::move(claim));
    request.query.wants_photo = true;
    request.photo = std::move(*image);
    request.billed_code = billed_code_of;
    auto answered = co_await services->identity_check.run(std::move(request));
    if (!answered) co_return refuse(answered.error());
    result = std::move(*answered);
  }
  Success success = identity_success(
      result.request_id, image_recognition_code(fault, result.finding, result.outcome)
  );
  success.fields.decimal("Sim", sim_of(result.cosine, services->identity_check.calibration()));
  if (!extra.empty()) success.fields.text("Extra", extra);
  co_return success;
}

}  // namespace selfsame::adapters::tencent
