// SPDX-License-Identifier: Apache-2.0
#include "app/model_standing.h"

#include <fmt/format.h>

#include <algorithm>

namespace selfsame::app {
namespace {

using vision::ModelCards;
using vision::NetworkCard;

const AddedModel* owner_of(const NetworkCard& network, const std::vector<AddedModel>& added) {
  for (const auto& model : added) {
    const auto& brought = model.card.networks;
    if (std::ranges::find(brought, network.name, &NetworkCard::name) != brought.end())
      return &model;
  }
  return nullptr;
}

std::string why_no_vote(const NetworkCard& network, const ModelCards& cards) {
  const auto used = cards.pad.members_in_use();
  if (std::ranges::find(used, network.name, &vision::PadMember::network) == used.end()) {
    return "models.second_opinion is off";
  }
  const std::string set = vision::pad_set_name(cards);
  const auto& policies = cards.pad.policies;
  const bool measured =
      std::ranges::find(policies, set, &vision::PadSetPolicy::set) != policies.end();
  return measured ? "" : "no thresholds were measured with the set in use";
}

bool is_calibrated(
    const std::vector<vision::ComparatorCalibration>& calibrations,
    const std::string& comparator,
    const std::string& precision
) {
  return std::ranges::any_of(calibrations, [&](const auto& calibration) {
    return calibration.comparator == comparator && calibration.thresholds.precision == precision;
  });
}

std::string how_to_calibrate(const std::string& model, const std::string& precision) {
  return fmt::format(
      "not calibrated in {}: selfsame eval face --images DIR --comparator {} --calibrate",
      precision,
      model
  );
}

std::string why_no_comparison(
    const NetworkCard& network,
    const ModelCards& cards,
    const AddedModel* owner,
    const std::string& precision
) {
  const auto& comparator = cards.comparator;
  const std::string in_use = vision::comparator_name(comparator);
  const bool used =
      std::ranges::find(comparator, network.name, &vision::ComparatorMember::network) !=
      comparator.end();
  if (used) {
    if (is_calibrated(cards.calibrations, in_use, precision)) return "";
    return owner == nullptr
               ? fmt::format("the comparator {} is not calibrated in {}", in_use, precision)
               : how_to_calibrate(owner->card.name, precision);
  }
  if (owner == nullptr) return fmt::format("the comparator in use is {}", in_use);
  const std::string own = vision::comparator_name(owner->card.comparator);
  auto calibrations = owner->calibrations;
  std::erase_if(calibrations, [&](const auto& c) { return !is_of_these_networks(c, cards); });
  if (!is_calibrated(calibrations, own, precision)) {
    return how_to_calibrate(owner->card.name, precision);
  }
  return fmt::format("calibrated; set models.comparator = \"{}\"", owner->card.name);
}

}  // namespace

Standing standing_of(
    const NetworkCard& network,
    const ModelCards& cards,
    const std::vector<AddedModel>& added,
    const std::string& precision
) {
  const AddedModel* owner = owner_of(network, added);
  Standing standing;
  if (owner != nullptr) standing.model = owner->card.name;
  if (network.role == "pad") {
    standing.why_not = why_no_vote(network, cards);
  } else if (network.role == "recogniser") {
    standing.why_not = why_no_comparison(network, cards, owner, precision);
  } else if (network.role == "text_detector" || network.role == "text_reader") {
    const auto& documents = cards.documents;
    const bool used = network.name == documents.text_detector ||
                      network.name == documents.quick_reader.network ||
                      network.name == documents.full_reader.network;
    if (!used) standing.why_not = "nothing uses it";
  } else if (network.name != cards.detector && network.name != cards.landmarks &&
             network.name != cards.track) {
    standing.why_not = "nothing uses it";
  }
  standing.decides = standing.why_not.empty();
  return standing;
}

}  // namespace selfsame::app
