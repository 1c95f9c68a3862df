// SPDX-License-Identifier: Apache-2.0
#include "core/sms.h"

#include <gtest/gtest.h>

#include "core/country_codes.h"

namespace selfsame::core {
namespace {

std::string repeated(std::string_view text, std::size_t times) {
  std::string all;
  for (std::size_t i = 0; i < times; ++i) all += text;
  return all;
}

std::string joined(const SmsText& cut) {
  std::string text;
  for (const Bytes& segment : cut.segments) {
    text += cut.encoding == SmsEncoding::gsm7 ? text_of_gsm7(segment) : text_of_ucs2(segment);
  }
  return text;
}

TEST(SmsTextTest, CutsTheDefaultAlphabetAt160And153) {
  for (const auto& [characters, segments] :
       {std::pair<std::size_t, std::size_t>{1, 1},
        {160, 1},
        {161, 2},
        {306, 2},
        {307, 3},
        {3060, 20}}) {
    const auto cut = cut_into_segments(repeated("a", characters));
    ASSERT_TRUE(cut);
    EXPECT_EQ(cut->encoding, SmsEncoding::gsm7);
    EXPECT_EQ(cut->segments.size(), segments) << characters;
  }
  EXPECT_EQ(cut_into_segments(repeated("a", 3061)).error().code, Errc::payload_too_large);
}

TEST(SmsTextTest, CutsOtherAlphabetsAt70And67) {
  for (const auto& [characters, segments] :
       {std::pair<std::size_t, std::size_t>{1, 1}, {70, 1}, {71, 2}, {134, 2}, {135, 3}, {600, 9}
       }) {
    const std::string text = repeated("\u4E2D", characters);
    const auto cut = cut_into_segments(text);
    ASSERT_TRUE(cut);
    EXPECT_EQ(cut->encoding, SmsEncoding::ucs2);
    EXPECT_EQ(cut->segments.size(), segments) << characters;
    EXPECT_EQ(joined(*cut), text);
  }
}

TEST(SmsTextTest, KeepsCharactersWhole) {
  // An escaped character would begin as the last septet of a segment, a pair as its last unit.
  const std::string escaped = repeated("a", 152) + "\u20AC" + repeated("b", 20);
  const auto cut = cut_into_segments(escaped);
  ASSERT_TRUE(cut);
  ASSERT_EQ(cut->segments.size(), 2u);
  EXPECT_EQ(cut->segments[0].size(), 152u);
  EXPECT_EQ(joined(*cut), escaped);
  const std::string pair = repeated("\u4E2D", 66) + "\U0001F600" + repeated("\u4E2D", 10);
  const auto cut_pair = cut_into_segments(pair);
  ASSERT_TRUE(cut_pair);
  ASSERT_EQ(cut_pair->segments.size(), 2u);
  EXPECT_EQ(cut_pair->segments[0].size(), 132u);
  EXPECT_EQ(joined(*cut_pair), pair);
}

TEST(SmsTextTest, KnowsTheWholeAlphabet) {
  const std::string all =
      "@\u00A3$\u00A5\u00E8\u00E9\u00F9\u00EC\u00F2\u00C7\n\u00D8\u00F8\r\u00C5\u00E5\u0394_"
      "\u03A6\u0393\u039B\u03A9\u03A0"
      "\u03A8\u03A3\u0398\u039E\u00C6\u00E6\u00DF\u00C9 "
      "!\"#\u00A4%&'()*+,-./09:;<=>?\u00A1AZ\u00C4\u00D6\u00D1\u00DC\u00A7\u00BF"
      "az\u00E4\u00F6\u00F1\u00FC\u00E0\f^{}\\[~]|\u20AC";
  const auto cut = cut_into_segments(all);
  ASSERT_TRUE(cut);
  EXPECT_EQ(cut->encoding, SmsEncoding::gsm7);
  EXPECT_EQ(joined(*cut), all);
  EXPECT_EQ(cut_into_segments("@")->segments[0], Bytes{0});
  EXPECT_EQ(cut_into_segments("\u20AC")->segments[0], (Bytes{0x1B, 0x65}));
  for (const char* other : {"`", "\u00E7", "\t", "\u2019", "\uFFFF"}) {
    EXPECT_EQ(cut_into_segments(other)->encoding, SmsEncoding::ucs2) << other;
  }
}

TEST(SmsTextTest, RefusesWhatIsNoText) {
  EXPECT_EQ(cut_into_segments("").error().code, Errc::invalid_parameter);
  EXPECT_EQ(cut_into_segments("\xFF").error().code, Errc::invalid_parameter);
  EXPECT_EQ(text_of_gsm7(Bytes{0x80, 0x1B, 0x01, 0x1B}), "???");
  EXPECT_EQ(text_of_ucs2(Bytes{0xD8, 0x00, 0x00, 0x41, 0x00}), "?A");
}

TEST(PhoneNumberTest, TakesInternationalNumbers) {
  const auto number = phone_number_from("+628131234567");
  ASSERT_TRUE(number);
  EXPECT_EQ(number->digits, "628131234567");
  EXPECT_EQ(number->country_code, "62");
  EXPECT_EQ(number->country, "Indonesia");
  EXPECT_EQ(phone_number_from("85261234567")->country_code, "852");
  EXPECT_EQ(phone_number_from("12025550123")->country_code, "1");
  for (const char* bad :
       {"",
        "+",
        "abc",
        "123456",
        "1234567890123456",
        "0628131234567",
        "62 813 1234567",
        "++628131234567",
        "999123456789",
        "62813123456\xB2",
        "8701234567890"}) {
    EXPECT_FALSE(phone_number_from(bad)) << bad;
  }
}

TEST(PhoneNumberTest, NoCodeIsTheBeginningOfAnother) {
  for (const CountryCode& a : kCountryCodes) {
    for (const CountryCode& b : kCountryCodes) {
      EXPECT_TRUE(&a == &b || !b.digits.starts_with(a.digits)) << a.digits << " " << b.digits;
    }
  }
}

TEST(SenderIdTest, IsShort) {
  for (const char* good :
       {"", "1234", "123456789012345", "Alicloud", "Bank of X1", "ABCDEFGHIJK"}) {
    EXPECT_TRUE(is_sender_id(good)) << good;
  }
  for (const char* bad :
       {"1234567890123456", "ABCDEFGHIJKL", "12345678901A", " a", "a ", "a-b", "\u4E2D", "a\nb"}) {
    EXPECT_FALSE(is_sender_id(bad)) << bad;
  }
}

TEST(SmsStateTest, IsWhatTheSegmentsSay) {
  using enum SegmentState;
  const auto of = [](std::vector<SegmentState> segments) { return state_of(segments); };
  EXPECT_EQ(of({waiting}), SmsState::queued);
  EXPECT_EQ(of({accepted, waiting}), SmsState::queued);
  EXPECT_EQ(of({in_doubt, waiting}), SmsState::queued);
  EXPECT_EQ(of({sending, waiting}), SmsState::sending);
  EXPECT_EQ(of({accepted, accepted}), SmsState::submitted);
  EXPECT_EQ(of({delivered, accepted}), SmsState::submitted);
  EXPECT_EQ(of({delivered, in_doubt}), SmsState::unknown);
  EXPECT_EQ(of({accepted, in_doubt}), SmsState::unknown);
  EXPECT_EQ(of({delivered, delivered}), SmsState::delivered);
  EXPECT_EQ(of({delivered, undelivered}), SmsState::failed);
  EXPECT_EQ(of({refused, waiting}), SmsState::failed);
}

TEST(CentreIdTest, IsReadInEitherBase) {
  using Readings = std::vector<std::string>;
  EXPECT_EQ(
      readings_of_centre_id("1407832845"), (Readings{"1407832845", "53e9d30d", "86025381957"})
  );
  EXPECT_EQ(readings_of_centre_id("0053E9D30D"), (Readings{"53e9d30d", "1407832845"}));
  EXPECT_EQ(readings_of_centre_id("7"), Readings{"7"});
  EXPECT_EQ(readings_of_centre_id("00"), Readings{"0"});
  EXPECT_EQ(readings_of_centre_id("a-b_1"), Readings{"a-b_1"});
  EXPECT_EQ(readings_of_centre_id("ffffffffffffffffffff"), Readings{"ffffffffffffffffffff"});
}

TEST(TemplateTest, FillsEveryPlace) {
  const std::vector<std::pair<std::string, std::string>> values = {{"code", "12${x}"}, {"n", "5"}};
  EXPECT_EQ(*fill_template("Code ${code}, ${n} min ${", values), "Code 12${x}, 5 min ${");
  EXPECT_EQ(*fill_template("none", values), "none");
  const auto missing = fill_template("${code} ${other}", values);
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().detail, "other");
}

}  // namespace
}  // namespace selfsame::core
