// SPDX-License-Identifier: Apache-2.0
// selfsame document.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "adapters/native/document_json.h"
#include "app/commands.h"
#include "app/document_setup.h"
#include "app/terminal.h"
#include "vision/decode_image.h"
#include "vision/document/draw_reading.h"

namespace selfsame::app {
namespace {

constexpr std::size_t kImageBytesMax = 64U << 20;

void print_reading(const std::string& file, const vision::DocumentReading& reading) {
  if (reading.type.empty()) {
    fmt::print("{}: no document of a known type; {} lines of text\n", file, reading.lines.size());
  } else {
    fmt::print("{}: {}, {} side\n", file, reading.type, reading.side);
  }
  for (const auto& field : reading.fields.fields) {
    fmt::print("  {:<22} {}\n", field.name, field.value);
  }
  if (reading.mrz) {
    const bool valid = reading.mrz->is_valid();
    fmt::print(
        "  machine-readable zone ({}), {}:\n",
        core::name_of(reading.mrz->format),
        valid ? "valid" : "not valid"
    );
    for (const auto& line : reading.mrz->lines) fmt::print("    {}\n", line);
  }
  for (const auto warning : reading.picture_warnings) {
    fmt::print("  warning: picture {}\n", core::name_of(warning));
  }
  for (const auto& finding : reading.fields.findings) {
    const bool format = finding.code == core::FindingCode::format;
    fmt::print(
        "  warning: {} {}\n",
        finding.field,
        format ? "breaks a rule of its form" : "contradicts another field"
    );
  }
}

}  // namespace

int document(const Settings& settings, const DocumentCommandOptions& options) {
  const auto bytes = read_file(options.file, kImageBytesMax);
  if (!bytes) return complain("document", bytes.error());
  const auto reader = load_document_reader(settings);
  if (!reader) return complain("document", reader.error());
  const auto image = vision::decode_image(*bytes);
  if (!image) return complain("document", image.error());
  const vision::DocumentOptions how{.type = options.type, .today = today()};
  const auto reading = (*reader)->read(*image, how);
  if (!reading) return complain("document", reading.error());
  if (!options.draw.empty()) {
    const auto png = vision::drawn_reading(*image, *reading);
    if (!png) return complain("document", png.error());
    const auto written = write_file(options.draw, *png);
    if (!written) return complain("document", written.error());
  }
  if (options.json) {
    print_json(adapters::native::document_json(*reading));
  } else {
    print_reading(options.file, *reading);
  }
  return kDone;
}

}  // namespace selfsame::app
