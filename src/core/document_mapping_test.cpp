// SPDX-License-Identifier: Apache-2.0
#include "core/document_mapping.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>

namespace selfsame::core {
namespace {

using namespace std::chrono_literals;
using enum FieldPlace;

constexpr auto kToday = 2026y / 11 / 26;

/// A line of the usual height.
PlacedLine at(double left, double top, std::string text) {
  const double width = 0.02 * static_cast<double>(text.size());
  return {std::move(text), 0.99, left, top, left + width, top + 0.05};
}

FieldRule text(std::string name, std::vector<std::string> labels) {
  FieldRule rule;
  rule.name = std::move(name);
  rule.labels = std::move(labels);
  rule.places = {same_line, right, below};
  return rule;
}

FieldRule date(std::string name, std::vector<std::string> labels) {
  FieldRule rule = text(std::move(name), std::move(labels));
  rule.kind = FieldKind::date;
  return rule;
}

DocumentTemplate card(std::vector<FieldRule> fields) {
  DocumentTemplate document;
  document.type = "Card";
  document.side = "front";
  document.marks = {{{"SPECIMEN CARD"}, 3}, {{"Name"}, 1}};
  document.fields = std::move(fields);
  return document;
}

std::string value_of(const DocumentFields& fields, std::string_view name) {
  const FieldValue* field = fields.find(name);
  return field == nullptr ? "none" : field->value;
}

DocumentFields mapped(const std::vector<PlacedLine>& lines, const DocumentTemplate& document) {
  return map_fields(lines, document, nullptr, kToday);
}

/// ICAO Doc 9303 part 4, appendix A.
std::vector<std::string> specimen_zone() {
  return {
      "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<", "L898902C36UTO7408122F1204159ZE184226B<<<<<10"
  };
}

TEST(DocumentMapping, AValueStandsAfterBesideOrUnderItsLabel) {
  const auto document =
      card({date("date_of_birth", {"Date of birth"}), text("full_name", {"Name"})});
  const std::vector<std::vector<PlacedLine>> layouts = {
      {at(0.1, 0.2, "Name: TAN MEI LING"), at(0.1, 0.3, "Date of birth 03-06-1985")},
      {at(0.1, 0.2, "Name"),
       at(0.4, 0.2, ": TAN MEI LING"),
       at(0.1, 0.3, "Date of birth"),
       at(0.4, 0.3, ": 03-06-1985")},
      {at(0.1, 0.2, "Name"),
       at(0.1, 0.26, "TAN MEI LING"),
       at(0.1, 0.4, "Date of birth"),
       at(0.1, 0.46, "03-06-1985")},
  };
  for (const auto& lines : layouts) {
    const auto fields = mapped(lines, document);
    EXPECT_EQ(value_of(fields, "full_name"), "TAN MEI LING");
    EXPECT_EQ(value_of(fields, "date_of_birth"), "1985-06-03");
  }
}

TEST(DocumentMapping, AnotherLabelEndsAValue) {
  auto name = text("full_name", {"Name"});
  name.lines = 3;
  const auto document = card({name, text("race", {"Race"})});
  const auto fields = mapped(
      {at(0.1, 0.2, "Name"),
       at(0.1, 0.26, "TAN MEI LING"),
       at(0.1, 0.33, "DOROTHY"),
       at(0.1, 0.4, "Race"),
       at(0.1, 0.46, "CHINESE")},
      document
  );
  EXPECT_EQ(value_of(fields, "full_name"), "TAN MEI LING DOROTHY");
  EXPECT_EQ(value_of(fields, "race"), "CHINESE");
}

TEST(DocumentMapping, WhatIsNotThereIsNotRead) {
  const auto document =
      card({date("date_of_birth", {"Date of birth"}), text("full_name", {"Name"})});
  EXPECT_TRUE(mapped({}, document).fields.empty());
  EXPECT_TRUE(mapped({at(0.1, 0.2, "Name"), at(0.1, 0.9, "TAN MEI LING")}, document).fields.empty()
  );
  EXPECT_TRUE(mapped({at(0.1, 0.2, "Date of birth: 31-02-1985")}, document).fields.empty());
}

TEST(DocumentMapping, APatternNeedsNoLabelAndStaysInItsZone) {
  FieldRule number;
  number.name = "document_number";
  number.kind = FieldKind::number;
  number.patterns = {"A999999(9)"};
  number.number_kind = IdNumberKind::hong_kong;
  number.zone = {0, 0.5, 1, 1};
  const auto low = mapped({at(0.6, 0.8, "A123456(3)")}, card({number}));
  EXPECT_EQ(value_of(low, "document_number"), "A123456(3)");
  EXPECT_TRUE(low.findings.empty());
  EXPECT_EQ(
      value_of(mapped({at(0.6, 0.1, "A123456(3)")}, card({number})), "document_number"), "none"
  );
  const auto wrong = mapped({at(0.6, 0.8, "A123456(4)")}, card({number}));
  ASSERT_EQ(wrong.findings.size(), 1U);
  EXPECT_EQ(wrong.findings[0].code, FindingCode::format);
  EXPECT_TRUE(wrong.findings[0].sure);
}

TEST(DocumentMapping, ANumberAndAPrintedFieldMustAgree) {
  FieldRule number = text("document_number", {"NIK"});
  number.kind = FieldKind::number;
  number.patterns = {"9999999999999999"};
  number.number_kind = IdNumberKind::indonesia;
  FieldRule sex = text("sex", {"Jenis Kelamin"});
  sex.kind = FieldKind::choice;
  sex.values = {{"PEREMPUAN", "F"}, {"LAKI-LAKI", "M"}};
  const auto document = card({number, sex, date("date_of_birth", {"Tgl Lahir"})});
  const auto read = [&](const char* of_sex, const char* birth) {
    return mapped(
        {at(0.1, 0.1, "NIK : 3273014506900003"),
         at(0.1, 0.2, std::string("Jenis Kelamin : ") + of_sex),
         at(0.1, 0.3, std::string("Tgl Lahir : ") + birth)},
        document
    );
  };
  EXPECT_TRUE(read("PEREMPUAN", "05-06-1990").findings.empty());
  ASSERT_EQ(read("LAKI-LAKI", "05-06-1990").findings.size(), 1U);
  EXPECT_EQ(read("LAKI-LAKI", "05-06-1990").findings[0].field, "sex");
  ASSERT_EQ(read("PEREMPUAN", "06-06-1990").findings.size(), 1U);
  EXPECT_EQ(read("PEREMPUAN", "06-06-1990").findings[0].code, FindingCode::consistency);
}

TEST(DocumentTemplates, TheOneWhoseMarksAreThere) {
  std::vector<DocumentTemplate> all = {card({}), card({})};
  all[1].marks = {{{"ANOTHER CARD", "AUTRE CARTE"}, 3}, {{"Name"}, 1}};
  const std::vector<PlacedLine> lines = {at(0.1, 0.1, "ANOTHER CARD"), at(0.1, 0.2, "Name")};
  const auto match = find_template(lines, all, nullptr);
  ASSERT_TRUE(match);
  EXPECT_EQ(match->index, 1U);
  EXPECT_DOUBLE_EQ(match->score, 1);
  EXPECT_FALSE(find_template(std::vector{at(0.1, 0.2, "Name")}, all, nullptr));
  EXPECT_FALSE(find_template({}, all, nullptr));
  EXPECT_EQ(find_template(std::vector{at(0.1, 0.1, "AUTRE CARTE")}, all, nullptr)->index, 1U);
}

TEST(DocumentTemplates, AZoneThatHoldsTellsTheType) {
  std::vector<DocumentTemplate> all = {card({}), card({})};
  all[1].zone_code = 'P';
  std::vector<std::string> zone = specimen_zone();
  const std::vector<PlacedLine> wording = {at(0.1, 0.1, "SPECIMEN CARD"), at(0.1, 0.2, "Name")};
  const Mrz passport = *parse_mrz(zone, kToday);
  EXPECT_EQ(find_template({}, all, &passport)->index, 1U);

  zone[1].back() = '5';
  const Mrz broken = *parse_mrz(zone, kToday);
  EXPECT_EQ(find_template({}, all, &broken)->index, 1U) << "most of it holds";
  EXPECT_EQ(find_template(wording, all, &broken)->index, 0U) << "wording that is surer goes first";

  Mrz visa = passport;
  visa.document_code = "V";
  EXPECT_FALSE(find_template(wording, std::span(all).last(1), &visa))
      << "no passport, whatever it says";
  EXPECT_EQ(find_template(wording, all, &visa)->index, 0U);
}

TEST(DocumentMapping, WhatIsElsewhereThanUsualIsSoughtAboutItsLabel) {
  FieldRule name = text("full_name", {"Name"});
  name.places = {right};
  name.zone = {0, 0, 1, 0.3};
  FieldRule sex = text("sex", {"Sex"});
  sex.places = {right};
  const auto document = card({name, sex});
  const auto fields = mapped(
      {at(0.1, 0.5, "Name"), at(0.1, 0.57, "TAN MEI LING"), at(0.1, 0.8, "Sex: F")}, document
  );
  EXPECT_EQ(value_of(fields, "full_name"), "TAN MEI LING");
  EXPECT_EQ(value_of(fields, "sex"), "F");
  const auto usual =
      mapped({at(0.1, 0.1, "Name"), at(0.4, 0.1, "TAN MEI LING"), at(0.1, 0.17, "LIM")}, document);
  EXPECT_EQ(value_of(usual, "full_name"), "TAN MEI LING") << "where it usually stands goes first";
}

TEST(DocumentMapping, AColonTellsMoreThanTheUsualLayout) {
  FieldRule name = text("full_name", {"Name"});
  name.places = {below};
  FieldRule race = text("race", {"Race"});
  race.places = {below};
  const auto fields = mapped(
      {at(0.1, 0.3, "Name: TAN AH KOW"), at(0.1, 0.37, "Race: CHINESE"), at(0.1, 0.44, "Sex: M")},
      card({name, race})
  );
  EXPECT_EQ(value_of(fields, "full_name"), "TAN AH KOW");
  EXPECT_EQ(value_of(fields, "race"), "CHINESE");
  const auto under = mapped({at(0.1, 0.3, "Name:"), at(0.1, 0.37, "TAN AH KOW")}, card({name}));
  EXPECT_EQ(value_of(under, "full_name"), "TAN AH KOW");
}

TEST(DocumentMapping, ADateIsNoPartOfAText) {
  FieldRule address = text("address", {"Address"});
  address.lines = 3;
  FieldRule place = text("place_of_birth", {"Place of birth"});
  place.places = {below, same_line};
  const auto document = card({address, place});
  const auto fields = mapped(
      {at(0.1, 0.2, "Address"),
       at(0.1, 0.27, "12/3 MOO 4"),
       at(0.1, 0.34, "11 ก.พ. 2565"),
       at(0.1, 0.6, "Place of birth: MANILA"),
       at(0.1, 0.67, "05 JUN 2019")},
      document
  );
  EXPECT_EQ(value_of(fields, "address"), "12/3 MOO 4");
  EXPECT_EQ(value_of(fields, "place_of_birth"), "MANILA");
}

TEST(DocumentMapping, ANumberingMayStandApart) {
  FieldRule address = text("address", {});
  address.item = "4";
  const auto fields = mapped({at(0.1, 0.5, "4."), at(0.2, 0.5, "JL SWADAYA 1")}, card({address}));
  EXPECT_EQ(value_of(fields, "address"), "JL SWADAYA 1");
}

TEST(DocumentMapping, AZonesLinesAreNoValues) {
  const auto document = card({text("issuing_authority", {"Authority"})});
  const std::vector<PlacedLine> lines = {
      at(0.1, 0.5, "Authority"), at(0.1, 0.57, "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<")
  };
  EXPECT_EQ(value_of(mapped(lines, document), "issuing_authority"), "none");
}

TEST(DocumentMapping, ThePageTellsTheCenturyOfABirth) {
  const auto document = card({date("date_of_birth", {"Date of birth"})});
  auto zone = specimen_zone();
  zone[1].replace(13, 7, "1101018");
  zone[1].back() = '0';
  for (char& last = zone[1].back(); !parse_mrz(zone, kToday)->is_valid() && last < '9';) ++last;
  const Mrz mrz = *parse_mrz(zone, kToday);
  ASSERT_TRUE(mrz.is_valid());
  const auto born = [&](std::string printed) {
    return value_of(
        map_fields({{at(0.1, 0.3, std::move(printed))}}, document, &mrz, kToday), "date_of_birth"
    );
  };
  EXPECT_EQ(born("01.01.1911"), "1911-01-01");
  EXPECT_EQ(born("02.01.1911"), "2011-01-01") << "another date";
  EXPECT_EQ(born("01.01.11"), "2011-01-01") << "tells none";
}

TEST(DocumentMapping, TheOnlyOtherDateOfAPageIsTheDayOfIssue) {
  const auto document = card(
      {date("date_of_birth", {"Date of birth"}),
       date("date_of_expiry", {"Date of expiry"}),
       date("date_of_issue", {"Date of issue"})}
  );
  const Mrz mrz = *parse_mrz(specimen_zone(), kToday);
  const auto issued = [&](const std::vector<PlacedLine>& lines) {
    return value_of(map_fields(lines, document, &mrz, kToday), "date_of_issue");
  };
  EXPECT_EQ(issued({at(0.1, 0.3, "12 AUG 74"), at(0.1, 0.4, "16 APR 07")}), "2007-04-16");
  EXPECT_EQ(issued({at(0.1, 0.4, "16 APR/AVR"), at(0.31, 0.4, "07")}), "2007-04-16");
  EXPECT_EQ(issued({at(0.1, 0.4, "16 APR 07"), at(0.1, 0.5, "17 APR 07")}), "none");
  EXPECT_EQ(issued({at(0.1, 0.4, "16 APR 1970"), at(0.1, 0.5, "16 APR 2015")}), "none");
}

TEST(DocumentMapping, ADoubtfulZoneSaysWhatThePageDoesNot) {
  auto document = card(
      {text("surname", {"Surname"}),
       text("given_names", {"Given names"}),
       date("date_of_birth", {"Date of birth"})}
  );
  auto zone = specimen_zone();
  zone[1].back() = '5';
  const Mrz mrz = *parse_mrz(zone, kToday);
  const std::vector<PlacedLine> lines = {
      at(0.1, 0.3, "Surname"), at(0.1, 0.37, "ERICSON"), at(0.1, 0.5, "Anna Maria")
  };
  EXPECT_EQ(value_of(map_fields(lines, document, &mrz, kToday), "date_of_birth"), "none")
      << "of a document without a zone";
  document.zone_code = 'P';
  const auto fields = map_fields(lines, document, &mrz, kToday);
  EXPECT_EQ(value_of(fields, "surname"), "ERICSON");
  EXPECT_EQ(value_of(fields, "given_names"), "Anna Maria") << "as printed";
  EXPECT_EQ(value_of(fields, "date_of_birth"), "1974-08-12");
  EXPECT_EQ(fields.findings.size(), 1U);
}

TEST(DocumentMapping, ACommaAfterASurnameIsNotOfIt) {
  const auto document = card({text("surname", {"Surname"})});
  const Mrz mrz = *parse_mrz(specimen_zone(), kToday);
  const auto fields = map_fields({{at(0.1, 0.3, "ERIKSSON,")}}, document, &mrz, kToday);
  EXPECT_EQ(value_of(fields, "surname"), "ERIKSSON");
}

TEST(DocumentMapping, NarrowPiecesOfARowAreTakenOnce) {
  FieldRule name = text("full_name", {});
  name.zone = {0, 0, 1, 1};
  const std::vector<PlacedLine> lines = {
      {"I", 0.99, 0.500, 0.2, 0.504, 0.25}, {"L", 0.99, 0.502, 0.2, 0.506, 0.25}
  };
  EXPECT_NE(value_of(mapped(lines, card({name})), "full_name"), "none");
}

TEST(DocumentMapping, ALowSignBeginsARow) {
  FieldRule name = text("full_name", {"氏名"});
  name.script = FieldScript::han;
  name.joined_closely = true;
  const PlacedLine low{"一", 0.99, 0.2, 0.22, 0.24, 0.235};
  const PlacedLine high{"郎", 0.99, 0.32, 0.2, 0.36, 0.25};
  const PlacedLine label{"氏名", 0.99, 0.05, 0.2, 0.1, 0.25};
  EXPECT_EQ(value_of(mapped({label, low, high}, card({name})), "full_name"), "一郎");
}

TEST(DocumentMapping, ANumberLeavesItsRowToOthers) {
  FieldRule number = text("document_number", {});
  number.kind = FieldKind::number;
  number.patterns = {"A999999(9)"};
  FieldRule issued = date("date_of_issue", {});
  issued.patterns = {"99-99-99"};
  const std::vector<PlacedLine> lines = {at(0.4, 0.80, "06-09-24"), at(0.6, 0.805, "Y858082(9)")};
  const auto fields = mapped(lines, card({number, issued}));
  EXPECT_EQ(value_of(fields, "document_number"), "Y858082(9)");
  EXPECT_EQ(value_of(fields, "date_of_issue"), "2024-09-06");
  // Where it stands in two pieces, it takes both.
  const std::vector<PlacedLine> apart = {at(0.4, 0.8, "Y858"), at(0.5, 0.8, "082(9)")};
  EXPECT_EQ(value_of(mapped(apart, card({number})), "document_number"), "Y858082(9)");
}

TEST(DocumentMapping, ANumberGoesOnInTheNextPiece) {
  FieldRule code = text("name_code", {});
  code.kind = FieldKind::number;
  code.patterns = {"9999 9999 9999", "9999 9999"};
  const std::vector<PlacedLine> lines = {at(0.1, 0.2, "2733 5364"), at(0.3, 0.2, "0948")};
  EXPECT_EQ(value_of(mapped(lines, card({code})), "name_code"), "2733 5364 0948");
  EXPECT_EQ(value_of(mapped({lines[0]}, card({code})), "name_code"), "2733 5364");
}

TEST(DocumentMapping, ASecondRuleIsForWhereTheFirstFoundNothing) {
  const auto document =
      card({date("date_of_birth", {"Date of Birth"}), date("date_of_birth", {"Geboren"})});
  const auto first = at(0.1, 0.2, "Geboren 04-06-1985");
  const auto second = at(0.1, 0.4, "Date of Birth 03-06-1985");
  const auto both = mapped({first, second}, document);
  EXPECT_EQ(value_of(both, "date_of_birth"), "1985-06-03");
  EXPECT_EQ(both.fields.size(), 1U);
  EXPECT_EQ(value_of(mapped({first}, document), "date_of_birth"), "1985-06-04");
}

TEST(DocumentMapping, ATextBeginsWhereItsRuleSays) {
  FieldRule name = text("full_name_local", {});
  name.script = FieldScript::thai;
  name.from = {"นาย", "นาง"};
  const auto read = [&](std::string line) {
    return value_of(mapped({at(0.1, 0.2, std::move(line))}, card({name})), "full_name_local");
  };
  EXPECT_EQ(read("จข่อ นาย สมชาย บุญมา"), "นาย สมชาย บุญมา");
  EXPECT_EQ(read("นาง สมหญิง แก้วมณี"), "นาง สมหญิง แก้วมณี");
  EXPECT_EQ(read("สมชาย บุญมา"), "none");
  // The rest of the row may be a piece by itself.
  const std::vector<PlacedLine> row = {
      {"นาย สมชาย", 0.99, 0.1, 0.2, 0.3, 0.25}, {"บุญมา", 0.99, 0.32, 0.2, 0.4, 0.25}
  };
  EXPECT_EQ(value_of(mapped(row, card({name})), "full_name_local"), "นาย สมชาย บุญมา");
}

TEST(DocumentMapping, SignsOfOtherRegionsAreTheDocumentsOwn) {
  auto document = card({text("full_name", {"姓名"})});
  document.signs = {{"黃", "黄"}};
  EXPECT_EQ(value_of(mapped({at(0.1, 0.2, "姓名 黃静")}, document), "full_name"), "黄静");
}

TEST(DocumentMapping, NamesArePrintedAndCheckedAgainstTheZone) {
  // ICAO Doc 9303 part 4, appendix A.
  const std::vector<std::string> zone = {
      "P<UTOERIKSSON<<SOEREN<MARIA<<<<<<<<<<<<<<<<<", "L898902C36UTO7408122F1204159ZE184226B<<<<<10"
  };
  const Mrz mrz = *parse_mrz(zone, kToday);
  const auto document = card({text("surname", {"Surname"}), text("given_names", {"Given names"})});
  // Labels that stand wrongly lead to the wrong line.
  const auto fields = map_fields(
      std::vector{
          at(0.1, 0.2, "Surname"),
          at(0.1, 0.26, "S0REN MARIA"),
          at(0.1, 0.4, "Given names"),
          at(0.1, 0.46, "UTOPIAN"),
          at(0.6, 0.2, "ERIKSSON")
      },
      document,
      &mrz,
      kToday
  );
  EXPECT_EQ(value_of(fields, "surname"), "ERIKSSON");
  EXPECT_EQ(value_of(fields, "given_names"), "SØREN MARIA");
  EXPECT_TRUE(fields.findings.empty());
  // Nothing is printed: the zone's.
  const auto unseen = map_fields({}, document, &mrz, kToday);
  EXPECT_EQ(value_of(unseen, "given_names"), "SOEREN MARIA");
  EXPECT_TRUE(unseen.findings.empty());
  // Another person's name is printed.
  const auto forged = map_fields(
      std::vector{
          at(0.1, 0.2, "Surname"),
          at(0.1, 0.26, "ERIKSSON"),
          at(0.1, 0.4, "Given names"),
          at(0.1, 0.46, "GUSTAV ADOLF")
      },
      document,
      &mrz,
      kToday
  );
  ASSERT_EQ(forged.findings.size(), 1U);
  EXPECT_EQ(forged.findings[0].code, FindingCode::consistency);
  EXPECT_EQ(forged.findings[0].field, "given_names");
}

TEST(DocumentMapping, OfNamesThatTheZoneHasNoRoomForEitherMayBeCut) {
  const std::vector<std::string> zone = {
      "P<UTOKUMARATUNGA<WICKREM<<CHANDRIKA<BANDARAN", "L898902C36UTO7408122F1204159ZE184226B<<<<<10"
  };
  const Mrz mrz = *parse_mrz(zone, kToday);
  const auto document = card({text("surname", {"Surname"}), text("given_names", {"Given names"})});
  const auto fields = map_fields(
      std::vector{
          at(0.1, 0.2, "Surname"),
          at(0.1, 0.26, "KUMARATUNGA WICKREMESINGHE"),
          at(0.1, 0.4, "Given names"),
          at(0.1, 0.46, "CHANDRIKA BANDARANAIKE")
      },
      document,
      &mrz,
      kToday
  );
  EXPECT_EQ(value_of(fields, "surname"), "KUMARATUNGA WICKREMESINGHE");
  EXPECT_EQ(value_of(fields, "given_names"), "CHANDRIKA BANDARANAIKE");
}

TEST(DocumentMapping, BlanksBetweenKnownWordsAreFoundAgain) {
  FieldRule classes = text("licence_classes", {"Class"});
  classes.words = {"2", "2A", "2B", "3", "3A"};
  const auto read = [&](const std::string& line) {
    return value_of(
        mapped({at(0.1, 0.2, "Class"), at(0.3, 0.2, line)}, card({classes})), "licence_classes"
    );
  };
  EXPECT_EQ(read("2B2A3"), "2B 2A 3");
  EXPECT_EQ(read("2B 3A"), "2B 3A");
  EXPECT_EQ(read("2B 4"), "2B 4");  // not of its words: as it is
}

TEST(DocumentMapping, NoDateBeforeItsTime) {
  FieldRule born = date("date_of_birth", {});
  born.patterns = {"99-99-9999"};
  FieldRule expires = date("date_of_expiry", {});
  expires.in_future = true;
  const std::vector<PlacedLine> lines = {at(0.1, 0.2, "02-07-3880"), at(0.1, 0.4, "22-01-2051")};
  const auto fields = mapped(lines, card({born, expires}));
  EXPECT_EQ(value_of(fields, "date_of_birth"), "none");
  EXPECT_EQ(value_of(fields, "date_of_expiry"), "2051-01-22");
}

TEST(DocumentMapping, ATextIsWhatItMeans) {
  FieldRule blood = text("blood_type", {"Blood type"});
  blood.values = {{"0+", "O+"}};
  EXPECT_EQ(value_of(mapped({at(0.1, 0.2, "Blood type: 0+")}, card({blood})), "blood_type"), "O+");
  EXPECT_EQ(value_of(mapped({at(0.1, 0.2, "Blood type: A+")}, card({blood})), "blood_type"), "A+");
}

TEST(DocumentMapping, OnlyWhatMayBeAValueIsReadAgain) {
  FieldRule sex = text("sex", {"Sex"});
  sex.kind = FieldKind::choice;
  sex.values = {{"FEMALE", "F"}, {"MALE", "M"}};
  const auto document = card({text("full_name", {"Name"}), sex});
  const std::vector<PlacedLine> lines = {
      at(0.1, 0.1, "Specimen Card"),
      at(0.1, 0.2, "1. Name"),
      at(0.1, 0.3, "TAN ME1 LING"),
      at(0.1, 0.4, "Sex FEMALE"),
      at(0.1, 0.5, "FEMAL3"),
      at(0.1, 0.6, "(2) Name LIM"),
  };
  EXPECT_EQ(lines_of_values(lines, document), (std::vector<std::size_t>{2, 4, 5}));
  EXPECT_EQ(value_of(mapped(lines, document), "full_name"), "TAN ME1 LING");
}

TEST(DocumentMapping, TheEditionIsTheLastThatBeganByItsIssue) {
  FieldRule edition;
  edition.name = "variant";
  edition.kind = FieldKind::edition;
  edition.values = {{"2003-06-23", "first"}, {"2018-11-26", "second"}};
  const auto document = card({edition, date("date_of_issue", {"Date of issue"})});
  const auto of = [&](const std::string& issued) {
    return value_of(mapped({at(0.1, 0.2, "Date of issue " + issued)}, document), "variant");
  };
  EXPECT_EQ(of("22-06-2003"), "none");
  EXPECT_EQ(of("23-06-2003"), "first");
  EXPECT_EQ(of("25-11-2018"), "first");
  EXPECT_EQ(of("26-11-2018"), "second");
  EXPECT_EQ(of("26-13-2018"), "none");
}

TEST(DocumentMapping, ABirthDateThatIsNoDateAgreesWithNoNumber) {
  FieldRule number = text("document_number", {"No"});
  number.kind = FieldKind::number;
  number.patterns = {"999999999999999999"};
  number.number_kind = IdNumberKind::mainland_china;
  const auto fields = mapped(
      {at(0.05, 0.2, "No 110105194912310021"), at(0.05, 0.4, "Born ABCDEFGHIJ")},
      card({number, text("date_of_birth", {"Born"})})
  );
  EXPECT_EQ(value_of(fields, "date_of_birth"), "ABCDEFGHIJ");
  EXPECT_TRUE(std::ranges::any_of(fields.findings, [](const DocumentFinding& finding) {
    return finding.field == "date_of_birth" && finding.code == FindingCode::consistency;
  }));
}

TEST(DocumentMapping, HostileLinesAreBorne) {
  auto name = text("full_name", {"Name"});
  name.lines = 8;
  const auto document = card({name});
  EXPECT_TRUE(mapped({at(0.1, 0.1, std::string(1'000'000, 'N'))}, document).fields.empty());
  (void)mapped(std::vector<PlacedLine>(5'000, at(0.1, 0.1, "Name Name Name")), document);
  PlacedLine nowhere = at(0.1, 0.1, "Name X");
  nowhere.left = nowhere.top = std::numeric_limits<double>::quiet_NaN();
  (void)mapped({nowhere, nowhere}, document);
}

TEST(DocumentMapping, WhatATextCanOnlyBeMendsIt) {
  FieldRule religion = text("religion", {"Religion"});
  religion.one_of = {"พุทธ", "อิสลาม"};
  FieldRule address = text("address", {"Address"});
  address.areas = std::make_shared<const std::vector<Area>>(
      std::vector<Area>{{"เชียงใหม่", {{"แม่ริม", {{"ริมใต้", {}}}}}}}
  );
  const auto document = card({religion, address});
  const auto line = [](double top, std::string text) {
    return PlacedLine{std::move(text), 0.99, 0.1, top, 0.9, top + 0.05};
  };
  const auto fields =
      mapped({line(0.2, "Religion ฟุทธิ"), line(0.3, "Address 9 ต.ริมใต อแม่ริม จ.เชี่ยงใหม่")}, document);
  EXPECT_EQ(value_of(fields, "religion"), "พุทธ");
  EXPECT_EQ(value_of(fields, "address"), "9 ต.ริมใต้ อ.แม่ริม จ.เชียงใหม่");
}

TEST(DocumentMapping, ALineUnderTheLabelComesBeforeOneFurtherDown) {
  FieldRule address = text("address", {"Address"});
  address.lines = 2;
  const auto fields = mapped(
      {at(0.1, 0.2, "Address"),
       at(0.32, 0.2, "9 JALAN BESAR"),
       at(0.1, 0.26, "CHENDERIANG"),
       at(0.32, 0.31, "03-06-1985")},
      card({address})
  );
  EXPECT_EQ(value_of(fields, "address"), "9 JALAN BESAR CHENDERIANG");
}

}  // namespace
}  // namespace selfsame::core
