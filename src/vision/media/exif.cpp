// SPDX-License-Identifier: Apache-2.0
#include "vision/media/exif.h"

#include <algorithm>
#include <string_view>

namespace selfsame::vision {
namespace {

constexpr std::uint16_t kOrientationTag = 0x0112;
constexpr std::uint16_t kShortType = 3;
constexpr std::size_t kEntryBytes = 12;
constexpr int kUpright = 1;

class TiffReader {
 public:
  TiffReader(ByteView bytes, bool little_endian) : bytes_(bytes), little_endian_(little_endian) {}

  // 0 outside the block.
  [[nodiscard]] std::uint16_t u16(std::size_t at) const noexcept {
    if (at + 2 > bytes_.size()) return 0;
    const unsigned first = bytes_[at];
    const unsigned second = bytes_[at + 1];
    return static_cast<std::uint16_t>(little_endian_ ? first | second << 8U : first << 8U | second);
  }
  [[nodiscard]] std::uint32_t u32(std::size_t at) const noexcept {
    const std::uint32_t first = u16(at);
    const std::uint32_t second = u16(at + 2);
    return little_endian_ ? first | second << 16U : first << 16U | second;
  }

 private:
  ByteView bytes_;
  bool little_endian_;
};

}  // namespace

int exif_orientation(ByteView block) noexcept {
  using std::string_view_literals::operator""sv;
  if (text_of(block).starts_with("Exif\0\0"sv)) block = block.subspan(6);
  const auto mark = text_of(block).substr(0, 4);
  const bool little_endian = mark == "II*\0"sv;
  if (!little_endian && mark != "MM\0*"sv) return kUpright;
  const TiffReader tiff(block, little_endian);
  const std::size_t directory = tiff.u32(4);
  const std::size_t entries = tiff.u16(directory);
  for (std::size_t i = 0; i < entries; ++i) {
    const std::size_t entry = directory + 2 + i * kEntryBytes;
    if (entry + kEntryBytes > block.size()) return kUpright;
    if (tiff.u16(entry) != kOrientationTag || tiff.u16(entry + 2) != kShortType) continue;
    const int value = tiff.u16(entry + 8);
    return value >= 1 && value <= 8 ? value : kUpright;
  }
  return kUpright;
}

}  // namespace selfsame::vision
