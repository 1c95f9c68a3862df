// SPDX-License-Identifier: Apache-2.0
// Use case: an operator fills the register of this installation. Taking a row again changes
// nothing, so an import that was cut short is simply run again.
#pragma once

#include <string>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/result.h"
#include "core/id_number.h"
#include "storage/blob_store.h"
#include "storage/register_repositories.h"
#include "storage/repositories.h"
#include "vision/face_engine.h"

namespace selfsame::flows {

struct RegisterImportRow {
  core::IdNumberKind kind = core::IdNumberKind::mainland_china;
  std::string number;
  std::string name;
  std::string valid_from;   // "20160607"; empty: not known
  std::string valid_until;  // likewise; "00000000": for good
  Bytes photo;              // encoded; empty: none
};

enum class RegisterChange : std::uint8_t { added, replaced, unchanged };

struct RegisterImportReport {
  RegisterChange change{};
  bool number_is_doubtful = false;  // core::NumberForm::doubtful
  bool has_photo = false;
  bool photo_in_colour = false;  // meaningful with a photo
};

/// Blocking; one thread at a time.
class RegisterImport {
 public:
  /// @param engine  looks at photos; null: rows with photos are refused
  RegisterImport(
      const vision::FaceEngine* engine,
      storage::Database& database,
      storage::BlobStore& blobs,
      const Clock& clock
  )
      : engine_(engine), database_(database), blobs_(blobs), clock_(clock) {}

  /// Checks the row and stores it in place of an earlier one of this number; durable on return.
  /// `invalid_parameter` with a text for people that tells neither number nor name: a number, name
  /// or validity that can be none, a photo that is not of exactly one face.
  /// @param dry_run  checks all, changes nothing
  [[nodiscard]] Result<RegisterImportReport> take(const RegisterImportRow& row, bool dry_run) const;

  /// Erases the number's entry and photo, and what is noted of the number when `history`.
  /// `not_found` when the register does not have it.
  [[nodiscard]] Result<void> erase(const std::string& number, bool history) const;

 private:
  [[nodiscard]] Result<bool> photo_in_colour(const Bytes& photo) const;
  [[nodiscard]] Result<void> store(storage::RegisterEntry entry, const Bytes& photo) const;

  const vision::FaceEngine* engine_;
  storage::Database& database_;
  storage::BlobStore& blobs_;
  const Clock& clock_;
};

}  // namespace selfsame::flows
