// SPDX-License-Identifier: Apache-2.0
#include "vision/face_detector.h"

#include <algorithm>
#include <cmath>
#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>
#include <string>
#include <utility>

#include "vision/mat_view.h"

namespace selfsame::vision {
namespace {

constexpr int kStrides_px[] = {8, 16, 32};
constexpr float kMaxOverlap = 0.3F;  // intersection over union of two boxes of different faces
constexpr std::size_t kMaxCandidates =
    1000;                         // before overlaps are removed; bounds the quadratic step
constexpr float kMaxLogSide = 6;  // a box side of exp(6) strides; more is no box

float area_of(const Box& box) noexcept {
  return box.width * box.height;
}

float overlap_of(const Box& a, const Box& b) noexcept {
  const float width = std::min(a.x + a.width, b.x + b.width) - std::max(a.x, b.x);
  const float height = std::min(a.y + a.height, b.y + b.height) - std::max(a.y, b.y);
  if (!(width > 0) || !(height > 0)) return 0;
  const float both = width * height;
  return both / (area_of(a) + area_of(b) - both);
}

// Greedy: the most confident first, what overlaps it goes.
std::vector<DetectedFace> without_overlaps(std::vector<DetectedFace> faces) {
  std::ranges::sort(faces, std::greater{}, &DetectedFace::confidence);
  if (faces.size() > kMaxCandidates) faces.resize(kMaxCandidates);
  std::vector<DetectedFace> kept;
  for (auto& face : faces) {
    const bool covered = std::ranges::any_of(kept, [&](const DetectedFace& other) {
      return overlap_of(face.box, other.box) > kMaxOverlap;
    });
    if (!covered) kept.push_back(std::move(face));
  }
  return kept;
}

// One cell's answer, in pixels of the network's input (YuNet's anchor-free decoding).
DetectedFace decode_cell(
    std::span<const float> bbox, std::span<const float> kps, int column, int row, float stride
) {
  DetectedFace face;
  const auto x = static_cast<float>(column);
  const auto y = static_cast<float>(row);
  const float width = std::exp(std::min(bbox[2], kMaxLogSide)) * stride;
  const float height = std::exp(std::min(bbox[3], kMaxLogSide)) * stride;
  face.box = {
      (x + bbox[0]) * stride - width / 2, (y + bbox[1]) * stride - height / 2, width, height
  };
  for (std::size_t i = 0; i < 5; ++i) {
    face.landmarks.push_back({(kps[2 * i] + x) * stride, (kps[2 * i + 1] + y) * stride});
  }
  return face;
}

void scale_face(DetectedFace& face, float factor_x, float factor_y) {
  face.box.x *= factor_x;
  face.box.y *= factor_y;
  face.box.width *= factor_x;
  face.box.height *= factor_y;
  for (auto& point : face.landmarks) {
    point.x *= factor_x;
    point.y *= factor_y;
  }
}

constexpr int kCoarseSide_px = 320;
constexpr float kDoubtful = 0.3F;

// Might this be a second person beside the largest face? Heights in pixels of the coarse look. What
// is small there is seen with less confidence than at 640 (three in four of the second persons that
// 320 misses at .6 it sees at .3); what is large is not.
bool may_be_second(float height_px, float confidence, float largest_px, float card_threshold) {
  constexpr float kHeightShare = 0.2F;  // a little below photo_reader.h's: a box may be off
  constexpr float kSmall_px = 40;
  return height_px >= kHeightShare * largest_px &&
         confidence >= (height_px < kSmall_px ? kDoubtful : card_threshold);
}

// Is the coarse look enough? Where one face is clearly seen, so large that its points are exact,
// and nothing else might be a second person: that is not decided on a few pixels. LFW, on which the
// comparator was calibrated, has faces of 123 px; found at 86 px they compare as well (TAR at 1e-4
// 97.2 % both), at 44 px they do not (96.5 %).
bool is_settled(const std::vector<DetectedFace>& faces, float coarse_scale, float card_threshold) {
  constexpr float kSure = 0.9F;
  constexpr float kLeastHeight_px = 80;
  if (faces.empty() || !(faces.front().confidence >= kSure)) return false;
  const float largest_px = faces.front().box.height * coarse_scale;
  return largest_px >= kLeastHeight_px &&
         std::none_of(faces.begin() + 1, faces.end(), [&](const DetectedFace& face) {
           const float height_px = face.box.height * coarse_scale;
           return may_be_second(height_px, face.confidence, largest_px, card_threshold);
         });
}

}  // namespace

Result<FaceDetector> FaceDetector::create(std::unique_ptr<Network> network) {
  FaceDetector detector;
  for (const int stride_px : kStrides_px) {
    const std::string suffix = "_" + std::to_string(stride_px);
    const auto cls = network->output_named("cls" + suffix);
    const auto obj = network->output_named("obj" + suffix);
    const auto bbox = network->output_named("bbox" + suffix);
    const auto kps = network->output_named("kps" + suffix);
    if (!cls || !obj || !bbox || !kps) {
      return fail(
          Errc::engine_failed, network->card().name + ": is no face detector of the kind YuNet"
      );
    }
    detector.scales_.push_back({stride_px, *cls, *obj, *bbox, *kps});
  }
  detector.network_ = std::move(network);
  return detector;
}

Result<std::vector<DetectedFace>> FaceDetector::detect(const PixelView& picture, int long_side_px)
    const {
  return detect(picture, long_side_px, card_threshold());
}

Result<std::vector<DetectedFace>> FaceDetector::detect(
    const PixelView& picture, int long_side_px, float threshold
) const {
  const int long_side = std::max(picture.width_px, picture.height_px);
  if (long_side < 1 || picture.bgr == nullptr) return std::vector<DetectedFace>{};
  cv::Mat small = as_mat(picture);
  if (long_side > long_side_px) {
    const double factor = static_cast<double>(long_side_px) / long_side;
    const cv::Size size(
        std::max(1, cvRound(picture.width_px * factor)),
        std::max(1, cvRound(picture.height_px * factor))
    );
    cv::Mat shrunk;
    cv::resize(small, shrunk, size, 0, 0, cv::INTER_AREA);
    small = std::move(shrunk);
  }
  SELFSAME_TRY(outputs, network_->run(as_view(small)));
  auto faces =
      candidates(outputs, (small.cols + 31) / 32 * 32, (small.rows + 31) / 32 * 32, threshold);
  const float factor_x = static_cast<float>(picture.width_px) / static_cast<float>(small.cols);
  const float factor_y = static_cast<float>(picture.height_px) / static_cast<float>(small.rows);
  faces = without_overlaps(std::move(faces));
  for (auto& face : faces) scale_face(face, factor_x, factor_y);
  std::ranges::sort(faces, std::greater{}, [](const DetectedFace& face) {
    return area_of(face.box);
  });
  return faces;
}

std::vector<DetectedFace> FaceDetector::candidates(
    const Outputs& outputs, int width_px, int height_px, float threshold
) const {
  std::vector<DetectedFace> faces;
  for (const auto& scale : scales_) {
    const int columns = width_px / scale.stride_px;
    const auto cells =
        static_cast<std::size_t>(columns) * static_cast<std::size_t>(height_px / scale.stride_px);
    const auto cls = outputs[scale.cls];
    const auto obj = outputs[scale.obj];
    for (std::size_t i = 0; i < std::min(cells, cls.size()); ++i) {
      const float product = std::clamp(cls[i], 0.F, 1.F) * std::clamp(obj[i], 0.F, 1.F);
      const float confidence = std::sqrt(product);
      if (!(confidence >= threshold)) continue;
      const auto cell = static_cast<int>(i);
      auto face = decode_cell(
          outputs[scale.bbox].subspan(4 * i, 4),
          outputs[scale.kps].subspan(10 * i, 10),
          cell % columns,
          cell / columns,
          static_cast<float>(scale.stride_px)
      );
      face.confidence = confidence;
      faces.push_back(std::move(face));
    }
  }
  return faces;
}

float FaceDetector::card_threshold() const noexcept {
  return static_cast<float>(network_->card().confidence_threshold);
}

// Most portraits are settled at 320, a quarter of the work. 640 finds faces from about 12 px. What
// it misses is a face so near that only a smaller picture of it looks like a face: 320 again.
Result<std::vector<DetectedFace>> FaceDetector::find_near(const PixelView& picture) const {
  const int long_side = std::max(picture.width_px, picture.height_px);
  if (long_side <= kCoarseSide_px) return detect(picture, kCoarseSide_px);
  SELFSAME_TRY(near_faces, detect(picture, kCoarseSide_px, kDoubtful));
  const float coarse_scale = static_cast<float>(kCoarseSide_px) / static_cast<float>(long_side);
  const bool settled = is_settled(near_faces, coarse_scale, card_threshold());
  std::erase_if(near_faces, [this](const DetectedFace& face) {
    return !(face.confidence >= card_threshold());
  });
  if (settled) return std::move(near_faces);
  SELFSAME_TRY(faces, detect(picture, 640));
  return faces.empty() ? std::move(near_faces) : std::move(faces);
}

// A face may be so far off in a big picture that shrinking took it away. 1280 is dear, so last and
// only when there is something to gain.
Result<std::vector<DetectedFace>> FaceDetector::find(const PixelView& picture) const {
  SELFSAME_TRY(faces, find_near(picture));
  const int long_side = std::max(picture.width_px, picture.height_px);
  if (!faces.empty() || long_side <= 800) return std::move(faces);
  return detect(picture, 1280);
}

}  // namespace selfsame::vision
