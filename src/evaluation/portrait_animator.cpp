// SPDX-License-Identifier: Apache-2.0
#include "evaluation/portrait_animator.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <numbers>
#include <opencv2/imgproc.hpp>
#include <span>
#include <utility>

#include "evaluation/seeded_random.h"
#include "vision/mat_view.h"

namespace selfsame::evaluation {
namespace {

using vision::FaceLandmarks;
using vision::Image;
using vision::MeshPoint;

constexpr double kRadians = std::numbers::pi / 180;

// Mesh points from the subject's right to the left: lids without the corners' shared points, inner
// lips with them.
constexpr std::array<std::size_t, 9> kRightUpperLid = {33, 246, 161, 160, 159, 158, 157, 173, 133};
constexpr std::array<std::size_t, 9> kRightLowerLid = {33, 7, 163, 144, 145, 153, 154, 155, 133};
constexpr std::array<std::size_t, 9> kLeftUpperLid = {362, 398, 384, 385, 386, 387, 388, 466, 263};
constexpr std::array<std::size_t, 9> kLeftLowerLid = {362, 382, 381, 380, 374, 373, 390, 249, 263};
constexpr std::array<std::size_t, 11> kUpperLip = {
    78, 191, 80, 81, 82, 13, 312, 311, 310, 415, 308
};
constexpr std::array<std::size_t, 11> kLowerLip = {
    78, 95, 88, 178, 87, 14, 317, 402, 318, 324, 308
};
constexpr std::size_t kUnderRightBrow = 52, kUnderLeftBrow = 282, kChin = 152, kForehead = 10;
constexpr std::size_t kRightEyeCorner = 33, kLeftEyeCorner = 263;
constexpr std::size_t kRightEar = 234, kLeftEar = 454, kUnderNose = 2;

// A curve over x, by its points from left to right.
class Curve {
 public:
  Curve() = default;
  Curve(const FaceLandmarks& mesh, std::span<const std::size_t> indices) {
    for (const std::size_t index : indices) points_.push_back(point_of(mesh, index));
    std::ranges::sort(points_, {}, [](const cv::Point2d& point) { return point.x; });
  }
  [[nodiscard]] double left() const { return points_.front().x; }
  [[nodiscard]] double right() const { return points_.back().x; }
  [[nodiscard]] double at(double x) const {
    const auto after =
        std::ranges::lower_bound(points_, x, {}, [](const cv::Point2d& point) { return point.x; });
    if (after == points_.begin()) return points_.front().y;
    if (after == points_.end()) return points_.back().y;
    const auto before = after - 1;
    const double share = (x - before->x) / std::max(1e-9, after->x - before->x);
    return before->y + share * (after->y - before->y);
  }
  static cv::Point2d point_of(const FaceLandmarks& mesh, std::size_t index) {
    const MeshPoint& point = mesh.points.at(index);
    return {static_cast<double>(point.x), static_cast<double>(point.y)};
  }

 private:
  std::vector<cv::Point2d> points_;
};

struct Eye {
  Curve upper, lower;
  double brow_y = 0;
};

struct Mouth {
  Curve upper, lower;
  double nose_y = 0, chin_y = 0;
};

double smooth_step(double share) {
  const double s = std::clamp(share, 0.0, 1.0);
  return s * s * (3 - 2 * s);
}

// Depth of every pixel, from the mesh outwards: what is not face lies as deep as the ears.
cv::Mat depth_of(const FaceLandmarks& mesh, cv::Size size, double face_px) {
  const double ears = static_cast<double>(mesh.points[kRightEar].z + mesh.points[kLeftEar].z) / 2;
  cv::Mat sum = cv::Mat::zeros(size, CV_32F), weight = cv::Mat::zeros(size, CV_32F);
  for (const MeshPoint& point : mesh.points) {
    const cv::Point at(cvRound(point.x), cvRound(point.y));
    if (!cv::Rect({}, size).contains(at)) continue;
    sum.at<float>(at) += point.z - static_cast<float>(ears);
    weight.at<float>(at) += 1;
  }
  const double sigma = 0.05 * face_px;
  cv::GaussianBlur(sum, sum, {}, sigma);
  cv::GaussianBlur(weight, weight, {}, sigma);
  const double ground = 0.02 / (2 * std::numbers::pi * sigma * sigma);
  cv::Mat depth = sum / (weight + ground);
  cv::GaussianBlur(depth, depth, {}, 0.03 * face_px);
  // Blurred, the relief is too flat: turned by 32 degrees it was seen at 23.
  constexpr double kRelief = 1.4;
  return depth * kRelief;
}

// 1 on the head, falling to 0 on what stays where it is.
cv::Mat head_of(const FaceLandmarks& mesh, cv::Size size, double face_px) {
  const cv::Point2d chin = Curve::point_of(mesh, kChin), top = Curve::point_of(mesh, kForehead);
  const cv::Point2d middle = chin + (top - chin) * 0.62;
  const double half_height = 0.78 * cv::norm(top - chin);
  cv::Mat head = cv::Mat::zeros(size, CV_32F);
  cv::ellipse(
      head,
      cv::Point(middle),
      cv::Size(cvRound(0.66 * face_px), cvRound(half_height)),
      0,
      0,
      360,
      cv::Scalar(1),
      cv::FILLED
  );
  cv::GaussianBlur(head, head, {}, 0.12 * face_px);
  return head;
}

// The portrait in the frame: upright, the face a little above the middle, the edges drawn out.
cv::Matx23d placing_of(const FaceLandmarks& mesh, FrameSize size, double face_share) {
  const cv::Point2d right = Curve::point_of(mesh, kRightEar);
  const cv::Point2d left = Curve::point_of(mesh, kLeftEar);
  const cv::Point2d eyes =
      Curve::point_of(mesh, kLeftEyeCorner) - Curve::point_of(mesh, kRightEyeCorner);
  const double scale = face_share * size.width_px / cv::norm(left - right);
  const double across = scale * eyes.x / cv::norm(eyes), along = scale * eyes.y / cv::norm(eyes);
  const cv::Point2d chin = Curve::point_of(mesh, kChin), top = Curve::point_of(mesh, kForehead);
  const cv::Point2d middle = (chin + top) / 2;
  return {
      across,
      along,
      0.5 * size.width_px - across * middle.x - along * middle.y,
      -along,
      across,
      0.46 * size.height_px + along * middle.x - across * middle.y
  };
}

double scale_of(const cv::Matx23d& map) {
  return std::hypot(map(0, 0), map(0, 1));
}

FaceLandmarks placed(const FaceLandmarks& mesh, const cv::Matx23d& map) {
  FaceLandmarks moved = mesh;
  for (MeshPoint& point : moved.points) {
    const cv::Vec2d at = map * cv::Vec3d(point.x, point.y, 1);
    point.x = static_cast<float>(at[0]);
    point.y = static_cast<float>(at[1]);
    point.z = static_cast<float>(scale_of(map) * static_cast<double>(point.z));
  }
  return moved;
}

struct LidMove {
  double source_y = 0;
  double lashes = 0;  // 1: on the line where the lids meet
};

// The upper lid slides down over the eye, and the skin above it stretches.
LidMove source_under_lids(const Eye& eye, double x, double y, double shut) {
  if (x <= eye.upper.left() || x >= eye.upper.right()) return {.source_y = y};
  const double upper = eye.upper.at(x), lower = eye.lower.at(x);
  const double lid = upper + shut * (lower - upper);
  const double lashes_px = 0.06 * (eye.upper.right() - eye.upper.left());
  const double lashes = shut * std::exp(-std::pow((y - lid) / lashes_px, 2));
  if (y <= eye.brow_y || y >= lid || !(lid > eye.brow_y)) return {.source_y = y, .lashes = lashes};
  return {
      .source_y = eye.brow_y + (y - eye.brow_y) * (upper - eye.brow_y) / (lid - eye.brow_y),
      .lashes = lashes
  };
}

struct LipMove {
  double source_y = 0;
  double inside = 0;  // 1: in the open mouth
  double down = 0;    // there, under the upper lip, in half widths of the mouth
};

constexpr double kUpperLip_share = 0.08;  // of the gap

// The lips part, the upper a little and the lower with the jaw; the chin goes along and the neck
// gives way.
LipMove source_at_lips(const Mouth& mouth, double x, double y, double gap_px) {
  const double left = mouth.upper.left(), right = mouth.upper.right();
  const double middle = (left + right) / 2, half = (right - left) / 2;
  const double u = (x - middle) / half;
  const double jaw = std::exp(-0.35 * u * u);  // how much of the jaw's way the cheek goes
  const double gap = std::abs(u) < 1 ? gap_px * std::sqrt(1 - u * u) : 0;
  const double upper = mouth.upper.at(x), lower = std::max(upper, mouth.lower.at(x));
  const double up = kUpperLip_share * gap, down = (1 - kUpperLip_share) * gap_px * jaw;
  const double lid = lower + (1 - kUpperLip_share) * gap;
  if (y < upper - up) {
    if (y <= mouth.nose_y) return {.source_y = y};
    const double reach = std::max(1.0, upper - mouth.nose_y);
    return {.source_y = mouth.nose_y + (y - mouth.nose_y) * reach / std::max(1.0, reach - up)};
  }
  if (y < lid) {
    return {
        .source_y = upper + 0.5 * (lower - upper),
        .inside = gap > 0 ? 1.0 : 0.0,
        .down = std::abs(u) < 1 ? (y - upper + up) / half / std::sqrt(1 - u * u) : 0
    };
  }
  const double neck = mouth.chin_y + 1.2 * (mouth.chin_y - lower);
  if (y >= neck) return {.source_y = y};
  const double at_lip =
      std::abs(u) < 1 ? (1 - kUpperLip_share) * gap : down * smooth_step((y - lower) / half);
  const double share = std::clamp((y - lid) / std::max(1.0, mouth.chin_y - lower), 0.0, 1.0);
  const double moved = at_lip + (down - at_lip) * smooth_step(share);
  const double fade = y > mouth.chin_y ? smooth_step((neck - y) / (neck - mouth.chin_y)) : 1;
  return {.source_y = y - moved * fade};
}

// Upper teeth in the shade of the lip, the dark, the tongue.
cv::Vec3f inside_of_mouth(float down) {
  const cv::Vec3f teeth(120, 132, 140), dark(30, 24, 52), tongue(70, 60, 118);
  if (down < 0.16F) return teeth;
  if (down < 0.26F) return teeth + (dark - teeth) * ((down - 0.16F) / 0.1F);
  if (down < 0.9F) return dark;
  return dark + (tongue - dark) * std::min(1.0F, (down - 0.9F) / 0.3F);
}

Image image_of(const cv::Mat& mat) {
  Image image{.width_px = mat.cols, .height_px = mat.rows, .bgr = {}};
  image.bgr.assign(mat.data, mat.data + mat.total() * 3);
  return image;
}

}  // namespace

struct PortraitAnimator::Scene {
  cv::Mat picture;  // BGR, in the frame's size
  cv::Mat depth, head;
  Eye right, left;
  Mouth mouth;
  cv::Point2d pivot;
  double between_eyes_x = 0;
  double face_px = 0;
  double mouth_px = 0;

  // Where each pixel of the turned head comes from: the way there is known, so the way back is
  // found by going there again and again.
  [[nodiscard]] cv::Mat turned(const FaceMotion& motion) const;
  [[nodiscard]] cv::Mat draw_lids(cv::Mat& map, double shut) const;
  [[nodiscard]] cv::Mat draw_mouth(cv::Mat& map, double open) const;
};

cv::Mat PortraitAnimator::Scene::turned(const FaceMotion& motion) const {
  const double yaw = motion.turn.yaw_deg * kRadians, pitch = motion.turn.pitch_deg * kRadians;
  const double roll = motion.turn.roll_deg * kRadians;
  const double cos_yaw = std::cos(yaw), sin_yaw = std::sin(yaw);
  const double cos_pitch = std::cos(pitch), sin_pitch = std::sin(pitch);
  const double cos_roll = std::cos(roll), sin_roll = std::sin(roll);
  const double depth_of_pivot = 0.1 * face_px;  // behind the ears' plane, about the neck
  const auto shift_at = [&](float x, float y) {
    const int column = std::clamp(cvRound(x), 0, depth.cols - 1);
    const int row = std::clamp(cvRound(y), 0, depth.rows - 1);
    const double dx = static_cast<double>(x) - pivot.x, dy = static_cast<double>(y) - pivot.y;
    const double z = static_cast<double>(depth.at<float>(row, column)) - depth_of_pivot;
    const double x1 = dx * cos_yaw + z * sin_yaw;
    const double z1 = z * cos_yaw - dx * sin_yaw;
    const double y1 = dy * cos_pitch - z1 * sin_pitch;
    const double x2 = x1 * cos_roll - y1 * sin_roll;
    const double y2 = x1 * sin_roll + y1 * cos_roll;
    const double w = static_cast<double>(head.at<float>(row, column));
    return cv::Point2f(
        static_cast<float>(w * (x2 - dx + motion.sway_x * face_px)),
        static_cast<float>(w * (y2 - dy + motion.sway_y * face_px))
    );
  };
  constexpr int kStep_px = 3;
  constexpr int kRounds = 8;
  cv::Mat coarse((depth.rows - 1) / kStep_px + 2, (depth.cols - 1) / kStep_px + 2, CV_32FC2);
  for (int row = 0; row < coarse.rows; ++row) {
    for (int column = 0; column < coarse.cols; ++column) {
      const cv::Point2f to(
          static_cast<float>(column * kStep_px), static_cast<float>(row * kStep_px)
      );
      cv::Point2f from = to;
      for (int round = 0; round < kRounds; ++round) {
        from += 0.8F * (to - shift_at(from.x, from.y) - from);
      }
      coarse.at<cv::Point2f>(row, column) = from - to;
    }
  }
  cv::Mat map;
  const cv::Matx23d from_coarse(1.0 / kStep_px, 0, 0, 0, 1.0 / kStep_px, 0);
  cv::warpAffine(coarse, map, from_coarse, depth.size(), cv::INTER_LINEAR | cv::WARP_INVERSE_MAP);
  for (int row = 0; row < map.rows; ++row) {
    for (int column = 0; column < map.cols; ++column) {
      map.at<cv::Point2f>(row, column) +=
          cv::Point2f(static_cast<float>(column), static_cast<float>(row));
    }
  }
  return map;
}

// Returns how much of each pixel is lashes.
cv::Mat PortraitAnimator::Scene::draw_lids(cv::Mat& map, double shut) const {
  cv::Mat lashes = cv::Mat::zeros(map.size(), CV_32F);
  if (!(shut > 0)) return lashes;
  for (int row = 0; row < map.rows; ++row) {
    for (int column = 0; column < map.cols; ++column) {
      auto& from = map.at<cv::Point2f>(row, column);
      const double x = static_cast<double>(from.x), y = static_cast<double>(from.y);
      const Eye& eye = x < between_eyes_x ? right : left;
      const LidMove move = source_under_lids(eye, x, y, std::min(1.0, shut));
      from.y = static_cast<float>(move.source_y);
      lashes.at<float>(row, column) = static_cast<float>(move.lashes);
    }
  }
  return lashes;
}

// Returns how much of each pixel is the inside of the mouth, and how far down in it.
cv::Mat PortraitAnimator::Scene::draw_mouth(cv::Mat& map, double open) const {
  cv::Mat inside = cv::Mat::zeros(map.size(), CV_32FC2);
  if (!(open > 0)) return inside;
  for (int row = 0; row < map.rows; ++row) {
    for (int column = 0; column < map.cols; ++column) {
      auto& from = map.at<cv::Point2f>(row, column);
      const double middle = (mouth.upper.left() + mouth.upper.right()) / 2;
      const double away = static_cast<double>(from.x) - middle, y = static_cast<double>(from.y);
      if (std::abs(away) > 1.6 * mouth_px) continue;
      // The corners come inwards.
      const double up = (y - mouth.upper.at(middle)) / mouth_px;
      const double u = away / mouth_px;
      const double x = middle + away * (1 + 0.2 * open * std::exp(-up * up - 1.5 * u * u));
      from.x = static_cast<float>(x);
      const LipMove move = source_at_lips(mouth, x, y, open * mouth_px);
      from.y = static_cast<float>(move.source_y);
      inside.at<cv::Vec2f>(row, column) =
          cv::Vec2f(static_cast<float>(move.inside), static_cast<float>(move.inside * move.down));
    }
  }
  cv::GaussianBlur(inside, inside, {}, 0.8);
  return inside;
}

PortraitAnimator::PortraitAnimator(std::shared_ptr<const Scene> scene) noexcept
    : scene_(std::move(scene)) {}

Result<PortraitAnimator> PortraitAnimator::create(
    const Image& portrait, const FaceLandmarks& mesh, FrameSize size, double face_share
) {
  if (mesh.points.size() != vision::kMeshPoints ||
      !(std::abs(mesh.points[kLeftEar].x - mesh.points[kRightEar].x) >= 8)) {
    return fail(Errc::invalid_parameter, "the portrait's face has no size");
  }
  const cv::Matx23d map = placing_of(mesh, size, face_share);
  const FaceLandmarks face = placed(mesh, map);
  auto scene = std::make_shared<Scene>();
  cv::Mat source = vision::as_mat(vision::view_of(portrait));
  cv::Mat soft;  // against aliasing, where the portrait shrinks
  if (scale_of(map) < 0.7) cv::GaussianBlur(source, soft, {}, 0.35 / scale_of(map));
  const cv::Size frame(size.width_px, size.height_px);
  cv::warpAffine(
      soft.empty() ? source : soft,
      scene->picture,
      map,
      frame,
      cv::INTER_LINEAR,
      cv::BORDER_REFLECT_101
  );
  const cv::Point2d right = Curve::point_of(face, kRightEar);
  const cv::Point2d left = Curve::point_of(face, kLeftEar);
  scene->face_px = std::abs(left.x - right.x);
  scene->pivot = (left + right) / 2;
  scene->depth = depth_of(face, frame, scene->face_px);
  scene->head = head_of(face, frame, scene->face_px);
  scene->right = {
      Curve(face, kRightUpperLid),
      Curve(face, kRightLowerLid),
      Curve::point_of(face, kUnderRightBrow).y
  };
  scene->left = {
      Curve(face, kLeftUpperLid),
      Curve(face, kLeftLowerLid),
      Curve::point_of(face, kUnderLeftBrow).y
  };
  scene->between_eyes_x = (scene->right.upper.right() + scene->left.upper.left()) / 2;
  scene->mouth = {
      Curve(face, kUpperLip),
      Curve(face, kLowerLip),
      Curve::point_of(face, kUnderNose).y,
      Curve::point_of(face, kChin).y
  };
  scene->mouth_px = scene->mouth.upper.right() - scene->mouth.upper.left();
  return PortraitAnimator(std::move(scene));
}

Image PortraitAnimator::render(const FaceMotion& motion) const {
  cv::Mat map = scene_->turned(motion);
  const cv::Mat lashes = scene_->draw_lids(map, motion.eyes_shut);
  const cv::Mat inside = scene_->draw_mouth(map, motion.mouth_open);
  cv::Mat frame;
  cv::remap(scene_->picture, frame, map, {}, cv::INTER_LINEAR, cv::BORDER_REPLICATE);
  constexpr float kLashes = 0.6F;  // of the light they take
  for (int row = 0; row < frame.rows; ++row) {
    for (int column = 0; column < frame.cols; ++column) {
      auto& pixel = frame.at<cv::Vec3b>(row, column);
      pixel = cv::Vec3b(cv::Vec3f(pixel) * (1 - kLashes * lashes.at<float>(row, column)));
      const auto [share, down] = inside.at<cv::Vec2f>(row, column).val;
      if (!(share > 0)) continue;
      pixel = cv::Vec3b(cv::Vec3f(pixel) * (1 - share) + inside_of_mouth(down / share) * share);
    }
  }
  return image_of(frame);
}

HandHeldCamera::HandHeldCamera(std::uint64_t seed) : random_(seed ^ 0x5EEDCA3E8AULL) {
  for (int i = 0; i < 8; ++i) phase_.push_back(random_.between(0, 2 * std::numbers::pi));
  noise_ = random_.between(1.5, 4);
  jitter_ = random_.between(0.4, 1.8);
}

Image HandHeldCamera::see(const Image& scene, double time_s) {
  const auto wave = [&](std::size_t i, double hertz) {
    return std::sin(2 * std::numbers::pi * hertz * time_s + phase_[i]);
  };
  const double x = jitter_ * (wave(0, 0.43) + 0.5 * wave(1, 1.7) + 0.2 * wave(2, 4.1));
  const double y = jitter_ * (wave(3, 0.31) + 0.5 * wave(4, 2.3) + 0.2 * wave(5, 5.3));
  const double scale = 1.02 + 0.004 * wave(6, 0.27);
  const double half_x = scene.width_px / 2.0, half_y = scene.height_px / 2.0;
  const cv::Matx23d map(scale, 0, half_x * (1 - scale) + x, 0, scale, half_y * (1 - scale) + y);
  cv::Mat frame;
  cv::warpAffine(
      vision::as_mat(vision::view_of(scene)),
      frame,
      map,
      {scene.width_px, scene.height_px},
      cv::INTER_LINEAR,
      cv::BORDER_REPLICATE
  );
  cv::Mat noise(frame.size(), CV_16SC3);
  cv::RNG random(random_.next());
  random.fill(noise, cv::RNG::NORMAL, cv::Scalar::all(0), cv::Scalar::all(noise_));
  cv::Mat seen;
  frame.convertTo(seen, CV_16SC3, 1 + 0.03 * wave(7, 0.15));
  seen += noise;
  seen.convertTo(frame, CV_8UC3);
  return image_of(frame);
}

}  // namespace selfsame::evaluation
