// SPDX-License-Identifier: Apache-2.0
// A folder of face photos: found, read by the engine, turned into templates.
#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "base/result.h"
#include "vision/face_engine.h"

namespace selfsame::evaluation {

/// Paths of the photos below `folder` (jpg, jpeg, png, webp, heic), relative to it, with '/',
/// sorted. `not_found` when there is no such folder; links to folders are not followed.
[[nodiscard]] Result<std::vector<std::string>> find_photos(const std::filesystem::path& folder);

/// The folder that a photo lies in: the identity it shows. Empty when it lies in none.
[[nodiscard]] std::string identity_of(const std::string& photo);

/// One photo, read. A failure to acquire has no templates and a reason: a capture defect or an Errc
/// by name, or "file_unreadable".
struct ReadPhoto {
  std::string photo;
  vision::FaceTemplates templates;
  std::string failure;
};

/// Told after each photo, from one thread at a time.
using Progress = std::function<void(std::size_t done, std::size_t total)>;

/// Reads `photos` (relative to `folder`) on `threads` threads; the answer is in their order.
/// Of several faces the subject's is taken, and no photo is refused for its quality: see subject.h.
/// `engine_failed` ends the reading: a network that cannot run is not a failure to acquire.
[[nodiscard]] Result<std::vector<ReadPhoto>> read_photos(
    const vision::FaceEngine& engine,
    const std::filesystem::path& folder,
    const std::vector<std::string>& photos,
    unsigned threads,
    const Progress& progress
);

}  // namespace selfsame::evaluation
