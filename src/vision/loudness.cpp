// SPDX-License-Identifier: Apache-2.0
#include "vision/loudness.h"

#include <algorithm>
#include <cmath>

#include "vision/decode_sound.h"

namespace selfsame::vision {
namespace {

constexpr double kStep_s = 0.02;
constexpr auto kStepSamples = static_cast<std::size_t>(kStep_s * kSoundRate_hz);
constexpr std::size_t kStepsAtOnce = 3;
constexpr std::size_t kStepsOfSecond = 50;
constexpr double kAboveQuiet_db = 10;
constexpr double kBelowLoudest_db = 25;
constexpr double kSilence = 1e-12;  // -120 dBFS

double dbfs_of(double power) noexcept {
  return 10 * std::log10(std::max(power, kSilence));
}

double power_of(std::span<const std::int16_t> samples) noexcept {
  double sum = 0;
  for (const double sample : samples) sum += sample * sample;
  return sum / (32768.0 * 32768.0) / static_cast<double>(samples.size());
}

}  // namespace

Loudness::Loudness(std::span<const std::int16_t> samples) {
  for (std::size_t at = 0; at + kStepSamples <= samples.size(); at += kStepSamples) {
    power_.push_back(power_of(samples.subspan(at, kStepSamples)));
  }
  if (power_.empty()) return;
  std::vector<double> sorted = power_;
  std::ranges::sort(sorted);
  least_voiced_dbfs_ = std::max(
      dbfs_of(sorted[sorted.size() / 10]) + kAboveQuiet_db,
      dbfs_of(sorted.back()) - kBelowLoudest_db
  );
}

double Loudness::mean_dbfs(std::size_t from, std::size_t to) const noexcept {
  to = std::min(to, power_.size());
  if (from >= to) return dbfs_of(0);
  double sum = 0;
  for (std::size_t i = from; i < to; ++i) sum += power_[i];
  return dbfs_of(sum / static_cast<double>(to - from));
}

double Loudness::at_dbfs(double time_s) const noexcept {
  const double step = std::floor(time_s / kStep_s);
  if (!(step >= 0 && step < static_cast<double>(power_.size()))) return dbfs_of(0);
  const auto from = static_cast<std::size_t>(step);
  return mean_dbfs(from, from + kStepsAtOnce);
}

double Loudness::loudest_second_dbfs() const noexcept {
  double loudest_dbfs = dbfs_of(0);
  for (std::size_t from = 0; from == 0 || from + kStepsOfSecond <= power_.size(); ++from) {
    loudest_dbfs = std::max(loudest_dbfs, mean_dbfs(from, from + kStepsOfSecond));
  }
  return loudest_dbfs;
}

bool Loudness::is_voiced(std::size_t step) const noexcept {
  return dbfs_of(power_[step]) > least_voiced_dbfs_;
}

double Loudness::voiced_s() const noexcept {
  int steps = 0;
  for (std::size_t i = 0; i < power_.size(); ++i) steps += is_voiced(i) ? 1 : 0;
  return steps * kStep_s;
}

double Loudness::first_voiced_s() const noexcept {
  for (std::size_t i = 0; i < power_.size(); ++i) {
    if (is_voiced(i)) return static_cast<double>(i) * kStep_s;
  }
  return 0;
}

double Loudness::last_voiced_s() const noexcept {
  for (std::size_t i = power_.size(); i > 0; --i) {
    if (is_voiced(i - 1)) return static_cast<double>(i) * kStep_s;
  }
  return 0;
}

}  // namespace selfsame::vision
