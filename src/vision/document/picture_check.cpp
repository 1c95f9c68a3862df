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
  cv::cvtColor(
      flat(cv::Rect(kEdge_px, kEdge_px, flat.cols - 2 * kEdge_px, flat.rows - 2 * kEdge_px)),
      lab,
      cv::COLOR_BGR2Lab
  );
  cv::resize(lab, lab, cv::Size(kWidth_px / 4, flat.rows / 4), 0, 0, cv::INTER_AREA);
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
  std::array<cv::Mat, 4> blurred;
  for (std::size_t i = 0; i < blurred.size(); ++i) {
    cv::GaussianBlur(grey, blurred.at(i), cv::Size(), static_cast<double>(1U << i));
  }
  const double coarse = deviation_of(blurred[2] - blurred[3]);
  if (!(coarse >= kLeastDetail)) return 0;
  return static_cast<float>(deviation_of(blurred[0] - blurred[1]) / coarse);
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

/// Ground that is white itself is none.
float highlight_of(const cv::Mat& flat) {
  constexpr int kLight = 248;
  constexpr float kLeastOverGround = 1.06F;
  if (lightness_over_ground(flat) < kLeastOverGround) return 0;
  std::array<cv::Mat, 3> channels;
  cv::split(flat, channels.data());
  cv::Mat light = cv::min(cv::min(channels[0], channels[1]), channels[2]) >= kLight;
  cv::morphologyEx(light, light, cv::MORPH_OPEN, cv::Mat::ones(7, 7, CV_8U));
  cv::Mat labels;
  cv::Mat stats;
  cv::Mat centres;
  const int blobs = cv::connectedComponentsWithStats(light, labels, stats, centres);
  int most = 0;
  for (int i = 1; i < blobs; ++i) most = std::max(most, stats.at<int>(i, cv::CC_STAT_AREA));
  return static_cast<float>(most) / static_cast<float>(light.total());
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
      .pattern = pattern_of(picture, card)
  };
}

std::vector<core::DocumentWarning> warnings_of(const PictureMeasures& measures, bool card_found) {
  using core::DocumentWarning;
  std::vector<DocumentWarning> warnings;
  const bool is_whole =
      (!card_found || measures.outside <= kOutsideMost) && measures.text_margin >= kTextMarginLeast;
  if (!is_whole) warnings.push_back(DocumentWarning::incomplete);
  if (!(measures.colour >= kColourLeast)) warnings.push_back(DocumentWarning::copy);
  if (!(measures.pattern <= kPatternMost)) warnings.push_back(DocumentWarning::recapture);
  if (!(measures.highlight <= kHighlightMost)) warnings.push_back(DocumentWarning::glare);
  if (!(measures.sharpness >= kSharpnessLeast)) warnings.push_back(DocumentWarning::blur);
  return warnings;
}

}  // namespace selfsame::vision
