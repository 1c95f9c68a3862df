// SPDX-License-Identifier: Apache-2.0
// The authoritative register, wherever it is: in our own storage or behind an operator's source.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <optional>
#include <string>

#include "base/bytes.h"
#include "core/register_record.h"
#include "flows/worker_pool.h"
#include "storage/blob_store.h"
#include "storage/register_repositories.h"
#include "storage/repositories.h"

namespace selfsame::flows {

struct RegisterAnswer {
  core::RegisterFinding finding = core::RegisterFinding::source_error;
  Bytes photo;  // encoded, not looked at yet; empty unless found and wanted
};

/// Thread-safe.
class Register {
 public:
  virtual ~Register() = default;
  /// What the register says of a number. That it failed is a finding too; errors are ours:
  /// `overloaded`, `deadline_exceeded`.
  [[nodiscard]] virtual asio::awaitable<Result<RegisterAnswer>> look_up(
      core::RegisterQuery query, Deadline deadline
  ) const = 0;
};

/// What a magic name asks for (core/sandbox.h): nothing where the register is to be asked. Only for
/// customers of the sandbox. The photo of somebody who is found is the name, which is magic too.
[[nodiscard]] std::optional<Result<RegisterAnswer>> sandbox_register_answer(const std::string& name
);

/// Over our own storage. Waits on the pool.
class LocalRegister final : public Register {
 public:
  LocalRegister(storage::Database& database, storage::BlobStore& blobs, WorkerPool& blob_pool)
      : database_(database), blobs_(blobs), pool_(blob_pool) {}

  [[nodiscard]] asio::awaitable<Result<RegisterAnswer>> look_up(
      core::RegisterQuery query, Deadline deadline
  ) const override;

 private:
  storage::Database& database_;
  storage::BlobStore& blobs_;
  WorkerPool& pool_;
};

}  // namespace selfsame::flows
