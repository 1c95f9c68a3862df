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

Heard heard_in(std::span<const std::int16_t> samples, const std::string& expected) {
  const auto recogniser = DigitRecogniser::create(speech_card());
  EXPECT_TRUE(recogniser) << recogniser.error().detail;
  auto heard = recogniser->recognise(samples, {&expected, 1}).value();
  return {std::move(heard.digits), heard.likelihood_ratios.front()};
}

TEST(DigitRecogniser, HearsWhatIsSaidAndTellsItFromOtherDigits) {
  if (!test::espeak_is_here()) GTEST_SKIP() << "espeak-ng is not installed";
  for (const std::string code : {"3715", "0826", "94160"}) {
    const auto samples = samples_of(spoken(words_of(code)));
    const auto right = heard_in(samples, code);
    EXPECT_EQ(right.digits.size(), code.size());
    EXPECT_GE(right.likelihood_ratio, -15) << code << " heard as " << right.digits;
    std::string other = code;
    for (char& digit : other) digit = static_cast<char>('0' + (digit - '0' + 3) % 10);
    EXPECT_FALSE(heard_in(samples, other).likelihood_ratio >= -15) << code << ' ' << other;
  }
}

TEST(DigitRecogniser, HearsOhForZero) {
  if (!test::espeak_is_here()) GTEST_SKIP() << "espeak-ng is not installed";
  const auto samples = samples_of(spoken("five, oh, two, seven"));
  const double right = heard_in(samples, "5027").likelihood_ratio;
  EXPECT_GE(right, -30);
  for (const std::string other : {"5827", "4027", "5621"}) {
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
    EXPECT_FALSE(heard_in(samples, code).likelihood_ratio >= -15) << samples.size();
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
