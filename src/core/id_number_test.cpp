// SPDX-License-Identifier: Apache-2.0
#include "core/id_number.h"

#include <gtest/gtest.h>

namespace selfsame::core {
namespace {

NumberForm form_of(IdNumberKind kind, std::string_view written) {
  const auto number = normal_id_number(written);
  EXPECT_TRUE(number) << written;
  return check_id_number(kind, number.value_or(""));
}

TEST(IdNumber, IsComparedWithoutItsDecoration) {
  EXPECT_EQ(normal_id_number("a123456(3)"), "A1234563");
  EXPECT_EQ(normal_id_number(" 1 1012 34567 89 0 "), "1101234567890");
  EXPECT_EQ(normal_id_number("11010519491231002x"), "11010519491231002X");
  EXPECT_EQ(normal_id_number(std::string(kIdNumberBytesMax, '7')), std::string(32, '7'));
  for (const char* none : {"", "- -", "12/3", "12\n3", "\xef\xbc\x91", "'", "1;2"}) {
    EXPECT_FALSE(normal_id_number(none)) << none;
  }
  EXPECT_FALSE(normal_id_number(std::string(kIdNumberBytesMax + 1, '7')));
  EXPECT_FALSE(normal_id_number(std::string_view("1\0002", 3)));
}

// The standard's own examples.
TEST(IdNumber, MainlandChina) {
  using enum IdNumberKind;
  EXPECT_EQ(form_of(mainland_china, "11010519491231002X"), NumberForm::right);
  EXPECT_EQ(form_of(mainland_china, "440524188001010014"), NumberForm::right);
  for (const char* wrong :
       {"110105194912310021",  // another check digit
        "11010519491231002",   // short
        "11010519491331002X",  // no such month
        "1101051949123100X2",  // X elsewhere
        "11010519491231002XX"}) {
    EXPECT_EQ(form_of(mainland_china, wrong), NumberForm::wrong) << wrong;
  }
}

TEST(IdNumber, ACheckDigitFindsEverySingleError) {
  struct Sample {
    IdNumberKind kind;
    std::string number;
  };
  const Sample samples[] = {
      {IdNumberKind::mainland_china, "11010519491231002X"},
      {IdNumberKind::hong_kong, "A1234563"},
      {IdNumberKind::singapore, "S1234567D"}
  };
  for (const Sample& sample : samples) {
    ASSERT_EQ(check_id_number(sample.kind, sample.number), NumberForm::right) << sample.number;
    for (std::size_t at = 0; at < sample.number.size(); ++at) {
      if (sample.number[at] < '0' || sample.number[at] > '9') continue;
      for (char c = '0'; c <= '9'; ++c) {
        std::string changed = sample.number;
        changed[at] = c;
        if (changed == sample.number) continue;
        EXPECT_EQ(check_id_number(sample.kind, changed), NumberForm::wrong) << changed;
      }
    }
  }
}

TEST(IdNumber, Thailand) {
  using enum IdNumberKind;
  EXPECT_EQ(form_of(thailand, "1 1017 00230 70 8"), NumberForm::right);
  EXPECT_EQ(form_of(thailand, "1101700230707"), NumberForm::wrong);
  EXPECT_EQ(form_of(thailand, "110170023070"), NumberForm::wrong);
  EXPECT_EQ(form_of(thailand, "9101700230703"), NumberForm::doubtful);
}

TEST(IdNumber, HongKong) {
  using enum IdNumberKind;
  EXPECT_EQ(form_of(hong_kong, "A123456(3)"), NumberForm::right);
  // Printed specimens break the rule on purpose.
  EXPECT_EQ(form_of(hong_kong, "Z683365(5)"), NumberForm::wrong);
  EXPECT_EQ(form_of(hong_kong, "C668668(E)"), NumberForm::wrong);
  EXPECT_EQ(form_of(hong_kong, "1234567"), NumberForm::wrong);
}

/// What no second source confirmed is a warning, whatever is wrong with it.
TEST(IdNumber, RulesOfOneSourceOnlyWarn) {
  struct Sample {
    IdNumberKind kind;
    const char* right;
    const char* doubtful;
  };
  const Sample samples[] = {
      {IdNumberKind::malaysia, "850131-14-5678", "851331-14-5678"},
      {IdNumberKind::indonesia, "3171014101850001", "3171018501850001"},
      {IdNumberKind::indonesia_driving, "1234-5678-901234", "1234"},
      {IdNumberKind::philippines_vote, "1234-5678A-B1234ABC12345", "1234-5678-1234"},
      {IdNumberKind::philippines_driving, "A12-34-567890", "112-34-567890"},
      {IdNumberKind::philippines_tin, "123-456-789-000", "12345"},
      {IdNumberKind::philippines_sss, "12-3456789-0", "12-345"},
      {IdNumberKind::philippines_umid, "CRN-1234-1234567-1", "CRN-12"},
      {IdNumberKind::philippines_philsys, "1234-5678-9012-3456", "1234-5678-9012"},
      {IdNumberKind::japan_my_number, "123456789018", "123456789011"},
      {IdNumberKind::japan_driving, "123456789030", "123456789000"},
      {IdNumberKind::singapore, "T0000001E", "T0000001A"}
  };
  for (const Sample& sample : samples) {
    EXPECT_EQ(form_of(sample.kind, sample.right), NumberForm::right) << sample.right;
    EXPECT_EQ(form_of(sample.kind, sample.doubtful), NumberForm::doubtful) << sample.doubtful;
  }
}

TEST(IdNumber, KindsHaveNames) {
  for (const IdNumberKind kind : {IdNumberKind::mainland_china, IdNumberKind::japan_driving}) {
    EXPECT_EQ(id_number_kind_from(name_of(kind)), kind);
  }
  EXPECT_FALSE(id_number_kind_from("passport"));
}

TEST(IdNumber, AMaskedNumberShowsItsEnd) {
  EXPECT_EQ(masked_id_number("11010519491231002X"), "**************002X");
  EXPECT_EQ(masked_id_number("1234"), "****");
}

}  // namespace
}  // namespace selfsame::core
