// SPDX-License-Identifier: Apache-2.0
#include "vision/photo_reader.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include "vision/attack_cues.h"
#include "vision/face_quality.h"
#include "vision/head_pose.h"
#include "vision/media/orient.h"
#include "vision/upright_search.h"

namespace selfsame::vision {
namespace {

void scale_coordinates(FacePhoto& photo, float factor) {
  for (auto& face : photo.faces) {
    face.box = {
        face.box.x * factor, face.box.y * factor, face.box.width * factor, face.box.height * factor
    };
    for (auto& point : face.landmarks) point = {point.x * factor, point.y * factor};
  }
  auto& eyes = photo.quality.inter_eye_distance_px;
  if (eyes) *eyes *= static_cast<double>(factor);
}

std::optional<core::CaptureDefect> defect_of_faces(
    const std::vector<DetectedFace>& faces, const PhotoOptions& options
) {
  if (faces.empty()) return core::CaptureDefect::no_face;
  const Box& box = faces.front().box;
  if (!(std::min(box.width, box.height) >= kMinFaceSide_px)) return core::CaptureDefect::wrong_size;
  if (options.single_face_only && shows_several_persons(faces))
    return core::CaptureDefect::several_faces;
  return std::nullopt;
}

bool is_turned_away(const core::HeadPose& pose) noexcept {
  return !(std::abs(pose.yaw_deg) <= kMostYaw_deg && std::abs(pose.pitch_deg) <= kMostPitch_deg);
}

}  // namespace

bool shows_several_persons(const std::vector<DetectedFace>& faces) noexcept {
  if (faces.size() < 2) return false;
  const float least_height = faces.front().box.height * kSecondFaceHeightShare;
  return std::any_of(faces.begin() + 1, faces.end(), [&](const DetectedFace& face) {
    return face.confidence >= kSecondFaceConfidence && face.box.height >= least_height;
  });
}

Result<FacePhoto> PhotoReader::read(ByteView encoded, const PhotoOptions& options) const {
  const ImageLimits limits;
  SELFSAME_TRY(header, read_image_header(encoded, limits));
  const bool sideways = header.orientation >= 5;
  const int width_px = sideways ? header.height_px : header.width_px;
  const int height_px = sideways ? header.width_px : header.height_px;
  if (!is_within(header, limits)) {
    FacePhoto photo;
    photo.width_px = width_px;
    photo.height_px = height_px;
    photo.defect = core::CaptureDefect::wrong_size;
    return photo;
  }
  SELFSAME_TRY(image, decode_image(encoded, limits));
  SELFSAME_TRY(photo, read(image, options));
  if (image.width_px == width_px) return std::move(photo);
  scale_coordinates(photo, static_cast<float>(width_px) / static_cast<float>(image.width_px));
  const bool turned = photo.rotation_deg == 90 || photo.rotation_deg == 270;
  photo.width_px = turned ? height_px : width_px;
  photo.height_px = turned ? width_px : height_px;
  return std::move(photo);
}

Result<FacePhoto> PhotoReader::read(const Image& image, const PhotoOptions& options) const {
  FacePhoto photo;
  photo.width_px = image.width_px;
  photo.height_px = image.height_px;
  if (std::min(image.width_px, image.height_px) < kMinPictureSide_px) {
    photo.defect = core::CaptureDefect::wrong_size;
    return photo;
  }
  SELFSAME_TRY(found, find_upright(detector_, image, options.search_rotation));
  photo.rotation_deg = found.rotation_deg;
  photo.faces = std::move(found.faces);
  const bool turned = photo.rotation_deg != 0;
  const Image upright_image = turned ? turned_clockwise(image, photo.rotation_deg) : Image{};
  const Image& picture = turned ? upright_image : image;
  photo.width_px = picture.width_px;
  photo.height_px = picture.height_px;
  photo.defect = defect_of_faces(photo.faces, options);
  if (photo.defect) return photo;
  SELFSAME_CHECK(judge(photo, picture, options.require_quality));
  if (photo.defect) return photo;
  const Box& box = photo.faces.front().box;
  photo.in_colour = measure_chroma_spread(view_of(picture), box) >= kMonochrome;
  SELFSAME_TRY(templates, comparator_.templates_of(view_of(picture), photo.faces.front()));
  photo.templates = std::move(templates);
  return photo;
}

Result<void> PhotoReader::judge(FacePhoto& photo, const Image& picture, bool require_quality)
    const {
  const DetectedFace& face = photo.faces.front();
  SELFSAME_TRY(landmarks, landmarker_.locate(view_of(picture), face));
  photo.pose = head_pose_of(landmarks);
  photo.quality = measure_quality(picture, face, photo.pose, &landmarks);
  if (!require_quality) return {};
  const RawQuality raw = measure_raw_quality(picture, face);
  constexpr double kLeastUnified = 1;  // nothing to see in some respect: upside down, hidden, ...
  const bool is_bare = photo.quality.unified_quality_score.value_or(0) >= kLeastUnified;
  if (!is_bare || !is_sharp_enough(raw) || !is_well_exposed(raw) || is_turned_away(photo.pose)) {
    photo.defect = core::CaptureDefect::poor_quality;
  }
  return {};
}

}  // namespace selfsame::vision
