// SPDX-License-Identifier: Apache-2.0
// What reads as the card of an added model names only files beside it, weights within range, and
// networks under names that cannot leave a folder or a list.
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "app/added_card.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace selfsame;
  const auto card =
      app::read_added_card(std::string_view(reinterpret_cast<const char*>(data), size));
  if (!card) return 0;
  if (!app::is_model_name(card->name) || card->networks.empty()) std::abort();
  for (const auto& network : card->networks) {
    const bool plain =
        network.file.find('/') == std::string::npos && !network.file.starts_with('.');
    if (!plain || !app::is_model_name(network.name)) std::abort();
    if (!std::isfinite(network.value_scale) || !std::isfinite(network.crop_scale)) std::abort();
    if (network.role == "pad" && network.live_index >= network.output_length) std::abort();
  }
  for (const auto& member : card->pad) {
    if (!(member.weight > 0 && std::isfinite(member.weight))) std::abort();
  }
  for (const auto& measured : card->policies) {
    const auto& policy = measured.policy;
    if (!(policy.retry_threshold > 0 && policy.bona_fide_threshold < 1)) std::abort();
  }
  return 0;
}
