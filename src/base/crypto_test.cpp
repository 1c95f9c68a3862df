// SPDX-License-Identifier: Apache-2.0
#include "base/crypto.h"

#include <gtest/gtest.h>

#include <set>

namespace selfsame {
namespace {

Secret key_of(char fill) {
  return Secret(Bytes(32, static_cast<std::uint8_t>(fill)));
}

TEST(CryptoTest, Md5OfRfc1321) {
  EXPECT_EQ(md5_hex({}), "d41d8cd98f00b204e9800998ecf8427e");
  EXPECT_EQ(md5_hex(bytes_of("message digest")), "f96b697d7cb7938d525a2f31aaf161d0");
}

TEST(Crypto, KnownAnswers) {
  EXPECT_EQ(sha256_hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  // RFC 4231 test case 2; RFC 2202 test case 2.
  EXPECT_EQ(
      to_hex(hmac_sha256(bytes_of("Jefe"), bytes_of("what do ya want for nothing?"))),
      "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
  );
  EXPECT_EQ(
      to_hex(hmac_sha1(bytes_of("Jefe"), bytes_of("what do ya want for nothing?"))),
      "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79"
  );
}

TEST(Crypto, KeysAsLongAsABlockAndLonger) {
  const Bytes key(131, 0xaa);
  const ByteView long_key(key);
  const auto text = bytes_of("Test Using Larger Than Block-Size Key - Hash Key First");
  // RFC 4231 test case 6; RFC 2202 test case 6; a whole block and nothing, by another library.
  EXPECT_EQ(
      to_hex(hmac_sha256(long_key, text)),
      "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
  );
  EXPECT_EQ(
      to_hex(hmac_sha1(long_key.first(80), text)), "aa4ae5e15272d00e95705637ce8a3b55ed402112"
  );
  EXPECT_EQ(
      to_hex(hmac_sha256(long_key.first(64), bytes_of("x"))),
      "ce3c639dcb9d8baae5d44c3b8b5e233faab4d1860e07489af5c84f213998bd79"
  );
  EXPECT_EQ(
      to_hex(hmac_sha256({}, {})),
      "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad"
  );
}

TEST(Crypto, SealedBytesOpenOnlyUnchangedWithTheSameKeyAndContext) {
  const Secret key = key_of('k');
  const Bytes sealed = seal(key, bytes_of("a face"), bytes_of("blob-1"));
  const auto opened = open_sealed(key, sealed, bytes_of("blob-1"));
  ASSERT_TRUE(opened);
  EXPECT_EQ(text_of(*opened), "a face");

  EXPECT_EQ(
      open_sealed(key_of('x'), sealed, bytes_of("blob-1")).error().code, Errc::integrity_failure
  );
  EXPECT_EQ(open_sealed(key, sealed, bytes_of("blob-2")).error().code, Errc::integrity_failure);
  EXPECT_EQ(open_sealed(key, {}, bytes_of("blob-1")).error().code, Errc::integrity_failure);
  for (std::size_t i = 0; i < sealed.size(); ++i) {
    Bytes changed = sealed;
    changed[i] ^= 1;
    EXPECT_FALSE(open_sealed(key, changed, bytes_of("blob-1"))) << "byte " << i;
  }
}

TEST(Crypto, EmptyPlaintextIsFine) {
  const Secret key = key_of('k');
  EXPECT_TRUE(open_sealed(key, seal(key, {}, {}), {}));
}

TEST(Crypto, RandomNamesDoNotRepeat) {
  std::set<std::string> seen;
  for (int i = 0; i < 1000; ++i) seen.insert(random_uuid());
  EXPECT_EQ(seen.size(), 1000u);
  const std::string uuid = random_uuid();
  ASSERT_EQ(uuid.size(), 36u);
  EXPECT_EQ(uuid[14], '4');
  EXPECT_EQ(random_token(40).size(), 40u);
}

TEST(Crypto, OrderedNamesSortByTheirTime) {
  // The moment of the example in RFC 9562, appendix A.6.
  const Timestamp at{std::chrono::milliseconds(1'645'557'742'000)};
  std::set<std::string> seen;
  for (int i = 0; i < 1000; ++i) seen.insert(ordered_uuid(at));
  EXPECT_EQ(seen.size(), 1000u);
  for (const std::string& uuid : seen) {
    ASSERT_EQ(uuid.size(), 36u);
    EXPECT_EQ(uuid.substr(0, 15), "017f22e2-79b0-7");
    EXPECT_NE(std::string_view("89ab").find(uuid[19]), std::string_view::npos);
  }
  EXPECT_GT(ordered_uuid(at + std::chrono::milliseconds(1)), *seen.rbegin());
  EXPECT_EQ(ordered_uuid(Timestamp(std::chrono::milliseconds(-1))).substr(0, 13), "00000000-0000");
}

TEST(Bytes, HexBothWays) {
  EXPECT_EQ(to_hex(Bytes{0x00, 0x7f, 0xff}), "007fff");
  EXPECT_EQ(from_hex("007FfF"), (Bytes{0x00, 0x7f, 0xff}));
  EXPECT_FALSE(from_hex("0"));
  EXPECT_FALSE(from_hex("0g"));
}

}  // namespace
}  // namespace selfsame
