// SPDX-License-Identifier: Apache-2.0
// The photos of a person that a capture is compared with: one that decides, and further ones that
// are only reported on. Kept as one blob.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "flows/inference_pool.h"
#include "vision/face_engine.h"

namespace selfsame::flows {

inline constexpr std::size_t kFurtherPhotosMax = 3;

struct ReferencePhotos {
  Bytes deciding;              // empty: nothing decides
  std::vector<Bytes> further;  // at most kFurtherPhotosMax

  [[nodiscard]] bool empty() const noexcept { return deciding.empty() && further.empty(); }
  [[nodiscard]] std::size_t size_bytes() const noexcept;
};

/// The deciding photo as it is where there is no other: as older rows have it.
[[nodiscard]] Bytes pack(const ReferencePhotos& photos);
/// `integrity_failure` for what pack() did not make.
[[nodiscard]] Result<ReferencePhotos> unpack(Bytes packed);

/// Why a photo cannot be compared with.
enum class PhotoFault : std::uint8_t {
  undecodable,
  too_large,  // in pixels
  no_face,
  several_faces,
  unfit,  // too small, blurred, dark, turned away, hidden
};

struct FaultyPhoto {
  std::size_t index = 0;
  PhotoFault fault{};
};

struct PhotoRules {
  bool search_rotation = true;
  bool require_quality = true;  // as vision::PhotoOptions
  int side_px_max = 4096;
  bool sandbox = false;  // a magic photo is as it says (core/sandbox.h): without templates
};

struct ReadPhotos {
  std::optional<FaultyPhoto> fault;       // the first that cannot be compared with
  std::vector<vision::FacePhoto> photos;  // those before it
};

/// One job of the inference pool; `engine_failed`.
[[nodiscard]] Result<ReadPhotos> read_photos(
    const vision::FaceEngine& engine, std::span<const Bytes> photos, const PhotoRules& rules
);

/// The cosine of each photo with the face of `templates`; NaN for a photo that cannot be compared
/// with. `engine_failed`.
[[nodiscard]] Result<std::vector<double>> cosines_with(
    const vision::FaceEngine& engine,
    const vision::FaceTemplates& templates,
    std::span<const Bytes> photos
);

/// Use case: can these photos be compared with? Thread-safe; nothing is kept.
class PhotoCheck {
 public:
  PhotoCheck(const vision::FaceEngine& engine, InferencePool& inference_pool)
      : engine_(engine), inference_pool_(inference_pool) {}

  /// The first that cannot; nothing: all can. `overloaded`, `engine_failed`, `deadline_exceeded`.
  [[nodiscard]] asio::awaitable<Result<std::optional<FaultyPhoto>>> run(
      Turn turn, std::vector<Bytes> photos, PhotoRules rules
  ) const;

 private:
  const vision::FaceEngine& engine_;
  InferencePool& inference_pool_;
};

}  // namespace selfsame::flows
