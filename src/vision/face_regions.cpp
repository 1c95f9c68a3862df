// SPDX-License-Identifier: Apache-2.0
#include "vision/face_regions.h"

#include <algorithm>
#include <opencv2/imgproc.hpp>

#include "vision/mat_view.h"
#include "vision/resize.h"

namespace selfsame::vision {

std::optional<FaceCanvas> canvas_of(const PixelView& picture, const FaceLandmarks& landmarks) {
  const auto& points = landmarks.points;
  if (points.size() != kMeshPoints) return std::nullopt;
  const auto [left, right] = std::ranges::minmax_element(points, {}, &MeshPoint::x);
  const auto [top, bottom] = std::ranges::minmax_element(points, {}, &MeshPoint::y);
  const cv::Rect face(
      cv::Point(cvFloor(left->x), cvFloor(top->y)), cv::Point(cvCeil(right->x), cvCeil(bottom->y))
  );
  const cv::Rect inside = face & cv::Rect(0, 0, picture.width_px, picture.height_px);
  if (inside.width < 2 || inside.height < 2) return std::nullopt;
  cv::Mat pixels = as_mat(picture)(inside);
  constexpr double kWidth_px = 112;
  const double factor = std::min(1.0, kWidth_px / face.width);
  if (factor < 1) pixels = resized(pixels, factor);
  FaceCanvas canvas{.lab = {}, .grey = {}, .points = {}, .presence = landmarks.presence};
  cv::cvtColor(pixels, canvas.lab, cv::COLOR_BGR2Lab);
  cv::cvtColor(pixels, canvas.grey, cv::COLOR_BGR2GRAY);
  for (const auto& point : points) {
    canvas.points.emplace_back(
        static_cast<int>((static_cast<double>(point.x) - inside.x) * factor),
        static_cast<int>((static_cast<double>(point.y) - inside.y) * factor)
    );
  }
  return canvas;
}

cv::Mat region_of(const FaceCanvas& canvas, std::initializer_list<Region> regions) {
  cv::Mat mask = cv::Mat::zeros(canvas.grey.size(), CV_8UC1);
  for (const Region region : regions) {
    std::vector<cv::Point> corners;
    for (const std::size_t index : region) corners.push_back(canvas.points[index]);
    std::vector<cv::Point> hull;
    cv::convexHull(corners, hull);
    cv::fillConvexPoly(mask, hull, 255);
  }
  return mask;
}

}  // namespace selfsame::vision
