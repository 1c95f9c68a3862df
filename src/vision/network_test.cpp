// SPDX-License-Identifier: Apache-2.0
#include "vision/network.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <memory>
#include <thread>
#include <vector>

#include "vision/engine_check.h"
#include "vision/liveness_test_parts.h"

namespace selfsame::vision {
namespace {

std::vector<float> first_output(const Network& network, const PixelView& picture) {
  const auto outputs = network.run(picture).value();
  return {outputs[0].begin(), outputs[0].end()};
}

class NetworkTest : public test::WithNetworks {
 protected:
  static std::unique_ptr<Network> sface() {
    return test::parts().runtime->load(test::sface_card()).value();
  }
};

TEST_F(NetworkTest, NamesItself) {
  const auto facts = sface()->facts();
  EXPECT_EQ(facts.name, "sface");
  EXPECT_EQ(facts.role, "recogniser");
  EXPECT_EQ(facts.precision, "f32");
  EXPECT_EQ(facts.sha256.size(), 64U);
}

TEST_F(NetworkTest, RefusesPicturesOfAnotherSize) {
  const auto network = sface();
  const auto code = [&](const PixelView& view) {
    const auto answer = network->run(view);
    return answer ? Errc{} : answer.error().code;
  };
  EXPECT_EQ(code(view_of(fixed_pattern(112, 112))), Errc{});
  EXPECT_EQ(code(view_of(fixed_pattern(111, 112))), Errc::engine_failed);
  EXPECT_EQ(code(view_of(fixed_pattern(112, 113))), Errc::engine_failed);
  EXPECT_EQ(code({}), Errc::engine_failed);
  const auto& open = test::parts().detector.network();
  EXPECT_FALSE(open.run(PixelView{nullptr, 64, 64, 192}));
  EXPECT_FALSE(open.run(view_of(Image{})));
}

TEST_F(NetworkTest, ReadsAWindowOfALargerPicture) {
  const Image large = fixed_pattern(200, 150);
  Image cut{112, 112, {}};
  for (std::size_t y = 0; y < 112; ++y) {
    const auto row = large.bgr.begin() + static_cast<std::ptrdiff_t>(((y + 20) * 200 + 30) * 3);
    cut.bgr.insert(cut.bgr.end(), row, row + 112 * 3);
  }
  const PixelView window{&large.bgr[(20UL * 200 + 30) * 3], 112, 112, 200UL * 3};
  const auto network = sface();
  EXPECT_EQ(first_output(*network, window), first_output(*network, view_of(cut)));
}

TEST_F(NetworkTest, PadsOpenSizesWithBlack) {
  const Image small = fixed_pattern(100, 70);
  Image padded{128, 96, std::vector<std::uint8_t>(128UL * 96 * 3, 0)};
  for (std::size_t y = 0; y < 70; ++y) {
    std::copy_n(&small.bgr[y * 300], 300, &padded.bgr[y * 128 * 3]);
  }
  const auto& network = test::parts().detector.network();
  const auto expected = first_output(network, view_of(padded));
  // A run on something larger in between must leave no trace.
  static_cast<void>(first_output(network, view_of(fixed_pattern(320, 320))));
  EXPECT_EQ(first_output(network, view_of(small)), expected);
}

TEST_F(NetworkTest, AnswersCommonSizesFromSeveralThreads) {
  const auto network = test::parts().runtime->load(test::yunet_card()).value();
  const Image pattern = fixed_pattern(640, 470);
  std::vector<std::vector<float>> answers(4);
  std::vector<std::thread> threads;
  for (auto& answer : answers) {
    threads.emplace_back([&] { answer = first_output(*network, view_of(pattern)); });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(answers[0].size(), 640U * 480 / 64);
  for (const auto& answer : answers) EXPECT_EQ(answer, answers[0]);
}

TEST_F(NetworkTest, AnswersManyThreadsAlike) {
  const auto network = sface();
  const Image pattern = fixed_pattern(112, 112);
  const auto expected = first_output(*network, view_of(pattern));
  std::vector<std::thread> threads;
  std::atomic<int> same = 0;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int run = 0; run < 4; ++run) {
        if (first_output(*network, view_of(pattern)) == expected) ++same;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(same, 16);
}

TEST_F(NetworkTest, OutputsMayOutliveTheNetwork) {
  auto network = sface();
  const auto outputs = network->run(view_of(fixed_pattern(112, 112))).value();
  network.reset();
  EXPECT_EQ(outputs[0].size(), 128U);
}

TEST_F(NetworkTest, FindsOutputsByName) {
  const auto& network = test::parts().detector.network();
  EXPECT_TRUE(network.output_named("bbox_16"));
  EXPECT_FALSE(network.output_named("bbox_64"));
}

TEST_F(NetworkTest, KeepsCompiledNetworks) {
  auto options = test::options(Precision::f32);
  options.cache_dir = testing::TempDir() + "/selfsame-network-cache";
  std::filesystem::remove_all(options.cache_dir);
  const auto runtime = InferenceRuntime::create(options).value();
  const Image pattern = fixed_pattern(80, 80);
  const auto fresh = first_output(*runtime->load(test::own_pad_card()).value(), view_of(pattern));
  EXPECT_FALSE(std::filesystem::is_empty(options.cache_dir));
  const auto again = InferenceRuntime::create(options).value();
  EXPECT_EQ(first_output(*again->load(test::own_pad_card()).value(), view_of(pattern)), fresh);
  std::filesystem::remove_all(options.cache_dir);
}

}  // namespace
}  // namespace selfsame::vision
