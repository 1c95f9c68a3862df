// SPDX-License-Identifier: Apache-2.0
// The tables that models/networks.toml, models/face_calibration.toml and the card.toml of an added
// model have in common. `where` names the file in messages.
//
// Strict: an unknown key, a wrong type, a missing value or a number out of range is an
// `invalid_parameter` that names table and key.
#pragma once

#include <toml++/toml.h>

#include <string>
#include <string_view>
#include <vector>

#include "app/toml_reader.h"
#include "base/result.h"
#include "vision/model_cards.h"

namespace selfsame::app {

/// Never throws; an error says `name`, line and what is wrong.
[[nodiscard]] Result<toml::table> parse_toml(std::string_view text, const std::string& name);

/// [[network]], with its [network.golden].
[[nodiscard]] Result<vision::NetworkCard> read_network(
    const toml::table& table, const std::string& where
);

[[nodiscard]] bool is_sha256(const std::string& text);

/// Every [[NAME]] of `reader` as liveness networks and their weights.
[[nodiscard]] Result<std::vector<vision::PadMember>> read_pad_members(
    TomlReader& reader, std::string_view name, const std::string& where
);

/// Every [[NAME]] of `reader` as thresholds of one set of liveness networks.
[[nodiscard]] Result<std::vector<vision::PadSetPolicy>> read_pad_policies(
    TomlReader& reader, std::string_view name, const std::string& where
);

/// Every [[comparator]] of `reader`.
[[nodiscard]] Result<std::vector<vision::ComparatorMember>> read_comparator(
    TomlReader& reader, const std::string& where
);

/// Every [[calibration]] of `root`, a whole file.
[[nodiscard]] Result<std::vector<vision::ComparatorCalibration>> read_calibrations(
    const toml::table& root, const std::string& where
);

}  // namespace selfsame::app
