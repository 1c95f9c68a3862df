// SPDX-License-Identifier: Apache-2.0
// Files that are whole or absent, and still there after a power cut. POSIX.
//
// Failures of the system are `storage_unavailable` with the path and the system's words.
#pragma once

#include <filesystem>
#include <utility>

#include "base/bytes.h"
#include "base/result.h"

namespace selfsame::storage {

/// An open file descriptor, closed when it goes. -1: none.
class FileDescriptor {
 public:
  explicit FileDescriptor(int fd = -1) noexcept : fd_(fd) {}
  FileDescriptor(FileDescriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  FileDescriptor& operator=(FileDescriptor&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~FileDescriptor();

  [[nodiscard]] int get() const noexcept { return fd_; }
  [[nodiscard]] bool valid() const noexcept { return fd_ >= 0; }

 private:
  int fd_;
};

/// `storage_unavailable`, saying what could not be done to `path` and why (errno).
[[nodiscard]] tl::unexpected<Error> fail_with_errno(
    const char* what, const std::filesystem::path& path
);

/// Opens an existing file. `flags` as of open(2). `not_found`; `integrity_failure` when its last
/// component is a symbolic link.
[[nodiscard]] Result<FileDescriptor> open_file(const std::filesystem::path& path, int flags);

/// Creates `path` (mode 0600, must not exist) with `parts` one after the other and syncs it.
/// On failure nothing remains of it. The name is durable only after sync_directory().
[[nodiscard]] Result<void> write_new_file(
    const std::filesystem::path& path, std::initializer_list<ByteView> parts
);

/// Everything from the start of `file`. `integrity_failure` when it is longer than `max_bytes`.
[[nodiscard]] Result<Bytes> read_file(
    const FileDescriptor& file, const std::filesystem::path& path, std::size_t max_bytes
);

/// Makes names created, renamed or removed in `directory` durable.
[[nodiscard]] Result<void> sync_directory(const std::filesystem::path& directory);

/// Makes `directory` (mode 0700) and its parents where they are missing, durably.
[[nodiscard]] Result<void> make_directory(const std::filesystem::path& directory);

}  // namespace selfsame::storage
