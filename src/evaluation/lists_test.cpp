// SPDX-License-Identifier: Apache-2.0
// The text files that people write: lists of pairs, label fixes.
#include <gtest/gtest.h>

#include <string>

#include "evaluation/labels_fix.h"
#include "evaluation/pairs_file.h"
#include "evaluation/text_lines.h"

namespace selfsame::evaluation {
namespace {

TEST(Pairs, ReadsTheFormatOfLfw) {
  const auto pairs =
      parse_pairs("2\t1\nAnn_Veneman\t3\t5\nAbe\t1\tBob\t12\nCid\t1\t2\nAbe\t1\tCid\t2\n");
  ASSERT_TRUE(pairs) << pairs.error().detail;
  ASSERT_EQ(pairs->size(), 4U);
  EXPECT_EQ((*pairs)[0].image_a, "Ann_Veneman/Ann_Veneman_0003.jpg");
  EXPECT_EQ((*pairs)[0].image_b, "Ann_Veneman/Ann_Veneman_0005.jpg");
  EXPECT_TRUE((*pairs)[0].genuine);
  EXPECT_EQ((*pairs)[1].image_b, "Bob/Bob_0012.jpg");
  EXPECT_FALSE((*pairs)[1].genuine);
  EXPECT_EQ((*pairs)[1].fold, 0);
  EXPECT_EQ((*pairs)[3].fold, 1);
}

TEST(Pairs, ReadsOneUnfoldedSetOfLfw) {
  const auto pairs = parse_pairs("1\r\nAbe\t1\t2\r\nAbe\t1\tBob\t1\r\n");
  ASSERT_TRUE(pairs) << pairs.error().detail;
  EXPECT_EQ((*pairs)[1].fold, -1);
}

TEST(Pairs, ReadsLabelledLines) {
  const auto pairs =
      parse_pairs("# a list\n\na/1.jpg b/2.jpg 0\n  a/1.jpg   a/2.jpg 1\na b/1.jpg\tc.jpg\t0");
  ASSERT_TRUE(pairs) << pairs.error().detail;
  ASSERT_EQ(pairs->size(), 3U);
  EXPECT_FALSE((*pairs)[0].genuine);
  EXPECT_TRUE((*pairs)[1].genuine);
  EXPECT_EQ((*pairs)[2].image_a, "a b/1.jpg");
  EXPECT_EQ((*pairs)[2].fold, -1);
}

TEST(Pairs, RefusesWhatIsNoList) {
  const std::string long_name(100'000, 'x');
  for (const std::string& text : {
           std::string(),
           std::string("\n\n"),
           std::string("# nothing\n"),
           std::string("10\t300\n"),
           std::string("2\t1\nA\t1\t2\nA\t1\tB\t1\n"),        // half of what it promises
           std::string("1\nA\t1\t2\nA\t1\tB\t1\nA\t1\t2\n"),  // more than it promises
           std::string("1\nA\t1\tB\t1\nA\t1\t2\n"),           // in the wrong order
           std::string("1\nA\t1\t-2\nA\t1\tB\t1\n"),
           std::string("1\nA\t1\t2x\nA\t1\tB\t1\n"),
           std::string("1\n../A\t1\t2\nA\t1\tB\t1\n"),
           std::string("1\n..\t1\t2\nA\t1\tB\t1\n"),
           std::string("1\nA\t1\t99999999999999999999\nA\t1\tB\t1\n"),
           std::string("1\nA\t1\t1\nA\t1\tB\t1\n"),  // an image beside itself
           std::string("0\n"),
           std::string("0 300\n"),
           std::string("99999999\n"),
           std::string("a.jpg b.jpg\n"),
           std::string("a.jpg b.jpg 2\n"),
           std::string("a.jpg b.jpg yes\n"),
           std::string("a.jpg b.jpg 1 1\n"),
           std::string("/etc/passwd b.jpg 1\n"),
           std::string("a/../../b.jpg c.jpg 1\n"),
           std::string("a.jpg a.jpg 1\n"),
           std::string("a.jpg b\x01.jpg 1\n"),
           std::string("a.jpg\0b c.jpg 1\n", 16),
           std::string("\xff\xd8\xff\xe0\0\x10JFIF", 10),
           long_name,
       }) {
    const auto pairs = parse_pairs(text);
    EXPECT_FALSE(pairs) << text.substr(0, 60);
    if (!pairs) EXPECT_EQ(pairs.error().code, Errc::malformed_request);
  }
}

TEST(Pairs, NamesTheLine) {
  const auto pairs = parse_pairs("a b 1\n\na c 7\n");
  ASSERT_FALSE(pairs);
  EXPECT_EQ(pairs.error().detail, "line 3: the label is neither 0 nor 1");
}

TEST(LabelsFix, OmitsAndMerges) {
  const auto fix = LabelsFix::parse(
      "# what\tA\tB\nomit\tAnja_Paerson_0001\t\nsame\tA\tB\nsame\tB\tC\nsame\tD\tA\nsame\tC\tA\n"
  );
  ASSERT_TRUE(fix) << fix.error().detail;
  EXPECT_TRUE(fix->omits("Anja_Paerson/Anja_Paerson_0001.jpg"));
  EXPECT_FALSE(fix->omits("Anja_Paerson/Anja_Paerson_0002.jpg"));
  for (const char* name : {"A", "B", "C"}) EXPECT_EQ(fix->person_of(name), fix->person_of("D"));
  EXPECT_EQ(fix->person_of("E"), "E");
}

TEST(LabelsFix, RefusesOtherLines) {
  for (const char* text : {"omit", "omit\t\t", "same\tA", "same\tA\t", "drop\tA", "omit\tA\tB"}) {
    EXPECT_FALSE(LabelsFix::parse(text)) << text;
  }
}

TEST(ReadFile, FailsByValue) {
  EXPECT_FALSE(read_file("/nowhere/at/all", 10));
  EXPECT_FALSE(read_file("/tmp", 10));
}

}  // namespace
}  // namespace selfsame::evaluation
