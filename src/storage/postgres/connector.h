// SPDX-License-Identifier: Apache-2.0
// Makes connections, and stops asking for a while where none can be had.
#pragma once

#include <chrono>
#include <mutex>
#include <string>
#include <utility>

#include "base/result.h"
#include "storage/postgres/connection.h"

namespace selfsame::storage::postgres {

/// Thread-safe.
class Connector {
 public:
  explicit Connector(Target target) : target_(std::move(target)) {}

  /// A new session. After a failure the next attempt is made 50 ms later at the earliest, then 100,
  /// 200, ... up to 2 s, by one caller at a time; everyone else gets the last error at once, so
  /// that a server that is away does not hold up threads.
  [[nodiscard]] Result<Connection> connect(Connection::Mode mode);

 private:
  using Clock = std::chrono::steady_clock;

  [[nodiscard]] Result<void> ask();
  void note(const Result<Connection>& made);

  const Target target_;
  std::mutex mutex_;
  std::chrono::milliseconds pause_{0};  // 0: the last attempt succeeded
  Clock::time_point next_attempt_;
  std::string last_error_;
};

}  // namespace selfsame::storage::postgres
