// SPDX-License-Identifier: Apache-2.0
#include "core/mrz_name.h"

#include <gtest/gtest.h>

namespace selfsame::core {
namespace {

std::string matched(std::string_view printed, std::string_view coded, bool is_cut = false) {
  const auto match = match_name(printed, coded, is_cut);
  return match ? match->name : "none";
}

TEST(MrzName, NationalLettersAreTransliterated) {
  EXPECT_EQ(matched("MÜLLER", "MUELLER"), "MÜLLER");
  EXPECT_EQ(matched("MÜLLER", "MULLER"), "MÜLLER");
  EXPECT_EQ(matched("SØREN ÅGE", "SOEREN AAGE"), "SØREN ÅGE");
  EXPECT_EQ(matched("ŁUKASZ", "LUKASZ"), "ŁUKASZ");
  EXPECT_EQ(matched("Nuñez", "NUNXXEZ"), "Nuñez");
  EXPECT_EQ(matched("Groß", "GROSS"), "Groß");
  EXPECT_EQ(matched("ŞAHİN", "SAHIN"), "ŞAHİN");
  EXPECT_EQ(match_name("MÜLLER", "MUELLER", false)->errors, 0);
}

TEST(MrzName, AMarkMayBeTakenForAnother) {
  EXPECT_EQ(matched("ÁKERSTRÔM", "AAKERSTROEM"), "ÅKERSTRÖM");
  EXPECT_EQ(matched("NOÉL", "NOEL"), "NOÉL");
  EXPECT_EQ(matched("S∅REN", "SOEREN"), "SØREN");
}

TEST(MrzName, MarksThatAnotherReaderSaw) {
  EXPECT_EQ(with_marks("LEFEVRE", "LEFÈVRE"), "LEFÈVRE");
  EXPECT_EQ(with_marks("LEFÈVRE", "LÉFÉVRE"), "LÉFÈVRE");  // each keeps its own
  EXPECT_EQ(with_marks("LEFEVRE", "LEFÈVRES"), "LEFEVRE");
  EXPECT_EQ(with_marks("ANNA-MARIA", "ÁNNA MARIA"), "ANNA-MARIA");
  EXPECT_EQ(with_marks("J. L", "J. Ł"), "J. Ł");
  EXPECT_EQ(with_marks("", ""), "");
}

TEST(MrzName, SignsBetweenWords) {
  EXPECT_EQ(matched("O'CONNOR", "OCONNOR"), "O'CONNOR");
  EXPECT_EQ(matched("ANNA-MARIA", "ANNA MARIA"), "ANNA-MARIA");
  EXPECT_EQ(matched("ANNAMARIA", "ANNA MARIA"), "ANNA MARIA");
}

TEST(MrzName, WhatWasMisreadIsTheZones) {
  EXPECT_EQ(matched("Ž0FIE", "ZOFIE"), "ŽOFIE");
  EXPECT_EQ(matched("SOREN", "SOEREN"), "SØREN");
  EXPECT_EQ(matched("S0REN", "SOEREN"), "SØREN");
  EXPECT_EQ(matched("MULLER", "MUELLER"), "MÜLLER");
  EXPECT_EQ(matched("ERIKSSDN", "ERIKSSON"), "ERIKSSON");
  EXPECT_EQ(matched("SCHMIDT", "SCHMIDT"), "SCHMIDT");
}

TEST(MrzName, ACutNameGoesOn) {
  EXPECT_EQ(matched("PAPANDROPOULOUS", "PAPANDROP", true), "PAPANDROPOULOUS");
  EXPECT_EQ(matched("PAPANDROPOULOUS", "PAPANDROP"), "none");
}

TEST(MrzName, AnotherNameIsNone) {
  EXPECT_EQ(matched("FILIPINO", "WEI MING"), "none");
  EXPECT_EQ(matched("TAN", "LIM"), "none");
  EXPECT_EQ(matched("TAM", "TAN"), "none") << "a third of it";
  EXPECT_EQ(matched("", "TAN"), "none");
  EXPECT_EQ(matched("TAN", ""), "none");
  EXPECT_EQ(matched("\xff\xfe", "TAN"), "none");
  EXPECT_EQ(matched(std::string(1'000'000, 'A'), "TAN"), "none");
}

}  // namespace
}  // namespace selfsame::core
