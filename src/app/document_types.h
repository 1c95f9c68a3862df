// SPDX-License-Identifier: Apache-2.0
// models/documents/*.toml, read into values: one file a type of document.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "core/document_template.h"

namespace selfsame::app {

/// One file: its type's sides. Strict: an unknown key, a wrong type, a missing value or a number
/// out of range is an `invalid_parameter` that names file, side, field and key. Never throws.
[[nodiscard]] Result<std::vector<core::DocumentTemplate>> read_document_type(
    std::string_view text, const std::string& name
);

/// Every *.toml of `models_dir`/documents, in the order of the names. `not_found` when there is
/// none; two files of one type are `invalid_parameter`.
[[nodiscard]] Result<std::vector<core::DocumentTemplate>> read_document_types(
    const std::string& models_dir
);

inline constexpr std::size_t kDocumentTypesMax = 200;     // files
inline constexpr std::size_t kDocumentFieldsMax = 64;     // of a side
inline constexpr std::size_t kDocumentWordingsMax = 400;  // in one list
inline constexpr std::size_t kWordingBytesMax = 128;
inline constexpr std::size_t kAreasMax = 20'000;  // of one field

}  // namespace selfsame::app
