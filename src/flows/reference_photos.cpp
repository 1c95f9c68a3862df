// SPDX-License-Identifier: Apache-2.0
#include "flows/reference_photos.h"

#include <algorithm>
#include <limits>
#include <memory>
#include <string_view>
#include <utility>

#include "core/sandbox.h"

namespace selfsame::flows {
namespace {

// No picture begins like this.
constexpr std::string_view kMagic = "selfsame photos 1\n";
constexpr std::size_t kLengthBytes = 4;

void put_photo(Bytes& packed, const Bytes& photo) {
  const auto length = static_cast<std::uint32_t>(photo.size());
  for (const int shift : {24, 16, 8, 0}) {
    packed.push_back(static_cast<std::uint8_t>(length >> shift));
  }
  packed.insert(packed.end(), photo.begin(), photo.end());
}

Result<Bytes> take_photo(ByteView& rest) {
  const auto broken = [] { return fail(Errc::integrity_failure, "packed photos"); };
  if (rest.size() < kLengthBytes) return broken();
  std::size_t length = 0;
  for (const std::uint8_t byte : rest.first(kLengthBytes)) length = length << 8U | byte;
  rest = rest.subspan(kLengthBytes);
  if (length > rest.size()) return broken();
  Bytes photo(rest.begin(), rest.begin() + static_cast<std::ptrdiff_t>(length));
  rest = rest.subspan(length);
  return photo;
}

PhotoFault fault_of(core::CaptureDefect defect) {
  switch (defect) {
    case core::CaptureDefect::no_face:
      return PhotoFault::no_face;
    case core::CaptureDefect::several_faces:
      return PhotoFault::several_faces;
    case core::CaptureDefect::undecodable:
      return PhotoFault::undecodable;
    case core::CaptureDefect::wrong_size:
    case core::CaptureDefect::poor_quality:
    case core::CaptureDefect::mask_worn:
    case core::CaptureDefect::too_close:
    case core::CaptureDefect::too_short:
    case core::CaptureDefect::eyes_hidden:
    case core::CaptureDefect::mouth_hidden:
      return PhotoFault::unfit;
  }
  return PhotoFault::unfit;
}

std::optional<PhotoFault> fault_of(
    const Result<vision::FacePhoto>& photo, const PhotoRules& rules
) {
  if (!photo) return PhotoFault::undecodable;
  if (std::max(photo->width_px, photo->height_px) > rules.side_px_max) {
    return PhotoFault::too_large;
  }
  if (photo->defect) return fault_of(*photo->defect);
  return std::nullopt;
}

/// What the engine would have to say of a photo for this outcome.
vision::FacePhoto photo_like(core::Outcome outcome, const PhotoRules& rules) {
  vision::FacePhoto photo{.in_colour = true};
  if (outcome == core::Outcome::reference_no_face) photo.defect = core::CaptureDefect::no_face;
  if (outcome == core::Outcome::reference_several_faces) {
    photo.defect = core::CaptureDefect::several_faces;
  }
  if (outcome == core::Outcome::reference_poor_quality) {
    photo.defect = core::CaptureDefect::poor_quality;
  }
  if (outcome == core::Outcome::reference_wrong_size) photo.width_px = rules.side_px_max + 1;
  return photo;
}

Result<vision::FacePhoto> read_one(
    const vision::FaceEngine& engine,
    const Bytes& photo,
    const vision::PhotoOptions& options,
    const PhotoRules& rules
) {
  if (rules.sandbox) {
    if (const auto answer = core::sandbox_answer({photo})) {
      if (const auto* const error = std::get_if<Errc>(&*answer)) return fail(*error, "sandbox");
      return photo_like(std::get<core::SandboxVerdict>(*answer).outcome, rules);
    }
  }
  return engine.read_photo(photo, options);
}

/// All others are of the file.
bool is_of_the_server(Errc code) {
  const auto errors = core::sandbox_errors();
  return code != Errc::image_undecodable && std::ranges::find(errors, code) != errors.end();
}

Result<std::optional<FaultyPhoto>> check_shared(
    const vision::FaceEngine* engine,
    const std::shared_ptr<const std::vector<Bytes>>& photos,
    const PhotoRules& rules
) {
  return read_photos(*engine, *photos, rules).map([](const ReadPhotos& read) {
    return read.fault;
  });
}

}  // namespace

std::size_t ReferencePhotos::size_bytes() const noexcept {
  std::size_t bytes = deciding.size();
  for (const Bytes& photo : further) bytes += photo.size();
  return bytes;
}

Bytes pack(const ReferencePhotos& photos) {
  if (photos.further.empty()) return photos.deciding;
  Bytes packed(kMagic.begin(), kMagic.end());
  put_photo(packed, photos.deciding);
  for (const Bytes& photo : photos.further) put_photo(packed, photo);
  return packed;
}

Result<ReferencePhotos> unpack(Bytes packed) {
  ReferencePhotos photos;
  if (!text_of(packed).starts_with(kMagic)) {
    photos.deciding = std::move(packed);
    return photos;
  }
  ByteView rest = ByteView(packed).subspan(kMagic.size());
  SELFSAME_TRY(deciding, take_photo(rest));
  photos.deciding = std::move(deciding);
  while (!rest.empty() && photos.further.size() < kFurtherPhotosMax) {
    SELFSAME_TRY(photo, take_photo(rest));
    photos.further.push_back(std::move(photo));
  }
  if (!rest.empty()) return fail(Errc::integrity_failure, "packed photos");
  return photos;
}

Result<ReadPhotos> read_photos(
    const vision::FaceEngine& engine, std::span<const Bytes> photos, const PhotoRules& rules
) {
  const vision::PhotoOptions options{
      .search_rotation = rules.search_rotation, .require_quality = rules.require_quality
  };
  ReadPhotos read;
  for (std::size_t i = 0; i < photos.size(); ++i) {
    auto photo = read_one(engine, photos[i], options, rules);
    if (!photo && is_of_the_server(photo.error().code)) return tl::unexpected(photo.error());
    if (const auto fault = fault_of(photo, rules)) {
      read.fault = FaultyPhoto{.index = i, .fault = *fault};
      return read;
    }
    read.photos.push_back(std::move(*photo));
  }
  return read;
}

Result<std::vector<double>> cosines_with(
    const vision::FaceEngine& engine,
    const vision::FaceTemplates& templates,
    std::span<const Bytes> photos
) {
  std::vector<double> cosines(photos.size(), std::numeric_limits<double>::quiet_NaN());
  for (std::size_t i = 0; i < photos.size(); ++i) {
    const auto photo = engine.read_photo(photos[i], vision::PhotoOptions{});
    if (!photo && photo.error().code == Errc::engine_failed) return tl::unexpected(photo.error());
    if (!photo || photo->defect) continue;
    SELFSAME_TRY(score, engine.compare(photo->templates, templates));
    cosines[i] = score.cosine;
  }
  return cosines;
}

asio::awaitable<Result<std::optional<FaultyPhoto>>> PhotoCheck::run(
    Turn turn, std::vector<Bytes> photos, PhotoRules rules
) const {
  const auto shared = std::make_shared<const std::vector<Bytes>>(std::move(photos));
  co_return co_await inference_pool_.run(std::move(turn), check_shared, &engine_, shared, rules);
}

}  // namespace selfsame::flows
