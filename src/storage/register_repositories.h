// SPDX-License-Identifier: Apache-2.0
// The authoritative register and what happened to its numbers, as interfaces. The promises of
// storage/repositories.h hold here too. Every implementation passes register_contract_test.cpp.
//
// Numbers are normal (core/id_number.h). A row has a keyed hash of its number, and the rest sealed:
// whoever has the database and not the master key learns how many there are, and no more.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/result.h"
#include "core/register_record.h"

namespace selfsame::storage {

struct RegisterEntry {
  core::RegisterRecord record;
  std::string photo_blob;        // empty: none
  std::string photo_sha256;      // of the photo as it was imported, hexadecimal; empty: none
  bool photo_in_colour = false;  // meaningful with a photo
  Timestamp imported_at;
};

struct RegisterPage {
  std::vector<RegisterEntry> entries;
  Bytes next;  // for the next call; empty: this was the last page
};

class RegisterRecords {
 public:
  virtual ~RegisterRecords() = default;
  /// Stores the entry in place of an earlier one of this number; returns the blob that no entry
  /// refers to any more, empty when there is none: the caller erases it. A record that is too long
  /// (number over core::kIdNumberBytesMax, name over core::kPersonNameBytesMax) or without a number
  /// throws std::invalid_argument.
  [[nodiscard]] virtual Result<std::string> put(const RegisterEntry& entry) = 0;
  /// `integrity_failure` when the row is not as it was stored.
  [[nodiscard]] virtual Result<std::optional<RegisterEntry>> find(const std::string& number) = 0;
  /// All entries in an order of no meaning; `from` is empty and then the `next` of the page before.
  /// @param limit  at least 1
  [[nodiscard]] virtual Result<RegisterPage> list(ByteView from, int limit) = 0;
  /// Removes the entry; returns its photo's blob as put() does. `not_found`.
  [[nodiscard]] virtual Result<std::string> erase(const std::string& number) = 0;
};

/// What happened to numbers, whether the register has them or not.
class NumberHistory {
 public:
  virtual ~NumberHistory() = default;
  /// What stands for the number here, to be kept where the number is not; keyed. Does not wait.
  [[nodiscard]] virtual Bytes mark_of(const std::string& number) const = 0;
  /// An attempt under the number with this mark was judged an attack.
  [[nodiscard]] virtual Result<void> note_attack(ByteView mark, Timestamp now) = 0;
  [[nodiscard]] virtual Result<bool> was_attacked(const std::string& number) = 0;
  /// Counts one more enquiry of this day, unless it is `most` already; whether it was counted.
  /// Forgets some of the days before.
  /// @param day  since 1970, the caller's choice of midnight
  [[nodiscard]] virtual Result<bool> count_enquiry(
      const std::string& number, std::int64_t day, std::int64_t most
  ) = 0;
  /// All that is noted of the number.
  [[nodiscard]] virtual Result<void> forget(const std::string& number) = 0;
};

}  // namespace selfsame::storage
