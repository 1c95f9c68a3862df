// SPDX-License-Identifier: Apache-2.0
#include "vision/face_track.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <opencv2/core.hpp>
#include <utility>

#include "vision/head_pose.h"
#include "vision/mat_view.h"

namespace selfsame::vision {
namespace {

constexpr double kStampSlack_s = 0.004;  // time stamps are rounded
constexpr double kSearchStep_s = 0.2;    // the detector is dear: where nobody is, it looks less

Box box_around(const FaceLandmarks& landmarks) {
  const auto [left, right] = std::ranges::minmax_element(landmarks.points, {}, &MeshPoint::x);
  const auto [top, bottom] = std::ranges::minmax_element(landmarks.points, {}, &MeshPoint::y);
  return {.x = left->x, .y = top->y, .width = right->x - left->x, .height = bottom->y - top->y};
}

double luma_of(const cv::Scalar& bgr) {
  return 0.114 * bgr[0] + 0.587 * bgr[1] + 0.299 * bgr[2];
}

// Of the middle half, where there is neither hair nor background. NaN outside the picture.
double mean_luma_of(const PixelView& picture, const Box& box) {
  const cv::Rect middle(
      cvRound(box.x + box.width / 4),
      cvRound(box.y + box.height / 4),
      cvRound(box.width / 2),
      cvRound(box.height / 2)
  );
  const cv::Rect inside = middle & cv::Rect(0, 0, picture.width_px, picture.height_px);
  if (inside.empty()) return std::numeric_limits<double>::quiet_NaN();
  return luma_of(cv::mean(as_mat(picture)(inside)));
}

TrackedFrame with_face(
    const PixelView& picture, const FaceLandmarks& landmarks, int index, double time_s
) {
  const Box box = box_around(landmarks);
  return {
      .index = index,
      .time_s = time_s,
      .has_face = true,
      .box = box,
      .pose = head_pose_of(landmarks),
      .eyes = eye_aspect_ratio(landmarks),
      .mouth = mouth_opening(landmarks),
      .mean_luma = mean_luma_of(picture, box)
  };
}

TrackedFrame without_face(const PixelView& picture, int index, double time_s) {
  constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
  return {
      .index = index,
      .time_s = time_s,
      .has_face = false,
      .box = {},
      .pose = {kNan, kNan, kNan},
      .eyes = kNan,
      .mouth = kNan,
      .mean_luma = luma_of(cv::mean(as_mat(picture)))
  };
}

}  // namespace

bool FaceTracker::wants(double time_s) const noexcept {
  return time_s >= next_s_ - kStampSlack_s && time_s <= kLongest_s;
}

Result<std::optional<FaceLandmarks>> FaceTracker::find(const PixelView& picture, double time_s) {
  if (landmarks_) {
    SELFSAME_TRY(followed, landmarker_.follow(picture, *landmarks_));
    if (landmarker_.is_present(followed)) return std::optional(std::move(followed));
  }
  if (!landmarks_ && time_s < next_search_s_) return std::optional<FaceLandmarks>();
  next_search_s_ = time_s + kSearchStep_s;
  SELFSAME_TRY(faces, detector_.detect(picture, 640));
  if (faces.empty()) return std::optional<FaceLandmarks>();
  SELFSAME_TRY(found, landmarker_.locate(picture, faces.front()));
  if (!landmarker_.is_present(found)) return std::optional<FaceLandmarks>();
  return std::optional(std::move(found));
}

Result<const FaceLandmarks*> FaceTracker::add(const PixelView& picture, int index, double time_s) {
  // On a fixed grid, so that a rate that is no multiple of ours is met on average.
  next_s_ = (std::floor((time_s + kStampSlack_s) * kRate_hz) + 1) / kRate_hz;
  track_.width_px = picture.width_px;
  track_.height_px = picture.height_px;
  SELFSAME_TRY(found, find(picture, time_s));
  landmarks_ = std::move(found);
  track_.frames.push_back(
      landmarks_ ? with_face(picture, *landmarks_, index, time_s)
                 : without_face(picture, index, time_s)
  );
  return landmarks_ ? &*landmarks_ : nullptr;
}

FaceTrack FaceTracker::take() && {
  return std::move(track_);
}

}  // namespace selfsame::vision
