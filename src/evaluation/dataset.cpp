// SPDX-License-Identifier: Apache-2.0
#include "evaluation/dataset.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <mutex>
#include <optional>
#include <string_view>
#include <thread>

#include "evaluation/subject.h"
#include "evaluation/text_lines.h"

namespace selfsame::evaluation {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMostPhotoBytes = std::size_t{64} << 20U;

bool is_photo(const fs::path& path) {
  constexpr std::array<std::string_view, 6> kKinds = {
      ".jpg", ".jpeg", ".png", ".webp", ".heic", ".heif"
  };
  std::string kind = path.extension().string();
  std::ranges::transform(kind, kind.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return std::ranges::find(kKinds, kind) != kKinds.end();
}

Result<ReadPhoto> read_one(
    const vision::FaceEngine& engine, const fs::path& folder, const std::string& photo
) {
  ReadPhoto read{photo, {}, {}};
  const auto bytes = read_file(folder / photo, kMostPhotoBytes);
  if (!bytes) {
    read.failure = "file_unreadable";
    return read;
  }
  auto face = read_subject(engine, *bytes);
  if (!face) {
    if (face.error().code == Errc::engine_failed) return tl::unexpected(face.error());
    read.failure = name_of(face.error().code);
  } else if (face->defect) {
    read.failure = core::name_of(*face->defect);
  } else if (face->templates.empty()) {
    return fail(Errc::engine_failed, "a photo without defect has no templates");
  } else {
    read.templates = std::move(face->templates);
  }
  return read;
}

/// Hands out photos to the threads that read them, and gathers what they found.
class Reading {
 public:
  Reading(std::size_t total, const Progress& progress) : photos_(total), progress_(progress) {}

  [[nodiscard]] std::optional<std::size_t> next() {
    if (stopped_) return std::nullopt;
    const std::size_t index = next_++;
    return index < photos_.size() ? std::optional(index) : std::nullopt;
  }

  void put(std::size_t index, Result<ReadPhoto> read) {
    const std::scoped_lock lock(mutex_);
    if (!read) {
      stopped_ = true;
      error_ = std::move(read).error();
      return;
    }
    photos_[index] = std::move(*read);
    if (progress_) progress_(++done_, photos_.size());
  }

  [[nodiscard]] Result<std::vector<ReadPhoto>> finish() && {
    if (error_) return tl::unexpected(std::move(*error_));
    return std::move(photos_);
  }

 private:
  std::atomic<std::size_t> next_{0};
  std::atomic<bool> stopped_{false};
  std::mutex mutex_;  // guards the rest
  std::vector<ReadPhoto> photos_;
  std::optional<Error> error_;
  std::size_t done_ = 0;
  const Progress& progress_;
};

}  // namespace

Result<std::vector<std::string>> find_photos(const fs::path& folder) {
  std::error_code error;
  if (!fs::is_directory(folder, error)) {
    return fail(Errc::not_found, "no folder " + folder.string());
  }
  std::vector<std::string> photos;
  fs::recursive_directory_iterator entry(folder, error);
  for (; !error && entry != fs::recursive_directory_iterator{}; entry.increment(error)) {
    std::error_code unknown;  // a dangling link is no photo, and no reason to stop
    if (entry->is_regular_file(unknown) && is_photo(entry->path())) {
      photos.push_back(entry->path().lexically_relative(folder).generic_string());
    }
  }
  if (error) return fail(Errc::not_found, folder.string() + ": " + error.message());
  std::ranges::sort(photos);
  return photos;
}

std::string identity_of(const std::string& photo) {
  return fs::path(photo).parent_path().generic_string();
}

Result<std::vector<ReadPhoto>> read_photos(
    const vision::FaceEngine& engine,
    const fs::path& folder,
    const std::vector<std::string>& photos,
    unsigned threads,
    const Progress& progress
) {
  Reading reading(photos.size(), progress);
  const auto work = [&] {
    while (const auto index = reading.next()) {
      reading.put(*index, read_one(engine, folder, photos[*index]));
    }
  };
  {
    std::vector<std::jthread> workers;
    for (unsigned i = 1; i < threads; ++i) workers.emplace_back(work);
    work();
  }
  return std::move(reading).finish();
}

}  // namespace selfsame::evaluation
