// SPDX-License-Identifier: Apache-2.0
// Whose request it is that came through proxies.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "http/message.h"

namespace selfsame::http {

/// Which header field the operator's proxies write. Only that one is read: clients can send others.
enum class ForwardedField : std::uint8_t { x_forwarded_for, forwarded };

struct ProxyTrust {
  std::function<bool(std::string_view address)> trusts;  // empty: there is no proxy
  ForwardedField field = ForwardedField::x_forwarded_for;
};

/// IPv4 or IPv6 as text in its usual form, also with a port and in brackets; an IPv4 address that
/// is written as IPv6 becomes IPv4. Nothing for everything else.
[[nodiscard]] std::optional<std::string> address_in(std::string_view text);

/// The other end's address unless that is a trusted proxy. Of one, the last address of the field
/// that is not trusted: what stands before it, a client may have written. The first when all are
/// trusted, the proxy's own when there is no such field. "": the field cannot be read, or has more
/// than 32 addresses or 8 KiB.
/// @param peer  address_in() of the connection; "": not known
/// @see   RFC 7239
[[nodiscard]] std::string client_of(
    std::string_view peer, const Headers& headers, const ProxyTrust& proxies
);

}  // namespace selfsame::http
