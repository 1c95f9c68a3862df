// SPDX-License-Identifier: Apache-2.0
#include "flows/identity_check.h"

#include <gtest/gtest.h>

#include "base/crypto.h"
#include "flows/register.h"
#include "flows/test_await.h"
#include "flows/test_engine.h"
#include "storage/blobs_folder.h"
#include "storage/sqlite_database.h"
#include "storage/test_places.h"

namespace selfsame::flows {
namespace {

using core::Outcome;
using core::RegisterFinding;
using testing::await;

constexpr const char* kNumber = "11010519491231002X";
const Bytes kPortrait = {'p', 'o', 'r', 't', 'r', 'a', 'i', 't'};
const Bytes kSelfie = {'s', 'e', 'l', 'f', 'i', 'e'};

/// Reads the portrait and the selfie each in its own way.
class TwoPhotosEngine final : public vision::FaceEngine {
 public:
  std::optional<Errc> portrait_error;
  std::optional<core::CaptureDefect> portrait_defect;
  bool portrait_in_colour = true;
  std::optional<Errc> selfie_error;
  std::optional<core::CaptureDefect> selfie_defect;
  double cosine = 0.7;

  Result<vision::FacePhoto> read_photo(ByteView encoded, const vision::PhotoOptions& options)
      const override {
    const bool is_portrait = text_of(encoded) == text_of(kPortrait);
    EXPECT_NE(options.require_quality, is_portrait);
    EXPECT_TRUE(options.single_face_only);
    if (const auto& error = is_portrait ? portrait_error : selfie_error) return fail(*error);
    vision::FacePhoto photo;
    photo.defect = is_portrait ? portrait_defect : selfie_defect;
    photo.in_colour = portrait_in_colour;
    if (!photo.defect) photo.templates = {{1.0F}};
    return photo;
  }
  Result<vision::FacePhoto> read_image(const vision::Image&, const vision::PhotoOptions&)
      const override {
    return fail(Errc::unsupported);
  }
  Result<core::SimilarityScore> compare(const vision::FaceTemplates&, const vision::FaceTemplates&)
      const override {
    return core::SimilarityScore{cosine};
  }
  Result<vision::LivenessMeasurement> measure_photo_liveness(ByteView) const override {
    return fail(Errc::unsupported);
  }
  Result<vision::CaptureMeasurement>
  measure_capture(const vision::CaptureSamples&, const core::Challenge&) const override {
    return fail(Errc::unsupported);
  }
  Result<vision::LivenessMeasurement> measure_video_liveness(ByteView) const override {
    return fail(Errc::unsupported);
  }
  Bytes encode_jpeg(const vision::Image&, int) const override { return {}; }
  const core::ComparisonCalibration& calibration() const noexcept override { return calibration_; }
  const core::PadPolicy& pad_policy() const noexcept override { return testing::kPolicy.pad; }
  std::vector<vision::NetworkFacts> networks() const override { return {}; }
  Result<void> self_test(const std::string&) const override { return {}; }

 private:
  core::ComparisonCalibration calibration_{
      .threshold = {0.36, 0.42, 0.47, 0.52}, .precision = "f32", .version = "test"
  };
};

class IdentityCheckTest : public ::testing::Test {
 protected:
  IdentityCheckTest() {
    const auto blob = blobs_->put(kPortrait);
    const storage::RegisterEntry entry{
        .record =
            {.number = kNumber,
             .name = "韦小宝",
             .validity = core::validity_from("20160607", "20260607")},
        .photo_blob = blob.value(),
        .photo_sha256 = sha256_hex(text_of(kPortrait)),
        .photo_in_colour = true,
        .imported_at = clock_.now()
    };
    EXPECT_TRUE(database_->register_records().put(entry));
  }

  IdentityCheckRequest request(Bytes photo = {}) {
    IdentityCheckRequest request;
    request.caller = {.customer = "bank", .access_key_id = "AK1"};
    request.surface = "tencent";
    request.operation = "ImageRecognitionV2";
    request.product = "tencent.pure-api";
    request.request_id = "id-" + std::to_string(++ids_);
    request.query = {
        .number = kNumber, .name = "韦小宝", .validity = {}, .wants_photo = !photo.empty()
    };
    request.photo = std::move(photo);
    request.deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    request.billed_code = [](Outcome outcome) -> std::optional<std::string> {
      const bool is_billed = outcome == Outcome::match || outcome == Outcome::non_match ||
                             outcome == Outcome::identity_confirmed;
      return is_billed ? std::optional(std::string(name_of(outcome))) : std::nullopt;
    };
    return request;
  }

  Result<IdentityCheckResult> run(IdentityCheckRequest asked) {
    return await(check_.run(std::move(asked)));
  }
  RegisterFinding finding_of(IdentityCheckRequest asked) {
    const auto result = run(std::move(asked));
    EXPECT_TRUE(result) << result.error().detail;
    return result ? result->finding : RegisterFinding{};
  }
  std::size_t billed() { return database_->outcomes().ledger("bank").value().size(); }

  storage::testing::TemporaryDirectory directory_;
  storage::MasterKey key_ = storage::testing::master_key_of(1);
  std::unique_ptr<storage::Database> database_ =
      storage::open_database(directory_.path() / "selfsame.db", key_).value();
  std::unique_ptr<storage::BlobStore> blobs_ =
      storage::open_folder_blobs(directory_.path() / "blobs", key_).value();
  TwoPhotosEngine engine_;
  ManualClock clock_{Timestamp(std::chrono::milliseconds(1'800'000'000'000))};
  WorkerPool storage_pool_{1, 4};
  InferencePool inference_pool_{1, 4};
  LocalRegister register_{*database_, *blobs_, storage_pool_};
  NumberWatch numbers_{*database_, storage_pool_, clock_};
  IdentityCheck check_{
      engine_,
      *database_,
      register_,
      numbers_,
      inference_pool_,
      storage_pool_,
      clock_,
      testing::kPolicy.comparison,
      3
  };
  int ids_ = 0;
};

TEST_F(IdentityCheckTest, ANumberAndItsNameAreConfirmedAndBilledOnce) {
  auto asked = request();
  asked.request_fingerprint = "fp";
  const auto first = run(asked);
  ASSERT_TRUE(first) << first.error().detail;
  EXPECT_EQ(first->outcome, Outcome::identity_confirmed);
  EXPECT_FALSE(first->repeated);
  asked.request_id = "another";
  const auto again = run(asked);
  ASSERT_TRUE(again);
  EXPECT_TRUE(again->repeated);
  EXPECT_EQ(again->request_id, first->request_id);
  EXPECT_EQ(again->outcome, Outcome::identity_confirmed);
  EXPECT_EQ(billed(), 1U);
}

TEST_F(IdentityCheckTest, WhatTheRegisterDoesNotConfirmIsNotConfirmed) {
  auto unknown = request();
  unknown.query.number = "440524188001010014";
  EXPECT_EQ(finding_of(unknown), RegisterFinding::no_such_number);
  auto another = request();
  another.query.name = "陈近南";
  EXPECT_EQ(finding_of(another), RegisterFinding::number_name_mismatch);
  auto expired = request();
  expired.query.validity = core::validity_from("20160607", "20250607");
  EXPECT_EQ(finding_of(expired), RegisterFinding::validity_mismatch);
  EXPECT_EQ(billed(), 0U);
}

TEST_F(IdentityCheckTest, TheSamePersonMatchesAndAnotherDoesNot) {
  const auto same = run(request(kSelfie));
  ASSERT_TRUE(same) << same.error().detail;
  EXPECT_EQ(same->outcome, Outcome::match);
  EXPECT_EQ(same->cosine, 0.7);
  EXPECT_TRUE(same->register_photo_in_colour);
  engine_.cosine = 0.35;
  engine_.portrait_in_colour = false;
  const auto other = run(request(kSelfie));
  ASSERT_TRUE(other);
  EXPECT_EQ(other->outcome, Outcome::non_match);
  EXPECT_FALSE(other->register_photo_in_colour);
  engine_.cosine = std::numeric_limits<double>::quiet_NaN();
  EXPECT_EQ(run(request(kSelfie))->outcome, Outcome::non_match);
  EXPECT_EQ(billed(), 3U);
}

TEST_F(IdentityCheckTest, APhotoOfTheRegisterThatCannotBeUsedIsACauseOfItsOwn) {
  engine_.portrait_error = Errc::image_undecodable;
  EXPECT_EQ(finding_of(request(kSelfie)), RegisterFinding::photo_format);
  engine_.portrait_error = std::nullopt;
  engine_.portrait_defect = core::CaptureDefect::no_face;
  EXPECT_EQ(finding_of(request(kSelfie)), RegisterFinding::no_face);
  EXPECT_EQ(billed(), 0U);
}

TEST_F(IdentityCheckTest, ACallersPhotoThatCannotBeUsedIsTheCallersMatter) {
  engine_.selfie_error = Errc::image_undecodable;
  EXPECT_EQ(run(request(kSelfie)).error().code, Errc::image_undecodable);
  engine_.selfie_error = std::nullopt;
  engine_.selfie_defect = core::CaptureDefect::several_faces;
  const auto result = run(request(kSelfie));
  ASSERT_TRUE(result);
  EXPECT_EQ(result->outcome, Outcome::reference_several_faces);
  EXPECT_EQ(billed(), 0U);
}

TEST_F(IdentityCheckTest, AnEntryWithoutAPhotoMatchesNobody) {
  storage::RegisterEntry bare = database_->register_records().find(kNumber).value().value();
  bare.photo_blob.clear();
  ASSERT_TRUE(database_->register_records().put(bare));
  EXPECT_EQ(finding_of(request(kSelfie)), RegisterFinding::no_photo);
}

TEST_F(IdentityCheckTest, ALostPhotoIsAFailureOfTheRegister) {
  const auto entry = database_->register_records().find(kNumber).value().value();
  ASSERT_TRUE(blobs_->erase(entry.photo_blob));
  EXPECT_EQ(finding_of(request(kSelfie)), RegisterFinding::source_error);
  EXPECT_EQ(finding_of(request()), RegisterFinding::found);
}

TEST_F(IdentityCheckTest, ANumberIsAskedForSoManyTimesADay) {
  for (int i = 0; i < 3; ++i) EXPECT_EQ(finding_of(request()), RegisterFinding::found);
  EXPECT_EQ(finding_of(request()), RegisterFinding::too_many_enquiries);
  auto other = request();
  other.query.number = "440524188001010014";
  EXPECT_EQ(finding_of(other), RegisterFinding::no_such_number);
  clock_.advance(std::chrono::hours(24));
  EXPECT_EQ(finding_of(request()), RegisterFinding::found);
}

TEST_F(IdentityCheckTest, AnAttackUnderANumberIsRemembered) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  EXPECT_FALSE(await(numbers_.was_attacked(kNumber, deadline)).value());
  ASSERT_TRUE(await(numbers_.note_attack(kNumber, deadline)));
  EXPECT_TRUE(await(numbers_.was_attacked(kNumber, deadline)).value());
}

}  // namespace
}  // namespace selfsame::flows
