// SPDX-License-Identifier: Apache-2.0
#include "flows/register_import.h"

#include <optional>
#include <utility>

#include "base/crypto.h"
#include "core/person_name.h"
#include "core/register_record.h"
#include "flows/identity_check.h"

namespace selfsame::flows {
namespace {

tl::unexpected<Error> refuse(const char* why) {
  return fail(Errc::invalid_parameter, why);
}

Result<core::RegisterRecord> record_of(const RegisterImportRow& row) {
  core::RegisterRecord record;
  auto number = core::normal_id_number(row.number);
  if (!number)
    return refuse("the number has other characters than letters and digits, or too many");
  if (core::check_id_number(row.kind, *number) == core::NumberForm::wrong) {
    return refuse("the number is none of its kind: length or check digit");
  }
  if (!core::normal_person_name(row.name)) return refuse("the name can be none");
  record.number = std::move(*number);
  record.name = row.name;
  if (row.valid_from.empty() && row.valid_until.empty()) return record;
  record.validity = core::validity_from(row.valid_from, row.valid_until);
  if (!record.validity) return refuse("the validity is not two days as YYYYMMDD, in order");
  return record;
}

}  // namespace

Result<bool> RegisterImport::photo_in_colour(const Bytes& photo) const {
  if (engine_ == nullptr) return refuse("a photo, and nothing to look at it with");
  SELFSAME_TRY(reading, read_register_photo(*engine_, photo));
  if (reading.finding == core::RegisterFinding::photo_format) {
    return refuse("the photo cannot be decoded");
  }
  if (reading.finding != core::RegisterFinding::found) {
    return refuse("the photo does not show exactly one face, or is too small");
  }
  return reading.photo.in_colour;
}

Result<RegisterImportReport> RegisterImport::take(const RegisterImportRow& row, bool dry_run)
    const {
  storage::RegisterEntry entry;
  SELFSAME_TRY(record, record_of(row));
  entry.record = std::move(record);
  RegisterImportReport report;
  report.number_is_doubtful =
      core::check_id_number(row.kind, entry.record.number) == core::NumberForm::doubtful;
  report.has_photo = !row.photo.empty();
  if (report.has_photo) entry.photo_sha256 = sha256_hex(text_of(row.photo));

  SELFSAME_TRY(before, database_.register_records().find(entry.record.number));
  const bool is_same =
      before && before->record == entry.record && before->photo_sha256 == entry.photo_sha256;
  if (is_same) {
    report.change = RegisterChange::unchanged;
    report.photo_in_colour = before->photo_in_colour;
    return report;
  }
  report.change = before ? RegisterChange::replaced : RegisterChange::added;
  if (report.has_photo) {
    SELFSAME_TRY(in_colour, photo_in_colour(row.photo));
    report.photo_in_colour = entry.photo_in_colour = in_colour;
  }
  if (!dry_run) SELFSAME_CHECK(store(std::move(entry), row.photo));
  return report;
}

Result<void> RegisterImport::store(storage::RegisterEntry entry, const Bytes& photo) const {
  entry.imported_at = clock_.now();
  if (!photo.empty()) {
    SELFSAME_TRY(blob, blobs_.put(photo));
    entry.photo_blob = std::move(blob);
  }
  if (clock_.now() - entry.imported_at > storage::kBlobCommitWithin) {
    static_cast<void>(blobs_.erase(entry.photo_blob));
    return fail(Errc::deadline_exceeded, "storing the photo took so long that it may be swept");
  }
  SELFSAME_TRY(unused, database_.register_records().put(entry));
  // Nothing refers to it; what cannot be erased now is left to the sweep.
  if (!unused.empty()) static_cast<void>(blobs_.erase(unused));
  return {};
}

Result<void> RegisterImport::erase(const std::string& number, bool history) const {
  const auto normal = core::normal_id_number(number);
  if (!normal) return refuse("this can be no number");
  if (history) SELFSAME_CHECK(database_.number_history().forget(*normal));
  SELFSAME_TRY(blob, database_.register_records().erase(*normal));
  if (blob.empty()) return {};
  const auto erased = blobs_.erase(blob);
  const bool is_gone = erased || erased.error().code == Errc::not_found;
  if (is_gone) return {};
  return fail(erased.error().code, "the entry is erased; its photo is left to `blobs sweep`");
}

}  // namespace selfsame::flows
