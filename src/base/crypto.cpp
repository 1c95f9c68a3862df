// SPDX-License-Identifier: Apache-2.0
#include "base/crypto.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/rand.h>

#include <algorithm>
#include <array>
#include <climits>
#include <memory>
#include <stdexcept>
#include <utility>

namespace selfsame {
namespace {

constexpr std::size_t kNonceBytes = 12;
constexpr std::size_t kTagBytes = 16;
constexpr std::size_t kKeyBytes = 32;

void demand(bool ok, const char* what) {
  if (!ok) throw std::runtime_error(std::string("openssl: ") + what);
}

int int_size(std::size_t size) {
  demand(size <= INT_MAX, "input too long");
  return static_cast<int>(size);
}

/// EVP_sha256() looks the hash up by its name at every use, which takes longer than hashing some
/// lines.
const EVP_MD* sha256_method() {
  static const EVP_MD* const method = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  demand(method != nullptr, "sha256");
  return method;
}

using MacContext = std::unique_ptr<EVP_MAC_CTX, decltype(&EVP_MAC_CTX_free)>;

/// HMAC that knows its hash; each message begins with its own key.
MacContext hmac_context(std::string hash) {
  const std::unique_ptr<EVP_MAC, decltype(&EVP_MAC_free)> method(
      EVP_MAC_fetch(nullptr, "HMAC", nullptr), &EVP_MAC_free
  );
  demand(method != nullptr, "hmac");
  MacContext context(EVP_MAC_CTX_new(method.get()), &EVP_MAC_CTX_free);
  const std::array parameters = {
      OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, hash.data(), hash.size()),
      OSSL_PARAM_construct_end()
  };
  demand(context && EVP_MAC_CTX_set_params(context.get(), parameters.data()) == 1, "hmac");
  return context;
}

template <std::size_t N>
std::array<std::uint8_t, N> hmac(EVP_MAC_CTX* context, ByteView key, ByteView data) {
  static constexpr std::uint8_t kNone = 0;  // a null key would be the one before
  std::array<std::uint8_t, N> out{};
  std::size_t length = 0;
  demand(
      EVP_MAC_init(context, key.empty() ? &kNone : key.data(), key.size(), nullptr) == 1 &&
          EVP_MAC_update(context, data.data(), data.size()) == 1 &&
          EVP_MAC_final(context, out.data(), &length, out.size()) == 1 && length == N,
      "hmac"
  );
  return out;
}

using CipherContext = std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)>;

CipherContext new_cipher(const Secret& key) {
  demand(key.reveal().size() == kKeyBytes, "key is not 256 bits");
  CipherContext context(EVP_CIPHER_CTX_new(), &EVP_CIPHER_CTX_free);
  demand(context != nullptr, "cipher context");
  return context;
}

constexpr std::size_t kUuidTimeBytes = 6;

/// @param b  16 bytes
std::string uuid_text(Bytes b, unsigned version) {
  b[6] = static_cast<std::uint8_t>((b[6] & 0x0FU) | version << 4U);
  b[8] = static_cast<std::uint8_t>((b[8] & 0x3FU) | 0x80U);
  std::string text = to_hex(b);
  for (const std::size_t at : {20u, 16u, 12u, 8u}) text.insert(at, 1, '-');
  return text;
}

}  // namespace

void Secret::wipe() noexcept {
  if (!bytes_.empty()) OPENSSL_cleanse(bytes_.data(), bytes_.size());
  bytes_.clear();
}

Sha256Digest sha256(ByteView data) {
  return sha256(std::array{data});
}

std::string md5_hex(ByteView data) {
  std::array<std::uint8_t, 16> digest{};
  unsigned int length = 0;
  demand(
      EVP_Digest(data.data(), data.size(), digest.data(), &length, EVP_md5(), nullptr) == 1, "md5"
  );
  return to_hex(digest);
}

Sha256Digest sha256(std::span<const ByteView> parts) {
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(
      EVP_MD_CTX_new(), &EVP_MD_CTX_free
  );
  demand(context && EVP_DigestInit_ex2(context.get(), sha256_method(), nullptr) == 1, "sha256");
  for (const ByteView part : parts) {
    demand(EVP_DigestUpdate(context.get(), part.data(), part.size()) == 1, "sha256");
  }
  Sha256Digest digest{};
  demand(EVP_DigestFinal_ex(context.get(), digest.data(), nullptr) == 1, "sha256");
  return digest;
}

std::string sha256_hex(std::string_view data) {
  return to_hex(sha256(bytes_of(data)));
}

Sha256Digest hmac_sha256(ByteView key, ByteView data) {
  static thread_local const MacContext context = hmac_context("SHA256");
  return hmac<32>(context.get(), key, data);
}

Sha1Digest hmac_sha1(ByteView key, ByteView data) {
  static thread_local const MacContext context = hmac_context("SHA1");
  return hmac<20>(context.get(), key, data);
}

bool equal_in_constant_time(ByteView a, ByteView b) noexcept {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

Bytes random_bytes(std::size_t count) {
  Bytes bytes(count);
  demand(RAND_bytes(bytes.data(), int_size(count)) == 1, "random");
  return bytes;
}

Bytes seal(const Secret& key, ByteView plaintext, ByteView associated) {
  const CipherContext context = new_cipher(key);
  const Bytes nonce = random_bytes(kNonceBytes);
  Bytes out(kNonceBytes + plaintext.size() + kTagBytes);
  std::copy(nonce.begin(), nonce.end(), out.begin());
  int length = 0;
  demand(
      EVP_EncryptInit_ex(
          context.get(), EVP_aes_256_gcm(), nullptr, key.reveal().data(), nonce.data()
      ) == 1,
      "encrypt init"
  );
  demand(
      EVP_EncryptUpdate(
          context.get(), nullptr, &length, associated.data(), int_size(associated.size())
      ) == 1,
      "encrypt associated data"
  );
  std::uint8_t* body = out.data() + kNonceBytes;
  demand(
      EVP_EncryptUpdate(
          context.get(), body, &length, plaintext.data(), int_size(plaintext.size())
      ) == 1,
      "encrypt"
  );
  demand(EVP_EncryptFinal_ex(context.get(), body + length, &length) == 1, "encrypt end");
  demand(
      EVP_CIPHER_CTX_ctrl(
          context.get(), EVP_CTRL_GCM_GET_TAG, kTagBytes, body + plaintext.size()
      ) == 1,
      "tag"
  );
  return out;
}

Result<Bytes> open_sealed(const Secret& key, ByteView sealed, ByteView associated) {
  if (sealed.size() < kNonceBytes + kTagBytes) {
    return fail(Errc::integrity_failure, "sealed bytes are too short");
  }
  const CipherContext context = new_cipher(key);
  const ByteView nonce = sealed.first(kNonceBytes);
  const ByteView body = sealed.subspan(kNonceBytes, sealed.size() - kNonceBytes - kTagBytes);
  Bytes tag(sealed.end() - kTagBytes, sealed.end());
  Bytes plaintext(body.size());
  int length = 0;
  demand(
      EVP_DecryptInit_ex(
          context.get(), EVP_aes_256_gcm(), nullptr, key.reveal().data(), nonce.data()
      ) == 1,
      "decrypt init"
  );
  demand(
      EVP_DecryptUpdate(
          context.get(), nullptr, &length, associated.data(), int_size(associated.size())
      ) == 1,
      "decrypt associated data"
  );
  demand(
      EVP_DecryptUpdate(
          context.get(), plaintext.data(), &length, body.data(), int_size(body.size())
      ) == 1,
      "decrypt"
  );
  demand(
      EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_SET_TAG, kTagBytes, tag.data()) == 1,
      "set tag"
  );
  if (EVP_DecryptFinal_ex(context.get(), plaintext.data() + length, &length) != 1) {
    OPENSSL_cleanse(plaintext.data(), plaintext.size());
    return fail(Errc::integrity_failure, "sealed bytes do not authenticate");
  }
  return plaintext;
}

std::string random_uuid() {
  return uuid_text(random_bytes(16), 4);
}

std::string ordered_uuid(Timestamp at) {
  Bytes b = random_bytes(16);
  auto left = static_cast<std::uint64_t>(std::max<std::int64_t>(at.time_since_epoch().count(), 0));
  for (std::size_t i = kUuidTimeBytes; i-- > 0; left >>= 8U) b[i] = static_cast<std::uint8_t>(left);
  return uuid_text(std::move(b), 7);
}

std::uint32_t random_below(std::uint32_t bound) {
  if (bound == 0) throw std::invalid_argument("random_below: nothing is below 0");
  // Numbers at the end that would favour the small remainders are drawn again.
  const std::uint32_t fair = UINT32_MAX - UINT32_MAX % bound;
  for (;;) {
    std::uint32_t number = 0;
    for (const std::uint8_t byte : random_bytes(sizeof number)) number = number << 8U | byte;
    if (number < fair) return number % bound;
  }
}

std::string random_token(std::size_t count) {
  static constexpr std::string_view kAlphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
  std::string token;
  token.reserve(count);
  while (token.size() < count) {
    for (const std::uint8_t byte : random_bytes(count)) {
      // Below 248 = 4 * 62, every character is equally likely.
      if (byte < 248 && token.size() < count) token.push_back(kAlphabet[byte % kAlphabet.size()]);
    }
  }
  return token;
}

}  // namespace selfsame
