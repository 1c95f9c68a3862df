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

namespace selfsame::vision {
namespace {

// PocketSphinx counts in logarithms to this base, and keeps scores without their last ten bits.
const double kNatsOfScore = 1024 * std::log(1.0001);

// Digits are few: nothing has to be given up early, and unlikely ones get a score, too.
constexpr const char* kWideBeam = "1e-80";

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

  void allow(std::size_t from, std::size_t to, char digit) {
    const char word[] = {digit, '\0'};
    const int32 id = fsg_model_word_add(grammar_.get(), word);
    // All digits weigh the same, so that only the sound counts.
    fsg_model_trans_add(grammar_.get(), static_cast<int32>(from), static_cast<int32>(to), 0, id);
  }

  void allow_any(std::size_t from, std::size_t to) {
    for (char digit = '0'; digit <= '9'; ++digit) allow(from, to, digit);
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
                   ps_set_search(decoder, "digits") == 0 && ps_start_utt(decoder) == 0 &&
                   ps_process_raw(decoder, samples.data(), samples.size(), FALSE, TRUE) >= 0 &&
                   ps_end_utt(decoder) == 0;
  if (!ran) return fail(Errc::engine_failed, "PocketSphinx does not run");
  Hearing hearing;
  int32 score = 0;
  const char* words = ps_get_hyp(decoder, &score);  // null: the last state was not reached
  if (words == nullptr) return hearing;
  for (const char* letter = words; *letter != '\0'; ++letter) {
    if (*letter != ' ') hearing.digits.push_back(*letter);
  }
  hearing.score = score * kNatsOfScore;
  return hearing;
}

Result<void> add_words(ps_decoder_t* decoder, const SpeechCard& card) {
  for (std::size_t digit = 0; digit < card.digits.size(); ++digit) {
    int variant = 1;
    for (const auto& phones : card.digits[digit]) {
      // "0", "0(2)": PocketSphinx takes the second for another way to say the first.
      const std::string word =
          variant == 1 ? fmt::format("{}", digit) : fmt::format("{}({})", digit, variant);
      if (ps_add_word(decoder, word.c_str(), phones.c_str(), FALSE) < 0) {
        return fail(
            Errc::engine_failed, fmt::format("{} lacks a phone of: {}", card.acoustic_model, phones)
        );
      }
      ++variant;
    }
  }
  return {};
}

}  // namespace

void DigitRecogniser::Freer::operator()(ps_decoder_s* decoder) const noexcept {
  ps_free(decoder);
}

DigitRecogniser::DigitRecogniser(std::unique_ptr<ps_decoder_s, Freer> decoder) noexcept
    : decoder_(std::move(decoder)) {}

Result<DigitRecogniser> DigitRecogniser::create(const SpeechCard& card) {
  silence_pocketsphinx();
  const auto failed = [&card](const char* what) {
    return fail(Errc::engine_failed, fmt::format("{}: {}", card.acoustic_model, what));
  };
  std::error_code error;
  if (!std::filesystem::exists(std::filesystem::path(card.acoustic_model) / "mdef", error)) {
    return failed("no acoustic model here (Debian: pocketsphinx-en-us)");
  }
  const std::unique_ptr<cmd_ln_t, ConfigFreer> config(
      // So that the scores of two grammars can be compared: those of a path and not of a
      // thinned-out lattice, and measured at each moment against all states of the model, not those
      // in use.
      cmd_ln_init(
          nullptr,
          ps_args(),
          TRUE,
          "-hmm",
          card.acoustic_model.c_str(),
          "-bestpath",
          "no",
          "-compallsen",
          "yes",
          "-beam",
          kWideBeam,
          "-pbeam",
          kWideBeam,
          "-wbeam",
          kWideBeam,
          nullptr
      )
  );
  std::unique_ptr<ps_decoder_s, Freer> decoder(config ? ps_init(config.get()) : nullptr);
  if (!decoder) return failed("PocketSphinx cannot load it");
  SELFSAME_CHECK(add_words(decoder.get(), card));
  return DigitRecogniser(std::move(decoder));
}

Result<HeardDigits> DigitRecogniser::recognise(
    std::span<const std::int16_t> samples, std::span<const std::string> expected
) const {
  const std::size_t length = expected.front().size();
  GrammarOfDigits as_many(decoder_.get(), length);
  for (std::size_t i = 0; i < length; ++i) as_many.allow_any(i, i + 1);
  SELFSAME_TRY(likeliest, hear(decoder_.get(), as_many, samples));
  HeardDigits heard{.digits = std::move(likeliest.digits), .likelihood_ratios = {}};
  for (const auto& code : expected) {
    GrammarOfDigits these(decoder_.get(), length);
    for (std::size_t i = 0; i < length; ++i) these.allow(i, i + 1, code[i]);
    SELFSAME_TRY(forced, hear(decoder_.get(), these, samples));
    heard.likelihood_ratios.push_back(
        (forced.score - likeliest.score) / static_cast<double>(length)
    );
  }
  return heard;
}

}  // namespace selfsame::vision
