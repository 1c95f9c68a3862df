// SPDX-License-Identifier: Apache-2.0
#include "vision/reflection.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <numbers>
#include <numeric>
#include <opencv2/core.hpp>
#include <optional>
#include <utility>

namespace selfsame::vision {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

// Points of the mesh on skin that neither brows, eyes, lips nor (mostly) hair cover: forehead,
// nose, cheeks, temples, sides of the jaw, chin.
constexpr std::array<std::size_t, 72> kPatches = {
    151, 9,   108, 337, 69,  299, 104, 333, 6,   197, 195, 5,   4,   196, 419, 51,  281, 45,
    275, 50,  280, 101, 330, 36,  266, 205, 425, 118, 347, 117, 346, 187, 411, 123, 352, 147,
    376, 207, 427, 216, 436, 206, 426, 203, 423, 142, 371, 116, 345, 227, 447, 137, 366, 177,
    401, 213, 433, 192, 416, 215, 435, 138, 367, 143, 372, 34,  264, 200, 199, 208, 428, 175,
};
// Of the subject. The mesh numbers the right half, the middle included, before the left.
enum class PatchSide : std::uint8_t { right, middle, left };

PatchSide side_of(std::size_t index) {
  constexpr std::array<std::size_t, 10> kMiddle = {151, 9, 6, 197, 195, 5, 4, 200, 199, 175};
  if (std::ranges::find(kMiddle, index) != kMiddle.end()) return PatchSide::middle;
  return index < 248 ? PatchSide::right : PatchSide::left;
}

constexpr std::size_t kRightSide = 234, kLeftSide = 454, kForeheadTop = 10, kChin = 152;

constexpr double kPatchSize = 0.09;        // side of a patch, of the face's width
constexpr int kSurroundingsGrid = 64;      // points across the picture
constexpr int kLeastSurroundings = 60;     // points
constexpr double kScreenDistance = 2.3;    // from the face to the screen, in widths of the face
constexpr double kTiniestLight = 1e-3;     // keeps the logarithm off the sensor's black
constexpr double kDimSurroundings = 0.01;  // below it, surroundings say little of the camera's gain

// The camera's curve is not known; sRGB's stands for all.
const std::array<float, 256>& linear_table() {
  static const auto table = [] {
    std::array<float, 256> values{};
    for (std::size_t i = 0; i < values.size(); ++i) {
      values[i] = static_cast<float>(std::pow(static_cast<double>(i) / 255, 2.2));
    }
    return values;
  }();
  return table;
}

void add_pixel(const PixelView& picture, int x, int y, LinearColour& sum) {
  const auto& linear = linear_table();
  const std::uint8_t* bgr = picture.bgr + static_cast<std::size_t>(y) * picture.stride_bytes +
                            3 * static_cast<std::size_t>(x);
  sum[0] += linear[bgr[2]];
  sum[1] += linear[bgr[1]];
  sum[2] += linear[bgr[0]];
}

LinearColour over(LinearColour sum, int pixels) {
  for (float& channel : sum) channel /= static_cast<float>(pixels);
  return sum;
}

std::optional<LinearColour> patch_at(
    const PixelView& picture, const MeshPoint& at, double side_px
) {
  const int half = std::max(1, static_cast<int>(side_px / 2));
  const int x0 = static_cast<int>(std::lround(at.x)) - half;
  const int y0 = static_cast<int>(std::lround(at.y)) - half;
  const bool inside =
      x0 >= 0 && y0 >= 0 && x0 + 2 * half < picture.width_px && y0 + 2 * half < picture.height_px;
  if (!inside) return std::nullopt;
  LinearColour sum{};
  for (int y = y0; y <= y0 + 2 * half; ++y) {
    for (int x = x0; x <= x0 + 2 * half; ++x) add_pixel(picture, x, y, sum);
  }
  return over(sum, (2 * half + 1) * (2 * half + 1));
}

struct FaceExtent {
  double centre_x, centre_y, width, height, chin_y;
};

FaceExtent extent_of(const FaceLandmarks& landmarks) {
  const auto& right = landmarks.points.at(kRightSide);
  const auto& left = landmarks.points.at(kLeftSide);
  const auto& top = landmarks.points.at(kForeheadTop);
  const auto& chin = landmarks.points.at(kChin);
  const auto middle = [](float a, float b) { return static_cast<double>(a + b) / 2; };
  const auto distance = [](const MeshPoint& a, const MeshPoint& b) {
    return std::hypot(static_cast<double>(a.x - b.x), static_cast<double>(a.y - b.y));
  };
  return {
      .centre_x = middle(right.x, left.x),
      .centre_y = middle(top.y, chin.y),
      .width = distance(right, left),
      .height = distance(top, chin),
      .chin_y = static_cast<double>(chin.y),
  };
}

// What lies farther from the screen than the face: beside and above the head. Below it are the
// shoulders, which the screen lights too.
std::optional<LinearColour> surroundings_of(const PixelView& picture, const FaceExtent& face) {
  const int step = std::max(1, std::max(picture.width_px, picture.height_px) / kSurroundingsGrid);
  LinearColour sum{};
  int points = 0;
  const int end_y = std::min(picture.height_px, static_cast<int>(face.chin_y));
  for (int y = step / 2; y < end_y; y += step) {
    for (int x = step / 2; x < picture.width_px; x += step) {
      const double across = (x - face.centre_x) / (0.8 * face.width);
      const double down = (y - face.centre_y) / (0.9 * face.height);
      if (across * across + down * down <= 1) continue;
      add_pixel(picture, x, y, sum);
      ++points;
    }
  }
  if (points < kLeastSurroundings) return std::nullopt;
  return over(sum, points);
}

// The points of a mesh, each coordinate by itself: distances to all of them are asked for often.
class Mesh {
 public:
  explicit Mesh(const FaceLandmarks& landmarks) {
    for (std::size_t i = 0; i < kMeshPoints; ++i) {
      const MeshPoint& point = landmarks.points.at(i);
      x_[i] = static_cast<double>(point.x);
      y_[i] = static_cast<double>(point.y);
      z_[i] = static_cast<double>(point.z);
    }
  }

  [[nodiscard]] cv::Vec3d at(std::size_t index) const { return {x_[index], y_[index], z_[index]}; }

  static constexpr std::size_t kNeighbours = 14;  // with the point itself
  using Neighbours = std::array<std::size_t, kNeighbours>;

  /// The nearest first.
  [[nodiscard]] Neighbours nearest_to(std::size_t index) const {
    const Coordinates away = square_distances_from(index);
    std::array<double, kNeighbours> distances{};
    Neighbours nearest{};
    std::ranges::fill(distances, std::numeric_limits<double>::infinity());
    constexpr std::size_t kBlock = 12;  // most blocks hold none of the nearest
    static_assert(kMeshPoints % kBlock == 0);
    for (std::size_t block = 0; block < kMeshPoints; block += kBlock) {
      double least = away[block];
      for (std::size_t i = block; i < block + kBlock; ++i) least = std::min(least, away[i]);
      if (!(least < distances.back())) continue;
      for (std::size_t i = block; i < block + kBlock; ++i) {
        if (!(away[i] < distances.back())) continue;
        std::size_t place = kNeighbours - 1;
        for (; place > 0 && away[i] < distances[place - 1]; --place) {
          distances[place] = distances[place - 1];
          nearest[place] = nearest[place - 1];
        }
        distances[place] = away[i];
        nearest[place] = i;
      }
    }
    return nearest;
  }

 private:
  using Coordinates = std::array<double, kMeshPoints>;

  [[nodiscard]] Coordinates square_distances_from(std::size_t index) const {
    const cv::Vec3d from = at(index);
    Coordinates square{};
    for (std::size_t i = 0; i < kMeshPoints; ++i) {
      const double x = x_[i] - from[0];
      const double y = y_[i] - from[1];
      const double z = z_[i] - from[2];
      square[i] = x * x + y * y + z * z;
    }
    return square;
  }

  Coordinates x_{}, y_{}, z_{};
};

// The direction in which the points spread least: the eigenvector of the least eigenvalue, in
// closed form (Smith 1961).
cv::Vec3d least_spread_of(const cv::Matx33d& spread) {
  const double mean = cv::trace(spread) / 3;
  const cv::Matx33d apart = spread - mean * cv::Matx33d::eye();
  const double size = std::sqrt(apart.ddot(apart) / 6);
  if (!(size > 0)) return {0, 0, 1};
  const double cosine = std::clamp(cv::determinant(apart) / (2 * size * size * size), -1.0, 1.0);
  const double least = mean + 2 * size * std::cos((std::acos(cosine) + 2 * std::numbers::pi) / 3);
  const cv::Matx33d rest = spread - least * cv::Matx33d::eye();
  const auto row = [&rest](int i) { return cv::Vec3d(rest(i, 0), rest(i, 1), rest(i, 2)); };
  cv::Vec3d longest;
  for (const auto& cross : {row(0).cross(row(1)), row(1).cross(row(2)), row(2).cross(row(0))}) {
    if (cross.dot(cross) > longest.dot(longest)) longest = cross;
  }
  const double length = std::sqrt(longest.dot(longest));
  return length > 0 ? longest / length : cv::Vec3d(0, 0, 1);
}

// The normal of the plane through the nearest points of the mesh, towards the camera (-z).
cv::Vec3d normal_at(const Mesh& mesh, std::size_t index) {
  const auto nearest = mesh.nearest_to(index);
  cv::Vec3d mean;
  for (const std::size_t i : nearest) mean += mesh.at(i) / static_cast<double>(nearest.size());
  cv::Matx33d spread = cv::Matx33d::zeros();
  for (const std::size_t i : nearest) {
    const cv::Vec3d away = mesh.at(i) - mean;
    spread += away * away.t();
  }
  const cv::Vec3d normal = least_spread_of(spread);
  return normal[2] < 0 ? normal : -normal;
}

// Lambert's cosine towards the camera, where the screen is, and the square of the distance.
std::vector<float> facing_of(const FaceLandmarks& landmarks, double face_width) {
  double nearest_z = std::numeric_limits<double>::infinity();
  for (const auto& point : landmarks.points) {
    nearest_z = std::min(nearest_z, static_cast<double>(point.z));
  }
  const Mesh mesh(landmarks);
  std::vector<float> facing;
  for (const std::size_t index : kPatches) {
    const double depth = (static_cast<double>(landmarks.points[index].z) - nearest_z) / face_width;
    const double nearness = kScreenDistance / (kScreenDistance + depth);
    const double slant = std::max(0.0, -normal_at(mesh, index)[2]);
    facing.push_back(static_cast<float>(slant * nearness * nearness));
  }
  return facing;
}

// Colour without brightness: two numbers, orthogonal to grey.
using Chroma = std::array<double, 2>;

Chroma chroma_of(double red, double green, double blue) {
  return {(red - green) / std::numbers::sqrt2, (red + green - 2 * blue) / std::sqrt(6.0)};
}

Chroma log_chroma(const LinearColour& colour, double floor) {
  const auto log_of = [floor](float light) { return std::log(static_cast<double>(light) + floor); };
  return chroma_of(log_of(colour[0]), log_of(colour[1]), log_of(colour[2]));
}

// The colours over time, as the display showed them.
struct Showing {
  std::vector<double> begin_s;  // of each flash, then the end of the last
  std::vector<Chroma> colour;
};

Showing showing_of(std::span<const core::Flash> flashes, double begin_s) {
  const auto linear = [](std::uint8_t value) { return static_cast<double>(linear_table()[value]); };
  Showing showing;
  showing.begin_s.push_back(begin_s);
  for (const auto& flash : flashes) {
    showing.begin_s.push_back(showing.begin_s.back() + flash.duration_ms / 1000.0);
    showing.colour.push_back(chroma_of(linear(flash.red), linear(flash.green), linear(flash.blue)));
  }
  return showing;
}

// What was shown on average while a picture that ended now was exposed. The last colour stays.
constexpr double kExposure_s = 1.0 / 30;

Chroma shown_until(const Showing& showing, double time_s) {
  std::size_t now = showing.colour.size() - 1;
  while (now > 0 && showing.begin_s[now] > time_s) --now;
  const Chroma& colour = showing.colour[now];
  const double since_s = time_s - showing.begin_s[now];
  if (now == 0 || since_s >= kExposure_s) return colour;
  const Chroma& before = showing.colour[now - 1];
  const double share = since_s / kExposure_s;
  return {share * colour[0] + (1 - share) * before[0], share * colour[1] + (1 - share) * before[1]};
}

// Series over the samples, two numbers each; what drifts slowly is taken out.
using Series = std::vector<Chroma>;

double dot(const Series& a, const Series& b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += a[i][0] * b[i][0] + a[i][1] * b[i][1];
  return sum;
}

// Orthonormal polynomials of degree 0, 1 and 2 over the samples' times.
struct Drift {
  std::vector<std::array<double, 3>> basis;

  Drift() = default;
  explicit Drift(std::span<const double> times_s) : basis(times_s.size()) {
    for (std::size_t i = 0; i < times_s.size(); ++i) {
      const double t = times_s[i] - times_s.front();
      basis[i] = {1, t, t * t};
    }
    for (std::size_t degree = 0; degree < 3; ++degree) {
      for (std::size_t lower = 0; lower < degree; ++lower) {
        double along = 0;
        for (const auto& row : basis) along += row[degree] * row[lower];
        for (auto& row : basis) row[degree] -= along * row[lower];
      }
      double square = 0;
      for (const auto& row : basis) square += row[degree] * row[degree];
      const double norm = std::sqrt(square);
      for (auto& row : basis) row[degree] = norm > 1e-9 ? row[degree] / norm : 0;
    }
  }

  [[nodiscard]] double along(std::size_t degree, const Series& series, std::size_t c) const {
    double sum = 0;
    for (std::size_t i = 0; i < series.size(); ++i) sum += basis[i][degree] * series[i][c];
    return sum;
  }

  void take_out(Series& series) const {
    for (std::size_t c = 0; c < 2; ++c) {
      for (std::size_t degree = 0; degree < 3; ++degree) {
        const double part = along(degree, series, c);
        for (std::size_t i = 0; i < series.size(); ++i) series[i][c] -= part * basis[i][degree];
      }
    }
  }

  /// The square sum that take_out() would leave.
  [[nodiscard]] double power_without(const Series& series) const {
    double power = dot(series, series);
    for (std::size_t c = 0; c < 2; ++c) {
      for (std::size_t degree = 0; degree < 3; ++degree) {
        const double part = along(degree, series, c);
        power -= part * part;
      }
    }
    return power;
  }
};

// How much of the light each patch gets says how much it says.
Chroma response_of(const ReflectionSample& sample) {
  Chroma face{};
  double weights = 0;
  for (std::size_t p = 0; p < sample.patches.size(); ++p) {
    const double weight = static_cast<double>(sample.facing[p] * sample.facing[p]);
    const Chroma patch = log_chroma(sample.patches[p], kTiniestLight);
    for (std::size_t c = 0; c < 2; ++c) face[c] += weight * patch[c];
    weights += weight;
  }
  const Chroma surroundings = log_chroma(sample.surroundings, kDimSurroundings);
  return {face[0] / weights - surroundings[0], face[1] / weights - surroundings[1]};
}

constexpr std::size_t kLeastSamples = 6;
constexpr double kMostLag_s = 0.4;
constexpr double kLagStep_s = 0.02;
constexpr int kLags = static_cast<int>(kMostLag_s / kLagStep_s) + 1;

/// The capture as colours over time.
struct Answer {
  std::vector<double> times_s;
  Series responses;

  explicit Answer(std::span<const ReflectionSample> samples) {
    for (const auto& sample : samples) {
      times_s.push_back(sample.time_s);
      responses.push_back(response_of(sample));
    }
  }
};

/// The samples that fall into a stretch of time, `lag_s` later.
class Stretch {
 public:
  Stretch(const Answer& answer, double begin_s, double end_s, double lag_s)
      : lag_s_(lag_s), first_(first_after(answer, begin_s + kExposure_s + lag_s)) {
    const std::size_t end = first_after(answer, end_s + lag_s);
    for (std::size_t i = first_; i < end; ++i) {
      times_s_.push_back(answer.times_s[i]);
      measured_.push_back(answer.responses[i]);
    }
    if (measured_.empty()) return;
    drift_ = Drift(times_s_);
    drift_.take_out(measured_);
    power_ = dot(measured_, measured_);
  }

  [[nodiscard]] bool suffices() const noexcept { return measured_.size() >= kLeastSamples; }

  /// -1..1; NaN when nothing was measured, or nothing was to be expected.
  [[nodiscard]] double correlation(const Showing& showing) const {
    const Series shown = expected(showing);
    return dot(measured_, shown) / std::sqrt(power_ * drift_.power_without(shown));
  }

  [[nodiscard]] Series expected(const Showing& showing) const {
    Series shown;
    shown.reserve(times_s_.size());
    for (const double time_s : times_s_) shown.push_back(shown_until(showing, time_s - lag_s_));
    return shown;
  }

  [[nodiscard]] Series expected_without_drift(const Showing& showing) const {
    Series shown = expected(showing);
    drift_.take_out(shown);
    return shown;
  }

  [[nodiscard]] double lag_s() const noexcept { return lag_s_; }
  [[nodiscard]] std::size_t first() const noexcept { return first_; }  // of the capture's samples
  [[nodiscard]] std::size_t size() const noexcept { return measured_.size(); }
  /// Since the display began, of the i-th of these samples.
  [[nodiscard]] double shown_s(std::size_t i) const { return times_s_[i] - lag_s_; }
  [[nodiscard]] const Series& measured() const noexcept { return measured_; }  // without drift

 private:
  static std::size_t first_after(const Answer& answer, double time_s) {
    const auto at = std::ranges::lower_bound(answer.times_s, time_s);
    return static_cast<std::size_t>(at - answer.times_s.begin());
  }

  double lag_s_;
  std::size_t first_;
  std::vector<double> times_s_;
  Series measured_;
  Drift drift_;
  double power_ = 0;
};

std::vector<Stretch> stretches_of(const Answer& answer, const Showing& showing) {
  std::vector<Stretch> stretches;
  for (int step = 0; step < kLags; ++step) {
    Stretch stretch(answer, showing.begin_s.front(), showing.begin_s.back(), step * kLagStep_s);
    if (stretch.suffices()) stretches.push_back(std::move(stretch));
  }
  return stretches;
}

const Stretch& best_of(std::span<const Stretch> stretches, const Showing& showing) {
  return *std::ranges::max_element(stretches, {}, [&](const Stretch& stretch) {
    const double correlation = stretch.correlation(showing);
    return std::isfinite(correlation) ? correlation : -2;
  });
}

// splitmix64 over what the challenge consists of.
class ChallengeDraw {
 public:
  explicit ChallengeDraw(std::span<const core::Flash> flashes) {
    for (const auto& flash : flashes) {
      for (const int part :
           {static_cast<int>(flash.red),
            static_cast<int>(flash.green),
            static_cast<int>(flash.blue),
            flash.duration_ms}) {
        state_ = (state_ ^ static_cast<std::uint64_t>(part)) * 0x100000001b3ULL;
      }
    }
  }
  std::uint32_t operator()(std::uint32_t bound) {
    state_ += 0x9e3779b97f4a7c15ULL;
    std::uint64_t z = state_;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
    return static_cast<std::uint32_t>((z ^ (z >> 31)) % bound);
  }

 private:
  std::uint64_t state_ = 0xcbf29ce484222325ULL;
};

// A recording made for another challenge of ours is one more of the others: whatever its pictures
// are like, it ranks above 998 of 1000 once in 500 times.
double rank_of(
    std::span<const Stretch> stretches, const core::Challenge& challenge, const Showing& showing
) {
  constexpr int kOthers = 1000;
  constexpr std::size_t kCoarse = 2;  // lags at which all are compared
  const auto coarse_best = [&](const Showing& shown) {
    double best = -2;
    for (std::size_t i = 0; i < stretches.size(); i += kCoarse) {
      best = std::fmax(best, stretches[i].correlation(shown));
    }
    return best;
  };
  const double own = coarse_best(showing);
  ChallengeDraw draw(challenge.flashes);
  const core::ChallengePlan plan{.flashes = static_cast<int>(challenge.flashes.size())};
  int lower = 0;
  for (int i = 0; i < kOthers; ++i) {
    const auto other = core::draw_challenge(plan, std::ref(draw));
    lower += coarse_best(showing_of(other.flashes, showing.begin_s.front())) < own ? 1 : 0;
  }
  return static_cast<double>(lower) / kOthers;
}

struct LagRange {
  double low_s, high_s;
};

struct Fit {
  double gain = 0;      // of the response over what was shown
  double variance = 0;  // of the rest, of one number of one sample
};

Fit fit_of(const Stretch& stretch, const Series& expected) {
  constexpr double kLeastVariance = 1e-6;
  const double power = dot(expected, expected);
  const double gain = dot(stretch.measured(), expected) / power;
  const double rest = dot(stretch.measured(), stretch.measured()) - gain * gain * power;
  const auto numbers = 2 * static_cast<double>(stretch.size());
  return {.gain = gain, .variance = std::max(rest / numbers, kLeastVariance)};
}

// Chi squared of the samples around one change of colour, at a lag of its own.
double misfit_at(
    const Answer& answer,
    const Showing& showing,
    std::span<const std::size_t> around,
    const Fit& fit,
    double lag_s
) {
  Chroma sum{}, square{};
  for (const std::size_t i : around) {
    const Chroma shown = shown_until(showing, answer.times_s[i] - lag_s);
    for (std::size_t c = 0; c < 2; ++c) {
      const double rest = answer.responses[i][c] - fit.gain * shown[c];
      sum[c] += rest;
      square[c] += rest * rest;
    }
  }
  const auto count = static_cast<double>(around.size());
  return (square[0] - sum[0] * sum[0] / count + square[1] - sum[1] * sum[1] / count) / fit.variance;
}

// The lags at which one change of colour explains the samples around it about as well as the best.
std::optional<LagRange> lags_of_change(
    const Answer& answer, const Showing& showing, std::size_t flash, const Fit& fit, double lag_s
) {
  constexpr double kReach_s = 0.3;  // to both sides of the common lag
  constexpr double kDoubt = 12;     // of chi squared: one in two thousand
  std::vector<std::size_t> around;
  for (std::size_t i = 0; i < answer.times_s.size(); ++i) {
    const double shown_s = answer.times_s[i] - lag_s;
    if (std::abs(shown_s - showing.begin_s[flash]) <= kReach_s) around.push_back(i);
  }
  if (around.size() < 2) return std::nullopt;
  const auto steps = static_cast<int>(kReach_s / kLagStep_s);
  std::vector<double> misfits;
  for (int step = -steps; step <= steps; ++step) {
    misfits.push_back(misfit_at(answer, showing, around, fit, lag_s + step * kLagStep_s));
  }
  const double least = *std::ranges::min_element(misfits);
  LagRange range{.low_s = lag_s + kReach_s, .high_s = lag_s - kReach_s};
  for (int step = -steps; step <= steps; ++step) {
    if (!(misfits[static_cast<std::size_t>(step + steps)] <= least + kDoubt)) continue;
    range.low_s = std::min(range.low_s, lag_s + step * kLagStep_s);
    range.high_s = std::max(range.high_s, lag_s + step * kLagStep_s);
  }
  return range;
}

// NaN where too few of the changes were seen from both sides to say.
double lag_spread_of(
    const Answer& answer, const Showing& showing, const Stretch& stretch, const Fit& fit
) {
  double latest_low = -1, earliest_high = 1;
  std::size_t measured = 0;
  for (std::size_t flash = 1; flash < showing.colour.size(); ++flash) {
    const auto range = lags_of_change(answer, showing, flash, fit, stretch.lag_s());
    if (!range) continue;
    ++measured;
    latest_low = std::max(latest_low, range->low_s);
    earliest_high = std::min(earliest_high, range->high_s);
  }
  if (measured == 0 || 2 * measured < showing.colour.size() - 1) return kNan;
  return std::max(0.0, latest_low - earliest_high);
}

double median_of(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::ranges::nth_element(values, middle);
  return *middle;
}

// What one patch adds to the question whether the face is round.
struct PatchResponse {
  double gain = 0;      // of its colour over what was shown, against the surroundings
  double own_gain = 0;  // the same, not against the surroundings
  double facing = 0;    // mean over the samples
  double light = 0;     // mean logarithm
};

std::vector<PatchResponse> patch_responses(
    std::span<const ReflectionSample> samples, const Series& expected
) {
  const double power = dot(expected, expected);
  const auto count = static_cast<double>(samples.size());
  std::vector<PatchResponse> responses(samples.front().patches.size());
  for (std::size_t p = 0; p < responses.size(); ++p) {
    auto& response = responses[p];
    for (std::size_t i = 0; i < samples.size(); ++i) {
      const LinearColour& light = samples[i].patches[p];
      const Chroma patch = log_chroma(light, kTiniestLight);
      const Chroma surroundings = log_chroma(samples[i].surroundings, kDimSurroundings);
      for (std::size_t c = 0; c < 2; ++c) {  // what is expected has no drift
        response.gain += (patch[c] - surroundings[c]) * expected[i][c] / power;
        response.own_gain += patch[c] * expected[i][c] / power;
      }
      response.facing += static_cast<double>(samples[i].facing[p]) / count;
      response.light +=
          std::log(static_cast<double>(light[0] + light[1] + light[2]) + kTiniestLight) / count;
    }
  }
  return responses;
}

struct Relief {
  double fall = kNan;
  double correlation = kNan;
  double weaker_side = kNan;
  double gloss = kNan;
};

std::vector<double> centred(std::vector<double> values) {
  const double mean =
      std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
  for (double& value : values) value -= mean;
  return values;
}

double product(const std::vector<double>& a, const std::vector<double>& b) {
  return std::inner_product(a.begin(), a.end(), b.begin(), 0.0);
}

struct Line {
  double slope, correlation;
};

Line line_through(const std::vector<double>& cause, const std::vector<double>& effect) {
  const auto x = centred(cause), y = centred(effect);
  const double both = product(x, y);
  return {
      .slope = both / product(x, x), .correlation = both / std::sqrt(product(x, x) * product(y, y))
  };
}

// By how much the gains fall where there is light, with the shape taken into account.
double gloss_of(
    const std::vector<double>& gains,
    const std::vector<double>& facing,
    const std::vector<double>& light
) {
  const auto g = centred(gains), f = centred(facing), l = centred(light);
  const double ff = product(f, f), ll = product(l, l), fl = product(f, l);
  return -(product(g, l) * ff - product(g, f) * fl) / (ll * ff - fl * fl);
}

// The fall of the response on one side of the nose.
double fall_of_side(
    const std::vector<double>& gains, const std::vector<double>& facing, PatchSide side
) {
  std::vector<double> side_gains, side_facing;
  for (std::size_t p = 0; p < gains.size(); ++p) {
    const PatchSide lies = side_of(kPatches[p]);
    if (lies != side && lies != PatchSide::middle) continue;
    side_gains.push_back(gains[p]);
    side_facing.push_back(facing[p]);
  }
  return line_through(side_facing, side_gains).slope;
}

// The response against the light that slant and distance give each patch. Light that falls on a
// print changes every patch by the same factor. A lamp makes one side of a round face bright, which
// then answers less: the gain goes with a power of the brightness between 0 and -1, which is found
// and taken out. A pane adds the same everywhere: its power is -1, on the shade as on the light
// side. A glint counts no more than the shine of a nose. Gains are measured by the response as it
// is and not only against the surroundings, which on a print answer as well and would leave nothing
// to measure by.
Relief relief_of(std::span<const ReflectionSample> samples, const Series& expected) {
  constexpr double kLeastGain = -0.5, kMostGain = 2;  // of the median
  std::vector<double> gains, own_gains, facing, light;
  for (const auto& response : patch_responses(samples, expected)) {
    gains.push_back(response.gain);
    own_gains.push_back(response.own_gain);
    facing.push_back(response.facing);
    light.push_back(response.light);
  }
  const double middle = median_of(gains);
  if (!(middle > 0)) return {};
  const double unit = std::max(middle, median_of(own_gains));
  for (double& gain : gains) gain = std::clamp(gain / unit, kLeastGain, kMostGain);
  const double gloss = gloss_of(gains, facing, light);
  const double power = std::clamp(gloss, 0.0, 1.0);
  for (std::size_t p = 0; p < gains.size(); ++p) gains[p] += power * light[p];
  const double mean_facing =
      std::accumulate(facing.begin(), facing.end(), 0.0) / static_cast<double>(facing.size());
  const Line line = line_through(facing, gains);
  const double weaker = std::min(
      fall_of_side(gains, facing, PatchSide::right), fall_of_side(gains, facing, PatchSide::left)
  );
  return {
      .fall = line.slope * mean_facing,
      .correlation = line.correlation,
      .weaker_side = weaker * mean_facing,
      .gloss = gloss,
  };
}

std::optional<std::size_t> flash_at(const Showing& showing, double time_s) {
  for (std::size_t i = 0; i < showing.colour.size(); ++i) {
    if (time_s >= showing.begin_s[i] && time_s < showing.begin_s[i + 1]) return i;
  }
  return std::nullopt;
}

// Noise is what changes from sample to sample while one colour is shown.
double response_over_noise(const Showing& showing, const Stretch& stretch) {
  constexpr double kLeastNoise = 0.0015;   // of a logarithm: what the best cameras leave
  constexpr double kUnknownNoise = 0.012;  // no flash was seen twice
  std::vector<double> steps;
  for (std::size_t i = 1; i < stretch.size(); ++i) {
    const auto flash = flash_at(showing, stretch.shown_s(i - 1) - kExposure_s);
    if (!flash || flash != flash_at(showing, stretch.shown_s(i))) continue;
    for (std::size_t c = 0; c < 2; ++c) {
      steps.push_back(std::abs(stretch.measured()[i][c] - stretch.measured()[i - 1][c]));
    }
  }
  constexpr double kSigmas = 1 / (0.6745 * std::numbers::sqrt2);  // median of |x - y| to sigma
  const double noise = steps.empty() ? kUnknownNoise : kSigmas * median_of(steps) + kLeastNoise;
  const auto numbers = 2 * static_cast<double>(stretch.size());
  return std::sqrt(dot(stretch.measured(), stretch.measured()) / numbers) / noise;
}

int flashes_seen(const Showing& showing, const Stretch& stretch) {
  std::vector<bool> seen(showing.colour.size(), false);
  for (std::size_t i = 0; i < stretch.size(); ++i) {
    const auto flash = flash_at(showing, stretch.shown_s(i) - kExposure_s);
    if (flash && flash == flash_at(showing, stretch.shown_s(i))) seen[*flash] = true;
  }
  return static_cast<int>(std::ranges::count(seen, true));
}

// Middle grey and above: a screen cannot be what lights this picture.
bool is_bright(std::span<const ReflectionSample> trace) {
  constexpr float kBright = 0.12F;
  double light = 0;
  for (const auto& sample : trace) {
    LinearColour sum{};
    for (const auto& patch : sample.patches) {
      for (std::size_t c = 0; c < 3; ++c) sum[c] += patch[c];
    }
    sum = over(sum, static_cast<int>(sample.patches.size()));
    light += static_cast<double>(std::max(sum[1], sample.surroundings[1]));
  }
  return light / static_cast<double>(trace.size()) >= static_cast<double>(kBright);
}

// Nothing: the device's word is not good enough.
std::optional<Showing> believed(
    const core::Challenge& challenge, std::span<const double> shown_at_s
) {
  constexpr double kMostShift_s = 0.3;
  constexpr double kMostShiftBetween_s = 0.15;
  Showing showing = showing_of(challenge.flashes, challenge.flashes_begin_s);
  if (shown_at_s.empty()) return showing;
  if (shown_at_s.size() != challenge.flashes.size()) return std::nullopt;
  double least = kMostShift_s, most = -kMostShift_s;
  for (std::size_t i = 0; i < shown_at_s.size(); ++i) {
    const double shift = shown_at_s[i] - showing.begin_s[i];
    if (!(std::abs(shift) <= kMostShift_s)) return std::nullopt;
    if (i > 0 && !(shown_at_s[i] > shown_at_s[i - 1])) return std::nullopt;
    least = std::min(least, shift);
    most = std::max(most, shift);
  }
  if (!(most - least <= kMostShiftBetween_s)) return std::nullopt;
  showing.begin_s.back() += shown_at_s.back() - showing.begin_s[shown_at_s.size() - 1];
  std::ranges::copy(shown_at_s, showing.begin_s.begin());
  return showing;
}

}  // namespace

void ReflectionTrace::add(const PixelView& picture, const FaceLandmarks& landmarks, double time_s) {
  if (samples_.size() >= kMostSamples) return;
  if (!samples_.empty() && !(time_s > samples_.back().time_s)) return;
  if (landmarks.points.size() != kMeshPoints || !std::isfinite(time_s)) return;
  const FaceExtent face = extent_of(landmarks);
  if (!(face.width >= 1)) return;
  const auto surroundings = surroundings_of(picture, face);
  if (!surroundings) return;
  ReflectionSample sample{
      .time_s = time_s, .surroundings = *surroundings, .patches = {}, .facing = {}
  };
  for (const std::size_t index : kPatches) {
    const auto patch = patch_at(picture, landmarks.points[index], kPatchSize * face.width);
    if (!patch) return;
    sample.patches.push_back(*patch);
  }
  sample.facing = facing_of(landmarks, face.width);
  samples_.push_back(std::move(sample));
}

core::ReflectionEvidence measure_reflection(
    const ReflectionTrace& trace,
    const core::Challenge& challenge,
    std::span<const double> shown_at_s
) {
  core::ReflectionEvidence evidence{.correlation = kNan};
  const auto showing = believed(challenge, shown_at_s);
  evidence.timing_refused = !showing;
  if (!showing || challenge.flashes.empty()) return evidence;
  const Answer answer(trace.samples());
  const auto stretches = stretches_of(answer, *showing);
  if (stretches.empty()) return evidence;
  const Stretch& best = best_of(stretches, *showing);
  const Series expected = best.expected_without_drift(*showing);
  evidence.samples = static_cast<int>(best.size());
  evidence.flashes_seen = flashes_seen(*showing, best);
  evidence.correlation = best.correlation(*showing);
  evidence.rank = rank_of(stretches, challenge, *showing);
  evidence.lag_s = best.lag_s();
  evidence.lag_spread_s = lag_spread_of(answer, *showing, best, fit_of(best, expected));
  const std::span samples(trace.samples());
  const Relief relief = relief_of(samples.subspan(best.first(), best.size()), expected);
  evidence.relief = relief.fall;
  evidence.relief_correlation = relief.correlation;
  evidence.relief_of_weaker_side = relief.weaker_side;
  evidence.gloss = relief.gloss;
  evidence.response = response_over_noise(*showing, best);
  constexpr double kOutshone = 2;
  evidence.too_bright = !(evidence.response >= kOutshone) && is_bright(trace.samples());
  return evidence;
}

core::ReflectionEvidence held_against(
    core::ReflectionEvidence stills,
    const core::ReflectionEvidence& video,
    const core::Challenge& challenge
) {
  // Simulated videos under the same colours have 0.85 and more, real ones under none up to 0.55.
  constexpr double kAgreesFrom = 0.6;
  if (core::fault_of_reflection(stills, challenge)) return stills;
  stills.flashes_seen = std::min(stills.flashes_seen, video.flashes_seen);
  if (!(video.correlation >= kAgreesFrom)) stills.correlation = video.correlation;
  // Stills are too few to say by how much a flash is late; where it is seen, it counts.
  if (video.lag_spread_s > stills.lag_spread_s) stills.lag_spread_s = video.lag_spread_s;
  return stills;
}

}  // namespace selfsame::vision
