// SPDX-License-Identifier: Apache-2.0
#include "flows/register_import.h"

#include <gtest/gtest.h>

#include "flows/test_engine.h"
#include "storage/blobs_folder.h"
#include "storage/sqlite_database.h"
#include "storage/test_places.h"

namespace selfsame::flows {
namespace {

constexpr const char* kNumber = "11010519491231002X";

RegisterImportRow row(Bytes photo = {1, 2, 3}) {
  return {
      .kind = core::IdNumberKind::mainland_china,
      .number = "11010519491231002x",
      .name = "韦小宝",
      .valid_from = "20160607",
      .valid_until = "00000000",
      .photo = std::move(photo)
  };
}

class RegisterImportTest : public ::testing::Test {
 protected:
  RegisterChange change_of(const RegisterImportRow& given, bool dry_run = false) {
    const auto report = import_.take(given, dry_run);
    EXPECT_TRUE(report) << report.error().detail;
    return report->change;
  }
  Error error_of(const RegisterImportRow& given) {
    const auto report = import_.take(given, false);
    EXPECT_FALSE(report);
    return report ? Error{} : report.error();
  }
  std::optional<storage::RegisterEntry> stored() {
    return database_->register_records().find(kNumber).value();
  }
  std::size_t blobs() { return storage::testing::count_blobs(*blobs_); }

  storage::testing::TemporaryDirectory directory_;
  storage::MasterKey key_ = storage::testing::master_key_of(1);
  std::unique_ptr<storage::Database> database_ =
      storage::open_database(directory_.path() / "selfsame.db", key_).value();
  std::unique_ptr<storage::BlobStore> blobs_ =
      storage::open_folder_blobs(directory_.path() / "blobs", key_).value();
  testing::ScriptedEngine engine_;
  ManualClock clock_{Timestamp(std::chrono::milliseconds(1'800'000'000'000))};
  RegisterImport import_{&engine_, *database_, *blobs_, clock_};
};

TEST_F(RegisterImportTest, ARowTakenAgainChangesNothing) {
  EXPECT_EQ(change_of(row()), RegisterChange::added);
  const auto first = stored();
  ASSERT_TRUE(first);
  EXPECT_EQ(blobs_->get(first->photo_blob).value(), (Bytes{1, 2, 3}));
  // It is not even looked at again.
  engine_.photo_error = Errc::engine_failed;
  clock_.advance(std::chrono::hours(1));
  EXPECT_EQ(change_of(row()), RegisterChange::unchanged);
  EXPECT_EQ(stored()->imported_at, first->imported_at);
  EXPECT_EQ(blobs(), 1U);
}

TEST_F(RegisterImportTest, AnotherPhotoTakesThePlaceOfTheFirst) {
  EXPECT_EQ(change_of(row()), RegisterChange::added);
  EXPECT_EQ(change_of(row({4, 5})), RegisterChange::replaced);
  EXPECT_EQ(blobs_->get(stored()->photo_blob).value(), (Bytes{4, 5}));
  EXPECT_EQ(blobs(), 1U);
  EXPECT_EQ(change_of(row({})), RegisterChange::replaced);
  EXPECT_EQ(blobs(), 0U);
  RegisterImportRow renamed = row({});
  renamed.name = "Wei Xiaobao";
  EXPECT_EQ(change_of(renamed), RegisterChange::replaced);
  EXPECT_EQ(stored()->record.name, "Wei Xiaobao");
}

TEST_F(RegisterImportTest, ADryRunStoresNothing) {
  EXPECT_EQ(change_of(row(), true), RegisterChange::added);
  EXPECT_FALSE(stored());
  EXPECT_EQ(blobs(), 0U);
}

TEST_F(RegisterImportTest, WhatIsWrongIsSaidWithoutNumberAndName) {
  std::vector<RegisterImportRow> wrong(5, row());
  wrong[0].number = "110105194912310021";
  wrong[1].number = "1/2";
  wrong[2].name = "12345";
  wrong[3].valid_until = "20160606";
  wrong[4].valid_from = "";
  for (const RegisterImportRow& each : wrong) {
    const Error error = error_of(each);
    EXPECT_EQ(error.code, Errc::invalid_parameter);
    EXPECT_EQ(error.detail.find(each.number), std::string::npos) << error.detail;
    EXPECT_EQ(error.detail.find(each.name), std::string::npos) << error.detail;
  }
  EXPECT_FALSE(stored());
}

TEST_F(RegisterImportTest, APhotoShowsOneFace) {
  engine_.photo_error = Errc::image_undecodable;
  EXPECT_EQ(error_of(row()).code, Errc::invalid_parameter);
  engine_.photo_error = std::nullopt;
  engine_.reference_defect = core::CaptureDefect::several_faces;
  EXPECT_EQ(error_of(row()).code, Errc::invalid_parameter);
  engine_.photo_error = Errc::engine_failed;
  EXPECT_EQ(error_of(row()).code, Errc::engine_failed);
  const RegisterImport blind(nullptr, *database_, *blobs_, clock_);
  EXPECT_EQ(blind.take(row(), false).error().code, Errc::invalid_parameter);
  EXPECT_FALSE(stored());
  EXPECT_EQ(blobs(), 0U);
}

TEST_F(RegisterImportTest, ADoubtfulNumberIsTakenAndNoted) {
  RegisterImportRow doubtful = row({});
  doubtful.kind = core::IdNumberKind::malaysia;
  doubtful.number = "851331-14-5678";
  const auto report = import_.take(doubtful, false);
  ASSERT_TRUE(report) << report.error().detail;
  EXPECT_TRUE(report->number_is_doubtful);
  EXPECT_FALSE(report->has_photo);
}

TEST_F(RegisterImportTest, AnErasedNumberLeavesNothing) {
  EXPECT_EQ(change_of(row()), RegisterChange::added);
  auto& history = database_->number_history();
  ASSERT_TRUE(history.note_attack(history.mark_of(kNumber), clock_.now()));
  ASSERT_TRUE(import_.erase("11010519491231002x", false));
  EXPECT_FALSE(stored());
  EXPECT_EQ(blobs(), 0U);
  EXPECT_TRUE(database_->number_history().was_attacked(kNumber).value());
  EXPECT_EQ(import_.erase(kNumber, true).error().code, Errc::not_found);
  EXPECT_FALSE(database_->number_history().was_attacked(kNumber).value());
}

}  // namespace
}  // namespace selfsame::flows
