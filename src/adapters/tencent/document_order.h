// SPDX-License-Identifier: Apache-2.0
// What the vendor's actions say of a document, in our words: its types, its warnings, what is to be
// shown.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/tencent/error_codes.h"
#include "core/document_step.h"

namespace selfsame::adapters::tencent {

/// Our name for a type of the web flow or of the app SDK, in any of its spellings; nothing for one
/// that is not read here.
[[nodiscard]] std::optional<std::string> document_type_from(std::string_view name);

/// -9101, ...
[[nodiscard]] int warning_code_of(core::DocumentWarning warning) noexcept;

/// Where warnings come from: pictures of the web flow, or also the values (app SDK).
enum class WarningScope : std::uint8_t { picture, picture_and_values };

/// What stops.
/// @param selected  the codes that were chosen; empty: all of the scope
[[nodiscard]] std::vector<core::DocumentWarning> stopping_warnings(
    WarningScope scope, std::span<const std::int64_t> selected
);

/// WarnCardInfos of what was seen; -9109 beside them where one of `watched` has no detector here.
[[nodiscard]] std::vector<int> warning_codes(
    const core::DocumentSighting& seen,
    WarningScope scope,
    std::span<const core::DocumentWarning> watched
);

/// What is wanted by Nationality and CardType of ApplyCardVerification; nothing for a pair that is
/// not read here. Empty: any type.
[[nodiscard]] std::optional<std::vector<std::string>> card_types_from(
    std::string_view nationality, std::string_view card_type
);

/// The other way round.
struct CardKind {
  std::string_view nationality;  // ISO 3166-1 alpha-3; empty: of any
  std::string_view card_type;
};
[[nodiscard]] CardKind card_kind_of(std::string_view type) noexcept;

}  // namespace selfsame::adapters::tencent
