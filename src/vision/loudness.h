// SPDX-License-Identifier: Apache-2.0
// How loud a sound is over time, and where there is a voice in it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace selfsame::vision {

class Loudness {
 public:
  /// @param samples  mono, kSoundRate_hz
  explicit Loudness(std::span<const std::int16_t> samples);

  /// Of the 60 ms from there on; dBFS, -120 in digital silence and outside.
  [[nodiscard]] double at_dbfs(double time_s) const noexcept;

  /// Root mean square of the loudest second (of all, where there is less); dBFS.
  [[nodiscard]] double loudest_second_dbfs() const noexcept;

  /// Time of the steps that stand 10 dB above the quietest tenth and are at most 25 dB below the
  /// loudest: a voice, or whatever comes and goes like one.
  [[nodiscard]] double voiced_s() const noexcept;
  /// The first such step's begin and the last one's end; equal where there is none.
  [[nodiscard]] double first_voiced_s() const noexcept;
  [[nodiscard]] double last_voiced_s() const noexcept;

  /// What a voice has to reach; dBFS.
  [[nodiscard]] double least_voiced_dbfs() const noexcept { return least_voiced_dbfs_; }

 private:
  [[nodiscard]] double mean_dbfs(std::size_t from, std::size_t to) const noexcept;
  [[nodiscard]] bool is_voiced(std::size_t step) const noexcept;

  std::vector<double> power_;  // of steps of 20 ms; full scale 1
  double least_voiced_dbfs_ = 0;
};

}  // namespace selfsame::vision
