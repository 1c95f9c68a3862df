// SPDX-License-Identifier: Apache-2.0
#include "vision/face_landmarker.h"

#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>
#include <string>
#include <utility>

#include "vision/face_aligner.h"
#include "vision/mat_view.h"
#include "vision/resize.h"

namespace selfsame::vision {
namespace {

// Corners of the eyes and of the mouth, and the lids over and under them.
constexpr std::size_t kRightEyeOuter = 33, kRightEyeInner = 133;
constexpr std::size_t kLeftEyeOuter = 263, kLeftEyeInner = 362;
constexpr std::size_t kUpperInnerLip = 13, kLowerInnerLip = 14;
constexpr std::size_t kRightMouthCorner = 78, kLeftMouthCorner = 308;

struct Region {  // a rotated square of the picture
  double centre_x = 0, centre_y = 0;
  double side = 0;
  double angle_rad = 0;  // of the line through the eyes
};

Region region_around(const DetectedFace& face, double scale) {
  const Point right = face.landmarks[0], left = face.landmarks[1];
  return {
      .centre_x = static_cast<double>(face.box.x) + static_cast<double>(face.box.width) / 2,
      .centre_y = static_cast<double>(face.box.y) + static_cast<double>(face.box.height) / 2,
      .side = scale * static_cast<double>(std::max(face.box.width, face.box.height)),
      .angle_rad =
          std::atan2(static_cast<double>(left.y - right.y), static_cast<double>(left.x - right.x)),
  };
}

Region region_around(const std::vector<MeshPoint>& points, double scale) {
  const auto [left, right] = std::ranges::minmax_element(points, {}, &MeshPoint::x);
  const auto [top, bottom] = std::ranges::minmax_element(points, {}, &MeshPoint::y);
  const auto& outer_right = points[kRightEyeOuter];
  const auto& outer_left = points[kLeftEyeOuter];
  return {
      .centre_x = static_cast<double>(left->x + right->x) / 2,
      .centre_y = static_cast<double>(top->y + bottom->y) / 2,
      .side = scale * static_cast<double>(std::max(right->x - left->x, bottom->y - top->y)),
      .angle_rad = std::atan2(
          static_cast<double>(outer_left.y - outer_right.y),
          static_cast<double>(outer_left.x - outer_right.x)
      ),
  };
}

// The affine map from the network's input to the picture.
cv::Matx23d picture_from_input(const Region& region, int side_px) {
  const double c = std::cos(region.angle_rad) * region.side / side_px;
  const double s = std::sin(region.angle_rad) * region.side / side_px;
  const double half = side_px / 2.0;
  return {
      c, -s, region.centre_x - half * c + half * s, s, c, region.centre_y - half * s - half * c
  };
}

// The warp takes four pixels for one, so what is much larger than the input is shrunk first.
struct Reduced {
  cv::Mat picture;
  cv::Matx23d from_input;
};

Reduced reduce(const PixelView& picture, const Region& region, int side_px) {
  const cv::Mat whole = as_mat(picture);
  cv::Matx23d map = picture_from_input(region, side_px);
  constexpr double kWarpsWell = 2;  // pixels of the picture to one of the input
  if (!(region.side > kWarpsWell * side_px)) return {whole, map};
  const double reach = region.side * 0.75;  // half the diagonal, and some
  const cv::Rect around(
      cvFloor(region.centre_x - reach),
      cvFloor(region.centre_y - reach),
      cvCeil(2 * reach),
      cvCeil(2 * reach)
  );
  const cv::Rect inside = around & cv::Rect(0, 0, whole.cols, whole.rows);
  if (inside.empty()) return {whole, map};
  const double factor = kWarpsWell / 2 * side_px / region.side * 1.5;
  const cv::Mat small = resized(whole(inside), factor);
  const double factor_x = static_cast<double>(small.cols) / inside.width;
  const double factor_y = static_cast<double>(small.rows) / inside.height;
  for (int column = 0; column < 3; ++column) {
    map(0, column) *= factor_x;
    map(1, column) *= factor_y;
  }
  map(0, 2) -= inside.x * factor_x;
  map(1, 2) -= inside.y * factor_y;
  return {small, map};
}

Result<FaceLandmarks> run_on(
    const Network& network, const PixelView& picture, const Region& region
) {
  const NetworkCard& card = network.card();
  const int side_px = card.input_width_px;
  if (!(region.side >= 1) || !std::isfinite(region.side)) {
    return fail(Errc::engine_failed, card.name + ": a face of no size");
  }
  const Reduced reduced = reduce(picture, region, side_px);
  cv::Mat input;
  cv::warpAffine(
      reduced.picture,
      input,
      reduced.from_input,
      {side_px, side_px},
      cv::INTER_LINEAR | cv::WARP_INVERSE_MAP,
      cv::BORDER_REPLICATE
  );
  SELFSAME_TRY(outputs, network.run(as_view(input)));
  const auto values = outputs[card.output];
  const cv::Matx23d map = picture_from_input(region, side_px);
  const double scale = region.side / side_px;
  FaceLandmarks landmarks;
  landmarks.points.reserve(kMeshPoints);
  for (std::size_t i = 0; i < kMeshPoints; ++i) {
    const auto x = static_cast<double>(values[3 * i]);
    const auto y = static_cast<double>(values[3 * i + 1]);
    landmarks.points.push_back(
        {.x = static_cast<float>(map(0, 0) * x + map(0, 1) * y + map(0, 2)),
         .y = static_cast<float>(map(1, 0) * x + map(1, 1) * y + map(1, 2)),
         .z = static_cast<float>(scale * static_cast<double>(values[3 * i + 2]))}
    );
  }
  landmarks.presence = static_cast<double>(outputs[card.presence_output][0]);
  return landmarks;
}

double distance(const FaceLandmarks& landmarks, std::size_t a, std::size_t b) {
  const auto& p = landmarks.points.at(a);
  const auto& q = landmarks.points.at(b);
  return std::hypot(static_cast<double>(p.x - q.x), static_cast<double>(p.y - q.y));
}

}  // namespace

FaceLandmarker::FaceLandmarker(std::unique_ptr<Network> network) noexcept
    : network_(std::move(network)) {}

Result<FaceLandmarker> FaceLandmarker::create(std::unique_ptr<Network> network) {
  const NetworkCard& card = network->card();
  const bool fits = card.crop == CropKind::upright_square && card.crop_scale > 0 &&
                    card.input_width_px > 0 && card.input_width_px == card.input_height_px &&
                    card.output_length == 3 * kMeshPoints && card.presence_output != card.output;
  if (!fits) {
    return fail(
        Errc::engine_failed,
        card.name +
            ": the card is not that of a 468-point mesh (upright_square, square input, "
            "output_length 1404, presence_output)"
    );
  }
  return FaceLandmarker(std::move(network));
}

Result<FaceLandmarks> FaceLandmarker::locate(const PixelView& picture, const DetectedFace& face)
    const {
  if (face.landmarks.size() != 5) {
    return fail(Errc::engine_failed, network_->card().name + ": needs a face of five points");
  }
  const double scale = network_->card().crop_scale;
  SELFSAME_TRY(first, run_on(*network_, picture, region_around(face, scale)));
  return run_on(*network_, picture, region_around(first.points, scale));
}

Result<FaceLandmarks> FaceLandmarker::locate_moved(
    const PixelView& picture,
    const DetectedFace& face,
    const DetectedFace& face_there,
    const FaceLandmarks& there
) const {
  if (face.landmarks.size() != 5 || face_there.landmarks.size() != 5) return locate(picture, face);
  const Similarity move = similarity_between(
      std::span(face_there.landmarks).first<5>(), std::span(face.landmarks).first<5>()
  );
  constexpr double kMostGrowth = 1.25;
  const double growth = std::hypot(move.a, move.b);
  if (!(growth <= kMostGrowth && growth >= 1 / kMostGrowth)) return locate(picture, face);
  FaceLandmarks moved;
  moved.points.reserve(there.points.size());
  for (const auto& point : there.points) {
    const auto x = static_cast<double>(point.x);
    const auto y = static_cast<double>(point.y);
    moved.points.push_back(
        {.x = static_cast<float>(move.a * x - move.b * y + move.tx),
         .y = static_cast<float>(move.b * x + move.a * y + move.ty)}
    );
  }
  SELFSAME_TRY(found, follow(picture, moved));
  return is_present(found) ? std::move(found) : locate(picture, face);
}

Result<FaceLandmarks> FaceLandmarker::follow(const PixelView& picture, const FaceLandmarks& before)
    const {
  return run_on(*network_, picture, region_around(before.points, network_->card().crop_scale));
}

bool FaceLandmarker::is_present(const FaceLandmarks& landmarks) const noexcept {
  return landmarks.presence >= network_->card().presence_threshold;
}

double eye_aspect_ratio(const FaceLandmarks& landmarks) {
  constexpr double kTiny = 1e-6;
  const double right = (distance(landmarks, 160, 144) + distance(landmarks, 158, 153)) /
                       (2 * distance(landmarks, kRightEyeOuter, kRightEyeInner) + kTiny);
  const double left = (distance(landmarks, 385, 380) + distance(landmarks, 387, 373)) /
                      (2 * distance(landmarks, kLeftEyeInner, kLeftEyeOuter) + kTiny);
  return (right + left) / 2;
}

double mouth_opening(const FaceLandmarks& landmarks) {
  constexpr double kTiny = 1e-6;
  return distance(landmarks, kUpperInnerLip, kLowerInnerLip) /
         (distance(landmarks, kRightMouthCorner, kLeftMouthCorner) + kTiny);
}

}  // namespace selfsame::vision
