// SPDX-License-Identifier: Apache-2.0
#include "vision/speech.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>
#include <utility>

#include "vision/decode_sound.h"
#include "vision/digit_recogniser.h"
#include "vision/lip_sync.h"
#include "vision/loudness.h"

namespace selfsame::vision {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kLeastSound_dbfs = -75;  // a microphone that is switched off is below
constexpr double kSlack_s = 0.3;          // around the window: clocks of pictures and sound differ
constexpr double kLongestSpeech_s = 20;   // bounds what recognition costs
constexpr double kSilenceAround_s = 0.3;

std::span<const std::int16_t> part_of(
    std::span<const std::int16_t> samples, double begin_s, double end_s
) {
  const auto index_of = [&samples](double time_s) {
    const auto last = static_cast<double>(samples.size());
    return static_cast<std::size_t>(std::clamp(time_s * kSoundRate_hz, 0.0, last));
  };
  const std::size_t begin = index_of(begin_s);
  return samples.subspan(begin, std::max(index_of(end_s), begin) - begin);
}

// Since the first frame: the window of the challenge, or all there is.
core::TimeWindow window_of(const core::Challenge& challenge, const Sound& sound) {
  if (challenge.speech) {
    return {
        .begin_s = challenge.speech->begin_s - kSlack_s, .end_s = challenge.speech->end_s + kSlack_s
    };
  }
  const double length_s = static_cast<double>(sound.samples.size()) / kSoundRate_hz;
  return {.begin_s = 0, .end_s = sound.start_s + length_s};
}

}  // namespace

SpeechMeter::SpeechMeter(SpeechCard card) noexcept : card_(std::move(card)) {}

Result<SpeechMeter> SpeechMeter::create(const SpeechCard& card) {
  SELFSAME_TRY(tried, DigitRecogniser::create(card));
  static_cast<void>(tried);
  return SpeechMeter(card);
}

Result<core::SpeechEvidence> SpeechMeter::measure(
    ByteView video, const FaceTrack& track, const core::Challenge& challenge
) const {
  core::SpeechEvidence evidence{
      .loudness_dbfs = kNaN,
      .likelihood_ratio = kNaN,
      .lip_movement = kNaN,
      .lip_range = kNaN,
      .sync = kNaN,
      .sync_lag_s = kNaN
  };
  const auto sound = decode_sound(video, SoundLimits{});
  if (!sound) return evidence;
  const core::TimeWindow window = window_of(challenge, *sound);
  const auto said =
      part_of(sound->samples, window.begin_s - sound->start_s, window.end_s - sound->start_s);
  const double said_start_s = std::max(window.begin_s, sound->start_s);
  const Loudness loudness(said);
  evidence.loudness_dbfs = loudness.loudest_second_dbfs();
  evidence.has_sound = evidence.loudness_dbfs >= kLeastSound_dbfs;
  evidence.voiced_s = loudness.voiced_s();
  if (!evidence.has_sound || !(evidence.voiced_s > 0)) return evidence;
  const double first_s = loudness.first_voiced_s() - kSilenceAround_s;
  const double last_s = loudness.last_voiced_s() + kSilenceAround_s;
  SELFSAME_TRY(recogniser, DigitRecogniser::create(card_));
  SELFSAME_TRY(
      heard,
      recogniser.recognise(
          part_of(said, first_s, std::min(last_s, first_s + kLongestSpeech_s)),
          {&challenge.digits, 1}
      )
  );
  evidence.heard = std::move(heard.digits);
  evidence.likelihood_ratio = heard.likelihood_ratios.front();
  const LipMotion lips = measure_lips(track, loudness, said_start_s, window);
  evidence.lip_movement = lips.movement;
  evidence.lip_range = lips.range;
  evidence.sync = lips.sync;
  evidence.sync_lag_s = lips.lag_s;
  return evidence;
}

}  // namespace selfsame::vision
