// SPDX-License-Identifier: Apache-2.0
#include "vision/pad_network.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <opencv2/imgproc.hpp>
#include <span>
#include <string>
#include <utility>

#include "vision/mat_view.h"
#include "vision/resize.h"

namespace selfsame::vision {
namespace {

// The card's class, as a probability; nothing when the numbers are none.
std::optional<double> probability_of(std::span<const float> output, const NetworkCard& card) {
  if (card.live_index >= output.size()) return std::nullopt;
  const auto value = static_cast<double>(output[card.live_index]);
  if (card.softmax) {
    const auto largest = static_cast<double>(std::ranges::max(output));
    double sum = 0;
    for (const float logit : output) sum += std::exp(static_cast<double>(logit) - largest);
    const double probability = std::exp(value - largest) / sum;
    return std::isfinite(probability) ? std::optional(probability) : std::nullopt;
  }
  constexpr double kRounding = 0.02;  // bf16 keeps eight bits
  const bool is_probability = value >= -kRounding && value <= 1 + kRounding;
  return is_probability ? std::optional(std::clamp(value, 0.0, 1.0)) : std::nullopt;
}

// Another set's thresholds would be wrong without a sign of it: no policy, no engine.
Result<core::PadPolicy> policy_of_set(const ModelCards& cards) {
  const std::string set = pad_set_name(cards);
  for (const auto& measured : cards.pad.policies) {
    if (measured.set == set) return measured.policy;
  }
  return fail(
      Errc::engine_failed,
      "no thresholds were measured for the liveness networks in use (" + set +
          "): remove an added one, or add a card that brings them; see docs/models.md"
  );
}

}  // namespace

std::string pad_set_name(const ModelCards& cards) {
  constexpr std::size_t kHashShown = 8;
  std::map<std::string, std::string> parts;
  for (const auto& member : cards.pad.members_in_use()) {
    const NetworkCard* card = cards.find(member.network);
    const std::string hash = card == nullptr ? "" : card->sha256.substr(0, kHashShown);
    parts[member.network] = member.network + ":" + hash + "*" + trimmed_number(member.weight);
  }
  std::string name;
  for (const auto& [network, part] : parts) name += (name.empty() ? "" : " ") + part;
  return name;
}

double achievable_crop_scale(const Box& box, int width_px, int height_px) noexcept {
  if (!(box.width > 0) || !(box.height > 0)) return 0;
  return std::min(
      (width_px - 1) / static_cast<double>(box.width),
      (height_px - 1) / static_cast<double>(box.height)
  );
}

std::optional<PixelRect> scaled_crop(const Box& box, double scale, int width_px, int height_px) {
  const double s = std::min(scale, achievable_crop_scale(box, width_px, height_px));
  if (!(s > 0)) return std::nullopt;
  const double width = static_cast<double>(box.width) * s;
  const double height = static_cast<double>(box.height) * s;
  const double free_x = std::max(0.0, width_px - 1 - width);
  const double free_y = std::max(0.0, height_px - 1 - height);
  const double centre_x = static_cast<double>(box.x) + static_cast<double>(box.width) / 2;
  const double centre_y = static_cast<double>(box.y) + static_cast<double>(box.height) / 2;
  const double left = std::clamp(centre_x - width / 2, 0.0, free_x);
  const double top = std::clamp(centre_y - height / 2, 0.0, free_y);
  // Both corners are cut to whole pixels and belong to the crop.
  PixelRect crop{.x = static_cast<int>(left), .y = static_cast<int>(top)};
  crop.width = std::min(static_cast<int>(left + width), width_px - 1) - crop.x + 1;
  crop.height = std::min(static_cast<int>(top + height), height_px - 1) - crop.y + 1;
  if (crop.width < 1 || crop.height < 1) return std::nullopt;
  return crop;
}

PadNetwork::PadNetwork(std::unique_ptr<Network> network) noexcept : network_(std::move(network)) {}

Result<PadNetwork> PadNetwork::create(std::unique_ptr<Network> network) {
  const NetworkCard& card = network->card();
  const bool fits = card.crop == CropKind::scaled_box && card.crop_scale > 1 &&
                    card.input_width_px > 0 && card.input_height_px > 0 &&
                    (card.output_length == 0 || card.live_index < card.output_length);
  if (!fits) {
    return fail(
        Errc::engine_failed,
        card.name +
            ": the card is not that of a PAD network (scaled_box, crop_scale, input size, "
            "output_length, live_index)"
    );
  }
  return PadNetwork(std::move(network));
}

Result<double> PadNetwork::live_probability(const PixelView& picture, const Box& box) const {
  const NetworkCard& card = network_->card();
  const auto crop = scaled_crop(box, card.crop_scale, picture.width_px, picture.height_px);
  if (!crop) return fail(Errc::engine_failed, card.name + ": a face of no size");
  const cv::Mat patch = as_mat(picture)(cv::Rect(crop->x, crop->y, crop->width, crop->height));
  const cv::Mat input = resized(patch, {card.input_width_px, card.input_height_px});
  SELFSAME_TRY(outputs, network_->run(as_view(input)));
  const auto probability = probability_of(outputs[card.output], card);
  if (!probability) return fail(Errc::engine_failed, card.name + ": answered with no probability");
  return *probability;
}

Result<PadEnsemble> PadEnsemble::create(const ModelCards& cards, const InferenceRuntime& runtime) {
  PadEnsemble ensemble;
  SELFSAME_TRY(policy, policy_of_set(cards));
  ensemble.policy_ = policy;
  for (const auto& member : cards.pad.members_in_use()) {
    const NetworkCard* card = cards.find(member.network);
    if (card == nullptr)
      return fail(Errc::engine_failed, "no card of PAD network " + member.network);
    if (!(member.weight > 0)) {
      return fail(Errc::engine_failed, member.network + ": its weight is not positive");
    }
    SELFSAME_TRY(loaded, runtime.load(*card));
    SELFSAME_TRY(network, PadNetwork::create(std::move(loaded)));
    ensemble.members_.push_back({std::move(network), member.weight});
  }
  if (ensemble.members_.empty()) return fail(Errc::engine_failed, "the cards name no PAD network");
  for (const auto& name : cards.pad.beside) {
    const NetworkCard* card = cards.find(name);
    if (card == nullptr) return fail(Errc::engine_failed, "no card of PAD network " + name);
    SELFSAME_TRY(loaded, runtime.load(*card));
    SELFSAME_TRY(network, PadNetwork::create(std::move(loaded)));
    ensemble.beside_.push_back(std::move(network));
  }
  return ensemble;
}

Result<PadReading> PadEnsemble::score(const PixelView& picture, const Box& box) const {
  PadReading reading;
  double sum = 0;
  double weights = 0;
  for (const auto& member : members_) {
    SELFSAME_TRY(live, member.network.live_probability(picture, box));
    reading.live_of_member.push_back(live);
    sum += member.weight * live;
    weights += member.weight;
  }
  for (const auto& network : beside_) {
    SELFSAME_TRY(live, network.live_probability(picture, box));
    reading.live_of_member.push_back(live);
  }
  reading.score.value = sum / weights;
  return reading;
}

std::vector<const Network*> PadEnsemble::networks() const {
  std::vector<const Network*> all;
  for (const auto& member : members_) all.push_back(&member.network.network());
  for (const auto& network : beside_) all.push_back(&network.network());
  return all;
}

std::vector<const PadNetwork*> PadEnsemble::pad_networks() const {
  std::vector<const PadNetwork*> all;
  for (const auto& member : members_) all.push_back(&member.network);
  return all;
}

}  // namespace selfsame::vision
