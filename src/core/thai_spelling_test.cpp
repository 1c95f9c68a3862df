// SPDX-License-Identifier: Apache-2.0
#include "core/thai_spelling.h"

#include <gtest/gtest.h>

namespace selfsame::core {
namespace {

const std::vector<Area> kProvinces = {
    {"กรุงเทพมหานคร", {{"บางรัก", {{"สีลม", {}}, {"สุริยวงศ์", {}}}}}},
    {"เชียงใหม่", {{"เมืองเชียงใหม่", {{"สุเทพ", {}}, {"ช้างม่อย", {}}}}, {"แม่ริม", {{"ริมใต้", {}}}}}},
    {"เชียงราย", {{"เมืองเชียงราย", {{"เวียง", {}}}}}},
    {"นครราชสีมา", {{"เมืองนครราชสีมา", {{"บ้านใหม่", {}}, {"ในเมือง", {}}}}}},
    {"น่าน", {}},
    {"แพร่", {}},
};

std::string spelled(std::string_view address) {
  return with_area_names(address, kProvinces);
}

TEST(ThaiSpelling, MisreadNamesOfPlacesAreThoseOfTheirArea) {
  EXPECT_EQ(
      spelled("14/5 หมู่ที่ 11 ต.บ้านใหม่ อ. เมองนครราชสีมา จุนครราชสีมา"),
      "14/5 หมู่ที่ 11 ต.บ้านใหม่ อ.เมืองนครราชสีมา จ.นครราชสีมา"
  );
  EXPECT_EQ(
      spelled("386 หมู่ที่ 7 ตสเทพ อ.เมื่อ งเชียงใหม่ จ.เชี่ยงใหม่"),
      "386 หมู่ที่ 7 ต.สุเทพ อ.เมืองเชียงใหม่ จ.เชียงใหม่"
  );
  EXPECT_EQ(spelled("324/5 แขวงสีลม เขต์บางรัก กรุง เทพมหานคร"), "324/5 แขวงสีลม เขตบางรัก กรุงเทพมหานคร");
  EXPECT_EQ(
      spelled("1 ตำบลสุเทพ อำเภอเมืองเชียงใหม จังหวัดเชียงใหม่"),
      "1 ตำบลสุเทพ อำเภอเมืองเชียงใหม่ จังหวัดเชียงใหม่"
  );
  EXPECT_EQ(spelled("จ.เชียงใหม"), "จ.เชียงใหม่");
  EXPECT_EQ(spelled("5 หมู่ที 4 ถุพหลโยธิน จ.น่าน"), "5 หมู่ที่ 4 ถ.พหลโยธิน จ.น่าน");
  EXPECT_EQ(spelled("5 หมู่บ้าน ถุ้ง จ.น่าน"), "5 หมู่บ้าน ถุ้ง จ.น่าน");
  EXPECT_EQ(
      spelled("9 ตคบ้านโห้ม อ.เมืองนครราชสีมา จ.นครราชสีมา"), "9 ต.บ้านใหม่ อ.เมืองนครราชสีมา จ.นครราชสีมา"
  );
}

TEST(ThaiSpelling, WhatIsLikeNoPlaceStaysAsItWasRead) {
  for (const char* address : {
           "",
           "9 ถ.พหลโยธิน",
           "9 ต.สุเทพ อ.หางดง จ.พะเยา",
           "9 ต.สุเทพ  อ.หางดง จ.เชียงใหม่",  // a district that is not known
           "9 ต.ป่าแดด อ.เมืองเชียงใหม่ จ.เชียงใหม่",
       }) {
    EXPECT_EQ(spelled(address), address);
  }
  // As near to one as to another.
  EXPECT_EQ(spelled("จ.เชียง"), "จ.เชียง");
  EXPECT_EQ(with_area_names("จ.เชียงใหม่", {}), "จ.เชียงใหม่");
  const std::string long_one(5000, 'a');
  EXPECT_EQ(spelled(long_one), long_one);
  EXPECT_EQ(spelled("\xff จ.น่าน"), "\xff จ.น่าน");
}

TEST(ThaiSpelling, OneOfAFewWords) {
  const std::vector<std::string> known = {"พุทธ", "อิสลาม", "คริสต์"};
  for (const char* read : {"พุทธ", "ฟุทธิ", "ฟู ทธ", "ฟพิทธ์", "พทธ."}) {
    EXPECT_EQ(nearest_of(read, known), "พุทธ") << read;
  }
  EXPECT_EQ(nearest_of("คริสต", known), "คริสต์");
  EXPECT_EQ(nearest_of("ซิกข์", known), "ซิกข์");
  EXPECT_EQ(nearest_of("", known), "");
}

TEST(ThaiSpelling, FiguresAreFoundAndKeepTheirStrokes) {
  EXPECT_TRUE(is_figures("141/5"));
  for (const char* none : {"", "/", "12 ", "ต1"}) EXPECT_FALSE(is_figures(none)) << none;
  const auto found = find_figures("ที่ 1 4 ที่ 1 41/5", "141/5", 0);
  ASSERT_TRUE(found);
  EXPECT_EQ(std::string("ที่ 1 4 ที่ 1 41/5").substr(found->from), "1 41/5");
  EXPECT_FALSE(find_figures("11 7", "11", 1));
  EXPECT_FALSE(find_figures("11", "", 0));
  EXPECT_EQ(with_strokes("27815", "278/5"), "278/5");
  EXPECT_EQ(with_strokes("324/5", "325"), "324/5");
  EXPECT_EQ(with_strokes("146/1", "166/1"), "146/1");
}

TEST(ThaiSpelling, AYearOfTheBuddhistEra) {
  for (const char* thai : {"2 a.A.2568", "15 W.81. 2546", "28 1.0.2576"})
    EXPECT_TRUE(ends_with_buddhist_year(thai)) << thai;
  for (const char* other :
       {"", "2568", "2 Aug. 2025", "1169-10-08182568", "2 a.A.2768", "2568 a.A."})
    EXPECT_FALSE(ends_with_buddhist_year(other)) << other;
}

TEST(ThaiSpelling, ATextBeginsWithItsTitle) {
  const std::vector<std::string> titles = {"นาย", "นาง", "น.ส.", "นางสาว", "ด.ช."};
  const auto from = [&](std::string_view text) {
    return from_opening(text, titles).value_or("none");
  };
  EXPECT_EQ(from("จข่อ นาย สมชาย บุญมา"), "นาย สมชาย บุญมา");
  EXPECT_EQ(from("น.ส. มาลี ทองดี"), "น.ส. มาลี ทองดี");
  EXPECT_EQ(from("นสมาลี ทองดี"), "น.ส. มาลี ทองดี");
  EXPECT_EQ(from("น.ส มาลี ทองดี"), "น.ส. มาลี ทองดี");
  EXPECT_EQ(from("๑น.สี. จันทร์เพ็ญ สุขสวัสดิ์"), "น.ส. จันทร์เพ็ญ สุขสวัสดิ์");
  EXPECT_EQ(from("น.า.งสาว มาลี ทองดี"), "นางสาว มาลี ทองดี");  // the longest
  EXPECT_EQ(from("มาลี นสทองดี"), "none") << "not at the beginning";
  EXPECT_EQ(from("สมชาย บุญมา"), "none");
  EXPECT_EQ(from("นส"), "none") << "and nobody's name";
  EXPECT_EQ(from(""), "none");
  EXPECT_EQ(from("\xff\xfe"), "none");
}

}  // namespace
}  // namespace selfsame::core
