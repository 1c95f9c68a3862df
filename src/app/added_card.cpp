// SPDX-License-Identifier: Apache-2.0
#include "app/added_card.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "app/card_fields.h"
#include "vision/engine_check.h"
#include "vision/face_aligner.h"

namespace selfsame::app {
namespace {

constexpr const char* kCard = "card.toml";
constexpr std::size_t kNetworksMax = 8;

tl::unexpected<Error> bad(std::string what) {
  return fail(Errc::invalid_parameter, fmt::format("{}: {}", kCard, what));
}

constexpr std::string_view kNameLetters = "abcdefghijklmnopqrstuvwxyz0123456789_-";

bool is_file_name(std::string_view name) noexcept {
  const auto letter = [](char c) {
    return kNameLetters.find(c) != std::string_view::npos || (c >= 'A' && c <= 'Z') || c == '.';
  };
  return name.size() <= 100 && !name.starts_with('.') && std::ranges::all_of(name, letter) &&
         (name.ends_with(".onnx") || name.ends_with(".tflite"));
}

Result<void> check_recogniser(const vision::NetworkCard& network) {
  const bool fits = network.crop == vision::CropKind::five_points &&
                    network.input_width_px == vision::kAlignedSide_px &&
                    network.input_height_px == vision::kAlignedSide_px &&
                    network.output_length >= 2;
  if (fits) return {};
  return bad(fmt::format(
      "{}: a recogniser has crop five_points, an input of 112x112 and an output_length",
      network.name
  ));
}

Result<void> check_pad_network(const vision::NetworkCard& network, const AddedCard& card) {
  const bool fits = network.crop == vision::CropKind::scaled_box && network.crop_scale > 1 &&
                    network.input_width_px > 0 && network.input_height_px > 0 &&
                    network.output_length >= 2 && network.live_index < network.output_length;
  if (!fits) {
    return bad(fmt::format(
        "{}: a liveness network has crop scaled_box, a crop_scale above 1, an input size, an "
        "output_length and a live_index below it",
        network.name
    ));
  }
  const auto member = std::ranges::find(card.pad, network.name, &vision::PadMember::network);
  if (member == card.pad.end()) return bad(network.name + ": no [[pad.member]] gives it a weight");
  if (member->live_of_portrait.size() == vision::kPadPictures) return {};
  return bad(
      fmt::format("{}: live_of_portrait must hold {} numbers", network.name, vision::kPadPictures)
  );
}

Result<void> check_network(const vision::NetworkCard& network, const AddedCard& card) {
  if (!is_file_name(network.file)) {
    return bad(fmt::format(
        "{}: file must be the plain name of an .onnx or .tflite file beside the card", network.name
    ));
  }
  if (network.licence.empty()) return bad(network.name + ": licence is empty");
  if (network.role == "pad") return check_pad_network(network, card);
  if (network.role == "recogniser") return check_recogniser(network);
  return bad(fmt::format("{}: only roles pad and recogniser can be added", network.name));
}

/// Every name once; nothing is weighed that the card does not bring.
Result<void> check_names(const AddedCard& card) {
  std::set<std::string> names;
  std::set<std::string> files;
  for (const auto& network : card.networks) {
    if (!is_model_name(network.name)) {
      return bad(fmt::format("\"{}\" cannot name a network", network.name));
    }
    if (!names.insert(network.name).second) return bad(network.name + ": comes twice");
    if (!files.insert(network.file).second) return bad(network.file + ": comes twice");
  }
  std::set<std::string> weighed;
  for (const auto& member : card.pad) {
    if (!weighed.insert(member.network).second) return bad(member.network + ": is weighed twice");
    const auto network =
        std::ranges::find(card.networks, member.network, &vision::NetworkCard::name);
    if (network == card.networks.end() || network->role != "pad") {
      return bad(fmt::format("no liveness [[network]] here is named \"{}\"", member.network));
    }
    if (member.second_opinion) return bad("second_opinion is for the packaged network");
  }
  weighed.clear();
  for (const auto& member : card.comparator) {
    if (!weighed.insert(member.network).second) return bad(member.network + ": is weighed twice");
  }
  return {};
}

Result<void> check_use(const AddedCard& card) {
  const auto has_role = [&](const char* role) {
    return std::ranges::any_of(card.networks, [&](const auto& n) { return n.role == role; });
  };
  if (card.networks.empty() || card.networks.size() > kNetworksMax) {
    return bad(fmt::format("1 to {} [[network]] are wanted", kNetworksMax));
  }
  if (has_role("pad") && card.policies.empty()) {
    return bad("no [[pad.policy]]: thresholds of the set that its liveness networks make");
  }
  if (has_role("recogniser") == card.comparator.empty()) {
    return bad("a recogniser and a [[comparator]] go together");
  }
  return {};
}

Result<void> read_pad(TomlReader& root, AddedCard& card) {
  const toml::table* table = root.table("pad");
  if (table == nullptr) return {};
  const std::string where = fmt::format("{} [pad]", kCard);
  TomlReader reader(*table, where);
  SELFSAME_TRY(members, read_pad_members(reader, "member", where));
  card.pad = std::move(members);
  SELFSAME_TRY(policies, read_pad_policies(reader, "policy", where));
  card.policies = std::move(policies);
  if (auto error = reader.error()) return fail(Errc::invalid_parameter, *error);
  return {};
}

}  // namespace

bool is_model_name(std::string_view name) noexcept {
  return !name.empty() && name.size() <= 40 && name.front() >= 'a' && name.front() <= 'z' &&
         name.find_first_not_of(kNameLetters) == std::string_view::npos;
}

Result<AddedCard> read_added_card(std::string_view text) {
  if (text.size() > kCardBytesMax) {
    return bad(fmt::format("is over the limit of {} bytes", kCardBytesMax));
  }
  SELFSAME_TRY(root, parse_toml(text, kCard));
  TomlReader reader(root, kCard);
  AddedCard card;
  card.name = reader.required<std::string>("name");
  card.source = reader.required<std::string>("source");
  card.tested_on = reader.required<std::string>("tested_on");
  if (!is_model_name(card.name)) {
    reader.complain("name", "is not lower-case letters, digits, _ and -");
  }
  for (const toml::table* table : reader.tables("network")) {
    SELFSAME_TRY(network, read_network(*table, kCard));
    card.networks.push_back(std::move(network));
  }
  SELFSAME_CHECK(read_pad(reader, card));
  SELFSAME_TRY(comparator, read_comparator(reader, kCard));
  card.comparator = std::move(comparator);
  if (auto error = reader.error()) return fail(Errc::invalid_parameter, *error);
  SELFSAME_CHECK(check_use(card));
  SELFSAME_CHECK(check_names(card));
  for (const auto& network : card.networks) SELFSAME_CHECK(check_network(network, card));
  return card;
}

}  // namespace selfsame::app
