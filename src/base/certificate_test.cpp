// SPDX-License-Identifier: Apache-2.0
#include "base/certificate.h"

#include <gtest/gtest.h>

#include <stdexcept>

namespace selfsame {
namespace {

using std::chrono::hours;

constexpr Timestamp kNow{std::chrono::milliseconds(1'795'700'000'000)};
const std::vector<std::string> kNames = {"localhost", "shop.example", "127.0.0.1", "::1"};

TEST(Certificate, SaysWhomItIsForAndHowLong) {
  const SelfSigned made = make_self_signed(kNames, kNow, kNow + hours(48));
  const auto facts = facts_of_certificate(made.certificate);
  ASSERT_TRUE(facts) << facts.error().detail;
  EXPECT_EQ(facts->names, kNames);
  EXPECT_EQ(facts->not_after, kNow + hours(48));
  EXPECT_EQ(facts->sha256.size(), 64U);
  EXPECT_TRUE(made.private_key.starts_with("-----BEGIN PRIVATE KEY-----"));
}

TEST(Certificate, NoTwoAreAlike) {
  const auto one = make_self_signed(kNames, kNow, kNow + hours(48));
  const auto other = make_self_signed(kNames, kNow, kNow + hours(48));
  EXPECT_NE(one.private_key, other.private_key);
  EXPECT_NE(
      facts_of_certificate(one.certificate)->sha256, facts_of_certificate(other.certificate)->sha256
  );
}

TEST(Certificate, NamesThatAreNoneAreRefused) {
  const auto refused = [](std::vector<std::string> names) {
    EXPECT_THROW(
        static_cast<void>(make_self_signed(names, kNow, kNow + hours(1))), std::invalid_argument
    ) << (names.empty() ? "" : names.front());
  };
  refused({});
  refused({""});
  refused({"a,DNS:b"});
  refused({"otherName:1"});
  refused({"a b"});
  refused({std::string(254, 'a')});
  refused(std::vector<std::string>(65, "a"));
}

TEST(Certificate, WhatIsNoCertificateHasNoFacts) {
  for (const char* text :
       {"", "x", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"}) {
    EXPECT_FALSE(facts_of_certificate(text)) << text;
  }
}

}  // namespace
}  // namespace selfsame
