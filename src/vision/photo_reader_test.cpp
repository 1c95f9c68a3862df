// SPDX-License-Identifier: Apache-2.0
#include "vision/photo_reader.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <opencv2/imgproc.hpp>

#include "vision/engine_check.h"
#include "vision/liveness_test_parts.h"
#include "vision/media/orient.h"

namespace selfsame::vision {
namespace {

using core::CaptureDefect;

Image resized(const Image& image, double factor) {
  Image made{cvRound(image.width_px * factor), cvRound(image.height_px * factor), {}};
  made.bgr.resize(
      static_cast<std::size_t>(made.width_px) * static_cast<std::size_t>(made.height_px) * 3
  );
  cv::Mat to(made.height_px, made.width_px, CV_8UC3, made.bgr.data());
  cv::resize(
      as_mat(view_of(image)), to, to.size(), 0, 0, factor < 1 ? cv::INTER_AREA : cv::INTER_CUBIC
  );
  return made;
}

Image blurred(const Image& image, double sigma) {
  Image made = image;
  cv::Mat mat(made.height_px, made.width_px, CV_8UC3, made.bgr.data());
  cv::GaussianBlur(mat, mat, {}, sigma);
  return made;
}

// `image` with `other` pasted into its lower left corner.
Image with_second(const Image& image, const Image& other) {
  Image made = image;
  cv::Mat canvas(made.height_px, made.width_px, CV_8UC3, made.bgr.data());
  as_mat(view_of(other))
      .copyTo(canvas(cv::Rect(0, made.height_px - other.height_px, other.width_px, other.height_px))
      );
  return made;
}

class PhotoReaderTest : public test::WithNetworks {
 protected:
  static PhotoReader reader() {
    const auto& parts = test::parts();
    return {parts.detector, parts.landmarker, parts.comparator};
  }
  static FacePhoto read(const Image& image, const PhotoOptions& options = {}) {
    return reader().read(image, options).value();
  }
};

TEST_F(PhotoReaderTest, ReadsPortraits) {
  for (const auto& file : test::kPortraits) {
    const auto photo = reader().read(test::read_file(test::kFixturesDir + "/" + file), {}).value();
    EXPECT_FALSE(photo.defect) << file;
    EXPECT_EQ(photo.rotation_deg, 0);
    EXPECT_EQ(photo.faces.size(), 1U);
    ASSERT_EQ(photo.templates.size(), 1U);
    EXPECT_LT(std::abs(photo.pose.yaw_deg), 25);
    EXPECT_GT(photo.quality.unified_quality_score.value(), 50);
    EXPECT_GT(photo.quality.inter_eye_distance_px.value(), 30);
  }
}

class TurnedPortrait : public PhotoReaderTest, public ::testing::WithParamInterface<const char*> {};

INSTANTIATE_TEST_SUITE_P(
    Fixtures,
    TurnedPortrait,
    ::testing::Values("obama.jpg", "obama2.jpg", "obama3.jpg", "biden.jpg")
);

TEST_P(TurnedPortrait, StandsUprightAgain) {
  const Image image = test::fixture(GetParam());
  const auto expected = read(image);
  EXPECT_EQ(expected.rotation_deg, 0);
  for (const int turn_deg : {90, 180, 270}) {
    const auto photo = read(turned_clockwise(image, turn_deg));
    EXPECT_EQ(photo.rotation_deg, 360 - turn_deg);
    EXPECT_EQ(photo.width_px, image.width_px);
    EXPECT_EQ(photo.height_px, image.height_px);
    ASSERT_FALSE(photo.defect);
    EXPECT_GT(test::parts().comparator.compare(photo.templates, expected.templates)->cosine, 0.97);
  }
}

TEST_F(PhotoReaderTest, NamesTheDefect) {
  EXPECT_EQ(read(fixed_pattern(640, 480)).defect, CaptureDefect::no_face);
  EXPECT_EQ(read(fixed_pattern(63, 480)).defect, CaptureDefect::wrong_size);
  const Image image = test::fixture("astronaut.png");  // a face of 90x113 px
  EXPECT_FALSE(read(image).defect);
  EXPECT_EQ(read(resized(image, 0.35)).defect, CaptureDefect::wrong_size);
  EXPECT_EQ(read(blurred(image, 8)).defect, CaptureDefect::poor_quality);
  Image dark = image;
  for (auto& value : dark.bgr) value = static_cast<std::uint8_t>(value / 16);
  const auto in_the_dark = read(dark).defect;
  EXPECT_TRUE(in_the_dark == CaptureDefect::poor_quality || in_the_dark == CaptureDefect::no_face);
  for (const auto& poor : {blurred(image, 8), fixed_pattern(640, 480)})
    EXPECT_TRUE(read(poor).templates.empty());
}

TEST_F(PhotoReaderTest, ReadsPoorPhotosWhenAsked) {
  const auto photo = read(blurred(test::fixture("astronaut.png"), 8), {.require_quality = false});
  EXPECT_FALSE(photo.defect);
  EXPECT_EQ(photo.templates.size(), 1U);
  EXPECT_LT(photo.quality.sharpness.value(), 50);
}

TEST_F(PhotoReaderTest, MindsASecondPersonButNoPasserBy) {
  const Image image = test::fixture("obama2.jpg");  // a face of 405 px
  const Image other = test::fixture("astronaut.png");
  const Image second = with_second(image, resized(other, 1.1));  // 124 px: .31 of the first
  EXPECT_EQ(read(second).defect, CaptureDefect::several_faces);
  EXPECT_EQ(read(second).faces.size(), 2U);
  EXPECT_FALSE(read(second, {.single_face_only = false}).defect);
  const Image passer_by = with_second(image, resized(other, 0.6));  // 68 px: .17
  EXPECT_EQ(read(passer_by).faces.size(), 2U);
  EXPECT_FALSE(read(passer_by).defect);
}

TEST_F(PhotoReaderTest, KeepsUploadedCoordinatesOfLargeJpegs) {
  const Image image = test::fixture("obama.jpg");
  const auto expected = read(image);
  const Image large = resized(image, 4);  // 3640x4548: decoded at 1/2
  const auto photo = reader().read(encode_jpeg(large, 90), {}).value();
  ASSERT_FALSE(photo.defect);
  EXPECT_EQ(photo.width_px, large.width_px);
  EXPECT_EQ(photo.height_px, large.height_px);
  const auto& box = photo.faces.front().box;
  const auto& small = expected.faces.front().box;
  EXPECT_NEAR(box.x, small.x * 4, small.width * 0.3F);
  EXPECT_NEAR(box.width, small.width * 4, small.width * 0.3F);
  EXPECT_NEAR(
      photo.quality.inter_eye_distance_px.value(),
      expected.quality.inter_eye_distance_px.value() * 4,
      20
  );
  EXPECT_GT(test::parts().comparator.compare(photo.templates, expected.templates)->cosine, 0.95);
}

TEST_F(PhotoReaderTest, TellsUndecodableFromTooLarge) {
  const auto garbage = reader().read(bytes_of("no picture"), {});
  ASSERT_FALSE(garbage);
  EXPECT_EQ(garbage.error().code, Errc::image_undecodable);
  const auto bytes = reader().read(Bytes((16U << 20) + 1, 0xFF), {});
  ASSERT_FALSE(bytes);
  EXPECT_EQ(bytes.error().code, Errc::image_too_large);
  // A sound picture of 17000x16 px: a finding, not an error.
  const auto wide = reader().read(encode_jpeg(fixed_pattern(17000, 16), 50), {});
  ASSERT_TRUE(wide);
  EXPECT_EQ(wide->defect, CaptureDefect::wrong_size);
  EXPECT_EQ(wide->width_px, 17000);
}

TEST(SecondPerson, CountsBySizeAndConfidence) {
  const auto face = [](float height, float confidence) {
    DetectedFace made;
    made.box = {0, 0, height * 0.75F, height};
    made.confidence = confidence;
    return made;
  };
  EXPECT_FALSE(shows_several_persons({}));
  EXPECT_FALSE(shows_several_persons({face(100, .9F)}));
  EXPECT_TRUE(shows_several_persons({face(100, .9F), face(25, .7F)}));
  EXPECT_FALSE(shows_several_persons({face(100, .9F), face(24, .9F)}));
  EXPECT_FALSE(shows_several_persons({face(100, .9F), face(90, .69F)}));
  EXPECT_TRUE(shows_several_persons({face(100, .9F), face(90, .6F), face(80, .9F)}));
}

}  // namespace
}  // namespace selfsame::vision
