// SPDX-License-Identifier: Apache-2.0
#include "vision/document/quad.h"

#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>

#include "vision/mat_view.h"

namespace selfsame::vision {
namespace {

std::array<cv::Point2f, 4> points_of(const Quad& quad) {
  std::array<cv::Point2f, 4> points;
  std::ranges::transform(quad, points.begin(), [](Point p) { return cv::Point2f(p.x, p.y); });
  return points;
}

std::array<cv::Point2f, 4> rectangle(float width, float height) {
  return {
      cv::Point2f(0, 0), cv::Point2f(width, 0), cv::Point2f(width, height), cv::Point2f(0, height)
  };
}

float cross(Point o, Point a, Point b) noexcept {
  return (a.x - o.x) * (b.y - o.y) - (a.y - o.y) * (b.x - o.x);
}

}  // namespace

float distance(Point a, Point b) noexcept {
  return std::hypot(a.x - b.x, a.y - b.y);
}

Point centre_of(const Quad& quad) noexcept {
  Point sum;
  for (const Point p : quad) sum = {sum.x + p.x / 4, sum.y + p.y / 4};
  return sum;
}

float width_of(const Quad& quad) noexcept {
  return (distance(quad[0], quad[1]) + distance(quad[3], quad[2])) / 2;
}

float height_of(const Quad& quad) noexcept {
  return (distance(quad[0], quad[3]) + distance(quad[1], quad[2])) / 2;
}

float area_of(const Quad& quad) noexcept {
  float area = 0;
  bool convex = true;
  for (std::size_t i = 0; i < 4; ++i) {
    const Point a = quad.at(i);
    const Point b = quad.at((i + 1) % 4);
    area += (a.x * b.y - b.x * a.y) / 2;
    convex = convex && cross(a, b, quad.at((i + 2) % 4)) > 0;
  }
  return convex ? area : 0;
}

Quad turned(const Quad& quad, int quarters) noexcept {
  Quad result;
  for (std::size_t i = 0; i < 4; ++i) {
    result.at(i) = quad.at((i + static_cast<std::size_t>(quarters % 4 + 4)) % 4);
  }
  return result;
}

Homography Homography::to_rectangle(const Quad& quad, float width, float height) {
  Homography made;
  const cv::Mat matrix =
      cv::getPerspectiveTransform(points_of(quad).data(), rectangle(width, height).data());
  std::copy_n(matrix.ptr<double>(), made.m_.size(), made.m_.begin());
  return made;
}

Homography Homography::from_rectangle(float width, float height, const Quad& quad) {
  Homography made;
  const cv::Mat matrix =
      cv::getPerspectiveTransform(rectangle(width, height).data(), points_of(quad).data());
  std::copy_n(matrix.ptr<double>(), made.m_.size(), made.m_.begin());
  return made;
}

Point Homography::map(Point p) const noexcept {
  const auto x = static_cast<double>(p.x);
  const auto y = static_cast<double>(p.y);
  const double w = m_[6] * x + m_[7] * y + m_[8];
  return {
      static_cast<float>((m_[0] * x + m_[1] * y + m_[2]) / w),
      static_cast<float>((m_[3] * x + m_[4] * y + m_[5]) / w)
  };
}

Quad Homography::map(const Quad& quad) const noexcept {
  return {map(quad[0]), map(quad[1]), map(quad[2]), map(quad[3])};
}

Image straightened(const PixelView& picture, const Quad& quad, int width_px, int height_px) {
  constexpr int kSideMost_px = 8192;
  constexpr float kShrinkMost = 2;  // more at once would leave out pixels
  width_px = std::clamp(width_px, 1, kSideMost_px);
  height_px = std::clamp(height_px, 1, kSideMost_px);
  const auto enough = [](int px, float source_px) {
    const float enough_px = std::max(static_cast<float>(px), source_px / kShrinkMost);
    return static_cast<int>(std::min(static_cast<float>(kSideMost_px), enough_px));
  };
  // Each side by itself: a strip must not become a picture of hundreds of megabytes.
  const cv::Size first(enough(width_px, width_of(quad)), enough(height_px, height_of(quad)));
  const cv::Mat matrix = cv::getPerspectiveTransform(
      points_of(quad).data(),
      rectangle(static_cast<float>(first.width), static_cast<float>(first.height)).data()
  );
  Image image{
      width_px,
      height_px,
      std::vector<std::uint8_t>(
          static_cast<std::size_t>(width_px) * static_cast<std::size_t>(height_px) * 3
      )
  };
  cv::Mat out(height_px, width_px, CV_8UC3, image.bgr.data());
  if (first == out.size()) {
    cv::warpPerspective(
        as_mat(picture), out, matrix, first, cv::INTER_LINEAR, cv::BORDER_REPLICATE
    );
    return image;
  }
  cv::Mat large;
  cv::warpPerspective(
      as_mat(picture), large, matrix, first, cv::INTER_LINEAR, cv::BORDER_REPLICATE
  );
  cv::resize(large, out, out.size(), 0, 0, cv::INTER_AREA);
  return image;
}

}  // namespace selfsame::vision
