// SPDX-License-Identifier: Apache-2.0
#include "vision/media/exif.h"

#include <algorithm>
#include <optional>
#include <string_view>

namespace selfsame::vision {
namespace {

constexpr std::uint16_t kOrientationTag = 0x0112;
constexpr std::uint16_t kAsciiType = 2;
constexpr std::uint16_t kShortType = 3;
constexpr std::size_t kInsideBytes = 4;
constexpr std::size_t kTextBytesMax = 64;
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

struct Tiff {
  ByteView block;  // from its mark on
  TiffReader reader;
};

std::optional<Tiff> tiff_in(ByteView block) noexcept {
  using std::string_view_literals::operator""sv;
  if (text_of(block).starts_with("Exif\0\0"sv)) block = block.subspan(6);
  const auto mark = text_of(block).substr(0, 4);
  const bool little_endian = mark == "II*\0"sv;
  if (!little_endian && mark != "MM\0*"sv) return std::nullopt;
  return Tiff{.block = block, .reader = TiffReader(block, little_endian)};
}

/// Where the entry of this tag and type begins in the first directory; nothing when there is none.
std::optional<std::size_t> find_entry(
    const Tiff& tiff, std::uint16_t tag, std::uint16_t type
) noexcept {
  const std::size_t directory = tiff.reader.u32(4);
  const std::size_t entries = tiff.reader.u16(directory);
  for (std::size_t i = 0; i < entries; ++i) {
    const std::size_t entry = directory + 2 + i * kEntryBytes;
    if (entry + kEntryBytes > tiff.block.size()) return std::nullopt;
    if (tiff.reader.u16(entry) == tag && tiff.reader.u16(entry + 2) == type) return entry;
  }
  return std::nullopt;
}

}  // namespace

int exif_orientation(ByteView block) noexcept {
  const auto tiff = tiff_in(block);
  if (!tiff) return kUpright;
  const auto entry = find_entry(*tiff, kOrientationTag, kShortType);
  if (!entry) return kUpright;
  const int value = tiff->reader.u16(*entry + 8);
  return value >= 1 && value <= 8 ? value : kUpright;
}

std::string exif_text(ByteView block, std::uint16_t tag) {
  const auto tiff = tiff_in(block);
  if (!tiff) return {};
  const auto entry = find_entry(*tiff, tag, kAsciiType);
  if (!entry) return {};
  const std::size_t length = std::min<std::size_t>(tiff->reader.u32(*entry + 4), kTextBytesMax);
  // What fits stands in the entry itself.
  const bool is_inside = tiff->reader.u32(*entry + 4) <= kInsideBytes;
  const std::size_t at = is_inside ? *entry + 8 : tiff->reader.u32(*entry + 8);
  if (at > tiff->block.size() || length > tiff->block.size() - at) return {};
  const std::string_view text = text_of(tiff->block.subspan(at, length));
  return std::string(text.substr(0, text.find('\0')));
}

}  // namespace selfsame::vision
