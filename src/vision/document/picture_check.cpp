// SPDX-License-Identifier: Apache-2.0
#include "vision/document/picture_check.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <opencv2/imgproc.hpp>

#include "vision/mat_view.h"

namespace selfsame::vision {
namespace {

// Chosen on 220 drawn documents of ten conditions, seed 502 (tests/documents/generate.py).
constexpr float kOutsideMost = 0.02F;
constexpr float kTextMarginLeast = 0.7F;
constexpr float kColourLeast = 6.2F;
constexpr float kSharpnessLeast = 0.5F;
constexpr float kHighlightMost = 0.028F;
constexpr float kPatternMost = 450;
constexpr float kBridgeMost = 5;  // seed 5200, 66 covered and 66 plain ones

constexpr int kWidth_px = 960;  // of the straightened document

/// Largest distance of a corner outside the picture.
float outside_px(const Quad& card, const PixelView& picture) {
  float most = 0;
  for (const Point p : card) {
    most = std::max(
        {most,
         -p.x,
         -p.y,
         p.x - static_cast<float>(picture.width_px),
         p.y - static_cast<float>(picture.height_px)}
    );
  }
  return most;
}

/// Nearness of text to the picture's edge.
float margin_of(std::span<const Quad> lines, const PixelView& picture) {
  constexpr float kFar = 1000;
  float least = kFar;
  for (const Quad& line : lines) {
    const float height = std::max(1.0F, distance(line[0], line[3]));
    for (const Point p : line) {
      const float to_edge = std::min(
          {p.x,
           p.y,
           static_cast<float>(picture.width_px) - p.x,
           static_cast<float>(picture.height_px) - p.y}
      );
      least = std::min(least, to_edge / height);
    }
  }
  return least;
}

float percentile(std::vector<float> values, double share) {
  if (values.empty()) return 0;
  const auto at = static_cast<std::ptrdiff_t>(share * static_cast<double>(values.size() - 1));
  std::ranges::nth_element(values, values.begin() + at);
  return values[static_cast<std::size_t>(at)];
}

/// Against the median: the light's colour is that of the whole.
float colour_of(const cv::Mat& flat) {
  constexpr int kEdge_px = 10;
  cv::Mat lab;
  cv::resize(
      flat(cv::Rect(kEdge_px, kEdge_px, flat.cols - 2 * kEdge_px, flat.rows - 2 * kEdge_px)),
      lab,
      cv::Size(kWidth_px / 4, flat.rows / 4),
      0,
      0,
      cv::INTER_AREA
  );
  cv::cvtColor(lab, lab, cv::COLOR_BGR2Lab);
  std::vector<float> a;
  std::vector<float> b;
  for (const auto& pixel : cv::Mat_<cv::Vec3b>(lab)) {
    a.push_back(pixel[1]);
    b.push_back(pixel[2]);
  }
  const float middle_a = percentile(a, 0.5);
  const float middle_b = percentile(b, 0.5);
  std::vector<float> distances;
  for (std::size_t i = 0; i < a.size(); ++i) {
    distances.push_back(std::hypot(a[i] - middle_a, b[i] - middle_b));
  }
  return percentile(std::move(distances), 0.99);
}

double deviation_of(const cv::Mat& values) {
  cv::Scalar mean;
  cv::Scalar deviation;
  cv::meanStdDev(values, mean, deviation);
  return deviation[0];
}

/// What a blur of one to two pixels takes away, over what one of four to eight does: print has
/// both.
float sharpness_of(const cv::Mat& flat) {
  constexpr double kLeastDetail = 1e-3;
  cv::Mat grey;
  cv::cvtColor(flat, grey, cv::COLOR_BGR2GRAY);
  grey.convertTo(grey, CV_32F);
  const auto detail = [](const cv::Mat& of, double sigma_px) {
    cv::Mat sharper;
    cv::Mat softer;
    cv::GaussianBlur(of, sharper, cv::Size(), sigma_px);
    cv::GaussianBlur(of, softer, cv::Size(), 2 * sigma_px);
    return deviation_of(sharper - softer);
  };
  cv::Mat half;
  cv::resize(grey, half, cv::Size(grey.cols / 2, grey.rows / 2), 0, 0, cv::INTER_AREA);
  const double coarse = detail(half, 2);
  if (!(coarse >= kLeastDetail)) return 0;
  return static_cast<float>(detail(grey, 1) / coarse);
}

/// The lightest places over the light ones, without print: 1 on white paper in even light.
float lightness_over_ground(const cv::Mat& flat) {
  cv::Mat grey;
  cv::cvtColor(flat, grey, cv::COLOR_BGR2GRAY);
  cv::resize(grey, grey, cv::Size(kWidth_px / 8, flat.rows / 8), 0, 0, cv::INTER_AREA);
  cv::GaussianBlur(grey, grey, cv::Size(), 2);
  const std::vector<float> values(grey.begin<std::uint8_t>(), grey.end<std::uint8_t>());
  return percentile(values, 0.995) / std::max(percentile(values, 0.75), 1.0F);
}

/// Light on a document is round and covers what is printed; white ground is full of print, and a
/// white backdrop has a person before it.
float most_of_one_blob(const cv::Mat& light) {
  constexpr double kLeastOfHull = 0.6;  // seed 5200
  cv::Mat labels;
  cv::Mat stats;
  cv::Mat centres;
  const int blobs = cv::connectedComponentsWithStats(light, labels, stats, centres);
  const double least = kHighlightMost * static_cast<double>(light.total());  // few are as large
  double most = 0;
  for (int i = 1; i < blobs; ++i) {
    const double area = stats.at<int>(i, cv::CC_STAT_AREA);
    if (area <= std::max(least, most)) continue;
    std::vector<cv::Point> pixels;
    cv::findNonZero(labels == i, pixels);
    std::vector<cv::Point> hull;
    cv::convexHull(pixels, hull);
    if (area < kLeastOfHull * cv::contourArea(hull)) continue;
    most = area;
  }
  return static_cast<float>(most / static_cast<double>(light.total()));
}

/// Ground that is white itself is none.
float highlight_of(const cv::Mat& flat) {
  constexpr int kLight = 248;
  constexpr float kLeastOverGround = 1.06F;
  if (lightness_over_ground(flat) < kLeastOverGround) return 0;
  std::array<cv::Mat, 3> channels;
  cv::split(flat, channels.data());
  cv::Mat light = cv::min(cv::min(channels[0], channels[1]), channels[2]) >= kLight;
  cv::morphologyEx(light, light, cv::MORPH_OPEN, cv::Mat::ones(7, 7, CV_8U));
  return most_of_one_blob(light);
}

constexpr int kPatch_px = 256;

/// The strongest wave in a patch of red minus blue, where the stripes of a screen's pixels show:
/// print on a document is seldom coloured in a wave.
float strongest_wave(const cv::Mat& patch) {
  constexpr int kLowest = 6;  // waves across the patch: below it there is the drawing
  constexpr double kSlow_px = 6;
  std::array<cv::Mat, 3> channels;
  cv::split(patch, channels.data());
  cv::Mat colour;
  cv::subtract(channels[2], channels[0], colour, cv::noArray(), CV_32F);
  cv::Mat slow;
  cv::GaussianBlur(colour, slow, cv::Size(), kSlow_px);
  cv::Mat window;
  cv::createHanningWindow(window, patch.size(), CV_32F);
  cv::Mat waves;
  cv::dft((colour - slow).mul(window.mul(window)), waves, cv::DFT_COMPLEX_OUTPUT);
  std::array<cv::Mat, 2> parts;
  cv::split(waves, parts.data());
  cv::Mat size;
  cv::magnitude(parts[0], parts[1], size);
  std::vector<float> all;
  float most = 0;
  for (int v = 0; v < size.rows; ++v) {
    for (int u = 0; u <= size.cols / 2; ++u) {
      const float value = size.at<float>(v, u);
      all.push_back(value);
      const bool is_slow = u < kLowest && (v < kLowest || v > size.rows - kLowest);
      if (!is_slow) most = std::max(most, value);
    }
  }
  return most / std::max(percentile(std::move(all), 0.5), 1e-3F);
}

/// The median of five places: a picture of a wave on a document is in one.
float pattern_of(const PixelView& picture, const Quad& card) {
  if (std::min(picture.width_px, picture.height_px) < kPatch_px) return 0;
  constexpr std::array kPlaces = {
      Point{0.25F, 0.3F},
      Point{0.75F, 0.3F},
      Point{0.25F, 0.7F},
      Point{0.75F, 0.7F},
      Point{0.5F, 0.5F}
  };
  const Homography from_unit = Homography::from_rectangle(1, 1, card);
  std::vector<float> found;
  for (const Point place : kPlaces) {
    const Point p = from_unit.map(place);
    const auto within = [](float at, int size_px) {
      const auto most = static_cast<float>(size_px - kPatch_px);
      return static_cast<int>(std::clamp(at - kPatch_px / 2.0F, 0.0F, most));
    };
    const cv::Rect patch(
        within(p.x, picture.width_px), within(p.y, picture.height_px), kPatch_px, kPatch_px
    );
    found.push_back(strongest_wave(as_mat(picture)(patch)));
  }
  return percentile(std::move(found), 0.5);
}

/// Along one side: the colours just within and just outside the outline.
struct Border {
  cv::Mat within, outside;    // 1 x n, float BGR
  std::vector<bool> is_seen;  // n: both are in the picture
};

constexpr int kBridgeWidth_px = 480;  // of the document where its border is looked at
constexpr int kBand_px = 24;          // of its surroundings

/// The middle value of each column, in each channel.
cv::Mat medians(const cv::Mat& band) {
  cv::Mat result(1, band.cols, CV_32FC3);
  std::vector<float> values(static_cast<std::size_t>(band.rows));
  for (int x = 0; x < band.cols; ++x) {
    for (int c = 0; c < 3; ++c) {
      for (int y = 0; y < band.rows; ++y)
        values[static_cast<std::size_t>(y)] = band.at<cv::Vec3b>(y, x)[c];
      result.at<cv::Vec3f>(0, x)[c] = percentile(values, 0.5);
    }
  }
  cv::blur(result, result, cv::Size(9, 1));
  return result;
}

cv::Vec3f median_of(const cv::Mat& colours) {
  cv::Vec3f result;
  for (int c = 0; c < 3; ++c) {
    cv::Mat one;
    cv::extractChannel(colours, one, c);
    result[c] = percentile({one.begin<float>(), one.end<float>()}, 0.5);
  }
  return result;
}

cv::Mat in_lab(const cv::Mat& bgr) {
  cv::Mat lab;
  cv::cvtColor(bgr / 255, lab, cv::COLOR_BGR2Lab);
  return lab;
}

/// Shade and light change what is within and outside in the same proportion, in every channel.
bool is_lit_otherwise(
    const cv::Vec3f& within, const cv::Vec3f& outside, const cv::Vec3f& card, const cv::Vec3f& desk
) {
  constexpr float kDark = 4;  // levels: below it proportions say nothing
  constexpr float kAlike = 1.2F;
  float least = 1e9F;
  float most = 0;
  for (int c = 0; c < 3; ++c) {
    for (const float share :
         {(within[c] + kDark) / (card[c] + kDark), (outside[c] + kDark) / (desk[c] + kDark)}) {
      least = std::min(least, share);
      most = std::max(most, share);
    }
  }
  return most < kAlike * least;
}

/// What is least of a finger's width of border, where that is most.
float bridge_along(const Border& border) {
  constexpr int kFinger_px = 36;
  constexpr float kSaturated = 250;  // a reflection has a warning of its own
  constexpr float kNone = -50;
  const int length = border.within.cols;
  if (length < 2 * kFinger_px) return 0;
  if (2 * std::ranges::count(border.is_seen, true) < length) return 0;
  const cv::Vec3f card = median_of(border.within);
  const cv::Vec3f desk = median_of(border.outside);
  const cv::Mat within = in_lab(border.within);
  const cv::Mat outside = in_lab(border.outside);
  const cv::Vec3f card_lab = in_lab(cv::Mat(1, 1, CV_32FC3, cv::Scalar(card))).at<cv::Vec3f>(0, 0);
  const cv::Vec3f desk_lab = in_lab(cv::Mat(1, 1, CV_32FC3, cv::Scalar(desk))).at<cv::Vec3f>(0, 0);
  cv::Mat bridges(1, length, CV_32F);
  for (int x = 0; x < length; ++x) {
    const auto i = within.at<cv::Vec3f>(0, x);
    const auto o = outside.at<cv::Vec3f>(0, x);
    const auto colour = border.within.at<cv::Vec3f>(0, x);
    const bool is_none = !border.is_seen[static_cast<std::size_t>(x)] ||
                         std::min({colour[0], colour[1], colour[2]}) >= kSaturated ||
                         is_lit_otherwise(colour, border.outside.at<cv::Vec3f>(0, x), card, desk);
    bridges.at<float>(0, x) =
        is_none ? kNone
                : static_cast<float>(
                      std::min(cv::norm(i - card_lab), cv::norm(o - desk_lab)) - cv::norm(i - o)
                  );
  }
  cv::erode(bridges, bridges, cv::Mat::ones(1, kFinger_px, CV_8U));
  double most = 0;
  cv::minMaxLoc(bridges, nullptr, &most);
  return static_cast<float>(most);
}

/// Fingers, gloves and what else lies across a side; no colour is expected of them. Sides at the
/// picture's edge are not looked at.
float bridge_of(const PixelView& picture, const Quad& card) {
  constexpr int kCorner_px = 18;
  constexpr int kNear_px = 7;
  constexpr int kFar_px = 22;
  const float width = std::max(1.0F, width_of(card));
  const float height = std::clamp(kBridgeWidth_px * height_of(card) / width, 64.0F, 640.0F);
  const Homography from_flat = Homography::from_rectangle(kBridgeWidth_px, height, card);
  const float w = kBridgeWidth_px + kBand_px;
  const float h = height + kBand_px;
  constexpr float kOut = -kBand_px;
  const Quad corners = {Point{kOut, kOut}, Point{w, kOut}, Point{w, h}, Point{kOut, h}};
  const Quad about = from_flat.map(corners);
  const Image image =
      straightened(picture, about, kBridgeWidth_px + 2 * kBand_px, cvRound(height) + 2 * kBand_px);
  const cv::Mat flat = as_mat(view_of(image));
  float most = 0;
  for (int side = 0; side < 4; ++side) {
    cv::Mat top;  // the side on top
    if (side == 0) top = flat;
    if (side == 1) cv::rotate(flat, top, cv::ROTATE_90_COUNTERCLOCKWISE);
    if (side == 2) cv::rotate(flat, top, cv::ROTATE_180);
    if (side == 3) cv::rotate(flat, top, cv::ROTATE_90_CLOCKWISE);
    const cv::Range along(kBand_px + kCorner_px, top.cols - kBand_px - kCorner_px);
    if (along.size() < 1) continue;
    // Clockwise from corner to corner, as the side lies on top.
    const Point from = corners.at(static_cast<std::size_t>(side));
    const Point to = corners.at(static_cast<std::size_t>((side + 1) % 4));
    std::vector<bool> is_seen;
    for (int x = along.start; x < along.end; ++x) {
      const float share = (static_cast<float>(x) + 0.5F) / static_cast<float>(top.cols);
      const Point p =
          from_flat.map(Point{from.x + share * (to.x - from.x), from.y + share * (to.y - from.y)});
      is_seen.push_back(
          p.x >= 0 && p.y >= 0 && p.x <= static_cast<float>(picture.width_px) &&
          p.y <= static_cast<float>(picture.height_px)
      );
    }
    most = std::max(
        most,
        bridge_along(
            {.within = medians(top(cv::Range(kBand_px + kNear_px, kBand_px + kFar_px), along)),
             .outside = medians(top(cv::Range(kBand_px - kFar_px, kBand_px - kNear_px), along)),
             .is_seen = std::move(is_seen)}
        )
    );
  }
  return most;
}

}  // namespace

PictureMeasures measure_picture(
    const PixelView& picture, const Quad& card, std::span<const Quad> lines
) {
  const float width = std::max(1.0F, width_of(card));
  const int height_px =
      static_cast<int>(std::clamp(kWidth_px * height_of(card) / width, 128.0F, 1280.0F));
  const Image straight = straightened(picture, card, kWidth_px, height_px);
  const cv::Mat flat = as_mat(view_of(straight));
  return {
      .outside = outside_px(card, picture) / width,
      .text_margin = margin_of(lines, picture),
      .colour = colour_of(flat),
      .sharpness = sharpness_of(flat),
      .highlight = highlight_of(flat),
      .pattern = pattern_of(picture, card),
      .bridge = bridge_of(picture, card)
  };
}

std::vector<core::DocumentWarning> warnings_of(const PictureMeasures& measures, bool card_found) {
  using core::DocumentWarning;
  std::vector<DocumentWarning> warnings;
  const bool is_whole =
      (!card_found || (measures.outside <= kOutsideMost && measures.bridge <= kBridgeMost)) &&
      measures.text_margin >= kTextMarginLeast;
  if (!is_whole) warnings.push_back(DocumentWarning::incomplete);
  if (!(measures.colour >= kColourLeast)) warnings.push_back(DocumentWarning::copy);
  if (!(measures.pattern <= kPatternMost)) warnings.push_back(DocumentWarning::recapture);
  if (!(measures.highlight <= kHighlightMost)) warnings.push_back(DocumentWarning::glare);
  if (!(measures.sharpness >= kSharpnessLeast)) warnings.push_back(DocumentWarning::blur);
  return warnings;
}

}  // namespace selfsame::vision
