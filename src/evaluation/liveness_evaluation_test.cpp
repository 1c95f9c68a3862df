// SPDX-License-Identifier: Apache-2.0
#include "evaluation/liveness_evaluation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "evaluation/liveness_report.h"

namespace selfsame::evaluation {
namespace {

namespace fs = std::filesystem;
using core::LivenessVerdict;
using testing::HasSubstr;

/// Reads text: "scores .9 .8 ..." is a photo with so many frames; "defect"; "masked"; "broken";
/// anything else is no media. Three networks; the last one turns the score around.
class TextEngine final : public vision::FaceEngine {
 public:
  Result<vision::FacePhoto> read_photo(ByteView, const vision::PhotoOptions&) const override {
    return fail(Errc::unsupported);
  }
  Result<vision::FacePhoto> read_image(const vision::Image&, const vision::PhotoOptions&)
      const override {
    return fail(Errc::unsupported);
  }
  Result<core::SimilarityScore> compare(const vision::FaceTemplates&, const vision::FaceTemplates&)
      const override {
    return fail(Errc::unsupported);
  }
  Result<vision::LivenessMeasurement> measure_photo_liveness(ByteView encoded) const override {
    std::istringstream words{std::string(text_of(encoded))};
    std::string kind;
    words >> kind;
    vision::LivenessMeasurement measured;
    if (kind == "broken") return fail(Errc::engine_failed, "as the test wanted");
    if (kind == "defect") measured.evidence.defect = core::CaptureDefect::no_face;
    if (kind == "masked") measured.evidence.defect = core::CaptureDefect::mask_worn;
    if (measured.evidence.defect) return measured;
    if (kind != "scores") return fail(Errc::image_undecodable);
    double sum = 0;
    for (double score = 0; words >> score;) {
      measured.scored_frames.push_back(
          {.index = 0, .time_s = 0, .score = score, .live_of_network = {score, 0.5, 1 - score}}
      );
      sum += score;
    }
    measured.evidence = {
        .defect = std::nullopt,
        .pad = core::PadScore{sum / static_cast<double>(measured.scored_frames.size())},
        .continuous = true,
        .same_face_throughout = true,
        .in_colour = true
    };
    return measured;
  }
  Result<vision::LivenessMeasurement> measure_video_liveness(ByteView) const override {
    vision::LivenessMeasurement measured;
    measured.evidence.defect = core::CaptureDefect::undecodable;
    return measured;
  }
  Result<vision::CaptureMeasurement>
  measure_capture(const vision::CaptureSamples&, const core::Challenge&) const override {
    return fail(Errc::unsupported);
  }
  Bytes encode_jpeg(const vision::Image&, int) const override { return {}; }
  const core::ComparisonCalibration& calibration() const noexcept override { return calibration_; }
  const core::PadPolicy& pad_policy() const noexcept override { return policy_; }
  std::vector<vision::NetworkFacts> networks() const override {
    return {
        {"finder", "detector", "", "", "", "f32"},
        {"own", "pad", "", "", "", "f32"},
        {"dull", "pad", "", "", "", "f32"},
        {"contrary", "pad", "", "", "", "f32"}
    };
  }
  Result<void> self_test(const std::string&) const override { return {}; }

 private:
  core::ComparisonCalibration calibration_;
  core::PadPolicy policy_{.bona_fide_threshold = 0.5, .retry_threshold = 0.4};
};

class LivenessEvaluationTest : public testing::Test {
 protected:
  void SetUp() override {
    folder_ =
        fs::path(testing::TempDir()) /
        ("takes-" + std::string(testing::UnitTest::GetInstance()->current_test_info()->name()));
    fs::remove_all(folder_);
  }
  void TearDown() override { fs::remove_all(folder_); }

  void write(const std::string& file, const std::string& text) const {
    fs::create_directories((folder_ / file).parent_path());
    std::ofstream(folder_ / file) << text;
  }
  void write_takes() const {
    write("live/a.jpg", "scores 0.9 0.8");
    write("live/deep/b.jpg", "scores 0.45");
    write("talking/c.mp4", "scores 0.7");
    write("attack/screen/d.jpg", "scores 0.1 0.2");
    write("attack/screen/e.jpg", "scores 0.6");
    write("attack/f.jpg", "scores 0.3");
    write("attack/g.jpg", "defect");
    write("masked/h.jpg", "masked");
    write("masked/i.jpg", "scores 0.9");
    write("live/notes.txt", "what was recorded when");
    write("elsewhere/j.jpg", "scores 0.9");
  }
  [[nodiscard]] Result<LivenessEvaluation> evaluate(std::vector<std::string> beside = {}) const {
    const LivenessEvaluationRequest request{
        .folder = folder_, .beside = std::move(beside), .threads = 3, .bootstrap = {}
    };
    return evaluate_liveness(engine_, request, {});
  }

  fs::path folder_;
  TextEngine engine_;
};

TEST_F(LivenessEvaluationTest, CountsWholeVerdictsBySpecies) {
  write_takes();
  const auto found = evaluate().value();
  EXPECT_EQ(found.bona_fide.files, 3U);
  EXPECT_EQ(found.bona_fide.accepted.count, 2U);
  EXPECT_EQ(found.bona_fide.unsure.count, 1U);
  ASSERT_EQ(found.attacks.size(), 2U);
  EXPECT_EQ(found.attacks.at("screen").accepted.count, 1U);
  EXPECT_EQ(found.attacks.at("attack").refused.count, 1U);
  EXPECT_EQ(found.attacks.at("attack").refused.of, 1U);
  EXPECT_EQ(found.attacks.at("attack").not_judged.count, 1U);
  EXPECT_DOUBLE_EQ(found.apcer(), 0.5) << "the worst species'";
  EXPECT_NEAR(found.bpcer(), 1.0 / 3, 1e-9);
  EXPECT_EQ(found.told_of_mask.count, 1U);
  EXPECT_EQ(found.told_of_mask.of, 2U);
}

TEST_F(LivenessEvaluationTest, NothingIsSkippedSilently) {
  write_takes();
  const auto found = evaluate().value();
  EXPECT_EQ(found.files.size(), 9U);
  ASSERT_EQ(found.unreadable.size(), 1U);
  EXPECT_EQ(found.unreadable[0].file, "live/notes.txt");
  EXPECT_EQ(found.unreadable[0].reason, "video_undecodable");
  const std::string text = render_text(found);
  EXPECT_THAT(text, HasSubstr("Unreadable live/notes.txt"));
  EXPECT_THAT(text, HasSubstr("attack/screen/e.jpg"));
  EXPECT_THAT(text, HasSubstr("masked/i.jpg"));
  EXPECT_THAT(draw_det(found), HasSubstr("APCER"));
}

TEST_F(LivenessEvaluationTest, NetworksStandSideBySide) {
  write_takes();
  const auto found = evaluate({"dull", "contrary"}).value();
  std::vector<std::string> names;
  for (const auto& system : found.systems) names.push_back(system.name);
  EXPECT_THAT(
      names, testing::ElementsAre("default", "own", "dull", "contrary", "beside", "own+beside")
  );
  // Masked persons are in no rate. Clips: .85, .45, .7 against .15, .6, .3.
  const auto& clips = found.systems[0].by_clip.value();
  EXPECT_EQ(clips.bpcer.of, 3U);
  EXPECT_EQ(clips.apcer.of, 3U);
  EXPECT_DOUBLE_EQ(clips.auc, 8.0 / 9);
  EXPECT_DOUBLE_EQ(found.systems[1].by_clip.value().auc, 8.0 / 9);
  EXPECT_DOUBLE_EQ(found.systems[2].by_clip.value().auc, 0.5);
  EXPECT_DOUBLE_EQ(found.systems[3].by_clip.value().auc, 1.0 / 9) << "a contrary one is seen to be";
  EXPECT_EQ(found.systems[0].by_frame.value().bpcer.of, 4U);
  EXPECT_EQ(found.systems[0].by_frame.value().apcer.of, 4U);
}

TEST_F(LivenessEvaluationTest, WhatCannotBeMeasuredIsAnError) {
  EXPECT_EQ(evaluate().error().code, Errc::not_found);
  write("live/a.jpg", "scores 0.9");
  EXPECT_EQ(evaluate().error().code, Errc::invalid_parameter);
  write("attack/b.jpg", "scores 0.2");
  EXPECT_TRUE(evaluate().has_value());
  EXPECT_EQ(evaluate({"absent"}).error().code, Errc::invalid_parameter);
  write("attack/c.jpg", "broken");
  EXPECT_EQ(evaluate().error().code, Errc::engine_failed);
}

}  // namespace
}  // namespace selfsame::evaluation
