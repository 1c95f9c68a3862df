// SPDX-License-Identifier: Apache-2.0
// A face before a screen that shows colours, and a camera that takes it: everything between the
// display and the encoded picture, from a portrait. Only for measuring: it shares neither the face
// model nor the camera's curve with vision/reflection.h, which is to be tested by it.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "core/challenge.h"
#include "vision/face_engine.h"
#include "vision/image.h"

namespace selfsame::evaluation {

/// What stands before the camera.
enum class FlashSubject : std::uint8_t {
  person,            // a round head of skin, which shines a little
  print,             // the portrait on paper, bent a little, before an empty room
  screen,            // the portrait on a device whose glass reflects
  nothing,           // the portrait itself, fed past the camera: it answers to nothing
  replay,            // a person who was taken before another display, fed past the camera
  replay_on_screen,  // the same, on a device whose glass reflects the display of now
};

enum class PictureKind : std::uint8_t {
  stills,  // two a flash, JPEG of quality 75 to 92
  video,   // each frame JPEG of quality 30 to 60, as a codec of low rate leaves it
};

struct FlashScene {
  FlashSubject subject = FlashSubject::person;
  PictureKind kind = PictureKind::stills;
  double reflected = 0.06;  // most light that the display adds, over the light that is there
  // From this flash on the answer comes so much later, as from a program that draws it.
  int late_from_flash = 0;  // 0: never
  double late_s = 0;
  int width_px = 360;      // the picture is 3:4, upright
  double rate_hz = 0;      // of video; 0: 12 to 18, as many as are looked at
  int quality = 0;         // of JPEG, 1..100; 0: as PictureKind says
  std::uint64_t seed = 1;  // of the room, the camera, its hand and all noise
};

struct TimedPicture {
  vision::Image image;  // as it comes out of the codec
  double time_s = 0;    // as the device says: since the challenge began
};

/// The portrait of a head that moves, at a time of the capture; all of one size.
using PortraitAt = std::function<Result<vision::Image>(double time_s)>;

struct SimulatedCapture {
  std::vector<TimedPicture> pictures;
  std::vector<double> flash_shown_at_s;
};

/// @param face        the portrait's, of five points
/// @param shown       what the display shows while the pictures are taken
/// @param recorded    what the display showed when the replay was recorded; only for replays
/// @param skip_until_s  video only: no pictures before, for what needs the colours alone
/// @param portrait_at  empty: the portrait, all the time
/// `image_undecodable` when the codec refuses a picture.
[[nodiscard]] Result<SimulatedCapture> simulate_capture(
    const vision::Image& portrait,
    const vision::DetectedFace& face,
    const FlashScene& scene,
    const core::Challenge& shown,
    const core::Challenge& recorded,
    double skip_until_s,
    const PortraitAt& portrait_at = {}
);

}  // namespace selfsame::evaluation
