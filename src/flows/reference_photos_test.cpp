// SPDX-License-Identifier: Apache-2.0
#include "flows/reference_photos.h"

#include <gtest/gtest.h>

#include <cmath>

#include "flows/test_await.h"
#include "flows/test_engine.h"

namespace selfsame::flows {
namespace {

using testing::await;
using testing::ScriptedEngine;

TEST(ReferencePhotosTest, ComeBackAsTheyWere) {
  const ReferencePhotos one{.deciding = {0xff, 0xd8, 1}, .further = {}};
  EXPECT_EQ(pack(one), one.deciding) << "as older rows have it";
  const ReferencePhotos all{.deciding = {}, .further = {{1, 2}, {}, Bytes(70'000, 3)}};
  const auto read = unpack(pack(all));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->deciding, all.deciding);
  EXPECT_EQ(read->further, all.further);
  EXPECT_EQ(all.size_bytes(), 70'002u);
  EXPECT_TRUE(pack({}).empty());
  EXPECT_TRUE(unpack({})->empty());
}

TEST(ReferencePhotosTest, WhatIsCutOrTooMuchIsRefused) {
  const ReferencePhotos all{.deciding = {9}, .further = {{1, 2}, {3}}};
  const Bytes packed = pack(all);
  constexpr std::size_t kWithoutLast = 5;  // a length and its byte
  for (std::size_t size = 18; size < packed.size(); ++size) {
    const auto cut =
        unpack(Bytes(packed.begin(), packed.begin() + static_cast<std::ptrdiff_t>(size)));
    const bool is_shorter_list = size == packed.size() - kWithoutLast || size == 18 + kWithoutLast;
    EXPECT_EQ(cut.has_value(), is_shorter_list) << size;
  }
  const ReferencePhotos many{.deciding = {9}, .further = std::vector<Bytes>(4, Bytes{1})};
  EXPECT_EQ(unpack(pack(many)).error().code, Errc::integrity_failure);
}

/// Photos are told apart by their first byte.
class PhotoEngine final : public ScriptedEngine {
 public:
  Result<vision::FacePhoto> read_photo(ByteView encoded, const vision::PhotoOptions& options)
      const override {
    vision::FacePhoto photo{.width_px = 100, .height_px = 4096, .templates = {{1.0F}}};
    switch (encoded[0]) {
      case 'u':
        return fail(Errc::image_undecodable);
      case 'e':
        return fail(Errc::engine_failed);
      case 'l':
        photo.height_px = 4097;
        break;
      case 'n':
        photo.defect = core::CaptureDefect::no_face;
        break;
      case 's':
        photo.defect = core::CaptureDefect::several_faces;
        break;
      case 'b':
        photo.defect = core::CaptureDefect::poor_quality;
        break;
      case 'r':
        if (!options.search_rotation) photo.defect = core::CaptureDefect::no_face;
        break;
      default:
        break;
    }
    return photo;
  }
};

TEST(ReadPhotosTest, NamesTheFirstPhotoThatIsOfNoUse) {
  const PhotoEngine engine;
  const auto fault = [&](std::vector<Bytes> photos, PhotoRules rules = {}) {
    return read_photos(engine, photos, rules).value().fault;
  };
  EXPECT_FALSE(fault({{'g'}, {'g'}}));
  const std::pair<std::uint8_t, PhotoFault> kFaults[] = {
      {'u', PhotoFault::undecodable},
      {'l', PhotoFault::too_large},
      {'n', PhotoFault::no_face},
      {'s', PhotoFault::several_faces},
      {'b', PhotoFault::unfit}
  };
  for (const auto& [kind, expected] : kFaults) {
    const auto found = fault({{'g'}, {kind}, {'u'}});
    ASSERT_TRUE(found);
    EXPECT_EQ(found->index, 1u);
    EXPECT_EQ(found->fault, expected);
  }
  EXPECT_FALSE(fault({{'r'}}));
  EXPECT_EQ(fault({{'r'}}, {.search_rotation = false})->fault, PhotoFault::no_face);
  const std::vector<Bytes> broken = {{'e'}};
  EXPECT_EQ(read_photos(engine, broken, {}).error().code, Errc::engine_failed);
}

TEST(PhotoCheckTest, RunsOnThePool) {
  const PhotoEngine engine;
  InferencePool pool{1, 2};
  const PhotoCheck check(engine, pool);
  const auto later = std::chrono::steady_clock::now() + std::chrono::minutes(1);
  const auto found = await(check.run(
      {.customer = "c", .kind = Work::photo_comparison, .deadline = later, .is_abandoned = {}},
      {{'n'}},
      {}
  ));
  pool.join();
  ASSERT_TRUE(found && *found);
  EXPECT_EQ((*found)->fault, PhotoFault::no_face);
}

TEST(CosinesTest, HaveOneForEachPhoto) {
  PhotoEngine engine;
  engine.cosine = 0.25;
  const std::vector<Bytes> photos = {{'g'}, {'n'}, {'u'}, {'g'}};
  const auto cosines = cosines_with(engine, {{1.0F}}, photos).value();
  ASSERT_EQ(cosines.size(), 4u);
  EXPECT_EQ(cosines[0], 0.25);
  EXPECT_TRUE(std::isnan(cosines[1]));
  EXPECT_TRUE(std::isnan(cosines[2]));
  EXPECT_EQ(cosines[3], 0.25);
  const std::vector<Bytes> broken = {{'e'}};
  EXPECT_FALSE(cosines_with(engine, {{1.0F}}, broken));
}

}  // namespace
}  // namespace selfsame::flows
