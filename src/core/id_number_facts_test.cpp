// SPDX-License-Identifier: Apache-2.0
#include "core/id_number_facts.h"

#include <gtest/gtest.h>

namespace selfsame::core {
namespace {

using enum IdNumberKind;

TEST(IdNumberFacts, BirthAndSex) {
  const NumberFacts mainland = facts_of(mainland_china, "11010519491231002X");
  EXPECT_EQ(mainland.birth_date, (ShortDate{49, 12, 31}));
  EXPECT_EQ(mainland.sex, 'F');
  const NumberFacts mykad = facts_of(malaysia, "850603145677");
  EXPECT_EQ(mykad.birth_date, (ShortDate{85, 6, 3}));
  EXPECT_EQ(mykad.sex, 'M');
  const NumberFacts woman = facts_of(indonesia, "3273014506900003");
  EXPECT_EQ(woman.birth_date, (ShortDate{90, 6, 5}));
  EXPECT_EQ(woman.sex, 'F');
  EXPECT_EQ(facts_of(indonesia, "3273010506900003").sex, 'M');
}

TEST(IdNumberFacts, OtherNumbersSayNothing) {
  for (const char* number : {"", "A1234563", "85060314567", "8506031456777", "1101051949123100"}) {
    for (const IdNumberKind kind : {mainland_china, malaysia, hong_kong, thailand}) {
      const NumberFacts facts = facts_of(kind, number);
      EXPECT_FALSE(facts.birth_date) << number;
      EXPECT_EQ(facts.sex, '\0') << number;
    }
  }
  EXPECT_FALSE(facts_of(indonesia, "327301450690000X").birth_date);
}

}  // namespace
}  // namespace selfsame::core
