// SPDX-License-Identifier: Apache-2.0
// Files of document types, and a document read by them: the lines are the file's own.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "app/document_types.h"
#include "core/document_mapping.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace std::chrono_literals;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto types = selfsame::app::read_document_type(text, "fuzz");
  if (!types) return 0;
  std::vector<selfsame::core::PlacedLine> lines;
  double top = 0;
  for (const auto& document : *types) {
    for (const auto& rule : document.fields) {
      for (const auto& label : rule.labels)
        lines.push_back({label, 0.9, 0.1, top += 0.06, 0.4, top + 0.05});
      for (const auto& pattern : rule.patterns)
        lines.push_back({pattern, 0.9, 0.5, top, 0.9, top + 0.05});
    }
  }
  (void)selfsame::core::find_template(lines, *types, nullptr);
  for (const auto& document : *types) {
    (void)selfsame::core::map_fields(lines, document, nullptr, 2026y / 11 / 26);
  }
  return 0;
}
