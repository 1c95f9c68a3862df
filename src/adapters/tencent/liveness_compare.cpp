// SPDX-License-Identifier: Apache-2.0
#include "adapters/tencent/liveness_compare.h"

#include <array>
#include <boost/json/parse.hpp>
#include <string>
#include <utility>

#include "adapters/tencent/files.h"
#include "adapters/tencent/liveness_answer.h"
#include "base/base64.h"
#include "base/crypto.h"

namespace selfsame::adapters::tencent {
namespace {

constexpr std::size_t kUrlBytesMax = 4096;
constexpr std::size_t kMd5BytesMax = 64;

constexpr std::array<Field, 7> kFields = {{
    {.name = "LivenessType", .required = true},
    {.name = "ImageBase64", .max_bytes = std::size_t{3} << 20, .too_long = Errc::image_too_large},
    {.name = "ImageUrl", .max_bytes = kUrlBytesMax},
    {.name = "ValidateData", .max_bytes = 64},
    {.name = "Optional", .max_bytes = 1024},
    {.name = "VideoBase64", .max_bytes = std::size_t{8} << 20, .too_long = Errc::video_too_large},
    {.name = "VideoUrl", .max_bytes = kUrlBytesMax},
}};

constexpr std::array<Field, 6> kVideoFields = {{
    {.name = "ImageUrl", .required = true, .max_bytes = kUrlBytesMax},
    {.name = "ImageMd5", .required = true, .max_bytes = kMd5BytesMax},
    {.name = "VideoUrl", .required = true, .max_bytes = kUrlBytesMax},
    {.name = "VideoMd5", .required = true, .max_bytes = kMd5BytesMax},
    {.name = "LivenessType", .required = true},
    {.name = "ValidateData", .max_bytes = 64},
}};

/// One of the two media: as base64, or by its URL.
struct Medium {
  std::string_view base64_field;
  std::string_view url_field;
  std::string url;  // when it is to be fetched
  Bytes content;
};

/// Decodes what came as base64, and notes the URL of what did not.
Answer<void> take(const Parameters& parameters, Medium& medium) {
  const std::string_view text = parameters.value(medium.base64_field);
  if (text.empty()) {
    medium.url = parameters.value(medium.url_field);
    if (medium.url.empty()) return refuse(Errc::missing_parameter, medium.base64_field);
    return {};
  }
  std::optional<Bytes> content = from_base64(text);
  if (!content) return refuse(Errc::invalid_parameter, medium.base64_field);
  medium.content = std::move(*content);
  return {};
}

boost::asio::awaitable<Answer<void>> fetch(
    const Services* services, const Call* call, Medium* medium, MediaKind kind
) {
  if (medium->url.empty()) co_return Answer<void>();
  auto fetched = co_await fetch_media(services, call, medium->url, kind);
  if (!fetched) co_return tl::unexpected(std::move(fetched).error());
  medium->content = std::move(*fetched);
  co_return Answer<void>();
}

}  // namespace

std::span<const Field> liveness_compare_fields() {
  return kFields;
}

std::optional<int> best_frames_of(std::string_view optional_json) {
  constexpr int kMost = 10;
  if (optional_json.empty()) return 1;
  boost::system::error_code error;
  const boost::json::value value = boost::json::parse(optional_json, error);
  if (error || !value.is_object()) return std::nullopt;
  const boost::json::value* number = value.get_object().if_contains("BestFrameNum");
  if (number == nullptr || number->is_null()) return 1;
  if (!number->is_int64()) return std::nullopt;
  const std::int64_t count = number->get_int64();
  if (count < 1 || count > kMost) return std::nullopt;
  return static_cast<int>(count);
}

boost::asio::awaitable<Answer<Success>> liveness_compare(
    const Services* services, Parameters parameters, Call call
) {
  auto type =
      parse_liveness_type(parameters.value("LivenessType"), parameters.value("ValidateData"));
  if (!type) co_return tl::unexpected(std::move(type).error());
  const auto frames = best_frames_of(parameters.value("Optional"));
  if (!frames) co_return refuse(Errc::invalid_parameter, "Optional");
  Medium image{"ImageBase64", "ImageUrl", {}, {}};
  Medium video{"VideoBase64", "VideoUrl", {}, {}};
  if (auto taken = take(parameters, image); !taken) co_return tl::unexpected(taken.error());
  if (auto taken = take(parameters, video); !taken) co_return tl::unexpected(taken.error());
  parameters = {};
  if (call.body != nullptr) std::string().swap(*call.body);
  const auto allowed = check_callers_challenge(call, type->mode);
  if (!allowed) co_return tl::unexpected(allowed.error());
  const auto image_there = co_await fetch(services, &call, &image, MediaKind::image);
  if (!image_there) co_return tl::unexpected(image_there.error());
  const auto video_there = co_await fetch(services, &call, &video, MediaKind::video);
  if (!video_there) co_return tl::unexpected(video_there.error());

  auto request = liveness_request(call, "LivenessCompare", *type);
  request.reference_image = std::move(image.content);
  request.samples.video = std::move(video.content);
  request.best_frames_max = *frames;
  const auto& flow = services->liveness_comparison;
  const auto result = co_await flow.run(std::move(request));
  if (!result) co_return refuse(result.error());
  Success success = render_liveness(*result, flow.calibration(), type->mode);
  success.fields.base64("BestFrameBase64", result->best_frame_jpeg);
  if (*frames > 1) success.fields.base64_list("BestFrameList", result->best_frames_jpeg);
  co_return success;
}

std::span<const Field> video_liveness_compare_fields() {
  return kVideoFields;
}

boost::asio::awaitable<Answer<Success>> video_liveness_compare(
    const Services* services, Parameters parameters, Call call
) {
  auto type =
      parse_liveness_type(parameters.value("LivenessType"), parameters.value("ValidateData"));
  if (!type) co_return tl::unexpected(std::move(type).error());
  const auto allowed = check_callers_challenge(call, type->mode);
  if (!allowed) co_return tl::unexpected(allowed.error());
  auto image = co_await fetch_checked_media(
      services,
      &call,
      std::string(parameters.value("ImageUrl")),
      std::string(parameters.value("ImageMd5")),
      "ImageMd5",
      MediaKind::image
  );
  if (!image) co_return tl::unexpected(std::move(image).error());
  auto video = co_await fetch_checked_media(
      services,
      &call,
      std::string(parameters.value("VideoUrl")),
      std::string(parameters.value("VideoMd5")),
      "VideoMd5",
      MediaKind::video
  );
  if (!video) co_return tl::unexpected(std::move(video).error());

  auto request = liveness_request(call, "VideoLivenessCompare", *type);
  request.reference_image = std::move(*image);
  request.samples.video = std::move(*video);
  const auto& flow = services->liveness_comparison;
  const auto result = co_await flow.run(std::move(request));
  if (!result) co_return refuse(result.error());
  Success success = render_liveness(*result, flow.calibration(), type->mode);
  if (result->best_frame_jpeg.empty()) {
    success.fields.null("BestFrame");
    co_return success;
  }
  const auto url = co_await publish_best_frame(services, &call, result->best_frame_jpeg);
  if (!url) co_return refuse(url.error());
  Fields file;
  file.text("Url", *url);
  file.text("MD5", md5_hex(result->best_frame_jpeg));
  file.integer("Size", static_cast<std::int64_t>(result->best_frame_jpeg.size()));
  success.fields.object("BestFrame", file);
  co_return success;
}

}  // namespace selfsame::adapters::tencent
