// SPDX-License-Identifier: Apache-2.0
#include "vision/document/text_detector.h"

#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>
#include <utility>

#include "vision/mat_view.h"

namespace selfsame::vision {
namespace {

constexpr float kLeastSide_px = 3;   // of the network's input: less is noise
constexpr int kTileOverlap_px = 64;  // more than a line is high

/// So that the first side is the longer one and runs to the right, or down.
Quad along_the_line(Quad quad) {
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

/// P(text) of each pixel of `picture`, which is not larger than the network's input; beside and
/// below it there is black.
Result<cv::Mat> text_map(const Network& network, const cv::Mat& picture) {
  const NetworkCard& card = network.card();
  cv::Mat input;
  cv::copyMakeBorder(
      picture,
      input,
      0,
      card.input_height_px - picture.rows,
      0,
      card.input_width_px - picture.cols,
      cv::BORDER_CONSTANT
  );
  SELFSAME_TRY(outputs, network.run(as_view(input)));
  const auto answer = outputs[card.output];
  if (answer.size() != input.total()) {
    return fail(Errc::engine_failed, card.name + ": not one number a pixel");
  }
  const cv::Mat map(input.rows, input.cols, CV_32F, const_cast<float*>(answer.data()));
  return map(cv::Rect(0, 0, picture.cols, picture.rows)).clone();
}

struct Thresholds {
  float pixel = 0;
  float region = 0;
  float enlargement = 0;
};

/// In pixels of the map.
std::vector<TextRegion> regions_of(const cv::Mat& map, const Thresholds& limits) {
  std::vector<std::vector<cv::Point>> outlines;
  const cv::Mat mask = map > limits.pixel;
  cv::findContours(mask, outlines, cv::RETR_EXTERNAL, cv::CHAIN_APPROX_SIMPLE);
  std::vector<TextRegion> regions;
  for (const auto& outline : outlines) {
    if (regions.size() == TextDetector::kMostRegions) break;
    cv::RotatedRect rect = cv::minAreaRect(outline);
    if (!(std::min(rect.size.width, rect.size.height) >= kLeastSide_px)) continue;
    const float confidence = mean_within(map, rect);
    if (!(confidence >= limits.region)) continue;
    const float outwards =
        rect.size.area() / (2 * (rect.size.width + rect.size.height)) * limits.enlargement;
    rect.size.width += 2 * outwards;
    rect.size.height += 2 * outwards;
    std::array<cv::Point2f, 4> p;
    rect.points(p.data());
    TextRegion region{{}, confidence};
    std::ranges::transform(p, region.quad.begin(), [](cv::Point2f q) { return Point{q.x, q.y}; });
    regions.push_back(region);
  }
  return regions;
}

}  // namespace

Result<TextDetector> TextDetector::create(
    std::unique_ptr<Network> overview, std::unique_ptr<Network> flat, const DocumentCard& card
) {
  for (const Network* network : {overview.get(), flat.get()}) {
    if (network->card().input_width_px <= 0 || network->card().input_height_px <= kTileOverlap_px)
      return fail(Errc::engine_failed, network->card().name + ": its input has no size");
  }
  TextDetector detector;
  detector.overview_ = std::move(overview);
  detector.flat_ = std::move(flat);
  detector.pixel_threshold_ = static_cast<float>(card.pixel_threshold);
  detector.region_threshold_ = static_cast<float>(card.region_threshold);
  detector.enlargement_ = static_cast<float>(card.enlargement);
  return detector;
}

int TextDetector::flat_width_px() const noexcept {
  return flat_->card().input_width_px;
}

int TextDetector::flat_height_of_one_look_px() const noexcept {
  return flat_->card().input_height_px;
}

int TextDetector::flat_height_most_px() const noexcept {
  return 2 * flat_->card().input_height_px - kTileOverlap_px;
}

Result<std::vector<TextRegion>> TextDetector::look_over(const PixelView& picture) const {
  constexpr float kEnlargeMost = 2;
  const NetworkCard& card = overview_->card();
  const bool stands = picture.height_px > picture.width_px;
  const auto width = static_cast<float>(stands ? picture.height_px : picture.width_px);
  const auto height = static_cast<float>(stands ? picture.width_px : picture.height_px);
  const float scale = std::min(
      {kEnlargeMost,
       static_cast<float>(card.input_width_px) / width,
       static_cast<float>(card.input_height_px) / height}
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
  const Point back{
      static_cast<float>(picture.width_px) / static_cast<float>(small.cols),
      static_cast<float>(picture.height_px) / static_cast<float>(small.rows)
  };
  const auto rows = static_cast<float>(small.rows);
  if (stands) cv::rotate(small, small, cv::ROTATE_90_CLOCKWISE);
  SELFSAME_TRY(map, text_map(*overview_, small));
  auto regions = regions_of(map, {pixel_threshold_, region_threshold_, enlargement_});
  for (TextRegion& region : regions) {
    for (Point& p : region.quad) {
      if (stands) p = {p.y, rows - p.x};
      p = {p.x * back.x, p.y * back.y};
    }
    region.quad = along_the_line(region.quad);
  }
  return regions;
}

Result<std::vector<TextRegion>> TextDetector::detect(const PixelView& flat) const {
  const cv::Mat picture = as_mat(flat);
  const int tile_px = flat_->card().input_height_px;
  if (picture.cols != flat_width_px() || picture.rows > flat_height_most_px()) {
    return fail(Errc::engine_failed, flat_->card().name + ": picture of the wrong size");
  }
  cv::Mat map;
  if (picture.rows <= tile_px) {
    SELFSAME_TRY(whole, text_map(*flat_, picture));
    map = std::move(whole);
  } else {
    // Two looks that overlap, and each one's word on its own half.
    const int seam = picture.rows / 2;
    SELFSAME_TRY(upper, text_map(*flat_, picture.rowRange(0, tile_px)));
    SELFSAME_TRY(lower, text_map(*flat_, picture.rowRange(picture.rows - tile_px, picture.rows)));
    cv::vconcat(
        upper.rowRange(0, seam), lower.rowRange(seam - (picture.rows - tile_px), tile_px), map
    );
  }
  auto regions = regions_of(map, {pixel_threshold_, region_threshold_, enlargement_});
  for (TextRegion& region : regions) region.quad = along_the_line(region.quad);
  return regions;
}

}  // namespace selfsame::vision
