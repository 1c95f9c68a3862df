// SPDX-License-Identifier: Apache-2.0
// Has a network a say in verdicts, and if not, why?
#pragma once

#include <string>
#include <vector>

#include "app/added_models.h"
#include "vision/model_cards.h"

namespace selfsame::app {

struct Standing {
  std::string model;  // the added model that brought it; empty: packaged
  bool decides = false;
  std::string why_not;  // for people; empty when it decides
};

/// @param cards      as load_cards() gives them
/// @param precision  what networks run in here: thresholds of another one do not count
[[nodiscard]] Standing standing_of(
    const vision::NetworkCard& network,
    const vision::ModelCards& cards,
    const std::vector<AddedModel>& added,
    const std::string& precision
);

}  // namespace selfsame::app
