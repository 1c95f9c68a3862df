// SPDX-License-Identifier: Apache-2.0
#include "vision/photo_origin.h"

#include <gtest/gtest.h>

#include <string_view>

#include "vision/media/exif.h"

namespace selfsame::vision {
namespace {

using std::string_view_literals::operator""sv;

Bytes bytes(std::string_view text) {
  return {text.begin(), text.end()};
}

// Little-endian: make "Acme Corp" behind the directory, model "X1" in its entry.
constexpr std::string_view kTiff =
    "II*\0\x08\0\0\0\x02\0"
    "\x0F\x01\x02\0\x0A\0\0\0\x26\0\0\0"
    "\x10\x01\x02\0\x03\0\0\0X1\0\0"
    "\0\0\0\0Acme Corp\0"sv;

Bytes jpeg_with(std::string_view tiff) {
  Bytes jpeg = bytes("\xFF\xD8\xFF\xE0\0\x04xx\xFF\xE1"sv);
  const std::size_t length = tiff.size() + 8;
  jpeg.push_back(static_cast<std::uint8_t>(length >> 8U));
  jpeg.push_back(static_cast<std::uint8_t>(length));
  const Bytes content = bytes("Exif\0\0"sv);
  jpeg.insert(jpeg.end(), content.begin(), content.end());
  jpeg.insert(jpeg.end(), tiff.begin(), tiff.end());
  const Bytes scan = bytes("\xFF\xDA\0\x02"sv);
  jpeg.insert(jpeg.end(), scan.begin(), scan.end());
  return jpeg;
}

TEST(PhotoOriginTest, ReadsMakeAndModel) {
  const PhotoOrigin origin = read_photo_origin(jpeg_with(kTiff));
  EXPECT_TRUE(origin.is_jpeg);
  EXPECT_EQ(origin.make, "Acme Corp");
  EXPECT_EQ(origin.model, "X1");
}

TEST(PhotoOriginTest, IsEmptyWithoutExifAndForOtherKinds) {
  const PhotoOrigin bare = read_photo_origin(bytes("\xFF\xD8\xFF\xDA\0\x02"sv));
  EXPECT_TRUE(bare.is_jpeg);
  EXPECT_TRUE(bare.make.empty());
  EXPECT_FALSE(read_photo_origin(bytes("\x89PNG\r\n\x1A\n"sv)).is_jpeg);
  EXPECT_EQ(read_photo_origin({}), PhotoOrigin());
}

TEST(PhotoOriginTest, BearsEveryTruncationAndFlippedByte) {
  const Bytes whole = jpeg_with(kTiff);
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const auto origin = read_photo_origin(ByteView(whole).first(size));
    EXPECT_LE(origin.make.size(), 64u);
  }
  for (std::size_t i = 0; i < whole.size(); ++i) {
    for (const int bit : {1, 16, 128}) {
      Bytes changed = whole;
      changed[i] ^= static_cast<std::uint8_t>(bit);
      const auto origin = read_photo_origin(changed);
      EXPECT_LE(origin.make.size() + origin.model.size(), 128u);
    }
  }
}

}  // namespace
}  // namespace selfsame::vision
