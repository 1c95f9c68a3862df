// SPDX-License-Identifier: Apache-2.0
#include "adapters/tencent/detect_ai_fake_faces.h"

#include <array>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/base64.h"

namespace selfsame::adapters::tencent {
namespace {

constexpr std::size_t kInputBase64BytesMax = std::size_t{10} << 20;
constexpr double kVideoMax_s = 20;

constexpr std::array<Field, 8> kFields = {{
    {.name = "FaceInput", .max_bytes = kInputBase64BytesMax, .too_long = Errc::image_too_large},
    {.name = "FaceInputType", .type = FieldType::integer},
    {.name = "Encryption.EncryptList.*"},
    {.name = "Encryption.CiphertextBlob"},
    {.name = "Encryption.Iv"},
    {.name = "Encryption.Algorithm"},
    {.name = "Encryption.TagList.*"},
    {.name = "EncryptedBody"},
}};

bool is_encrypted(const Parameters& parameters) {
  for (const Parameter& parameter : parameters.all()) {
    const bool is_part = parameter.name == "Encryption" || parameter.name == "EncryptedBody" ||
                         parameter.name.starts_with("Encryption.");
    if (is_part) return true;
  }
  return false;
}

Answer<flows::PresentationRequest> parse(const Parameters& parameters, const Call& call) {
  if (is_encrypted(parameters)) return refuse(Errc::unsupported, "Encryption");
  if (parameters.value("FaceInput").empty()) return refuse(Errc::missing_parameter, "FaceInput");
  const std::string_view type = parameters.value("FaceInputType");
  if (type.empty()) return refuse(Errc::missing_parameter, "FaceInputType");
  if (type != "1" && type != "2") return refuse(Errc::malformed_request, "FaceInputType");
  std::optional<Bytes> input = from_base64(parameters.value("FaceInput"));
  if (!input) return refuse(Errc::invalid_parameter, "FaceInput");
  return flows::PresentationRequest{
      .customer = call.caller.customer,
      .input = std::move(*input),
      .is_video = type == "2",
      .video_max_s = kVideoMax_s,
      .sandbox = call.admitted.customer->sandbox,
      .deadline = call.deadline,
      .is_abandoned = call.is_abandoned
  };
}

std::string_view trace_of(core::AttackClass attack_class, bool is_video) noexcept {
  switch (attack_class) {
    case core::AttackClass::none:
    case core::AttackClass::print:
    case core::AttackClass::screen_replay:
    case core::AttackClass::mask:
    case core::AttackClass::unsure:  // what the score was trained on
      return "SuspectedSpoofingAttack";
    case core::AttackClass::synthetic:
      return is_video ? "SuspectedSynthesisVideo" : "SuspectedSynthesisImage";
    case core::AttackClass::injected:
      return "SuspectedAnomalyAttack";
  }
  return "SuspectedSpoofingAttack";
}

/// A photo's faults have other codes than a video's.
core::Outcome as_photo(core::Outcome outcome) noexcept {
  if (outcome == core::Outcome::video_no_face) return core::Outcome::reference_no_face;
  if (outcome == core::Outcome::video_several_faces) return core::Outcome::reference_several_faces;
  if (outcome == core::Outcome::video_poor_quality) return core::Outcome::reference_poor_quality;
  return outcome;
}

Success render(
    const std::string& request_id, const flows::PresentationFinding& found, bool is_video
) {
  Success success{.request_id = request_id, .fields = {}};
  std::vector<Fields> traces;
  std::string_view level = "Mid";
  if (found.outcome == core::Outcome::live) level = "Low";
  if (found.outcome == core::Outcome::attack || found.outcome == core::Outcome::face_changed) {
    level = "High";
    traces.emplace_back().text("Type", trace_of(found.attack_class, is_video));
  }
  success.fields.text("AttackRiskLevel", level);
  success.fields.object_list("AttackRiskDetailList", traces);
  return success;
}

bool is_verdict(core::Outcome outcome) noexcept {
  return outcome == core::Outcome::live || outcome == core::Outcome::attack ||
         outcome == core::Outcome::face_changed || outcome == core::Outcome::liveness_unsure;
}

}  // namespace

std::span<const Field> detect_ai_fake_faces_fields() {
  return kFields;
}

boost::asio::awaitable<Answer<Success>> detect_ai_fake_faces(
    const Services* services, Parameters parameters, Call call
) {
  auto parsed = parse(parameters, call);
  if (!parsed) co_return tl::unexpected(std::move(parsed).error());
  parameters = {};
  if (call.body != nullptr) std::string().swap(*call.body);
  const bool is_video = parsed->is_video;
  const auto found = co_await services->presentation_check.run(std::move(*parsed));
  if (!found) co_return refuse(found.error());
  if (found->outcome == core::Outcome::video_undecodable) co_return refuse(Errc::image_undecodable);
  if (found->too_long) co_return refuse(Errc::video_too_large, "FaceInput");
  if (!is_verdict(found->outcome)) {
    co_return refuse_outcome(is_video ? found->outcome : as_photo(found->outcome));
  }
  co_return render(call.request_id, *found, is_video);
}

}  // namespace selfsame::adapters::tencent
