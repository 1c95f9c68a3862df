// SPDX-License-Identifier: Apache-2.0
#include "vision/stills.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <opencv2/imgproc.hpp>
#include <utility>

#include "vision/decode_image.h"
#include "vision/mat_view.h"
#include "vision/media/thread_seconds.h"

namespace selfsame::vision {
namespace {

class StillFrame final : public VideoFrame {
 public:
  StillFrame(Image image, int index, double time_s) noexcept
      : image_(std::move(image)), index_(index), time_s_(time_s) {}
  [[nodiscard]] int index() const noexcept override { return index_; }
  [[nodiscard]] double time_s() const noexcept override { return time_s_; }
  [[nodiscard]] int width_px() const noexcept override { return image_.width_px; }
  [[nodiscard]] int height_px() const noexcept override { return image_.height_px; }
  [[nodiscard]] Result<Image> image(int max_side_px) const override {
    const int side_px = std::max(image_.width_px, image_.height_px);
    if (max_side_px <= 0 || side_px <= max_side_px) return image_;
    const double factor = static_cast<double>(max_side_px) / side_px;
    const cv::Size size(
        std::max(1, cvRound(image_.width_px * factor)),
        std::max(1, cvRound(image_.height_px * factor))
    );
    Image small{.width_px = size.width, .height_px = size.height, .bgr = {}};
    small.bgr.resize(static_cast<std::size_t>(size.area()) * 3);
    cv::Mat target(size, CV_8UC3, small.bgr.data());
    cv::resize(as_mat(view_of(image_)), target, size, 0, 0, cv::INTER_AREA);
    return small;
  }

 private:
  Image image_;
  int index_;
  double time_s_;
};

Result<void> check_headers(std::span<const TimedStill> stills, const StillsLimits& limits) {
  std::int64_t total_pixels = 0;
  for (const auto& still : stills) {
    SELFSAME_TRY(header, read_image_header(still.encoded, limits.each));
    if (!is_within(header, limits.each)) return fail(Errc::image_undecodable, "too many pixels");
    total_pixels += static_cast<std::int64_t>(header.width_px) * header.height_px;
  }
  if (total_pixels <= limits.max_total_pixels) return {};
  return fail(Errc::image_undecodable, "too many pixels in all stills");
}

Result<VideoSummary> show(
    std::span<const TimedStill> stills,
    const StillsLimits& limits,
    const std::function<Visit(const VideoFrame&)>& visit
) {
  SELFSAME_CHECK(check_headers(stills, limits));
  VideoSummary summary;
  double decoding_s = 0;
  for (const auto& still : stills) {
    const double start_s = thread_seconds();
    SELFSAME_TRY(image, decode_image(still.encoded, limits.each));
    decoding_s += thread_seconds() - start_s;
    if (!(decoding_s <= limits.max_decoding_s)) {
      return fail(Errc::image_undecodable, "stills take too long to decode");
    }
    const double since_s = still.time_s - stills.front().time_s;
    const StillFrame frame(std::move(image), summary.frames, still.time_s);
    if (summary.frames == 0) {
      summary.width_px = frame.width_px();
      summary.height_px = frame.height_px();
    }
    if (frame.width_px() != summary.width_px || frame.height_px() != summary.height_px) {
      return fail(Errc::image_undecodable, "stills of several sizes");
    }
    ++summary.frames;
    if (summary.frames > 1) {
      summary.frame_rate = (summary.frames - 1) / since_s;
      summary.duration_s = since_s + 1 / summary.frame_rate;
    }
    if (visit(frame) == Visit::stop) break;
  }
  return summary;
}

}  // namespace

std::optional<core::StillsFault> fault_of_stills(
    std::span<const TimedStill> stills, const core::Challenge& challenge
) {
  if (stills.empty()) return core::StillsFault::absent;
  if (stills.size() < challenge.flashes.size()) return core::StillsFault::too_few;
  if (stills.size() > kMostStills) return core::StillsFault::undecodable;
  double before_s = -1;
  for (const auto& still : stills) {
    const bool is_timely = still.time_s >= 0 && still.time_s <= kLatestStill_s;
    if (!is_timely || !(still.time_s > before_s)) return core::StillsFault::untimely;
    before_s = still.time_s;
  }
  return std::nullopt;
}

FrameSource frames_of_stills(std::span<const TimedStill> stills, const StillsLimits& limits) {
  return [stills, limits](const std::function<Visit(const VideoFrame&)>& visit) {
    return show(stills, limits, visit);
  };
}

bool has_duplicates(std::span<const TimedStill> stills) {
  for (std::size_t i = 0; i < stills.size(); ++i) {
    for (std::size_t j = i + 1; j < stills.size(); ++j) {
      if (stills[i].encoded == stills[j].encoded) return true;
    }
  }
  return false;
}

}  // namespace selfsame::vision
