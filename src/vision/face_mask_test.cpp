// SPDX-License-Identifier: Apache-2.0
#include "vision/face_mask.h"

#include <gtest/gtest.h>

#include <array>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <fstream>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "vision/liveness_test_parts.h"

namespace selfsame::vision {
namespace {

using FaceMask = test::WithNetworks;
using FaceMaskOnLfw = test::WithEvalData;

// BGR. "skin" is that of the person.
struct Cloth {
  const char* name;
  cv::Scalar bgr;
};
const std::array<Cloth, 7> kCloths = {{
    {"white", {235, 235, 235}},
    {"light blue", {215, 190, 140}},
    {"black", {40, 38, 38}},
    {"pink", {190, 170, 225}},
    {"grey", {140, 140, 140}},
    {"green", {160, 200, 150}},
    {"red", {60, 50, 170}},
}};

cv::Scalar skin_of(const Image& image, const FaceLandmarks& mesh) {
  const auto& cheek = mesh.points[50];
  const cv::Rect around(cvRound(cheek.x) - 2, cvRound(cheek.y) - 2, 5, 5);
  const cv::Rect inside = around & cv::Rect(0, 0, image.width_px, image.height_px);
  return inside.empty() ? cv::Scalar(130, 150, 190) : cv::mean(as_mat(view_of(image))(inside));
}

// Nothing where no face is found any more.
std::optional<double> evidence_in(const Image& image) {
  const auto faces = test::parts().detector.detect(view_of(image), 640).value();
  if (faces.empty()) return std::nullopt;
  const auto mesh = test::parts().landmarker.locate(view_of(image), faces.front()).value();
  const auto canvas = canvas_of(view_of(image), mesh);
  const auto cues = canvas ? measure_mask_cues(*canvas) : std::nullopt;
  return cues ? std::optional(mask_evidence(*cues)) : std::nullopt;
}

TEST_F(FaceMask, IsNotSeenOnBareFaces) {
  for (const char* file :
       {"obama.jpg", "obama2.jpg", "obama3.jpg", "biden.jpg", "astronaut.png", "talking.jpg"}) {
    EXPECT_LT(evidence_in(test::fixture(file)).value(), -2) << file;
  }
}

TEST_F(FaceMask, IsSeenInEveryColour) {
  for (const auto& file : test::kPortraits) {
    const auto image = test::fixture(file);
    const auto mesh = test::mesh_in(image);
    for (const auto& cloth : kCloths) {
      const auto evidence = evidence_in(test::with_mask(image, mesh, cloth.bgr));
      if (evidence) EXPECT_GE(*evidence, kMaskWorn) << file << ", " << cloth.name;
    }
  }
}

TEST_F(FaceMask, IsSeenInTheColourOfTheSkin) {
  int seen = 0;
  for (const auto& file : test::kPortraits) {
    const auto image = test::fixture(file);
    const auto mesh = test::mesh_in(image);
    const auto evidence = evidence_in(test::with_mask(image, mesh, skin_of(image, mesh)));
    seen += evidence.value_or(kMaskWorn) >= kMaskWorn ? 1 : 0;
  }
  EXPECT_GE(seen, 2);  // of three: without colour only shape and presence speak
}

TEST(FaceMaskEvidence, KnowsEachCuesDirection) {
  const MaskCues bare{.presence = 40, .lip_contrast = 0, .colour_distance = 5};
  const MaskCues worn{.presence = 8, .lip_contrast = -0.8, .colour_distance = 20};
  EXPECT_LT(mask_evidence(bare), -2);
  EXPECT_GT(mask_evidence(worn), 2);
  for (auto changed : {bare, worn}) {
    const double before = mask_evidence(changed);
    changed.presence -= 1;
    EXPECT_GT(mask_evidence(changed), before);
    changed.lip_contrast += 5;
    EXPECT_LT(mask_evidence(changed), before);
  }
}

TEST(FaceMaskCues, AreMissingOutsideThePicture) {
  const Image grey{.width_px = 50, .height_px = 50, .bgr = std::vector<std::uint8_t>(7500, 128)};
  FaceLandmarks away;
  away.points.assign(kMeshPoints, {.x = 500, .y = 500, .z = 0});
  EXPECT_FALSE(canvas_of(view_of(grey), away).has_value());
  EXPECT_FALSE(canvas_of(view_of(grey), {}).has_value());
}

// Every n-th photo of a ustar archive.
std::vector<Image> photos_of(const std::string& tar_path, std::size_t every, std::size_t most) {
  std::vector<Image> photos;
  std::ifstream tar(tar_path, std::ios::binary);
  std::array<char, 512> header{};
  std::size_t number = 0;
  while (photos.size() < most && tar.read(header.data(), header.size()) && header[0] != '\0') {
    std::size_t size = 0;
    std::from_chars(&header[124], &header[135], size, 8);
    const bool is_photo = header[156] == '0' && size > 0;
    const std::size_t padded = (size + 511) / 512 * 512;
    if (!is_photo || number++ % every != 0) {
      tar.seekg(static_cast<std::streamoff>(padded), std::ios::cur);
      continue;
    }
    Bytes bytes(padded);
    tar.read(reinterpret_cast<char*>(bytes.data()), static_cast<std::streamsize>(padded));
    bytes.resize(size);
    if (auto photo = decode_image(bytes)) photos.push_back(std::move(*photo));
  }
  return photos;
}

TEST_F(FaceMaskOnLfw, FiresOnDrawnMasksAndHardlyOnBareFaces) {
  const auto photos = photos_of(test::kEvalData + "/face/lfw-view2.tar", 15, 500);
  ASSERT_GE(photos.size(), 500U);
  int bare = 0, fired = 0, masked = 0, caught = 0;
  for (std::size_t i = 0; i < photos.size(); ++i) {
    const auto evidence = evidence_in(photos[i]);
    if (!evidence) continue;
    ++bare;
    fired += *evidence >= kMaskWorn ? 1 : 0;
    if (i % 2 != 0) continue;
    const auto mesh = test::mesh_in(photos[i]);
    const std::size_t colour = i / 2 % (kCloths.size() + 1);
    const auto bgr = colour < kCloths.size() ? kCloths.at(colour).bgr : skin_of(photos[i], mesh);
    const auto worn = evidence_in(test::with_mask(photos[i], mesh, bgr));
    if (!worn) continue;
    ++masked;
    caught += *worn >= kMaskWorn ? 1 : 0;
  }
  std::printf(
      "LFW: fires on %d of %d bare faces, %d of %d drawn masks\n", fired, bare, caught, masked
  );
  EXPECT_LE(fired, bare * 2 / 100);
  EXPECT_GE(caught, masked * 93 / 100);
}

}  // namespace
}  // namespace selfsame::vision
