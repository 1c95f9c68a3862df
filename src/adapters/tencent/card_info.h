// SPDX-License-Identifier: Apache-2.0
// What was read of a document, in the vendor's structures (CardInfo, NormalCardInfo and the cards
// in them, of the action list faceid 2018-03-01).
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "adapters/tencent/response.h"
#include "core/document_mapping.h"

namespace selfsame::adapters::tencent {

/// What was read of a document, both sides together.
struct CardRead {
  std::string_view type;  // empty: none that is known
  const core::DocumentFields& fields;
  std::span<const std::string> mrz_lines = {};
};

/// CardInfo: every card null but that of the type; types without a structure of their own are a
/// GeneralCard. Fields that were not read are null.
[[nodiscard]] Fields card_info(const CardRead& read);
/// NormalCardInfo, the same in the newer structures.
[[nodiscard]] Fields normal_card_info(const CardRead& read);

/// The card of CardInfo that is filled, without the others: {"CnName":...}.
[[nodiscard]] Fields card_alone(const CardRead& read);
/// The vendor's name for one of our fields in that type's card of NormalCardInfo; ours where it has
/// none.
[[nodiscard]] std::string_view normal_field_name(std::string_view type, std::string_view field);

}  // namespace selfsame::adapters::tencent
