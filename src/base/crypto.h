// SPDX-License-Identifier: Apache-2.0
// Hashes, MACs, authenticated encryption and randomness, over OpenSSL 3. All thread-safe.
// A failure inside OpenSSL (out of memory, broken provider) throws std::runtime_error.
#pragma once

#include <array>
#include <span>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/result.h"
#include "base/secret.h"

namespace selfsame {

using Sha256Digest = std::array<std::uint8_t, 32>;
using Sha1Digest = std::array<std::uint8_t, 20>;

[[nodiscard]] Sha256Digest sha256(ByteView data);
/// Of the parts one after the other.
[[nodiscard]] Sha256Digest sha256(std::span<const ByteView> parts);
[[nodiscard]] Sha256Digest hmac_sha256(ByteView key, ByteView data);
[[nodiscard]] Sha1Digest hmac_sha1(ByteView key, ByteView data);
[[nodiscard]] std::string sha256_hex(std::string_view data);
/// For protocols that still name content so; it protects nothing.
[[nodiscard]] std::string md5_hex(ByteView data);

/// Compares in a time that depends on the lengths only.
[[nodiscard]] bool equal_in_constant_time(ByteView a, ByteView b) noexcept;

/// Cryptographically strong.
[[nodiscard]] Bytes random_bytes(std::size_t count);

/// AES-256-GCM. `key` is 32 bytes. Returns nonce (12) || ciphertext || tag (16), with a fresh
/// random nonce; `associated` is authenticated and not stored.
[[nodiscard]] Bytes seal(const Secret& key, ByteView plaintext, ByteView associated);
/// The inverse. `integrity_failure` when the key, the bytes or `associated` differ.
[[nodiscard]] Result<Bytes> open_sealed(const Secret& key, ByteView sealed, ByteView associated);

/// Uniform in 0..bound-1, cryptographically strong; a bound of 0 throws std::invalid_argument.
[[nodiscard]] std::uint32_t random_below(std::uint32_t bound);

/// A random UUID (version 4, RFC 9562), lower case, 36 characters.
[[nodiscard]] std::string random_uuid();

/// A UUID that begins with the time (version 7, RFC 9562), 74 bits of it random: rows named so are
/// added at the end of an index, where all that are added at a time share its pages.
/// @param at  before 1970 counts as 1970
[[nodiscard]] std::string ordered_uuid(Timestamp at);

/// `count` characters of A-Z a-z 0-9, about 5.95 bits each.
[[nodiscard]] std::string random_token(std::size_t count);

}  // namespace selfsame
