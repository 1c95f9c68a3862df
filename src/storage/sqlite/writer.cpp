// SPDX-License-Identifier: Apache-2.0
#include "storage/sqlite/writer.h"

#include <algorithm>

namespace selfsame::storage::sqlite {
namespace {

/// Bounds how long the first job of a batch waits for the others.
constexpr std::size_t kMaxBatch = 256;

}  // namespace

Writer::Writer(Connection connection)
    : connection_(std::move(connection)), thread_([this] { serve(); }) {}

Writer::~Writer() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  arrived_.notify_one();
  thread_.join();
}

Result<void> Writer::submit(Task& task) {
  std::unique_lock lock(mutex_);
  queue_.push_back(&task);
  arrived_.notify_one();
  task.finished.wait(lock, [&task] { return task.done; });
  if (task.thrown) std::rethrow_exception(task.thrown);
  return std::move(task.committed);
}

void Writer::serve() {
  std::unique_lock lock(mutex_);
  for (;;) {
    arrived_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
    if (queue_.empty()) return;
    const auto count = static_cast<std::ptrdiff_t>(std::min(queue_.size(), kMaxBatch));
    const std::vector<Task*> batch(queue_.begin(), queue_.begin() + count);
    queue_.erase(queue_.begin(), queue_.begin() + count);
    lock.unlock();

    Result<void> committed;
    std::exception_ptr thrown;
    try {
      committed = commit(batch);
    } catch (...) {
      thrown = std::current_exception();
    }
    connection_.roll_back();

    lock.lock();
    for (Task* const task : batch) {
      task->committed = committed;
      if (thrown) task->thrown = thrown;
      task->done = true;
      task->finished.notify_one();  // under the lock: the task is gone once its owner has it
    }
  }
}

Result<void> Writer::commit(const std::vector<Task*>& batch) {
  SELFSAME_CHECK(connection_.run("BEGIN IMMEDIATE"));
  for (Task* const task : batch) SELFSAME_CHECK(run_one(*task));
  return connection_.run("COMMIT");
}

Result<void> Writer::run_one(Task& task) {
  SELFSAME_CHECK(connection_.run("SAVEPOINT job"));
  std::optional<Error> failed;
  try {
    failed = task.work(connection_);
  } catch (...) {
    task.thrown = std::current_exception();
  }
  // After a failed write (full disk, ...) SQLite may have ended the whole transaction.
  if (!connection_.in_transaction()) {
    return fail(
        Errc::storage_unavailable,
        failed ? std::move(failed->detail) : std::string("sqlite: the transaction was ended")
    );
  }
  if (failed || task.thrown) SELFSAME_CHECK(connection_.run("ROLLBACK TO job"));
  return connection_.run("RELEASE job");
}

}  // namespace selfsame::storage::sqlite
