// SPDX-License-Identifier: Apache-2.0
// Every test picture is encoded here: left half red, right half blue, green in the upper left
// corner.
#include "vision/decode_image.h"

#include <gtest/gtest.h>
#include <libheif/heif.h>
#include <png.h>
#include <turbojpeg.h>
#include <webp/encode.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <string>
#include <vector>

#include "vision/media/exif.h"
#include "vision/media/heic_tiles.h"
#include "vision/media/hevc_size.h"
#include "vision/test_cards.h"

// The HEVC encoder that makes a test picture loses a few bytes; decoding does not use it.
extern "C" const char* __lsan_default_suppressions();  // NOLINT: LeakSanitizer's name
extern "C" const char* __lsan_default_suppressions() {
  return "leak:libx265\n";
}  // NOLINT

namespace selfsame::vision {
namespace {

using std::string_view_literals::operator""sv;

constexpr int kWidth = 96;
constexpr int kHeight = 64;

std::array<std::uint8_t, 3> colour_at_place(int x, int y) {  // BGR
  if (x < kWidth / 4 && y < kHeight / 4) return {0, 255, 0};
  if (x < kWidth / 2) return {0, 0, 255};
  return {255, 0, 0};
}

Image upright_picture() {
  Image image{kWidth, kHeight, {}};
  for (int y = 0; y < kHeight; ++y) {
    for (int x = 0; x < kWidth; ++x) {
      const auto bgr = colour_at_place(x, y);
      image.bgr.insert(image.bgr.end(), bgr.begin(), bgr.end());
    }
  }
  return image;
}

// The pixels that a camera with this EXIF orientation would store. The table of the standard: where
// row 0 and column 0 of what is stored lie in what is seen.
Image stored_picture(int orientation) {
  const bool swapped = orientation >= 5;
  Image image{swapped ? kHeight : kWidth, swapped ? kWidth : kHeight, {}};
  for (int row = 0; row < image.height_px; ++row) {
    for (int column = 0; column < image.width_px; ++column) {
      const int along = swapped ? row : column;  // moves in x of what is seen
      const int down = swapped ? column : row;   // moves in y of what is seen
      const bool from_right =
          orientation == 2 || orientation == 3 || orientation == 6 || orientation == 7;
      const bool from_bottom =
          orientation == 3 || orientation == 4 || orientation == 7 || orientation == 8;
      const auto bgr = colour_at_place(
          from_right ? kWidth - 1 - along : along, from_bottom ? kHeight - 1 - down : down
      );
      image.bgr.insert(image.bgr.end(), bgr.begin(), bgr.end());
    }
  }
  return image;
}

void expect_pixel(const Image& image, int x, int y, std::array<int, 3> bgr, int tolerance) {
  const std::size_t at = (static_cast<std::size_t>(y) * static_cast<std::size_t>(image.width_px) +
                          static_cast<std::size_t>(x)) *
                         3;
  for (std::size_t c = 0; c < 3; ++c) {
    EXPECT_LE(std::abs(image.bgr.at(at + c) - bgr[c]), tolerance)
        << "at " << x << "," << y << " channel " << c;
  }
}

void expect_upright(const Result<Image>& image, int tolerance = 30) {
  ASSERT_TRUE(image) << image.error().detail;
  ASSERT_EQ(image->width_px, kWidth);
  ASSERT_EQ(image->height_px, kHeight);
  expect_pixel(*image, 8, 6, {0, 255, 0}, tolerance);
  expect_pixel(*image, 20, 50, {0, 0, 255}, tolerance);
  expect_pixel(*image, 80, 10, {255, 0, 0}, tolerance);
}

Errc code_of(ByteView encoded, const ImageLimits& limits = {}) {
  const auto image = decode_image(encoded, limits);
  return image ? Errc{} : image.error().code;
}

// ── Encoders ──

Bytes jpeg_of(const Image& image, int subsampling = TJSAMP_444, int flags = 0) {
  tjhandle handle = tjInitCompress();
  unsigned char* raw = nullptr;
  unsigned long size = 0;
  tjCompress2(
      handle,
      image.bgr.data(),
      image.width_px,
      0,
      image.height_px,
      TJPF_BGR,
      &raw,
      &size,
      subsampling,
      95,
      flags
  );
  Bytes bytes(raw, raw + size);
  tjFree(raw);
  tjDestroy(handle);
  return bytes;
}

Bytes png_of(const void* pixels, int width, int height, std::uint32_t format) {
  png_image png{};
  png.version = PNG_IMAGE_VERSION;
  png.width = static_cast<png_uint_32>(width);
  png.height = static_cast<png_uint_32>(height);
  png.format = format;
  png_alloc_size_t size = 0;
  png_image_write_to_memory(&png, nullptr, &size, 0, pixels, 0, nullptr);
  Bytes bytes(size);
  png_image_write_to_memory(&png, bytes.data(), &size, 0, pixels, 0, nullptr);
  bytes.resize(size);
  return bytes;
}

Bytes webp_of(const Image& image, bool lossless = true) {
  std::uint8_t* raw = nullptr;
  const int stride = image.width_px * 3;
  const std::size_t size =
      lossless
          ? WebPEncodeLosslessBGR(image.bgr.data(), image.width_px, image.height_px, stride, &raw)
          : WebPEncodeBGR(image.bgr.data(), image.width_px, image.height_px, stride, 90, &raw);
  Bytes bytes(raw, raw + size);
  WebPFree(raw);
  return bytes;
}

// Empty where libheif has no HEVC encoder.
Bytes heic_of(const Image& image, bool turned = false) {
  Bytes bytes;
  heif_context* context = heif_context_alloc();
  heif_encoder* encoder = nullptr;
  if (heif_context_get_encoder_for_format(context, heif_compression_HEVC, &encoder).code ==
      heif_error_Ok) {
    heif_image* picture = nullptr;
    heif_image_create(
        image.width_px, image.height_px, heif_colorspace_RGB, heif_chroma_interleaved_RGB, &picture
    );
    heif_image_add_plane(picture, heif_channel_interleaved, image.width_px, image.height_px, 8);
    int stride = 0;
    std::uint8_t* plane = heif_image_get_plane(picture, heif_channel_interleaved, &stride);
    for (int y = 0; y < image.height_px; ++y) {
      for (int x = 0; x < image.width_px; ++x) {
        const auto* from = &image.bgr[static_cast<std::size_t>(y * image.width_px + x) * 3];
        std::reverse_copy(from, from + 3, plane + y * stride + x * 3);
      }
    }
    heif_encoder_set_lossy_quality(encoder, 90);
    heif_encoding_options* options = heif_encoding_options_alloc();
    if (turned) options->image_orientation = heif_orientation_rotate_90_cw;
    heif_image_handle* handle = nullptr;
    heif_context_encode_image(context, picture, encoder, options, &handle);
    heif_writer writer{1, [](heif_context*, const void* data, std::size_t size, void* to) {
                         const auto* from = static_cast<const std::uint8_t*>(data);
                         static_cast<Bytes*>(to)->assign(from, from + size);
                         return heif_error{heif_error_Ok, heif_suberror_Unspecified, ""};
                       }};
    heif_context_write(context, &writer, &bytes);
    heif_encoding_options_free(options);
    heif_image_handle_release(handle);
    heif_image_release(picture);
    heif_encoder_release(encoder);
  }
  heif_context_free(context);
  return bytes;
}

// ── EXIF ──

Bytes tiff_with(int orientation, bool little_endian) {
  const Bytes little = {'I', 'I', 42, 0, 8, 0, 0, 0, 1, 0, 0x12, 0x01, 3,
                        0,   1,   0,  0, 0, 0, 0, 0, 0, 0, 0,    0,    0};
  const Bytes big = {'M', 'M', 0, 42, 0, 0, 0, 8, 0, 1, 0x01, 0x12, 0,
                     3,   0,   0, 0,  1, 0, 0, 0, 0, 0, 0,    0,    0};
  Bytes tiff = little_endian ? little : big;
  tiff[little_endian ? 18 : 19] = static_cast<std::uint8_t>(orientation);
  return tiff;
}

void append(Bytes& to, std::string_view text) {
  to.insert(to.end(), text.begin(), text.end());
}
void append(Bytes& to, const Bytes& bytes) {
  to.insert(to.end(), bytes.begin(), bytes.end());
}
void append_number(Bytes& to, std::uint32_t value, std::size_t size, bool little_endian) {
  for (std::size_t i = 0; i < size; ++i) {
    to.push_back(static_cast<std::uint8_t>(value >> (8 * (little_endian ? i : size - 1 - i))));
  }
}

Bytes with_exif_in_jpeg(const Bytes& jpeg, const Bytes& tiff) {
  Bytes made(jpeg.begin(), jpeg.begin() + 2);
  append(made, "\xFF\xE1"sv);
  append_number(made, static_cast<std::uint32_t>(tiff.size() + 8), 2, false);
  append(made, "Exif\0\0"sv);
  append(made, tiff);
  made.insert(made.end(), jpeg.begin() + 2, jpeg.end());
  return made;
}

std::uint32_t crc_of(ByteView bytes) {
  std::uint32_t crc = 0xFFFFFFFFU;
  for (const std::uint8_t byte : bytes) {
    crc ^= byte;
    for (int bit = 0; bit < 8; ++bit) crc = crc >> 1U ^ ((crc & 1U) != 0 ? 0xEDB88320U : 0U);
  }
  return ~crc;
}

Bytes with_exif_in_png(const Bytes& png, const Bytes& tiff) {
  constexpr std::ptrdiff_t kAfterHeader = 33;
  Bytes chunk;
  append(chunk, "eXIf"sv);
  append(chunk, tiff);
  Bytes made(png.begin(), png.begin() + kAfterHeader);
  append_number(made, static_cast<std::uint32_t>(tiff.size()), 4, false);
  append(made, chunk);
  append_number(made, crc_of(chunk), 4, false);
  made.insert(made.end(), png.begin() + kAfterHeader, png.end());
  return made;
}

Bytes with_exif_in_webp(const Bytes& webp, const Bytes& tiff, const Image& image) {
  Bytes body;
  append(body, "WEBPVP8X"sv);
  append_number(body, 10, 4, true);
  append_number(body, 0x08, 4, true);  // there is EXIF
  append_number(body, static_cast<std::uint32_t>(image.width_px - 1), 3, true);
  append_number(body, static_cast<std::uint32_t>(image.height_px - 1), 3, true);
  body.insert(body.end(), webp.begin() + 12, webp.end());
  append(body, "EXIF"sv);
  append_number(body, static_cast<std::uint32_t>(tiff.size()), 4, true);
  append(body, tiff);
  Bytes made;
  append(made, "RIFF"sv);
  append_number(made, static_cast<std::uint32_t>(body.size()), 4, true);
  append(made, body);
  return made;
}

class Orientation : public testing::TestWithParam<int> {};

TEST_P(Orientation, IsUndoneInJpeg) {
  const Bytes jpeg = jpeg_of(stored_picture(GetParam()));
  expect_upright(decode_image(with_exif_in_jpeg(jpeg, tiff_with(GetParam(), true))));
  expect_upright(decode_image(with_exif_in_jpeg(jpeg, tiff_with(GetParam(), false))));
}

TEST_P(Orientation, IsUndoneInPng) {
  const Image stored = stored_picture(GetParam());
  const Bytes png = png_of(stored.bgr.data(), stored.width_px, stored.height_px, PNG_FORMAT_BGR);
  expect_upright(decode_image(with_exif_in_png(png, tiff_with(GetParam(), true))), 0);
}

TEST_P(Orientation, IsUndoneInWebp) {
  const Image stored = stored_picture(GetParam());
  const Bytes webp = webp_of(stored);
  expect_upright(decode_image(with_exif_in_webp(webp, tiff_with(GetParam(), false), stored)), 0);
}

INSTANTIATE_TEST_SUITE_P(DecodeImage, Orientation, testing::Range(1, 9));

TEST(DecodeImage, ReadsDamagedExifAsUpright) {
  for (const int value : {0, 9, 255}) EXPECT_EQ(exif_orientation(tiff_with(value, true)), 1);
  const Bytes whole = tiff_with(6, true);
  for (std::size_t size = 0; size < whole.size() - 4; ++size) {
    EXPECT_EQ(exif_orientation(ByteView(whole).first(size)), 1) << size;
  }
  Bytes far = whole;
  far[4] = far[5] = far[6] = far[7] = 0xFF;
  EXPECT_EQ(exif_orientation(far), 1);
  EXPECT_EQ(exif_orientation(whole), 6);
}

// ── Formats ──

TEST(DecodeImage, ReadsEveryKindOfJpeg) {
  const Image picture = upright_picture();
  for (const int subsampling : {TJSAMP_444, TJSAMP_422, TJSAMP_420, TJSAMP_411, TJSAMP_440}) {
    expect_upright(decode_image(jpeg_of(picture, subsampling)), 60);
    expect_upright(decode_image(jpeg_of(picture, subsampling, TJFLAG_PROGRESSIVE)), 60);
  }
  const auto grey = decode_image(jpeg_of(picture, TJSAMP_GRAY));
  ASSERT_TRUE(grey);
  expect_pixel(*grey, 20, 50, {76, 76, 76}, 3);
}

TEST(DecodeImage, ReadsCmykJpeg) {
  // Red is no cyan, full magenta and yellow; Adobe stores inks inverted, others do not.
  const auto encoded = [](bool inverted) {
    std::vector<std::uint8_t> inks;
    for (int i = 0; i < 16 * 16; ++i) {
      for (const int ink : {0, 255, 255, 0}) {
        inks.push_back(static_cast<std::uint8_t>(inverted ? 255 - ink : ink));
      }
    }
    tjhandle handle = tjInitCompress();
    unsigned char* raw = nullptr;
    unsigned long size = 0;
    tjCompress2(handle, inks.data(), 16, 0, 16, TJPF_CMYK, &raw, &size, TJSAMP_444, 95, 0);
    Bytes bytes(raw, raw + size);
    tjFree(raw);
    tjDestroy(handle);
    return bytes;
  };
  Bytes adobe = encoded(true);  // libjpeg-turbo writes YCCK with Adobe's marker
  const auto image = decode_image(adobe);
  ASSERT_TRUE(image) << image.error().detail;
  expect_pixel(*image, 8, 8, {0, 0, 255}, 6);
}

TEST(DecodeImage, ReadsEveryKindOfPng) {
  const Image picture = upright_picture();
  expect_upright(decode_image(png_of(picture.bgr.data(), kWidth, kHeight, PNG_FORMAT_BGR)), 0);
  // Half-transparent black over white is middle grey.
  const std::vector<std::uint8_t> half = {0, 0, 0, 128, 0, 0, 0, 255, 0, 0, 0, 0, 255, 0, 0, 255};
  const auto flat = decode_image(png_of(half.data(), 2, 2, PNG_FORMAT_BGRA));
  ASSERT_TRUE(flat);
  expect_pixel(*flat, 1, 0, {0, 0, 0}, 0);
  expect_pixel(*flat, 0, 1, {255, 255, 255}, 0);
  expect_pixel(*flat, 1, 1, {255, 0, 0}, 0);
  EXPECT_GT(flat->bgr[0], 100);
  const std::vector<std::uint8_t> grey = {0, 128, 255, 64};
  const auto grey_image = decode_image(png_of(grey.data(), 2, 2, PNG_FORMAT_GRAY));
  ASSERT_TRUE(grey_image);
  expect_pixel(*grey_image, 1, 0, {128, 128, 128}, 0);
  const std::vector<std::uint16_t> deep(2 * 2 * 3, 65535);
  const auto deep_image = decode_image(png_of(deep.data(), 2, 2, PNG_FORMAT_LINEAR_RGB));
  ASSERT_TRUE(deep_image);
  expect_pixel(*deep_image, 1, 1, {255, 255, 255}, 0);
}

TEST(DecodeImage, ReadsPalettePng) {
  png_image png{};
  png.version = PNG_IMAGE_VERSION;
  png.width = png.height = 2;
  png.format = PNG_FORMAT_BGR_COLORMAP;
  png.colormap_entries = 2;
  const std::array<std::uint8_t, 6> colours = {0, 0, 255, 255, 0, 0};
  const std::array<std::uint8_t, 4> indices = {0, 1, 1, 0};
  Bytes bytes(1024);
  png_alloc_size_t size = bytes.size();
  ASSERT_NE(
      png_image_write_to_memory(&png, bytes.data(), &size, 0, indices.data(), 0, colours.data()), 0
  );
  bytes.resize(size);
  const auto image = decode_image(bytes);
  ASSERT_TRUE(image) << image.error().detail;
  expect_pixel(*image, 0, 0, {0, 0, 255}, 0);
  expect_pixel(*image, 1, 0, {255, 0, 0}, 0);
}

TEST(DecodeImage, ReadsWebp) {
  expect_upright(decode_image(webp_of(upright_picture())), 0);
  expect_upright(decode_image(webp_of(upright_picture(), false)), 60);
  const std::vector<std::uint8_t> clear(4 * 4 * 4, 0);
  std::uint8_t* raw = nullptr;
  const std::size_t size = WebPEncodeLosslessBGRA(clear.data(), 4, 4, 16, &raw);
  const Bytes bytes(raw, raw + size);
  WebPFree(raw);
  const auto image = decode_image(bytes);
  ASSERT_TRUE(image);
  expect_pixel(*image, 2, 2, {255, 255, 255}, 0);
}

TEST(DecodeImage, ReadsHeic) {
  const Bytes heic = heic_of(upright_picture());
  if (heic.empty()) GTEST_SKIP() << "libheif has no HEVC encoder here";
  EXPECT_EQ(sniff_image(heic), ImageFormat::heic);
  expect_upright(decode_image(heic), 60);
}

TEST(DecodeImage, TurnsHeicByItsOwnTransform) {
  const Bytes heic = heic_of(stored_picture(6), true);
  if (heic.empty()) GTEST_SKIP() << "libheif has no HEVC encoder here";
  expect_upright(decode_image(heic), 60);
}

/// A HEIC file's `iref` box: of which pictures each of `derived` is made.
Bytes references_of(const std::vector<std::pair<std::uint8_t, std::vector<std::uint8_t>>>& derived
) {
  Bytes content = {0, 0, 0, 0};
  for (const auto& [from, parts] : derived) {
    const auto size = static_cast<std::uint8_t>(12 + 2 * parts.size());
    content.insert(content.end(), {0, 0, 0, size, 'd', 'i', 'm', 'g', 0, from});
    content.insert(content.end(), {0, static_cast<std::uint8_t>(parts.size())});
    for (const std::uint8_t part : parts) content.insert(content.end(), {0, part});
  }
  Bytes box = {0, 0, static_cast<std::uint8_t>((content.size() + 8) >> 8U)};
  box.push_back(static_cast<std::uint8_t>(content.size() + 8));
  box.insert(box.end(), {'i', 'r', 'e', 'f'});
  box.insert(box.end(), content.begin(), content.end());
  return box;
}

// Every unit is a reference and the head of a box that holds all units behind it.
TEST(DecodeImage, BoundsTheWorkOfHeicBoxesInOneAnother) {
  constexpr std::uint32_t kUnits = 20'000;
  Bytes heic;
  const auto number = [&heic](std::uint32_t value) {
    for (int shift = 24; shift >= 0; shift -= 8) {
      heic.push_back(static_cast<std::uint8_t>(value >> static_cast<unsigned>(shift)));
    }
  };
  const auto letters = [&heic](std::string_view text) {
    heic.insert(heic.end(), text.begin(), text.end());
  };
  for (std::uint32_t i = 0; i < kUnits; ++i) {
    number(32);
    letters("dimg");
    heic.insert(heic.end(), {0, 1, 0, 1, 0, 2});
    heic.insert(heic.end(), 6, 0);
    number((kUnits - i) * 32 - 20);
    letters("iref");
    number(0);
  }
  EXPECT_FALSE(count_heic_tiles(heic));
}

TEST(DecodeImage, CountsTheTilesOfHeicBeforeLibheifFollowsThem) {
  EXPECT_EQ(count_heic_tiles(Bytes(100, 0)), 1);
  EXPECT_EQ(count_heic_tiles(references_of({{9, {1, 2, 3, 4}}})), 5);
  EXPECT_EQ(count_heic_tiles(references_of({{9, {8, 8}}, {8, {1, 2, 3}}})), 9) << "tiles of tiles";
  EXPECT_FALSE(count_heic_tiles(references_of({{1, {1}}})))
      << "made of itself: libheif would crash";
  EXPECT_FALSE(count_heic_tiles(references_of({{1, {2}}, {2, {3}}, {3, {1}}})));
  std::vector<std::pair<std::uint8_t, std::vector<std::uint8_t>>> chain;
  for (std::uint8_t i = 1; i <= 200; ++i) chain.push_back({i, {static_cast<std::uint8_t>(i - 1)}});
  EXPECT_FALSE(count_heic_tiles(references_of(chain))) << "as deep as its stack";
  chain.clear();
  for (std::uint8_t i = 1; i <= 7; ++i) {
    chain.push_back({i, std::vector<std::uint8_t>(20, static_cast<std::uint8_t>(i - 1))});
  }
  EXPECT_FALSE(count_heic_tiles(references_of(chain))) << "20 to the power of 7";
  Bytes cut = references_of({{9, {1, 2}}, {1, {9}}});
  cut[3] = static_cast<std::uint8_t>(cut[3] - 5);
  EXPECT_EQ(count_heic_tiles(cut), 3) << "what is cut off does not count";
}

TEST(DecodeImage, ChecksTheCodedSizeOfHeic) {
  const Bytes heic = heic_of(upright_picture());
  if (heic.empty()) GTEST_SKIP() << "libheif has no HEVC encoder here";
  EXPECT_TRUE(check_hevc_sizes(heic, {}));
  ImageLimits limits;
  limits.max_side_px = kWidth - 1;
  EXPECT_FALSE(check_hevc_sizes(heic, limits));
  limits = {};
  limits.max_pixels = kWidth * kHeight - 1;
  EXPECT_FALSE(check_hevc_sizes(heic, limits));
  limits = {};
  limits.max_heic_work = kWidth * kHeight - 1;
  EXPECT_FALSE(check_hevc_sizes(heic, limits));
}

// ── Limits and damage ──

std::vector<std::pair<std::string, Bytes>> one_of_each() {
  const Image picture = upright_picture();
  std::vector<std::pair<std::string, Bytes>> all = {
      {"jpeg", jpeg_of(picture)},
      {"progressive jpeg", jpeg_of(picture, TJSAMP_420, TJFLAG_PROGRESSIVE)},
      {"png", png_of(picture.bgr.data(), kWidth, kHeight, PNG_FORMAT_BGR)},
      {"webp", webp_of(picture)},
      {"lossy webp", webp_of(picture, false)},
  };
  const Bytes heic = heic_of(picture);
  if (!heic.empty()) all.emplace_back("heic", heic);
  return all;
}

TEST(DecodeImage, RefusesOverEachLimit) {
  for (const auto& [name, encoded] : one_of_each()) {
    EXPECT_EQ(code_of(encoded), Errc{}) << name;
    ImageLimits limits;
    limits.max_bytes = encoded.size() - 1;
    EXPECT_EQ(code_of(encoded, limits), Errc::image_too_large) << name;
    limits = {};
    limits.max_pixels = kWidth * kHeight - 1;
    EXPECT_EQ(code_of(encoded, limits), Errc::image_undecodable) << name;
    limits = {};
    limits.max_side_px = kWidth - 1;
    EXPECT_EQ(code_of(encoded, limits), Errc::image_undecodable) << name;
  }
}

TEST(DecodeImage, RefusesJpegWithTooManyScans) {
  const Bytes jpeg = jpeg_of(upright_picture(), TJSAMP_420, TJFLAG_PROGRESSIVE);
  ImageLimits limits;
  limits.max_jpeg_scans = 3;
  EXPECT_EQ(code_of(jpeg, limits), Errc::image_undecodable);
  limits = {};
  limits.max_jpeg_work = kWidth * kHeight * 2;
  EXPECT_EQ(code_of(jpeg, limits), Errc::image_undecodable);
}

TEST(DecodeImage, RefusesEveryTruncation) {
  for (const auto& [name, encoded] : one_of_each()) {
    for (std::size_t size = 0; size < encoded.size(); size += 1 + encoded.size() / 97) {
      EXPECT_EQ(code_of(ByteView(encoded).first(size)), Errc::image_undecodable)
          << name << " " << size;
    }
  }
}

TEST(DecodeImage, SurvivesEveryFlippedByte) {
  for (const auto& [name, encoded] : one_of_each()) {
    for (std::size_t at = 0; at < encoded.size(); at += 1 + encoded.size() / 200) {
      Bytes damaged = encoded;
      damaged[at] ^= 0xFF;
      const auto image = decode_image(damaged);  // an answer or an error, no crash
      if (image) {
        EXPECT_EQ(
            image->bgr.size(),
            static_cast<std::size_t>(image->width_px) * static_cast<std::size_t>(image->height_px) *
                3
        );
      }
    }
  }
}

TEST(DecodeImage, BearsPaddingBetweenJpegSegments) {
  const Bytes jpeg = jpeg_of(upright_picture());
  Bytes padded(jpeg.begin(), jpeg.begin() + 20);  // SOI and JFIF
  append(padded, "\0\0\0"sv);
  padded.insert(padded.end(), jpeg.begin() + 20, jpeg.end());
  expect_upright(decode_image(padded), 60);
  Bytes tail = jpeg;
  append(tail, "what some programs append"sv);
  expect_upright(decode_image(tail), 60);
}

TEST(DecodeImage, RefusesHeadersThatPromiseTooMuch) {
  // A PNG of 33 bytes that says 60000 x 60000.
  Bytes png = png_of(upright_picture().bgr.data(), kWidth, kHeight, PNG_FORMAT_BGR);
  png[18] = png[22] = 0xEA;
  png[19] = png[23] = 0x60;
  EXPECT_EQ(code_of(png), Errc::image_undecodable);
  Bytes jpeg = jpeg_of(upright_picture());
  const auto frame = text_of(jpeg).find("\xFF\xC0"sv);
  ASSERT_NE(frame, std::string_view::npos);
  jpeg[frame + 5] = jpeg[frame + 7] = 0xEA;
  EXPECT_EQ(code_of(jpeg), Errc::image_undecodable);
}

TEST(DecodeImage, RefusesWhatIsNoPicture) {
  for (const auto& text :
       {""sv,
        "\0"sv,
        "GIF89a"sv,
        "\xFF\xD8\xFF"sv,
        "\x89PNG\r\n\x1A\n"sv,
        "RIFF\0\0\0\0WEBP"sv,
        "\0\0\0\x18"
        "ftypheic"sv,
        "\0\0\0\x18"
        "ftypmp42"sv,
        "<svg/>"sv,
        "BM"sv}) {
    EXPECT_EQ(code_of(bytes_of(text)), Errc::image_undecodable) << text;
  }
  EXPECT_EQ(code_of(Bytes(100'000, 0)), Errc::image_undecodable);
}

TEST(DecodeImage, DecodesLargeJpegSmaller) {
  Image large{3300, 200, std::vector<std::uint8_t>(3300UL * 200 * 3, 90)};
  const Bytes jpeg = encode_jpeg(large, 90);
  const auto header = read_image_header(jpeg);
  ASSERT_TRUE(header);
  EXPECT_EQ(header->width_px, 3300);
  const auto image = decode_image(jpeg);
  ASSERT_TRUE(image);
  EXPECT_EQ(image->width_px, 1650);
  EXPECT_EQ(image->height_px, 100);
  expect_pixel(*image, 800, 50, {90, 90, 90}, 2);
  ImageLimits limits;
  limits.full_decode_side_px = 0;
  EXPECT_EQ(decode_image(jpeg, limits)->width_px, 3300);
}

TEST(EncodeJpeg, IsReadAgain) {
  expect_upright(decode_image(encode_jpeg(upright_picture(), 95)), 60);
  EXPECT_TRUE(encode_jpeg({}, 90).empty());
  EXPECT_LT(encode_jpeg(upright_picture(), -5).size(), encode_jpeg(upright_picture(), 100).size());
}

}  // namespace
}  // namespace selfsame::vision
