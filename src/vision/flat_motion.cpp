// SPDX-License-Identifier: Apache-2.0
// Each picture is laid over the reference by a homography (Baker and Matthews 2004, inverse
// compositional, with gain and offset, robust weights); what each small block would still have to
// move (Lucas and Kanade 1981) is what no plane explains.
#include "vision/flat_motion.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <opencv2/imgproc.hpp>
#include <optional>
#include <utility>
#include <vector>

#include "vision/mat_view.h"
#include "vision/resize.h"

namespace selfsame::vision {
namespace {

constexpr double kFaceWidth_px = 80;  // on the canvas, a square about the face
constexpr int kSide_px = 192;
constexpr int kBlock_px = 13;
constexpr int kStride_px = 6;
constexpr std::size_t kComparedPictures = 9;
constexpr std::size_t kFittedPixels = 1600;
constexpr std::size_t kLeastFittedPixels = 150;
constexpr int kIterations = 10;
constexpr double kStill_px = 0.01;       // a smaller step of the fit is the last one
constexpr double kLeastGradient = 3;     // grey levels a pixel, to be fitted
constexpr double kLeastTexture = 5;      // the smaller eigenvalue of a block's structure
constexpr std::size_t kLeastBlocks = 4;  // of the face, and as many again of everything

using Indices = std::span<const std::size_t>;
constexpr auto kOval =
    std::to_array<std::size_t>({10,  338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288,
                                397, 365, 379, 378, 400, 377, 152, 148, 176, 149, 150, 136,
                                172, 58,  132, 93,  234, 127, 162, 21,  54,  103, 67,  109});
// With the brows and the skin that lids draw along.
constexpr auto kRightEye = std::to_array<std::size_t>(
    {70, 63, 105, 66, 107, 193, 128, 121, 120, 119, 118, 117, 111, 143, 156}
);
constexpr auto kLeftEye = std::to_array<std::size_t>(
    {300, 293, 334, 296, 336, 417, 357, 350, 349, 348, 347, 346, 340, 372, 383}
);
constexpr auto kMouth =
    std::to_array<std::size_t>({61, 40, 37, 0, 267, 270, 291, 321, 314, 17, 84, 91, 164, 18});

using Corners = std::vector<cv::Point2d>;  // the mesh

Corners corners_of(const FaceLandmarks& landmarks, double scale) {
  Corners corners;
  for (const auto& point : landmarks.points) {
    corners.emplace_back(
        static_cast<double>(point.x) * scale, static_cast<double>(point.y) * scale
    );
  }
  return corners;
}

cv::Mat hull_of(const Corners& mesh, Indices indices, int grown_px) {
  std::vector<cv::Point> corners;
  for (const std::size_t index : indices) corners.emplace_back(mesh[index]);
  std::vector<cv::Point> hull;
  cv::convexHull(corners, hull);
  cv::Mat mask = cv::Mat::zeros(kSide_px, kSide_px, CV_8UC1);
  cv::fillConvexPoly(mask, hull, 255);
  if (grown_px == 0) return mask;
  const cv::Size brush(2 * grown_px + 1, 2 * grown_px + 1);
  cv::dilate(mask, mask, cv::getStructuringElement(cv::MORPH_ELLIPSE, brush));
  return mask;
}

// A whole picture in the canvas's scale: grey and a little soft.
cv::Mat small_grey(const PixelView& picture, double scale) {
  cv::Mat grey, result;
  cv::cvtColor(as_mat(picture), grey, cv::COLOR_BGR2GRAY);
  resized(grey, scale).convertTo(result, CV_32F);
  cv::GaussianBlur(result, result, {}, 1.0);
  return result;
}

cv::Mat block_mean(const cv::Mat& values) {
  cv::Mat mean;
  cv::boxFilter(values, mean, CV_32F, {kBlock_px, kBlock_px});
  return mean;
}

// The canvas, and all that its own gradients say.
struct Reference {
  double scale = 1;  // pixels of the canvas to one of the picture
  Corners mesh;      // on the canvas
  cv::Mat grey, dx, dy;
  cv::Mat mean_dx, mean_dy, mean_xx, mean_xy, mean_yy;  // over blocks
  cv::Mat face, eyes, around;                           // masks
};

Reference reference_of(const FaceInPicture& shown) {
  Reference ref;
  const auto [left, right] =
      std::ranges::minmax_element(shown.landmarks->points, {}, &MeshPoint::x);
  ref.scale = kFaceWidth_px / std::max(1.0, static_cast<double>(right->x - left->x));
  ref.mesh = corners_of(*shown.landmarks, ref.scale);
  const auto [top, bottom] = std::ranges::minmax_element(ref.mesh, {}, &cv::Point2d::y);
  const cv::Point2d origin(
      static_cast<double>(right->x + left->x) / 2 * ref.scale - kSide_px / 2.0,
      (top->y + bottom->y) / 2 - kSide_px / 2.0
  );
  const cv::Mat to_picture = (cv::Mat_<double>(2, 3) << 1, 0, origin.x, 0, 1, origin.y);
  cv::warpAffine(
      small_grey(shown.picture, ref.scale),
      ref.grey,
      to_picture,
      {kSide_px, kSide_px},
      cv::INTER_LINEAR | cv::WARP_INVERSE_MAP,
      cv::BORDER_REPLICATE
  );
  for (auto& corner : ref.mesh) corner -= origin;
  constexpr double kSobel = 1.0 / 8;
  cv::Sobel(ref.grey, ref.dx, CV_32F, 1, 0, 3, kSobel);
  cv::Sobel(ref.grey, ref.dy, CV_32F, 0, 1, 3, kSobel);
  ref.mean_dx = block_mean(ref.dx);
  ref.mean_dy = block_mean(ref.dy);
  ref.mean_xx = block_mean(ref.dx.mul(ref.dx)) - ref.mean_dx.mul(ref.mean_dx);
  ref.mean_xy = block_mean(ref.dx.mul(ref.dy)) - ref.mean_dx.mul(ref.mean_dy);
  ref.mean_yy = block_mean(ref.dy.mul(ref.dy)) - ref.mean_dy.mul(ref.mean_dy);
  ref.eyes = hull_of(ref.mesh, kRightEye, 3) | hull_of(ref.mesh, kLeftEye, 3);
  const cv::Mat mouth = hull_of(ref.mesh, kMouth, 4);
  ref.face = hull_of(ref.mesh, kOval, 0) & ~ref.eyes & ~mouth;
  ref.around = ~hull_of(ref.mesh, kOval, 6);
  return ref;
}

constexpr int kUnknowns = 10;        // eight of the homography, gain, offset
constexpr std::size_t kPadded = 12;  // whole vectors of four
using Row = std::array<float, kPadded>;
constexpr double kGainUnit = 1.0 / 64;

// A pixel of the canvas with texture, and how its grey changes with each unknown.
struct Fitted {
  double x = 0;
  double y = 0;
  double grey = 0;
  Row slope{};
};

// Canvas to -1..1 and back, where the homography's numbers are of one size.
constexpr double kHalf = kSide_px / 2.0;
const cv::Matx33d& to_unit() {
  static const cv::Matx33d matrix(1 / kHalf, 0, -1, 0, 1 / kHalf, -1, 0, 0, 1);
  return matrix;
}

Fitted fitted_at(const Reference& ref, cv::Point at) {
  const double u = at.x / kHalf - 1;
  const double v = at.y / kHalf - 1;
  const double dx = static_cast<double>(ref.dx.at<float>(at)) * kHalf;
  const double dy = static_cast<double>(ref.dy.at<float>(at)) * kHalf;
  const double outwards = dx * u + dy * v;
  const double grey = ref.grey.at<float>(at);
  const std::array<double, kUnknowns> slope = {
      dx * u, dx * v, dx, dy * u, dy * v, dy, -outwards * u, -outwards * v, grey * kGainUnit, 1
  };
  Row row{};
  std::ranges::transform(slope, row.begin(), [](double value) {
    return static_cast<float>(value);
  });
  return {
      .x = static_cast<double>(at.x), .y = static_cast<double>(at.y), .grey = grey, .slope = row
  };
}

std::vector<Fitted> fitted_pixels(const Reference& ref, const cv::Mat& mask) {
  std::vector<cv::Point> textured;
  for (int y = 2; y < kSide_px - 2; ++y) {
    for (int x = 2; x < kSide_px - 2; ++x) {
      const cv::Point at(x, y);
      const float gradient = std::hypot(ref.dx.at<float>(at), ref.dy.at<float>(at));
      if (mask.at<std::uint8_t>(at) != 0 && static_cast<double>(gradient) >= kLeastGradient) {
        textured.push_back(at);
      }
    }
  }
  std::vector<Fitted> fitted;
  const std::size_t count = std::min(textured.size(), kFittedPixels);
  for (std::size_t i = 0; i < count; ++i) {
    fitted.push_back(fitted_at(ref, textured[i * textured.size() / count]));
  }
  return fitted;
}

struct Plane {
  cv::Matx33d to_picture;  // from the canvas to the small picture
  double gain = 0;         // picture = (1 + gain) * canvas + offset
  double offset = 0;
};

constexpr double kOutside = std::numeric_limits<double>::quiet_NaN();

double grey_at(const cv::Mat& grey, double x, double y) {
  const bool is_inside = x >= 0 && y >= 0 && x < grey.cols - 1 && y < grey.rows - 1;
  if (!is_inside) return kOutside;
  const int column = static_cast<int>(x);
  const int row = static_cast<int>(y);
  const float* upper = grey.ptr<float>(row) + column;
  const float* lower = grey.ptr<float>(row + 1) + column;
  const double right = x - column;
  const double above =
      (1 - right) * static_cast<double>(upper[0]) + right * static_cast<double>(upper[1]);
  const double below =
      (1 - right) * static_cast<double>(lower[0]) + right * static_cast<double>(lower[1]);
  return above + (y - row) * (below - above);
}

std::vector<double> differences(
    const std::vector<Fitted>& pixels, const cv::Mat& picture, const Plane& plane
) {
  std::vector<double> left(pixels.size());
  const auto& h = plane.to_picture.val;
  for (std::size_t i = 0; i < pixels.size(); ++i) {
    const Fitted& p = pixels[i];
    const double w = h[6] * p.x + h[7] * p.y + h[8];
    const double x = (h[0] * p.x + h[1] * p.y + h[2]) / w;
    const double y = (h[3] * p.x + h[4] * p.y + h[5]) / w;
    left[i] = grey_at(picture, x, y) - (1 + plane.gain) * p.grey - plane.offset;
  }
  return left;
}

// Middle absolute value of those inside; nothing when half of them are not.
std::optional<double> middle_size(const std::vector<double>& values) {
  std::vector<double> sizes;
  for (const double value : values) {
    if (std::isfinite(value)) sizes.push_back(std::abs(value));
  }
  if (sizes.size() * 2 < values.size()) return std::nullopt;
  const auto middle = sizes.begin() + static_cast<std::ptrdiff_t>(sizes.size() / 2);
  std::ranges::nth_element(sizes, middle);
  return *middle;
}

using Unknowns = cv::Vec<double, kUnknowns>;

void add_scaled(const Row& row, float factor, Row& sum) noexcept {
  for (std::size_t i = 0; i < kPadded; ++i) sum[i] += factor * row[i];
}

// One step of the least squares, in which what differs by much weighs little (Geman and McClure).
std::optional<Unknowns> step_of(
    const std::vector<Fitted>& pixels, const std::vector<double>& left, double width
) {
  // Summed in single precision, a few pixels at a time: the unknowns are of one size.
  constexpr std::size_t kBatch = 64;
  cv::Matx<double, kUnknowns, kUnknowns> normal = decltype(normal)::zeros();
  Unknowns right = Unknowns::zeros();
  for (std::size_t from = 0; from < pixels.size(); from += kBatch) {
    std::array<Row, kUnknowns> products{};
    Row projected{};
    for (std::size_t i = from; i < std::min(from + kBatch, pixels.size()); ++i) {
      if (!std::isfinite(left[i])) continue;
      const double apart = left[i] / width;
      const auto weight = static_cast<float>(1 / ((1 + apart * apart) * (1 + apart * apart)));
      const Row& slope = pixels[i].slope;
      add_scaled(slope, weight * static_cast<float>(left[i]), projected);
      for (std::size_t a = 0; a < kUnknowns; ++a) add_scaled(slope, weight * slope[a], products[a]);
    }
    for (int a = 0; a < kUnknowns; ++a) {
      const auto at = static_cast<std::size_t>(a);
      right[a] += static_cast<double>(projected[at]);
      for (int b = 0; b < kUnknowns; ++b) {
        normal(a, b) += static_cast<double>(products[at][static_cast<std::size_t>(b)]);
      }
    }
  }
  constexpr double kRidge = 1e-6;
  for (int a = 0; a < kUnknowns; ++a) normal(a, a) += kRidge * (normal(a, a) + 1);
  Unknowns step;
  if (!cv::solve(normal, right, step, cv::DECOMP_CHOLESKY)) return std::nullopt;
  return step;
}

std::optional<Plane> plane_between(
    const std::vector<Fitted>& pixels, const cv::Mat& picture, const cv::Matx33d& start
) {
  if (pixels.size() < kLeastFittedPixels) return std::nullopt;
  Plane plane{.to_picture = start};
  for (int iteration = 0; iteration < kIterations; ++iteration) {
    const auto left = differences(pixels, picture, plane);
    const auto size = middle_size(left);
    if (!size) return std::nullopt;
    const auto step = step_of(pixels, left, 3 * *size + 0.3);
    if (!step) return std::nullopt;
    const auto& s = step->val;
    // The canvas moved by the step looks like the picture: go there by the inverse.
    const cv::Matx33d moved(1 + s[0], s[1], s[2], s[3], 1 + s[4], s[5], s[6], s[7], 1);
    plane.to_picture = plane.to_picture * to_unit().inv() * moved.inv() * to_unit();
    plane.to_picture *= 1 / plane.to_picture(2, 2);
    plane.gain += s[8] * kGainUnit;
    plane.offset += s[9];
    const double largest =
        std::abs(*std::ranges::max_element(std::span(s).first(8), {}, [](double value) {
          return std::abs(value);
        }));
    if (!(largest * kHalf >= kStill_px)) break;
  }
  return plane;
}

// The affine map that lays one mesh over the other, by least squares.
cv::Matx33d mesh_to_mesh(const Corners& from, const Corners& to) {
  cv::Matx33d from_from = cv::Matx33d::zeros();
  cv::Matx33d to_from = cv::Matx33d::zeros();
  for (std::size_t i = 0; i < from.size(); ++i) {
    const cv::Vec3d p(from[i].x, from[i].y, 1);
    from_from += p * p.t();
    to_from += cv::Vec3d(to[i].x, to[i].y, 1) * p.t();
  }
  return to_from * from_from.inv();
}

// Is the block about this pixel of the canvas wholly in the picture?
bool is_inside(const Plane& plane, const cv::Mat& picture, int x, int y) {
  constexpr double kReach_px = kBlock_px / 2 + 2;
  const auto& h = plane.to_picture;
  return std::ranges::all_of(std::array{-kReach_px, kReach_px}, [&](double dx) {
    return std::ranges::all_of(std::array{-kReach_px, kReach_px}, [&](double dy) {
      const cv::Vec3d at = h * cv::Vec3d(x + dx, y + dy, 1);
      const double column = at[0] / at[2];
      const double row = at[1] / at[2];
      return column >= 0 && row >= 0 && column < picture.cols - 1 && row < picture.rows - 1;
    });
  });
}

// What blocks would still have to move, percent of the face's width.
struct Left {
  std::vector<double> face, eyes, around;
};

Left left_over(const Reference& ref, const cv::Mat& picture, const Plane& plane) {
  cv::Mat laid;
  cv::warpPerspective(
      picture,
      laid,
      plane.to_picture,
      {kSide_px, kSide_px},
      cv::INTER_LINEAR | cv::WARP_INVERSE_MAP,
      cv::BORDER_REPLICATE
  );
  const cv::Mat error = laid - (1 + plane.gain) * ref.grey - plane.offset;
  const cv::Mat mean_error = block_mean(error);
  const cv::Mat x_error = block_mean(ref.dx.mul(error)) - ref.mean_dx.mul(mean_error);
  const cv::Mat y_error = block_mean(ref.dy.mul(error)) - ref.mean_dy.mul(mean_error);
  Left left;
  constexpr int kEdge_px = kBlock_px / 2 + 1;
  for (int y = kEdge_px; y < kSide_px - kEdge_px; y += kStride_px) {
    for (int x = kEdge_px; x < kSide_px - kEdge_px; x += kStride_px) {
      const double xx = ref.mean_xx.at<float>(y, x);
      const double xy = ref.mean_xy.at<float>(y, x);
      const double yy = ref.mean_yy.at<float>(y, x);
      const double least = (xx + yy) / 2 - std::hypot((xx - yy) / 2, xy);
      if (!(least >= kLeastTexture) || !is_inside(plane, picture, x, y)) continue;
      const double xe = x_error.at<float>(y, x);
      const double ye = y_error.at<float>(y, x);
      const double determinant = xx * yy - xy * xy;
      const double way_px = std::hypot(yy * xe - xy * ye, xx * ye - xy * xe) / determinant;
      const double way = way_px * 100 / kFaceWidth_px;
      if (ref.eyes.at<std::uint8_t>(y, x) != 0) left.eyes.push_back(way);
      if (ref.face.at<std::uint8_t>(y, x) != 0) left.face.push_back(way);
      if (ref.around.at<std::uint8_t>(y, x) != 0) left.around.push_back(way);
    }
  }
  return left;
}

double quantile(std::vector<double> values, double share) {
  if (values.empty()) return 0;
  const auto at = static_cast<std::ptrdiff_t>(share * static_cast<double>(values.size() - 1));
  std::ranges::nth_element(values, values.begin() + at);
  return values[static_cast<std::size_t>(at)];
}

struct Compared {
  double relief = 0;
  double eyes = 0;
};

class Comparison {
 public:
  explicit Comparison(const FaceInPicture& shown)
      : ref_(reference_of(shown)),
        everything_(fitted_pixels(ref_, ref_.face | ref_.around)),
        face_(fitted_pixels(ref_, ref_.face)) {}

  [[nodiscard]] std::optional<Compared> with(const FaceInPicture& shown) const {
    const cv::Mat picture = small_grey(shown.picture, ref_.scale);
    const cv::Matx33d start = mesh_to_mesh(ref_.mesh, corners_of(*shown.landmarks, ref_.scale));
    const auto of_face = plane_between(face_, picture, start);
    if (!of_face) return std::nullopt;
    Left own = left_over(ref_, picture, *of_face);
    if (own.face.size() < kLeastBlocks) return std::nullopt;
    const double relief = quantile(std::move(own.face), 0.75);
    const double eyes = quantile(std::move(own.eyes), 0.75);
    if (relief >= kFlatRelief) return Compared{.relief = relief, .eyes = eyes};
    const auto of_all = plane_between(everything_, picture, start);
    if (!of_all) return std::nullopt;
    Left all = left_over(ref_, picture, *of_all);
    all.face.insert(all.face.end(), all.around.begin(), all.around.end());
    if (all.face.size() < 2 * kLeastBlocks) return std::nullopt;
    return Compared{.relief = std::max(quantile(std::move(all.face), 0.9), relief), .eyes = eyes};
  }

 private:
  Reference ref_;
  std::vector<Fitted> everything_;
  std::vector<Fitted> face_;
};

constexpr double kMostPictures = 0.7;  // of the pictures must show no relief

// Can the pictures that are still to be compared make it flat?
bool may_be_flat(const std::vector<double>& relief, std::size_t remaining) {
  auto best = relief;
  best.resize(relief.size() + remaining, 0);
  return quantile(std::move(best), kMostPictures) < kFlatRelief;
}

}  // namespace

bool is_flat(const FlatMotion& motion) noexcept {
  return motion.pictures >= kLeastFlatPictures && motion.relief < kFlatRelief;
}

bool has_animated_eyes(const FlatMotion& motion) noexcept {
  return motion.eyes >= kAnimatedEyes;
}

FlatMotion measure_flat_motion(std::span<const FaceInPicture> pictures) {
  if (std::cmp_less(pictures.size(), kLeastFlatPictures + 1)) return {};
  const std::size_t middle = pictures.size() / 2;
  const Comparison comparison(pictures[middle]);
  const std::size_t count = std::min(pictures.size(), kComparedPictures);
  std::vector<double> relief;
  std::vector<double> eyes;
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t at = i * (pictures.size() - 1) / (count - 1);
    if (at == middle) continue;
    const auto compared = comparison.with(pictures[at]);
    if (!compared) continue;
    relief.push_back(compared->relief);
    eyes.push_back(compared->eyes);
    if (!may_be_flat(relief, count - 1 - i)) break;
  }
  FlatMotion motion{.pictures = static_cast<int>(relief.size())};
  motion.relief = quantile(std::move(relief), kMostPictures);
  motion.eyes = quantile(std::move(eyes), 1);
  return motion;
}

}  // namespace selfsame::vision
