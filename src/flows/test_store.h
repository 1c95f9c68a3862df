// SPDX-License-Identifier: Apache-2.0
// For tests of rooms that see no storage: a database in a folder of its own, which goes with it.
#pragma once

#include <filesystem>
#include <memory>
#include <stdexcept>
#include <utility>

#include "base/crypto.h"
#include "storage/master_key.h"
#include "storage/sqlite_database.h"

namespace selfsame::flows::testing {

class TestStore {
 public:
  explicit TestStore(const std::filesystem::path& under)
      : folder_(under / ("selfsame_store_" + random_token(12))) {
    auto master = storage::load_or_create_master_key(folder_);
    if (!master) throw std::runtime_error(master.error().detail);
    auto opened = storage::open_database(folder_ / "test.db", master->key);
    if (!opened) throw std::runtime_error(opened.error().detail);
    database_ = std::move(*opened);
  }
  TestStore(const TestStore&) = delete;
  TestStore& operator=(const TestStore&) = delete;
  ~TestStore() {
    database_.reset();
    std::filesystem::remove_all(folder_);
  }

  [[nodiscard]] storage::Database& database() { return *database_; }

 private:
  std::filesystem::path folder_;
  std::unique_ptr<storage::Database> database_;
};

}  // namespace selfsame::flows::testing
