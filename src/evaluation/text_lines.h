// SPDX-License-Identifier: Apache-2.0
// Lines and fields of small text files.
#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"

namespace selfsame::evaluation {

struct Line {
  std::size_t number = 0;  // from 1
  std::string_view text;   // without its end
};

/// The lines that are neither empty nor comments ('#').
[[nodiscard]] std::vector<Line> lines_of(std::string_view text);

/// Fields between tabs (empty ones count) when there is a tab, else between runs of spaces.
[[nodiscard]] std::vector<std::string_view> fields_of(std::string_view line);

/// Decimal digits only, at most `most`.
[[nodiscard]] std::optional<int> number_of(std::string_view field, int most);

/// Relative, inside its folder, without control characters.
[[nodiscard]] bool is_safe_path(std::string_view path);

/// `malformed_request`, with the line's number.
[[nodiscard]] tl::unexpected<Error> fail_line(const Line& line, std::string_view why);

/// The whole file; `not_found` when it cannot be read, `payload_too_large` over `most_bytes`.
[[nodiscard]] Result<Bytes> read_file(const std::filesystem::path& path, std::size_t most_bytes);

}  // namespace selfsame::evaluation
