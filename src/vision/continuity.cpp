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
// living clips 1.55 and more, a re-encoded loop 0.78.
// And in itself below what a camera's noise leaves between two moments (living clips 0.6 and more,
// the loop 0.26): a head that is shaken passes the same place again, but never that exactly.
constexpr double kRepeatPace = 1.0;
constexpr double kRepeatChange = 0.45;
// Repeats that were encoded once more: longer, never far apart, and much closer than one frame's
// shift to either side would bring them. Living clips: no stretch is that close. Loops and
// ping-pongs of them at CRF 20: .26 to .52 of the shifted change in 14 of 16; at CRF 30 5 of 16.
constexpr double kSharpRepeat = 0.6;
constexpr double kSharpChange = 0.55;
constexpr double kSharpMostChange = 0.75;  // of any frame: a head that comes back errs on its way
constexpr std::size_t kSharpFrames = 20;
constexpr std::ptrdiff_t kShift = 4;
// Time stamps. A camera or a browser under load leaves holes of some tenths of a second.
constexpr double kLongGap_s = 1.0;
constexpr double kSameTime_s = 0.001;
constexpr double kBunchedShare = 0.1;
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
  std::uint32_t sum = 0;  // of at most kTraceSide_px squared differences
  for (std::size_t i = 0; i < a.size(); ++i) {
    sum += static_cast<std::uint32_t>(std::abs(static_cast<int>(a[i]) - static_cast<int>(b[i])));
  }
  return static_cast<double>(sum) / static_cast<double>(a.size());
}

// The same after each frame's mean is taken away: blind to exposure.
double shape_change_between(
    const std::vector<std::uint8_t>& a, const std::vector<std::uint8_t>& b
) {
  const auto offset = static_cast<float>(mean_of(a) - mean_of(b));
  float sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    sum += std::abs(static_cast<float>(a[i]) - static_cast<float>(b[i]) - offset);
  }
  return static_cast<double>(sum) / static_cast<double>(a.size());
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

// All frames against all others.
class Changes {
 public:
  explicit Changes(const std::vector<std::vector<std::uint8_t>>& frames)
      : count_(static_cast<std::ptrdiff_t>(frames.size())),
        changes_(frames.size() * frames.size()) {
    for (std::ptrdiff_t i = 0; i < count_; ++i) {
      for (std::ptrdiff_t j = i + 1; j < count_; ++j) {
        const auto& a = frames[static_cast<std::size_t>(i)];
        const auto& b = frames[static_cast<std::size_t>(j)];
        changes_[index(i, j)] = changes_[index(j, i)] = static_cast<float>(change_between(a, b));
      }
    }
  }

  [[nodiscard]] std::ptrdiff_t count() const noexcept { return count_; }
  [[nodiscard]] double between(std::ptrdiff_t i, std::ptrdiff_t j) const {
    return static_cast<double>(changes_[index(i, j)]);
  }
  // Mean over the shifts of j that stay inside.
  [[nodiscard]] double when_shifted(std::ptrdiff_t i, std::ptrdiff_t j) const {
    double sum = 0;
    int shifts = 0;
    for (const std::ptrdiff_t at : {j - kShift, j + kShift}) {
      if (at < 0 || at >= count_) continue;
      sum += between(i, at);
      ++shifts;
    }
    return shifts == 0 ? 0 : sum / shifts;
  }

 private:
  [[nodiscard]] std::size_t index(std::ptrdiff_t i, std::ptrdiff_t j) const noexcept {
    return static_cast<std::size_t>(i * count_ + j);
  }
  std::ptrdiff_t count_;
  std::vector<float> changes_;
};

// One way of laying the video over itself: frame first + k over frame over + k * step.
struct Overlay {
  std::ptrdiff_t first = 0;
  std::ptrdiff_t over = 0;
  std::ptrdiff_t step = 1;  // -1: backwards
  std::ptrdiff_t pairs = 0;
};

std::vector<Overlay> overlays_of(std::ptrdiff_t count) {
  constexpr auto kDistance = static_cast<std::ptrdiff_t>(kRepeatDistance);
  constexpr auto kFrames = static_cast<std::ptrdiff_t>(kRepeatFrames);
  std::vector<Overlay> overlays;
  for (std::ptrdiff_t lag = kDistance; lag + kFrames < count; ++lag) {
    overlays.push_back({.first = 0, .over = lag, .step = 1, .pairs = count - lag});
  }
  for (std::ptrdiff_t sum = 2 * kFrames + kDistance; sum + 2 < 2 * count; ++sum) {
    const std::ptrdiff_t first = std::max<std::ptrdiff_t>(0, sum - count + 1);
    const std::ptrdiff_t end = (sum - kDistance + 1) / 2;  // the two stay so far apart
    if (end - first < kFrames) continue;
    overlays.push_back({.first = first, .over = sum - first, .step = -1, .pairs = end - first});
  }
  return overlays;
}

struct SharpLimits {
  double change = kSharpChange;
  double most_change = kSharpMostChange;
};

// In a picture that never rests even a coarse copy is far closer than any two of its moments.
SharpLimits limits_by(std::vector<double> pace) {
  const auto tenth = pace.begin() + static_cast<std::ptrdiff_t>(pace.size() / 10);
  std::ranges::nth_element(pace, tenth);
  constexpr double kShare = 0.65;
  constexpr double kMostShare = 0.9;
  return {
      .change = std::max(kSharpChange, kShare * *tenth),
      .most_change = std::max(kSharpMostChange, kMostShare * *tenth)
  };
}

// The least change of a long stretch against the change when it is shifted. `laid`: the changes of
// the overlay's pairs.
double sharpest_of(
    const Changes& changes,
    const Overlay& overlay,
    std::span<const double> laid,
    const SharpLimits& limits
) {
  const auto shifted_from = [&](std::size_t from) {
    double sum = 0;
    for (std::size_t at = from; at < from + kSharpFrames; ++at) {
      const auto k = static_cast<std::ptrdiff_t>(at);
      sum += changes.when_shifted(overlay.first + k, overlay.over + k * overlay.step);
    }
    return sum;
  };
  double sharpest = std::numeric_limits<double>::infinity();
  for (std::size_t from = 0; from + kSharpFrames <= laid.size(); ++from) {
    const std::span stretch = laid.subspan(from, kSharpFrames);
    if (std::ranges::max(stretch) >= limits.most_change) continue;
    const double sum = std::accumulate(stretch.begin(), stretch.end(), 0.0);
    if (sum >= limits.change * static_cast<double>(kSharpFrames)) continue;
    sharpest = std::min(sharpest, sum / (shifted_from(from) + 1e-9));
  }
  return sharpest;
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

void ContinuityTrace::find_repeats(ContinuityFindings& found) const {
  if (kept_.size() < 2 * kRepeatFrames + kRepeatDistance) return;
  const Changes changes(kept_);
  std::vector<double> pace;
  for (std::ptrdiff_t i = 0; i + 1 < changes.count(); ++i) {
    pace.push_back(changes.between(i, i + 1));
  }
  const SharpLimits limits = limits_by(pace);
  std::vector<double> laid;
  for (const Overlay& overlay : overlays_of(changes.count())) {
    laid.clear();
    for (std::ptrdiff_t k = 0; k < overlay.pairs; ++k) {
      laid.push_back(changes.between(overlay.first + k, overlay.over + k * overlay.step));
    }
    const auto pace_there = std::span(pace).subspan(static_cast<std::size_t>(overlay.first));
    found.closest_repeat = std::min(found.closest_repeat, least_window(laid, pace_there));
    found.sharpest_repeat =
        std::min(found.sharpest_repeat, sharpest_of(changes, overlay, laid, limits));
  }
  found.repeated = found.closest_repeat < kRepeatPace || found.sharpest_repeat < kSharpRepeat;
}

void ContinuityTrace::find_retiming(ContinuityFindings& found) const {
  double before_s = start_s_;
  int bunched = 0;
  for (const auto& step : steps_) {
    const double gap_s = step.time_s - before_s;
    found.longest_gap_s = std::max(found.longest_gap_s, gap_s);
    bunched += gap_s < kSameTime_s ? 1 : 0;
    before_s = step.time_s;
  }
  found.bunched_share = static_cast<double>(bunched) / static_cast<double>(steps_.size());
  found.retimed = found.longest_gap_s >= kLongGap_s || found.bunched_share >= kBunchedShare;
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
  find_repeats(found);
  find_retiming(found);
  return found;
}

}  // namespace selfsame::vision
