// SPDX-License-Identifier: Apache-2.0
#include "storage/durable_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace selfsame::storage {
namespace {

Result<void> write_all(int fd, ByteView bytes, const std::filesystem::path& path) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(fd, bytes.data(), bytes.size());
    if (written >= 0) {
      bytes = bytes.subspan(static_cast<std::size_t>(written));
    } else if (errno != EINTR) {
      return fail_with_errno("cannot write", path);
    }
  }
  return {};
}

Result<void> fill(
    const FileDescriptor& file,
    std::initializer_list<ByteView> parts,
    const std::filesystem::path& path
) {
  for (const ByteView part : parts) SELFSAME_CHECK(write_all(file.get(), part, path));
  if (::fsync(file.get()) != 0) return fail_with_errno("cannot sync", path);
  return {};
}

}  // namespace

FileDescriptor::~FileDescriptor() {
  if (valid()) ::close(fd_);
}

tl::unexpected<Error> fail_with_errno(const char* what, const std::filesystem::path& path) {
  return fail(
      Errc::storage_unavailable,
      std::string(what) + ' ' + path.string() + ": " + std::system_category().message(errno)
  );
}

Result<FileDescriptor> open_file(const std::filesystem::path& path, int flags) {
  // O_NONBLOCK: a FIFO put in the file's place must not hang us.
  FileDescriptor file(::open(path.c_str(), flags | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  if (file.valid()) return file;
  if (errno == ENOENT) return fail(Errc::not_found, "there is no " + path.string());
  if (errno == ELOOP) return fail(Errc::integrity_failure, path.string() + " is a symbolic link");
  return fail_with_errno("cannot open", path);
}

Result<void> write_new_file(
    const std::filesystem::path& path, std::initializer_list<ByteView> parts
) {
  const FileDescriptor file(
      ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600)
  );
  if (!file.valid()) return fail_with_errno("cannot create", path);
  auto filled = fill(file, parts, path);
  if (!filled) ::unlink(path.c_str());
  return filled;
}

Result<Bytes> read_file(
    const FileDescriptor& file, const std::filesystem::path& path, std::size_t max_bytes
) {
  struct stat status{};
  if (::fstat(file.get(), &status) != 0) return fail_with_errno("cannot stat", path);
  if (!S_ISREG(status.st_mode)) {
    return fail(Errc::integrity_failure, path.string() + " is not a regular file");
  }
  if (static_cast<std::uintmax_t>(status.st_size) > max_bytes) {
    return fail(Errc::integrity_failure, path.string() + " is longer than anything we write");
  }
  Bytes bytes(static_cast<std::size_t>(status.st_size));
  std::size_t done = 0;
  while (done < bytes.size()) {
    const ssize_t count =
        ::pread(file.get(), bytes.data() + done, bytes.size() - done, static_cast<off_t>(done));
    if (count == 0) break;  // it was truncated meanwhile
    if (count > 0) {
      done += static_cast<std::size_t>(count);
    } else if (errno != EINTR) {
      return fail_with_errno("cannot read", path);
    }
  }
  bytes.resize(done);
  return bytes;
}

Result<void> sync_directory(const std::filesystem::path& directory) {
  const FileDescriptor file(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!file.valid()) return fail_with_errno("cannot open", directory);
  if (::fsync(file.get()) != 0) return fail_with_errno("cannot sync", directory);
  return {};
}

Result<void> make_directory(const std::filesystem::path& directory) {
  std::error_code ignored;
  if (std::filesystem::is_directory(directory, ignored)) return {};
  const std::filesystem::path parent =
      directory.has_parent_path() ? directory.parent_path() : std::filesystem::path(".");
  if (parent != directory) SELFSAME_CHECK(make_directory(parent));
  if (::mkdir(directory.c_str(), 0700) != 0 && errno != EEXIST) {
    return fail_with_errno("cannot make", directory);
  }
  return sync_directory(parent);
}

}  // namespace selfsame::storage
