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
constexpr float kLeastShare = 0.05F;  // of the picture
constexpr float kMostShare = 1.2F;    // a document may be cut off
constexpr float kUnseen = 0.3F;       // what a side counts for where it lies outside the picture

float dot(Point a, Point b) {
  return a.x * b.x + a.y * b.y;
}
Point between(Point a, Point b, float share) {
  return {a.x + share * (b.x - a.x), a.y + share * (b.y - a.y)};
}
Point across(Point direction) {
  return {-direction.y, direction.x};
}

/// Of each pixel, in the channel where it is steepest: brightness or one of the two colours.
class Gradients {
 public:
  explicit Gradients(const cv::Mat& bgr) {
    constexpr std::array kWeights = {1.0, 2.0, 2.0};  // colours differ less and carry less noise
    cv::Mat lab;
    cv::cvtColor(bgr, lab, cv::COLOR_BGR2Lab);
    cv::GaussianBlur(lab, lab, cv::Size(3, 3), 0);
    cv::Mat steepest = cv::Mat::zeros(bgr.size(), CV_32F);
    x_ = cv::Mat::zeros(bgr.size(), CV_32F);
    y_ = cv::Mat::zeros(bgr.size(), CV_32F);
    for (int channel = 0; channel < 3; ++channel) {
      cv::Mat one, dx, dy;
      cv::extractChannel(lab, one, channel);
      const double scale = kWeights.at(static_cast<std::size_t>(channel)) / 32;  // levels a pixel
      cv::Scharr(one, dx, CV_32F, 1, 0, scale);
      cv::Scharr(one, dy, CV_32F, 0, 1, scale);
      const cv::Mat squared = dx.mul(dx) + dy.mul(dy);
      const cv::Mat steeper = squared > steepest;
      dx.copyTo(x_, steeper);
      dy.copyTo(y_, steeper);
      squared.copyTo(steepest, steeper);
    }
    for (int y = 1; y + 1 < height(); ++y) {
      for (int x = 1; x + 1 < width(); ++x) {
        if (steepest.at<float>(y, x) < kFaint * kFaint) continue;
        const Point from_middle{
            static_cast<float>(x) - middle().x, static_cast<float>(y) - middle().y
        };
        steep_.push_back({from_middle, at(x, y), std::sqrt(steepest.at<float>(y, x))});
      }
    }
  }

  [[nodiscard]] int width() const { return x_.cols; }
  [[nodiscard]] int height() const { return x_.rows; }
  [[nodiscard]] Point middle() const {
    return {static_cast<float>(x_.cols) / 2, static_cast<float>(x_.rows) / 2};
  }
  [[nodiscard]] bool holds(int x, int y) const {
    return x >= 1 && y >= 1 && x < x_.cols - 1 && y < x_.rows - 1;
  }

  /// 0..1: how surely an edge with this normal runs through the pixel.
  [[nodiscard]] float edge(int x, int y, Point normal) const {
    const Point g{x_.at<float>(y, x), y_.at<float>(y, x)};
    const float along_normal = std::abs(dot(g, normal));
    const float aside = std::abs(dot(g, across(normal)));
    if (aside > kSlant * along_normal) return 0;
    return std::clamp((along_normal - kFaint) / (kSure - kFaint), 0.0F, 1.0F);
  }
  [[nodiscard]] Point at(int x, int y) const { return {x_.at<float>(y, x), y_.at<float>(y, x)}; }

  struct Steep {
    Point from_middle, gradient;
    float steepness;  // levels a pixel
  };
  /// What is no noise.
  [[nodiscard]] const std::vector<Steep>& steep() const { return steep_; }

  static constexpr float kFaint = 1.2F;  // levels a pixel: noise
  static constexpr float kSure = 6;
  static constexpr float kSlant = 0.27F;  // tangent of 15 degrees

 private:
  cv::Mat x_, y_;
  std::vector<Steep> steep_;
};

/// A straight line by its normal and its distance from the picture's middle.
struct Line {
  Point normal{};
  float distance = 0;
};

struct TextLine {
  Point begin, end;
  bool has_direction = false;
};

/// On which side of a line the text lies: 1 where the normal points, -1 the other, 0 on both. No
/// line through the text is a side of the document.
int side_of_text(const Line& line, Point middle, const std::vector<TextLine>& text) {
  constexpr float kLittle = 0.3F;
  float before = 0;
  float behind = 0;
  for (const TextLine& piece : text) {
    const Point c = between(piece.begin, piece.end, 0.5F);
    const float at = dot({c.x - middle.x, c.y - middle.y}, line.normal) - line.distance;
    (at < 0 ? before : behind) += distance(piece.begin, piece.end);
  }
  if (std::min(before, behind) > kLittle * (before + behind)) return 0;
  return before > behind ? -1 : 1;
}

/// Lines that can be opposite sides of a document.
struct Sides {
  std::vector<Line> one, other;
};

/// The directions of lines within 25 degrees of one.
class Fan {
 public:
  explicit Fan(Point direction)
      : direction_(direction),
        first_(std::atan2(direction.x, -direction.y) - kStep * (kAngles / 2)) {
    for (std::size_t i = 0; i < normals_.size(); ++i) {
      const float angle = first_ + kStep * static_cast<float>(i);
      normals_.at(i) = {std::cos(angle), std::sin(angle)};
    }
  }

  [[nodiscard]] Point normal(int index) const {
    return normals_.at(static_cast<std::size_t>(index));
  }
  [[nodiscard]] bool may_hold(Point gradient) const {
    constexpr float kWide = 0.56F;  // tangent of 29 degrees
    return std::abs(dot(gradient, direction_)) <=
           kWide * std::abs(dot(gradient, across(direction_)));
  }
  /// Of the normal that is most like a gradient; below kAngles within the fan.
  [[nodiscard]] int nearest(Point gradient) const {
    constexpr auto kHalfTurn = static_cast<float>(CV_PI);
    const float angle = std::atan2(gradient.y, gradient.x) - first_;
    return cvRound((angle - kHalfTurn * std::floor(angle / kHalfTurn)) / kStep);
  }

  static constexpr int kAngles = 101;
  static constexpr float kStep = static_cast<float>(CV_PI / 360);  // half a degree

 private:
  Point direction_;
  float first_;
  std::array<Point, kAngles> normals_;
};

/// A Hough transform in which each pixel votes for the directions near its own: a row for each of
/// the fan's, a column for each distance from the middle.
cv::Mat votes_for(const Fan& fan, const Gradients& gradients) {
  constexpr int kSpread = 8;
  const Point middle = gradients.middle();
  const int radius = static_cast<int>(std::ceil(std::hypot(middle.x, middle.y))) + 2;
  cv::Mat votes = cv::Mat::zeros(Fan::kAngles, 2 * radius + 1, CV_32F);
  for (const Gradients::Steep& pixel : gradients.steep()) {
    if (!fan.may_hold(pixel.gradient)) continue;
    const int nearest = fan.nearest(pixel.gradient);
    const int last = std::min(Fan::kAngles - 1, nearest + kSpread);
    for (int i = std::max(0, nearest - kSpread); i <= last; ++i) {
      votes.at<float>(i, cvRound(dot(pixel.from_middle, fan.normal(i))) + radius) +=
          std::min(1.0F, pixel.steepness / Gradients::kSure);
    }
  }
  return votes;
}

/// Lines near a direction that can be sides of what holds the text, most votes first.
Sides lines_near(const Gradients& gradients, Point direction, const std::vector<TextLine>& text) {
  constexpr std::size_t kMost = 60;
  constexpr double kLeastVotes = 12;
  const Fan fan(direction);
  const cv::Mat votes = votes_for(fan, gradients);
  // Peaks: none higher within two degrees and four pixels.
  cv::Mat around;
  cv::dilate(votes, around, cv::Mat::ones(9, 9, CV_8U));
  std::vector<cv::Point> peaks;
  cv::findNonZero((votes >= around) & (votes >= kLeastVotes), peaks);
  std::ranges::sort(peaks, std::greater{}, [&](cv::Point p) { return votes.at<float>(p); });
  Sides lines;
  for (const cv::Point peak : peaks) {
    const Line line{fan.normal(peak.y), static_cast<float>(peak.x - votes.cols / 2)};
    const int side = side_of_text(line, gradients.middle(), text);
    std::vector<Line>& kept = side > 0 ? lines.one : lines.other;
    if (side != 0 && kept.size() < kMost) kept.push_back(line);
  }
  return lines;
}

/// A line with what is on it, in steps from its foot.
class Ruler {
 public:
  Ruler(const Gradients& gradients, const Line& line)
      : normal_(line.normal),
        foot_{
            gradients.middle().x + line.distance * line.normal.x,
            gradients.middle().y + line.distance * line.normal.y
        },
        reach_((gradients.width() + gradients.height()) / 4 + 50) {
    sums_.push_back(0);
    const Point d = across(normal_);
    for (int t = -reach_; t <= reach_; ++t) {
      float best = 0;
      for (const int aside : {-2, -1, 0, 1, 2}) {
        const float at = kStep_px * static_cast<float>(t);
        const auto off = static_cast<float>(aside);
        const int x = cvRound(foot_.x + at * d.x + off * normal_.x);
        const int y = cvRound(foot_.y + at * d.y + off * normal_.y);
        best = std::max(best, gradients.holds(x, y) ? gradients.edge(x, y, normal_) : kUnseen);
      }
      sums_.push_back(sums_.back() + best);
    }
  }

  /// The best mean over the length that a short side of a small card has.
  [[nodiscard]] float longest_edge() const {
    constexpr std::size_t kSteps = 55;
    float best = 0;
    for (std::size_t i = kSteps; i < sums_.size(); ++i)
      best = std::max(best, sums_[i] - sums_[i - kSteps]);
    return best;
  }

  /// Mean edge between two places on the line.
  [[nodiscard]] float edge_between(Point a, Point b) const {
    constexpr float kInset = 0.06F;  // corners are round
    const int from = place_of(between(a, b, kInset));
    const int to = place_of(between(b, a, kInset));
    const auto [low, high] = std::minmax(from, to);
    return high > low
               ? (sums_[static_cast<std::size_t>(high)] - sums_[static_cast<std::size_t>(low)]) /
                     static_cast<float>(high - low)
               : 0;
  }

  /// Where two lines meet; nothing when they hardly differ in direction.
  [[nodiscard]] std::optional<Point> meeting(const Ruler& other) const {
    const float sine = normal_.x * other.normal_.y - normal_.y * other.normal_.x;
    if (std::abs(sine) < 0.2F) return std::nullopt;
    const float a = dot(normal_, foot_);
    const float b = dot(other.normal_, other.foot_);
    return Point{
        (a * other.normal_.y - b * normal_.y) / sine, (b * normal_.x - a * other.normal_.x) / sine
    };
  }

 private:
  [[nodiscard]] int place_of(Point p) const {
    const float t = dot({p.x - foot_.x, p.y - foot_.y}, across(normal_));
    return std::clamp(cvRound(t / kStep_px) + reach_, 0, 2 * reach_);
  }
  static constexpr float kStep_px = 2;

  Point normal_;
  Point foot_;
  int reach_;
  std::vector<float> sums_;
};

/// Clockwise.
Quad in_order(Quad quad) {
  const Point c = centre_of(quad);
  std::ranges::sort(quad, {}, [c](Point p) { return std::atan2(p.y - c.y, p.x - c.x); });
  return quad;
}

/// 1 for what can be the picture of a card: a rectangle of its sides, seen by a camera whose
/// focal length is that of telephones (Zhang and He, Whiteboard scanning, 2007).
float likeness_to_card(const Quad& quad, int width_px, int height_px) {
  constexpr std::array kAspects = {85.6F / 53.98F, 125.0F / 88.0F};
  constexpr float kFocal = 0.8F;  // of the long side: 26 to 28 mm on film
  const float f = kFocal * static_cast<float>(std::max(width_px, height_px));
  const auto ray = [&](Point p) {
    return cv::Vec3f(
        (p.x - static_cast<float>(width_px) / 2) / f,
        (p.y - static_cast<float>(height_px) / 2) / f,
        1
    );
  };
  const cv::Vec3f m1 = ray(quad[0]), m2 = ray(quad[1]), m4 = ray(quad[2]), m3 = ray(quad[3]);
  const float k2 = m1.cross(m4).dot(m3) / m2.cross(m4).dot(m3);
  const float k3 = m1.cross(m4).dot(m2) / m3.cross(m4).dot(m2);
  const cv::Vec3f one = k2 * m2 - m1;
  const cv::Vec3f other = k3 * m3 - m1;
  const auto a = static_cast<float>(cv::norm(one));
  const auto b = static_cast<float>(cv::norm(other));
  if (!(a > 0 && b > 0)) return 0;
  const float cosine = one.dot(other) / (a * b);
  const float aspect = std::max(a, b) / std::min(a, b);
  float off = 1e9F;
  for (const float wanted : kAspects) off = std::min(off, std::abs(std::log(aspect / wanted)));
  constexpr float kOff = 0.12F;
  constexpr float kSkew = 0.12F;
  return 1 / (1 + off * off / (kOff * kOff) + cosine * cosine / (kSkew * kSkew));
}

/// By length: how much of the text speaks for the outline. What lies in it along its sides does;
/// what lies in it aslant, is cut by it, or lies along it outside speaks against it.
float agreement_of_text(const Quad& quad, const std::vector<TextLine>& text) {
  constexpr float kLevel = 0.09F;  // tangent of 5 degrees
  constexpr float kNear = 0.5F;    // of its sides
  constexpr float kSlack = 0.015F;
  const float w = width_of(quad);
  const float h = height_of(quad);
  const Homography flat = Homography::to_rectangle(quad, w, h);
  const auto is_within = [&](Point p, float margin) {
    return p.x >= -margin * w && p.x <= (1 + margin) * w && p.y >= -margin * h &&
           p.y <= (1 + margin) * h;
  };
  float with = 0;
  float against = 0;
  for (const TextLine& line : text) {
    const float length = distance(line.begin, line.end);
    const Point a = flat.map(line.begin);
    const Point b = flat.map(line.end);
    const float dx = std::abs(a.x - b.x);
    const float dy = std::abs(a.y - b.y);
    const bool is_level = !line.has_direction || std::min(dx, dy) <= kLevel * std::max(dx, dy);
    const bool a_in = is_within(a, kSlack);
    const bool b_in = is_within(b, kSlack);
    if (a_in && b_in) {
      (is_level ? with : against) += length;
    } else if (a_in != b_in) {
      against += length;
    } else {
      const bool is_of_card = is_level && (is_within(a, kNear) || is_within(b, kNear));
      against += (is_of_card ? 0.5F : 0.2F) * length;
    }
  }
  return with + against > 0 ? with / (with + against) : 1;
}

/// Directions of the text, the most written first.
std::vector<Point> directions_of(const std::vector<TextLine>& text) {
  constexpr float kSame = 0.976F;  // cosine of 12.5 degrees
  struct Bundle {
    Point direction;
    float length = 0;
  };
  std::vector<const TextLine*> lines;
  for (const TextLine& line : text) {
    if (line.has_direction) lines.push_back(&line);
  }
  std::ranges::sort(lines, std::greater{}, [](const TextLine* l) {
    return distance(l->begin, l->end);
  });
  std::vector<Bundle> bundles;
  for (const TextLine* line : lines) {
    const float length = std::max(1e-3F, distance(line->begin, line->end));
    const Point d{(line->end.x - line->begin.x) / length, (line->end.y - line->begin.y) / length};
    const auto same = std::ranges::find_if(bundles, [&](const Bundle& b) {
      return std::abs(dot(b.direction, d)) >= kSame ||
             std::abs(dot(b.direction, across(d))) >= kSame;
    });
    if (same == bundles.end()) {
      bundles.push_back({d, length});
    } else {
      same->length += length;
    }
  }
  std::ranges::sort(bundles, std::greater{}, &Bundle::length);
  constexpr std::size_t kMost = 3;
  constexpr float kLeast = 0.2F;  // of the most written
  std::vector<Point> directions;
  for (const Bundle& bundle : bundles) {
    if (directions.size() == kMost || bundle.length < kLeast * bundles.front().length) break;
    directions.push_back(bundle.direction);
  }
  return directions;
}

/// Looks among the quadrilaterals that two lines along the text and two across it enclose.
class Search {
 public:
  Search(const Gradients& gradients, std::vector<TextLine> text)
      : gradients_(gradients), text_(std::move(text)) {}

  void look_along(Point direction) {
    const Sides lying = lines_near(gradients_, direction, text_);
    const Sides standing = lines_near(gradients_, across(direction), text_);
    const auto tops = rulers(lying.one);
    const auto bottoms = rulers(lying.other);
    const auto lefts = rulers(standing.one);
    const auto rights = rulers(standing.other);
    for (const Ruler& top : tops) {
      for (const Ruler& left : lefts) {
        const auto corner = top.meeting(left);
        if (!corner) continue;
        for (const Ruler& right : rights) consider(top, left, right, *corner, bottoms);
      }
    }
  }

  [[nodiscard]] const std::optional<FoundCard>& best() const { return best_; }

 private:
  [[nodiscard]] std::vector<Ruler> rulers(const std::vector<Line>& lines) const {
    std::vector<Ruler> all;
    for (const Line& line : lines) all.emplace_back(gradients_, line);
    // Those with the most edges, and of the others those with the least gaps: print has gaps.
    constexpr std::ptrdiff_t kMost = 14;
    if (std::ssize(all) > kMost) {
      std::ranges::sort(all.begin() + kMost, all.end(), std::greater{}, &Ruler::longest_edge);
      if (std::ssize(all) > 2 * kMost) all.erase(all.begin() + 2 * kMost, all.end());
    }
    return all;
  }

  /// What the edges along four sides count for.
  static float strength(float a, float b, float c, float d) {
    return 0.5F * std::min({a, b, c, d}) + 0.125F * (a + b + c + d);
  }
  [[nodiscard]] bool is_better(float most) const { return !best_ || most > best_->confidence; }

  void consider(
      const Ruler& top,
      const Ruler& left,
      const Ruler& right,
      Point top_left,
      const std::vector<Ruler>& bottoms
  ) {
    const auto top_right = top.meeting(right);
    if (!top_right) return;
    const float above = top.edge_between(top_left, *top_right);
    if (!is_better(strength(above, 1, 1, 1))) return;
    for (const Ruler& bottom : bottoms) {
      const auto bottom_left = bottom.meeting(left);
      const auto bottom_right = bottom.meeting(right);
      if (!bottom_left || !bottom_right) continue;
      const float edges = strength(
          above,
          left.edge_between(top_left, *bottom_left),
          right.edge_between(*top_right, *bottom_right),
          bottom.edge_between(*bottom_left, *bottom_right)
      );
      if (is_better(edges))
        consider(in_order({top_left, *top_right, *bottom_right, *bottom_left}), edges);
    }
  }

  void consider(const Quad& quad, float edges) {
    const float share =
        area_of(quad) / static_cast<float>(gradients_.width() * gradients_.height());
    if (!(share >= kLeastShare && share <= kMostShare)) return;
    const float promise = edges * likeness_to_card(quad, gradients_.width(), gradients_.height());
    if (!is_better(promise)) return;
    const float confidence = promise * agreement_of_text(quad, text_);
    if (is_better(confidence)) best_ = FoundCard{quad, confidence};
  }

  const Gradients& gradients_;
  std::vector<TextLine> text_;
  std::optional<FoundCard> best_;
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
  cv::Mat small;
  cv::resize(
      as_mat(picture),
      small,
      cv::Size(side(picture.width_px), side(picture.height_px)),
      0,
      0,
      cv::INTER_AREA
  );
  constexpr float kHasDirection = 2.5F;  // times as long as high
  std::vector<TextLine> lines;
  for (const TextRegion& region : text) {
    const Quad& q = region.quad;
    const auto scaled = [scale](Point p) { return Point{p.x * scale, p.y * scale}; };
    lines.push_back(
        {scaled(between(q[0], q[3], 0.5F)),
         scaled(between(q[1], q[2], 0.5F)),
         width_of(q) >= kHasDirection * height_of(q)}
    );
  }
  const Gradients gradients(small);
  const auto directions = directions_of(lines);
  Search search(gradients, std::move(lines));
  for (const Point direction : directions) search.look_along(direction);
  auto best = search.best();
  if (best) {
    for (Point& p : best->quad) p = {p.x / scale, p.y / scale};
  }
  return best;
}

}  // namespace selfsame::vision
