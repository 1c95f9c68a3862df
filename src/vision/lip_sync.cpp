// SPDX-License-Identifier: Apache-2.0
#include "vision/lip_sync.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <numeric>
#include <optional>
#include <span>
#include <vector>

namespace selfsame::vision {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kStep_s = 0.04;
constexpr std::size_t kLeastSteps = 25;
constexpr double kLongestGap_s = 0.25;
constexpr double kStillSpeed = 0.1;  // openings a second: still lips before webcams have .09 to .18
constexpr int kTolerance = 5;        // steps
constexpr int kFarthest = 30;        // steps
constexpr int kApart = kTolerance + 5;  // between them the same peak comes down

using Series = std::vector<double>;

// Mean of three (`reach` 1) or five (2) values; the ends stand for what is beyond them.
Series smoothed(const Series& values, int reach) {
  Series smooth;
  const int count = static_cast<int>(values.size());
  for (int i = 0; i < count; ++i) {
    double sum = 0;
    for (int k = i - reach; k <= i + reach; ++k) {
      sum += values[static_cast<std::size_t>(std::clamp(k, 0, count - 1))];
    }
    smooth.push_back(sum / (2 * reach + 1));
  }
  return smooth;
}

Series speeds_of(const Series& values) {
  Series speeds;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const std::size_t before = i == 0 ? 0 : i - 1;
    const std::size_t after = std::min(i + 1, values.size() - 1);
    const double span_s = static_cast<double>(after - before) * kStep_s;
    speeds.push_back(std::abs(values[after] - values[before]) / span_s);
  }
  return speeds;
}

Series standardised(std::span<const double> values) {
  const auto count = static_cast<double>(values.size());
  const double mean = std::accumulate(values.begin(), values.end(), 0.0) / count;
  double square = 0;
  for (const double value : values) square += (value - mean) * (value - mean);
  const double spread = std::sqrt(square / count);
  Series standard;
  for (const double value : values) standard.push_back((value - mean) / spread);
  return standard;
}

// Pearson's; NaN where one of them is constant.
double correlation(std::span<const double> a, std::span<const double> b) {
  const Series x = standardised(a);
  const Series y = standardised(b);
  return std::inner_product(x.begin(), x.end(), y.begin(), 0.0) / static_cast<double>(x.size());
}

// `lag` > 0: the sound comes later than the lips.
double correlation_at(int lag, const Series& lips, const Series& sound) {
  const auto shift = static_cast<std::size_t>(std::abs(lag));
  if (lips.size() < shift + kLeastSteps) return -1;
  const std::size_t length = lips.size() - shift;
  const std::span<const double> of_lips(lips);
  const std::span<const double> of_sound(sound);
  return lag >= 0 ? correlation(of_lips.first(length), of_sound.last(length))
                  : correlation(of_lips.last(length), of_sound.first(length));
}

double share_of(Series values, double share) {
  const auto at = static_cast<std::ptrdiff_t>(share * static_cast<double>(values.size() - 1));
  std::ranges::nth_element(values, values.begin() + at);
  return values[static_cast<std::size_t>(at)];
}

double mean_of_faster_half(Series speeds) {
  std::ranges::sort(speeds);
  const std::span<const double> faster = std::span(speeds).subspan(speeds.size() / 2);
  return std::accumulate(faster.begin(), faster.end(), 0.0) / static_cast<double>(faster.size());
}

// The mouth at equal steps, between the frames in which it was seen.
std::optional<Series> mouth_of(const FaceTrack& track, const core::TimeWindow& window) {
  std::vector<const TrackedFrame*> seen;
  for (const auto& frame : track.frames) {
    const bool counts = frame.has_face && std::isfinite(frame.mouth) &&
                        frame.time_s >= window.begin_s && frame.time_s <= window.end_s;
    if (!counts) continue;
    if (!seen.empty() && !(frame.time_s - seen.back()->time_s <= kLongestGap_s)) return {};
    if (seen.empty() || frame.time_s > seen.back()->time_s) seen.push_back(&frame);
  }
  if (seen.empty()) return {};
  Series mouth;
  std::size_t next = 1;
  for (double time_s = seen.front()->time_s; time_s < seen.back()->time_s; time_s += kStep_s) {
    while (seen[next]->time_s < time_s) ++next;
    const auto& before = *seen[next - 1];
    const auto& after = *seen[next];
    const double part = (time_s - before.time_s) / (after.time_s - before.time_s);
    mouth.push_back(std::lerp(before.mouth, after.mouth, part));
  }
  return mouth.size() >= kLeastSteps ? std::optional(std::move(mouth)) : std::nullopt;
}

double begin_of(const FaceTrack& track, const core::TimeWindow& window) {
  for (const auto& frame : track.frames) {
    if (frame.has_face && std::isfinite(frame.mouth) && frame.time_s >= window.begin_s)
      return frame.time_s;
  }
  return window.begin_s;
}

// Opening and speed together: open mouths are loud, and so are moving ones.
Series activity_of(const Series& mouth) {
  Series activity = standardised(smoothed(mouth, 1));
  const Series speed = standardised(smoothed(speeds_of(mouth), 2));
  for (std::size_t i = 0; i < activity.size(); ++i) activity[i] += speed[i];
  return activity;
}

void find_sync(const Series& lips, const Series& sound, LipMotion& motion) {
  double near = -1;
  double far = -1;
  for (int lag = -kFarthest; lag <= kFarthest; ++lag) {
    const double found = correlation_at(lag, lips, sound);
    if (!std::isfinite(found)) return;
    if (std::abs(lag) >= kApart) far = std::max(far, found);
    if (std::abs(lag) <= kTolerance && found > near) {
      near = found;
      motion.lag_s = lag * kStep_s;
    }
  }
  motion.sync = near - far;
}

}  // namespace

LipMotion measure_lips(
    const FaceTrack& track,
    const Loudness& loudness,
    double sound_start_s,
    const core::TimeWindow& window
) {
  LipMotion motion{.movement = kNaN, .range = kNaN, .sync = kNaN, .lag_s = kNaN};
  const auto mouth = mouth_of(track, window);
  if (!mouth) return motion;
  motion.movement = mean_of_faster_half(speeds_of(smoothed(*mouth, 1))) / kStillSpeed;
  motion.range = share_of(*mouth, 0.95) - share_of(*mouth, 0.05);
  Series sound;
  const double begin_s = begin_of(track, window) - sound_start_s;
  for (std::size_t i = 0; i < mouth->size(); ++i) {
    const double level_dbfs = loudness.at_dbfs(begin_s + static_cast<double>(i) * kStep_s);
    // Below a voice nothing has to do with lips.
    sound.push_back(std::max(level_dbfs, loudness.least_voiced_dbfs()));
  }
  find_sync(activity_of(*mouth), smoothed(sound, 1), motion);
  return motion;
}

}  // namespace selfsame::vision
