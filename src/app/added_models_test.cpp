// SPDX-License-Identifier: Apache-2.0
#include "app/added_models.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>

#include "app/calibration_file.h"
#include "app/model_manifest.h"
#include "app/model_standing.h"
#include "app/terminal.h"
#include "base/crypto.h"

namespace selfsame::app {
namespace {

namespace fs = std::filesystem;

void write(const fs::path& path, const std::string& text) {
  fs::create_directories(path.parent_path());
  std::ofstream(path, std::ios::binary) << text;
}

/// Networks are not run here: any bytes will do.
class AddedModels : public ::testing::Test {
 protected:
  ~AddedModels() override { fs::remove_all(place_); }

  /// A folder with the card of a recogniser and its file.
  fs::path brought(const std::string& name = "mine", const std::string& content = "weights") {
    const fs::path folder = place_ / ("brought_" + name);
    write(folder / "net.onnx", content);
    write(
        folder / "card.toml",
        fmt::format(
            R"(name = "{0}"
source = "bought"
tested_on = "nothing"
[[network]]
name = "{0}_net"
role = "recogniser"
file = "net.onnx"
sha256 = "{1}"
licence = "LicenseRef-bought"
package = "mail"
input_width_px = 112
input_height_px = 112
channels = "rgb"
layout = "nchw"
value_scale = 1.0
value_offset = 0.0
crop = "five_points"
output_length = 512
[network.golden]
values = [0.1]
tolerance = 0.05
[[comparator]]
network = "{0}_net"
weight = 1.5
[[comparator]]
network = "sface"
)",
            name,
            to_hex(sha256(bytes_of(content)))
        )
    );
    return folder;
  }

  void install(const fs::path& folder) {
    auto installer = ModelInstaller::open(data_.string());
    ASSERT_TRUE(installer) << installer.error().detail;
    const auto staged = installer->stage(folder);
    ASSERT_TRUE(staged) << staged.error().detail;
    ASSERT_TRUE(installer->install(*staged));
  }

  std::string stage_error(const fs::path& folder) {
    auto installer = ModelInstaller::open(data_.string()).value();
    const auto staged = installer.stage(folder);
    return staged ? "" : staged.error().detail;
  }

  std::vector<AddedModel> added() { return read_added_models(data_.string()).value(); }

  static vision::ModelCards packaged() {
    return read_model_cards(SELFSAME_SOURCE_DIR "/models").value();
  }

  fs::path place_ = fs::path(::testing::TempDir()) / ("selfsame_added_" + random_token(8));
  fs::path data_ = place_ / "data";
};

TEST_F(AddedModels, NoneIsNoError) {
  EXPECT_TRUE(added().empty());
}

TEST_F(AddedModels, AreInstalledForTheOwnerOnlyAndRead) {
  install(brought());
  const auto models = added();
  ASSERT_EQ(models.size(), 1U);
  EXPECT_EQ(models[0].card.name, "mine");
  EXPECT_FALSE(models[0].added_by.empty());
  EXPECT_EQ(models[0].added_at.size(), 24U);
  for (const auto& entry : fs::recursive_directory_iterator(data_)) {
    const auto wanted = entry.is_directory() ? 0700 : 0600;
    EXPECT_EQ(static_cast<int>(entry.status().permissions()), wanted) << entry.path();
  }
}

TEST_F(AddedModels, WhatWasStagedAndNotInstalledLeavesNothing) {
  {
    auto installer = ModelInstaller::open(data_.string()).value();
    ASSERT_TRUE(installer.stage(brought()));
    EXPECT_TRUE(added().empty()) << "a staged model takes no part";
  }
  EXPECT_FALSE(fs::exists(data_));
}

TEST_F(AddedModels, HostileFoldersAreRefusedAndLeaveNothing) {
  const fs::path folder = brought();
  const fs::path network = folder / "net.onnx";
  write(network, "other weights");
  EXPECT_NE(stage_error(folder).find("sha256 differs"), std::string::npos);
  fs::remove(network);
  EXPECT_NE(stage_error(folder).find("there is no"), std::string::npos);
  write(place_ / "elsewhere.onnx", "weights");
  fs::create_symlink(place_ / "elsewhere.onnx", network);
  EXPECT_NE(stage_error(folder).find("symbolic link"), std::string::npos);
  fs::remove(network);
  fs::create_directory(network);
  EXPECT_NE(stage_error(folder).find("not a regular file"), std::string::npos);
  fs::remove(network);
  ASSERT_EQ(::mkfifo(network.c_str(), 0600), 0);
  EXPECT_NE(stage_error(folder).find("not a regular file"), std::string::npos);
  fs::remove(network);
  write(network, "");
  fs::resize_file(network, 600ULL << 20);  // sparse
  EXPECT_NE(stage_error(folder).find("over the limit"), std::string::npos);
  write(folder / "card.toml", std::string(kCardBytesMax + 1, ' '));
  EXPECT_NE(stage_error(folder).find("over the limit"), std::string::npos);
  fs::remove(folder / "card.toml");
  fs::create_symlink(place_ / "elsewhere.onnx", folder / "card.toml");
  EXPECT_NE(stage_error(folder).find("symbolic link"), std::string::npos);
  EXPECT_NE(stage_error(place_ / "nowhere"), "");
  EXPECT_FALSE(fs::exists(data_));
}

TEST_F(AddedModels, OnlyOneCommandAtATime) {
  const auto first = ModelInstaller::open(data_.string());
  ASSERT_TRUE(first);
  const auto second = ModelInstaller::open(data_.string());
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, Errc::conflict);
}

TEST_F(AddedModels, AreReplacedWithTheirCalibrationAndRemoved) {
  install(brought());
  {
    auto installer = ModelInstaller::open(data_.string()).value();
    ASSERT_TRUE(installer.store_calibration("mine", "f32", "note = \"none\"\n"));
  }
  install(brought("mine", "better weights"));
  EXPECT_FALSE(fs::exists(data_ / "models/mine/calibration.f32.toml"));
  auto installer = ModelInstaller::open(data_.string()).value();
  EXPECT_FALSE(installer.remove("../mine"));
  EXPECT_FALSE(installer.remove("other"));
  ASSERT_TRUE(installer.remove("mine"));
  EXPECT_TRUE(added().empty());
}

TEST_F(AddedModels, AChangedCardStopsEverythingUntilItIsRemoved) {
  install(brought());
  std::ofstream(data_ / "models/mine/card.toml", std::ios::app) << "# one more line\n";
  const auto read = read_added_models(data_.string());
  ASSERT_FALSE(read);
  EXPECT_NE(read.error().detail.find("selfsame models remove mine"), std::string::npos);
  ASSERT_TRUE(ModelInstaller::open(data_.string()).value().remove("mine"));
  EXPECT_TRUE(added().empty());
}

TEST_F(AddedModels, JoinUnderTheirOwnNamesOnly) {
  install(brought());
  auto cards = packaged();
  ASSERT_TRUE(join(cards, added(), ""));
  EXPECT_EQ(vision::comparator_name(cards.comparator), "sface");
  ASSERT_NE(cards.find("mine_net"), nullptr);
  EXPECT_TRUE(fs::path(cards.find("mine_net")->file).is_absolute());
  EXPECT_FALSE(join(cards, added(), "")) << "the same names again";

  cards = packaged();
  ASSERT_TRUE(join(cards, added(), "mine"));
  EXPECT_EQ(vision::comparator_name(cards.comparator), "mine_net*1.5,sface*1");
  EXPECT_TRUE(cards.calibrations.empty()) << "the packaged thresholds are of another comparator";
  cards = packaged();
  EXPECT_FALSE(join(cards, added(), "nobody"));
}

evaluation::FaceEvaluation measured(const std::string& precision, double shift = 0) {
  evaluation::FaceEvaluation evaluation;
  evaluation.data_set = "own \"people\"\n";
  evaluation.precision = precision;
  evaluation.networks = {"mine_net", "sface"};
  evaluation.counts.impostor_pairs = 5'000'000;
  for (std::size_t i = 0; i < core::kCalibratedFmr.size(); ++i) {
    evaluation.rates.operating_points.push_back(
        {.fmr = core::kCalibratedFmr.at(i),
         .threshold = 0.31234 + shift + 0.05 * static_cast<double>(i),
         .fnmr = 0.01,
         .threshold_interval = evaluation::Interval{.low = 0.3, .high = 0.4},
         .fnmr_interval = evaluation::Interval{.low = 0.005, .high = 0.02}}
    );
  }
  return evaluation;
}

TEST_F(AddedModels, DecideOnlyByThresholdsOfTheirPrecisionAndFiles) {
  install(brought());
  auto cards = packaged();
  ASSERT_TRUE(join(cards, added(), "mine"));
  const auto standing = [&](const std::string& precision) {
    return standing_of(*cards.find("mine_net"), cards, added(), precision);
  };
  EXPECT_NE(standing("f32").why_not.find("not calibrated in f32"), std::string::npos);

  const auto stored = calibration_file(measured("f32"), cards);
  ASSERT_TRUE(stored) << stored.error().detail;
  ASSERT_TRUE(
      ModelInstaller::open(data_.string()).value().store_calibration("mine", "f32", stored->text)
  );
  cards = packaged();
  ASSERT_TRUE(join(cards, added(), "mine"));
  ASSERT_EQ(cards.calibrations.size(), 1U);
  EXPECT_DOUBLE_EQ(cards.calibrations[0].thresholds.threshold[0], 0.3124) << "rounded up";
  EXPECT_EQ(cards.calibrations[0].thresholds.version, stored->version);
  EXPECT_TRUE(standing("f32").decides);
  EXPECT_FALSE(standing("bf16").decides) << "measured in f32 only";

  // The packaged half of the comparator changes with a new release: measure again.
  cards = packaged();
  for (auto& network : cards.networks) {
    if (network.name == "sface") network.sha256[0] = network.sha256[0] == '0' ? '1' : '0';
  }
  ASSERT_TRUE(join(cards, added(), "mine"));
  EXPECT_TRUE(cards.calibrations.empty());
  EXPECT_FALSE(standing("f32").decides);
}

TEST_F(AddedModels, CalibrationsNeverShareAVersion) {
  install(brought());
  auto cards = packaged();
  ASSERT_TRUE(join(cards, added(), "mine"));
  const auto f32 = calibration_file(measured("f32"), cards).value();
  const auto bf16 = calibration_file(measured("bf16"), cards).value();
  const auto again = calibration_file(measured("f32", 0.01), cards).value();
  EXPECT_NE(f32.version, bf16.version);
  EXPECT_NE(f32.version, again.version);
  auto installer = ModelInstaller::open(data_.string()).value();
  ASSERT_TRUE(installer.store_calibration("mine", "f32", f32.text));
  ASSERT_TRUE(installer.store_calibration("mine", "bf16", bf16.text));
  ASSERT_TRUE(installer.store_calibration("mine", "f32", again.text));
  const auto stored = added()[0].calibrations;
  ASSERT_EQ(stored.size(), 2U);
  EXPECT_EQ(stored[0].thresholds.version, again.version);
  EXPECT_EQ(stored[1].thresholds.version, bf16.version);
}

TEST_F(AddedModels, DataThatSupportNotEveryRateCalibrateNothing) {
  install(brought());
  auto cards = packaged();
  ASSERT_TRUE(join(cards, added(), "mine"));
  auto few = measured("f32");
  few.rates.operating_points.pop_back();
  const auto refused = calibration_file(few, cards);
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().detail.find("1e-6"), std::string::npos);
  auto falling = measured("f32");
  falling.rates.operating_points[3].threshold = 0.1;
  EXPECT_FALSE(calibration_file(falling, cards));
  auto none = measured("f32");
  none.rates.operating_points[3].threshold = std::numeric_limits<double>::quiet_NaN();
  EXPECT_FALSE(calibration_file(none, cards));
}

}  // namespace
}  // namespace selfsame::app
