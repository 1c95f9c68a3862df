// SPDX-License-Identifier: Apache-2.0
// The card of a model that an operator adds (`selfsame models add`): card.toml, text in, values
// out.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "vision/model_cards.h"

namespace selfsame::app {

inline constexpr std::size_t kCardBytesMax = 64u << 10;

struct AddedCard {
  std::string name;       // of the model: its folder and the word for commands and settings
  std::string source;     // where the files come from, for people
  std::string tested_on;  // what it was measured on, for people
  std::vector<vision::NetworkCard> networks;  // `file` is a plain name in the card's folder
  std::vector<vision::PadMember> pad;
  std::vector<vision::PadSetPolicy> policies;
  std::vector<vision::ComparatorMember> comparator;  // may name packaged networks too
};

/// `invalid_parameter` says what is wrong: an unknown key, a wrong type or range, a name that is
/// not lower-case letters, digits, `_` and `-`, a file that is not a plain name ending in .onnx or
/// .tflite, a name or file twice, a network of another role than "pad" and "recogniser", one that
/// nothing uses, a liveness network without live_of_portrait, a recogniser that is not 112x112 with
/// five points.
[[nodiscard]] Result<AddedCard> read_added_card(std::string_view text);

/// May it name a model or a network?
[[nodiscard]] bool is_model_name(std::string_view name) noexcept;

}  // namespace selfsame::app
