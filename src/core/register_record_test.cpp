// SPDX-License-Identifier: Apache-2.0
#include "core/register_record.h"

#include <gtest/gtest.h>

#include "core/person_name.h"

namespace selfsame::core {
namespace {

const RegisterRecord kRecord{
    .number = "11010519491231002X",
    .name = "韦小宝",
    .validity = validity_from("20160607", "20260607")
};

RegisterQuery query() {
  return {.number = kRecord.number, .name = kRecord.name, .validity = {}, .wants_photo = false};
}

RegisterFinding judged(const RegisterQuery& asked, RegisterPhoto photo = RegisterPhoto::present) {
  return judge_register(asked, facts_of(asked, kRecord, photo));
}

TEST(PersonName, IsTheSameHoweverItIsSpaced) {
  EXPECT_TRUE(is_same_name("Wei  Xiaobao ", "wei xiaobao"));
  EXPECT_TRUE(is_same_name("买买提·吐尔逊", "买买提•吐尔逊"));
  EXPECT_TRUE(is_same_name("O'Neill, Ann-Marie", "O'NEILL, ANN-MARIE"));
  EXPECT_TRUE(is_same_name("\u3000韦小宝\u00a0", "韦小宝"));
  EXPECT_FALSE(is_same_name("韦小宝", "韦小"));
  EXPECT_FALSE(is_same_name("Wei Xiaobao", "WeiXiaobao"));
  EXPECT_FALSE(is_same_name("José", "Jose"));
}

TEST(PersonName, WhatIsNoneMatchesNothing) {
  for (const char* none :
       {"",
        " ",
        "·",
        "-",
        "Wei2",
        "a\nb",
        "a\x7f",
        "\xff",
        "\xe9\x9f",
        "<b>",
        "\xed\xa0\x80",
        "\xc0\xaf",
        "\xc2\x85",
        "a\"b",
        "\xf4\x90\x80\x80"}) {
    EXPECT_FALSE(normal_person_name(none)) << none;
    EXPECT_FALSE(is_same_name(none, none)) << none;
  }
  EXPECT_TRUE(normal_person_name(std::string(kPersonNameCharactersMax, 'a')));
  EXPECT_FALSE(normal_person_name(std::string(kPersonNameCharactersMax + 1, 'a')));
}

TEST(Validity, IsTwoDaysOrOneWithoutAnEnd) {
  const auto some = validity_from("20160607", "20260607");
  ASSERT_TRUE(some);
  EXPECT_EQ(text_of(some->from), "20160607");
  EXPECT_EQ(text_of(some->until), "20260607");
  const auto endless = validity_from("20160607", "00000000");
  ASSERT_TRUE(endless);
  EXPECT_EQ(text_of(endless->until), "00000000");
  EXPECT_TRUE(validity_from("20160607", "20160607"));
  for (const auto& [from, until] : std::initializer_list<std::pair<const char*, const char*>>{
           {"00000000", "00000000"},
           {"20160607", ""},
           {"2016060", "20260607"},
           {"20160631", "20260607"},
           {"20160607", "20160606"},
           {"2016-6-7", "20260607"},
           {"+2016060", "20260607"},
           {"00000607", "20260607"}
       }) {
    EXPECT_FALSE(validity_from(from, until)) << from << ' ' << until;
  }
}

TEST(Register, EveryCauseHasItsOwnFinding) {
  EXPECT_EQ(judged(query()), RegisterFinding::found);
  EXPECT_EQ(judge_register(query(), std::nullopt), RegisterFinding::no_such_number);
  RegisterQuery other = query();
  other.name = "陈近南";
  EXPECT_EQ(judged(other), RegisterFinding::number_name_mismatch);
  other.name = "";
  EXPECT_EQ(judged(other), RegisterFinding::number_name_mismatch);

  RegisterQuery with_photo = query();
  with_photo.wants_photo = true;
  EXPECT_EQ(judged(with_photo), RegisterFinding::found);
  EXPECT_EQ(judged(with_photo, RegisterPhoto::absent), RegisterFinding::no_photo);
  EXPECT_EQ(judged(with_photo, RegisterPhoto::unreadable), RegisterFinding::photo_format);
  EXPECT_EQ(judged(with_photo, RegisterPhoto::no_face), RegisterFinding::no_face);
  // Nobody asked for it.
  EXPECT_EQ(judged(query(), RegisterPhoto::absent), RegisterFinding::found);
}

TEST(Register, AValidityIsConfirmedOnlyByTheSameOne) {
  RegisterQuery asked = query();
  asked.validity = kRecord.validity;
  EXPECT_EQ(judged(asked), RegisterFinding::found);
  asked.validity = validity_from("20160607", "00000000");
  EXPECT_EQ(judged(asked), RegisterFinding::validity_mismatch);
  asked.validity = validity_from("20160608", "20260607");
  EXPECT_EQ(judged(asked), RegisterFinding::validity_mismatch);
  RegisterFacts unknown{.name_matches = true, .validity_matches = {}, .photo = {}};
  EXPECT_EQ(judge_register(asked, unknown), RegisterFinding::validity_unknown);
}

TEST(Register, OnlyWhatIsFoundIsConfirmed) {
  using enum RegisterFinding;
  EXPECT_EQ(outcome_of(found), Outcome::identity_confirmed);
  for (const RegisterFinding other :
       {no_such_number,
        number_name_mismatch,
        validity_mismatch,
        validity_unknown,
        no_photo,
        photo_format,
        no_face,
        source_error,
        source_unavailable,
        too_many_enquiries}) {
    EXPECT_NE(outcome_of(other), Outcome::identity_confirmed) << name_of(other);
    EXPECT_FALSE(is_live(outcome_of(other))) << name_of(other);
  }
}

}  // namespace
}  // namespace selfsame::core
