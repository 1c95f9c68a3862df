// SPDX-License-Identifier: Apache-2.0
#include "storage/master_key.h"

#include <sys/stat.h>

#include <future>

#include "base/bytes.h"
#include "storage/test_places.h"

namespace selfsame::storage {
namespace {

using testing::content_of;
using testing::overwrite;
using testing::TemporaryDirectory;

TEST(MasterKey, DerivesByHkdfExpand) {
  // openssl kdf -keylen 32 -kdfopt mode:EXPAND_ONLY -kdfopt digest:SHA256 -kdfopt hexkey:0001…1f
  //   -kdfopt info:selfsame/v1/example HKDF
  Bytes bytes(32);
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<std::uint8_t>(i);
  const MasterKey key{Secret(bytes)};
  EXPECT_EQ(
      to_hex(key.derive("selfsame/v1/example").reveal()),
      "84c66f54ef4c1664f7f2a1f0701543e85a32841300e8449cd68e79b64616e1e0"
  );
  EXPECT_NE(to_hex(key.derive("a").reveal()), to_hex(key.derive("b").reveal()));
  EXPECT_EQ(key.id().size(), 16U);
  EXPECT_NE(key.id(), testing::master_key_of(1).id());
}

TEST(MasterKey, IsMadeOnceAndPrivate) {
  const TemporaryDirectory place;
  const auto directory = place.path() / "new" / "data";
  const auto first = load_or_create_master_key(directory);
  ASSERT_TRUE(first) << first.error().detail;
  EXPECT_TRUE(first->created);
  const auto second = load_or_create_master_key(directory);
  ASSERT_TRUE(second);
  EXPECT_FALSE(second->created);
  EXPECT_EQ(first->key.id(), second->key.id());
  using enum std::filesystem::perms;
  EXPECT_EQ(testing::mode_of(directory / "master.key"), owner_read | owner_write);
  EXPECT_EQ(testing::mode_of(directory), owner_all);
  EXPECT_EQ(testing::files_below(directory).size(), 1U) << "no draft is left behind";
  EXPECT_EQ(std::filesystem::hard_link_count(directory / "master.key"), 1U);
}

TEST(MasterKey, RacingCreatorsShareOneKey) {
  const TemporaryDirectory place;
  std::vector<std::future<Result<LoadedMasterKey>>> racers;
  for (int i = 0; i < 8; ++i) {
    racers.push_back(std::async(std::launch::async, load_or_create_master_key, place.path()));
  }
  int created = 0;
  std::string id;
  for (auto& racer : racers) {
    const auto loaded = racer.get();
    ASSERT_TRUE(loaded) << loaded.error().detail;
    created += loaded->created ? 1 : 0;
    if (id.empty()) id = loaded->key.id();
    EXPECT_EQ(loaded->key.id(), id);
  }
  EXPECT_EQ(created, 1);
}

void check_refused(const std::filesystem::path& path, Errc code, std::string_view words) {
  const auto loaded = load_master_key(path);
  ASSERT_FALSE(loaded);
  EXPECT_EQ(loaded.error().code, code);
  EXPECT_NE(loaded.error().detail.find(words), std::string::npos) << loaded.error().detail;
}

TEST(MasterKey, UnsafeFilesAreRefused) {
  const TemporaryDirectory place;
  const auto path = place.path() / "key";
  check_refused(path, Errc::not_found, "there is no");

  overwrite(path, std::string(32, 'k'));
  for (const mode_t mode : {0644U, 0640U, 0604U, 0602U, 0610U}) {
    ASSERT_EQ(::chmod(path.c_str(), mode), 0);
    check_refused(path, Errc::integrity_failure, "chmod 600");
  }
  ASSERT_EQ(::chmod(path.c_str(), 0400), 0);
  EXPECT_TRUE(load_master_key(path));

  std::filesystem::create_symlink(path, place.path() / "link");
  check_refused(place.path() / "link", Errc::integrity_failure, "symbolic link");
  ASSERT_EQ(::mkfifo((place.path() / "fifo").c_str(), 0600), 0);
  check_refused(place.path() / "fifo", Errc::integrity_failure, "regular file");

  for (const std::size_t size : {0U, 31U, 33U}) {
    ASSERT_EQ(::chmod(path.c_str(), 0600), 0);
    overwrite(path, std::string(size, 'k'));
    check_refused(path, Errc::integrity_failure, "32 bytes");
  }
}

TEST(MasterKey, AnUnsafeFileIsNotReplaced) {
  const TemporaryDirectory place;
  overwrite(place.path() / "master.key", "short");
  ASSERT_EQ(::chmod((place.path() / "master.key").c_str(), 0600), 0);
  EXPECT_FALSE(load_or_create_master_key(place.path()));
  EXPECT_EQ(content_of(place.path() / "master.key"), "short");
}

}  // namespace
}  // namespace selfsame::storage
