// SPDX-License-Identifier: Apache-2.0
// The check at start must refuse every card that is wrong in one point.
#include "vision/engine_check.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <functional>
#include <string>

#include "vision/test_cards.h"

namespace selfsame::vision {
namespace {

constexpr std::size_t kSamples = 12;

struct Parts {
  std::unique_ptr<InferenceRuntime> runtime;
  std::unique_ptr<FaceDetector> detector;
};

bool bf16_runs_here() {
  return InferenceRuntime::create(test::options(Precision::bf16)).has_value();
}

// Made once for each precision.
const Parts& parts_in(Precision precision) {
  const auto make = [](Precision of) {
    Parts parts;
    parts.runtime = InferenceRuntime::create(test::options(of)).value();
    parts.detector = std::make_unique<FaceDetector>(
        FaceDetector::create(parts.runtime->load(test::yunet_card()).value()).value()
    );
    return parts;
  };
  if (precision == Precision::bf16) {
    static const Parts kBf16 = make(Precision::bf16);
    return kBf16;
  }
  static const Parts kF32 = make(Precision::f32);
  return kF32;
}

std::vector<Precision> precisions() {
  return bf16_runs_here() ? std::vector{Precision::f32, Precision::bf16}
                          : std::vector{Precision::f32};
}

// As models/networks.toml has them, golden answers included; made once, in f32.
const ModelCards& right_cards() {
  static const ModelCards cards = [] {
    ModelCards made = test::all_cards();
    const Parts& parts = parts_in(Precision::f32);
    for (auto& card : made.networks) {
      const auto network = parts.runtime->load(card).value();
      card.golden.values = answer_to_pattern(*network, kSamples).value();
      if (card.golden.tolerance == 0) card.golden.tolerance = test::kGoldenTolerance;
    }
    const auto pad = PadEnsemble::create(made, *parts.runtime).value();
    for (std::size_t i = 0; i < made.pad.members.size(); ++i) {
      made.pad.members[i].live_of_portrait =
          pad_answers(*pad.pad_networks()[i], made.self_test, test::kFixturesDir).value();
    }
    made.self_test.live_tolerance = test::kLiveTolerance;
    return made;
  }();
  return cards;
}

// Empty when the check passes, else what it says.
std::string verdict_on(const ModelCards& cards, Precision precision) {
  const auto engine = FaceEngine::create(cards, test::options(precision));
  if (!engine) return engine.error().detail;
  const auto checked = (*engine)->self_test(test::kFixturesDir);
  return checked ? "" : checked.error().detail;
}

class EngineCheck : public testing::Test {
 protected:
  void SetUp() override {
    if (!test::networks_are_here()) GTEST_SKIP() << "tools/fetch.py has not run";
  }
};

TEST_F(EngineCheck, AcceptsTheRightCards) {
  EXPECT_EQ(verdict_on(right_cards(), Precision::f32), "");
  if (bf16_runs_here()) {
    EXPECT_EQ(verdict_on(right_cards(), Precision::bf16), "");
  }
}

TEST_F(EngineCheck, AcceptsWithoutTheSecondOpinion) {
  ModelCards cards = right_cards();
  cards.pad.use_second_opinion = false;
  EXPECT_EQ(verdict_on(cards, Precision::f32), "");
}

struct Fault {
  const char* name;
  std::function<void(NetworkCard&)> apply;
};

ModelCards with_fault(const std::string& network, const Fault& fault) {
  ModelCards cards = right_cards();
  for (auto& card : cards.networks) {
    if (card.name == network) fault.apply(card);
  }
  return cards;
}

// The two steps of the check that a faulty card can reach, in every precision that runs here.
// (A whole engine for each fault would take minutes.)
void expect_golden_refused(const std::string& network, const Fault& fault) {
  const ModelCards cards = with_fault(network, fault);
  for (const Precision precision : precisions()) {
    const auto loaded = parts_in(precision).runtime->load(*cards.find(network));
    EXPECT_FALSE(loaded && check_golden(**loaded)) << network << ": " << fault.name;
  }
}

void expect_pad_refused(const std::string& network, const Fault& fault) {
  const ModelCards cards = with_fault(network, fault);
  for (const Precision precision : precisions()) {
    const Parts& parts = parts_in(precision);
    const auto pad = PadEnsemble::create(cards, *parts.runtime);
    EXPECT_FALSE(pad && check_pad(*parts.detector, *pad, cards, test::kFixturesDir))
        << network << ": " << fault.name;
  }
}

const Fault kSwappedChannels = {"swapped channels", [](NetworkCard& card) {
                                  card.channels = card.channels == ChannelOrder::rgb
                                                      ? ChannelOrder::bgr
                                                      : ChannelOrder::rgb;
                                }};
const Fault kWrongRange = {"wrong range", [](NetworkCard& card) {
                             card.value_scale = card.value_scale == 1 ? 1.0F / 255 : 1.0F;
                           }};
const Fault kShiftedRange = {"shifted range", [](NetworkCard& card) {
                               card.value_offset = -127.5F * card.value_scale;
                             }};

TEST_F(EngineCheck, RefusesWrongInputsOfTheDetector) {
  for (const auto& fault : {kSwappedChannels, kWrongRange, kShiftedRange})
    expect_golden_refused("yunet", fault);
}

TEST_F(EngineCheck, RefusesWrongInputsOfTheRecogniser) {
  for (const auto& fault : {kSwappedChannels, kWrongRange, kShiftedRange})
    expect_golden_refused("sface", fault);
}

TEST_F(EngineCheck, RefusesWrongInputsOfTheLandmarks) {
  for (const auto& fault : {kSwappedChannels, kWrongRange, kShiftedRange})
    expect_golden_refused("face_landmark", fault);
  for (const auto& fault : {kSwappedChannels, kWrongRange, kShiftedRange})
    expect_golden_refused("face_mesh", fault);
}

TEST_F(EngineCheck, RefusesWrongInputsOfPad) {
  for (const auto& network : {"pad_selfsame", "fr_liveness"}) {
    for (const auto& fault : {kSwappedChannels, kWrongRange, kShiftedRange})
      expect_golden_refused(network, fault);
  }
}

TEST_F(EngineCheck, RefusesAnotherCropOfPad) {
  for (const auto& network : {"pad_selfsame", "fr_liveness"}) {
    for (const double scale : {1.5, 2.7}) {
      expect_pad_refused(network, {"crop scale", [scale](NetworkCard& card) {
                                     card.crop_scale = scale;
                                   }});
    }
  }
}

TEST_F(EngineCheck, RefusesAnotherClassOfPad) {
  for (const auto& network : {"pad_selfsame", "fr_liveness"}) {
    for (const std::size_t shift : {1U, 2U}) {
      expect_pad_refused(network, {"live index", [shift](NetworkCard& card) {
                                     card.live_index = (card.live_index + shift) % 3;
                                   }});
    }
  }
}

TEST_F(EngineCheck, RefusesAnotherOutput) {
  expect_golden_refused("sface", {"output length", [](NetworkCard& card) {
                                    card.output_length = 512;
                                  }});
  expect_golden_refused("sface", {"output", [](NetworkCard& card) { card.output = 1; }});
}

TEST_F(EngineCheck, RefusesAChangedFile) {
  expect_golden_refused("sface", {"sha256", [](NetworkCard& card) { card.sha256[0] ^= 1; }});
  expect_golden_refused("sface", {"file", [](NetworkCard& card) { card.file = "missing.onnx"; }});
  expect_golden_refused("sface", {"another network", [](NetworkCard& card) {
                                    const auto other = test::yunet_card();
                                    card.file = other.file;
                                    card.sha256 = other.sha256;
                                  }});
}

TEST_F(EngineCheck, RefusesCardsWithoutProof) {
  expect_golden_refused("sface", {"no golden answer", [](NetworkCard& card) {
                                    card.golden.values.clear();
                                  }});
  ModelCards cards = right_cards();
  cards.pad.members[1].live_of_portrait.clear();
  EXPECT_NE(verdict_on(cards, Precision::f32), "");
}

TEST_F(EngineCheck, RefusesWhenNobodyIsTheSame) {
  ModelCards cards = right_cards();
  std::swap(cards.self_test.same_person, cards.self_test.other_person);
  EXPECT_NE(verdict_on(cards, Precision::f32), "");
}

TEST_F(EngineCheck, RefusesMissingFixtures) {
  const auto engine = FaceEngine::create(right_cards(), test::options(Precision::f32)).value();
  const auto checked = engine->self_test("/nonexistent");
  ASSERT_FALSE(checked);
  EXPECT_EQ(checked.error().code, Errc::engine_failed);
  EXPECT_NE(checked.error().detail.find("fixture missing"), std::string::npos);
}

TEST_F(EngineCheck, RefusesAComparatorWithoutCalibration) {
  ModelCards cards = right_cards();
  cards.comparator.front().flip = true;
  EXPECT_NE(verdict_on(cards, Precision::f32), "");
}

// For models/networks.toml, after a network has changed:
//   vision_tests --gtest_also_run_disabled_tests --gtest_filter='*PrintsGoldenAnswers'
TEST_F(EngineCheck, DISABLED_PrintsGoldenAnswers) {
  for (const auto& card : right_cards().networks) {
    std::printf(
        "# %s\n[network.golden]\noutput = %zu\nvalues = [", card.name.c_str(), card.golden.output
    );
    for (const float value : card.golden.values) std::printf("%.6g, ", static_cast<double>(value));
    std::printf("]\ntolerance = %g\n", card.golden.tolerance);
  }
  for (const auto& member : right_cards().pad.members) {
    std::printf("# %s\nlive_of_portrait = [", member.network.c_str());
    for (const double value : member.live_of_portrait) std::printf("%.3f, ", value);
    std::printf("]\n");
  }
}

}  // namespace
}  // namespace selfsame::vision
