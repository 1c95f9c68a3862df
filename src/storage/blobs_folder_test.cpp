// SPDX-License-Identifier: Apache-2.0
#include "storage/blobs_folder.h"

#include <fcntl.h>
#include <sys/resource.h>

#include <chrono>
#include <csignal>

#include "base/crypto.h"
#include "storage/blob_envelope.h"
#include "storage/test_places.h"

namespace selfsame::storage {
namespace {

using testing::content_of;
using testing::files_below;
using testing::master_key_of;
using testing::overwrite;
using testing::TemporaryDirectory;

std::unique_ptr<BlobStore> open(const std::filesystem::path& directory) {
  auto store = open_folder_blobs(directory, master_key_of(1));
  if (!store) throw std::runtime_error(store.error().detail);
  return std::move(*store);
}

TEST(BlobsFolder, FilesArePrivateAndUnreadable) {
  const TemporaryDirectory place;
  const auto store = open(place.path() / "blobs");
  const std::string content = "a portrait that nobody may read";
  const auto id = store->put(bytes_of(content)).value();
  const auto files = files_below(place.path());
  ASSERT_EQ(files.size(), 1U);
  EXPECT_EQ(files[0], place.path() / "blobs" / id.substr(0, 2) / id);
  using enum std::filesystem::perms;
  EXPECT_EQ(testing::mode_of(files[0]), owner_read | owner_write);
  EXPECT_EQ(testing::mode_of(files[0].parent_path()), owner_all);
  EXPECT_EQ(testing::mode_of(place.path() / "blobs"), owner_all);
  const std::string stored = content_of(files[0]);
  EXPECT_EQ(stored.size(), content.size() + kBlobEnvelopeBytes);
  EXPECT_EQ(stored.find("portrait"), std::string::npos);
}

TEST(BlobsFolder, EveryChangedByteIsNoticed) {
  const TemporaryDirectory place;
  const auto store = open(place.path());
  const auto id = store->put(bytes_of("content")).value();
  const auto path = place.path() / id.substr(0, 2) / id;
  const std::string stored = content_of(path);
  for (std::size_t i = 0; i < stored.size(); ++i) {
    std::string tampered = stored;
    tampered[i] = static_cast<char>(tampered[i] ^ 1);
    overwrite(path, tampered);
    const auto got = store->get(id);
    ASSERT_FALSE(got) << "byte " << i;
    EXPECT_EQ(got.error().code, Errc::integrity_failure) << "byte " << i;
  }
  for (const std::size_t size :
       {std::size_t{0}, std::size_t{8}, kBlobHeadBytes, stored.size() - 1}) {
    overwrite(path, stored.substr(0, size));
    EXPECT_EQ(store->get(id).error().code, Errc::integrity_failure) << size;
  }
  overwrite(path, stored + "x");
  EXPECT_EQ(store->get(id).error().code, Errc::integrity_failure);
  overwrite(path, stored);
  EXPECT_EQ(text_of(store->get(id).value()), "content");
}

TEST(BlobsFolder, ABlobUnderAnotherNameDoesNotOpen) {
  const TemporaryDirectory place;
  const auto store = open(place.path());
  const auto one = store->put(bytes_of("one")).value();
  const auto two = store->put(bytes_of("two")).value();
  overwrite(
      place.path() / one.substr(0, 2) / one, content_of(place.path() / two.substr(0, 2) / two)
  );
  EXPECT_EQ(store->get(one).error().code, Errc::integrity_failure);
}

TEST(BlobsFolder, EraseOverwritesTheWrappedKey) {
  const TemporaryDirectory place;
  const auto store = open(place.path());
  const auto id = store->put(bytes_of("content")).value();
  const auto path = place.path() / id.substr(0, 2) / id;
  std::filesystem::create_hard_link(path, place.path() / "second name");
  ASSERT_TRUE(store->erase(id));
  EXPECT_FALSE(std::filesystem::exists(path));
  EXPECT_EQ(
      content_of(place.path() / "second name").substr(0, kBlobHeadBytes),
      std::string(kBlobHeadBytes, '\0')
  );
}

TEST(BlobsFolder, AFailedWriteLeavesNothing) {
  const TemporaryDirectory place;
  const auto store = open(place.path());
  const auto kept = store->put(bytes_of("before")).value();
  // A file-size limit stands in for a full disk: write(2) takes some bytes and then fails.
  EXPECT_EQ(
      testing::in_child([&] {
        std::signal(SIGXFSZ, SIG_IGN);
        const rlimit small{100'000, RLIM_INFINITY};
        if (::setrlimit(RLIMIT_FSIZE, &small) != 0) return 1;
        const auto put = store->put(random_bytes(1'000'000));
        if (put || put.error().code != Errc::storage_unavailable) return 2;
        if (files_below(place.path()).size() != 1) return 3;
        if (!store->put(random_bytes(1'000))) return 4;
        return 0;
      }),
      0
  );
  EXPECT_EQ(text_of(store->get(kept).value()), "before");
  EXPECT_EQ(files_below(place.path()).size(), 2U);
}

TEST(BlobsFolder, OnlyOldLeftoversAreRemoved) {
  const TemporaryDirectory place;
  (void)open(place.path());
  overwrite(place.path() / "incoming" / "old", "x");
  overwrite(place.path() / "incoming" / "new", "x");
  std::filesystem::last_write_time(
      place.path() / "incoming" / "old",
      std::filesystem::file_time_type::clock::now() - std::chrono::hours(2)
  );
  EXPECT_EQ(open(place.path())->remove_drafts(), 1U);
  EXPECT_FALSE(std::filesystem::exists(place.path() / "incoming" / "old"));
  EXPECT_TRUE(std::filesystem::exists(place.path() / "incoming" / "new"));
}

TEST(BlobsFolder, ListsOnlyBlobsInTheirPlaces) {
  const TemporaryDirectory place;
  const auto store = open(place.path());
  const auto id = store->put(bytes_of("x")).value();
  const auto folder = place.path() / id.substr(0, 2);
  overwrite(folder / "notes.txt", "x");
  const std::string elsewhere = (id.starts_with("00") ? "01" : "00") + id.substr(2);
  overwrite(folder / elsewhere, "x");
  overwrite(place.path() / "incoming" / id, "x");
  const auto page = store->list("");
  ASSERT_TRUE(page);
  ASSERT_EQ(page->blobs.size(), 1U);
  EXPECT_EQ(page->blobs[0].id, id);
}

TEST(BlobsFolder, AFolderThatCannotBeMadeIsAnError) {
  const TemporaryDirectory place;
  overwrite(place.path() / "file", "x");
  const auto store = open_folder_blobs(place.path() / "file" / "blobs", master_key_of(1));
  ASSERT_FALSE(store);
  EXPECT_EQ(store.error().code, Errc::storage_unavailable);
}

}  // namespace
}  // namespace selfsame::storage
