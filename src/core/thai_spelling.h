// SPDX-License-Identifier: Apache-2.0
// Thai words that were misread, by what they can only be. Pure; blanks do not count.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/document_text.h"

namespace selfsame::core {

/// A place and those within it, by their names alone: province, districts, subdistricts.
struct Area {
  std::string name;
  std::vector<Area> within;
};

/// The one of `known` that `text` must have been, up to half of it misread; otherwise `text`.
[[nodiscard]] std::string nearest_of(std::string_view text, std::span<const std::string> known);

/// `text` from the first of `openings` in it. Without any, from one at its beginning that was
/// misread in nothing but full stops, marks and blanks, a stray letter before it or not ("นสมาลี"
/// opens with "น.ส."), which is put right. Nothing where there is neither.
[[nodiscard]] std::optional<std::string> from_opening(
    std::string_view text, std::span<const std::string> openings
);

/// An address with the names of subdistrict, district and province at its end ("ต.สุเทพ
/// อ.เมืองเชียงใหม่ จ.เชียงใหม่") spelled as those of `provinces`; those that are like none of the
/// next larger area stay as they are, and with them all that precedes. What is before them has
/// "หมู่ที่" and "ถ." mended.
/// @param address  at most 1024 bytes; a longer one stays as it is
[[nodiscard]] std::string with_area_names(
    std::string_view address, std::span<const Area> provinces
);

/// A house's number, a day, a year: ASCII digits, and strokes among them.
[[nodiscard]] bool is_figures(std::string_view text);

/// Where `figures` first stand in `text` from byte `from` on, blanks among them or not.
[[nodiscard]] std::optional<TextRange> find_figures(
    std::string_view text, std::string_view figures, std::size_t from
);

/// "2 a.A.2568": only Thai dates have years of the Buddhist era, however their months are read.
[[nodiscard]] bool ends_with_buddhist_year(std::string_view text);

/// Figures as one reader read them, with the strokes that another saw: both take a stroke for a
/// figure ("27815" is 278/5), and neither a figure for a stroke.
[[nodiscard]] std::string with_strokes(std::string read, std::string_view other);

}  // namespace selfsame::core
