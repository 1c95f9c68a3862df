// SPDX-License-Identifier: Apache-2.0
#include "vision/document/card_finder.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <opencv2/imgproc.hpp>
#include <vector>

#include "vision/mat_view.h"

namespace selfsame::vision {
namespace {

constexpr int kLongSide_px = 640;
constexpr double kLeastShare = 0.06;  // of the picture
constexpr double kMostShare = 0.98;
using Outline = std::vector<cv::Point>;

void add_outlines(const cv::Mat& mask, std::vector<Outline>& all) {
  std::vector<Outline> found;
  cv::findContours(mask, found, cv::RETR_EXTERNAL, cv::CHAIN_APPROX_SIMPLE);
  const double least = kLeastShare * static_cast<double>(mask.total());
  for (Outline& outline : found) {
    Outline hull;
    cv::convexHull(outline, hull);
    if (cv::contourArea(hull) >= least) all.push_back(std::move(hull));
  }
}

/// Edges at two strengths, and both sides of Otsu's threshold.
void add_outlines_of_channel(const cv::Mat& channel, std::vector<Outline>& all) {
  cv::Mat soft;
  cv::GaussianBlur(channel, soft, cv::Size(5, 5), 0);
  for (const auto& [low, high] : {std::pair(20, 60), std::pair(50, 140)}) {
    cv::Mat edges;
    cv::Canny(soft, edges, low, high);
    cv::dilate(edges, edges, cv::Mat::ones(3, 3, CV_8U), cv::Point(-1, -1), 2);
    add_outlines(edges, all);
  }
  cv::Mat light;
  cv::threshold(soft, light, 0, 255, cv::THRESH_BINARY | cv::THRESH_OTSU);
  const cv::Mat dark = 255 - light;
  for (const cv::Mat& side : {light, dark}) {
    cv::Mat closed;
    cv::morphologyEx(side, closed, cv::MORPH_CLOSE, cv::Mat::ones(15, 15, CV_8U));
    add_outlines(closed, all);
  }
}

/// Clockwise.
Quad quad_of(const std::vector<cv::Point2f>& corners) {
  Quad quad;
  std::ranges::transform(corners, quad.begin(), [](cv::Point2f p) { return Point{p.x, p.y}; });
  const Point c = centre_of(quad);
  std::ranges::sort(quad, {}, [c](Point p) { return std::atan2(p.y - c.y, p.x - c.x); });
  return quad;
}

struct Fit {
  Quad quad{};
  float fitness = 0;  // 1: the outline is this quad
};

/// Four corners of a hull: by dropping points, else the smallest rectangle about it.
Fit fit_quad(const Outline& hull) {
  const double length = cv::arcLength(hull, true);
  Fit fit;
  fit.fitness = 0.9F;
  std::vector<cv::Point> corners;
  for (const double tolerance : {0.01, 0.02, 0.03, 0.05}) {
    cv::approxPolyDP(hull, corners, tolerance * length, true);
    if (corners.size() == 4) break;
  }
  std::vector<cv::Point2f> points(corners.begin(), corners.end());
  if (points.size() == 4) {
    fit.fitness = 1;
  } else {
    std::array<cv::Point2f, 4> box;
    cv::minAreaRect(hull).points(box.data());
    points.assign(box.begin(), box.end());
  }
  fit.quad = quad_of(points);
  const auto area = static_cast<float>(cv::contourArea(hull));
  const float solid = area / std::max(area_of(fit.quad), 1.0F);
  fit.fitness *= std::min(solid, 1 / std::max(solid, 1e-3F));
  return fit;
}

/// 1 for the sides of a card.
float likeness_to_card(const Quad& quad) {
  constexpr std::array kAspects = {85.6F / 53.98F, 125.0F / 88.0F};
  const float a = width_of(quad);
  const float b = height_of(quad);
  const float aspect = std::max(a, b) / std::max(1.0F, std::min(a, b));
  float best = 0;
  for (const float wanted : kAspects) {
    best = std::max(best, std::exp(-2 * std::abs(std::log(aspect / wanted))));
  }
  return best;
}

bool holds(const Quad& quad, Point p) {
  for (std::size_t i = 0; i < 4; ++i) {
    const Point a = quad.at(i);
    const Point b = quad.at((i + 1) % 4);
    if ((b.x - a.x) * (p.y - a.y) - (b.y - a.y) * (p.x - a.x) < 0) return false;
  }
  return true;
}

float share_of_text_in(const Quad& quad, const std::vector<Point>& text) {
  if (text.empty()) return 1;
  const auto in = std::ranges::count_if(text, [&](Point p) { return holds(quad, p); });
  return static_cast<float>(in) / static_cast<float>(text.size());
}

}  // namespace

std::optional<FoundCard> find_card(const PixelView& picture, std::span<const TextRegion> text) {
  const float scale = std::min(
      1.0F,
      static_cast<float>(kLongSide_px) /
          static_cast<float>(std::max(picture.width_px, picture.height_px))
  );
  cv::Mat small;
  cv::resize(
      as_mat(picture),
      small,
      cv::Size(),
      static_cast<double>(scale),
      static_cast<double>(scale),
      cv::INTER_AREA
  );
  cv::Mat lab;
  cv::Mat hsv;
  cv::cvtColor(small, lab, cv::COLOR_BGR2Lab);
  cv::cvtColor(small, hsv, cv::COLOR_BGR2HSV);
  std::vector<cv::Mat> channels;
  cv::split(lab, channels);
  channels.emplace_back();
  cv::extractChannel(hsv, channels.back(), 1);
  std::vector<Outline> outlines;
  for (const cv::Mat& channel : channels) add_outlines_of_channel(channel, outlines);
  std::vector<Point> centres;
  for (const TextRegion& region : text) {
    const Point c = centre_of(region.quad);
    centres.push_back({c.x * scale, c.y * scale});
  }
  std::optional<FoundCard> best;
  for (const Outline& outline : outlines) {
    const Fit fit = fit_quad(outline);
    const float area = area_of(fit.quad);
    const auto share = static_cast<double>(area) / static_cast<double>(small.total());
    if (!(share >= kLeastShare && share <= kMostShare)) continue;
    const float text_in = share_of_text_in(fit.quad, centres);
    const float confidence = fit.fitness * likeness_to_card(fit.quad) * (0.4F + 0.6F * text_in);
    if (!best || confidence > best->confidence) best = FoundCard{fit.quad, confidence};
  }
  if (best) {
    for (Point& p : best->quad) p = {p.x / scale, p.y / scale};
  }
  return best;
}

}  // namespace selfsame::vision
