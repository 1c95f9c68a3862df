// SPDX-License-Identifier: Apache-2.0
#include "core/document_text.h"

#include <gtest/gtest.h>

namespace selfsame::core {
namespace {

std::string found(std::string_view text, std::string_view wanted) {
  const auto range = find_wording(bare(text), bare(wanted).characters);
  return range ? std::string(text.substr(range->from, range->to - range->from)) : "none";
}

TEST(DocumentWording, IsFoundWhateverItsSpacing) {
  EXPECT_EQ(found("Date of Birth: 03-06-1985", "DATE OF BIRTH"), "Date of Birth");
  EXPECT_EQ(found("DateofBirth", "Date of Birth"), "DateofBirth");
  EXPECT_EQ(found("Tempat/Tgl. Lahir : BANDUNG", "Tempat/Tgl Lahir"), "Tempat/Tgl. Lahir");
  EXPECT_EQ(found("出生日期 Date of Birth", "出生日期"), "出生日期");
  EXPECT_EQ(found("ＰＡＳＳＰＯＲＴ", "PASSPORT"), "ＰＡＳＳＰＯＲＴ");
}

TEST(DocumentWording, OneErrorInSixCharacters) {
  EXPECT_EQ(found("Kewarqanegaraan : WNI", "Kewarganegaraan"), "Kewarqanegaraan");
  EXPECT_EQ(found("Dat of Birth", "Date of Birth"), "Dat of Birth");
  EXPECT_EQ(found("Nane", "Name"), "none");  // short ones must be right
  EXPECT_EQ(found("Date of Issue", "Date of Birth"), "none");
}

TEST(DocumentWording, WholeWordsOfLatinScriptOnly) {
  EXPECT_EQ(found("SURNAME", "NAME"), "none");
  EXPECT_EQ(found("Last Name", "Name"), "Name");
  EXPECT_EQ(found("NAMES", "NAME"), "none");
  EXPECT_EQ(found("NameTAN MEI LING", "NAME"), "Name");
  EXPECT_EQ(found("Licence NumberS7822584Z", "Licence Number"), "Licence Number");
  EXPECT_EQ(found("", "Name"), "none");
  EXPECT_EQ(found("Name", ""), "none");
  EXPECT_EQ(found("\xff\xfeName", "Name"), "none");
}

std::string fits(std::string_view text, std::string_view pattern) {
  const auto match = find_pattern(text, pattern);
  return match ? match->text : "none";
}

TEST(DocumentPattern, IsFoundInALine) {
  EXPECT_EQ(fits("A123456(3)", "A999999(9)"), "A123456(3)");
  EXPECT_EQ(fits("ID A123456 (3)", "A999999(9)"), "A123456(3)");
  EXPECT_EQ(fits("1 1017 00230 70 8", "9 9999 99999 99 9"), "1 1017 00230 70 8");
  EXPECT_EQ(fits("1101700230708", "9 9999 99999 99 9"), "1 1017 00230 70 8");
  EXPECT_EQ(fits("850603145677", "999999-99-9999"), "850603-14-5677");
  EXPECT_EQ(fits("（０６－７９）", "(99-99)"), "(06-79)");
}

TEST(DocumentPattern, LookAlikesAreTakenByTheirPlace) {
  EXPECT_EQ(fits("5I234567D", "A9999999A"), "S1234567D");
  EXPECT_EQ(fits("O3-O6-l985", "99-99-9999"), "03-06-1985");
  EXPECT_EQ(fits("A12345G(3)", "A999999(9)"), "A123456(3)");
}

TEST(DocumentPattern, IsNoPieceOfALongerRun) {
  EXPECT_EQ(fits("03-06-1985", "99-99-99"), "none");
  EXPECT_EQ(fits("12345678", "999999"), "none");
  EXPECT_EQ(fits("SINGAPORE 713479", "999999"), "713479");
  EXPECT_EQ(fits("03-06-1985 04-01-20", "99-99-99"), "04-01-20");
  EXPECT_EQ(fits("", "999999"), "none");
  EXPECT_EQ(fits("713479", ""), "none");
  EXPECT_EQ(fits("\xff", "9"), "none");
}

TEST(DocumentText, Tidied) {
  EXPECT_EQ(tidy(" : SITI   RAHAYU "), "SITI RAHAYU");
  EXPECT_EQ(tidy("：陳　大文"), "陳 大文");
  EXPECT_EQ(tidy(" : "), "");
  EXPECT_EQ(spaced("JL.MERDEKA NO.45,BANDUNG"), "JL. MERDEKA NO. 45, BANDUNG");
  EXPECT_EQ(spaced("JUAN D.CASTILLO D.I.YOGYAKARTA"), "JUAN D. CASTILLO D.I. YOGYAKARTA");
  EXPECT_EQ(in_figures("67O SISA BLK O 1O"), "670 SISA BLK O 1O");
  EXPECT_EQ(spaced("DEEPAA/P MUTHU"), "DEEPA A/P MUTHU");
  EXPECT_EQ(spaced("RAJA A/L MUTHU A/L"), "RAJA A/L MUTHU A/L");
  EXPECT_EQ(spaced("5A/P BAKERY/LAUNDRY"), "5A/P BAKERY/LAUNDRY");
  EXPECT_EQ(spaced("1.5 05.06.1990 A.B. END."), "1.5 05.06.1990 A.B. END.");
  EXPECT_EQ(in_capitals("CERAl MATl"), "CERAI MATI");
  EXPECT_EQ(in_capitals("Ali Mohd"), "Ali Mohd");
}

TEST(DocumentText, GapsThatEitherReaderSaw) {
  EXPECT_EQ(with_gaps("KHAIRULANWAR BIN ALI", "KHAIRUL ANWAR BINALI"), "KHAIRUL ANWAR BIN ALI");
  EXPECT_EQ(with_gaps("LAKSHMI AP MUTHU", "LAKSHMI A/P MUTHU"), "LAKSHMI A/P MUTHU");
  EXPECT_EQ(with_gaps("LAKSHMI A P", "LAKSHMI A/P"), "LAKSHMI A/P");
  EXPECT_EQ(with_gaps("LAKSHMI A/P", "LAKSHMI A P"), "LAKSHMI A/P");
  EXPECT_EQ(with_gaps("SITIAMINAH", "SITI AMINA"), "SITIAMINAH");
  EXPECT_EQ(with_gaps("", ""), "");
}

}  // namespace
}  // namespace selfsame::core
