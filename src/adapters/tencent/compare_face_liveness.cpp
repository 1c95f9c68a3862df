// SPDX-License-Identifier: Apache-2.0
#include "adapters/tencent/compare_face_liveness.h"

#include <array>
#include <optional>
#include <string>
#include <utility>

#include "adapters/tencent/liveness_answer.h"
#include "base/base64.h"

namespace selfsame::adapters::tencent {
namespace {

constexpr std::size_t kMaxImageBase64Bytes = std::size_t{3} << 20;
constexpr std::size_t kMaxVideoBase64Bytes = std::size_t{8} << 20;
constexpr std::array<Field, 4> kFields = {{
    {.name = "ImageBase64",
     .required = true,
     .max_bytes = kMaxImageBase64Bytes,
     .too_long = Errc::image_too_large},
    {.name = "VideoBase64",
     .required = true,
     .max_bytes = kMaxVideoBase64Bytes,
     .too_long = Errc::video_too_large},
    {.name = "LivenessType", .required = true},
    {.name = "ValidateData", .max_bytes = 64},
}};

}  // namespace

std::span<const Field> compare_face_liveness_fields() {
  return kFields;
}

Answer<flows::LivenessComparisonRequest> parse_compare_face_liveness(
    const Parameters& parameters, const Call& call
) {
  const auto type =
      parse_liveness_type(parameters.value("LivenessType"), parameters.value("ValidateData"));
  if (!type) return tl::unexpected(type.error());
  std::optional<Bytes> image = from_base64(parameters.value("ImageBase64"));
  if (!image) return refuse(Errc::invalid_parameter, "ImageBase64");
  std::optional<Bytes> video = from_base64(parameters.value("VideoBase64"));
  if (!video) return refuse(Errc::invalid_parameter, "VideoBase64");
  auto request = liveness_request(call, "CompareFaceLiveness", *type);
  request.reference_image = std::move(*image);
  request.samples.video = std::move(*video);
  return request;
}

boost::asio::awaitable<Answer<Success>> compare_face_liveness(
    const Services* services, Parameters parameters, Call call
) {
  auto parsed = parse_compare_face_liveness(parameters, call);
  if (!parsed) co_return tl::unexpected(std::move(parsed).error());
  parameters = {};
  if (call.body != nullptr) std::string().swap(*call.body);
  const core::LivenessMode mode = parsed->challenge.modes().back();
  const auto allowed = check_callers_challenge(call, mode);
  if (!allowed) co_return tl::unexpected(allowed.error());
  const auto& flow = services->liveness_comparison;
  const auto result = co_await flow.run(std::move(*parsed));
  if (!result) co_return refuse(result.error());
  Success success = render_liveness(*result, flow.calibration(), mode);
  success.fields.base64("BestFrameBase64", result->best_frame_jpeg);
  co_return success;
}

}  // namespace selfsame::adapters::tencent
