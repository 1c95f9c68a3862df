// SPDX-License-Identifier: Apache-2.0
// Standard base64 (RFC 4648 section 4), strict.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.h"

namespace selfsame {

[[nodiscard]] std::string to_base64(ByteView bytes);

/// Nothing unless `text` is canonical: only A-Z a-z 0-9 + /, padded with '=' to a multiple of four,
/// no white space, no `data:` prefix. The empty text is the empty value.
[[nodiscard]] std::optional<Bytes> from_base64(std::string_view text);

}  // namespace selfsame
