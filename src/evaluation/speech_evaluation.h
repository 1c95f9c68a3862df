// SPDX-License-Identifier: Apache-2.0
// Spoken codes put together from single digits of several speakers: how often the right code is
// taken, one that differs in a single digit, and a random other one. `selfsame eval speech`.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "base/result.h"
#include "evaluation/dataset.h"
#include "vision/model_cards.h"

namespace selfsame::evaluation {

struct SpeechEvaluationRequest {
  std::filesystem::path sounds;      // holds DIGIT_SPEAKER_TAKE.wav
  std::vector<std::string> without;  // speakers left out: those that thresholds were chosen on
  vision::SpeechCard card;
  unsigned codes = 20;   // of 4 and of 6 digits, for each speaker
  unsigned others = 10;  // random other codes that each is held against
  std::uint64_t seed = 1;
};

inline constexpr double kSpeechConfidence = 0.95;

struct SpeechCounts {
  std::size_t codes = 0;
  std::size_t heard = 0;     // exactly: the likeliest digits are the code
  std::size_t accepted = 0;  // by core::fault_of_speech(), the lips taken as in order
  std::size_t near = 0;      // codes with one other digit
  std::size_t near_accepted = 0;
  std::size_t others = 0;
  std::size_t others_accepted = 0;
};

struct SpeechEvaluation {
  std::string data_set;  // name of the folder
  std::string language;
  std::map<std::string, SpeechCounts> speakers;
  std::map<std::size_t, SpeechCounts> lengths;  // by digits
  SpeechCounts all;
  double speech_s = 0;  // length of all codes
  double cpu_s = 0;     // of recognition, others included
};

/// Pauses of 120 to 350 ms, equal peaks and a little noise; all by the seed. A speaker's codes hang
/// together: the intervals take them as independent.
/// `not_found`: no such folder. `invalid_parameter`: no speaker with every digit, or none left.
/// `video_undecodable`: a file that is no sound. `engine_failed`: the card's model.
[[nodiscard]] Result<SpeechEvaluation> evaluate_speech(
    const SpeechEvaluationRequest& request, const Progress& progress
);

/// A table for people.
[[nodiscard]] std::string render_text(const SpeechEvaluation& evaluation);

}  // namespace selfsame::evaluation
