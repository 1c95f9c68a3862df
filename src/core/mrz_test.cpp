// SPDX-License-Identifier: Apache-2.0
#include "core/mrz.h"

#include <gtest/gtest.h>

namespace selfsame::core {
namespace {

using namespace std::chrono_literals;
using Lines = std::vector<std::string>;

constexpr auto kToday = 2026y / 11 / 26;

// The specimens of Doc 9303 parts 4 to 7.
const Lines kTd3 = {
    "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<", "L898902C36UTO7408122F1204159ZE184226B<<<<<10"
};
const Lines kTd2 = {"I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<", "D231458907UTO7408122F1204159<<<<<<<6"};
const Lines kTd1 = {
    "I<UTOD231458907<<<<<<<<<<<<<<<",
    "7408122F1204159UTO<<<<<<<<<<<6",
    "ERIKSSON<<ANNA<MARIA<<<<<<<<<<"
};
const Lines kMrvA = {
    "V<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<", "L8988901C4XXX4009078F96121096ZE184226B<<<<<<"
};
const Lines kMrvB = {
    "V<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<", "L8988901C4XXX4009078F9612109<<<<<<<<"
};

Mrz parsed(const Lines& lines) {
  auto zone = parse_mrz(lines, kToday);
  EXPECT_TRUE(zone) << lines.front();
  return zone ? *zone : Mrz{};
}

TEST(Mrz, ReadsAPassport) {
  const Mrz zone = parsed(kTd3);
  EXPECT_EQ(zone.format, MrzFormat::td3);
  EXPECT_EQ(zone.document_code, "P");
  EXPECT_EQ(zone.issuing_state, "UTO");
  EXPECT_EQ(zone.surname, "ERIKSSON");
  EXPECT_EQ(zone.given_names, "ANNA MARIA");
  EXPECT_EQ(zone.number, "L898902C3");
  EXPECT_EQ(zone.nationality, "UTO");
  EXPECT_EQ(zone.birth_date, 1974y / 8 / 12);
  EXPECT_EQ(zone.sex, "F");
  EXPECT_EQ(zone.expiry_date, 2012y / 4 / 15);
  EXPECT_EQ(zone.optional_data, "ZE184226B");
  EXPECT_TRUE(zone.is_valid());
  for (const MrzCheck check : zone.checks.all()) EXPECT_EQ(check, MrzCheck::right);
}

TEST(Mrz, ReadsCardsAndVisas) {
  const Mrz td1 = parsed(kTd1);
  const Mrz td2 = parsed(kTd2);
  EXPECT_EQ(td1.format, MrzFormat::td1);
  EXPECT_EQ(td2.format, MrzFormat::td2);
  for (const Mrz& zone : {td1, td2}) {
    EXPECT_TRUE(zone.is_valid()) << name_of(zone.format);
    EXPECT_EQ(zone.number, "D23145890") << name_of(zone.format);
    EXPECT_EQ(zone.given_names, "ANNA MARIA");
    EXPECT_EQ(zone.checks.composite, MrzCheck::right);
  }
  const Mrz mrv_a = parsed(kMrvA);
  const Mrz mrv_b = parsed(kMrvB);
  EXPECT_EQ(mrv_a.format, MrzFormat::mrv_a);
  EXPECT_EQ(mrv_b.format, MrzFormat::mrv_b);
  EXPECT_EQ(mrv_a.optional_data, "6ZE184226B");
  for (const Mrz& zone : {mrv_a, mrv_b}) {
    EXPECT_TRUE(zone.is_valid()) << name_of(zone.format);
    EXPECT_EQ(zone.number, "L8988901C");
    EXPECT_EQ(zone.checks.composite, MrzCheck::absent);
  }
}

// Doc 9303 part 5: the number D23145890734 with check digit 9.
TEST(Mrz, ALongNumberGoesOnInTheOptionalData) {
  const Mrz zone = parsed(
      {"I<UTOD23145890<7349<<<<<<<<<<<",
       "3407127M9507122UTO<<<<<<<<<<<2",
       "STEVENSON<<PETER<JOHN<<<<<<<<<"}
  );
  EXPECT_EQ(zone.number, "D23145890734");
  EXPECT_EQ(zone.checks.number, MrzCheck::right);
  EXPECT_EQ(zone.optional_data, "");
  EXPECT_TRUE(zone.is_valid());
}

TEST(Mrz, YearsOfTwoDigits) {
  const auto born = [](const std::string& date, const std::string& expiry = "310415") {
    const std::string check(1, mrz_check_digit(date));
    Lines lines = kTd2;
    lines[1] = "D231458907UTO" + date + check + "F" + expiry + "9<<<<<<<6";
    return parsed(lines).birth_date;
  };
  EXPECT_EQ(born("261126"), 2026y / 11 / 26);            // today
  EXPECT_EQ(born("261127"), 1926y / 11 / 27);            // tomorrow cannot be
  EXPECT_EQ(born("121212", "110629"), 1912y / 12 / 12);  // after the expiry neither
  EXPECT_EQ(born("000229"), 2000y / 2 / 29);
  EXPECT_FALSE(born("010229"));
  EXPECT_FALSE(born("741332"));
  EXPECT_FALSE(born("74<<<<"));
}

TEST(Mrz, UnknownPartsOfADateAreFillers) {
  Lines lines = kMrvB;
  lines[1] = "L8988901C4XXX40<<<<" + std::string(1, mrz_check_digit("40<<<<")) + "<9612109<<<<<<<<";
  const Mrz zone = parsed(lines);
  EXPECT_TRUE(zone.is_valid());
  EXPECT_FALSE(zone.birth_date);
  EXPECT_EQ(zone.sex, "");
}

TEST(Mrz, ThePersonalNumbersDigitMayBeLeftOutWithTheNumberOnly) {
  const auto with = [](const std::string& personal, char digit) {
    Lines lines = kTd3;
    std::string second = "L898902C36UTO7408122F1204159" + personal + digit;
    const std::string composite =
        second.substr(0, 10) + second.substr(13, 7) + second.substr(21, 22);
    lines[1] = second + mrz_check_digit(composite);
    return parsed(lines);
  };
  EXPECT_EQ(with("<<<<<<<<<<<<<<", '<').checks.personal_number, MrzCheck::absent);
  EXPECT_TRUE(with("<<<<<<<<<<<<<<", '<').is_valid());
  EXPECT_EQ(with("<<<<<<<<<<<<<<", '0').checks.personal_number, MrzCheck::right);
  EXPECT_EQ(with("ZE184226B<<<<<", '<').checks.personal_number, MrzCheck::wrong);
  EXPECT_FALSE(with("ZE184226B<<<<<", '<').is_valid());
}

TEST(Mrz, GermanyHasOneLetter) {
  const Mrz zone = parsed(
      {"IDD<<T220001293<<<<<<<<<<<<<<<",
       "6408125<2010315D<<<<<<<<<<<<<4",
       "MUSTERMANN<<ERIKA<<<<<<<<<<<<<"}
  );
  EXPECT_EQ(zone.issuing_state, "D");
  EXPECT_EQ(zone.nationality, "D");
  EXPECT_TRUE(zone.is_valid());
}

// Every digit that is changed by itself is found: by its field's check digit or the composite.
TEST(Mrz, ACheckDigitFindsEverySingleWrongDigit) {
  for (const Lines& lines : {kTd1, kTd2, kTd3, kMrvA, kMrvB}) {
    const std::size_t line = lines.size() == 3 ? 1 : lines.size() - 1;
    const std::size_t end = lines.size() == 3 ? 15 : 28;
    for (std::size_t at = 0; at < end; ++at) {
      const char was = lines[line][at];
      if (was < '0' || was > '9') continue;
      for (char c = '0'; c <= '9'; ++c) {
        if (c == was) continue;
        Lines changed = lines;
        changed[line][at] = c;
        EXPECT_FALSE(parsed(changed).is_valid()) << changed[line];
      }
    }
  }
}

TEST(Mrz, LettersMustStandWhereLettersMust) {
  const auto valid_with = [](std::size_t line, std::size_t at, char c) {
    Lines lines = kTd3;
    lines[line][at] = c;
    return parsed(lines).is_valid();
  };
  EXPECT_TRUE(valid_with(0, 5, 'A'));
  EXPECT_FALSE(valid_with(0, 6, '1'));   // in the name
  EXPECT_FALSE(valid_with(0, 5, '<'));   // no name
  EXPECT_FALSE(valid_with(0, 3, '7'));   // in the state
  EXPECT_FALSE(valid_with(0, 2, '<'));   // no state
  EXPECT_FALSE(valid_with(1, 11, '7'));  // in the nationality
  EXPECT_FALSE(valid_with(1, 20, 'Q'));  // sex
}

TEST(Mrz, WhatIsNoZoneIsRefused) {
  const auto refused = [](const Lines& lines) { return !parse_mrz(lines, kToday); };
  EXPECT_TRUE(refused({}));
  EXPECT_TRUE(refused({kTd3[0]}));
  EXPECT_TRUE(refused({kTd3[0], kTd3[1], kTd3[1]}));
  EXPECT_TRUE(refused({kTd3[0], kTd3[1].substr(1)}));
  EXPECT_TRUE(refused({kTd3[0], kTd3[1] + "<"}));
  EXPECT_TRUE(refused({kTd3[1], kTd3[0]}));  // upside down
  EXPECT_TRUE(refused({kTd3[0], kTd2[1]}));
  EXPECT_TRUE(refused({"", "", ""}));
  for (const char c : {'p', ' ', '\0', '\n', '\x80', '-'}) {
    Lines lines = kTd3;
    lines[1][30] = c;
    EXPECT_TRUE(refused(lines)) << static_cast<int>(c);
  }
  Lines other = kTd3;
  other[0][0] = 'X';
  EXPECT_TRUE(refused(other));
}

// ── As a reader makes it out ────────────────────────────────────────────────────────────────────

TEST(MrzFound, AmongOtherLines) {
  Lines read = {
      "PASSPORT", "UTOPIA", "L898902C3", "Place of birth / Lieu de naissance ZENITH 12 AUG 1974"
  };
  read.insert(read.end(), kTd3.begin(), kTd3.end());
  const auto zone = find_mrz(read, kToday);
  ASSERT_TRUE(zone);
  EXPECT_TRUE(zone->is_valid());
  EXPECT_EQ(zone->lines, kTd3);
  for (const Lines& lines : {kTd1, kTd2, kMrvA, kMrvB}) {
    ASSERT_TRUE(find_mrz(lines, kToday)) << lines.front();
    EXPECT_EQ(find_mrz(lines, kToday)->lines, lines);
  }
}

TEST(MrzFound, FillersAreCountedAnew) {
  const auto zone = find_mrz(
      Lines{
          "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<",
          "L898902C36UTO7408122F1204159ZE184226B<<<<<<<10"
      },
      kToday
  );
  ASSERT_TRUE(zone);
  EXPECT_EQ(zone->lines, kTd3);
  EXPECT_TRUE(zone->is_valid());
}

TEST(MrzFound, LookAlikesAreTakenByTheClassOfTheField) {
  const auto zone = find_mrz(
      Lines{
          "P<UT0ERIKSS0N«ANNA<MARIA<<<<<<<<<<<<<<<<<<<",
          "L898902C36UTO74O8I22F12O4159ZE184226B<<<<<1O"
      },
      kToday
  );
  ASSERT_TRUE(zone);
  EXPECT_EQ(zone->lines, kTd3);
}

// What could be a letter or a digit stays as it was read, although another reading would please the
// check digits.
TEST(MrzFound, NothingIsRepaired) {
  const auto zone =
      find_mrz(Lines{kTd3[0], "L8989O2C36UTO7408122F1204159ZE184226B<<<<<10"}, kToday);
  ASSERT_TRUE(zone);
  EXPECT_EQ(zone->number, "L8989O2C3");
  EXPECT_EQ(zone->checks.number, MrzCheck::wrong);
  EXPECT_FALSE(zone->is_valid());
}

TEST(MrzFound, AnotherReadersWordIsTakenWhereItsCheckDigitsHold) {
  const std::vector<std::string> right = {
      "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<", "L898902C36UTO7408122F1204159ZE184226B<<<<<10"
  };
  const std::vector<std::string> wrong = {right[0], "L898902G36UTO7408122F1204159ZE184226B<<<<<10"};
  const std::vector<std::string> other = {"P<UTOERIKSSDN<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<", right[1]};
  const auto zone = find_mrz(wrong, other, kToday);
  ASSERT_TRUE(zone);
  EXPECT_EQ(zone->lines, right);  // only the last line is the other reader's
  EXPECT_FALSE(find_mrz(wrong, wrong, kToday)->is_valid());
  EXPECT_EQ(find_mrz(right, wrong, kToday)->lines, right);
  EXPECT_FALSE(find_mrz(wrong, {}, kToday)->is_valid());
}

TEST(MrzFound, ThePageMayTellTheNumbersLetters) {
  const Mrz misread =
      *find_mrz(Lines{kTd3[0], "L8989O2C36UTO7408122F1204159ZE184226B<<<<<10"}, kToday);
  const auto mended = with_printed_number(misread, Lines{"Passport No", "L898902C3"}, kToday);
  ASSERT_TRUE(mended);
  EXPECT_EQ(mended->lines, kTd3);
  EXPECT_FALSE(with_printed_number(misread, Lines{"L8989O2C3"}, kToday)) << "no other reading";
  EXPECT_FALSE(with_printed_number(misread, Lines{"L898902G3"}, kToday)) << "digits do not hold";
  EXPECT_FALSE(with_printed_number(misread, Lines{"A123456"}, kToday));
  EXPECT_FALSE(with_printed_number(misread, {}, kToday));
}

TEST(MrzFound, FillersUpsideDown) {
  EXPECT_TRUE(has_inverted_fillers("9>>>>>>>>>791E01EW8201121"));
  EXPECT_TRUE(has_inverted_fillers("VVVVVVVVVVV09HNHVV"));
  EXPECT_FALSE(has_inverted_fillers("P<UTOERIKSSON<<ANNA<MARIA<<<<"));
}

TEST(MrzFound, FillersThatLookLikeOtherSigns) {
  for (const char* line : {"P<UTOERIKSSON<<ANNA", "PPSGPSMITH<ΛJOHN∧ΛΛΛΛΛ", "PPITASANTOSOΛΛΛΛ"})
    EXPECT_TRUE(has_fillers(line)) << line;
  for (const char* line : {"", "ΕΛΛΗΝΙΚΗ ΔΗΜΟΚΡΑΤΙΑ", "A < B"})
    EXPECT_FALSE(has_fillers(line)) << line;
  Lines roofs = {kTd3[0], kTd3[1]};
  for (auto at = roofs[0].find('<'); at != std::string::npos; at = roofs[0].find('<'))
    roofs[0].replace(at, 1, "Λ");
  const auto zone = find_mrz(roofs, kToday);
  ASSERT_TRUE(zone);
  EXPECT_EQ(zone->lines, kTd3);
}

TEST(MrzFound, OneLineReadTwiceIsNoZone) {
  EXPECT_FALSE(find_mrz(Lines{kTd3[1], kTd3[1]}, kToday));
  EXPECT_FALSE(find_mrz(Lines{kTd3[0], kTd3[0]}, kToday));
}

TEST(MrzFound, HostileLinesAreNoZone) {
  EXPECT_FALSE(find_mrz(Lines{}, kToday));
  EXPECT_FALSE(find_mrz(Lines(10'000, std::string(44, '<')), kToday));
  EXPECT_FALSE(find_mrz(Lines(3, std::string(1'000'000, 'P')), kToday));
  EXPECT_FALSE(find_mrz(Lines(3, "\xff\xfe\x80" + std::string(44, 'P')), kToday));
  EXPECT_FALSE(find_mrz(Lines{"P<UTO", "L8989"}, kToday));
}

}  // namespace
}  // namespace selfsame::core
