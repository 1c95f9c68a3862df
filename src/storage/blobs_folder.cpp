// SPDX-License-Identifier: Apache-2.0
#include "storage/blobs_folder.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <system_error>

#include "storage/blob_envelope.h"
#include "storage/durable_file.h"

namespace selfsame::storage {
namespace {

namespace fs = std::filesystem;

class FolderBlobs final : public BlobStore {
 public:
  FolderBlobs(fs::path directory, const MasterKey& master_key)
      : directory_(std::move(directory)), envelope_(master_key) {}

  Result<std::string> put(ByteView content) override {
    if (content.size() > kMaxBlobBytes) return fail(Errc::payload_too_large, "blob over 64 MiB");
    std::string id = new_blob_id();
    const SealedBlob sealed = envelope_.seal(id, content);
    const fs::path path = path_of(id);
    const fs::path draft = directory_ / "incoming" / id;
    SELFSAME_CHECK(make_directory(path.parent_path()));
    SELFSAME_CHECK(write_new_file(draft, {sealed.head, sealed.body}));
    if (::rename(draft.c_str(), path.c_str()) != 0) {
      auto failure = fail_with_errno("cannot rename", draft);
      ::unlink(draft.c_str());
      return failure;
    }
    if (auto synced = sync_directory(path.parent_path()); !synced) {
      ::unlink(path.c_str());
      return tl::unexpected(std::move(synced).error());
    }
    return id;
  }

  Result<Bytes> get(const std::string& id) override {
    SELFSAME_TRY(file, open_blob(id, O_RDONLY));
    SELFSAME_TRY(stored, read_file(file, path_of(id), kMaxBlobBytes + kBlobEnvelopeBytes));
    return envelope_.open(id, stored);
  }

  Result<void> erase(const std::string& id) override {
    SELFSAME_TRY(file, open_blob(id, O_WRONLY));
    // Not fatal: a full copy-on-write disk refuses it, and unlinking must work there all the more.
    static constexpr std::array<std::uint8_t, kBlobHeadBytes> kZeros{};
    if (::pwrite(file.get(), kZeros.data(), kZeros.size(), 0) > 0) (void)::fdatasync(file.get());
    const fs::path path = path_of(id);
    if (::unlink(path.c_str()) != 0) {
      if (errno == ENOENT) return fail(Errc::not_found, "erased at the same time");
      return fail_with_errno("cannot remove", path);
    }
    return sync_directory(path.parent_path());
  }

  /// A page is a sub-folder; `from` is the name of the one before.
  Result<BlobPage> list(const std::string& from) override {
    SELFSAME_TRY(folders, folders_after(from));
    if (folders.empty()) return BlobPage{};
    BlobPage page{.blobs = {}, .next = folders.size() > 1 ? folders.front() : ""};
    std::error_code error;
    for (fs::directory_iterator entry(directory_ / folders.front(), error), end;
         !error && entry != end;
         entry.increment(error)) {
      std::string id = entry->path().filename().string();
      std::error_code gone;
      const auto written = entry->last_write_time(gone);
      if (!is_blob_id(id) || !id.starts_with(folders.front()) || gone) continue;
      page.blobs.push_back({.id = std::move(id), .written_at = timestamp_of(written)});
    }
    if (error) return cannot_list(error);
    return page;
  }

  std::size_t remove_drafts() override {
    std::size_t removed = 0;
    std::error_code error;
    const auto limit = fs::file_time_type::clock::now() - std::chrono::hours(1);
    for (fs::directory_iterator entry(directory_ / "incoming", error), end; !error && entry != end;
         entry.increment(error)) {
      std::error_code ignored;
      const auto written = entry->last_write_time(ignored);
      if (ignored || written >= limit) continue;  // may be another process's
      removed += fs::remove(entry->path(), ignored) ? 1 : 0;
    }
    return removed;
  }

 private:
  static Timestamp timestamp_of(fs::file_time_type time) {
    return std::chrono::floor<std::chrono::milliseconds>(std::chrono::file_clock::to_sys(time));
  }

  [[nodiscard]] tl::unexpected<Error> cannot_list(const std::error_code& error) const {
    return fail(
        Errc::storage_unavailable, "cannot list " + directory_.string() + ": " + error.message()
    );
  }

  /// Names of the sub-folders of blobs after `from`, in order.
  [[nodiscard]] Result<std::vector<std::string>> folders_after(const std::string& from) const {
    std::vector<std::string> names;
    std::error_code error;
    for (fs::directory_iterator entry(directory_, error), end; !error && entry != end;
         entry.increment(error)) {
      std::string name = entry->path().filename().string();
      if (name.size() == 2 && from_hex(name) && name > from) names.push_back(std::move(name));
    }
    if (error) return cannot_list(error);
    std::ranges::sort(names);
    return names;
  }

  [[nodiscard]] fs::path path_of(const std::string& id) const {
    return directory_ / id.substr(0, 2) / id;
  }

  [[nodiscard]] Result<FileDescriptor> open_blob(const std::string& id, int flags) const {
    if (!is_blob_id(id)) return fail(Errc::not_found, "not a blob id");
    return open_file(path_of(id), flags);
  }

  fs::path directory_;
  BlobEnvelope envelope_;
};

}  // namespace

Result<std::unique_ptr<BlobStore>> open_folder_blobs(
    const fs::path& directory, const MasterKey& master_key
) {
  SELFSAME_CHECK(make_directory(directory / "incoming"));
  return std::make_unique<FolderBlobs>(directory, master_key);
}

}  // namespace selfsame::storage
