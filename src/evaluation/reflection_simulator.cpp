// SPDX-License-Identifier: Apache-2.0
#include "evaluation/reflection_simulator.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <numbers>
#include <random>
#include <span>

#include "vision/decode_image.h"

namespace selfsame::evaluation {
namespace {

using Colour = std::array<double, 3>;  // red, green, blue; linear light
using vision::Image;

class Dice {
 public:
  explicit Dice(std::uint64_t seed) : random_(seed) {}
  double between(double low, double high) {
    return std::uniform_real_distribution<double>(low, high)(random_);
  }

 private:
  std::mt19937_64 random_;
};

// A cheap bell: the sum of the four 16-bit numbers of one draw.
class Noise {
 public:
  explicit Noise(std::uint64_t seed) : state_(seed) {}
  double draw() {
    state_ += 0x9e3779b97f4a7c15ULL;
    std::uint64_t z = state_;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
    z ^= z >> 31;
    const auto sum = (z & 0xffff) + ((z >> 16) & 0xffff) + ((z >> 32) & 0xffff) + (z >> 48);
    return (static_cast<double>(sum) - 131070) / 37837;  // mean 0, variance 1
  }

 private:
  std::uint64_t state_;
};

/// What does not change during a capture.
struct Room {
  double even_light;           // share of the ambient light that comes from everywhere
  std::array<double, 3> lamp;  // where the rest comes from: right, down, towards the camera
  Colour cast;                 // of the screen's white against the room's
  double shine;                // of the skin
  double screen_distance;      // in eye distances
  double wall;                 // share of the screen's light on what is behind
  double bend;                 // of a print, in half its width
  double half_width;           // of a print or a device, in eye distances
  double glass;                // what glass throws back, over what skin would
  double drift;                // of the room's light over the capture
  double latency_s;            // display, sensor and pipeline
  double display_s;            // time constant of the display
  double hand_px;              // how far the hand moves
  double exposure_strength, exposure_s;  // automatic exposure: how much it takes back, how slowly
  double balance_strength, balance_s;    // automatic white balance
  double gamma, contrast;                // the camera's curve
  double noise;                          // of 255
  int quality;
  double rate;  // pictures a second
};

Room draw_room(const FlashScene& scene, Dice& dice) {
  const double azimuth = dice.between(-1.4, 1.4), height = dice.between(0.0, 1.2);
  const bool video = scene.kind == PictureKind::video;
  return {
      .even_light = dice.between(0.4, 0.95),
      .lamp =
          {std::sin(azimuth) * std::cos(height),
           -std::sin(height),
           std::cos(azimuth) * std::cos(height)},
      .cast = {dice.between(0.8, 1.1), 1, dice.between(0.9, 1.3)},
      .shine = dice.between(0.02, 0.25),
      .screen_distance = dice.between(4.5, 7.5),
      .wall = dice.between(0.02, 0.15),
      .bend = dice.between(0.0, 0.35),
      .half_width = dice.between(1.8, 4.0),
      .glass = dice.between(0.1, 1.0),
      .drift = dice.between(-0.04, 0.04),
      .latency_s = dice.between(0.04, 0.2),
      .display_s = dice.between(0.004, 0.02),
      .hand_px = dice.between(0.001, 0.008) * scene.width_px,
      .exposure_strength = dice.between(0.0, 0.8),
      .exposure_s = dice.between(0.2, 1.2),
      .balance_strength = dice.between(0.0, 0.6),
      .balance_s = dice.between(0.6, 4.0),
      .gamma = dice.between(1.9, 2.6),
      .contrast = dice.between(0.0, 0.25),
      .noise = dice.between(1.0, 4.0),
      .quality = static_cast<int>(video ? dice.between(30, 60) : dice.between(75, 92)),
      .rate = dice.between(12, 18),
  };
}

/// Linear light, 0..1, interleaved red, green, blue.
struct Plane {
  int width = 0, height = 0;
  std::vector<float> light;
};

/// From the picture to be made to the portrait, and to the face: centre between eyes and mouth,
/// unit the distance of the eyes.
struct Framing {
  double scale;  // pixels of the portrait to one of the picture
  double left, top;
  double centre_x, centre_y, eye_distance;  // in the picture
  double nose_x;                            // in eye distances, from the centre
};

Framing frame_of(const Image& portrait, const vision::DetectedFace& face, const FlashScene& scene) {
  const auto at = [&face](std::size_t i) {
    return std::array<double, 2>{
        static_cast<double>(face.landmarks[i].x), static_cast<double>(face.landmarks[i].y)
    };
  };
  const double eyes_x = (at(0)[0] + at(1)[0]) / 2, eyes_y = (at(0)[1] + at(1)[1]) / 2;
  const double mouth_x = (at(3)[0] + at(4)[0]) / 2, mouth_y = (at(3)[1] + at(4)[1]) / 2;
  const double eyes = std::hypot(at(1)[0] - at(0)[0], at(1)[1] - at(0)[1]);
  constexpr double kEyesOfPicture = 0.19;  // the head takes half the picture's width
  const double scale = eyes / (kEyesOfPicture * scene.width_px);
  const double centre_x = (eyes_x + mouth_x) / 2, centre_y = (eyes_y + mouth_y) / 2;
  const double height = scene.width_px * 4.0 / 3;
  Framing framing{
      .scale = scale,
      .left = centre_x - scene.width_px / 2.0 * scale,
      .top = centre_y - 0.48 * height * scale,
      .centre_x = scene.width_px / 2.0,
      .centre_y = 0.48 * height,
      .eye_distance = eyes / scale,
      .nose_x = (at(2)[0] - centre_x) / eyes,
  };
  (void)portrait;
  return framing;
}

std::array<double, 256> linear_levels() {
  std::array<double, 256> levels{};
  for (std::size_t i = 0; i < levels.size(); ++i) {
    const double encoded = static_cast<double>(i) / 255.0;
    levels[i] = encoded <= 0.04045 ? encoded / 12.92 : std::pow((encoded + 0.055) / 1.055, 2.4);
  }
  return levels;
}

Plane linear_crop(const Image& portrait, const Framing& framing, const FlashScene& scene) {
  Plane plane{.width = scene.width_px, .height = scene.width_px * 4 / 3, .light = {}};
  plane.light.reserve(
      static_cast<std::size_t>(plane.width) * static_cast<std::size_t>(plane.height) * 3
  );
  static const auto kLinear = linear_levels();
  const auto value = [&](int x, int y, std::size_t channel) {
    const int cx = std::clamp(x, 0, portrait.width_px - 1);
    const int cy = std::clamp(y, 0, portrait.height_px - 1);
    const std::size_t pixel =
        static_cast<std::size_t>(cy) * static_cast<std::size_t>(portrait.width_px) +
        static_cast<std::size_t>(cx);
    return kLinear[portrait.bgr[3 * pixel + 2 - channel]];
  };
  for (int y = 0; y < plane.height; ++y) {
    for (int x = 0; x < plane.width; ++x) {
      const double sx = framing.left + x * framing.scale, sy = framing.top + y * framing.scale;
      const int x0 = static_cast<int>(std::floor(sx)), y0 = static_cast<int>(std::floor(sy));
      const double fx = sx - x0, fy = sy - y0;
      for (std::size_t c = 0; c < 3; ++c) {
        const double above = value(x0, y0, c) * (1 - fx) + value(x0 + 1, y0, c) * fx;
        const double below = value(x0, y0 + 1, c) * (1 - fx) + value(x0 + 1, y0 + 1, c) * fx;
        // Not quite black and not quite white: room for what the screen adds.
        plane.light.push_back(static_cast<float>(0.003 + 0.65 * (above * (1 - fy) + below * fy)));
      }
    }
  }
  return plane;
}

// The head as a height over the plane of the picture, in eye distances: an egg with a nose,
// sockets, brows, cheekbones, lips and a chin. x to the right, y down.
double head_height(double x, double y, double nose_x) {
  const auto bump = [&](double at_x, double at_y, double wide, double high, double by) {
    const double dx = (x - at_x) / wide, dy = (y - at_y) / high;
    return by * std::exp(-(dx * dx + dy * dy) / 2);
  };
  const double ex = x / 1.22, ey = (y + 0.12) / 1.75;
  const double inside = std::max(0.0, 1 - std::pow(std::abs(ex), 2.3) - ey * ey);
  double height = 1.35 * std::sqrt(inside);
  height += bump(0.5 * nose_x, -0.1, 0.13, 0.34, 0.26) + bump(nose_x, 0.17, 0.17, 0.13, 0.24);
  for (const double side : {-1.0, 1.0}) {
    height +=
        bump(side * 0.5, -0.56, 0.22, 0.12, -0.14) + bump(side * 0.45, -0.85, 0.34, 0.1, 0.06);
    height += bump(side * 0.72, -0.05, 0.24, 0.2, 0.07);
  }
  return height + bump(0, 0.56, 0.33, 0.14, 0.09) + bump(0, 1.1, 0.3, 0.2, 0.12);
}

/// Over the picture: what full white of the display would add, as a share of the light that is
/// there, and what it would add whatever is there.
struct Response {
  std::vector<float> ambient;  // the room's own light, 1 on average
  std::vector<float> share;
  std::vector<float> added;
  std::vector<float> height_px;  // over the plane that turns with the head; 0: it is flat
};

double dot(const std::array<double, 3>& a, const std::array<double, 3>& b) {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

struct Lit {
  double share = 0, added = 0, ambient = 1, height = 0;
};

Lit person_at(double x, double y, double nose_x, const Room& room) {
  const double ex = x / 1.22, ey = (y + 0.12) / 1.75;
  const double radius = ex * ex + ey * ey;
  const bool below = y > 0.9;
  if (radius >= 1) {
    const bool shoulders = below && std::abs(x) < 3.2;
    return {.share = shoulders ? 0.45 * std::max(0.3, 1 - std::abs(x) / 4) : room.wall};
  }
  constexpr double kStep = 0.02;
  const double slope_x =
      (head_height(x + kStep, y, nose_x) - head_height(x - kStep, y, nose_x)) / (2 * kStep);
  const double slope_y =
      (head_height(x, y + kStep, nose_x) - head_height(x, y - kStep, nose_x)) / (2 * kStep);
  const double norm = std::sqrt(1 + slope_x * slope_x + slope_y * slope_y);
  const std::array<double, 3> normal = {-slope_x / norm, -slope_y / norm, 1 / norm};
  // Towards the middle of a display that is not a point.
  const double depth = 1.6 - head_height(x, y, nose_x);
  const double away = room.screen_distance + depth;
  const double ray = std::sqrt(x * x + y * y + away * away);
  const std::array<double, 3> to_screen = {-x / ray, -y / ray, away / ray};
  const double slant = std::max(0.0, 0.9 * dot(normal, to_screen) + 0.1);
  const double nearness = room.screen_distance / ray;
  const double ambient =
      room.even_light + 1.6 * (1 - room.even_light) * std::max(0.0, dot(normal, room.lamp));
  return {
      .share = slant * nearness * nearness / ambient,
      .added = 0.25 * room.shine * std::pow(normal[2], 12),
      .ambient = ambient,
      .height = head_height(x, y, nose_x)
  };
}

Lit flat_at(double x, double y, bool is_glass, const Room& room) {
  if (std::abs(x) > room.half_width || std::abs(y) > 1.35 * room.half_width) {
    return {.share = room.wall};
  }
  const double ray2 = x * x + y * y + room.screen_distance * room.screen_distance;
  const double oblique = room.screen_distance * room.screen_distance / ray2;  // the fourth power of
                                                                              // a cosine, rooted
  if (is_glass) {
    const double dx = x - 1.5 * room.lamp[0], dy = y + 1.5 * room.bend;
    const double mirror = std::exp(-(dx * dx + dy * dy) / 0.5);
    return {.share = 0, .added = room.glass * (0.12 * oblique + 0.3 * mirror)};
  }
  const double slope = room.bend * x / room.half_width;
  return {.share = oblique * oblique / std::sqrt(1 + slope * slope)};
}

// The room's light falls on the portrait: what is there before the display adds to it. (What light
// the portrait itself was taken in is part of its skin here.)
void light_up(const Response& person, Plane& plane) {
  for (std::size_t i = 0; i < person.ambient.size(); ++i) {
    for (std::size_t c = 0; c < 3; ++c) plane.light[3 * i + c] *= person.ambient[i];
  }
}

Response response_of(
    const Plane& plane, const Framing& framing, FlashSubject subject, const Room& room
) {
  Response response;
  for (int row = 0; row < plane.height; ++row) {
    for (int column = 0; column < plane.width; ++column) {
      const double x = (column - framing.centre_x) / framing.eye_distance;
      const double y = (row - framing.centre_y) / framing.eye_distance;
      Lit lit;
      switch (subject) {
        case FlashSubject::person:
        case FlashSubject::replay:
          lit = person_at(x, y, framing.nose_x, room);
          break;
        case FlashSubject::print:
          lit = flat_at(x, y, false, room);
          break;
        case FlashSubject::screen:
        case FlashSubject::replay_on_screen:
          lit = flat_at(x, y, true, room);
          break;
        case FlashSubject::nothing:
          break;
      }
      response.ambient.push_back(static_cast<float>(lit.ambient));
      response.share.push_back(static_cast<float>(lit.share));
      response.added.push_back(static_cast<float>(lit.added));
      response.height_px.push_back(static_cast<float>(lit.height * framing.eye_distance));
    }
  }
  return response;
}

/// The light of the display over time, as the camera meets it.
class Display {
 public:
  Display(const core::Challenge& challenge, const FlashScene& scene, const Room& room)
      : display_s_(room.display_s) {
    double begin_s = challenge.flashes_begin_s + room.latency_s;
    for (std::size_t i = 0; i < challenge.flashes.size(); ++i) {
      const auto& flash = challenge.flashes[i];
      const bool late =
          scene.late_from_flash > 0 && std::cmp_greater_equal(i, scene.late_from_flash);
      begin_s_.push_back(begin_s + (late ? scene.late_s : 0));
      const auto linear = [](int value) { return std::pow(value / 255.0, 2.2); };
      colours_.push_back({linear(flash.red), linear(flash.green), linear(flash.blue)});
      begin_s += flash.duration_ms / 1000.0;
    }
    end_s_ = begin_s;
  }

  // Before and after, the display is grey.
  [[nodiscard]] Colour at(double time_s) const {
    constexpr Colour kGrey = {0.5, 0.5, 0.5};
    Colour now = kGrey;
    if (begin_s_.empty()) return now;
    for (std::size_t i = 0; i <= begin_s_.size(); ++i) {
      const double since_s = time_s - (i < begin_s_.size() ? begin_s_[i] : end_s_);
      if (since_s < 0) break;
      const Colour& next = i < begin_s_.size() ? colours_[i] : kGrey;
      const double rest = std::exp(-since_s / display_s_);
      for (std::size_t c = 0; c < 3; ++c) now[c] = next[c] + (now[c] - next[c]) * rest;
    }
    return now;
  }

 private:
  double display_s_;
  double end_s_ = 0;
  std::vector<double> begin_s_;
  std::vector<Colour> colours_;
};

Colour exposed(const Display& display, double time_s) {
  Colour sum{};
  constexpr int kSlices = 6;
  constexpr double kShutter_s = 0.025;
  for (int i = 0; i < kSlices; ++i) {
    const Colour light = display.at(time_s - kShutter_s * i / kSlices);
    for (std::size_t c = 0; c < 3; ++c) sum[c] += light[c] / kSlices;
  }
  return sum;
}

/// One layer of light: a display and what answers to it.
struct Layer {
  Display display;
  Response response;
  double strength;
};

/// What automatic exposure and white balance make of the scene, step by step.
class Automatics {
 public:
  Automatics(const Plane& plane, std::span<const Layer> layers, const Room& room)
      : room_(room), layers_(layers) {
    const std::size_t pixels = plane.light.size() / 3;
    shares_.resize(layers.size());
    for (std::size_t i = 0; i < pixels; i += 7) {
      for (std::size_t c = 0; c < 3; ++c) {
        const double light = static_cast<double>(plane.light[3 * i + c]);
        mean_[c] += light;
        for (std::size_t l = 0; l < layers.size(); ++l) {
          const auto& response = layers[l].response;
          shares_[l][c] += light * static_cast<double>(response.share[i]) +
                           static_cast<double>(response.added[i]);
        }
      }
    }
  }

  /// Gains of the three channels. Times must rise.
  Colour gains_at(double time_s) {
    constexpr double kStep_s = 1.0 / 30;
    while (now_s_ < time_s) {
      now_s_ += kStep_s;
      Colour seen = mean_;
      for (std::size_t l = 0; l < layers_.size(); ++l) {
        const Colour light = layers_[l].display.at(now_s_);
        for (std::size_t c = 0; c < 3; ++c) {
          seen[c] += layers_[l].strength * room_.cast[c] * light[c] * shares_[l][c];
        }
      }
      const double all = (seen[0] + seen[1] + seen[2]) / (mean_[0] + mean_[1] + mean_[2]);
      exposure_ +=
          (std::pow(all, -room_.exposure_strength) - exposure_) * kStep_s / room_.exposure_s;
      for (std::size_t c = 0; c < 3; ++c) {
        const double tint = seen[c] / mean_[c] / all;
        balance_[c] +=
            (std::pow(tint, -room_.balance_strength) - balance_[c]) * kStep_s / room_.balance_s;
      }
    }
    return {exposure_ * balance_[0], exposure_ * balance_[1], exposure_ * balance_[2]};
  }

 private:
  const Room& room_;
  std::span<const Layer> layers_;
  Colour mean_{};
  std::vector<Colour> shares_;
  double now_s_ = 0;
  double exposure_ = 1;
  Colour balance_ = {1, 1, 1};
};

/// The camera's curve: gamma and some contrast, as a table over linear light.
class Curve {
 public:
  explicit Curve(const Room& room) {
    for (std::size_t i = 0; i < table_.size(); ++i) {
      const double encoded = std::pow(static_cast<double>(i) / (kSteps - 1), 1 / room.gamma);
      const double bent = encoded * encoded * (3 - 2 * encoded);
      table_[i] = static_cast<float>(255 * ((1 - room.contrast) * encoded + room.contrast * bent));
    }
  }
  [[nodiscard]] double operator()(double light) const {
    const double at = std::clamp(light, 0.0, 1.0) * (kSteps - 1);
    return static_cast<double>(table_[static_cast<std::size_t>(at)]);
  }

 private:
  static constexpr std::size_t kSteps = 8192;
  std::array<float, kSteps> table_{};
};

/// Where the hand holds the camera: slow swings of random pace.
struct Hand {
  std::array<double, 4> pace{}, phase{};
  double reach_px;

  Hand(Dice& dice, double reach) : reach_px(reach) {
    for (std::size_t i = 0; i < pace.size(); ++i) {
      pace[i] = dice.between(1.0, 5.0);
      phase[i] = dice.between(0, 2 * std::numbers::pi);
    }
  }
  [[nodiscard]] double swing(std::size_t axis, double time_s) const {
    return std::sin(pace[axis] * time_s + phase[axis]);
  }
};

struct Camera {
  Room room;
  Curve curve;
  Hand hand;
  Noise noise;
  std::vector<float> height_px;  // of the head that it sees; 0: flat
};

Image take(
    const Plane& plane,
    std::span<const Layer> layers,
    const Colour& gains,
    Camera& camera,
    double time_s
) {
  Image image{.width_px = plane.width, .height_px = plane.height, .bgr = {}};
  image.bgr.resize(plane.light.size());
  const double turn = 0.012 * camera.hand.swing(2, time_s);
  const double zoom = 1 + 0.008 * camera.hand.swing(3, time_s);
  const double dx = camera.hand.reach_px * camera.hand.swing(0, time_s);
  const double dy = camera.hand.reach_px * camera.hand.swing(1, time_s);
  std::vector<Colour> light;
  for (const auto& layer : layers) {
    Colour colour = exposed(layer.display, time_s);
    for (std::size_t c = 0; c < 3; ++c) colour[c] *= layer.strength * camera.room.cast[c];
    light.push_back(colour);
  }
  // What stands out of the plane moves against it when the head turns.
  constexpr double kTurn_rad = 0.03;
  const double yaw = kTurn_rad * camera.hand.swing(2, 0.7 * time_s + 1);
  const double pitch = kTurn_rad / 2 * camera.hand.swing(3, 0.6 * time_s + 2);
  const double room_light = 1 + camera.room.drift * std::sin(0.8 * time_s);
  const double half_x = plane.width / 2.0, half_y = plane.height / 2.0;
  for (int y = 0; y < plane.height; ++y) {
    for (int x = 0; x < plane.width; ++x) {
      const std::size_t here = static_cast<std::size_t>(y) * static_cast<std::size_t>(plane.width) +
                               static_cast<std::size_t>(x);
      const auto height = static_cast<double>(camera.height_px[here]);
      const double sx = half_x + zoom * (x - half_x) - turn * (y - half_y) + dx + yaw * height;
      const double sy = half_y + zoom * (y - half_y) + turn * (x - half_x) + dy + pitch * height;
      const int x0 = std::clamp(static_cast<int>(sx), 0, plane.width - 2);
      const int y0 = std::clamp(static_cast<int>(sy), 0, plane.height - 2);
      const double fx = std::clamp(sx - x0, 0.0, 1.0), fy = std::clamp(sy - y0, 0.0, 1.0);
      const std::size_t at = static_cast<std::size_t>(y0) * static_cast<std::size_t>(plane.width) +
                             static_cast<std::size_t>(x0);
      const std::size_t under = at + static_cast<std::size_t>(plane.width);
      const std::size_t to =
          3 * (static_cast<std::size_t>(y) * static_cast<std::size_t>(plane.width) +
               static_cast<std::size_t>(x));
      for (std::size_t c = 0; c < 3; ++c) {
        const auto base = [&](std::size_t i) {
          return static_cast<double>(plane.light[3 * i + c]);
        };
        const double ambient = (base(at) * (1 - fx) + base(at + 1) * fx) * (1 - fy) +
                               (base(under) * (1 - fx) + base(under + 1) * fx) * fy;
        double seen = ambient * room_light;
        for (std::size_t l = 0; l < layers.size(); ++l) {
          const auto& response = layers[l].response;
          seen += light[l][c] * (ambient * static_cast<double>(response.share[at]) +
                                 static_cast<double>(response.added[at]));
        }
        seen *= gains[c];
        const double value = camera.curve(seen) + camera.room.noise * camera.noise.draw();
        image.bgr[to + 2 - c] = static_cast<std::uint8_t>(std::clamp(value + 0.5, 0.0, 255.0));
      }
    }
  }
  return image;
}

// Two stills a flash, or the frames from one time on.
std::vector<double> picture_times(
    const FlashScene& scene,
    const core::Challenge& shown,
    const Room& room,
    double skip_until_s,
    Dice& dice
) {
  std::vector<double> times_s;
  double begin_s = shown.flashes_begin_s;
  if (scene.kind == PictureKind::video) {
    double end_s = begin_s + 0.5;
    for (const auto& flash : shown.flashes) end_s += flash.duration_ms / 1000.0;
    end_s = std::max(end_s, shown.duration_s);
    for (int i = 0; i < end_s * room.rate; ++i) {
      if (i / room.rate >= skip_until_s) times_s.push_back(i / room.rate);
    }
    return times_s;
  }
  for (const auto& flash : shown.flashes) {
    const double duration_s = flash.duration_ms / 1000.0;
    for (const double share : {0.55, 0.95}) {
      times_s.push_back(begin_s + share * duration_s + dice.between(-0.03, 0.05));
    }
    begin_s += duration_s;
  }
  return times_s;
}

}  // namespace

Result<SimulatedCapture> simulate_capture(
    const vision::Image& portrait,
    const vision::DetectedFace& face,
    const FlashScene& scene,
    const core::Challenge& shown,
    const core::Challenge& recorded,
    double skip_until_s,
    const PortraitAt& portrait_at
) {
  Dice dice(scene.seed);
  Room room = draw_room(scene, dice);
  if (scene.rate_hz > 0) room.rate = scene.rate_hz;
  if (scene.quality > 0) room.quality = scene.quality;
  const Framing framing = frame_of(portrait, face, scene);
  Plane plane = linear_crop(portrait, framing, scene);
  const Response person = response_of(plane, framing, FlashSubject::person, room);
  light_up(person, plane);
  std::vector<Layer> layers;
  const bool replays =
      scene.subject == FlashSubject::replay || scene.subject == FlashSubject::replay_on_screen;
  if (replays) {
    layers.push_back({Display(recorded, scene, room), person, scene.reflected});
  }
  if (scene.subject != FlashSubject::replay && scene.subject != FlashSubject::nothing) {
    layers.push_back(
        {Display(shown, scene, room),
         response_of(plane, framing, scene.subject, room),
         scene.reflected}
    );
  }
  const bool shows_a_head = replays || scene.subject == FlashSubject::person;
  Camera camera{
      room,
      Curve(room),
      Hand(dice, room.hand_px),
      Noise(scene.seed),
      shows_a_head ? person.height_px : std::vector<float>(person.height_px.size(), 0.0F)
  };
  Automatics automatics(plane, layers, room);
  SimulatedCapture capture;
  for (const double time_s : picture_times(scene, shown, room, skip_until_s, dice)) {
    if (portrait_at) {
      SELFSAME_TRY(now, portrait_at(time_s));
      plane = linear_crop(now, framing, scene);
      light_up(person, plane);
    }
    const Image raw = take(plane, layers, automatics.gains_at(time_s), camera, time_s);
    SELFSAME_TRY(coded, vision::decode_image(vision::encode_jpeg(raw, room.quality)));
    capture.pictures.push_back(
        {.image = std::move(coded), .time_s = time_s + dice.between(-0.008, 0.008)}
    );
  }
  double begin_s = shown.flashes_begin_s;
  for (const auto& flash : shown.flashes) {
    capture.flash_shown_at_s.push_back(begin_s + dice.between(0.0, 0.02));
    begin_s += flash.duration_ms / 1000.0;
  }
  return capture;
}

}  // namespace selfsame::evaluation
