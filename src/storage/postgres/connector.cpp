// SPDX-License-Identifier: Apache-2.0
#include "storage/postgres/connector.h"

#include <algorithm>

namespace selfsame::storage::postgres {
namespace {

constexpr std::chrono::milliseconds kFirstPause{50};
constexpr std::chrono::milliseconds kLongestPause{2'000};
// How long one attempt may keep the others away: longer than connect_timeout.
constexpr std::chrono::seconds kAttempt{10};

}  // namespace

Result<Connection> Connector::connect(Connection::Mode mode) {
  SELFSAME_CHECK(ask());
  auto made = Connection::open(target_, mode);
  note(made);
  return made;
}

Result<void> Connector::ask() {
  const std::lock_guard lock(mutex_);
  if (pause_.count() == 0) return {};
  const auto now = Clock::now();
  if (now < next_attempt_) return fail(Errc::storage_unavailable, last_error_);
  next_attempt_ = now + kAttempt;
  return {};
}

void Connector::note(const Result<Connection>& made) {
  const std::lock_guard lock(mutex_);
  if (made) {
    pause_ = {};
    return;
  }
  pause_ = std::clamp(2 * pause_, kFirstPause, kLongestPause);
  next_attempt_ = Clock::now() + pause_;
  last_error_ = made.error().detail;
}

}  // namespace selfsame::storage::postgres
