// SPDX-License-Identifier: Apache-2.0
#include "adapters/tencent/id_card_actions.h"

#include <algorithm>
#include <array>
#include <boost/json/parse.hpp>
#include <charconv>
#include <optional>
#include <string>
#include <utility>

#include "adapters/tencent/files.h"
#include "adapters/tencent/identity_actions.h"
#include "adapters/tencent/identity_claim.h"
#include "adapters/tencent/liveness_answer.h"
#include "base/base64.h"

namespace selfsame::adapters::tencent {
namespace {

using core::RegisterFinding;

constexpr std::string_view kCardType = "MainlandIDCard";
constexpr std::size_t kUrlBytesMax = 4096;
constexpr std::size_t kConfigBytesMax = 1024;

#define SELFSAME_ENCRYPTION_FIELDS                                             \
  {.name = "Encryption.EncryptList.*"}, {.name = "Encryption.CiphertextBlob"}, \
      {.name = "Encryption.Iv"}, {.name = "Encryption.Algorithm"},             \
      {.name = "Encryption.TagList.*"}

constexpr std::array<Field, 9> kNumberOrPhoto = {{
    {.name = "IdCard"},
    {.name = "Name"},
    {.name = "ImageBase64", .max_bytes = std::size_t{3} << 20, .too_long = Errc::image_too_large},
    {.name = "ImageUrl", .max_bytes = kUrlBytesMax},
    SELFSAME_ENCRYPTION_FIELDS,
}};
constexpr std::array<Field, 10> kPhoto = {{
    {.name = "ImageBase64", .max_bytes = std::size_t{7} << 20, .too_long = Errc::image_too_large},
    {.name = "ImageUrl", .max_bytes = kUrlBytesMax},
    {.name = "Config", .max_bytes = kConfigBytesMax},
    {.name = "IsEncrypt", .type = FieldType::boolean},
    {.name = "IsEncryptResponse", .type = FieldType::boolean},
    SELFSAME_ENCRYPTION_FIELDS,
}};

#undef SELFSAME_ENCRYPTION_FIELDS

/// The portrait side, as it is answered. Nothing: it could not be read.
struct Card {
  std::optional<std::string> name;
  std::optional<std::string> number;
  std::optional<std::string> sex;
  std::optional<std::string> nation;
  std::optional<std::string> birth;
  std::optional<std::string> address;
  Bytes portrait_jpeg;
};

/// A photo in which there is no such card, or not enough of it.
enum class CardFault : std::uint8_t { none, no_card, unreadable };

constexpr ResultCode kNoCard = {
    "FailedOperation.ImageNoIdCard", "No ID card is detected in the image."
};
constexpr ResultCode kUnreadable = {"FailedOperation.OcrFailed", "Ocr recognition failed."};

std::optional<std::string> value_of(const core::DocumentFields& fields, std::string_view name) {
  const core::FieldValue* field = fields.find(name);
  if (field == nullptr || field->value.empty()) return std::nullopt;
  return field->value;
}

/// "1949-12-31" as "1949/12/31"; without leading zeros, like the vendor's reader of these cards.
std::string with_slashes(std::string_view iso_date) {
  std::string text;
  while (!iso_date.empty()) {
    const std::string_view part = iso_date.substr(0, iso_date.find('-'));
    iso_date.remove_prefix(std::min(iso_date.size(), part.size() + 1));
    int number = 0;
    std::from_chars(part.data(), part.data() + part.size(), number);
    text += (text.empty() ? "" : "/") + std::to_string(number);
  }
  return text;
}

Card card_of(flows::DocumentFinding finding) {
  const core::DocumentFields& fields = finding.reading.fields;
  Card card;
  card.name = value_of(fields, "full_name");
  card.number = value_of(fields, "document_number");
  card.nation = value_of(fields, "ethnicity");
  card.address = value_of(fields, "address");
  if (const auto sex = value_of(fields, "sex")) card.sex = *sex == "M" ? "男" : "女";
  if (const auto date = value_of(fields, "date_of_birth")) card.birth = with_slashes(*date);
  card.portrait_jpeg = std::move(finding.portrait_jpeg);
  return card;
}

CardFault fault_of(const flows::DocumentFinding& finding) {
  const vision::DocumentReading& reading = finding.reading;
  if (reading.type != kCardType || reading.side != "front") return CardFault::no_card;
  const bool is_read =
      value_of(reading.fields, "full_name") && value_of(reading.fields, "document_number");
  return is_read ? CardFault::none : CardFault::unreadable;
}

void add(Fields& fields, std::string_view name, const std::optional<std::string>& value) {
  if (value) {
    fields.text(name, *value);
  } else {
    fields.null(name);
  }
}

boost::asio::awaitable<Answer<flows::DocumentFinding>> read_card(
    const Services* services, const Call* call, const Bytes* encoded
) {
  flows::DocumentPhoto photo{
      .customer = call->caller.customer,
      .encoded = *encoded,
      .type = std::string(kCardType),
      .wants_portrait = true,
      .sandbox = call->admitted.customer->sandbox,
      .deadline = call->deadline,
      .is_abandoned = call->is_abandoned
  };
  auto finding = co_await services->documents.read(std::move(photo));
  if (!finding) co_return refuse(finding.error());
  co_return std::move(*finding);
}

/// What is at the URL, or what the base64 says.
boost::asio::awaitable<Answer<Bytes>> take_photo(
    const Services* services, const Call* call, std::string url, std::string_view base64
) {
  if (!url.empty())
    co_return co_await fetch_media(services, call, std::move(url), MediaKind::image);
  std::optional<Bytes> content = from_base64(base64);
  if (!content) co_return refuse(Errc::invalid_parameter, "ImageBase64");
  co_return std::move(*content);
}

/// Asks the register, and answers with what the card says.
boost::asio::awaitable<Answer<Success>> check_number(
    const Services* services, const Call* call, const Card* card
) {
  IdentityClaim claim = claim_of(
      card->number.value_or(""), card->name.value_or(""), call->admitted.customer->sandbox
  );
  Success success{.request_id = call->request_id, .fields = {}};
  if (claim.fault != IdentityFault::none) {
    success = identity_success(call->request_id, id_card_verification_code(claim.fault, {}));
  } else {
    auto request = identity_request(*call, "IdCardOCRVerification", std::move(claim));
    const auto result = co_await services->identity_check.run(std::move(request));
    if (!result) co_return refuse(result.error());
    success = identity_success(
        result->request_id, id_card_verification_code(IdentityFault::none, finding_of(*result))
    );
  }
  add(success.fields, "Name", card->name);
  add(success.fields, "IdCard", card->number);
  add(success.fields, "Sex", card->sex);
  add(success.fields, "Nation", card->nation);
  add(success.fields, "Birth", card->birth);
  add(success.fields, "Address", card->address);
  co_return success;
}

tl::unexpected<ApiError> refuse_card(const ResultCode& code) {
  return tl::unexpected<ApiError>(
      ApiError{.code = code.code, .message = std::string(code.description)}
  );
}

/// None of these has a detector that was measured: who asks for one is told, and not that all is
/// well.
Answer<void> check_config(std::string_view text) {
  constexpr std::array<std::string_view, 6> kWarnings = {
      "CopyWarn", "BorderCheckWarn", "ReshootWarn", "DetectPsWarn", "TempIdWarn", "Quality"
  };
  if (text.empty()) return {};
  boost::system::error_code error;
  boost::json::parse_options options;
  options.max_depth = 2;
  const auto config = boost::json::parse(text, error, {}, options);
  if (error || !config.is_object()) return refuse(Errc::invalid_parameter, "Config");
  for (const auto& member : config.get_object()) {
    const std::string_view name(member.key().data(), member.key().size());
    const bool is_known = std::ranges::find(kWarnings, name) != kWarnings.end();
    if (!is_known || !member.value().is_bool()) return refuse(Errc::invalid_parameter, "Config");
    if (member.value().get_bool()) return refuse(Errc::unsupported, "Config." + std::string(name));
  }
  return {};
}

Answer<void> check_options(const Parameters& parameters) {
  for (const std::string_view name : {"IsEncrypt", "IsEncryptResponse"}) {
    const std::string_view value = parameters.value(name);
    if (value == "true" || value == "True") return refuse(Errc::unsupported, name);
  }
  if (is_encrypted(parameters)) return refuse(Errc::unsupported, "Encryption");
  if (parameters.value("ImageUrl").empty() && parameters.value("ImageBase64").empty()) {
    return refuse(Errc::missing_parameter, "ImageBase64");
  }
  return check_config(parameters.value("Config"));
}

/// The end of CheckIdCardInformation: a code, and what was read.
Success card_information(
    std::string request_id, const ResultCode& code, double sim, const Card& card
) {
  Success success = identity_success(std::move(request_id), code);
  success.fields.decimal("Sim", sim);
  success.fields.text("Name", card.name.value_or(""));
  success.fields.text("Sex", card.sex.value_or(""));
  success.fields.text("Nation", card.nation.value_or(""));
  success.fields.text("Birth", card.birth.value_or(""));
  success.fields.text("Address", card.address.value_or(""));
  success.fields.text("IdNum", card.number.value_or(""));
  success.fields.base64("Portrait", card.portrait_jpeg);
  success.fields.text("Warnings", "");
  success.fields.decimal("Quality", 0);
  success.fields.null("Encryption");
  success.fields.text("EncryptedBody", "");
  return success;
}

}  // namespace

std::span<const Field> id_card_ocr_verification_fields() {
  return kNumberOrPhoto;
}

boost::asio::awaitable<Answer<Success>> id_card_ocr_verification(
    const Services* services, Parameters parameters, Call call
) {
  if (is_encrypted(parameters)) co_return refuse(Errc::unsupported, "Encryption");
  const std::string_view number = parameters.value("IdCard");
  const std::string_view name = parameters.value("Name");
  if (!number.empty() && !name.empty()) {
    const Card written{
        .name = std::string(name),
        .number = std::string(number),
        .sex = "",
        .nation = "",
        .birth = "",
        .address = "",
        .portrait_jpeg = {}
    };
    co_return co_await check_number(services, &call, &written);
  }
  const std::string_view base64 = parameters.value("ImageBase64");
  std::string url(base64.empty() ? parameters.value("ImageUrl") : "");
  if (base64.empty() && url.empty()) {
    co_return refuse(Errc::missing_parameter, name.empty() ? "Name" : "IdCard");
  }
  if (!services->documents.are_read()) co_return refuse(Errc::unsupported, "ImageBase64");
  auto photo = co_await take_photo(services, &call, std::move(url), base64);
  if (!photo) co_return tl::unexpected(std::move(photo).error());
  parameters = {};
  if (call.body != nullptr) std::string().swap(*call.body);
  auto finding = co_await read_card(services, &call, &*photo);
  if (!finding) co_return tl::unexpected(std::move(finding).error());
  switch (fault_of(*finding)) {
    case CardFault::no_card:
      co_return refuse_card(kNoCard);
    case CardFault::unreadable:
      co_return refuse_card(kUnreadable);
    case CardFault::none:
      break;
  }
  const Card card = card_of(std::move(*finding));
  co_return co_await check_number(services, &call, &card);
}

std::span<const Field> check_id_card_information_fields() {
  return kPhoto;
}

boost::asio::awaitable<Answer<Success>> check_id_card_information(
    const Services* services, Parameters parameters, Call call
) {
  if (const auto checked = check_options(parameters); !checked) {
    co_return tl::unexpected(checked.error());
  }
  if (!services->documents.are_read()) {
    co_return refuse(Errc::unsupported, "CheckIdCardInformation");
  }
  auto photo = co_await take_photo(
      services, &call, std::string(parameters.value("ImageUrl")), parameters.value("ImageBase64")
  );
  if (!photo) co_return tl::unexpected(std::move(photo).error());
  parameters = {};
  if (call.body != nullptr) std::string().swap(*call.body);
  auto finding = co_await read_card(services, &call, &*photo);
  if (!finding) co_return tl::unexpected(std::move(finding).error());
  const CardFault fault = fault_of(*finding);
  const Card card = card_of(std::move(*finding));
  if (fault != CardFault::none) {
    const ResultCode& code = fault == CardFault::no_card ? kNoCard : kUnreadable;
    co_return card_information(call.request_id, code, 0, card);
  }
  IdentityClaim claim = claim_of(*card.number, *card.name, call.admitted.customer->sandbox);
  flows::IdentityCheckResult result;
  result.request_id = call.request_id;
  const IdentityFault wrong = claim.fault;
  if (wrong == IdentityFault::none) {
    auto request = identity_request(call, "CheckIdCardInformation", std::move(claim));
    request.query.wants_photo = true;
    // Where no portrait was found, a face is looked for in the whole picture.
    request.photo = card.portrait_jpeg.empty() ? std::move(*photo) : card.portrait_jpeg;
    request.is_portrait = true;
    request.billed_code = billed_code_of;
    auto answered = co_await services->identity_check.run(std::move(request));
    if (!answered) co_return refuse(answered.error());
    result = std::move(*answered);
  }
  co_return card_information(
      result.request_id,
      image_recognition_code(wrong, result.finding, result.outcome),
      sim_of(result.cosine, services->identity_check.calibration()),
      card
  );
}

}  // namespace selfsame::adapters::tencent
