// SPDX-License-Identifier: Apache-2.0
#include "vision/digit_recogniser.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

#include "vision/decode_sound.h"
#include "vision/spoken_test.h"

namespace selfsame::vision {
namespace {

using test::speech_card;
using test::spoken;
using test::words_of;

std::vector<std::int16_t> samples_of(ByteView video) {
  auto sound = decode_sound(video, {});
  EXPECT_TRUE(sound);
  return sound ? std::move(sound->samples) : std::vector<std::int16_t>{};
}

struct Heard {
  std::string digits;
  double likelihood_ratio = 0;
};

// As core/speech_decision.cpp has it.
bool is_taken(double likelihood_ratio, const std::string& code) {
  return likelihood_ratio * static_cast<double>(code.size()) >= -20;
}

Heard heard_in(std::span<const std::int16_t> samples, const std::string& expected) {
  const auto recogniser = DigitRecogniser::create(speech_card());
  EXPECT_TRUE(recogniser) << recogniser.error().detail;
  auto heard = recogniser->recognise(samples, {&expected, 1}).value();
  return {std::move(heard.digits), heard.likelihood_ratios.front()};
}

TEST(DigitRecogniser, HearsWhatIsSaidAndTellsItFromOtherDigits) {
  if (!test::espeak_is_here()) GTEST_SKIP() << "espeak-ng is not installed";
  const auto recogniser = DigitRecogniser::create(speech_card());
  ASSERT_TRUE(recogniser);
  int taken = 0;
  for (const std::string code : {"3715", "0826", "94160"}) {
    std::vector<std::string> codes{code, code};
    for (char& digit : codes[1]) digit = static_cast<char>('0' + (digit - '0' + 3) % 10);
    for (std::size_t i = 0; i < code.size(); ++i) {
      codes.push_back(code);
      codes.back()[i] = codes[1][i];
    }
    const auto heard = recogniser->recognise(samples_of(spoken(words_of(code))), codes).value();
    EXPECT_TRUE(is_taken(heard.likelihood_ratios[0], code)) << code << ' ' << heard.digits;
    EXPECT_TRUE(std::isnan(heard.likelihood_ratios[1])) << code << ' ' << heard.digits;
    for (std::size_t i = 2; i < codes.size(); ++i) {
      taken += is_taken(heard.likelihood_ratios[i], code) ? 1 : 0;
    }
  }
  EXPECT_LE(taken, 2) << "of 13 codes with one other digit";
}

TEST(DigitRecogniser, ScoresAreOfOneScale) {
  if (!test::espeak_is_here()) GTEST_SKIP() << "espeak-ng is not installed";
  const auto samples = samples_of(spoken(words_of("3715")));
  const auto recogniser = DigitRecogniser::create(speech_card());
  ASSERT_TRUE(recogniser);
  const std::vector<std::string> codes = {"3725", "3115", "3715", "3725"};
  const auto heard = recogniser->recognise(samples, codes).value();
  for (const double ratio : heard.likelihood_ratios) EXPECT_LE(ratio, 0);
  // What was heard before changes nothing.
  EXPECT_EQ(heard.likelihood_ratios.front(), heard.likelihood_ratios.back());
  const auto again = recogniser->recognise(samples, codes).value();
  EXPECT_EQ(again.digits, heard.digits);
  EXPECT_EQ(again.likelihood_ratios, heard.likelihood_ratios);
}

TEST(DigitRecogniser, HearsOhForZero) {
  if (!test::espeak_is_here()) GTEST_SKIP() << "espeak-ng is not installed";
  const auto samples = samples_of(spoken("five, oh, two, seven"));
  const double right = heard_in(samples, "5027").likelihood_ratio;
  for (const std::string other : {"5827", "5427", "5127"}) {
    EXPECT_FALSE(heard_in(samples, other).likelihood_ratio >= right - 10) << other;
  }
}

TEST(DigitRecogniser, FindsNoCodeInOtherSounds) {
  const std::string code = "3715";
  const std::vector<std::int16_t> silence(32'000, 0);
  std::vector<std::int16_t> noise(48'000);
  std::mt19937 random(5);
  std::ranges::generate(noise, [&random] {
    return static_cast<std::int16_t>(static_cast<int>(random() % 16'000) - 8'000);
  });
  std::vector<std::int16_t> square(48'000);
  for (std::size_t i = 0; i < square.size(); ++i) square[i] = i / 40 % 2 == 0 ? 32'767 : -32'768;
  for (const auto& samples : {silence, noise, square, {}, std::vector<std::int16_t>(7, 100)}) {
    EXPECT_FALSE(is_taken(heard_in(samples, code).likelihood_ratio, code)) << samples.size();
  }
}

TEST(DigitRecogniser, NamesWhatTheCardHasWrong) {
  auto card = speech_card();
  card.acoustic_model = "/nowhere";
  auto recogniser = DigitRecogniser::create(card);
  ASSERT_FALSE(recogniser);
  EXPECT_EQ(recogniser.error().code, Errc::engine_failed);
  EXPECT_NE(recogniser.error().detail.find("/nowhere"), std::string::npos);
  card = speech_card();
  card.digits[4] = {"F QQ R"};
  recogniser = DigitRecogniser::create(card);
  ASSERT_FALSE(recogniser);
  EXPECT_NE(recogniser.error().detail.find("F QQ R"), std::string::npos);
}

}  // namespace
}  // namespace selfsame::vision
