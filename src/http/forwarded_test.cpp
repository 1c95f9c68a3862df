// SPDX-License-Identifier: Apache-2.0
#include "http/forwarded.h"

#include <gtest/gtest.h>

namespace selfsame::http {
namespace {

ProxyTrust proxies(ForwardedField field = ForwardedField::x_forwarded_for) {
  return {
      .trusts = [](std::string_view address
                ) { return address.starts_with("10.0.0.") || address == "2001:db8::1"; },
      .field = field
  };
}

std::string client(
    std::initializer_list<std::pair<const char*, std::string>> fields,
    const char* peer = "10.0.0.1",
    ForwardedField field = ForwardedField::x_forwarded_for
) {
  Headers headers;
  for (const auto& [name, value] : fields) headers.add(name, value);
  return client_of(peer, headers, proxies(field));
}

TEST(Forwarded, WithoutAProxyNobodyElseIsBelieved) {
  EXPECT_EQ(client({{"X-Forwarded-For", "1.2.3.4"}}, "203.0.113.7"), "203.0.113.7");
  EXPECT_EQ(client({{"X-Forwarded-For", "1.2.3.4"}}, ""), "");
  Headers headers;
  headers.add("X-Forwarded-For", "1.2.3.4");
  EXPECT_EQ(client_of("10.0.0.1", headers, ProxyTrust{}), "10.0.0.1");
}

TEST(Forwarded, TheLastThatIsNoProxyIsTheClient) {
  EXPECT_EQ(client({{"X-Forwarded-For", "203.0.113.7"}}), "203.0.113.7");
  EXPECT_EQ(client({{"x-forwarded-for", "203.0.113.7, 10.0.0.2"}}), "203.0.113.7");
  EXPECT_EQ(
      client({{"X-Forwarded-For", "1.2.3.4 ,\t203.0.113.7,10.0.0.3 , 10.0.0.2"}}), "203.0.113.7"
  ) << "whatever a client has written before";
  EXPECT_EQ(
      client({{"X-Forwarded-For", "1.2.3.4"}, {"X-Forwarded-For", "203.0.113.7"}}), "203.0.113.7"
  );
  EXPECT_EQ(client({{"X-Forwarded-For", "10.0.0.9, 10.0.0.2"}}), "10.0.0.9");
  EXPECT_EQ(client({}), "10.0.0.1");
  EXPECT_EQ(client({{"X-Forwarded-For", "<script>, 203.0.113.7"}}), "203.0.113.7");
  EXPECT_EQ(client({{"X-Forwarded-For", "\", 203.0.113.7"}}), "203.0.113.7");
}

TEST(Forwarded, OnlyTheFieldOfTheProxiesIsRead) {
  EXPECT_EQ(client({{"Forwarded", "for=1.2.3.4"}}), "10.0.0.1");
  EXPECT_EQ(
      client(
          {{"X-Forwarded-For", "1.2.3.4"}, {"Forwarded", "for=203.0.113.7"}},
          "10.0.0.1",
          ForwardedField::forwarded
      ),
      "203.0.113.7"
  );
}

TEST(Forwarded, ReadsTheStandardsField) {
  const auto said = [](const std::string& value) {
    return client({{"Forwarded", value}}, "10.0.0.1", ForwardedField::forwarded);
  };
  EXPECT_EQ(said("for=203.0.113.7"), "203.0.113.7");
  EXPECT_EQ(said("proto=https; For=\"203.0.113.7:4711\";by=10.0.0.2"), "203.0.113.7");
  EXPECT_EQ(
      said("for=1.2.3.4, for=\"[2001:db8:cafe::17]:4711\", for=10.0.0.2"), "2001:db8:cafe::17"
  );
  EXPECT_EQ(
      said("for=1.2.3.4, for=203.0.113.7;ext=\"a, for=1.2.3.5; b\\\", for=1.2.3.6\""), "203.0.113.7"
  );
  for (const char* const unreadable :
       {"",
        "for=unknown",
        "for=_hidden",
        "proto=https",
        "for=",
        "for=\"",
        "for=\"203.0.113.7",
        "for=2001:db8::17:",
        "203.0.113.7",
        "for=203.0.113.7,"}) {
    EXPECT_EQ(said(unreadable).find("203"), std::string::npos) << unreadable;
    EXPECT_EQ(said(unreadable), "") << unreadable;
  }
}

TEST(Forwarded, AQuotationLeftOpenHidesNoProxy) {
  // What a client sent, and what a proxy wrote behind it.
  for (const std::string behind :
       {", for=203.0.113.7", ", for=\"203.0.113.7:80\"", ", for=203.0.113.7;by=\"_x\""}) {
    const auto said = [&](const std::string& sent) {
      return client({{"Forwarded", sent + behind}}, "10.0.0.1", ForwardedField::forwarded);
    };
    EXPECT_EQ(said("for=198.51.100.9;x=y"), "203.0.113.7") << behind;
    EXPECT_EQ(said("for=198.51.100.9;x=\""), "") << behind;
    EXPECT_EQ(said("for=198.51.100.9;x=\"\\"), "") << behind;
  }
}

TEST(Forwarded, WhatCannotBeReadIsNobody) {
  for (const std::string& value :
       {std::string(),
        std::string("unknown"),
        std::string("203.0.113.7,"),
        std::string("203.0.113.7,,10.0.0.2"),
        std::string("203.0.113.256"),
        std::string("fe80::1%eth0"),
        std::string("[2001:db8::5"),
        std::string("[2001:db8::5]x"),
        std::string("203.0.113.7:99999"),
        std::string("203.0.113.7:"),
        std::string("203.0.113.7 10.0.0.2"),
        std::string("\"203.0.113.7\""),
        std::string("0x7f.1"),
        std::string("localhost"),
        std::string("203.0.113.7\0", 12)}) {
    EXPECT_EQ(client({{"X-Forwarded-For", value}}), "") << value;
  }
  std::string many;
  for (int i = 0; i < 33; ++i) many += (i == 0 ? "" : ",") + std::string("203.0.113.7");
  EXPECT_EQ(client({{"X-Forwarded-For", many}}), "");
  EXPECT_EQ(client({{"X-Forwarded-For", std::string(9'000, ' ') + "203.0.113.7"}}), "");
}

TEST(Forwarded, AddressesAreWrittenInOneWay) {
  EXPECT_EQ(address_in("::ffff:203.0.113.7"), "203.0.113.7");
  EXPECT_EQ(address_in("[::FFFF:203.0.113.7]:1"), "203.0.113.7");
  EXPECT_EQ(address_in("2001:DB8:0::17"), "2001:db8::17");
  EXPECT_EQ(address_in("203.0.113.7:80"), "203.0.113.7");
  EXPECT_EQ(client({{"X-Forwarded-For", "203.0.113.7, 2001:0db8::0001"}}), "203.0.113.7");
}

}  // namespace
}  // namespace selfsame::http
