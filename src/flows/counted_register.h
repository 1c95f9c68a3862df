// SPDX-License-Identifier: Apache-2.0
// A register that is not asked more often than it should be about one number, so that nobody finds
// out a name by trying.
#pragma once

#include <cstdint>

#include "flows/number_watch.h"
#include "flows/register.h"

namespace selfsame::flows {

/// Thread-safe. Everything given must outlive it.
class CountedRegister final : public Register {
 public:
  /// @param enquiries_per_day  about one number, UTC, of all callers together; 0: no bound
  CountedRegister(
      const Register& source, const NumberWatch& numbers, std::int64_t enquiries_per_day
  )
      : source_(source), numbers_(numbers), enquiries_per_day_(enquiries_per_day) {}

  /// `too_many_enquiries` is a finding. Also the errors of NumberWatch.
  [[nodiscard]] asio::awaitable<Result<RegisterAnswer>> look_up(
      core::RegisterQuery query, Deadline deadline
  ) const override;

 private:
  const Register& source_;
  const NumberWatch& numbers_;
  std::int64_t enquiries_per_day_;
};

}  // namespace selfsame::flows
