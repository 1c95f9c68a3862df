// SPDX-License-Identifier: Apache-2.0
// What is personal about text messages: numbers and words, sealed at rest. Thread-safe.
#pragma once

#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"
#include "base/secret.h"
#include "storage/sms_repositories.h"

namespace selfsame::flows {

/// Nothing in it holds U+0000.
struct SmsContent {
  std::string to;    // digits
  std::string from;  // core::is_sender_id
  std::string text;  // UTF-8
  std::string task_id;
};

class SmsVault {
 public:
  /// Two sub-keys of the master key.
  SmsVault(Secret sealing_key, Secret number_key)
      : sealing_key_(std::move(sealing_key)), number_key_(std::move(number_key)) {}

  /// Bound to the message and its customer.
  [[nodiscard]] Bytes seal(
      const SmsContent& content, std::string_view id, std::string_view customer
  ) const;
  /// `integrity_failure` when it is not what seal() made for this message.
  [[nodiscard]] Result<SmsContent> open(const storage::SmsRecord& record) const;

  /// Finds a number's rows and tells nothing.
  [[nodiscard]] Bytes hash_of_number(std::string_view digits) const;

  [[nodiscard]] Bytes seal_number(std::string_view digits) const;
  [[nodiscard]] Result<std::string> open_number(ByteView sealed) const;

 private:
  Secret sealing_key_;
  Secret number_key_;
};

}  // namespace selfsame::flows
