// SPDX-License-Identifier: Apache-2.0
#include "base/base64.h"

#include <libbase64.h>

namespace selfsame {

std::string to_base64(ByteView bytes) {
  std::string text((bytes.size() + 2) / 3 * 4, '\0');
  std::size_t length = 0;
  base64_encode(reinterpret_cast<const char*>(bytes.data()), bytes.size(), text.data(), &length, 0);
  text.resize(length);
  return text;
}

std::optional<Bytes> from_base64(std::string_view text) {
  if (text.size() % 4 != 0) return std::nullopt;
  Bytes bytes(text.size() / 4 * 3);
  std::size_t length = 0;
  if (base64_decode(text.data(), text.size(), reinterpret_cast<char*>(bytes.data()), &length, 0) !=
      1) {
    return std::nullopt;
  }
  bytes.resize(length);
  // The library overlooks bits behind the last byte: two texts would stand for the same bytes.
  const std::size_t tail = length % 3;
  if (tail != 0 && !text.ends_with(to_base64(ByteView(bytes).last(tail)))) return std::nullopt;
  return bytes;
}

}  // namespace selfsame
