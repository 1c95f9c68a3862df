// SPDX-License-Identifier: Apache-2.0
#include "adapters/outbound/addresses.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>

#include <cstring>

namespace selfsame::adapters::outbound {
namespace {

bool is_public_text(const char* text) {
  Ipv4 four{};
  if (inet_pton(AF_INET, text, four.data()) == 1) return is_public(four);
  Ipv6 six{};
  EXPECT_EQ(inet_pton(AF_INET6, text, six.data()), 1) << text;
  return is_public(six);
}

TEST(Addresses, WhatEverybodyCanReachIsPublic) {
  for (const char* text :
       {"1.1.1.1",         "8.8.8.8",         "9.255.255.255", "11.0.0.0",        "100.63.255.255",
        "100.128.0.0",     "126.255.255.255", "128.0.0.0",     "169.253.255.255", "172.15.255.255",
        "172.32.0.0",      "192.167.255.255", "192.169.0.0",   "198.17.255.255",  "198.20.0.0",
        "223.255.255.255", "2606:4700::1111", "2a00:1450::1",  "2001:200::1",     "2003::1",
        "::ffff:8.8.8.8"}) {
    EXPECT_TRUE(is_public_text(text)) << text;
  }
}

TEST(Addresses, WhatLiesInsideIsNot) {
  for (const char* text :
       {"0.0.0.0",
        "10.0.0.1",
        "10.255.255.255",
        "100.64.0.1",
        "100.127.255.255",
        "127.0.0.1",
        "127.255.255.255",
        "169.254.169.254",
        "172.16.0.1",
        "172.31.255.255",
        "192.0.0.1",
        "192.0.2.1",
        "192.168.0.1",
        "198.18.0.1",
        "198.19.255.255",
        "198.51.100.1",
        "203.0.113.1",
        "224.0.0.1",
        "239.255.255.255",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "::127.0.0.1",
        "64:ff9b::a00:1",
        "100::1",
        "2001::1",
        "2001:db8::1",
        "2002:7f00:1::1",
        "3fff::1",
        "fc00::1",
        "fd12::1",
        "fe80::1",
        "fec0::1",
        "ff02::1"}) {
    EXPECT_FALSE(is_public_text(text)) << text;
  }
}

}  // namespace
}  // namespace selfsame::adapters::outbound
