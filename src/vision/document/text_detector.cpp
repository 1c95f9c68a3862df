// SPDX-License-Identifier: Apache-2.0
#include "vision/document/text_detector.h"

#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>
#include <utility>

#include "vision/mat_view.h"

namespace selfsame::vision {
namespace {

constexpr float kLeastSide_px = 3;  // of the network's input: less is noise

/// So that the first side is the longer one and runs to the right, or down.
Quad along_the_line(const cv::RotatedRect& rect) {
  std::array<cv::Point2f, 4> p;
  rect.points(p.data());
  Quad quad;
  std::ranges::transform(p, quad.begin(), [](cv::Point2f q) { return Point{q.x, q.y}; });
  if (distance(quad[0], quad[1]) < distance(quad[1], quad[2])) quad = turned(quad, 1);
  const Point side{quad[1].x - quad[0].x, quad[1].y - quad[0].y};
  const bool lies = std::abs(side.x) >= std::abs(side.y);
  return (lies ? side.x : side.y) < 0 ? turned(quad, 2) : quad;
}

float mean_within(const cv::Mat& map, const cv::RotatedRect& rect) {
  const cv::Rect box = rect.boundingRect() & cv::Rect(0, 0, map.cols, map.rows);
  if (box.empty()) return 0;
  std::array<cv::Point2f, 4> p;
  rect.points(p.data());
  std::vector<cv::Point> outline;
  for (const auto& q : p) {
    outline.emplace_back(static_cast<int>(q.x) - box.x, static_cast<int>(q.y) - box.y);
  }
  cv::Mat mask = cv::Mat::zeros(box.size(), CV_8U);
  cv::fillPoly(mask, std::vector<std::vector<cv::Point>>{outline}, 1);
  return static_cast<float>(cv::mean(map(box), mask)[0]);
}

}  // namespace

Result<TextDetector> TextDetector::create(
    std::unique_ptr<Network> network, const DocumentCard& card
) {
  TextDetector detector;
  detector.network_ = std::move(network);
  detector.pixel_threshold_ = static_cast<float>(card.pixel_threshold);
  detector.region_threshold_ = static_cast<float>(card.region_threshold);
  detector.enlargement_ = static_cast<float>(card.enlargement);
  return detector;
}

Result<std::vector<TextRegion>> TextDetector::detect(const PixelView& picture, int long_side_px)
    const {
  constexpr float kEnlargeMost = 2;
  constexpr int kStep_px = 32;
  const float scale = std::min(
      kEnlargeMost,
      static_cast<float>(long_side_px) /
          static_cast<float>(std::max(picture.width_px, picture.height_px))
  );
  const auto side = [&](int px) {
    return std::max(1, static_cast<int>(std::lround(static_cast<float>(px) * scale)));
  };
  cv::Mat small;
  cv::resize(
      as_mat(picture),
      small,
      cv::Size(side(picture.width_px), side(picture.height_px)),
      0,
      0,
      scale < 1 ? cv::INTER_AREA : cv::INTER_LINEAR
  );
  SELFSAME_TRY(outputs, network_->run(as_view(small)));
  const auto padded = [](int px) { return (px + kStep_px - 1) / kStep_px * kStep_px; };
  const int width = padded(small.cols);
  const int height = padded(small.rows);
  const auto answer = outputs[network_->card().output];
  if (answer.size() != static_cast<std::size_t>(width) * static_cast<std::size_t>(height)) {
    return fail(Errc::engine_failed, network_->card().name + ": not one number a pixel");
  }
  const cv::Mat whole(height, width, CV_32F, const_cast<float*>(answer.data()));
  const cv::Mat map = whole(cv::Rect(0, 0, small.cols, small.rows));
  std::vector<std::vector<cv::Point>> outlines;
  cv::Mat mask = map > pixel_threshold_;
  cv::findContours(mask, outlines, cv::RETR_EXTERNAL, cv::CHAIN_APPROX_SIMPLE);
  std::vector<TextRegion> regions;
  for (const auto& outline : outlines) {
    if (regions.size() == kMostRegions) break;
    cv::RotatedRect rect = cv::minAreaRect(outline);
    if (!(std::min(rect.size.width, rect.size.height) >= kLeastSide_px)) continue;
    const float confidence = mean_within(map, rect);
    if (!(confidence >= region_threshold_)) continue;
    const float outwards =
        rect.size.area() / (2 * (rect.size.width + rect.size.height)) * enlargement_;
    rect.size.width += 2 * outwards;
    rect.size.height += 2 * outwards;
    TextRegion region{along_the_line(rect), confidence};
    for (Point& p : region.quad) {
      p = {
          p.x * static_cast<float>(picture.width_px) / static_cast<float>(small.cols),
          p.y * static_cast<float>(picture.height_px) / static_cast<float>(small.rows)
      };
    }
    regions.push_back(region);
  }
  return regions;
}

}  // namespace selfsame::vision
