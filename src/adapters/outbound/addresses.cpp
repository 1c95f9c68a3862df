// SPDX-License-Identifier: Apache-2.0
#include "adapters/outbound/addresses.h"

#include <algorithm>
#include <cstddef>

namespace selfsame::adapters::outbound {
namespace {

template <std::size_t kBytes>
struct Network {
  std::array<std::uint8_t, kBytes> prefix;
  int bits;
};

// https://www.iana.org/assignments/iana-ipv4-special-registry, and multicast.
constexpr Network<4> kSpecialIpv4[] = {
    {{0}, 8},
    {{10}, 8},
    {{100, 64}, 10},
    {{127}, 8},
    {{169, 254}, 16},
    {{172, 16}, 12},
    {{192, 0, 0}, 24},
    {{192, 0, 2}, 24},
    {{192, 88, 99}, 24},
    {{192, 168}, 16},
    {{198, 18}, 15},
    {{198, 51, 100}, 24},
    {{203, 0, 113}, 24},
    {{224}, 4},
    {{240}, 4},
};
constexpr Network<16> kMappedIpv4 = {{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff}, 96};
constexpr Network<16> kGlobalUnicast = {{0x20}, 3};
// https://www.iana.org/assignments/iana-ipv6-special-registry, within global unicast.
constexpr Network<16> kSpecialIpv6[] = {
    {{0x20, 0x01, 0x00}, 23},
    {{0x20, 0x01, 0x0d, 0xb8}, 32},
    {{0x20, 0x02}, 16},
    {{0x3f, 0xff, 0x00}, 20},
};

template <std::size_t kBytes>
bool contains(
    const Network<kBytes>& network, const std::array<std::uint8_t, kBytes>& address
) noexcept {
  for (int bit = 0; bit < network.bits; ++bit) {
    const auto at = static_cast<std::size_t>(bit / 8);
    const int mask = 0x80 >> (bit % 8);
    if ((address.at(at) & mask) != (network.prefix.at(at) & mask)) return false;
  }
  return true;
}

}  // namespace

bool is_public(const Ipv4& address) noexcept {
  return std::ranges::none_of(kSpecialIpv4, [&](const auto& network) {
    return contains(network, address);
  });
}

bool is_public(const Ipv6& address) noexcept {
  if (contains(kMappedIpv4, address)) {
    return is_public(Ipv4{address[12], address[13], address[14], address[15]});
  }
  return contains(kGlobalUnicast, address) &&
         std::ranges::none_of(kSpecialIpv6, [&](const auto& n) { return contains(n, address); });
}

}  // namespace selfsame::adapters::outbound
