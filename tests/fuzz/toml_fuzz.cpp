// SPDX-License-Identifier: Apache-2.0
// Files that people write: settings (first byte 's'), networks.toml ('n'), face_calibration.toml
// (else). They are refused with a reason and never with an exception.
#include <stdlib.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>

#include "app/model_manifest.h"
#include "app/settings.h"

namespace {

/// Removed at exit.
struct Folder {
  Folder() {
    std::string name = std::filesystem::temp_directory_path() / "selfsame_fuzz_XXXXXX";
    if (::mkdtemp(name.data()) == nullptr) std::abort();
    path = name;
  }
  ~Folder() { std::filesystem::remove_all(path); }
  std::filesystem::path path;
};

std::string write(const std::filesystem::path& path, std::string_view text) {
  std::ofstream(path, std::ios::binary) << text;
  return path.string();
}

std::string read(const char* path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace selfsame::app;
  static const Folder folder;
  if (size == 0) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  if (data[0] == 's') {
    const auto nothing = [](const std::string&) { return std::nullopt; };
    const auto file = write(folder.path / "settings.toml", text);
    const auto loaded = load_settings(file, nothing);
    for (const auto& error : loaded.errors) {
      if (describe(error, file).empty()) std::abort();
    }
    return 0;
  }
  static const std::string good = read(SELFSAME_SOURCE_DIR "/models/networks.toml");
  write(folder.path / "networks.toml", data[0] == 'n' ? text : good);
  write(folder.path / "face_calibration.toml", data[0] == 'n' ? "" : text);
  const auto cards = read_model_cards(folder.path.string());
  if (!cards && cards.error().detail.empty()) std::abort();
  return 0;
}
