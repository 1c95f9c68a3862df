// SPDX-License-Identifier: Apache-2.0
#include "vision/upright_search.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <utility>

#include "vision/media/orient.h"

namespace selfsame::vision {
namespace {

constexpr double kMaxRoll_deg =
    45;  // more, and another turn would bring the face nearer to upright

// YuNet draws upright faces on some that are not, with less confidence than on those that are.
bool stands(const std::vector<DetectedFace>& faces) noexcept {
  constexpr float kSure = 0.9F;  // 482 LFW faces: upright 98 % at or above, upside down 1 %
  return !faces.empty() && faces.front().confidence >= kSure &&
         std::abs(roll_of(faces.front())) <= kMaxRoll_deg;
}

// How much surer a turned face must be than the upright one: six upright LFW photos of 7,691 (dark,
// or half hidden faces) were turned over by a hair's breadth without it. Upside-down portraits are
// seen with .85, upright ones with .92 and more.
constexpr float kTurnMargin = 0.03F;

float sureness(const std::vector<DetectedFace>& faces) noexcept {
  if (faces.empty() || !(std::abs(roll_of(faces.front())) <= kMaxRoll_deg)) return 0;
  return faces.front().confidence;
}

}  // namespace

double roll_of(const DetectedFace& face) noexcept {
  if (face.landmarks.size() < 2) return 0;
  const Point& right = face.landmarks[0];
  const Point& left = face.landmarks[1];
  return std::atan2(
             static_cast<double>(left.y) - static_cast<double>(right.y),
             static_cast<double>(left.x) - static_cast<double>(right.x)
         ) *
         180 / std::numbers::pi;
}

Result<UprightFaces> find_upright(const FaceDetector& detector, const Image& image, bool search) {
  SELFSAME_TRY(as_it_is, detector.find(view_of(image)));
  UprightFaces best{0, std::move(as_it_is)};
  if (!search || stands(best.faces)) return best;
  float to_beat = sureness(best.faces) > 0 ? sureness(best.faces) + kTurnMargin : 0;
  for (const int rotation_deg : {90, 180, 270}) {
    const Image turned = turned_clockwise(image, rotation_deg);
    SELFSAME_TRY(faces, detector.find_near(view_of(turned)));
    if (!(sureness(faces) > to_beat)) continue;
    to_beat = sureness(faces);
    best = {rotation_deg, std::move(faces)};
  }
  return best;
}

}  // namespace selfsame::vision
