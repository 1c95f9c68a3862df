// SPDX-License-Identifier: Apache-2.0
// What every blob store must do; what one promises beyond is in the test of that one.
#include <functional>
#include <memory>
#include <set>
#include <thread>

#include "base/crypto.h"
#include "storage/blob_store.h"
#include "storage/blobs_folder.h"
#include "storage/blobs_s3.h"
#include "storage/test_object_store.h"
#include "storage/test_places.h"

namespace selfsame::storage {
namespace {

using testing::master_key_of;

/// Somewhere blobs stay while stores over them are opened and closed.
class BlobPlace {
 public:
  virtual ~BlobPlace() = default;
  [[nodiscard]] virtual Result<std::unique_ptr<BlobStore>> open(const MasterKey& key) = 0;
};

class FolderPlace final : public BlobPlace {
 public:
  Result<std::unique_ptr<BlobStore>> open(const MasterKey& key) override {
    return open_folder_blobs(directory_.path() / "blobs", key);
  }

 private:
  testing::TemporaryDirectory directory_;
};

/// A prefix of its own in the bucket.
class S3Place final : public BlobPlace {
 public:
  Result<std::unique_ptr<BlobStore>> open(const MasterKey& key) override {
    S3Options options = *testing::object_store();
    options.prefix = prefix_;
    return open_s3_blobs(std::move(options), key);
  }

 private:
  std::string prefix_ = testing::object_store()->prefix;
};

struct Kind {
  const char* name;
  std::function<std::unique_ptr<BlobPlace>()> make;  // nothing where it cannot be had
};

void PrintTo(const Kind& kind, std::ostream* out) {
  *out << kind.name;
}  // GoogleTest's name

class BlobStoreContract : public ::testing::TestWithParam<Kind> {
 protected:
  void SetUp() override {
    if (!place_) GTEST_SKIP() << testing::kNoObjectStore;
  }
  [[nodiscard]] std::unique_ptr<BlobStore> open(std::uint8_t key = 1) {
    auto store = place_->open(master_key_of(key));
    if (!store) throw std::runtime_error(store.error().detail);
    return std::move(*store);
  }

 private:
  std::unique_ptr<BlobPlace> place_ = GetParam().make();
};

TEST_P(BlobStoreContract, GivesBackWhatItTook) {
  const auto store = open();
  for (const std::size_t size :
       {std::size_t{0},
        std::size_t{1},
        std::size_t{4096},
        std::size_t{10'000'000},
        std::size_t{60'000'000}}) {
    const Bytes content = random_bytes(size);
    const auto id = store->put(content);
    ASSERT_TRUE(id) << id.error().detail;
    const auto back = store->get(*id);
    ASSERT_TRUE(back) << back.error().detail;
    EXPECT_TRUE(*back == content) << size;
  }
}

TEST_P(BlobStoreContract, OutlivesTheStore) {
  const auto id = open()->put(bytes_of("a portrait")).value();
  EXPECT_EQ(text_of(open()->get(id).value()), "a portrait");
}

TEST_P(BlobStoreContract, EqualContentsAreTwoBlobs) {
  const auto store = open();
  EXPECT_NE(store->put(bytes_of("same")).value(), store->put(bytes_of("same")).value());
}

TEST_P(BlobStoreContract, ErasedIsGoneAndOthersStay) {
  const auto store = open();
  const auto erased = store->put(bytes_of("one")).value();
  const auto kept = store->put(bytes_of("two")).value();
  EXPECT_TRUE(store->erase(erased));
  EXPECT_EQ(store->get(erased).error().code, Errc::not_found);
  EXPECT_EQ(store->erase(erased).error().code, Errc::not_found);
  EXPECT_EQ(text_of(store->get(kept).value()), "two");
}

TEST_P(BlobStoreContract, ListsEveryBlobOnceWithItsTime) {
  const auto store = open();
  const Timestamp before = SystemClock{}.now();
  std::set<std::string> expected;
  for (int i = 0; i < 40; ++i) expected.insert(store->put(bytes_of("x")).value());
  const std::string erased = store->put(bytes_of("x")).value();
  ASSERT_TRUE(store->erase(erased));
  std::set<std::string> listed;
  std::string from;
  do {
    const auto page = store->list(from);
    ASSERT_TRUE(page) << page.error().detail;
    for (const StoredBlob& blob : page->blobs) {
      EXPECT_TRUE(listed.insert(blob.id).second) << "twice";
      // An object store counts in seconds.
      EXPECT_GE(blob.written_at + std::chrono::seconds(1), before);
      EXPECT_LE(blob.written_at, SystemClock{}.now() + std::chrono::seconds(1));
    }
    from = page->next;
  } while (!from.empty());
  EXPECT_EQ(listed, expected);
}

TEST_P(BlobStoreContract, AnEmptyStoreListsNothing) {
  const auto page = open()->list("");
  ASSERT_TRUE(page) << page.error().detail;
  EXPECT_TRUE(page->blobs.empty());
  EXPECT_EQ(page->next, "");
}

TEST_P(BlobStoreContract, IdsThatAreNotOursAreNotFound) {
  const auto store = open();
  for (const std::string id :
       {"",
        "x",
        "../../../../etc/passwd",
        "00000000000000000000000000000000",
        "ABCDEFABCDEFABCDEFABCDEFABCDEFAB",
        "../incoming/abcdefabcdefabcdefab"}) {
    EXPECT_EQ(store->get(id).error().code, Errc::not_found) << id;
    EXPECT_EQ(store->erase(id).error().code, Errc::not_found) << id;
  }
}

TEST_P(BlobStoreContract, AnotherMasterKeyOpensNothing) {
  const auto id = open(1)->put(bytes_of("sealed")).value();
  const auto got = open(2)->get(id);
  ASSERT_FALSE(got);
  EXPECT_EQ(got.error().code, Errc::integrity_failure);
  EXPECT_NE(got.error().detail.find(master_key_of(1).id()), std::string::npos)
      << got.error().detail;
}

TEST_P(BlobStoreContract, TooLargeIsRefused) {
  const auto put = open()->put(Bytes((64U << 20U) + 1));
  ASSERT_FALSE(put);
  EXPECT_EQ(put.error().code, Errc::payload_too_large);
}

TEST_P(BlobStoreContract, ManyThreadsAtOnce) {
  const auto store = open();
  std::vector<std::thread> threads;
  std::atomic<int> good = 0;
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([&store, &good] {
      for (int i = 0; i < 10; ++i) {
        const Bytes content = random_bytes(2000);
        const auto id = store->put(content);
        if (id && store->get(*id) == content && store->erase(*id)) ++good;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(good, 80);
}

INSTANTIATE_TEST_SUITE_P(
    Stores,
    BlobStoreContract,
    ::testing::Values(
        Kind{"folder", [] { return std::make_unique<FolderPlace>(); }},
        Kind{
            "s3",
            [] {
              return testing::object_store() ? std::make_unique<S3Place>()
                                             : std::unique_ptr<BlobPlace>();
            }
        }
    ),
    [](const auto& kind) { return std::string(kind.param.name); }
);

}  // namespace
}  // namespace selfsame::storage
