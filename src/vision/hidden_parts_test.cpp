// SPDX-License-Identifier: Apache-2.0
// Drawn glasses, hands and masks on the fixture portraits, and bare faces.
#include "vision/hidden_parts.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <limits>
#include <vector>

#include "vision/face_mask.h"
#include "vision/liveness_test_parts.h"

namespace selfsame::vision {
namespace {

HiddenEvidence evidence_of(const Image& image) {
  const auto canvas = canvas_of(view_of(image), test::mesh_in(image));
  const auto hidden = canvas ? measure_hidden_cues(*canvas) : std::nullopt;
  return hidden ? hidden_evidence(*hidden) : HiddenEvidence{};
}

HiddenPart part_of(const Image& image) {
  const auto canvas = canvas_of(view_of(image), test::mesh_in(image));
  if (!canvas) return HiddenPart::none;
  const auto mask = measure_mask_cues(*canvas);
  const auto hidden = measure_hidden_cues(*canvas);
  if (!mask || !hidden) return HiddenPart::none;
  return hidden_part(mask_evidence(*mask), hidden_evidence(*hidden));
}

// A face's own measure: eye to eye, and a place by steps of it to the left and down.
class Ruler {
 public:
  explicit Ruler(const FaceLandmarks& mesh) : mesh_(mesh) {}
  [[nodiscard]] cv::Point2d at(std::size_t index) const {
    const auto& point = mesh_.points[index];
    return {static_cast<double>(point.x), static_cast<double>(point.y)};
  }
  [[nodiscard]] double eyes() const { return cv::norm(at(33) - at(263)); }
  [[nodiscard]] cv::Point place(cv::Point2d from, double left, double down) const {
    const cv::Point2d across = (at(263) - at(33)) / eyes();
    const cv::Point2d below(-across.y, across.x);
    return from + (across * left + below * down) * eyes();
  }

 private:
  const FaceLandmarks& mesh_;
};

Image with_dark_glasses(const Image& image) {
  cv::Mat face = test::mat_of(image);
  const auto mesh = test::mesh_in(image);
  const Ruler ruler(mesh);
  for (const auto& [outer, inner] : {std::pair{33U, 133U}, {263U, 362U}}) {
    const cv::Point2d middle = (ruler.at(outer) + ruler.at(inner)) / 2;
    std::vector<cv::Point> lens;
    for (int i = 0; i < 40; ++i) {
      const double angle = 2 * CV_PI * i / 40;
      lens.push_back(ruler.place(middle, 0.3 * std::cos(angle), -0.02 + 0.22 * std::sin(angle)));
    }
    cv::fillConvexPoly(face, lens, cv::Scalar(28, 25, 27), cv::LINE_AA);
  }
  return test::image_of(face);
}

// Skin of the cheek with the shadows between fingers.
Image with_hand(const Image& image, std::size_t over, double reach, double half_height) {
  cv::Mat face = test::mat_of(image);
  const auto mesh = test::mesh_in(image);
  const Ruler ruler(mesh);
  const cv::Rect cheek(cv::Point(ruler.at(117)), cv::Point(ruler.at(205)));
  const cv::Scalar skin = cv::mean(face(cheek & cv::Rect({}, face.size())));
  const cv::Point2d middle = ruler.at(over);
  const auto quarter = [&](double left, double down) { return ruler.place(middle, left, down); };
  const std::vector<cv::Point> hand{
      quarter(-reach, -half_height),
      quarter(reach, -half_height),
      quarter(reach, half_height),
      quarter(-reach, half_height)
  };
  cv::fillConvexPoly(face, hand, skin * 0.95, cv::LINE_AA);
  for (const double finger : {-0.5, 0.0, 0.5}) {
    const double down = finger * half_height;
    cv::line(
        face,
        quarter(-reach, down),
        quarter(reach, down),
        skin * 0.6,
        std::max(1, cvRound(0.02 * ruler.eyes())),
        cv::LINE_AA
    );
  }
  return test::image_of(face);
}

using HiddenPartOf = test::WithNetworks;

TEST_F(HiddenPartOf, BareFacesHideNothing) {
  for (const auto& file : test::kPortraits) {
    EXPECT_EQ(part_of(test::fixture(file)), HiddenPart::none) << file;
  }
  for (std::size_t i = 0; i < test::talking_frames().size(); i += 12) {
    EXPECT_EQ(part_of(test::talking_frames()[i]), HiddenPart::none) << i;
  }
}

TEST_F(HiddenPartOf, DarkGlassesHideTheEyes) {
  int found = 0;
  for (const auto& file : test::kPortraits) {
    found += part_of(with_dark_glasses(test::fixture(file))) == HiddenPart::eyes ? 1 : 0;
  }
  EXPECT_GE(found, 2);
}

// A part of the hands is found (the rates stand beside hidden_evidence()), and every one speaks
// against the face that it covers.
TEST_F(HiddenPartOf, AHandHidesWhatItCovers) {
  int eyes = 0;
  for (const auto& file : test::kPortraits) {
    const auto portrait = test::fixture(file);
    const auto over_eyes = with_hand(portrait, 168, 0.9, 0.3);
    const auto over_mouth = with_hand(portrait, 13, 0.6, 0.3);
    const auto bare = evidence_of(portrait);
    EXPECT_GT(evidence_of(over_eyes).eyes_covered, bare.eyes_covered) << file;
    EXPECT_GT(evidence_of(over_mouth).mouth_covered, bare.mouth_covered) << file;
    eyes += part_of(over_eyes) == HiddenPart::eyes ? 1 : 0;
  }
  EXPECT_GE(eyes, 1);
}

TEST_F(HiddenPartOf, AMaskIsAMask) {
  for (const auto& file : test::kPortraits) {
    const auto portrait = test::fixture(file);
    const auto masked = test::with_mask(portrait, test::mesh_in(portrait), {215, 190, 140});
    EXPECT_EQ(part_of(masked), HiddenPart::mask) << file;
  }
}

TEST(HiddenPart, WhatIsNotANumberIsNoFinding) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_EQ(hidden_part(nan, {nan, nan, nan, nan}), HiddenPart::none);
}

}  // namespace
}  // namespace selfsame::vision
