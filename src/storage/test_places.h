// SPDX-License-Identifier: Apache-2.0
// For tests only: places where things can be stored, and children that may fail or be killed.
#pragma once

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <stdexcept>
#include <string>

#include "storage/blob_store.h"
#include "storage/master_key.h"

namespace selfsame::storage::testing {

/// Removed with all that is in it.
class TemporaryDirectory {
 public:
  TemporaryDirectory() {
    std::string name = (std::filesystem::temp_directory_path() / "selfsame-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("mkdtemp");
    path_ = name;
  }
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
  ~TemporaryDirectory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }

 private:
  std::filesystem::path path_;
};

/// 32 times `byte`.
[[nodiscard]] inline MasterKey master_key_of(std::uint8_t byte) {
  return MasterKey(Secret(Bytes(32, byte)));
}

[[nodiscard]] inline std::string content_of(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

inline void overwrite(const std::filesystem::path& path, std::string_view content) {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file.write(content.data(), static_cast<std::streamsize>(content.size()));
}

/// Regular files below `directory`.
[[nodiscard]] inline std::vector<std::filesystem::path> files_below(
    const std::filesystem::path& directory
) {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(directory)) {
    if (entry.is_regular_file()) files.push_back(entry.path());
  }
  return files;
}

[[nodiscard]] inline std::filesystem::perms mode_of(const std::filesystem::path& path) {
  return std::filesystem::status(path).permissions() & std::filesystem::perms::all;
}

/// On all pages.
[[nodiscard]] inline std::size_t count_blobs(BlobStore& store) {
  std::size_t count = 0;
  std::string from;
  do {
    const auto page = store.list(from).value();
    count += page.blobs.size();
    from = page.next;
  } while (!from.empty());
  return count;
}

/// Runs `body` in a forked child, which ends without destructors or exit handlers, and returns
/// its wait status. Call it while this process has one thread only.
/// @param body  its value is the child's exit status; 99 if it throws
[[nodiscard]] inline int in_child(const std::function<int()>& body) {
  const pid_t child = ::fork();
  if (child == 0) {
    int status = 99;
    try {
      status = body();
    } catch (...) {
    }
    ::_exit(status);
  }
  int status = 0;
  if (child < 0 || ::waitpid(child, &status, 0) != child) throw std::runtime_error("fork");
  return status;
}

}  // namespace selfsame::storage::testing
