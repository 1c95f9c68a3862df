// SPDX-License-Identifier: Apache-2.0
#include "adapters/tencent/compare_face_liveness.h"

#include <array>
#include <optional>
#include <string>
#include <utility>

#include "base/base64.h"

namespace selfsame::adapters::tencent {
namespace {

constexpr std::size_t kMaxImageBase64Bytes = std::size_t{3} << 20;
constexpr std::size_t kMaxVideoBase64Bytes = std::size_t{8} << 20;
constexpr std::array<double, 4> kSimMarks = {70, 80, 90, 95};

constexpr std::array<std::string_view, 3> kLivenessTypes = {"SILENT", "ACTION", "LIP"};

constexpr std::array<Field, 4> kFields = {{
    {.name = "ImageBase64",
     .required = true,
     .max_bytes = kMaxImageBase64Bytes,
     .too_long = Errc::image_too_large},
    {.name = "VideoBase64",
     .required = true,
     .max_bytes = kMaxVideoBase64Bytes,
     .too_long = Errc::video_too_large},
    {.name = "LivenessType", .required = true, .allowed = kLivenessTypes},
    {.name = "ValidateData", .max_bytes = 64},
}};

}  // namespace

std::span<const Field> compare_face_liveness_fields() {
  return kFields;
}

Answer<flows::LivenessComparisonRequest> parse_compare_face_liveness(
    const Parameters& parameters, const Call& call
) {
  if (parameters.value("LivenessType") != "SILENT") {
    return refuse(Errc::unsupported, "LivenessType");
  }
  if (!parameters.value("ValidateData").empty()) {
    return refuse(Errc::invalid_parameter, "ValidateData");
  }
  std::optional<Bytes> image = from_base64(parameters.value("ImageBase64"));
  if (!image) return refuse(Errc::invalid_parameter, "ImageBase64");
  std::optional<Bytes> video = from_base64(parameters.value("VideoBase64"));
  if (!video) return refuse(Errc::invalid_parameter, "VideoBase64");
  return flows::LivenessComparisonRequest{
      .caller = call.caller,
      .surface = "tencent",
      .operation = "CompareFaceLiveness",
      .product = std::string(kPureApiProduct),
      .request_id = call.request_id,
      .request_fingerprint = call.fingerprint,
      .reference_image = std::move(*image),
      .samples = {.video = std::move(*video), .stills = {}, .flash_shown_at_s = {}},
      .deadline = call.deadline,
      .is_abandoned = call.is_abandoned,
      .billed_code = billed_code_of
  };
}

Success render_compare_face_liveness(
    const flows::LivenessComparisonResult& result, const core::ComparisonCalibration& calibration
) {
  Success success{.request_id = result.request_id, .fields = {}};
  const ResultCode code = result_code_of(result.outcome);
  const double similarity =
      result.cosine ? core::to_percent({.cosine = *result.cosine}, calibration, kSimMarks) : 0;
  success.fields.text("Result", code.code);
  success.fields.text("Description", code.description);
  success.fields.decimal("Sim", similarity);
  if (result.best_frame_jpeg.empty()) {
    success.fields.null("BestFrameBase64");
  } else {
    success.fields.text("BestFrameBase64", to_base64(result.best_frame_jpeg));
  }
  return success;
}

boost::asio::awaitable<Answer<Success>> compare_face_liveness(
    const flows::LivenessComparison* flow, Parameters parameters, Call call
) {
  auto parsed = parse_compare_face_liveness(parameters, call);
  if (!parsed) co_return tl::unexpected(std::move(parsed).error());
  parameters = {};
  if (call.body != nullptr) std::string().swap(*call.body);
  const auto result = co_await flow->run(std::move(*parsed));
  if (!result) co_return refuse(result.error());
  co_return render_compare_face_liveness(*result, flow->calibration());
}

}  // namespace selfsame::adapters::tencent
