// SPDX-License-Identifier: Apache-2.0
// Digits out of sound, by PocketSphinx: a grammar of digits and nothing else.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "vision/model_cards.h"

struct ps_decoder_s;

namespace selfsame::vision {

struct HeardDigits {
  std::string digits;  // the likeliest, as many as expected; empty: nothing like that was said
  // Log-likelihood (nats) of the expected digits less that of the likeliest as many, over their
  // number: 0 where they are the likeliest themselves, else below. NaN: more than half of the
  // expected digits are others, or the sound cannot be digits at all.
  std::vector<double> likelihood_ratios;  // one for each of `expected`
};

/// One way to say a digit: what PocketSphinx calls it, and what it weighs (in its logarithms).
struct DigitWord {
  std::string name;
  int weight = 0;
};
using DigitWords = std::array<std::vector<DigitWord>, 10>;

/// One thread; made for one recording, in about 15 ms.
///
/// Listens at first for the likeliest digits only, with the states of the model that the grammar
/// uses; where they are near enough to what was expected to ask how likely that is, once more with
/// all states, which takes four times as long.
class DigitRecogniser {
 public:
  /// `engine_failed` names what the card has wrong: the folder, or a phone that its model lacks.
  [[nodiscard]] static Result<DigitRecogniser> create(const SpeechCard& card);

  /// @param samples   mono, kSoundRate_hz; at most a minute
  /// @param expected  codes of '0'..'9', at least one, all as long as the first
  [[nodiscard]] Result<HeardDigits> recognise(
      std::span<const std::int16_t> samples, std::span<const std::string> expected
  ) const;

 private:
  struct Freer {
    void operator()(ps_decoder_s* decoder) const noexcept;
  };
  using Decoder = std::unique_ptr<ps_decoder_s, Freer>;
  DigitRecogniser(SpeechCard card, Decoder decoder, DigitWords words) noexcept;

  [[nodiscard]] static Result<Decoder> load(const SpeechCard& card, bool all_states);
  /// One for each of `codes`.
  [[nodiscard]] Result<std::vector<double>> likelihood_ratios(
      std::span<const std::int16_t> samples, std::span<const std::string> codes
  ) const;

  SpeechCard card_;
  Decoder decoder_;
  DigitWords words_;
};

}  // namespace selfsame::vision
