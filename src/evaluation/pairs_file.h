// SPDX-License-Identifier: Apache-2.0
// Lists of comparisons, as text: LFW's pairs format, or lines `a b 0|1`.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace selfsame::evaluation {

struct ListedPair {
  std::string image_a;  // relative to the image folder
  std::string image_b;
  bool genuine = false;
  int fold = -1;  // -1: the list has no folds
};

/// Parses a list. Empty lines and lines that start with '#' are skipped.
///
/// - LFW: a first line `FOLDS COUNT` or `COUNT`; then, FOLDS times, COUNT lines `NAME I J`
/// (genuine)
///   and COUNT lines `NAME I OTHER J` (impostor). The image is NAME/NAME_000I.jpg.
/// - otherwise: `a b 1` (genuine) or `a b 0` (impostor); fields are separated by tabs when the line
///   has a tab, else by spaces.
///
/// `malformed_request` names the line. Refused are: absolute paths and "..", an image compared with
/// itself, counts that disagree with the lines, more than 10 million pairs.
[[nodiscard]] Result<std::vector<ListedPair>> parse_pairs(std::string_view text);

}  // namespace selfsame::evaluation
