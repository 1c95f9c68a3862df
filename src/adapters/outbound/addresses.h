// SPDX-License-Identifier: Apache-2.0
// Which addresses of the Internet anybody may send us to. Pure.
#pragma once

#include <array>
#include <cstdint>

namespace selfsame::adapters::outbound {

using Ipv4 = std::array<std::uint8_t, 4>;
using Ipv6 = std::array<std::uint8_t, 16>;

/// Globally reachable by the IANA special-purpose registries (RFC 6890) and for one receiver: not
/// private, loopback, link-local, shared, multicast, reserved, or for documentation.
[[nodiscard]] bool is_public(const Ipv4& address) noexcept;
/// The same; an IPv4-mapped address counts as the IPv4 one. Tunnels that embed an IPv4 address
/// (6to4, Teredo, NAT64) are not public: they may lead anywhere.
[[nodiscard]] bool is_public(const Ipv6& address) noexcept;

}  // namespace selfsame::adapters::outbound
