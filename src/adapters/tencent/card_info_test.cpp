// SPDX-License-Identifier: Apache-2.0
#include "adapters/tencent/card_info.h"

#include <gtest/gtest.h>

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>

namespace selfsame::adapters::tencent {
namespace {

namespace json = boost::json;

json::object parsed(const Fields& fields) {
  return json::parse("{" + fields.json() + "}").as_object();
}

core::DocumentFields read(std::vector<core::FieldValue> values) {
  core::DocumentFields fields;
  fields.fields = std::move(values);
  return fields;
}

core::FieldValue field(std::string name, std::string value, std::vector<std::string> printed = {}) {
  core::FieldValue made;
  made.name = std::move(name);
  made.value = std::move(value);
  made.printed = std::move(printed);
  return made;
}

std::size_t filled(const json::object& cards) {
  std::size_t count = 0;
  for (const auto& [name, card] : cards) count += card.is_null() ? 0 : 1;
  return count;
}

TEST(CardInfo, HongKongDatesStayAsPrintedAndSexIsALetter) {
  const auto fields = read(
      {field("full_name", "CHAN, Tai Man", {"CHAN, Tai Man"}),
       field("date_of_birth", "1985-06-03", {"03-06-1985"}),
       field("sex", "F", {"女F"}),
       field("permanent_resident", "1"),
       field("variant", "HKID-2018")}
  );
  const json::object cards = parsed(card_info({"HKIDCard", fields}));
  EXPECT_EQ(filled(cards), 1U);
  const json::object& card = cards.at("HKIDCard").as_object();
  EXPECT_EQ(card.at("EnName"), "CHAN, Tai Man");
  EXPECT_EQ(card.at("Birthday"), "03-06-1985");
  EXPECT_EQ(card.at("Sex"), "F");
  EXPECT_EQ(card.at("Permanent"), "1");
  EXPECT_TRUE(card.at("CnName").is_null());
  const json::object normal = parsed(normal_card_info({"HKIDCard", fields}));
  EXPECT_EQ(normal.at("HKIDCard").at("FullName"), "CHAN, Tai Man");
  EXPECT_EQ(normal.at("HKIDCard").at("HKIDVersion"), "HKID-2018");
}

TEST(CardInfo, PlaceAndDateOfBirthAreOneField) {
  const auto fields = read(
      {field("place_of_birth", "JAKARTA", {"JAKARTA"}),
       field("date_of_birth", "1990-02-01", {"01-02-1990"})}
  );
  EXPECT_EQ(
      parsed(card_info({"IndonesiaIDCard", fields})).at("IndonesiaIDCard").at("TempatTglLahir"),
      "JAKARTA, 01-02-1990"
  );
}

TEST(CardInfo, LinesOfChineseAreJoinedClosely) {
  const auto fields = read(
      {field("address", "广东省深圳市南山区16室", {"广东省深圳市", "南山区16室"}),
       field("date_of_issue", "2017-11-03", {"2017.11.03"}),
       field("date_of_expiry", "permanent", {"长期"})}
  );
  const json::object normal = parsed(normal_card_info({"MainlandIDCard", fields}));
  const json::object& card = normal.at("MainlandIDCard").as_object();
  EXPECT_EQ(card.at("Address"), "广东省深圳市南山区16室");
  EXPECT_EQ(card.at("ValidDate"), "2017.11.03-长期");
}

TEST(CardInfo, ATypeWithoutAStructureIsAGeneralCard) {
  const auto fields = read(
      {field("full_name", "AHMAD BIN ALI", {"AHMAD BIN ALI"}),
       field("date_of_expiry", "2027-03-09", {"09/03/2027"}),
       field("address", "1 JALAN SATU 50000 KL", {"1 JALAN SATU", "50000 KL"})}
  );
  for (const json::object& cards :
       {parsed(card_info({"MLDrivingLicense", fields})),
        parsed(normal_card_info({"MLDrivingLicense", fields}))}) {
    EXPECT_EQ(filled(cards), 1U);
    const json::object& card = cards.at("GeneralCard").as_object();
    EXPECT_EQ(card.at("ExpirationDate"), "2027-03-09");
    EXPECT_EQ(card.at("Address").at("FormattedAddress"), "1 JALAN SATU 50000 KL");
    EXPECT_EQ(card.at("Address").at("LineTwo"), "50000 KL");
    EXPECT_TRUE(card.at("Address").at("LineThree").is_null());
  }
}

TEST(CardInfo, APassportHasItsMachineReadableZone) {
  const auto fields = read({field("nationality", "USA", {"UNITED STATES OF AMERICA"})});
  const std::vector<std::string> zone{"P<USAOCONNOR<<SIOBHAN", "71VMYK4HT7USA"};
  const json::object cards = parsed(card_info({"InternationalIDPassport", fields, zone}));
  const json::object& card = cards.at("InternationalIDPassport").as_object();
  EXPECT_EQ(card.at("PassportCodeFirst").as_string(), zone[0]);
  EXPECT_EQ(card.at("PassportCodeSecond").as_string(), zone[1]);
  EXPECT_EQ(card.at("NationalityCode"), "USA");
  const json::object without = parsed(card_info({"InternationalIDPassport", fields}));
  EXPECT_TRUE(without.at("InternationalIDPassport").at("PassportCodeFirst").is_null());
}

TEST(CardInfo, WithoutATypeNothingIsFilled) {
  EXPECT_EQ(filled(parsed(card_info({"", read({field("full_name", "X")})}))), 0U);
}

TEST(CardInfo, MarkupInAFieldStaysText) {
  const auto fields = read({field("full_name", "A\"},{\"x\":1", {"A\"},{\"x\":1"})});
  const json::object cards = parsed(card_info({"HKIDCard", fields}));
  EXPECT_EQ(cards.at("HKIDCard").at("EnName"), "A\"},{\"x\":1");
}

}  // namespace
}  // namespace selfsame::adapters::tencent
