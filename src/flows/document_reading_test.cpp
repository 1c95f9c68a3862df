// SPDX-License-Identifier: Apache-2.0
#include "flows/document_reading.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "flows/test_await.h"
#include "flows/test_store.h"
#include "vision/decode_image.h"

namespace selfsame::flows {
namespace {

using testing::await;

constexpr Timestamp kNow{std::chrono::sys_days(std::chrono::year_month_day(
    std::chrono::year(2026), std::chrono::November, std::chrono::day(26)
))};

Bytes picture() {
  vision::Image image{320, 200, std::vector<std::uint8_t>(320 * 200 * 3, 128)};
  return vision::encode_jpeg(image, 90);
}

Bytes magic(const std::string& word) {
  const std::string text = "a photo\nselfsame-sandbox:" + word;
  return {text.begin(), text.end()};
}

class DocumentsTest : public ::testing::Test {
 protected:
  Result<vision::DocumentReading> read(
      const vision::Image& image, const vision::DocumentOptions& options
  ) {
    ++readings_;
    asked_ = options;
    std::this_thread::sleep_for(delay_);
    if (error_) return fail(*error_, "a network answered with NaN");
    vision::DocumentReading reading;
    reading.width_px = image.width_px;
    reading.height_px = image.height_px;
    reading.type = type_;
    reading.portrait = portrait_;
    return reading;
  }

  Documents documents() {
    DocumentSource source{.types = {"HKIDCard", "MainlandIDCard"}, .read = {}};
    if (has_networks_) {
      source.read = [this](const vision::Image& image, const vision::DocumentOptions& options) {
        return read(image, options);
      };
    }
    return {std::move(source), store_.database(), inference_pool_, storage_pool_, clock_};
  }

  static DocumentPhoto photo(Bytes encoded = picture()) {
    DocumentPhoto photo;
    photo.customer = "bank";
    photo.encoded = std::move(encoded);
    photo.deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    return photo;
  }

  Result<DocumentFinding> run(DocumentPhoto asked, const std::string& id = "id-1") {
    DocumentCall call{
        .caller = {.customer = "bank", .access_key_id = "AK1"},
        .surface = "native",
        .operation = "documents",
        .product = "native.documents",
        .request_id = id
    };
    const Documents flow = documents();
    return await(flow.run(std::move(call), std::move(asked)));
  }
  Errc error_of(DocumentPhoto asked) {
    const auto finding = run(std::move(asked));
    EXPECT_FALSE(finding);
    return finding ? Errc{} : finding.error().code;
  }
  std::vector<storage::LedgerEntry> ledger() {
    return store_.database()
        .outcomes()
        .ledger({.customer = "bank", .from = kNow, .to = kNow + std::chrono::seconds(1)})
        .value();
  }
  bool is_stored(const std::string& id) {
    return store_.database().outcomes().find("bank", id).has_value();
  }

  std::atomic<int> readings_ = 0;
  vision::DocumentOptions asked_;
  std::string type_ = "HKIDCard";
  std::optional<vision::Quad> portrait_;
  std::optional<Errc> error_;
  std::chrono::milliseconds delay_{0};
  bool has_networks_ = true;

  testing::TestStore store_{std::filesystem::temp_directory_path()};
  ManualClock clock_{kNow};
  InferencePool inference_pool_{1, 4};
  WorkerPool storage_pool_{1, 16};
};

TEST_F(DocumentsTest, OneThatWasReadIsStoredAndBilledOnce) {
  DocumentPhoto asked = photo();
  asked.type = "HKIDCard";
  const auto finding = run(std::move(asked));
  ASSERT_TRUE(finding) << finding.error().detail;
  EXPECT_EQ(finding->reading.type, "HKIDCard");
  EXPECT_EQ(asked_.type, "HKIDCard");
  EXPECT_EQ(asked_.today, std::chrono::floor<std::chrono::days>(kNow));

  const auto stored = store_.database().outcomes().find("bank", "id-1").value();
  EXPECT_EQ(stored.outcome, core::Outcome::document_read);
  EXPECT_EQ(stored.operation, "documents");
  EXPECT_FALSE(stored.cosine);
  ASSERT_EQ(ledger().size(), 1U);
  EXPECT_EQ(ledger()[0].product, "native.documents");
  EXPECT_EQ(ledger()[0].code, "document_read");
  EXPECT_EQ(ledger()[0].outcome_id, "id-1");
}

TEST_F(DocumentsTest, NoKnownDocumentIsAFindingAndFree) {
  type_ = "";
  const auto finding = run(photo());
  ASSERT_TRUE(finding);
  EXPECT_TRUE(finding->reading.type.empty());
  EXPECT_FALSE(is_stored("id-1"));
  EXPECT_TRUE(ledger().empty());
}

TEST_F(DocumentsTest, ReadingAloneStoresNothing) {
  const Documents flow = documents();
  ASSERT_TRUE(await(flow.read(photo())));
  EXPECT_EQ(readings_, 1);
  EXPECT_TRUE(ledger().empty());
}

TEST_F(DocumentsTest, WhatCannotBeReadIsRefused) {
  EXPECT_EQ(error_of(photo({'n', 'o'})), Errc::image_undecodable);
  EXPECT_EQ(error_of(photo({})), Errc::image_undecodable);
  DocumentPhoto odd = photo();
  odd.type = "HKIDCard2";
  EXPECT_EQ(error_of(std::move(odd)), Errc::invalid_parameter);
  EXPECT_EQ(readings_, 0);
  error_ = Errc::engine_failed;
  EXPECT_EQ(error_of(photo()), Errc::engine_failed);
  EXPECT_TRUE(ledger().empty());
}

TEST_F(DocumentsTest, WithoutNetworksEveryCallIsUnsupported) {
  has_networks_ = false;
  EXPECT_FALSE(documents().are_read());
  EXPECT_EQ(error_of(photo()), Errc::unsupported);
  EXPECT_EQ(error_of(photo({'n', 'o'})), Errc::unsupported);
}

TEST_F(DocumentsTest, ALateOneIsNotRead) {
  DocumentPhoto late = photo();
  late.deadline = std::chrono::steady_clock::now() - std::chrono::seconds(1);
  EXPECT_EQ(error_of(std::move(late)), Errc::deadline_exceeded);
  EXPECT_EQ(readings_, 0);
}

TEST_F(DocumentsTest, ThePortraitIsCutOutWhereItIsWanted) {
  const float left = 20;
  const float top = 30;
  portrait_ = vision::Quad{
      vision::Point{left, top}, {left + 60, top}, {left + 60, top + 80}, {left, top + 80}
  };
  EXPECT_TRUE(run(photo())->portrait_jpeg.empty());
  DocumentPhoto asked = photo();
  asked.wants_portrait = true;
  const auto cut = vision::decode_image(run(std::move(asked), "id-2")->portrait_jpeg);
  ASSERT_TRUE(cut);
  EXPECT_EQ(cut->width_px, 60);
  EXPECT_EQ(cut->height_px, 80);
}

/// A quad that a network got wrong is no reason for a picture of gigabytes.
TEST_F(DocumentsTest, APortraitHasBounds) {
  portrait_ = vision::Quad{vision::Point{-9e4F, 0}, {9e4F, 0}, {9e4F, 9e4F}, {-9e4F, 9e4F}};
  DocumentPhoto asked = photo();
  asked.wants_portrait = true;
  const auto cut = vision::decode_image(run(std::move(asked))->portrait_jpeg);
  ASSERT_TRUE(cut);
  EXPECT_LE(cut->width_px, 1024);
  EXPECT_LE(cut->height_px, 1024);
}

TEST_F(DocumentsTest, AMagicPhotoDecidesInTheSandboxOnly) {
  EXPECT_EQ(error_of(photo(magic("document_read"))), Errc::image_undecodable);
  DocumentPhoto asked = photo(magic("document_read"));
  asked.sandbox = true;
  const auto read = run(std::move(asked));
  ASSERT_TRUE(read);
  EXPECT_TRUE(read->sandbox);
  EXPECT_EQ(read->reading.fields.find("document_number")->value, "11010519491231002X");
  EXPECT_EQ(read->reading.fields.find("full_name")->value, "韦小宝");

  DocumentPhoto named = photo(magic("no_such_number"));
  named.sandbox = true;
  EXPECT_EQ(
      run(std::move(named), "id-2")->reading.fields.find("full_name")->value,
      "selfsame-sandbox:no_such_number"
  );
  DocumentPhoto failing = photo(magic("error/engine_failed"));
  failing.sandbox = true;
  EXPECT_EQ(error_of(std::move(failing)), Errc::engine_failed);
  EXPECT_EQ(readings_, 0);
}

}  // namespace
}  // namespace selfsame::flows
