// SPDX-License-Identifier: Apache-2.0
#include "app/model_manifest.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "app/terminal.h"
#include "base/crypto.h"

namespace selfsame::app {
namespace {

namespace fs = std::filesystem;

const fs::path kShipped = fs::path(SELFSAME_SOURCE_DIR) / "models";

std::string text_of_file(const fs::path& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

/// A copy of the shipped cards that a test may spoil.
class ModelCardsFile : public ::testing::Test {
 protected:
  ModelCardsFile() {
    fs::create_directories(folder_);
    for (const char* name : {"networks.toml", "face_calibration.toml"}) {
      fs::copy_file(kShipped / name, folder_ / name, fs::copy_options::overwrite_existing);
    }
  }
  ~ModelCardsFile() override { fs::remove_all(folder_); }

  /// Replaces the first `from` of `file`; the error's text, or "" when the cards still load.
  std::string error_after(const char* file, const std::string& from, const std::string& to) {
    std::string text = text_of_file(kShipped / file);
    const auto at = text.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    if (at != std::string::npos) text.replace(at, from.size(), to);
    std::ofstream(folder_ / file) << text;
    const auto cards = read_model_cards(folder_.string());
    fs::copy_file(kShipped / file, folder_ / file, fs::copy_options::overwrite_existing);
    return cards ? "" : cards.error().detail;
  }

  fs::path folder_ = fs::path(::testing::TempDir()) / ("selfsame_cards_" + random_token(8));
};

TEST(ModelCards, TheShippedOnesLoadAndNameOurOwnNetworkAsItIs) {
  const auto cards = read_model_cards(kShipped.string());
  ASSERT_TRUE(cards) << cards.error().detail;
  const auto* pad = cards->find("pad_selfsame");
  ASSERT_NE(pad, nullptr);
  const auto file = read_file((kShipped / pad->file).string(), 4u << 20);
  ASSERT_TRUE(file) << "at most 4 MiB";
  EXPECT_EQ(to_hex(sha256(*file)), pad->sha256);
  for (const auto& network : cards->networks) {
    EXPECT_FALSE(network.golden.values.empty()) << network.name;
  }
  for (const char* precision : {"f32", "bf16"}) {
    const auto& all = cards->calibrations;
    EXPECT_TRUE(std::ranges::any_of(all, [&](const auto& calibration) {
      return calibration.thresholds.precision == precision &&
             calibration.comparator == vision::comparator_name(cards->comparator);
    })) << precision;
  }
}

TEST_F(ModelCardsFile, WhatIsWrongIsNamed) {
  const struct {
    const char* file;
    const char* from;
    const char* to;
    const char* named;
  } cases[] = {
      {"networks.toml", "  [\"N AY N\"],\n", "", "[speech]: digits is not ten lists"},
      {"networks.toml", "[\"T UW\"]", "[2]", "[speech]: digits holds a value"},
      {"networks.toml", "[\"T UW\"]", "\"T UW\"", "[speech]: digits is not an array"},
      {"networks.toml", "[\"T UW\"]", "[]", "[speech]: digits is not ten lists"},
      {"networks.toml", "language = \"en\"", "tongue = \"en\"", "[speech]: language is missing"},
      {"networks.toml", "channels = \"bgr\"", "channels = \"gbr\"", "channels cannot be \"gbr\""},
      {"networks.toml", "channels = \"bgr\"", "chanels = \"bgr\"", "chan"},
      {"networks.toml", "sha256 = ", "sha265 = ", "sha2"},
      {"networks.toml", "input_width_px = 112", "input_width_px = \"112\"", "input_width_px"},
      {"networks.toml", "live_index = 1", "live_index = -1", "live_index is negative"},
      {"networks.toml", "network = \"sface\"", "network = \"sfaze\"", "sfaze"},
      {"networks.toml", "detector = \"yunet\"", "detector = \"blaze\"", "blaze"},
      {"networks.toml", "retry_threshold = ", "retry_threshold = 9", "retry"},
      {"networks.toml", "weight = 1.0", "weight = 0.0", "weight"},
      {"networks.toml", "[pad]", "[pad", "networks.toml:"},
      {"face_calibration.toml", "1e-3 = 0", "1e-3 = -0", "threshold does not rise"},
      {"face_calibration.toml", "1e-6 = ", "1e-7 = ", "1e-"},
  };
  for (const auto& c : cases) {
    const std::string error = error_after(c.file, c.from, c.to);
    EXPECT_NE(error.find(c.named), std::string::npos) << c.to << " gave: " << error;
  }
}

TEST_F(ModelCardsFile, AMissingFileIsAnErrorAndNotACrash) {
  fs::remove(folder_ / "networks.toml");
  EXPECT_FALSE(read_model_cards(folder_.string()));
}

}  // namespace
}  // namespace selfsame::app
