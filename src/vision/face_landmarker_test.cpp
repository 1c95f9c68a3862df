// SPDX-License-Identifier: Apache-2.0
#include "vision/face_landmarker.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstddef>

#include "vision/liveness_test_parts.h"

namespace selfsame::vision {
namespace {

using FaceLandmarkerOf = test::WithNetworks;

double distance(const MeshPoint& point, const Point& other) {
  return std::hypot(static_cast<double>(point.x - other.x), static_cast<double>(point.y - other.y));
}

TEST_F(FaceLandmarkerOf, PortraitsAgreesWithTheDetector) {
  for (const auto& file : test::kPortraits) {
    const auto image = test::fixture(file);
    const auto face = test::face_in(image);
    const auto mesh = test::mesh_in(image);
    ASSERT_EQ(mesh.points.size(), kMeshPoints);
    EXPECT_GT(mesh.presence, 25) << file;
    const double near = 0.12 * static_cast<double>(face.box.width);
    EXPECT_LT(distance(mesh.points[1], face.landmarks[2]), near) << file;   // nose
    EXPECT_LT(distance(mesh.points[61], face.landmarks[3]), near) << file;  // mouth corners
    EXPECT_LT(distance(mesh.points[291], face.landmarks[4]), near) << file;
  }
}

TEST_F(FaceLandmarkerOf, PicturesOfAnySizeFindsTheSamePoints) {
  const auto image = test::fixture("obama.jpg");
  const auto mesh = test::mesh_in(image);
  for (const double factor : {0.3, 2.0}) {
    const auto other = test::mesh_in(test::resized(image, factor));
    double sum = 0;
    for (std::size_t i = 0; i < kMeshPoints; ++i) {
      const Point expected{
          static_cast<float>(static_cast<double>(mesh.points[i].x) * factor),
          static_cast<float>(static_cast<double>(mesh.points[i].y) * factor)
      };
      sum += distance(other.points[i], expected);
    }
    EXPECT_LT(sum / kMeshPoints, 0.03 * factor * 240) << factor;  // 3 % of the face's width
  }
}

TEST_F(FaceLandmarkerOf, MovedFacesHaveThePointsThatTheyHaveAnyway) {
  const auto& landmarker = test::parts().landmarker;
  const auto image = test::fixture("obama.jpg");
  const auto larger = test::resized(image, 1.15);
  const auto much_larger = test::resized(image, 2);
  const auto there = test::face_in(image);
  const auto mesh_there = test::mesh_in(image);
  for (const auto* other : {&larger, &much_larger}) {
    const auto face = test::face_in(*other);
    const auto moved = landmarker.locate_moved(view_of(*other), face, there, mesh_there).value();
    const auto anew = landmarker.locate(view_of(*other), face).value();
    EXPECT_TRUE(landmarker.is_present(moved));
    double sum = 0;
    for (std::size_t i = 0; i < kMeshPoints; ++i) {
      sum += distance(moved.points[i], {anew.points[i].x, anew.points[i].y});
    }
    EXPECT_LT(sum / kMeshPoints, 0.01 * static_cast<double>(face.box.width));
  }
}

TEST_F(FaceLandmarkerOf, NothingHasNoPresence) {
  const Image grey{
      .width_px = 300, .height_px = 300, .bgr = std::vector<std::uint8_t>(270000, 128)
  };
  const DetectedFace claimed{
      .box = {100, 100, 100, 120},
      .confidence = 1,
      .landmarks = {{130, 140}, {170, 140}, {150, 165}, {135, 190}, {165, 190}}
  };
  EXPECT_LT(test::parts().landmarker.locate(view_of(grey), claimed).value().presence, 0);
}

TEST_F(FaceLandmarkerOf, FacesOfNoSizeIsAnError) {
  const auto image = test::fixture("obama.jpg");
  EXPECT_FALSE(test::parts().landmarker.locate(view_of(image), {}).has_value());
  DetectedFace empty;
  empty.landmarks.resize(5);
  EXPECT_FALSE(test::parts().landmarker.locate(view_of(image), empty).has_value());
}

TEST_F(FaceLandmarkerOf, WrongCardsAreRefused) {
  auto card = test::mesh_card();
  card.output_length = 0;
  EXPECT_FALSE(FaceLandmarker::create(test::parts().runtime->load(card).value()));
}

TEST_F(FaceLandmarkerOf, EyesAndMouthMeasuresAreInRange) {
  for (const auto& file : test::kPortraits) {
    const auto mesh = test::mesh_in(test::fixture(file));
    EXPECT_GT(eye_aspect_ratio(mesh), 0.12) << file;
    EXPECT_LT(eye_aspect_ratio(mesh), 0.5) << file;
    EXPECT_LT(mouth_opening(mesh), 0.45) << file;  // a smile shows teeth
  }
}

}  // namespace
}  // namespace selfsame::vision
