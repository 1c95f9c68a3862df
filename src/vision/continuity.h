// SPDX-License-Identifier: Apache-2.0
// Is a video one continuous take? Cheap looks at every frame.
#pragma once

#include <cstdint>
#include <limits>
#include <vector>

#include "vision/image.h"

namespace selfsame::vision {

/// Long side of the pictures that ContinuityTrace looks at.
inline constexpr int kTraceSide_px = 64;

struct ContinuityFindings {
  bool cut = false;         // the picture jumps, against the motion around it
  bool frozen = false;      // the picture stands still for longer than a camera's would
  bool repeated = false;    // a stretch of pictures comes again, forwards or backwards
  bool retimed = false;     // time stamps that no camera gives
  double largest_jump = 0;  // change at a step / (median change around it + camera noise)
  double longest_freeze_s = 0;
  double frozen_share = 0;  // of the duration, in freezes of more than kShortFreeze_s
  double closest_repeat = std::numeric_limits<double>::infinity(
  );  // change between stretches that look alike / from frame to frame
  double sharpest_repeat = std::numeric_limits<double>::infinity(
  );                         // the same / change when one of them is shifted by a few frames
  double longest_gap_s = 0;  // between the time stamps of neighbouring frames
  double bunched_share = 0;  // of the frames, with the time stamp of the frame before
};

/// Collects the frames of one video in order. Keeps a few hundred kB; not thread-safe.
class ContinuityTrace {
 public:
  /// @param frame  the whole frame, shrunk to kTraceSide_px on its long side; all of one size
  void add(const Image& frame, double time_s);

  [[nodiscard]] ContinuityFindings findings() const;

 private:
  struct Step {               // from the frame before to this one
    double change = 0;        // mean absolute difference of luma, 0..255
    double shape_change = 0;  // the same after taking each frame's mean away: blind to exposure
    double time_s = 0;        // of this frame
  };
  [[nodiscard]] double largest_jump() const;
  void find_repeats(ContinuityFindings& found) const;
  void find_retiming(ContinuityFindings& found) const;

  std::vector<std::uint8_t> last_;               // luma of the last frame
  std::vector<std::vector<std::uint8_t>> kept_;  // distinct frames, for repeats
  std::vector<Step> steps_;
  double start_s_ = 0;
};

}  // namespace selfsame::vision
