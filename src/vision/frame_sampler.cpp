// SPDX-License-Identifier: Apache-2.0
#include "vision/frame_sampler.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <utility>

namespace selfsame::vision {

void FrameSampler::add(SampledFrame frame) {
  next_s_ = frame.time_s + step_s_;
  kept_.push_back(std::move(frame));
  if (kept_.size() <= kMostKept) return;
  step_s_ *= 2;
  std::size_t stays = 0;
  for (std::size_t i = 0; i < kept_.size(); i += 2) {
    if (stays != i) kept_[stays] = std::move(kept_[i]);
    ++stays;
  }
  kept_.resize(stays);
  next_s_ = kept_.back().time_s + step_s_;
}

std::vector<SampledFrame> FrameSampler::nearest(std::span<const double> times_s) const {
  std::set<std::size_t> chosen;
  for (const double time_s : times_s) {
    const auto frame = std::ranges::min_element(kept_, {}, [time_s](const SampledFrame& kept) {
      return std::abs(kept.time_s - time_s);
    });
    if (frame != kept_.end()) chosen.insert(static_cast<std::size_t>(frame - kept_.begin()));
  }
  std::vector<SampledFrame> frames;
  for (const std::size_t at : chosen) frames.push_back(kept_[at]);
  return frames;
}

std::vector<SampledFrame> FrameSampler::take(std::size_t count) && {
  if (kept_.size() <= count || count < 2) return std::move(kept_);
  std::vector<SampledFrame> taken;
  taken.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    taken.push_back(std::move(kept_[i * (kept_.size() - 1) / (count - 1)]));
  }
  return taken;
}

}  // namespace selfsame::vision
