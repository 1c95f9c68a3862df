// SPDX-License-Identifier: Apache-2.0
#include "vision/document/card_finder.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <opencv2/imgproc.hpp>
#include <vector>

#include "vision/mat_view.h"

namespace selfsame::vision {
namespace {

constexpr int kLongSide_px = 640;
constexpr double kLeastShare = 0.06;  // of the picture
constexpr double kMostShare = 0.98;
using Outline = std::vector<cv::Point>;

/// Holes too: a card that lies on other paper shows as one.
void add_outlines(const cv::Mat& mask, std::vector<Outline>& all) {
  std::vector<Outline> found;
  cv::findContours(mask, found, cv::RETR_LIST, cv::CHAIN_APPROX_SIMPLE);
  const double least = kLeastShare * static_cast<double>(mask.total());
  for (const Outline& outline : found) {
    if (static_cast<double>(cv::boundingRect(outline).area()) < least) continue;
    Outline hull;
    cv::convexHull(outline, hull);
    if (cv::contourArea(hull) >= least) all.push_back(std::move(hull));
  }
}

/// Edges at two strengths, and both sides of Otsu's threshold. `edges`: the stronger ones are
/// added.
void add_outlines_of_channel(const cv::Mat& channel, cv::Mat& edges, std::vector<Outline>& all) {
  cv::Mat soft;
  cv::GaussianBlur(channel, soft, cv::Size(5, 5), 0);
  for (const auto& [low, high] : {std::pair(20, 60), std::pair(50, 140)}) {
    cv::Mat found;
    cv::Canny(soft, found, low, high);
    cv::dilate(found, found, cv::Mat::ones(3, 3, CV_8U));
    edges |= found;
    cv::dilate(found, found, cv::Mat::ones(3, 3, CV_8U));
    add_outlines(found, all);
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

struct Fit {
  Quad quad{};
  float fitness = 0;  // 1: the outline is this quad
};

/// Where the lines a0-a1 and b0-b1 meet; nothing when they hardly differ in direction.
std::optional<Point> meeting(Point a0, Point a1, Point b0, Point b1) {
  const float ax = a1.x - a0.x;
  const float ay = a1.y - a0.y;
  const float bx = b1.x - b0.x;
  const float by = b1.y - b0.y;
  const float across = ax * by - ay * bx;
  if (std::abs(across) < 1e-3F * std::hypot(ax, ay) * std::hypot(bx, by)) return std::nullopt;
  const float t = ((b0.x - a0.x) * by - (b0.y - a0.y) * bx) / across;
  return Point{a0.x + t * ax, a0.y + t * ay};
}

float triangle(Point a, Point b, Point c) {
  return std::abs((b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x)) / 2;
}

/// The quadrilateral about a hull: the side whose neighbours can be drawn on until they meet at the
/// least cost of area is left out, until there are four. Rounded corners become corners so.
std::optional<Quad> circumscribed(std::vector<Point> corners) {
  while (corners.size() > 4) {
    const std::size_t n = corners.size();
    std::optional<std::size_t> cheapest;
    float least = 0;
    Point apex{};
    for (std::size_t i = 0; i < n; ++i) {
      const Point before = corners[(i + n - 1) % n];
      const Point from = corners[i];
      const Point to = corners[(i + 1) % n];
      const Point after = corners[(i + 2) % n];
      const auto at = meeting(before, from, after, to);
      // Beyond `from` and beyond `to`: otherwise the neighbours part.
      if (!at ||
          (at->x - from.x) * (from.x - before.x) + (at->y - from.y) * (from.y - before.y) < 0)
        continue;
      if ((at->x - to.x) * (to.x - after.x) + (at->y - to.y) * (to.y - after.y) < 0) continue;
      const float cost = triangle(from, *at, to);
      if (cheapest && cost >= least) continue;
      cheapest = i;
      least = cost;
      apex = *at;
    }
    if (!cheapest) return std::nullopt;
    corners[*cheapest] = apex;
    corners.erase(corners.begin() + static_cast<std::ptrdiff_t>((*cheapest + 1) % n));
  }
  if (corners.size() != 4) return std::nullopt;
  return Quad{corners[0], corners[1], corners[2], corners[3]};
}

/// Clockwise.
Quad in_order(Quad quad) {
  const Point c = centre_of(quad);
  std::ranges::sort(quad, {}, [c](Point p) { return std::atan2(p.y - c.y, p.x - c.x); });
  return quad;
}

std::optional<Fit> fit_quad(const Outline& hull) {
  constexpr double kStraight_px = 1.2;
  Outline simple;
  cv::approxPolyDP(hull, simple, kStraight_px, true);
  std::vector<Point> corners;
  for (const cv::Point p : simple) {
    corners.push_back({static_cast<float>(p.x), static_cast<float>(p.y)});
  }
  const auto quad = circumscribed(std::move(corners));
  if (!quad) return std::nullopt;
  Fit fit{in_order(*quad), 0};
  fit.fitness = static_cast<float>(cv::contourArea(hull)) / std::max(area_of(fit.quad), 1.0F);
  return fit;
}

/// Share of the outline along which there is an edge in the picture; of the worst side.
float edge_along(const Quad& quad, const cv::Mat& edges) {
  constexpr int kSamples = 40;
  constexpr float kInset = 0.08F;  // corners are round
  float worst = 1;
  for (std::size_t side = 0; side < 4; ++side) {
    const Point a = quad.at(side);
    const Point b = quad.at((side + 1) % 4);
    int hits = 0;
    for (int i = 0; i < kSamples; ++i) {
      const float t = kInset + (1 - 2 * kInset) * static_cast<float>(i) / (kSamples - 1);
      const int x = static_cast<int>(std::lround(a.x + t * (b.x - a.x)));
      const int y = static_cast<int>(std::lround(a.y + t * (b.y - a.y)));
      const bool inside = x > 2 && y > 2 && x < edges.cols - 3 && y < edges.rows - 3;
      if (inside && edges.at<std::uint8_t>(y, x) != 0) ++hits;
    }
    worst = std::min(worst, static_cast<float>(hits) / kSamples);
  }
  return worst;
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

struct TextLine {
  Point begin, end;
};

/// By length: a cut-off machine-readable zone counts for what it is. A line that is cut does not
/// count as held.
float share_of_text_in(const Quad& quad, const std::vector<TextLine>& text) {
  float in = 0;
  float all = 0;
  for (const TextLine& line : text) {
    const float length = distance(line.begin, line.end);
    all += length;
    if (holds(quad, line.begin) && holds(quad, line.end)) in += length;
  }
  return all > 0 ? in / all : 1;
}

/// Straight edges of the picture in the two directions of the text, the longest of each.
struct StraightEdges {
  std::vector<cv::Vec4i> along, across;
};

StraightEdges straight_edges(const cv::Mat& edges, Point direction) {
  constexpr std::size_t kMost = 14;
  constexpr int kVotes = 50;
  constexpr double kShortest_px = 70;
  constexpr double kGap_px = 12;
  constexpr float kSlanted = 0.42F;  // sine of 25 degrees
  std::vector<cv::Vec4i> all;
  cv::HoughLinesP(edges, all, 1, CV_PI / 180, kVotes, kShortest_px, kGap_px);
  const auto length = [](const cv::Vec4i& e) { return std::hypot(e[2] - e[0], e[3] - e[1]); };
  std::ranges::sort(all, std::greater{}, length);
  StraightEdges found;
  for (const cv::Vec4i& e : all) {
    const float dx = static_cast<float>(e[2] - e[0]) / static_cast<float>(length(e));
    const float dy = static_cast<float>(e[3] - e[1]) / static_cast<float>(length(e));
    const float sine = std::abs(dx * direction.y - dy * direction.x);
    const float cosine = std::abs(dx * direction.x + dy * direction.y);
    if (sine <= kSlanted && found.along.size() < kMost) found.along.push_back(e);
    if (cosine <= kSlanted && found.across.size() < kMost) found.across.push_back(e);
  }
  return found;
}

std::optional<Point> crossing(const cv::Vec4i& a, const cv::Vec4i& b) {
  const auto point = [](int x, int y) {
    return Point{static_cast<float>(x), static_cast<float>(y)};
  };
  return meeting(point(a[0], a[1]), point(a[2], a[3]), point(b[0], b[1]), point(b[2], b[3]));
}

/// The quadrilaterals that two edges along and two across enclose.
std::vector<Quad> enclosed(const StraightEdges& edges) {
  std::vector<Quad> quads;
  for (std::size_t i = 0; i < edges.along.size(); ++i) {
    for (std::size_t k = i + 1; k < edges.along.size(); ++k) {
      for (std::size_t m = 0; m < edges.across.size(); ++m) {
        for (std::size_t n = m + 1; n < edges.across.size(); ++n) {
          const auto a = crossing(edges.along[i], edges.across[m]);
          const auto b = crossing(edges.along[i], edges.across[n]);
          const auto c = crossing(edges.along[k], edges.across[n]);
          const auto d = crossing(edges.along[k], edges.across[m]);
          if (a && b && c && d) quads.push_back(in_order({*a, *b, *c, *d}));
        }
      }
    }
  }
  return quads;
}

/// What speaks for a quadrilateral.
class Judge {
 public:
  Judge(const cv::Mat& edges, std::vector<TextLine> text) : edges_(edges), text_(std::move(text)) {}

  void consider(const Quad& quad, float fitness, std::optional<FoundCard>& best) const {
    const auto share = static_cast<double>(area_of(quad)) / static_cast<double>(edges_.total());
    if (!(share >= kLeastShare && share <= kMostShare)) return;
    const float promise = fitness * likeness_to_card(quad);
    if (best && promise <= best->confidence) return;
    const float confidence = promise * (0.25F + 0.75F * share_of_text_in(quad, text_)) *
                             (0.25F + 0.75F * edge_along(quad, edges_));
    if (!best || confidence > best->confidence) best = FoundCard{quad, confidence};
  }

 private:
  const cv::Mat& edges_;
  std::vector<TextLine> text_;
};

}  // namespace

std::optional<FoundCard> find_card(const PixelView& picture, std::span<const TextRegion> text) {
  const float scale = std::min(
      1.0F,
      static_cast<float>(kLongSide_px) /
          static_cast<float>(std::max(picture.width_px, picture.height_px))
  );
  const auto side = [scale](int px) {
    return std::max(1, static_cast<int>(std::lround(static_cast<float>(px) * scale)));
  };
  const cv::Size size(side(picture.width_px), side(picture.height_px));
  cv::Mat small;
  cv::resize(as_mat(picture), small, size, 0, 0, cv::INTER_AREA);
  cv::Mat lab;
  cv::Mat hsv;
  cv::cvtColor(small, lab, cv::COLOR_BGR2Lab);
  cv::cvtColor(small, hsv, cv::COLOR_BGR2HSV);
  std::vector<cv::Mat> channels;
  cv::split(lab, channels);
  channels.emplace_back();
  cv::extractChannel(hsv, channels.back(), 1);
  std::vector<Outline> outlines;
  cv::Mat edges = cv::Mat::zeros(small.size(), CV_8U);
  for (const cv::Mat& channel : channels) add_outlines_of_channel(channel, edges, outlines);
  std::vector<TextLine> lines;
  for (const TextRegion& region : text) {
    const Quad& q = region.quad;
    const auto between = [scale](Point a, Point b) {
      return Point{(a.x + b.x) / 2 * scale, (a.y + b.y) / 2 * scale};
    };
    lines.push_back({between(q[0], q[3]), between(q[1], q[2])});
  }
  const Judge judge(edges, std::move(lines));
  std::optional<FoundCard> best;
  for (const Outline& outline : outlines) {
    const auto fit = fit_quad(outline);
    if (fit) judge.consider(fit->quad, fit->fitness, best);
  }
  if (!text.empty()) {
    const TextRegion& longest =
        *std::ranges::max_element(text, {}, [](const TextRegion& r) { return width_of(r.quad); });
    const float length = std::max(1e-3F, distance(longest.quad[0], longest.quad[1]));
    const Point direction{
        (longest.quad[1].x - longest.quad[0].x) / length,
        (longest.quad[1].y - longest.quad[0].y) / length
    };
    for (const Quad& quad : enclosed(straight_edges(edges, direction)))
      judge.consider(quad, 1, best);
  }
  if (best) {
    for (Point& p : best->quad) p = {p.x / scale, p.y / scale};
  }
  return best;
}

}  // namespace selfsame::vision
