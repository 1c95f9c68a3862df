// SPDX-License-Identifier: Apache-2.0
// Does everything in a video move as one plane? So does a photo that software pans, turns and zooms
// and gives a camera's noise, also when its eyes are made to blink or its mouth to speak; a head
// before a wall does not.
#pragma once

#include <span>

#include "vision/face_landmarker.h"
#include "vision/pixels.h"

namespace selfsame::vision {

/// A picture and the face in it.
struct FaceInPicture {
  PixelView picture;
  const FaceLandmarks* landmarks = nullptr;  // 468 points
};

/// What is left of the motion between pictures when the plane is found that explains most of it, in
/// percent of the face's width. Measured as far as tells whether it is flat: of what is not, there
/// may be more relief than is said.
struct FlatMotion {
  int pictures = 0;   // laid over the reference; 0: nothing was measured
  double relief = 0;  // of the face without eyes and mouth by a plane of its own, or of that and
                      // its surroundings by one plane, whichever is more
  double eyes = 0;    // most of the eyes' own motion, by the plane of the face
};

/// Below, with this many pictures at least: one plane. See the figures in the .cpp.
inline constexpr double kFlatRelief = 0.35;
inline constexpr int kLeastFlatPictures = 5;
/// Eyes on a plane that move more than this are animated.
inline constexpr double kAnimatedEyes = 1.0;

[[nodiscard]] bool is_flat(const FlatMotion& motion) noexcept;
/// To be asked of what is flat.
[[nodiscard]] bool has_animated_eyes(const FlatMotion& motion) noexcept;

/// Pictures of one size, in the order of time; the middle one is the reference, and a few others
/// are looked at. Without texture nothing is measured. Some 15 ms, half of it where a head moves.
[[nodiscard]] FlatMotion measure_flat_motion(std::span<const FaceInPicture> pictures);

}  // namespace selfsame::vision
