// SPDX-License-Identifier: Apache-2.0
// Uploads over a real database and blob store, whose clock the test moves.
#include "flows/uploads.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <memory>

#include "base/crypto.h"
#include "flows/test_await.h"
#include "storage/blobs_folder.h"
#include "storage/master_key.h"
#include "storage/sqlite_database.h"
#include "storage/test_places.h"

namespace selfsame::flows {
namespace {

using testing::await;

class UploadsTest : public ::testing::Test {
 protected:
  UploadsTest() {
    auto master = storage::load_or_create_master_key(folder_);
    database_ = std::move(*storage::open_database(folder_ / "test.db", master->key));
    blobs_ = std::move(*storage::open_folder_blobs(folder_ / "blobs", master->key));
    uploads_ = std::make_unique<Uploads>(*database_, *blobs_, pool_, clock_);
  }
  ~UploadsTest() override {
    pool_.join();
    blobs_.reset();
    database_.reset();
    std::filesystem::remove_all(folder_);
  }

  UploadTicket open() {
    return await(uploads_->open("bank", "LivenessCompare", deadline_)).value();
  }
  Result<void> write(const std::string& token, std::string_view text) {
    const ByteView bytes = bytes_of(text);
    return await(uploads_->write(token, Bytes(bytes.begin(), bytes.end()), deadline_));
  }
  Result<UploadedFile> read(const std::string& token) {
    return await(uploads_->read(token, deadline_));
  }
  std::size_t blobs() { return storage::testing::count_blobs(*blobs_); }

  std::filesystem::path folder_ =
      std::filesystem::temp_directory_path() / ("uploads_" + random_uuid());
  ManualClock clock_{Timestamp(std::chrono::milliseconds(1'800'000'000'000))};
  std::unique_ptr<storage::Database> database_;
  std::unique_ptr<storage::BlobStore> blobs_;
  WorkerPool pool_{2, 8};
  Deadline deadline_ = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  std::unique_ptr<Uploads> uploads_;
};

TEST_F(UploadsTest, WhatIsWrittenIsReadByTheOtherToken) {
  const UploadTicket ticket = open();
  EXPECT_EQ(ticket.upload_token.size(), 43U);
  EXPECT_EQ(ticket.file_token.size(), 43U);
  EXPECT_NE(ticket.upload_token, ticket.file_token);
  EXPECT_EQ(ticket.expires_at, clock_.now() + kUploadLifetime);
  EXPECT_EQ(read(ticket.file_token).error().code, Errc::not_found);
  ASSERT_TRUE(write(ticket.upload_token, "a video"));
  const auto file = read(ticket.file_token);
  ASSERT_TRUE(file);
  EXPECT_EQ(text_of(file->content), "a video");
  EXPECT_EQ(file->customer, "bank");
  EXPECT_EQ(file->purpose, "LivenessCompare");
  EXPECT_EQ(read(ticket.upload_token).error().code, Errc::not_found);
}

TEST_F(UploadsTest, ASecondWriterLeavesNothing) {
  const UploadTicket ticket = open();
  ASSERT_TRUE(write(ticket.upload_token, "first"));
  EXPECT_EQ(write(ticket.upload_token, "second").error().code, Errc::conflict);
  EXPECT_EQ(write(ticket.file_token, "third").error().code, Errc::not_found);
  EXPECT_EQ(write("", "fourth").error().code, Errc::not_found);
  EXPECT_EQ(blobs(), 1U);
  EXPECT_EQ(text_of(read(ticket.file_token)->content), "first");
}

TEST_F(UploadsTest, AfterTwoHoursItIsGone) {
  const UploadTicket written = open();
  const UploadTicket late = open();
  ASSERT_TRUE(write(written.upload_token, "a video"));
  clock_.advance(kUploadLifetime);
  EXPECT_EQ(read(written.file_token).error().code, Errc::not_found);
  EXPECT_EQ(write(late.upload_token, "too late").error().code, Errc::not_found);
  EXPECT_EQ(blobs(), 1U);
  static_cast<void>(open());
  EXPECT_EQ(blobs(), 0U);
}

TEST_F(UploadsTest, WhatNobodyFollowsIsSweptAway) {
  const UploadTicket written = open();
  ASSERT_TRUE(write(written.upload_token, "a video"));
  clock_.advance(kUploadLifetime - std::chrono::milliseconds(1));
  EXPECT_EQ(uploads_->sweep().value(), 0U);
  EXPECT_TRUE(read(written.file_token));
  clock_.advance(std::chrono::milliseconds(1));
  EXPECT_EQ(uploads_->sweep().value(), 1U);
  EXPECT_EQ(blobs(), 0U);
  EXPECT_EQ(uploads_->sweep().value(), 0U);
}

TEST_F(UploadsTest, WhatIsPublishedCanBeReadAndNotWritten) {
  const ByteView bytes = bytes_of("a best frame");
  const auto ticket =
      await(uploads_->publish("bank", "best_frame", Bytes(bytes.begin(), bytes.end()), deadline_));
  ASSERT_TRUE(ticket);
  EXPECT_TRUE(ticket->upload_token.empty());
  EXPECT_EQ(text_of(read(ticket->file_token)->content), "a best frame");
  EXPECT_EQ(write(ticket->upload_token, "other").error().code, Errc::not_found);
  EXPECT_EQ(write(ticket->file_token, "other").error().code, Errc::not_found);
}

}  // namespace
}  // namespace selfsame::flows
