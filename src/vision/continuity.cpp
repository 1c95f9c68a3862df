// SPDX-License-Identifier: Apache-2.0
// All limits below were set on the clips of evaldata/liveness, the fixture video and fourteen
// injections made from them with FFmpeg (stills, loops, cuts, freezes, doubled frames); the figures
// stand beside each.
#include "vision/continuity.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdlib>
#include <limits>
#include <numeric>
#include <opencv2/core.hpp>
#include <span>

namespace selfsame::vision {
namespace {

// A frame that differs less is the one before, sent again. Live video: 0.26 and more for the 5th
// percentile (camera noise alone); doubled frames of a re-encoded clip .04; a still as video .02.
constexpr double kSameFrame = 0.08;
// Jump: living clips reach 2.5 (one with every frame doubled), cuts between persons or scenes 26
// and 51, seams of a loop 5.5, a cut inside one take of a moving head 6.2.
constexpr double kCutJump = 4.5;
constexpr double kCutChange = 3;  // and at least this much: a tiny jump in a still scene is not one
// A change of this size in one step is a cut whatever the pace around it: pictures shown one after
// another are all jumps, and none stands out among them.
constexpr double kAlwaysCutChange = 30;
constexpr double kCameraNoise = 0.3;  // the least change from frame to frame
// Freezes: none of the living clips freezes at all; phones and browsers drop a few frames.
constexpr double kShortFreeze_s = 0.3;
constexpr double kLongFreeze_s = 1.0;
constexpr double kFrozenShare = 0.4;
// Repeats, of a stretch's change to the stretch it repeats. Against the change from frame to frame:
// living clips 1.55 and more, a re-encoded loop 0.78; a re-encoded ping-pong, 1.36, goes unseen.
// And in itself below what a camera's noise leaves between two moments (living clips 0.6 and more,
// the loop 0.26): a head that is shaken passes the same place again, but never that exactly.
constexpr double kRepeatPace = 1.0;
constexpr double kRepeatChange = 0.45;
constexpr std::size_t kRepeatFrames = 12;     // the shortest stretch that counts
constexpr std::size_t kRepeatDistance = 8;    // how far apart two stretches begin
constexpr std::size_t kMostKeptFrames = 240;  // bounds the comparison of all with all

std::vector<std::uint8_t> luma_of(const Image& frame) {
  std::vector<std::uint8_t> luma(frame.bgr.size() / 3);
  for (std::size_t i = 0; i < luma.size(); ++i) {
    const unsigned sum =
        29U * frame.bgr[3 * i] + 150U * frame.bgr[3 * i + 1] + 77U * frame.bgr[3 * i + 2];
    luma[i] = static_cast<std::uint8_t>(sum >> 8U);
  }
  return luma;
}

double mean_of(const std::vector<std::uint8_t>& luma) {
  return std::accumulate(luma.begin(), luma.end(), 0.0) / static_cast<double>(luma.size());
}

double change_between(const std::vector<std::uint8_t>& a, const std::vector<std::uint8_t>& b) {
  return cv::norm(a, b, cv::NORM_L1) / static_cast<double>(a.size());
}

// The same after each frame's mean is taken away: blind to exposure.
double shape_change_between(
    const std::vector<std::uint8_t>& a, const std::vector<std::uint8_t>& b
) {
  const double offset = mean_of(a) - mean_of(b);
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    sum += std::abs(static_cast<double>(a[i]) - static_cast<double>(b[i]) - offset);
  }
  return sum / static_cast<double>(a.size());
}

double median_of(std::vector<double> values) {
  if (values.empty()) return 0;
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::ranges::nth_element(values, middle);
  return *middle;
}

// The least mean of kRepeatFrames neighbouring changes, against the pace where it is low enough.
double least_window(std::span<const double> changes, std::span<const double> pace) {
  double least = std::numeric_limits<double>::infinity();
  const std::size_t count = std::min(changes.size(), pace.size());
  double change_sum = 0;
  double pace_sum = 0;
  for (std::size_t i = 0; i < count; ++i) {
    change_sum += changes[i];
    pace_sum += pace[i];
    if (i + 1 < kRepeatFrames) continue;
    if (change_sum < kRepeatChange * static_cast<double>(kRepeatFrames)) {
      least = std::min(least, change_sum / (pace_sum + 1e-9));
    }
    change_sum -= changes[i + 1 - kRepeatFrames];
    pace_sum -= pace[i + 1 - kRepeatFrames];
  }
  return least;
}

}  // namespace

void ContinuityTrace::add(const Image& frame, double time_s) {
  auto luma = luma_of(frame);
  if (luma.empty()) return;
  if (last_.empty()) {
    start_s_ = time_s;
    kept_.push_back(luma);
  } else if (last_.size() == luma.size()) {
    const Step step{
        .change = change_between(luma, last_),
        .shape_change = shape_change_between(luma, last_),
        .time_s = time_s
    };
    if (step.change >= kSameFrame && kept_.size() < kMostKeptFrames) kept_.push_back(luma);
    steps_.push_back(step);
  }
  last_ = std::move(luma);
}

// A step after frames that were sent again has had that much longer to change.
double ContinuityTrace::largest_jump() const {
  std::vector<double> pace;  // change per frame interval, at the steps where something changed
  std::vector<double> change;
  double waited = 1;
  for (const auto& step : steps_) {
    if (step.change < kSameFrame) {
      ++waited;
      continue;
    }
    change.push_back(step.shape_change);
    pace.push_back(step.shape_change / waited);
    waited = 1;
  }
  constexpr std::size_t kAround = 8;
  double largest = 0;
  for (std::size_t i = 0; i < pace.size(); ++i) {
    if (!(change[i] >= kCutChange)) continue;
    if (change[i] >= kAlwaysCutChange) return std::max(largest, change[i]);
    std::vector<double> around;
    for (std::size_t j = i > kAround ? i - kAround : 0; j < std::min(pace.size(), i + kAround + 1);
         ++j) {
      if (j != i) around.push_back(pace[j]);
    }
    largest = std::max(largest, pace[i] / (median_of(std::move(around)) + kCameraNoise));
  }
  return largest;
}

double ContinuityTrace::closest_repeat() const {
  const std::size_t count = kept_.size();
  if (count < 2 * kRepeatFrames + kRepeatDistance) {
    return std::numeric_limits<double>::infinity();
  }
  std::vector<double> pace(count - 1);
  for (std::size_t i = 0; i + 1 < count; ++i) pace[i] = change_between(kept_[i], kept_[i + 1]);
  double closest = std::numeric_limits<double>::infinity();
  std::vector<double> changes;
  for (std::size_t lag = kRepeatDistance; lag + kRepeatFrames < count; ++lag) {
    changes.clear();
    for (std::size_t i = 0; i + lag < count; ++i) {
      changes.push_back(change_between(kept_[i], kept_[i + lag]));
    }
    closest = std::min(closest, least_window(changes, pace));
  }
  for (std::size_t sum = 2 * kRepeatFrames + kRepeatDistance; sum + 2 < 2 * count; ++sum) {
    const std::size_t first = sum >= count ? sum - count + 1 : 0;
    changes.clear();
    for (std::size_t i = first; 2 * i + kRepeatDistance < sum; ++i) {
      changes.push_back(change_between(kept_[i], kept_[sum - i]));
    }
    closest = std::min(closest, least_window(changes, std::span(pace).subspan(first)));
  }
  return closest;
}

ContinuityFindings ContinuityTrace::findings() const {
  ContinuityFindings found;
  if (steps_.empty()) return found;
  found.largest_jump = largest_jump();
  found.cut = found.largest_jump >= kCutJump;
  double freeze_start_s = start_s_;
  double before_s = start_s_;
  double frozen_s = 0;
  const auto close_freeze = [&] {
    const double length_s = before_s - freeze_start_s;
    found.longest_freeze_s = std::max(found.longest_freeze_s, length_s);
    if (length_s > kShortFreeze_s) frozen_s += length_s;
  };
  for (const auto& step : steps_) {
    if (step.change >= kSameFrame) {
      close_freeze();
      freeze_start_s = step.time_s;
    }
    before_s = step.time_s;
  }
  close_freeze();
  const double duration_s = before_s - start_s_;
  found.frozen_share = duration_s > 0 ? frozen_s / duration_s : 1;
  found.frozen = found.longest_freeze_s >= kLongFreeze_s || found.frozen_share >= kFrozenShare;
  found.closest_repeat = closest_repeat();
  found.repeated = found.closest_repeat < kRepeatPace;
  return found;
}

}  // namespace selfsame::vision
