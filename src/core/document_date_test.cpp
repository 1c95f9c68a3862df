// SPDX-License-Identifier: Apache-2.0
#include "core/document_date.h"

#include <gtest/gtest.h>

namespace selfsame::core {
namespace {

using enum DateOrder;

std::string read(std::string_view text, DateOrder order = day_month_year, int latest_year = 2026) {
  const auto date = read_date(text, order, latest_year);
  return date ? iso_date(*date) : "none";
}

TEST(DocumentDate, Figures) {
  EXPECT_EQ(read("03-06-1985"), "1985-06-03");
  EXPECT_EQ(read("03/06/1985", month_day_year), "1985-03-06");
  EXPECT_EQ(read("17/04/1988", month_day_year), "1988-04-17");  // there is no month of this number
  EXPECT_EQ(read("1985/06/03", year_month_day), "1985-06-03");
  EXPECT_EQ(read("1985/06/03", day_month_year), "1985-06-03");  // the year can be nothing else
  EXPECT_EQ(read("03-06-1985", year_month_day), "1985-06-03");
  EXPECT_EQ(read("Date of birth: 3.6.1985"), "1985-06-03");
  EXPECT_EQ(read("BANDUNG, 05-06-1990"), "1990-06-05");
  EXPECT_EQ(read("14/02/2023 - 13/02/2028"), "2023-02-14");
  EXPECT_EQ(read("２０２０－０１－３１", year_month_day), "2020-01-31");
}

TEST(DocumentDate, LostSeparators) {
  EXPECT_EQ(read("03061985"), "1985-06-03");
  EXPECT_EQ(read("19850603", year_month_day), "1985-06-03");
  EXPECT_EQ(read("030685"), "1985-06-03");
}

TEST(DocumentDate, YearsOfTwoDigits) {
  EXPECT_EQ(read("15-09-18"), "2018-09-15");
  EXPECT_EQ(read("15-09-27"), "1927-09-15");
  EXPECT_EQ(read("15-09-27", day_month_year, 2036), "2027-09-15");
}

TEST(DocumentDate, MonthsInWords) {
  EXPECT_EQ(read("12 AUG 1974"), "1974-08-12");
  EXPECT_EQ(read("12 Aug/Août 74"), "1974-08-12");
  EXPECT_EQ(read("JANUARY 01, 1990"), "1990-01-01");
  EXPECT_EQ(read("June 5 1990", day_month_year), "1990-06-05");
  EXPECT_EQ(read("5 Jun. 1990"), "1990-06-05");
  EXPECT_EQ(read("05JUN1990"), "1990-06-05");
  EXPECT_EQ(read("17 OKTOBER 2021"), "2021-10-17");
  EXPECT_EQ(read("26 0CT 1982"), "1982-10-26");  // a nought in place of the letter
  EXPECT_EQ(read("10JUN1990"), "1990-06-10");
  EXPECT_EQ(read("24 CEP/AUG 91"), "1991-08-24");  // after its name in another script
  EXPECT_EQ(read("12 AUG UTOPIA"), "none");
}

TEST(DocumentDate, BuddhistYears) {
  EXPECT_EQ(read("เกิดวันที่ 5 มิ.ย. 2533"), "1990-06-05");
  EXPECT_EQ(read("17 สิงหาคม 2564"), "2021-08-17");
  EXPECT_EQ(read("๑๗ ส.ค. ๒๕๖๔"), "2021-08-17");
  EXPECT_EQ(read("31 ม.ค. 2567"), "2024-01-31");
  EXPECT_EQ(read("31 มี.ค. 2567"), "2024-03-31");
  EXPECT_EQ(read("05/06/2533"), "1990-06-05");
  EXPECT_EQ(read("20 Ju|2025"), "2025-07-20");
  EXPECT_EQ(read("20 JuI 2025"), "2025-07-20");
  EXPECT_EQ(read("4 กุย. 2545"), "2002-09-04");  // a full stop seen as a vowel
  EXPECT_EQ(read("31 ธุค.2566"), "2023-12-31");
}

TEST(DocumentDate, JapaneseErasAndHanSigns) {
  EXPECT_EQ(read("1990年6月5日"), "1990-06-05");
  EXPECT_EQ(read("昭和61年5月1日生"), "1986-05-01");
  EXPECT_EQ(read("平成元年3月31日生"), "1989-03-31");
  EXPECT_EQ(read("令和01年05月07日 12345"), "2019-05-07");
  EXPECT_EQ(read("大正 15年 1月 2日"), "1926-01-02");
  EXPECT_EQ(read("2024年(令和06年)06月01日まで有効"), "2024-06-01");
  EXPECT_EQ(read("２０２４年（令和０６年）０６月０１日"), "2024-06-01");
}

TEST(DocumentDate, WhatIsNoDate) {
  for (const char* none :
       {"",
        "S1234567D",
        "30-02-1990",
        "31 ก.พ. 2533",
        "1990年13月5日",
        "12-345",
        "1-2-3",
        "000000",
        "SEUMUR HIDUP",
        "99999999999999999999",
        "年月日",
        "元年",
        "(年",
        "JAN",
        "\xff\xfe"}) {
    EXPECT_EQ(read(none), "none") << none;
  }
  EXPECT_EQ(read(std::string(1'000'000, '1')), "none");
}

TEST(DocumentDate, NumbersTooLargeForACalendarAreNoDate) {
  for (const char* const text :
       {"1990年257月1日", "1990年1月257日", "令和99999999年1月1日", "令和65536年1月1日"}) {
    EXPECT_FALSE(read_date(text, DateOrder::year_month_day, 2036)) << text;
  }
}

}  // namespace
}  // namespace selfsame::core
