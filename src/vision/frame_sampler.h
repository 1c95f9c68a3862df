// SPDX-License-Identifier: Apache-2.0
// A bounded number of frames, evenly spread over a video whose length is not known beforehand.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "vision/image.h"

namespace selfsame::vision {

struct SampledFrame {
  Image image;    // shrunk at most to kSampleSide_px on the long side
  int index = 0;  // of the decoded frames
  double time_s = 0;
  double original_scale = 1;  // pixels of the video to one of the image
};

/// Long side to which sampled frames are shrunk: a face of 80 px in 4K would still have 18.
inline constexpr int kSampleSide_px = 960;

/// Keeps a frame every 0.15 s; whenever there are more than kMostKept, every second one goes and
/// the step doubles. Not thread-safe.
class FrameSampler {
 public:
  static constexpr std::size_t kMostKept = 24;

  /// Is a frame of this time due? Times never fall.
  [[nodiscard]] bool wants(double time_s) const noexcept { return time_s >= next_s_; }
  void add(SampledFrame frame);

  /// Of the kept frames those nearest to each of these times, each once, by time.
  [[nodiscard]] std::vector<SampledFrame> nearest(std::span<const double> times_s) const;

  /// `count` of the kept frames at equal distances, first and last included; all when fewer.
  [[nodiscard]] std::vector<SampledFrame> take(std::size_t count) &&;

 private:
  std::vector<SampledFrame> kept_;
  double step_s_ = 0.15;
  double next_s_ = 0;
};

}  // namespace selfsame::vision
