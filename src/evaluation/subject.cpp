// SPDX-License-Identifier: Apache-2.0
#include "evaluation/subject.h"

#include <algorithm>
#include <cmath>
#include <span>

#include "vision/decode_image.h"

namespace selfsame::evaluation {
namespace {

using vision::Box;
using vision::DetectedFace;
using vision::Image;

constexpr std::uint8_t kGrey = 128;

float centrality(const Box& box, int width_px, int height_px) {
  const float x = box.x + box.width / 2 - static_cast<float>(width_px) / 2;
  const float y = box.y + box.height / 2 - static_cast<float>(height_px) / 2;
  return box.width * box.height - 2 * (x * x + y * y);
}

bool holds(const Box& box, float x, float y) {
  return x >= box.x && x < box.x + box.width && y >= box.y && y < box.y + box.height;
}

/// Makes `box` grey, but not where `spared` is.
void paint_over(Image& image, const Box& box, const Box& spared) {
  const auto bound = [](float value, int most) {
    return static_cast<int>(std::clamp(value, 0.0F, static_cast<float>(most)));
  };
  const int right = bound(box.x + box.width, image.width_px);
  const int bottom = bound(box.y + box.height, image.height_px);
  for (int y = bound(box.y, image.height_px); y < bottom; ++y) {
    for (int x = bound(box.x, image.width_px); x < right; ++x) {
      if (holds(spared, static_cast<float>(x), static_cast<float>(y))) continue;
      const auto pixel = static_cast<std::size_t>(y) * static_cast<std::size_t>(image.width_px) +
                         static_cast<std::size_t>(x);
      std::fill_n(image.bgr.begin() + static_cast<std::ptrdiff_t>(3 * pixel), 3, kGrey);
    }
  }
}

Box scaled(const Box& box, float factor) {
  return {box.x * factor, box.y * factor, box.width * factor, box.height * factor};
}

/// Do two boxes share their centres' region? Enough to tell one face from another.
bool same_face(const Box& a, const Box& b) {
  return holds(a, b.x + b.width / 2, b.y + b.height / 2) &&
         holds(b, a.x + a.width / 2, a.y + a.height / 2);
}

Result<vision::FacePhoto> read_without_larger(
    const vision::FaceEngine& engine,
    ByteView encoded,
    const vision::FacePhoto& first,
    std::size_t subject,
    const vision::PhotoOptions& options
) {
  SELFSAME_TRY(image, vision::decode_image(encoded));
  // A large picture may come smaller than it is in the file.
  const float factor = static_cast<float>(image.width_px) / static_cast<float>(first.width_px);
  const Box wanted = scaled(first.faces[subject].box, factor);
  for (const DetectedFace& face : std::span(first.faces).first(subject)) {
    paint_over(image, scaled(face.box, factor), wanted);
  }
  SELFSAME_TRY(photo, engine.read_image(image, options));
  const bool found = !photo.faces.empty() && same_face(photo.faces.front().box, wanted);
  if (!found) {
    photo.defect = core::CaptureDefect::several_faces;
    photo.templates.clear();
  }
  return std::move(photo);
}

}  // namespace

std::size_t subject_among(const std::vector<DetectedFace>& faces, int width_px, int height_px) {
  const auto best = std::ranges::max_element(faces, {}, [&](const DetectedFace& face) {
    return centrality(face.box, width_px, height_px);
  });
  return static_cast<std::size_t>(best - faces.begin());
}

Result<vision::FacePhoto> read_subject(const vision::FaceEngine& engine, ByteView encoded) {
  vision::PhotoOptions options;
  options.search_rotation = false;
  options.single_face_only = false;
  options.require_quality = false;
  SELFSAME_TRY(photo, engine.read_photo(encoded, options));
  if (photo.faces.size() < 2) return std::move(photo);
  const std::size_t subject = subject_among(photo.faces, photo.width_px, photo.height_px);
  if (subject == 0) return std::move(photo);
  return read_without_larger(engine, encoded, photo, subject, options);
}

}  // namespace selfsame::evaluation
