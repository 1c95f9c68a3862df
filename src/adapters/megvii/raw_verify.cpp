// SPDX-License-Identifier: Apache-2.0
#include "adapters/megvii/raw_verify.h"

#include <array>
#include <optional>
#include <utility>

#include "adapters/megvii/raw_records.h"
#include "adapters/megvii/score_scale.h"
#include "base/crypto.h"
#include "core/id_number.h"
#include "core/sandbox.h"

namespace selfsame::adapters::megvii {

namespace asio = boost::asio;

namespace {

constexpr std::size_t kNameCharactersMax = 32;
constexpr std::size_t kUuidBytesMax = 512;
constexpr std::array<const char*, 3> kPhotoParameters = {"image_ref1", "image_ref2", "image_ref3"};
constexpr std::string_view kPassed = "PASSED";
constexpr const char* kRegisterPhoto = "data_source";

std::optional<RawPreference> preference_from(std::string_view text) {
  if (text.empty() || text == "none") return RawPreference::none;
  if (text == "selfie_no_metadata_check") return RawPreference::selfie_no_metadata_check;
  if (text == "video_strict") return RawPreference::video_strict;
  return std::nullopt;
}

RawAnswer<std::string> required(const RawForm& form, std::string_view name) {
  const std::string_view text = form.value(name);
  if (text.empty()) return raw_missing(name);
  return std::string(text);
}

RawAnswer<void> read_person(const RawForm& form, RawVerifyRequest& request) {
  if (!request.with_register) {
    SELFSAME_TRY(uuid, required(form, "uuid"));
    if (uuid.size() > kUuidBytesMax) return raw_bad("uuid");
    request.uuid = std::move(uuid);
    return {};
  }
  SELFSAME_TRY(name, required(form, "idcard_name"));
  if (!is_name(name, kNameCharactersMax)) return raw_refusal("INVALID_NAME_FORMAT");
  SELFSAME_TRY(number, required(form, "idcard_number"));
  if (!is_idcard_number(number)) return raw_refusal("INVALID_IDCARD_NUMBER");
  request.idcard_name = std::move(name);
  request.idcard_number = std::move(number);
  return {};
}

RawAnswer<void> read_photos(const RawForm& form, RawVerifyRequest& request) {
  for (const char* const name : kPhotoParameters) {
    SELFSAME_TRY(photo, form.file(name));
    if (photo.empty()) continue;
    if (photo.size() > kPhotoBytesMax) return raw_size();
    request.photo_names.emplace_back(name);
    request.photos.push_back(std::move(photo));
  }
  if (!request.with_register && request.photos.empty()) return raw_missing("image_ref1");
  return {};
}

/// What the token stands for, when it is this caller's and was not used up.
struct FoundCapture {
  RawCapture capture;
  std::string fingerprint;
  flows::Admitted admitted = {};  // of verify

  [[nodiscard]] bool sandbox() const { return admitted.customer->sandbox; }
};

asio::awaitable<RawAnswer<FoundCapture>> find_capture(
    const RawServices* services, const RawCall* call, std::string token
) {
  std::string fingerprint = "megvii/raw/" + sha256_hex(token);
  auto file = co_await services->uploads.read(std::move(token), call->deadline);
  if (!file) co_return raw_refuse(file.error());
  const bool is_theirs =
      file->customer == call->caller.customer && file->purpose == kCapturePurpose;
  if (!is_theirs) co_return raw_refusal("INVALID_TOKEN");
  auto capture = raw_capture_from(file->content);
  if (!capture) co_return raw_refuse(capture.error());
  const auto used = co_await services->capture_check.is_concluded(
      call->caller.customer, fingerprint, call->deadline
  );
  if (!used) co_return raw_refuse(used.error());
  if (*used) co_return raw_refusal("INVALID_TOKEN");
  co_return FoundCapture{.capture = std::move(*capture), .fingerprint = std::move(fingerprint)};
}

core::Product product_of(const RawVerifyRequest& request) {
  return request.with_register ? kRawRegisterProduct : kRawCompareProduct;
}

/// Stores what was found and its charge. INVALID_TOKEN when another call was first.
asio::awaitable<RawAnswer<void>> conclude(
    const RawServices* services,
    const RawCall* call,
    const FoundCapture* found,
    const flows::FaceReport* report,
    core::Product product,
    std::string code
) {
  flows::Conclusion conclusion{
      .caller = call->caller,
      .surface = "megvii",
      .operation = "raw/verify",
      .product = std::string(core::name_of(product)),
      .code = std::move(code),
      .request_id = call->request_id,
      .fingerprint = found->fingerprint,
      .outcome = found->capture.outcome,
      .attack_class = found->capture.attack_class,
      .cosine = report->cosines.empty() ? std::nullopt : std::optional(report->cosines.front()),
      .pad_score = found->capture.pad_score,
      .sandbox = found->sandbox() && core::sandbox_answer({found->capture.face_jpeg})
  };
  const auto stored =
      co_await services->capture_check.conclude(std::move(conclusion), call->deadline);
  if (!stored) co_return raw_refuse(stored.error());
  co_return RawAnswer<void>();
}

core::RegisterQuery query_of(const RawVerifyRequest& request) {
  return {
      .number = core::normal_id_number(request.idcard_number).value_or(""),
      .name = request.idcard_name,
      .validity = std::nullopt,
      .wants_photo = true
  };
}

RawRefusal billed(RawRefusal refusal) {
  refusal.is_billed = true;
  return refusal;
}

/// The caller's photos first.
std::optional<RawRefusal> refusal_for(
    const flows::FaceReport& report,
    core::RegisterFinding finding,
    const std::vector<std::string>& photo_names
) {
  if (report.fault)
    return raw_photo(photo_names.at(report.fault->index), report.fault->fault).value();
  return refusal_of(finding);
}

boost::json::object liveness_of(
    const RawCapture& capture,
    std::string_view procedure,
    RawPreference preference,
    const RawServices* services
) {
  boost::json::object liveness{{"procedure_validation", procedure}};
  if (procedure != kPassed) return liveness;
  const bool is_strict =
      capture.kind == RawKind::video && preference == RawPreference::video_strict;
  liveness["face_genuineness"] =
      genuineness_of(capture, services->capture_check.pad_policy(), is_strict);
  return liveness;
}

void add_comparisons(
    const flows::FaceReport& report,
    const std::vector<std::string>& photo_names,
    const core::ComparisonCalibration& calibration,
    RawFields& fields
) {
  constexpr std::size_t kPrefix = std::string_view("image_").size();
  for (std::size_t i = 0; i < report.cosines.size(); ++i) {
    const std::string& name = photo_names[i];
    const std::string of = name == kRegisterPhoto ? "faceid" : name.substr(kPrefix);
    fields["result_" + of] = confidence_json(report.cosines[i], calibration);
  }
}

/// What was known of the number before this attempt, which is noted where it is an attack.
asio::awaitable<Result<boost::json::object>> id_exceptions(
    const RawServices* services,
    const RawCall* call,
    const RawVerifyRequest* request,
    const FoundCapture* found,
    bool photo_in_colour
) {
  const std::string number = core::normal_id_number(request->idcard_number).value_or("");
  const auto attacked = co_await services->numbers.was_attacked(number, call->deadline);
  if (!attacked) co_return tl::unexpected(attacked.error());
  const std::string_view genuineness =
      genuineness_of(found->capture, services->capture_check.pad_policy(), false);
  if (genuineness != kPassed && !found->sandbox()) {
    const auto noted = co_await services->numbers.note_attack(number, call->deadline);
    if (!noted) co_return tl::unexpected(noted.error());
  }
  co_return boost::json::object{
      {"id_attacked", *attacked ? 1 : 0}, {"id_photo_monochrome", photo_in_colour ? 0 : 1}
  };
}

/// The capture, where this caller may use what it asks for. AUTHORIZATION_ERROR, INVALID_TOKEN.
asio::awaitable<RawAnswer<FoundCapture>> find_permitted(
    const RawServices* services, const RawCall* call, const RawVerifyRequest* request
) {
  auto admitted = co_await services->admission.admit(call->entrance(product_of(*request)));
  if (!admitted) co_return raw_refuse(admitted.error());
  auto found = co_await find_capture(services, call, request->token);
  if (!found) co_return tl::unexpected(std::move(found).error());
  const bool is_video = found->capture.kind == RawKind::video;
  const auto captures = core::may_use(
      *(*admitted).customer,
      is_video ? kRawVideoProduct : kRawSelfieProduct,
      call->caller.access_key_id
  );
  if (!captures) co_return raw_denied();
  found->admitted = std::move(*admitted);
  co_return found;
}

struct RawComparison {
  core::RegisterFinding finding = core::RegisterFinding::found;
  std::vector<std::string> photo_names;  // those of the report
  flows::FaceReport report;
};

asio::awaitable<Result<flows::RegisterAnswer>> look_up(
    const RawServices* services, const RawCall* call, const RawVerifyRequest* request, bool sandbox
) {
  if (sandbox) {
    if (auto magic = flows::sandbox_register_answer(request->idcard_name)) co_return *magic;
  }
  co_return co_await services->authoritative_register.look_up(query_of(*request), call->deadline);
}

/// The caller's photos and the register's beside the face; where the procedure was not passed the
/// photos are only checked.
asio::awaitable<Result<RawComparison>> compare(
    const RawServices* services,
    const RawCall* call,
    const RawVerifyRequest* request,
    const FoundCapture* found,
    std::string_view procedure
) {
  RawComparison comparison{.photo_names = request->photo_names};
  flows::FaceReportRequest asked;
  asked.photos = request->photos;
  asked.rules.search_rotation = request->searches_rotation;
  asked.rules.sandbox = found->sandbox();
  if (procedure == kPassed) asked.face_jpeg = found->capture.face_jpeg;
  if (procedure == kPassed && request->with_register) {
    auto person = co_await look_up(services, call, request, found->sandbox());
    if (!person) co_return tl::unexpected(person.error());
    comparison.finding = person->finding;
    // Behind the caller's own: what the register has is billed.
    if (person->finding == core::RegisterFinding::found) {
      asked.photos.push_back(std::move(person->photo));
      comparison.photo_names.emplace_back(kRegisterPhoto);
    }
  }
  auto report = co_await services->capture_check.compare(
      call->turn(flows::Work::photo_comparison), std::move(asked)
  );
  if (!report) co_return tl::unexpected(report.error());
  const bool is_whole = report->cosines.size() == comparison.photo_names.size();
  if (procedure == kPassed && !report->fault && !is_whole) {
    co_return fail(Errc::engine_failed, "a capture without a face");
  }
  comparison.report = std::move(*report);
  co_return comparison;
}

std::string_view procedure_of(const RawCapture& capture, RawPreference preference) {
  const bool checks_metadata = preference != RawPreference::selfie_no_metadata_check;
  if (capture.kind == RawKind::selfie && checks_metadata && capture.metadata_differ) {
    return "SELFIE_METADATA_INCONSISTENT";
  }
  return capture.procedure;
}

}  // namespace

std::optional<RawRefusal> refusal_of(core::RegisterFinding finding) {
  switch (finding) {
    case core::RegisterFinding::found:
      return std::nullopt;
    case core::RegisterFinding::no_such_number:
      return billed(raw_refusal("NO_SUCH_ID_NUMBER").value());
    case core::RegisterFinding::number_name_mismatch:
      return billed(raw_refusal("ID_NUMBER_NAME_NOT_MATCH").value());
    case core::RegisterFinding::no_photo:
    case core::RegisterFinding::photo_format:
      return raw_photo(kRegisterPhoto, flows::PhotoFault::undecodable).value();
    case core::RegisterFinding::no_face:
      return raw_photo(kRegisterPhoto, flows::PhotoFault::no_face).value();
    case core::RegisterFinding::validity_mismatch:
    case core::RegisterFinding::validity_unknown:
    case core::RegisterFinding::source_error:
    case core::RegisterFinding::source_unavailable:
    case core::RegisterFinding::too_many_enquiries:
      return raw_refusal("DATA_SOURCE_ERROR").value();
  }
  return raw_refusal("DATA_SOURCE_ERROR").value();
}

RawAnswer<RawVerifyRequest> parse_raw_verify(const RawForm& form) {
  RawVerifyRequest request;
  SELFSAME_TRY(token, required(form, "token"));
  request.token = std::move(token);
  if (form.parameters().find("biz_no") && !form.biz_no()) return raw_bad("biz_no");
  SELFSAME_TRY(type, required(form, "comparison_type"));
  if (type != "0" && type != "1") return raw_bad("comparison_type");
  request.with_register = type == "1";
  const auto preference = preference_from(form.value("liveness_preferences"));
  if (!preference) return raw_bad("liveness_preferences");
  request.preference = *preference;
  SELFSAME_CHECK(read_person(form, request));
  SELFSAME_CHECK(read_photos(form, request));
  const auto rotation = number_in(form.parameters().find("multi_oriented_detection"), 0, 1, 0);
  if (!rotation) return raw_bad("multi_oriented_detection");
  request.searches_rotation = *rotation == 1;
  return request;
}

asio::awaitable<RawAnswer<RawFields>> raw_verify(
    const RawServices* services, const RawForm* form, RawCall call
) {
  auto request = parse_raw_verify(*form);
  if (!request) co_return tl::unexpected(std::move(request).error());
  const auto found = co_await find_permitted(services, &call, &*request);
  if (!found) co_return tl::unexpected(found.error());
  const RawCapture& capture = found->capture;
  const std::string_view procedure = procedure_of(capture, request->preference);
  const auto comparison = co_await compare(services, &call, &*request, &*found, procedure);
  if (!comparison) co_return raw_refuse(comparison.error());

  auto refused = refusal_for(comparison->report, comparison->finding, comparison->photo_names);
  RawFields fields{{"liveness", liveness_of(capture, procedure, request->preference, services)}};
  const flows::FaceReport& report = comparison->report;
  add_comparisons(report, comparison->photo_names, services->capture_check.calibration(), fields);
  if (!refused && request->with_register && !report.in_colour.empty()) {
    const auto exceptions =
        co_await id_exceptions(services, &call, &*request, &*found, report.in_colour.back());
    if (!exceptions) co_return raw_refuse(exceptions.error());
    fields["id_exceptions"] = *exceptions;
  }
  if (refused && !refused->is_billed) co_return tl::unexpected(std::move(*refused));
  const std::string code = refused ? refused->message : "200";
  const core::Product product = product_of(*request);
  const auto concluded = co_await conclude(services, &call, &*found, &report, product, code);
  if (!concluded) co_return tl::unexpected(concluded.error());
  if (refused) co_return tl::unexpected(std::move(*refused));
  co_return fields;
}

}  // namespace selfsame::adapters::megvii
