// SPDX-License-Identifier: Apache-2.0
#include "vision/face_detector.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <opencv2/imgproc.hpp>
#include <vector>

#include "vision/engine_check.h"
#include "vision/liveness_test_parts.h"
#include "vision/media/orient.h"
#include "vision/photo_reader.h"
#include "vision/upright_search.h"

namespace selfsame::vision {
namespace {

Image resized(const Image& image, int width_px, int height_px) {
  Image made{width_px, height_px, {}};
  made.bgr.resize(static_cast<std::size_t>(width_px) * static_cast<std::size_t>(height_px) * 3);
  cv::Mat to(height_px, width_px, CV_8UC3, made.bgr.data());
  cv::resize(as_mat(view_of(image)), to, to.size(), 0, 0, cv::INTER_AREA);
  return made;
}

// Side by side on black.
Image joined(const Image& left, const Image& right) {
  Image made{left.width_px + right.width_px, std::max(left.height_px, right.height_px), {}};
  made.bgr.resize(
      static_cast<std::size_t>(made.width_px) * static_cast<std::size_t>(made.height_px) * 3
  );
  cv::Mat canvas(made.height_px, made.width_px, CV_8UC3, made.bgr.data());
  as_mat(view_of(left)).copyTo(canvas(cv::Rect(0, 0, left.width_px, left.height_px)));
  as_mat(view_of(right))
      .copyTo(canvas(cv::Rect(left.width_px, 0, right.width_px, right.height_px)));
  return made;
}

class FaceDetectorTest : public test::WithNetworks {
 protected:
  static std::vector<DetectedFace> find(const Image& image) {
    return test::parts().detector.find(view_of(image)).value();
  }
};

TEST_F(FaceDetectorTest, FindsTheOneFaceOfAPortrait) {
  for (const auto& file : test::kPortraits) {
    const auto faces = find(test::fixture(file));
    ASSERT_EQ(faces.size(), 1U) << file;
    const auto& face = faces.front();
    EXPECT_GT(face.confidence, 0.9F);
    ASSERT_EQ(face.landmarks.size(), 5U);
    for (const auto& point : face.landmarks) {
      EXPECT_GT(point.x, face.box.x);
      EXPECT_LT(point.x, face.box.x + face.box.width);
      EXPECT_GT(point.y, face.box.y);
      EXPECT_LT(point.y, face.box.y + face.box.height);
    }
    EXPECT_LT(face.landmarks[0].x, face.landmarks[1].x);  // the subject's right eye is image-left
    EXPECT_LT(face.landmarks[0].y, face.landmarks[2].y);
    EXPECT_LT(face.landmarks[2].y, face.landmarks[3].y);
    EXPECT_LT(face.landmarks[3].x, face.landmarks[4].x);
  }
}

TEST_F(FaceDetectorTest, CountsFacesLargestFirst) {
  const Image one = test::fixture("astronaut.png");
  const auto faces = find(joined(resized(one, 256, 256), one));
  ASSERT_EQ(faces.size(), 2U);
  EXPECT_GT(faces[0].box.height, 1.7F * faces[1].box.height);
  EXPECT_GT(faces[0].box.x, 256);
}

TEST_F(FaceDetectorTest, AnswersInPixelsOfThePicture) {
  const Image large = test::fixture("biden.jpg");
  const auto of_large = find(large).at(0).box;
  const auto of_small = find(resized(large, large.width_px / 4, large.height_px / 4)).at(0).box;
  EXPECT_NEAR(of_small.x * 4, of_large.x, of_large.width * 0.05F);
  EXPECT_NEAR(of_small.y * 4, of_large.y, of_large.height * 0.05F);
  EXPECT_NEAR(of_small.width * 4, of_large.width, of_large.width * 0.07F);
}

TEST_F(FaceDetectorTest, FindsAFaceThatFillsThePicture) {
  const Image image = test::fixture("obama.jpg");
  const auto box = find(image).at(0).box;
  const PixelView crop{
      &image.bgr
           [(static_cast<std::size_t>(box.y) * static_cast<std::size_t>(image.width_px) +
             static_cast<std::size_t>(box.x)) *
            3],
      static_cast<int>(box.width),
      static_cast<int>(box.height),
      static_cast<std::size_t>(image.width_px) * 3
  };
  EXPECT_EQ(test::parts().detector.find(crop)->size(), 1U);
}

TEST_F(FaceDetectorTest, FindsASmallFaceInALargePicture) {
  const Image face = resized(test::fixture("astronaut.png"), 128, 128);  // a face of 28 px ...
  Image scene{2000, 1500, std::vector<std::uint8_t>(2000UL * 1500 * 3, 120)};
  cv::Mat canvas(1500, 2000, CV_8UC3, scene.bgr.data());
  as_mat(view_of(face)).copyTo(canvas(cv::Rect(1700, 1200, 128, 128)));
  EXPECT_TRUE(test::parts().detector.detect(view_of(scene), 640)->empty());  // ... is 9 px at 640
  ASSERT_EQ(find(scene).size(), 1U);
  EXPECT_NEAR(find(scene)[0].box.x, 1700 + 44, 15);
}

// A portrait's face, and the same smaller one beside it, at the least share that makes a person and
// well below: the coarse look must not hide the former.
TEST_F(FaceDetectorTest, SettlesForACoarseLookOnlyWhereNobodyElseIs) {
  const Image portrait = resized(test::fixture("obama2.jpg"), 334, 640);  // a face of 216 px
  const auto alone = find(portrait);
  ASSERT_EQ(alone.size(), 1U);
  const auto coarse = test::parts().detector.detect(view_of(portrait), 320).value();
  EXPECT_FLOAT_EQ(alone[0].box.x, coarse.at(0).box.x);
  for (const double share : {0.3, 0.4, 0.6}) {
    const auto side = [share](int px) { return static_cast<int>(px * share); };
    const auto both = find(joined(portrait, resized(portrait, side(334), side(640))));
    EXPECT_TRUE(shows_several_persons(both)) << share;
  }
}

// A face of less than 80 px at 320 is looked at again.
TEST_F(FaceDetectorTest, LooksTwiceAtSmallFaces) {
  Image scene{640, 640, std::vector<std::uint8_t>(640UL * 640 * 3, 120)};
  cv::Mat canvas(640, 640, CV_8UC3, scene.bgr.data());
  const Image portrait = resized(test::fixture("obama2.jpg"), 200, 383);
  as_mat(view_of(portrait)).copyTo(canvas(cv::Rect(220, 200, 200, 383)));
  const auto fine = test::parts().detector.detect(view_of(scene), 640).value();
  ASSERT_EQ(fine.size(), 1U);
  ASSERT_LT(fine[0].box.height, 160);
  EXPECT_FLOAT_EQ(find(scene).at(0).box.x, fine[0].box.x);
}

TEST_F(FaceDetectorTest, FindsNothingWhereNobodyIs) {
  EXPECT_TRUE(find(fixed_pattern(640, 480)).empty());
  EXPECT_TRUE(find(fixed_pattern(1, 1)).empty());
  EXPECT_TRUE(find(fixed_pattern(2000, 3)).empty());
  EXPECT_TRUE(find(Image{300, 200, std::vector<std::uint8_t>(300UL * 200 * 3, 128)}).empty());
  EXPECT_TRUE(find(Image{}).empty());
}

TEST_F(FaceDetectorTest, RefusesAnotherKindOfNetwork) {
  auto network = test::parts().runtime->load(test::own_pad_card()).value();
  EXPECT_FALSE(FaceDetector::create(std::move(network)));
}

TEST_F(FaceDetectorTest, FindsWhichWayUp) {
  for (const auto& file : test::kPortraits) {
    const Image image = test::fixture(file);
    for (const int turn_deg : {0, 90, 180, 270}) {
      const Image turned = turned_clockwise(image, turn_deg);
      const auto found = find_upright(test::parts().detector, turned, true).value();
      EXPECT_EQ(found.rotation_deg, (360 - turn_deg) % 360) << file;
      ASSERT_EQ(found.faces.size(), 1U);
      EXPECT_LT(std::abs(roll_of(found.faces.front())), 30);
      EXPECT_EQ(find_upright(test::parts().detector, turned, false)->rotation_deg, 0);
    }
  }
}

}  // namespace
}  // namespace selfsame::vision
