// SPDX-License-Identifier: Apache-2.0
// flows::Register over an operator's own source by HTTP. The contract is docs/register.md.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "adapters/outbound/circuit_breaker.h"
#include "adapters/outbound/guarded_client.h"
#include "base/bytes.h"
#include "base/secret.h"
#include "flows/register.h"

namespace selfsame::adapters::outbound {

struct RegisterSource {
  std::string url;      // http(s)
  Secret token;         // sent as a bearer credential; empty: none
  std::string ca_file;  // PEM; empty: the system's
  std::chrono::milliseconds timeout{5'000};
  int failures_max = 5;                     // in a row, then it is left alone for
  std::chrono::milliseconds pause{30'000};  // this long
};

/// The longest answer: a photo of 8 MB in base64, and what surrounds it.
inline constexpr std::size_t kRegisterAnswerBytesMax = std::size_t{12} << 20;

/// {"number", "name", "wants_photo"} in JSON.
[[nodiscard]] std::string register_question(const core::RegisterQuery& query);

/// What a body says; nothing when it does not keep to the contract.
[[nodiscard]] std::optional<flows::RegisterAnswer> parse_register_answer(
    std::string_view body, const core::RegisterQuery& query
);

/// Thread-safe. The pool must outlive it.
class HttpRegister final : public flows::Register {
 public:
  HttpRegister(RegisterSource source, flows::WorkerPool& pool);

  /// One POST, no repetition. source_unavailable while the breaker is open; source_error for what
  /// is no answer 200 by the contract in time.
  [[nodiscard]] boost::asio::awaitable<Result<flows::RegisterAnswer>> look_up(
      core::RegisterQuery query, flows::Deadline deadline
  ) const override;

 private:
  [[nodiscard]] flows::RegisterAnswer ask(
      const core::RegisterQuery& query, flows::Deadline deadline
  ) const;

  RegisterSource source_;
  GuardedClient client_;
  flows::WorkerPool& pool_;
  mutable CircuitBreaker breaker_;
};

}  // namespace selfsame::adapters::outbound
