// SPDX-License-Identifier: Apache-2.0
#include "vision/pad_network.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <functional>
#include <limits>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include "vision/drawn_attack.h"
#include "vision/liveness_test_parts.h"

namespace selfsame::vision {
namespace {

TEST(ScaledCrop, EnlargesAboutTheCentre) {
  const auto crop = scaled_crop({100, 100, 20, 30}, 4, 640, 480).value();
  EXPECT_EQ(crop.x, 70);
  EXPECT_EQ(crop.y, 55);
  EXPECT_EQ(crop.width, 81);  // both corners belong to it
  EXPECT_EQ(crop.height, 121);
}

TEST(ScaledCrop, ShiftsInsteadOfPadding) {
  const auto left = scaled_crop({0, 100, 40, 50}, 4, 640, 480).value();
  EXPECT_EQ(left.x, 0);
  EXPECT_EQ(left.width, 161);
  const auto corner = scaled_crop({600, 430, 40, 50}, 4, 640, 480).value();
  EXPECT_EQ(corner.x + corner.width, 640);
  EXPECT_EQ(corner.y + corner.height, 480);
  EXPECT_EQ(corner.width, 161);
}

TEST(ScaledCrop, TakesWhatScaleThePictureAllows) {
  const Box box{100, 50, 200, 300};
  EXPECT_NEAR(achievable_crop_scale(box, 640, 480), 479.0 / 300, 1e-9);
  const auto crop = scaled_crop(box, 4, 640, 480).value();
  EXPECT_EQ(crop.y, 0);
  EXPECT_EQ(crop.height, 480);
  EXPECT_NEAR(crop.width, 200 * 479.0 / 300, 1.01);
}

TEST(ScaledCrop, StaysInsideForEveryBox) {
  for (float x = -60; x < 200; x += 23) {
    for (float y = -60; y < 150; y += 17) {
      for (const float side : {1.F, 7.5F, 60.F, 190.F}) {
        const auto crop = scaled_crop({x, y, side, side * 1.3F}, 4, 160, 120);
        ASSERT_TRUE(crop.has_value());
        EXPECT_GE(crop->x, 0);
        EXPECT_GE(crop->y, 0);
        EXPECT_LE(crop->x + crop->width, 160);
        EXPECT_LE(crop->y + crop->height, 120);
      }
    }
  }
}

TEST(ScaledCrop, RefusesBoxesOfNoSize) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  EXPECT_FALSE(scaled_crop({10, 10, 0, 20}, 4, 160, 120));
  EXPECT_FALSE(scaled_crop({10, 10, 20, -1}, 4, 160, 120));
  EXPECT_FALSE(scaled_crop({10, 10, nan, 20}, 4, 160, 120));
  EXPECT_DOUBLE_EQ(achievable_crop_scale({10, 10, nan, 20}, 160, 120), 0);
}

// Does the card matter? The living (frames of the fixture video, portraits) against drawn attacks.
class PadCards : public test::WithNetworks {
 protected:
  struct Faces {
    std::vector<std::pair<Image, Box>> live, attack;
  };

  static const Faces& faces() {
    static const Faces all = [] {
      Faces made;
      for (const std::size_t i : {0U, 20U, 40U, 60U, 80U}) {
        const Image& frame = test::talking_frames()[i];
        made.live.emplace_back(frame, test::face_in(frame).box);
      }
      for (const auto& file : test::kPortraits) {
        const Image portrait = test::fixture(file);
        made.live.emplace_back(portrait, test::face_in(portrait).box);
        for (const auto kind : {DrawnAttack::screen, DrawnAttack::paper}) {
          const Image drawn = draw_attack(portrait, kind);
          made.attack.emplace_back(drawn, test::face_in(drawn).box);
        }
      }
      return made;
    }();
    return all;
  }

  struct Answers {
    std::vector<double> live, attack;
  };

  // What is no probability is no answer: it separates nothing.
  static Answers answers_by(const NetworkCard& card) {
    const auto network = PadNetwork::create(test::parts().runtime->load(card).value()).value();
    const auto ask = [&network](const std::vector<std::pair<Image, Box>>& pictures) {
      std::vector<double> all;
      for (const auto& [image, box] : pictures) {
        all.push_back(network.live_probability(view_of(image), box).value_or(0.5));
      }
      return all;
    };
    return {ask(faces().live), ask(faces().attack)};
  }

  static double mean(const std::vector<double>& values) {
    return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
  }
  static double separation(const Answers& answers) {
    return mean(answers.live) - mean(answers.attack);
  }
  static double difference(const Answers& a, const Answers& b) {
    double sum = 0;
    for (std::size_t i = 0; i < a.live.size(); ++i) sum += std::abs(a.live[i] - b.live[i]);
    for (std::size_t i = 0; i < a.attack.size(); ++i) sum += std::abs(a.attack[i] - b.attack[i]);
    return sum / static_cast<double>(a.live.size() + a.attack.size());
  }

  static void expect_card_matters(const NetworkCard& right) {
    const Answers good = answers_by(right);
    EXPECT_GT(separation(good), 0.2);
    const auto spoiled = [&](const std::string& what,
                             const std::function<void(NetworkCard&)>& spoil) {
      NetworkCard wrong = right;
      spoil(wrong);
      const Answers bad = answers_by(wrong);
      std::printf(
          "%s, wrong %s: separation %.2f instead of %.2f, answers off by %.2f\n",
          right.name.c_str(),
          what.c_str(),
          separation(bad),
          separation(good),
          difference(good, bad)
      );
      return bad;
    };
    const auto expect_collapse = [&](const std::string& what,
                                     const std::function<void(NetworkCard&)>& spoil) {
      EXPECT_LT(separation(spoiled(what, spoil)), separation(good) - 0.1) << what;
    };
    expect_collapse("value range", [](NetworkCard& card) { card.value_scale = 1.0F / 255; });
    for (std::size_t other = 0; other < right.output_length; ++other) {
      if (other == right.live_index) continue;
      expect_collapse("class index", [other](NetworkCard& card) { card.live_index = other; });
    }
    // Colours and surroundings say little about these drawings (a network may even tell them better
    // from the face alone), so another order or crop shows in the answers only; that is what the
    // check at start looks at (engine_check.h).
    const Answers close = spoiled("crop scale", [](NetworkCard& card) { card.crop_scale = 1.5; });
    EXPECT_GT(difference(good, close), 0.1);
    const Answers swapped =
        spoiled("channel order", [](NetworkCard& card) { card.channels = ChannelOrder::rgb; });
    EXPECT_GT(difference(good, swapped), 0.04);
  }
};

TEST_F(PadCards, OursMustBeRight) {
  expect_card_matters(test::own_pad_card());
}
TEST_F(PadCards, ThePackagedMustBeRight) {
  expect_card_matters(test::second_pad_card());
}

TEST_F(PadCards, LogitsAreNoProbabilities) {
  auto card = test::second_pad_card();
  card.softmax = false;
  const auto network = PadNetwork::create(test::parts().runtime->load(card).value()).value();
  const auto& [image, box] = faces().live.front();
  EXPECT_EQ(network.live_probability(view_of(image), box).error().code, Errc::engine_failed);
}

TEST_F(PadCards, RefuseWhatIsNoPadNetwork) {
  auto card = test::own_pad_card();
  card.live_index = 3;
  EXPECT_FALSE(PadNetwork::create(test::parts().runtime->load(card).value()));
  card = test::own_pad_card();
  card.crop = CropKind::five_points;
  EXPECT_FALSE(PadNetwork::create(test::parts().runtime->load(card).value()));
}

TEST_F(PadCards, EnsembleIsTheWeightedMean) {
  auto cards = test::all_cards();
  cards.pad.members[0].weight = 3;
  EXPECT_FALSE(PadEnsemble::create(cards, *test::parts().runtime)) << "thresholds of other weights";
  cards.pad.policies.push_back({pad_set_name(cards), {0.5, 0.4}});
  const auto ensemble = PadEnsemble::create(cards, *test::parts().runtime).value();
  const auto& [image, box] = faces().live.front();
  const auto reading = ensemble.score(view_of(image), box).value();
  ASSERT_EQ(reading.live_of_member.size(), 2U);
  const double mean = (3 * reading.live_of_member[0] + reading.live_of_member[1]) / 4;
  EXPECT_NEAR(reading.score.value, mean, 1e-9);
}

TEST_F(PadCards, SecondOpinionCanBeSwitchedOff) {
  auto cards = test::all_cards();
  cards.pad.use_second_opinion = false;
  cards.pad.policies = {{pad_set_name(cards), {0.6, 0.5}}};
  const auto ensemble = PadEnsemble::create(cards, *test::parts().runtime).value();
  EXPECT_EQ(ensemble.networks().size(), 1U);
  EXPECT_DOUBLE_EQ(ensemble.policy().bona_fide_threshold, 0.6);
  cards.pad.members[0].second_opinion = true;
  EXPECT_FALSE(PadEnsemble::create(cards, *test::parts().runtime).has_value());
  cards = test::all_cards();
  cards.pad.policies.pop_back();  // that of the first alone
  cards.pad.use_second_opinion = false;
  EXPECT_FALSE(PadEnsemble::create(cards, *test::parts().runtime)) << "thresholds of another set";
  cards = test::all_cards();
  cards.pad.members[0].weight = 0;
  cards.pad.policies.push_back({pad_set_name(cards), {0.5, 0.4}});
  EXPECT_FALSE(PadEnsemble::create(cards, *test::parts().runtime).has_value());
}

}  // namespace
}  // namespace selfsame::vision
