// SPDX-License-Identifier: Apache-2.0
#include "app/added_card.h"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

namespace selfsame::app {
namespace {

std::string minivision() {
  std::ostringstream text;
  text << std::ifstream(SELFSAME_SOURCE_DIR "/models/cards/minivision/card.toml").rdbuf();
  return text.str();
}

const std::string kRecogniser = R"(
name = "mine"
source = "bought"
tested_on = "nothing yet"
[[network]]
name = "mine_112"
role = "recogniser"
file = "mine.onnx"
sha256 = "87aacdfe57510db2af90c0251df680e8eec88f122ee94712121d09bcaaaf3581"
licence = "LicenseRef-bought"
package = "vendor's mail"
input_width_px = 112
input_height_px = 112
channels = "rgb"
layout = "nchw"
value_scale = 0.0078125
value_offset = -0.9921875
crop = "five_points"
output_length = 512
[network.golden]
values = [0.1, 0.2]
tolerance = 0.05
[[comparator]]
network = "mine_112"
)";

std::string with(std::string text, const std::string& from, const std::string& to) {
  const auto at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return at == std::string::npos ? text : text.replace(at, from.size(), to);
}

std::string error_of(const std::string& text) {
  const auto card = read_added_card(text);
  return card ? "" : card.error().detail;
}

TEST(AddedCard, TheShippedCardOfTheMiniVisionPairReads) {
  const auto card = read_added_card(minivision());
  ASSERT_TRUE(card) << card.error().detail;
  EXPECT_EQ(card->name, "minivision");
  ASSERT_EQ(card->networks.size(), 2U);
  EXPECT_EQ(card->networks[0].crop_scale, 2.7);
  EXPECT_EQ(card->networks[1].crop_scale, 4);
  EXPECT_EQ(card->pad[0].weight, 0.5);
  EXPECT_EQ(card->policies.size(), 2U) << "with and without the second opinion";
}

TEST(AddedCard, ARecogniserReads) {
  const auto card = read_added_card(kRecogniser);
  ASSERT_TRUE(card) << card.error().detail;
  EXPECT_EQ(card->comparator.front().network, "mine_112");
  EXPECT_EQ(card->networks.front().output_length, 512U);
}

TEST(AddedCard, WhatIsWrongWithALivenessCardIsNamed) {
  const struct {
    const char* from;
    const char* to;
    const char* named;
  } cases[] = {
      {"name = \"minivision\"", "name = \"../etc\"", "name is not lower-case"},
      {"name = \"minivision\"", "name = \"\"", "name is not lower-case"},
      {"name = \"minivision\"", "name = \".staging\"", "name is not lower-case"},
      {"name = \"minivision\"", "nama = \"minivision\"", "name is missing"},
      {"name = \"minifasnet_v2\"", "name = \"mini*1,sface\"", "cannot name a network"},
      {"name = \"minifasnet_v2\"", "name = \"minifasnet_v1se\"", "comes twice"},
      {"\"minifasnet_v2_2.7_80.onnx\"", "\"../minifasnet.onnx\"", "plain name"},
      {"\"minifasnet_v2_2.7_80.onnx\"", "\"/etc/passwd\"", "plain name"},
      {"\"minifasnet_v2_2.7_80.onnx\"", "\".hidden.onnx\"", "plain name"},
      {"\"minifasnet_v2_2.7_80.onnx\"", "\"model.xml\"", "plain name"},
      {"\"minifasnet_v2_2.7_80.onnx\"", "\"card.toml\"", "plain name"},
      {"\"minifasnet_v2_2.7_80.onnx\"", "\"minifasnet_v1se_4.0_80.onnx\"", "comes twice"},
      {"sha256 = \"045a", "sha256 = \"045A", "sha256 is not 64"},
      {"role = \"pad\"", "role = \"detector\"", "cannot be weighed"},
      {"licence = \"Apache-2.0\"", "licence = \"\"", "licence is empty"},
      {"input_width_px = 80", "input_width_px = -80", "input_width_px is out of range"},
      {"input_width_px = 80", "input_width_px = 9999999999", "input_width_px is out of range"},
      {"input_width_px = 80", "input_width_px = 80.5", "input_width_px is of the wrong type"},
      {"channels = \"bgr\"", "channels = \"yuv\"", "channels cannot be \"yuv\""},
      {"value_scale = 1.0", "value_scale = nan", "value_scale is not a number"},
      {"value_scale = 1.0", "value_scale = inf", "value_scale is not a number"},
      {"value_scale = 1.0", "value_scale = 0.0", "value_scale is not above 0"},
      {"crop_scale = 2.7", "crop_scale = nan", "crop_scale"},
      {"crop_scale = 2.7", "crop_scale = 0.5", "crop_scale above 1"},
      {"crop = \"scaled_box\"", "crop = \"five_points\"", "crop scaled_box"},
      {"output_length = 3", "output_length = 0", "output_length"},
      {"live_index = 1", "live_index = 3", "live_index below it"},
      {"live_index = 1", "live_index = -1", "live_index is negative"},
      {"live_index = 1", "live_indices = 1", "live_indices is not a known key"},
      {"[network.golden]", "[network.silver]", "no [network.golden]"},
      {"tolerance = 0.06", "tolerance = nan", "tolerance"},
      {"tolerance = 0.06", "tolerance = 5.0", "tolerance"},
      {"values = [0.717700, 0.172613, 0.109688]", "values = []", "values is empty"},
      {"weight = 0.5", "weight = nan", "weight is not above 0"},
      {"weight = 0.5", "weight = -0.5", "weight is not above 0"},
      {"weight = 0.5", "weight = inf", "weight is not above 0"},
      {"live_of_portrait = [0.978, ", "live_of_portrait = [", "live_of_portrait must hold"},
      {"live_of_portrait = [0.978", "live_of_portrait = [nan", "live_of_portrait is not within"},
      {"network = \"minifasnet_v2\"", "network = \"pad_selfsame\"", "no liveness [[network]] here"},
      {"network = \"minifasnet_v2\"", "network = \"minifasnet_v1se\"", "weighed twice"},
      {"retry_threshold = 0.37", "retry_threshold = 0.9", "0 < retry"},
      {"bona_fide_threshold = 0.5", "bona_fide_threshold = nan", "0 < retry"},
      {"[[pad.policy]]", "[[pad.politics]]", "politics"},
      {"[[network]]", "[[network", "card.toml:"},
  };
  for (const auto& c : cases) {
    const std::string error = error_of(with(minivision(), c.from, c.to));
    EXPECT_NE(error, "") << c.to;
    if (std::string(c.named) == "cannot be weighed") continue;
    EXPECT_NE(error.find(c.named), std::string::npos) << c.to << " gave: " << error;
  }
}

TEST(AddedCard, WhatIsWrongWithARecogniserIsNamed) {
  const struct {
    const char* from;
    const char* to;
    const char* named;
  } cases[] = {
      {"input_width_px = 112", "input_width_px = 160", "112x112"},
      {"crop = \"five_points\"", "crop = \"scaled_box\"", "five_points"},
      {"output_length = 512", "output_length = 1", "output_length"},
      {"[[comparator]]\nnetwork = \"mine_112\"", "", "go together"},
      {"network = \"mine_112\"", "network = \"mine_112\"\nweight = -1.0", "weight"},
      {"network = \"mine_112\"", "network = \"mine_112\"\nboost = 2", "boost"},
      {"[[comparator]]", "[[comparator]]\nnetwork = \"mine_112\"\n[[comparator]]", "weighed twice"},
  };
  for (const auto& c : cases) {
    const std::string error = error_of(with(kRecogniser, c.from, c.to));
    EXPECT_NE(error.find(c.named), std::string::npos) << c.to << " gave: " << error;
  }
}

TEST(AddedCard, NothingAndTooMuchAreErrors) {
  EXPECT_NE(error_of(""), "");
  EXPECT_NE(error_of("name = \"x\""), "");
  EXPECT_NE(error_of(std::string(kCardBytesMax + 1, '#')).find("limit"), std::string::npos);
  EXPECT_NE(error_of("a = " + std::string(5000, '[')), "") << "deep nesting";
  EXPECT_NE(error_of(std::string("\xff\xfe\x00name", 7)), "");
}

}  // namespace
}  // namespace selfsame::app
