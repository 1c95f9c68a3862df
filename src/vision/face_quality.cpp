// SPDX-License-Identifier: Apache-2.0
#include "vision/face_quality.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <opencv2/imgproc.hpp>

#include "vision/mat_view.h"
#include "vision/resize.h"

namespace selfsame::vision {
namespace {

// 0 at `worst`, 100 at `best`, linear between; NaN gives 0.
double between(double value, double worst, double best) noexcept {
  const double share = (value - worst) / (best - worst);
  return share > 0 ? 100 * std::min(share, 1.0) : 0;
}

double eye_distance_of(const DetectedFace& face) noexcept {
  if (face.landmarks.size() != 5) return std::numeric_limits<double>::quiet_NaN();
  return std::hypot(
      static_cast<double>(face.landmarks[1].x - face.landmarks[0].x),
      static_cast<double>(face.landmarks[1].y - face.landmarks[0].y)
  );
}

// The inner face in grey: without hair, ears and background, and always in the same size.
cv::Mat inner_face(const Image& image, const Box& box) {
  const cv::Rect2d asked(
      static_cast<double>(box.x),
      static_cast<double>(box.y),
      static_cast<double>(box.width),
      static_cast<double>(box.height)
  );
  const cv::Rect2d inside = asked & cv::Rect2d(0, 0, image.width_px, image.height_px);
  const cv::Rect pixels(inside);
  constexpr int kLeast_px = 8;
  if (pixels.width < kLeast_px || pixels.height < kLeast_px) return {};
  cv::Mat grey;
  cv::cvtColor(as_mat(view_of(image))(pixels), grey, cv::COLOR_BGR2GRAY);
  constexpr double kLongSide_px = 112;
  const double factor = kLongSide_px / std::max(grey.cols, grey.rows);
  grey = resized(grey, factor);
  const int margin_x = grey.cols / 6;
  const int margin_y = grey.rows / 8;
  return grey(cv::Rect(margin_x, margin_y, grey.cols - 2 * margin_x, grey.rows - 2 * margin_y));
}

double variance_of(const cv::Mat& values) {
  cv::Scalar mean, deviation;
  cv::meanStdDev(values, mean, deviation);
  return deviation[0] * deviation[0];
}

double share_of(const cv::Mat& mask) {
  return static_cast<double>(cv::countNonZero(mask)) / static_cast<double>(mask.total());
}

double unified_sharpness(double raw) noexcept {
  constexpr double kUseless = 0.01;  // what is left after a blur of 3 % of the face's width
  constexpr double kSharp = 0.3;     // official portraits
  return between(std::log(raw), std::log(kUseless), std::log(kSharp));
}

double unified_exposure(const RawQuality& raw) noexcept {
  const double light = between(raw.mean_luma, 10, 90);
  const double not_glaring = between(raw.mean_luma, 250, 190);
  const double not_clipped = between(raw.bright_share + raw.dark_share, 1, 0);
  return std::min({light, not_glaring, not_clipped});
}

// As OFIQ: the squared cosine of each angle.
double unified_pose(const core::HeadPose& pose) noexcept {
  const auto one = [](double degrees) {
    const double cosine = std::cos(degrees * CV_PI / 180);
    return cosine > 0 ? 100 * cosine * cosine : 0;
  };
  return std::min({one(pose.yaw_deg), one(pose.pitch_deg), one(pose.roll_deg)});
}

// Presence falls with every part of the face that is hidden. LFW: 5th percentile 23, median 39.
double unified_unoccluded(const FaceLandmarks& landmarks) noexcept {
  return between(landmarks.presence, 0, 35);
}

}  // namespace

RawQuality measure_raw_quality(const Image& image, const DetectedFace& face) {
  RawQuality raw;
  raw.inter_eye_distance_px = eye_distance_of(face);
  const cv::Mat grey = inner_face(image, face.box);
  if (grey.empty()) {
    constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
    return {raw.inter_eye_distance_px, kNan, kNan, kNan, kNan};
  }
  cv::Mat edges;
  cv::Laplacian(grey, edges, CV_32F, 1);
  constexpr double kNoiseVariance = 20;  // of a camera; keeps flat faces from counting as sharp
  raw.sharpness = variance_of(edges) / (variance_of(grey) + kNoiseVariance);
  raw.mean_luma = cv::mean(grey)[0];
  constexpr int kDark = 25;
  constexpr int kBright = 245;
  raw.dark_share = share_of(grey < kDark);
  raw.bright_share = share_of(grey > kBright);
  return raw;
}

core::QualityMeasures measure_quality(
    const Image& image,
    const DetectedFace& face,
    const std::optional<core::HeadPose>& pose,
    const FaceLandmarks* landmarks
) {
  const RawQuality raw = measure_raw_quality(image, face);
  core::QualityMeasures quality;
  quality.inter_eye_distance_px = raw.inter_eye_distance_px;
  quality.sharpness = unified_sharpness(raw.sharpness);
  quality.exposure = unified_exposure(raw);
  // 60 px between the eyes is what the 112-px crop of the recogniser can use (it has 35).
  double least =
      std::min({between(raw.inter_eye_distance_px, 0, 60), *quality.sharpness, *quality.exposure});
  if (pose) {
    quality.pose = unified_pose(*pose);
    least = std::min(least, *quality.pose);
  }
  if (landmarks != nullptr) {
    quality.unoccluded = unified_unoccluded(*landmarks);
    least = std::min(least, *quality.unoccluded);
  }
  quality.unified_quality_score = least;
  return quality;
}

bool is_sharp_enough(const RawQuality& quality) noexcept {
  return quality.sharpness >= kLeastRawSharpness;
}

bool is_well_exposed(const RawQuality& quality) noexcept {
  return quality.mean_luma >= kLeastMeanLuma && quality.mean_luma <= kMostMeanLuma &&
         quality.bright_share <= kMostBrightShare;
}

}  // namespace selfsame::vision
