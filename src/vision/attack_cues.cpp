// SPDX-License-Identifier: Apache-2.0
#include "vision/attack_cues.h"

#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>
#include <vector>

#include "vision/mat_view.h"
#include "vision/pad_network.h"
#include "vision/resize.h"

namespace selfsame::vision {
namespace {

double chroma_spread_of(const cv::Mat& face) {
  cv::Mat lab;
  cv::cvtColor(face, lab, cv::COLOR_BGR2Lab);
  const cv::Scalar mean = cv::mean(lab);
  const auto mean_a = static_cast<float>(mean[1]);
  const auto mean_b = static_cast<float>(mean[2]);
  double sum = 0;
  for (int row = 0; row < lab.rows; ++row) {
    const auto* pixels = lab.ptr<cv::Vec3b>(row);
    float sum_of_row = 0;
    for (int column = 0; column < lab.cols; ++column) {
      const float a = static_cast<float>(pixels[column][1]) - mean_a;
      const float b = static_cast<float>(pixels[column][2]) - mean_b;
      sum_of_row += std::sqrt(a * a + b * b);
    }
    sum += static_cast<double>(sum_of_row);
  }
  return sum / static_cast<double>(lab.total());
}

// Of a line that runs past the face: on which side, and leaning how far from upright.
struct Upright {
  double x_at_face = 0;
  double lean = 0;  // dx / dy
};

// Lines that run upright (within 25 degrees) past the face's height, in a picture of the
// surroundings. `face` in its pixels.
std::vector<Upright> upright_lines(const cv::Mat& surroundings, const cv::Rect2d& face) {
  cv::Mat grey, edges;
  cv::cvtColor(surroundings, grey, cv::COLOR_BGR2GRAY);
  cv::Canny(grey, edges, 40, 120);
  std::vector<cv::Vec4i> segments;
  const double least_length = 0.8 * face.height;
  cv::HoughLinesP(edges, segments, 1, CV_PI / 180, 30, least_length, 6);
  const double face_y = face.y + face.height / 2;
  std::vector<Upright> lines;
  for (const auto& segment : segments) {
    const double rise = segment[3] - segment[1];
    constexpr double kLean = 0.47;  // tan 25 degrees
    if (!(std::abs(rise) > 1)) continue;
    const double lean = (segment[2] - segment[0]) / rise;
    if (!(std::abs(lean) <= kLean)) continue;
    lines.push_back({segment[0] + lean * (face_y - segment[1]), lean});
  }
  return lines;
}

bool has_bezel(const PixelView& picture, const Box& box) {
  constexpr double kSurroundings = 4;
  const auto crop = scaled_crop(box, kSurroundings, picture.width_px, picture.height_px);
  if (!crop) return false;
  constexpr double kFaceWidth_px = 60;
  const double factor = kFaceWidth_px / static_cast<double>(box.width);
  const cv::Rect cut(crop->x, crop->y, crop->width, crop->height);
  const cv::Mat small = resized(as_mat(picture)(cut), factor);
  const cv::Rect2d face(
      (static_cast<double>(box.x) - crop->x) * factor,
      (static_cast<double>(box.y) - crop->y) * factor,
      static_cast<double>(box.width) * factor,
      static_cast<double>(box.height) * factor
  );
  const auto lines = upright_lines(small, face);
  constexpr double kParallel = 0.12;  // about 7 degrees
  return std::ranges::any_of(lines, [&](const Upright& left) {
    if (!(left.x_at_face < face.x)) return false;
    return std::ranges::any_of(lines, [&](const Upright& right) {
      return right.x_at_face > face.x + face.width && std::abs(right.lean - left.lean) <= kParallel;
    });
  });
}

}  // namespace

double measure_chroma_spread(const PixelView& picture, const Box& box) {
  const cv::Rect2d asked(
      static_cast<double>(box.x),
      static_cast<double>(box.y),
      static_cast<double>(box.width),
      static_cast<double>(box.height)
  );
  const cv::Rect inside(asked & cv::Rect2d(0, 0, picture.width_px, picture.height_px));
  return inside.empty() ? 0 : chroma_spread_of(as_mat(picture)(inside));
}

AttackCues measure_attack_cues(const PixelView& picture, const Box& box) {
  return {.chroma_spread = measure_chroma_spread(picture, box), .bezel = has_bezel(picture, box)};
}

core::AttackClass attack_class_of(const AttackCues& cues) noexcept {
  if (cues.chroma_spread < kMonochrome) return core::AttackClass::print;
  return cues.bezel ? core::AttackClass::screen_replay : core::AttackClass::unsure;
}

}  // namespace selfsame::vision
