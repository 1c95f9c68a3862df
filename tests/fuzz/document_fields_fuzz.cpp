// SPDX-License-Identifier: Apache-2.0
// Lines that a reader made out, with the places that it found them at, mapped by the shipped types.
// Each line of the input: four bytes of place (left, top, width, height), then its text.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "app/document_types.h"
#include "core/document_mapping.h"
#include "core/mrz.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace std::chrono_literals;
  using selfsame::core::PlacedLine;
  constexpr auto kToday = 2026y / 11 / 26;
  static const auto kTypes =
      selfsame::app::read_document_types(SELFSAME_SOURCE_DIR "/models").value();
  std::vector<PlacedLine> lines;
  std::vector<std::string> texts;
  for (std::size_t i = 0; i < size;) {
    PlacedLine line;
    const auto share = [&] { return i < size ? static_cast<double>(data[i++]) / 255 : 0.0; };
    line.left = share();
    line.top = share();
    line.right = line.left + share();
    line.bottom = line.top + share() / 4;
    while (i < size && data[i] != '\n') line.text.push_back(static_cast<char>(data[i++]));
    ++i;
    texts.push_back(line.text);
    lines.push_back(std::move(line));
  }
  const auto found = selfsame::core::find_mrz(texts, kToday);
  const selfsame::core::Mrz* zone = found ? &*found : nullptr;
  const auto match = selfsame::core::find_template(lines, kTypes, zone);
  const std::size_t type = match ? match->index : size % kTypes.size();
  const auto fields = selfsame::core::map_fields(lines, kTypes[type], zone, kToday);
  for (const auto& field : fields.fields) {
    for (const std::size_t line : field.lines) {
      if (line >= lines.size()) std::abort();
    }
  }
  return 0;
}
