// SPDX-License-Identifier: Apache-2.0
#include "vision/face_recogniser.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <numeric>
#include <string>

#include "vision/liveness_test_parts.h"

namespace selfsame::vision {
namespace {

FaceTemplates templates_with(const FaceComparator& comparator, const std::string& file) {
  const Image image = test::fixture(file);
  return comparator.templates_of(view_of(image), test::face_in(image)).value();
}

FaceComparator comparator_of(std::vector<ComparatorMember> members) {
  ModelCards cards = test::all_cards();
  auto second = test::sface_card();
  second.name = "sface_again";
  cards.networks.push_back(second);
  cards.comparator = std::move(members);
  return FaceComparator::create(cards, *test::parts().runtime).value();
}

class FaceComparatorTest : public test::WithNetworks {};

TEST_F(FaceComparatorTest, SeparatesPersons) {
  const auto& comparator = test::parts().comparator;
  const auto one = templates_with(comparator, "obama.jpg");
  const auto same = templates_with(comparator, "obama2.jpg");
  const auto other = templates_with(comparator, "biden.jpg");
  ASSERT_EQ(one.size(), 1U);
  EXPECT_EQ(one[0].size(), 128U);
  EXPECT_NEAR(std::inner_product(one[0].begin(), one[0].end(), one[0].begin(), 0.0), 1, 1e-5);
  EXPECT_NEAR(comparator.compare(one, one)->cosine, 1, 1e-5);
  EXPECT_GT(comparator.compare(one, same)->cosine, 0.7);
  EXPECT_LT(comparator.compare(one, other)->cosine, 0.3);
  EXPECT_EQ(comparator.compare(one, other)->cosine, comparator.compare(other, one)->cosine);
}

TEST_F(FaceComparatorTest, AveragesWithTheMirrorImage) {
  const auto comparator = comparator_of({{"sface", 1, true}});
  const auto one = templates_with(comparator, "obama.jpg");
  const auto same = templates_with(comparator, "obama2.jpg");
  const auto plain = templates_with(test::parts().comparator, "obama.jpg");
  EXPECT_GT(comparator.compare(one, same)->cosine, 0.7);
  const double to_plain = test::parts().comparator.compare(one, plain)->cosine;
  EXPECT_GT(to_plain, 0.9);
  EXPECT_LT(to_plain, 0.9999);
}

TEST_F(FaceComparatorTest, WeighsItsNetworks) {
  const auto comparator = comparator_of({{"sface", 1, false}, {"sface_again", 3, true}});
  EXPECT_EQ(comparator.networks().size(), 2U);
  const FaceTemplates a = {{1, 0}, {1, 0}};
  const FaceTemplates b = {{1, 0}, {0, 1}};
  EXPECT_NEAR(comparator.compare(a, b)->cosine, 0.25, 1e-9);
  EXPECT_NEAR(comparator.compare(b, b)->cosine, 1, 1e-9);
}

TEST_F(FaceComparatorTest, RefusesWhatDoesNotFit) {
  const auto& comparator = test::parts().comparator;
  EXPECT_FALSE(comparator.compare({}, {}));
  EXPECT_FALSE(comparator.compare({{1, 0}}, {}));
  EXPECT_FALSE(comparator.compare({{1, 0}}, {{1, 0, 0}}));
  EXPECT_FALSE(comparator.compare({{}}, {{}}));
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const auto answer = comparator.compare({{nan, 0}}, {{1, 0}});
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, Errc::engine_failed);
  EXPECT_FALSE(comparator.templates_of(view_of(Image{}), DetectedFace{}));
}

TEST_F(FaceComparatorTest, RefusesSenselessCards) {
  const auto refused = [](const auto& change) {
    ModelCards cards = test::all_cards();
    change(cards);
    return !FaceComparator::create(cards, *test::parts().runtime);
  };
  EXPECT_TRUE(refused([](ModelCards& cards) { cards.comparator.clear(); }));
  EXPECT_TRUE(refused([](ModelCards& cards) { cards.comparator[0].weight = 0; }));
  EXPECT_TRUE(refused([](ModelCards& cards) { cards.comparator[0].network = "unknown"; }));
  EXPECT_TRUE(refused([](ModelCards& cards) { cards.comparator[0].network = "pad_selfsame"; }));
}

TEST(ComparatorName, SaysHowItCompares) {
  EXPECT_EQ(comparator_name({{"sface", 1, false}}), "sface");
  EXPECT_EQ(comparator_name({{"sface", 2, true}}), "sface+flip");
  EXPECT_EQ(comparator_name({{"sface", 1, true}, {"dlib", 1.5, false}}), "sface+flip*1,dlib*1.5");
}

}  // namespace
}  // namespace selfsame::vision
