// SPDX-License-Identifier: Apache-2.0
// The promises of the S3 store beyond blob_store_contract_test.cpp, against a real object store
// and, for what a real one does not do on request, a proxy of faults before it. Run by
// tests/s3/run.sh.
#include "storage/blobs_s3.h"

#include <algorithm>
#include <thread>

#include "storage/blob_envelope.h"
#include "storage/s3/answers.h"
#include "storage/s3/client.h"
#include "storage/test_object_store.h"
#include "storage/test_places.h"

namespace selfsame::storage {
namespace {

using std::chrono::milliseconds;
using testing::FaultProxy;
using testing::master_key_of;

std::unique_ptr<BlobStore> open(S3Options options) {
  auto store = open_s3_blobs(std::move(options), master_key_of(1));
  if (!store) throw std::runtime_error(store.error().detail);
  return std::move(*store);
}

class BlobsS3 : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!testing::object_store()) GTEST_SKIP() << testing::kNoObjectStore;
    prefix_ = testing::object_store()->prefix;
  }

  [[nodiscard]] S3Options options() const {
    S3Options options = *testing::object_store();
    options.prefix = prefix_;
    return options;
  }
  /// What lies at the store, without our store in between.
  [[nodiscard]] Bytes raw(const std::string& id) const {
    auto client = s3::Client::make(options());
    return client->get(prefix_ + id, 1U << 30U).value();
  }
  void overwrite(const std::string& id, ByteView bytes) const {
    auto client = s3::Client::make(options());
    const std::array<ByteView, 1> parts = {bytes};
    ASSERT_TRUE(client->put(prefix_ + id, parts));
  }

  std::string prefix_;
};

TEST_F(BlobsS3, WhatIsStoredIsTheEnvelope) {
  const auto store = open(options());
  const Bytes content = random_bytes(100'000);
  const auto id = store->put(content).value();
  const Bytes stored = raw(id);
  EXPECT_EQ(stored.size(), content.size() + kBlobEnvelopeBytes);
  EXPECT_EQ(
      std::search(stored.begin(), stored.end(), content.begin(), content.begin() + 16), stored.end()
  );
  EXPECT_EQ(BlobEnvelope(master_key_of(1)).open(id, stored).value(), content);
  EXPECT_FALSE(BlobEnvelope(master_key_of(2)).open(id, stored));
}

TEST_F(BlobsS3, WhatWasTamperedWithAtTheStoreDoesNotOpen) {
  const auto store = open(options());
  const auto id = store->put(bytes_of("a portrait")).value();
  const auto other = store->put(bytes_of("another")).value();
  const Bytes stored = raw(id);
  for (std::size_t i = 0; i < stored.size(); i += 9) {
    Bytes tampered = stored;
    tampered[i] ^= 1;
    overwrite(id, tampered);
    EXPECT_EQ(store->get(id).error().code, Errc::integrity_failure) << "byte " << i;
  }
  for (const std::size_t size : {std::size_t{0}, kBlobHeadBytes, stored.size() - 1}) {
    overwrite(id, ByteView(stored).first(size));
    EXPECT_EQ(store->get(id).error().code, Errc::integrity_failure) << size;
  }
  overwrite(id, raw(other));
  EXPECT_EQ(store->get(id).error().code, Errc::integrity_failure) << "a blob under another name";
  overwrite(id, stored);
  EXPECT_EQ(text_of(store->get(id).value()), "a portrait");
}

TEST_F(BlobsS3, AnObjectLongerThanAnyBlobIsNotReadWhole) {
  const auto store = open(options());
  const auto id = store->put({}).value();
  overwrite(id, Bytes(kMaxBlobBytes + kBlobEnvelopeBytes + 1));
  EXPECT_EQ(store->get(id).error().code, Errc::integrity_failure);
  EXPECT_TRUE(store->erase(id));
}

TEST_F(BlobsS3, AnEmptyObjectInABlobsPlaceCanBeErased) {
  const auto store = open(options());
  const auto id = store->put({}).value();
  overwrite(id, {});
  EXPECT_TRUE(store->erase(id));
  EXPECT_EQ(store->erase(id).error().code, Errc::not_found);
}

TEST_F(BlobsS3, BothAddressingsReachTheSameBlob) {
  const auto id = open(options())->put(bytes_of("x")).value();
  S3Options virtual_host = options();
  virtual_host.virtual_host = true;
  const auto at = virtual_host.endpoint.find("127.0.0.1");
  ASSERT_NE(at, std::string::npos);
  virtual_host.endpoint.replace(at, 9, "localhost");
  const auto store = open(std::move(virtual_host));
  EXPECT_EQ(text_of(store->get(id).value()), "x");
  EXPECT_EQ(store->list("")->blobs.size(), 1U);
  EXPECT_TRUE(store->erase(id));
}

TEST_F(BlobsS3, TlsIsVerified) {
  S3Options trusted = options();
  trusted.endpoint = testing::environment("SELFSAME_TEST_S3_TLS_ENDPOINT");
  S3Options untrusted = options();
  untrusted.endpoint = trusted.endpoint;
  trusted.ca_file = testing::environment("SELFSAME_TEST_S3_CA");
  const auto store = open(std::move(trusted));
  const auto id = store->put(bytes_of("over TLS")).value();
  EXPECT_EQ(text_of(store->get(id).value()), "over TLS");
  const auto refused = open(std::move(untrusted))->get(id);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::storage_unavailable);
  EXPECT_NE(refused.error().detail.find("certificate"), std::string::npos)
      << refused.error().detail;
}

TEST_F(BlobsS3, AMissingBucketIsNoMissingBlob) {
  S3Options elsewhere = options();
  elsewhere.bucket = "no-such-bucket";
  const auto store = open(std::move(elsewhere));
  const std::string id = new_blob_id();
  for (const Error& error :
       {store->put(bytes_of("x")).error(),
        store->get(id).error(),
        store->erase(id).error(),
        store->list("").error()}) {
    EXPECT_EQ(error.code, Errc::storage_unavailable);
    EXPECT_NE(error.detail.find("404 NoSuchBucket"), std::string::npos) << error.detail;
  }
}

TEST_F(BlobsS3, AWrongSecretIsSaidAndNotShown) {
  S3Options wrong = options();
  wrong.secret_access_key = Secret(std::string_view("wrong-secret"));
  const auto put = open(std::move(wrong))->put(bytes_of("x"));
  ASSERT_FALSE(put);
  EXPECT_EQ(put.error().code, Errc::storage_unavailable);
  EXPECT_EQ(put.error().detail, "the object store answered 403 SignatureDoesNotMatch");
}

TEST_F(BlobsS3, ListsPageByPageOnlyWhatIsOurs) {
  const auto store = open(options());
  auto client = s3::Client::make(options()).value();
  const Bytes nothing;
  const std::array<ByteView, 1> parts = {nothing};
  std::set<std::string> expected;
  for (int i = 0; i < 1010; ++i) {
    std::string id = new_blob_id();
    ASSERT_TRUE(client.put(prefix_ + id, parts));
    expected.insert(std::move(id));
  }
  ASSERT_TRUE(client.put(prefix_ + "not ours & <odd> 100%", parts));
  ASSERT_TRUE(client.put(prefix_ + "~", parts));
  std::set<std::string> listed;
  std::string from;
  int pages = 0;
  do {
    const auto page = store->list(from);
    ASSERT_TRUE(page) << page.error().detail;
    for (const StoredBlob& blob : page->blobs) {
      EXPECT_TRUE(listed.insert(blob.id).second) << "twice";
      const auto age = SystemClock{}.now() - blob.written_at;
      EXPECT_LT(std::chrono::abs(age), std::chrono::minutes(10));
    }
    from = page->next;
    ++pages;
  } while (!from.empty());
  EXPECT_EQ(pages, 2);
  EXPECT_TRUE(listed == expected);
}

// Faults

class BlobsS3Faults : public BlobsS3 {
 protected:
  void SetUp() override {
    BlobsS3::SetUp();
    if (!IsSkipped()) proxy_.emplace();
  }
  [[nodiscard]] S3Options through_proxy() const {
    S3Options through = options();
    through.endpoint = FaultProxy::endpoint();
    through.connect_timeout = milliseconds(500);
    through.stall_timeout = milliseconds(1'000);
    through.total_timeout = milliseconds(2'000);
    return through;
  }
  std::optional<FaultProxy> proxy_;
};

/// Runs `work` and checks that it ended in time.
template <class Work>
auto within(milliseconds limit, Work work) {
  const auto start = std::chrono::steady_clock::now();
  auto result = work();
  EXPECT_LT(std::chrono::steady_clock::now() - start, limit);
  return result;
}

constexpr milliseconds kTotal{2'000};
constexpr milliseconds kTakeBack{2'000};
constexpr milliseconds kSlack{1'500};  // of a busy machine

TEST_F(BlobsS3Faults, ConnectionsAreUsedAgain) {
  const auto store = open(through_proxy());
  for (int i = 0; i < 5; ++i) {
    const auto id = store->put(bytes_of("x")).value();
    ASSERT_TRUE(store->get(id));
    ASSERT_TRUE(store->erase(id));
  }
  EXPECT_EQ(proxy_->seen().requests, 20);
  EXPECT_EQ(proxy_->seen().connections, 1);
}

TEST_F(BlobsS3Faults, PassingFaultsAreOvercome) {
  const auto store = open(through_proxy());
  const Bytes content = random_bytes(200'000);
  for (const char* fault :
       {"status 503 2",
        "status 500 1",
        "status 429 1",
        "refuse 2",
        "swallow 1",
        "cut 50 2",
        "cut 0 1",
        "delay 300"}) {
    proxy_->behave(fault);
    const auto id = store->put(content);
    ASSERT_TRUE(id) << fault << ": " << id.error().detail;
    proxy_->behave(fault);
    const auto back = store->get(*id);
    ASSERT_TRUE(back) << fault << ": " << back.error().detail;
    EXPECT_TRUE(*back == content) << fault;
    proxy_->behave(fault);
    const auto erased = store->erase(*id);
    EXPECT_TRUE(erased) << fault << ": " << erased.error().detail;
  }
  EXPECT_TRUE(store->list("")->blobs.empty());
}

TEST_F(BlobsS3Faults, LastingFaultsEndInTime) {
  const auto store = open(through_proxy());
  const auto id = store->put(random_bytes(200'000)).value();
  for (const char* fault :
       {"status 503 1000000",
        "refuse 1000000",
        "cut 50 1000000",
        "hang",
        "trickle",
        "garbage",
        "redirect",
        "status 404 1000000",
        "status 403 1000000"}) {
    proxy_->behave(fault);
    const auto got = within(kTotal + kSlack, [&] { return store->get(id); });
    ASSERT_FALSE(got) << fault;
    EXPECT_EQ(got.error().code, Errc::storage_unavailable) << fault << ": " << got.error().detail;
    EXPECT_EQ(got.error().detail.find("127.0.0.1"), std::string::npos) << got.error().detail;
  }
  for (const char* fault : {"status 503 1000000", "refuse 1000000", "hang", "redirect"}) {
    proxy_->behave(fault);
    const auto put =
        within(kTotal + kTakeBack + kSlack, [&] { return store->put(random_bytes(1'000)); });
    ASSERT_FALSE(put) << fault;
    EXPECT_EQ(put.error().code, Errc::storage_unavailable) << fault;
    EXPECT_FALSE(within(kTotal + kSlack, [&] { return store->erase(id); })) << fault;
    EXPECT_FALSE(within(kTotal + kSlack, [&] { return store->list(""); })) << fault;
  }
  proxy_->behave("ok");
  EXPECT_TRUE(store->get(id)) << "afterwards as before";
  EXPECT_EQ(store->list("")->blobs.size(), 1U) << "failed puts leave nothing";
}

TEST_F(BlobsS3Faults, RetriesAreBoundedAndSpaced) {
  const auto store = open(through_proxy());
  proxy_->behave("status 503 1000000");
  EXPECT_FALSE(store->get(new_blob_id()));
  EXPECT_GE(proxy_->seen().requests, 3);
  EXPECT_LE(proxy_->seen().requests, 4);
  proxy_->behave("status 403 1000000");
  EXPECT_FALSE(store->get(new_blob_id()));
  EXPECT_EQ(proxy_->seen().requests, 1) << "what cannot change is asked once";
}

TEST_F(BlobsS3Faults, AnEndlessAnswerIsBoundedInMemory) {
  S3Options patient = through_proxy();
  patient.total_timeout = milliseconds(20'000);
  const auto store = open(std::move(patient));
  proxy_->behave("endless");
  EXPECT_EQ(store->get(new_blob_id()).error().code, Errc::integrity_failure);
  EXPECT_EQ(store->list("").error().code, Errc::integrity_failure);
}

TEST_F(BlobsS3Faults, ChangedOnTheWayIsNoticed) {
  const auto store = open(through_proxy());
  const auto id = store->put(random_bytes(10'000)).value();
  for (const char* fault : {"tamper", "shorten"}) {
    proxy_->behave(fault);
    EXPECT_EQ(store->get(id).error().code, Errc::integrity_failure) << fault;
  }
}

TEST_F(BlobsS3Faults, NobodyThereIsSaidAtOnce) {
  S3Options nobody = through_proxy();
  nobody.endpoint = "http://127.0.0.1:1";
  const auto store = open(std::move(nobody));
  const auto put = within(kTotal + kSlack, [&] { return store->put(bytes_of("x")); });
  ASSERT_FALSE(put);
  EXPECT_EQ(put.error().code, Errc::storage_unavailable);
}

// Without any store

TEST(BlobsS3Options, WhatCannotBeRightIsNamed) {
  const auto sound = [] {
    S3Options options;
    options.endpoint = "https://s3.example.com";
    options.bucket = "faces";
    options.access_key_id = "AKIA";
    options.secret_access_key = Secret(std::string_view("secret"));
    return options;
  };
  EXPECT_TRUE(open_s3_blobs(sound(), master_key_of(1)));
  const auto refused = [&](auto change) {
    S3Options options = sound();
    change(options);
    const auto store = open_s3_blobs(std::move(options), master_key_of(1));
    if (store) return std::string("accepted");
    EXPECT_EQ(store.error().code, Errc::invalid_parameter);
    return store.error().detail.substr(0, store.error().detail.find(' '));
  };
  for (const char* endpoint :
       {"",
        "s3.example.com",
        "ftp://s3.example.com",
        "file:///etc/passwd",
        "https://user:word@s3.example.com",
        "https://s3.example.com/path",
        "https://s3.example.com?x=y",
        "https://"}) {
    EXPECT_EQ(refused([&](S3Options& o) { o.endpoint = endpoint; }), "blobs.s3.endpoint")
        << endpoint;
  }
  for (const char* bucket : {"", "ab", "Faces", "a/b/c", "a b c"}) {
    EXPECT_EQ(refused([&](S3Options& o) { o.bucket = bucket; }), "blobs.s3.bucket") << bucket;
  }
  for (const char* prefix : {"/a", "a//b", "../a", "a/../b", "a b", "a?b", "./a", "ä"}) {
    EXPECT_EQ(refused([&](S3Options& o) { o.prefix = prefix; }), "blobs.s3.prefix") << prefix;
  }
  EXPECT_EQ(refused([](S3Options& o) { o.region = "eu west"; }), "blobs.s3.region");
  EXPECT_EQ(refused([](S3Options& o) { o.access_key_id = "a:b"; }), "blobs.s3.access_key_id");
  EXPECT_EQ(refused([](S3Options& o) { o.secret_access_key = Secret(); }), "blobs.s3.secret_file");
}

TEST(S3Answers, ReadsAListing) {
  const auto listing = s3::listing_of(bytes_of(
      R"(<?xml version="1.0"?><ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">
         <IsTruncated>true</IsTruncated>
         <Contents><Key>a&amp;b</Key><LastModified>2026-11-26T10:45:07.250Z</LastModified></Contents>
         <Contents><Key>c</Key><LastModified>1970-01-01T00:00:00Z</LastModified></Contents>
         </ListBucketResult>)"
  ));
  ASSERT_TRUE(listing) << listing.error().detail;
  EXPECT_TRUE(listing->truncated);
  ASSERT_EQ(listing->objects.size(), 2U);
  EXPECT_EQ(listing->objects[0].key, "a&b");
  EXPECT_EQ(listing->objects[0].modified.time_since_epoch(), milliseconds(1'795'689'907'000));
  EXPECT_EQ(listing->objects[1].modified.time_since_epoch(), milliseconds(0));
}

TEST(S3Answers, RefusesWhatIsNoListing) {
  const std::string begin = "<ListBucketResult><IsTruncated>false</IsTruncated>";
  const std::string end = "</ListBucketResult>";
  EXPECT_TRUE(s3::listing_of(bytes_of(begin + end)));
  for (const std::string& xml :
       {std::string(),
        std::string("not XML"),
        std::string("<Error><Code>NoSuchBucket</Code></Error>"),
        std::string("<ListBucketResult></ListBucketResult>"),
        std::string("<ListBucketResult><IsTruncated>true</IsTruncated></ListBucketResult>"),
        begin,
        begin + "<Contents><Key>a</Key></Contents>" + end,
        begin + "<Contents><LastModified>2026-11-26T10:45:07Z</LastModified></Contents>" + end,
        begin +
            "<Contents><Key>a</Key><LastModified>2026-13-26T10:45:07Z</LastModified></Contents>" +
            end,
        begin +
            "<Contents><Key>a</Key><LastModified>2026-11-26 10:45:07Z</LastModified></Contents>" +
            end,
        begin +
            "<Contents><Key>a</Key><LastModified>2026-11-26T10:45:07</LastModified></Contents>" +
            end,
        begin +
            "<Contents><Key>a</Key><LastModified>2026-11-26T1a:45:07Z</LastModified></Contents>" +
            end,
        begin +
            "<Contents><Key>a</Key><LastModified>-026-11-26T10:45:07Z</LastModified></Contents>" +
            end}) {
    const auto listing = s3::listing_of(bytes_of(xml));
    ASSERT_FALSE(listing) << xml;
    EXPECT_EQ(listing.error().code, Errc::storage_unavailable) << xml;
  }
}

TEST(S3Answers, AnErrorCodeIsLettersAndDigits) {
  const auto code = [](const std::string& text) {
    return s3::error_code_of(bytes_of("<Error><Code>" + text + "</Code></Error>"));
  };
  EXPECT_EQ(code("NoSuchKey"), "NoSuchKey");
  EXPECT_EQ(code("No such\nkey"), "");
  EXPECT_EQ(code(std::string(65, 'a')), "");
  EXPECT_EQ(s3::error_code_of(bytes_of("<html>404</html>")), "");
  EXPECT_EQ(s3::error_code_of({}), "");
}

}  // namespace
}  // namespace selfsame::storage
