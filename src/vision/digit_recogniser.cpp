// SPDX-License-Identifier: Apache-2.0
#include "vision/digit_recogniser.h"

#include <fmt/format.h>
#include <pocketsphinx.h>
#include <sphinxbase/err.h>
#include <sphinxbase/fsg_model.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <limits>
#include <utility>

#include "core/spoken_digits.h"

namespace selfsame::vision {
namespace {

// PocketSphinx counts in logarithms to this base, and keeps scores without their last ten bits.
constexpr double kLogarithmBase = 1.0001;
const double kNatsOfScore = 1024 * std::log(kLogarithmBase);

// Digits are few: nothing has to be given up early, and unlikely ones get a score, too.
constexpr const char* kWideBeam = "1e-80";

// What a way of so few phones costs (nats): it fits into what is left of any other digit. Without,
// narrow-band sound has a third of the fours heard as "oh", and sixes as eights. Chosen like the
// limits of core/speech_decision.cpp.
double price_of(std::size_t phones) noexcept {
  return phones == 1 ? 20 : phones == 2 ? 15 : 0;
}

void say_nothing(void*, err_lvl_t, const char*, ...) {}

// PocketSphinx writes to stderr by itself, what it heard included; the stream is the thread's own.
void silence_pocketsphinx() noexcept {
  static const bool silenced = [] {
    err_set_callback(&say_nothing, nullptr);
    return true;
  }();
  static_cast<void>(silenced);
  err_set_logfp(nullptr);
}

struct ConfigFreer {
  void operator()(cmd_ln_t* config) const noexcept { cmd_ln_free_r(config); }
};
struct GrammarFreer {
  void operator()(fsg_model_t* grammar) const noexcept { fsg_model_free(grammar); }
};
using Grammar = std::unique_ptr<fsg_model_t, GrammarFreer>;

// States in a row, with the digits that lead from each to the next.
class GrammarOfDigits {
 public:
  GrammarOfDigits(ps_decoder_t* decoder, std::size_t length)
      : grammar_(
            fsg_model_init("digits", ps_get_logmath(decoder), 1.0F, static_cast<int32>(length) + 1)
        ) {
    grammar_->start_state = 0;
    grammar_->final_state = static_cast<int32>(length);
  }

  // All digits weigh the same, so that only the sound counts.
  void allow(std::size_t from, std::size_t to, const std::vector<DigitWord>& ways) {
    for (const auto& [word, weight] : ways) {
      const int32 id = fsg_model_word_add(grammar_.get(), word.c_str());
      fsg_model_trans_add(
          grammar_.get(), static_cast<int32>(from), static_cast<int32>(to), weight, id
      );
    }
  }

  [[nodiscard]] fsg_model_t* get() const noexcept { return grammar_.get(); }

 private:
  Grammar grammar_;
};

struct Hearing {
  std::string digits;
  double score = std::numeric_limits<double>::quiet_NaN();  // nats; NaN: the grammar does not fit
};

Result<Hearing> hear(
    ps_decoder_t* decoder, const GrammarOfDigits& grammar, std::span<const std::int16_t> samples
) {
  const bool ran = ps_set_fsg(decoder, "digits", grammar.get()) == 0 &&
                   ps_set_search(decoder, "digits") == 0 &&
                   // Else the noise of the last hearing is taken from this one, and the scores of
                   // two grammars cannot be compared.
                   ps_start_stream(decoder) == 0 && ps_start_utt(decoder) == 0 &&
                   ps_process_raw(decoder, samples.data(), samples.size(), FALSE, TRUE) >= 0 &&
                   ps_end_utt(decoder) == 0;
  if (!ran) return fail(Errc::engine_failed, "PocketSphinx does not run");
  Hearing hearing;
  int32 score = 0;
  const char* words = ps_get_hyp(decoder, &score);  // null: the last state was not reached
  if (words == nullptr) return hearing;
  char before = ' ';
  for (const char* letter = words; *letter != '\0'; before = *letter++) {
    if (before == ' ') hearing.digits.push_back(*letter);  // "3a": the digit, and how it is said
  }
  hearing.score = score * kNatsOfScore;
  return hearing;
}

Result<DigitWords> add_words(ps_decoder_t* decoder, const SpeechCard& card) {
  DigitWords words;
  for (std::size_t digit = 0; digit < card.digits.size(); ++digit) {
    for (const auto& phones : card.digits[digit]) {
      const auto way = static_cast<char>('a' + words[digit].size());
      const auto count = static_cast<std::size_t>(std::ranges::count(phones, ' ')) + 1;
      words[digit].push_back(
          {fmt::format("{}{}", digit, way),
           -static_cast<int>(price_of(count) / std::log(kLogarithmBase))}
      );
      if (ps_add_word(decoder, words[digit].back().name.c_str(), phones.c_str(), FALSE) < 0) {
        return fail(
            Errc::engine_failed, fmt::format("{} lacks a phone of: {}", card.acoustic_model, phones)
        );
      }
    }
  }
  return words;
}

GrammarOfDigits any_digits(ps_decoder_t* decoder, const DigitWords& words, std::size_t length) {
  GrammarOfDigits grammar(decoder, length);
  for (std::size_t i = 0; i < length; ++i) {
    for (const auto& ways : words) grammar.allow(i, i + 1, ways);
  }
  return grammar;
}

GrammarOfDigits these_digits(
    ps_decoder_t* decoder, const DigitWords& words, const std::string& code
) {
  GrammarOfDigits grammar(decoder, code.size());
  for (std::size_t i = 0; i < code.size(); ++i) {
    grammar.allow(i, i + 1, words[static_cast<std::size_t>(code[i] - '0')]);
  }
  return grammar;
}

}  // namespace

void DigitRecogniser::Freer::operator()(ps_decoder_s* decoder) const noexcept {
  ps_free(decoder);
}

DigitRecogniser::DigitRecogniser(SpeechCard card, Decoder decoder, DigitWords words) noexcept
    : card_(std::move(card)), decoder_(std::move(decoder)), words_(std::move(words)) {}

// Scores are those of a path and not of a thinned-out lattice. Those of two grammars can be
// compared only where each moment is measured against all states of the model, not those in use.
Result<DigitRecogniser::Decoder> DigitRecogniser::load(const SpeechCard& card, bool all_states) {
  silence_pocketsphinx();
  const auto failed = [&card](const char* what) {
    return fail(Errc::engine_failed, fmt::format("{}: {}", card.acoustic_model, what));
  };
  std::error_code error;
  if (!std::filesystem::exists(std::filesystem::path(card.acoustic_model) / "mdef", error)) {
    return failed("no acoustic model here (Debian: pocketsphinx-en-us)");
  }
  const std::unique_ptr<cmd_ln_t, ConfigFreer> config(cmd_ln_init(
      nullptr,
      ps_args(),
      TRUE,
      "-hmm",
      card.acoustic_model.c_str(),
      "-bestpath",
      "no",
      "-compallsen",
      all_states ? "yes" : "no",
      "-beam",
      kWideBeam,
      "-pbeam",
      kWideBeam,
      "-wbeam",
      kWideBeam,
      nullptr
  ));
  Decoder decoder(config ? ps_init(config.get()) : nullptr);
  if (!decoder) return failed("PocketSphinx cannot load it");
  return decoder;
}

Result<DigitRecogniser> DigitRecogniser::create(const SpeechCard& card) {
  SELFSAME_TRY(decoder, load(card, false));
  SELFSAME_TRY(words, add_words(decoder.get(), card));
  return DigitRecogniser(card, std::move(decoder), std::move(words));
}

Result<HeardDigits> DigitRecogniser::recognise(
    std::span<const std::int16_t> samples, std::span<const std::string> expected
) const {
  const auto any = any_digits(decoder_.get(), words_, expected.front().size());
  SELFSAME_TRY(likeliest, hear(decoder_.get(), any, samples));
  HeardDigits heard{.digits = std::move(likeliest.digits), .likelihood_ratios = {}};
  std::vector<std::string> near;
  for (const auto& code : expected) {
    const std::size_t misheard = core::misheard_digits(heard.digits, code);
    const bool is_near = misheard > 0 && 2 * misheard <= code.size();
    if (is_near) near.push_back(code);
    heard.likelihood_ratios.push_back(misheard == 0 ? 0 : std::numeric_limits<double>::quiet_NaN());
  }
  if (near.empty()) return heard;
  SELFSAME_TRY(ratios, likelihood_ratios(samples, near));
  for (std::size_t i = 0, next = 0; i < expected.size() && next < near.size(); ++i) {
    if (expected[i] == near[next]) heard.likelihood_ratios[i] = ratios[next++];
  }
  return heard;
}

Result<std::vector<double>> DigitRecogniser::likelihood_ratios(
    std::span<const std::int16_t> samples, std::span<const std::string> codes
) const {
  SELFSAME_TRY(decoder, load(card_, true));
  SELFSAME_TRY(words, add_words(decoder.get(), card_));
  const auto any = any_digits(decoder.get(), words, codes.front().size());
  SELFSAME_TRY(likeliest, hear(decoder.get(), any, samples));
  std::vector<double> ratios;
  for (const auto& code : codes) {
    SELFSAME_TRY(these, hear(decoder.get(), these_digits(decoder.get(), words, code), samples));
    ratios.push_back((these.score - likeliest.score) / static_cast<double>(code.size()));
  }
  return ratios;
}

}  // namespace selfsame::vision
