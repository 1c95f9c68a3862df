// SPDX-License-Identifier: Apache-2.0
#include "vision/document/thai_strip.h"

#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>
#include <span>

#include "vision/mat_view.h"

namespace selfsame::vision {
namespace {

Quad with_margins(const Quad& line, Margins margins) {
  const auto beyond = [](Point from, Point to, float share) {
    return Point{to.x + share * (to.x - from.x), to.y + share * (to.y - from.y)};
  };
  return {
      beyond(line[3], line[0], margins.above),
      beyond(line[2], line[1], margins.above),
      beyond(line[1], line[2], margins.below),
      beyond(line[0], line[3], margins.below)
  };
}

/// Black on white, without shadow and tint: divided by what is behind the letters, which are far
/// narrower than the line is high.
void flatten(cv::Mat& grey) {
  const int wide_px = std::max(3, grey.rows / 2);
  cv::Mat behind;
  cv::morphologyEx(grey, behind, cv::MORPH_CLOSE, cv::Mat::ones(wide_px, wide_px, CV_8U));
  cv::GaussianBlur(behind, behind, cv::Size(), grey.rows / 4.0);
  cv::divide(grey, behind, grey, 255);
  cv::normalize(grey, grey, 0, 255, cv::NORM_MINMAX);
}

/// White instead of other lines' ink: it goes on beyond the strip and lies beside the line's box.
void leave_out_neighbours(cv::Mat& grey, int top_px, int bottom_px) {
  cv::Mat ink, labels, stats, centres;
  cv::threshold(grey, ink, 0, 255, cv::THRESH_BINARY_INV | cv::THRESH_OTSU);
  const int count = cv::connectedComponentsWithStats(ink, labels, stats, centres);
  for (int i = 1; i < count; ++i) {
    const int* row = stats.ptr<int>(i);
    const int top = row[cv::CC_STAT_TOP];
    const int bottom = top + row[cv::CC_STAT_HEIGHT];
    const int middle = (top + bottom) / 2;
    // The line's own marks are low.
    const bool is_letter = 3 * (bottom - top) > bottom_px - top_px;
    const bool is_above = (top == 0 || is_letter) && middle < top_px;
    const bool is_below = (bottom == grey.rows || is_letter) && middle >= bottom_px;
    if (!is_above && !is_below) continue;
    constexpr int kEdge_px = 2;  // of the letters, not yet dark
    const cv::Rect about(
        row[cv::CC_STAT_LEFT] - kEdge_px,
        top - kEdge_px,
        row[cv::CC_STAT_WIDTH] + 2 * kEdge_px,
        row[cv::CC_STAT_HEIGHT] + 2 * kEdge_px
    );
    grey(about & cv::Rect(0, 0, grey.cols, grey.rows)).setTo(255);
  }
}

cv::Mat flat_grey(const PixelView& picture, const Quad& line, cv::Size size) {
  const Image straight = straightened(picture, line, size.width, size.height);
  cv::Mat grey;
  cv::cvtColor(as_mat(view_of(straight)), grey, cv::COLOR_BGR2GRAY);
  flatten(grey);
  return grey;
}

/// Top and bottom of most of the ink: marks are small, and few letters have tails.
cv::Range body_of(std::span<cv::Rect> parts) {
  int all = 0;
  for (const cv::Rect& part : parts) all += part.area();
  const auto median = [&](auto of) {
    std::ranges::sort(parts, {}, of);
    int so_far = 0;
    for (const cv::Rect& part : parts) {
      so_far += part.area();
      if (2 * so_far >= all) return of(part);
    }
    return 0;
  };
  return {median([](const cv::Rect& r) { return r.y; }), median([](const cv::Rect& r) {
            return r.y + r.height;
          })};
}

/// How well two heights describe the parts: the variance between them, by area.
double difference_of(std::span<const cv::Rect> before, std::span<const cv::Rect> after) {
  const auto area_and_height = [](std::span<const cv::Rect> parts) {
    double area = 0;
    double sum = 0;
    for (const cv::Rect& part : parts) {
      area += part.area();
      sum += static_cast<double>(part.area()) * part.height;
    }
    return std::pair(area, sum / std::max(1.0, area));
  };
  const auto [left_area, left_height] = area_and_height(before);
  const auto [right_area, right_height] = area_and_height(after);
  const double apart = right_height - left_height;
  return left_area * right_area * apart * apart;
}

/// Connected ink, from left to right.
std::vector<cv::Rect> parts_of(const cv::Mat& grey) {
  constexpr int kLeastPart_px = 12;
  cv::Mat ink, labels, stats, centres;
  cv::threshold(grey, ink, 0, 255, cv::THRESH_BINARY_INV | cv::THRESH_OTSU);
  const int count = cv::connectedComponentsWithStats(ink, labels, stats, centres);
  std::vector<cv::Rect> parts;
  for (int i = 1; i < count; ++i) {
    const int* row = stats.ptr<int>(i);
    if (row[cv::CC_STAT_AREA] < kLeastPart_px) continue;
    parts.emplace_back(
        row[cv::CC_STAT_LEFT], row[cv::CC_STAT_TOP], row[cv::CC_STAT_WIDTH], row[cv::CC_STAT_HEIGHT]
    );
  }
  std::ranges::sort(parts, {}, [](const cv::Rect& r) { return r.x; });
  return parts;
}

/// How a line lies in its strip.
struct StripScale {
  // Tesseract brings lines to 36 itself.
  static constexpr float kHeight_px = 56;
  static constexpr int kMargin_px = 8;
  float box_px = 0;  // height of the line's box
  int width_px = 0;

  StripScale(const Quad& box, Margins margins)
      : box_px(kHeight_px / (1 + margins.above + margins.below)) {
    constexpr int kWidest_px = 2048;
    const float aspect = width_of(box) / std::max(1.0F, height_of(box));
    width_px = std::clamp(rows(aspect), 8, kWidest_px);
  }
  [[nodiscard]] int rows(float heights) const {
    return static_cast<int>(std::lround(heights * box_px));
  }
};

}  // namespace

bool goes_on(const Quad& line, const Quad& next) {
  constexpr float kNear = 0.6F;  // in heights
  constexpr float kLevel = 0.5F;
  constexpr float kAlike = 1.35F;  // a label's print is smaller
  const float end = (line[1].x + line[2].x) / 2;
  const float begin = (next[0].x + next[3].x) / 2;
  const auto [low, high] = std::minmax(height_of(line), height_of(next));
  const float overlap = std::min(line[2].y, next[3].y) - std::max(line[1].y, next[0].y);
  return high <= kAlike * low && centre_of(line).x < centre_of(next).x &&
         begin - end < kNear * high && overlap > kLevel * low;
}

std::vector<Quad> pieces_of(const PixelView& picture, const Quad& line) {
  constexpr int kHeight_px = 64;
  constexpr int kWidest_px = 2048;
  constexpr double kLarger = 1.35;
  constexpr int kGap_px = 4;
  constexpr int kLeast_px = 40;
  const float aspect = width_of(line) / std::max(1.0F, height_of(line));
  const cv::Size size(
      std::clamp(
          static_cast<int>(std::lround(static_cast<float>(kHeight_px) * aspect)), 8, kWidest_px
      ),
      kHeight_px
  );
  std::vector<cv::Rect> parts = parts_of(flat_grey(picture, line, size));
  double best = 0;
  int cut_px = 0;
  cv::Range small, large;
  int right_px = 0;
  for (std::size_t i = 1; i < parts.size(); ++i) {
    right_px = std::max(right_px, parts[i - 1].x + parts[i - 1].width);
    const int gap_px = parts[i].x - right_px;
    if (gap_px < kGap_px || right_px < kLeast_px || size.width - parts[i].x < kLeast_px) continue;
    std::vector<cv::Rect> before(parts.begin(), parts.begin() + static_cast<std::ptrdiff_t>(i));
    std::vector<cv::Rect> after(parts.begin() + static_cast<std::ptrdiff_t>(i), parts.end());
    const cv::Range left = body_of(before);
    const cv::Range right = body_of(after);
    const double larger = right.size() / std::max(1.0, static_cast<double>(left.size()));
    const double score = difference_of(before, after);
    if (larger < kLarger || score <= best) continue;
    best = score;
    cut_px = right_px + gap_px / 2;
    small = left;
    large = right;
  }
  if (cut_px == 0) return {line};
  const Homography back = Homography::from_rectangle(
      static_cast<float>(size.width), static_cast<float>(size.height), line
  );
  // As a detector frames a line, and with the marks above large letters.
  const auto framed = [&](int left, int right, cv::Range body) {
    const float beyond = 0.3F * static_cast<float>(body.size());
    const auto l = static_cast<float>(left), r = static_cast<float>(right);
    const float t = static_cast<float>(body.start) - 0.5F * static_cast<float>(body.size());
    const float b = static_cast<float>(body.end) + beyond;
    return back.map(Quad{Point{l, t}, Point{r, t}, Point{r, b}, Point{l, b}});
  };
  return {framed(0, cut_px, small), framed(cut_px, size.width, large)};
}

Quad in_picture(const cv::Rect& part, const Quad& box, Margins margins) {
  const StripScale scale(box, margins);
  const auto left = static_cast<float>(part.x - StripScale::kMargin_px);
  const float top =
      static_cast<float>(part.y - StripScale::kMargin_px) - margins.above * scale.box_px;
  const auto width = static_cast<float>(part.width), height = static_cast<float>(part.height);
  return Homography::from_rectangle(static_cast<float>(scale.width_px), scale.box_px, box)
      .map(Quad{
          Point{left, top},
          Point{left + width, top},
          Point{left + width, top + height},
          Point{left, top + height}
      });
}

cv::Mat thai_strip(const PixelView& picture, const Quad& box, Margins margins) {
  constexpr Margins kSeen{0.6F, 0.4F};  // so much that the line's own ink ends within it
  const StripScale scale(box, margins);
  cv::Mat grey = flat_grey(
      picture,
      with_margins(box, kSeen),
      cv::Size(scale.width_px, scale.rows(1 + kSeen.above + kSeen.below))
  );
  leave_out_neighbours(grey, scale.rows(kSeen.above), scale.rows(kSeen.above + 1));
  grey = grey.rowRange(
      scale.rows(kSeen.above - margins.above), scale.rows(kSeen.above + 1 + margins.below)
  );
  cv::Mat strip;
  constexpr int kEdge_px = StripScale::kMargin_px;
  cv::copyMakeBorder(grey, strip, kEdge_px, kEdge_px, kEdge_px, kEdge_px, cv::BORDER_REPLICATE);
  return strip;
}

}  // namespace selfsame::vision
