// SPDX-License-Identifier: Apache-2.0
#include "vision/face_recogniser.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numeric>
#include <string>
#include <utility>

#include "vision/face_aligner.h"

namespace selfsame::vision {
namespace {

// Scales to unit norm. False when the norm is no positive number.
bool normalise(FaceTemplate& features) noexcept {
  double squares = 0;
  for (const float value : features)
    squares += static_cast<double>(value) * static_cast<double>(value);
  const double norm = std::sqrt(squares);
  if (!(norm > 1e-9) || !std::isfinite(norm)) return false;
  for (float& value : features) value = static_cast<float>(static_cast<double>(value) / norm);
  return true;
}

Result<FaceTemplate> embed(const Network& network, const Image& aligned) {
  SELFSAME_TRY(outputs, network.run(view_of(aligned)));
  const auto values = outputs[network.card().output];
  FaceTemplate features(values.begin(), values.end());
  if (!normalise(features))
    return fail(Errc::engine_failed, network.card().name + ": template of no length");
  return features;
}

Image mirrored(const Image& image) {
  Image mirror = image;
  const auto width = static_cast<std::size_t>(image.width_px);
  for (std::size_t row = 0; row < static_cast<std::size_t>(image.height_px); ++row) {
    const std::size_t start = row * width * 3;
    for (std::size_t x = 0; x < width; ++x) {
      std::copy_n(&image.bgr[start + x * 3], 3, &mirror.bgr[start + (width - 1 - x) * 3]);
    }
  }
  return mirror;
}

Result<FaceTemplate> embed_with_mirror(const Network& network, const Image& aligned) {
  SELFSAME_TRY(features, embed(network, aligned));
  SELFSAME_TRY(mirror, embed(network, mirrored(aligned)));
  std::transform(features.begin(), features.end(), mirror.begin(), features.begin(), std::plus{});
  if (!normalise(features))
    return fail(Errc::engine_failed, network.card().name + ": template of no length");
  return std::move(features);
}

double cosine_of(const FaceTemplate& a, const FaceTemplate& b) noexcept {
  return std::inner_product(a.begin(), a.end(), b.begin(), 0.0, std::plus{}, [](float x, float y) {
    return static_cast<double>(x) * static_cast<double>(y);
  });
}

}  // namespace

std::string comparator_name(const std::vector<ComparatorMember>& comparator) {
  std::string name;
  for (const auto& member : comparator) {
    if (!name.empty()) name += ',';
    name += member.network;
    if (member.flip) name += "+flip";
    if (comparator.size() > 1) name += "*" + trimmed_number(member.weight);
  }
  return name;
}

Result<FaceComparator> FaceComparator::create(
    const ModelCards& cards, const InferenceRuntime& runtime
) {
  FaceComparator comparator;
  if (cards.comparator.empty()) return fail(Errc::engine_failed, "the comparator names no network");
  for (const auto& member : cards.comparator) {
    const NetworkCard* card = cards.find(member.network);
    if (card == nullptr)
      return fail(Errc::engine_failed, "no card for the network " + member.network);
    if (!(member.weight > 0))
      return fail(Errc::engine_failed, member.network + ": weight must be positive");
    const bool fits = card->crop == CropKind::five_points &&
                      card->input_width_px == kAlignedSide_px &&
                      card->input_height_px == kAlignedSide_px;
    if (!fits) {
      return fail(
          Errc::engine_failed, card->name + ": a recogniser takes a five-point crop of 112x112"
      );
    }
    SELFSAME_TRY(network, runtime.load(*card));
    comparator.members_.push_back({std::move(network), member.weight, member.flip});
  }
  return comparator;
}

Result<FaceTemplates> FaceComparator::templates_of(
    const PixelView& picture, const DetectedFace& face
) const {
  if (face.landmarks.size() != 5)
    return fail(Errc::engine_failed, "a face without its five points");
  const Image aligned = align_face(picture, face.landmarks);
  FaceTemplates templates;
  for (const auto& member : members_) {
    SELFSAME_TRY(
        features,
        member.flip ? embed_with_mirror(*member.network, aligned) : embed(*member.network, aligned)
    );
    templates.push_back(std::move(features));
  }
  return templates;
}

Result<core::SimilarityScore> FaceComparator::compare(
    const FaceTemplates& a, const FaceTemplates& b
) const {
  if (a.size() != members_.size() || b.size() != members_.size()) {
    return fail(Errc::engine_failed, "templates of another comparator");
  }
  double sum = 0;
  double weights = 0;
  for (std::size_t i = 0; i < members_.size(); ++i) {
    if (a[i].empty() || a[i].size() != b[i].size()) {
      return fail(Errc::engine_failed, "templates of different lengths");
    }
    sum += members_[i].weight * cosine_of(a[i], b[i]);
    weights += members_[i].weight;
  }
  const double score = sum / weights;
  if (!std::isfinite(score)) return fail(Errc::engine_failed, "the score is not a number");
  return core::SimilarityScore{std::clamp(score, -1.0, 1.0)};
}

std::vector<const Network*> FaceComparator::networks() const {
  std::vector<const Network*> list;
  list.reserve(members_.size());
  for (const auto& member : members_) list.push_back(member.network.get());
  return list;
}

}  // namespace selfsame::vision
