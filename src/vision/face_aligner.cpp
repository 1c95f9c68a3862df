// SPDX-License-Identifier: Apache-2.0
#include "vision/face_aligner.h"

#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>

namespace selfsame::vision {
namespace {

// The ArcFace template for 112x112: right eye, left eye, nose tip, right and left mouth corner of
// the subject (so image-left first).
constexpr std::array<Point, 5> kTemplate = {{
    {38.2946F, 51.6963F},
    {73.5318F, 51.5014F},
    {56.0252F, 71.7366F},
    {41.5493F, 92.3655F},
    {70.7299F, 92.2041F},
}};

struct Mean {
  double x = 0;
  double y = 0;
};

Mean mean_of(std::span<const Point, 5> points) noexcept {
  Mean mean;
  for (const auto& point : points) {
    mean.x += static_cast<double>(point.x) / 5;
    mean.y += static_cast<double>(point.y) / 5;
  }
  return mean;
}

}  // namespace

Similarity similarity_between(
    std::span<const Point, 5> from_points, std::span<const Point, 5> to_points
) noexcept {
  const Mean from = mean_of(from_points);
  const Mean to = mean_of(to_points);
  double along = 0;
  double across = 0;
  double spread = 0;
  for (std::size_t i = 0; i < 5; ++i) {
    const double x = static_cast<double>(from_points[i].x) - from.x;
    const double y = static_cast<double>(from_points[i].y) - from.y;
    const double u = static_cast<double>(to_points[i].x) - to.x;
    const double v = static_cast<double>(to_points[i].y) - to.y;
    along += x * u + y * v;
    across += x * v - y * u;
    spread += x * x + y * y;
  }
  if (!(spread > 0)) return {};
  const double a = along / spread;
  const double b = across / spread;
  return {a, b, to.x - a * from.x + b * from.y, to.y - b * from.x - a * from.y};
}

Similarity similarity_to_template(std::span<const Point, 5> landmarks) noexcept {
  return similarity_between(landmarks, kTemplate);
}

Image align_face(const PixelView& picture, std::span<const Point> landmarks) {
  Image aligned{kAlignedSide_px, kAlignedSide_px, {}};
  aligned.bgr.resize(std::size_t{kAlignedSide_px} * kAlignedSide_px * 3);
  if (landmarks.size() != 5 || picture.bgr == nullptr) return aligned;
  const Similarity map = similarity_to_template(landmarks.first<5>());
  const cv::Matx23d matrix(map.a, -map.b, map.tx, map.b, map.a, map.ty);
  const cv::Mat from(
      picture.height_px,
      picture.width_px,
      CV_8UC3,
      const_cast<std::uint8_t*>(picture.bgr),
      picture.stride_bytes
  );
  cv::Mat to(kAlignedSide_px, kAlignedSide_px, CV_8UC3, aligned.bgr.data());
  cv::warpAffine(from, to, matrix, to.size(), cv::INTER_LINEAR, cv::BORDER_CONSTANT);
  return aligned;
}

}  // namespace selfsame::vision
