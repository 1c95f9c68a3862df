// SPDX-License-Identifier: Apache-2.0
#include "evaluation/face_evaluation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <cmath>
#include <fstream>
#include <limits>
#include <random>
#include <sstream>

#include "evaluation/comparator.h"
#include "evaluation/det_plot.h"
#include "evaluation/face_report.h"

namespace selfsame::evaluation {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

/// An engine that reads text: "face 0.1 0.2 ..." (normalised here), "none" (no face), else
/// undecodable. Two networks: the halves of the numbers, weighed 3 to 1.
class TextEngine final : public vision::FaceEngine {
 public:
  Result<vision::FacePhoto> read_photo(ByteView encoded, const vision::PhotoOptions& options)
      const override {
    EXPECT_FALSE(options.single_face_only || options.require_quality || options.search_rotation);
    std::istringstream words{std::string(text_of(encoded))};
    std::string kind;
    words >> kind;
    vision::FacePhoto photo;
    if (kind == "broken") return fail(Errc::engine_failed, "as the test wanted");
    if (kind == "none") {
      photo.defect = core::CaptureDefect::no_face;
      return photo;
    }
    if (kind != "face") return fail(Errc::image_undecodable);
    std::vector<float> values;
    for (float value = 0; words >> value;) values.push_back(value);
    const auto half = static_cast<std::ptrdiff_t>(values.size() / 2);
    photo.templates = {
        unit({values.begin(), values.begin() + half}), unit({values.begin() + half, values.end()})
    };
    return photo;
  }
  Result<core::SimilarityScore> compare(
      const vision::FaceTemplates& a, const vision::FaceTemplates& b
  ) const override {
    return core::SimilarityScore{0.75 * dot(a[0], b[0]) + 0.25 * dot(a[1], b[1]) + bias};
  }
  Result<vision::FacePhoto> read_image(const vision::Image&, const vision::PhotoOptions&)
      const override {
    return fail(Errc::unsupported);
  }
  Result<vision::LivenessMeasurement> measure_photo_liveness(ByteView) const override {
    return fail(Errc::unsupported);
  }
  Result<vision::CaptureMeasurement>
  measure_capture(const vision::CaptureSamples& samples, const core::Challenge&) const override {
    auto liveness = measure_video_liveness(samples.video);
    if (!liveness) return tl::unexpected(liveness.error());
    return vision::CaptureMeasurement{.liveness = std::move(*liveness), .challenge = {}};
  }
  Result<vision::LivenessMeasurement> measure_video_liveness(ByteView) const override {
    return fail(Errc::unsupported);
  }
  Bytes encode_jpeg(const vision::Image&, int) const override { return {}; }
  const core::ComparisonCalibration& calibration() const noexcept override { return calibration_; }
  const core::PadPolicy& pad_policy() const noexcept override { return policy_; }
  std::vector<vision::NetworkFacts> networks() const override {
    return {
        {"finder", "detector", "", "", "", "bf16"}, {"halves", "recogniser", "", "", "", "f32"}
    };
  }

  Result<void> self_test(const std::string&) const override { return {}; }

  double bias = 0;

 private:
  static vision::FaceTemplate unit(vision::FaceTemplate v) {
    const auto norm = static_cast<float>(std::sqrt(dot(v, v)));
    for (float& value : v) value /= norm;
    return v;
  }
  static double dot(const vision::FaceTemplate& a, const vision::FaceTemplate& b) {
    double sum = 0;
    for (std::size_t i = 0; i < a.size(); ++i) sum += double{a[i]} * double{b[i]};
    return sum;
  }

  core::ComparisonCalibration calibration_;
  core::PadPolicy policy_;
};

/// A folder of people, four numbers twice each, gone when the test ends.
class FaceEvaluationTest : public testing::Test {
 protected:
  void SetUp() override {
    folder_ =
        fs::path(testing::TempDir()) /
        ("people-" + std::string(testing::UnitTest::GetInstance()->current_test_info()->name()));
    fs::remove_all(folder_);
    fs::create_directories(folder_);
  }
  void TearDown() override { fs::remove_all(folder_); }

  void put(const std::string& name, const std::string& text) const {
    fs::create_directories((folder_ / name).parent_path());
    std::ofstream(folder_ / name) << text;
  }

  /// `people` with three photos each, alike within a person.
  void put_people(int people) {
    std::mt19937_64 random(9);
    std::normal_distribution<double> normal;
    for (int person = 0; person < people; ++person) {
      std::vector<double> centre(16);
      for (double& value : centre) value = normal(random);
      for (int photo = 1; photo <= 3; ++photo) {
        std::string text = "face";
        for (const double value : centre) {
          text += " " + std::to_string(value + 0.3 * normal(random));
        }
        put(photo_name(person, photo), text);
      }
    }
  }
  static std::string photo_name(int person, int photo) {
    const std::string name = "P" + std::to_string(person);
    return name + "/" + name + "_000" + std::to_string(photo) + ".jpg";
  }
  [[nodiscard]] FaceEvaluationRequest request() const {
    FaceEvaluationRequest made;
    made.images = folder_;
    made.threads = 2;
    made.bootstrap.replicates = 20;
    return made;
  }

  fs::path folder_;
  TextEngine engine_;
};

TEST_F(FaceEvaluationTest, ComparesAllPairs) {
  put_people(120);
  put("P0/P0_0004.jpg", "none");
  put("P1/P1_0004.png", "noise");
  put("P2/notes.txt", "not a photo");
  std::atomic<std::size_t> last{0};
  const auto result = evaluate_faces(engine_, request(), [&](std::size_t done, std::size_t total) {
    last = done;
    EXPECT_EQ(total, 362U);
  });
  ASSERT_TRUE(result) << result.error().detail;
  EXPECT_EQ(last, 362U);
  EXPECT_EQ(result->counts.photos, 362U);
  EXPECT_EQ(result->counts.failures_to_acquire, 2U);
  EXPECT_EQ(result->counts.templates, 360U);
  EXPECT_EQ(result->counts.identities, 120U);
  EXPECT_EQ(result->counts.genuine_pairs, 360U);
  EXPECT_EQ(result->counts.impostor_pairs, 360U * 359 / 2 - 360);
  ASSERT_EQ(result->failures.size(), 2U);
  EXPECT_EQ(result->failures[0].reason, "no_face");
  EXPECT_EQ(result->failures[1].reason, "image_undecodable");
  EXPECT_EQ(result->precision, "f32");
  EXPECT_EQ(result->networks, std::vector<std::string>{"halves"});
  EXPECT_FALSE(result->fold_accuracy);
  ASSERT_FALSE(result->rates.operating_points.empty());
  EXPECT_LT(result->rates.eer, 0.02);

  const std::string text = render_text(*result);
  EXPECT_THAT(text, HasSubstr("2 of 362 photos gave no template (0.55 %)"));
  EXPECT_THAT(text, HasSubstr("P0/P0_0004.jpg: no_face"));
  EXPECT_THAT(text, HasSubstr("1e-3"));
}

TEST_F(FaceEvaluationTest, AppliesLabelFixes) {
  put_people(40);
  FaceEvaluationRequest wanted = request();
  wanted.labels_fix = folder_ / "fix.tsv";
  put("fix.tsv", "omit\tP0_0001\nsame\tP1\tP2\n");
  const auto result = evaluate_faces(engine_, wanted, nullptr);
  ASSERT_TRUE(result) << result.error().detail;
  EXPECT_EQ(result->counts.omitted, 1U);
  EXPECT_EQ(result->counts.photos, 119U);
  EXPECT_EQ(result->counts.identities, 39U);
  EXPECT_EQ(result->counts.genuine_pairs, 1U + 15U + 37U * 3U);
}

TEST_F(FaceEvaluationTest, ComparesAList) {
  put_people(40);
  put("P39/P39_0001.jpg", "none");
  std::string list = "2 20\n";
  for (int fold = 0; fold < 2; ++fold) {
    for (int i = 0; i < 20; ++i) list += "P" + std::to_string(20 * fold + i) + " 1 2\n";
    for (int i = 0; i < 20; ++i) {
      list += "P" + std::to_string(20 * fold + i) + " 2 P" +
              std::to_string((20 * fold + i + 1) % 40) + " 3\n";
    }
  }
  put("list.txt", list);
  FaceEvaluationRequest wanted = request();
  wanted.pairs = folder_ / "list.txt";
  const auto result = evaluate_faces(engine_, wanted, nullptr);
  ASSERT_TRUE(result) << result.error().detail;
  EXPECT_EQ(result->protocol, Protocol::pairs);
  EXPECT_EQ(result->counts.genuine_pairs, 39U);
  EXPECT_EQ(result->counts.impostor_pairs, 40U);
  EXPECT_EQ(result->counts.skipped_pairs, 1U);
  EXPECT_TRUE(result->rates.operating_points.empty());  // 30 / 40 supports no rate
  EXPECT_EQ(result->rates.unsupported_fmr.size(), kReportedFmr.size());
  ASSERT_TRUE(result->fold_accuracy);
  EXPECT_GT(result->fold_accuracy->accuracy, 0.9);
}

TEST_F(FaceEvaluationTest, ComparesPhotosInNoFolder) {
  put("a1.jpg", "face 1 0 0 0 1 0 0 0");
  put("a2.jpg", "face 1 0.1 0 0 1 0 0 0");
  put("b1.jpg", "face 0 0 1 0 0 0 1 0");
  put("list.txt", "a1.jpg a2.jpg 1\na1.jpg b1.jpg 0\n");
  FaceEvaluationRequest wanted = request();
  EXPECT_FALSE(evaluate_faces(engine_, wanted, nullptr));  // all pairs need identities
  wanted.pairs = folder_ / "list.txt";
  const auto result = evaluate_faces(engine_, wanted, nullptr);
  ASSERT_TRUE(result) << result.error().detail;
  EXPECT_EQ(result->counts.identities, 2U);
  EXPECT_EQ(result->rates.eer, 0);
}

TEST_F(FaceEvaluationTest, FailsByValue) {
  FaceEvaluationRequest wanted = request();
  EXPECT_FALSE(evaluate_faces(engine_, wanted, nullptr));  // an empty folder
  put_people(2);
  wanted.images = folder_ / "missing";
  EXPECT_EQ(evaluate_faces(engine_, wanted, nullptr).error().code, Errc::not_found);
  wanted.images = folder_;
  wanted.pairs = folder_ / "list.txt";
  EXPECT_EQ(evaluate_faces(engine_, wanted, nullptr).error().code, Errc::not_found);
  put("list.txt", "P0/none.jpg P0/P0_0001.jpg 1\n");
  EXPECT_EQ(evaluate_faces(engine_, wanted, nullptr).error().code, Errc::not_found);
  put("list.txt", "what\n");
  EXPECT_EQ(evaluate_faces(engine_, wanted, nullptr).error().code, Errc::malformed_request);
  wanted.pairs.reset();
  put("P0/P0_0009.jpg", "broken");
  EXPECT_EQ(evaluate_faces(engine_, wanted, nullptr).error().code, Errc::engine_failed);
  put("P0/P0_0009.jpg", "face nan 1 1 1 1 1 1 1");
  EXPECT_FALSE(evaluate_faces(engine_, wanted, nullptr));
}

TEST_F(FaceEvaluationTest, NoticesAComparatorThatIsNoWeightedMean) {
  put_people(3);
  engine_.bias = 0.05;
  EXPECT_EQ(evaluate_faces(engine_, request(), nullptr).error().code, Errc::engine_failed);
}

TEST(Flatten, RefusesNaN) {
  const TextEngine engine;
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const vision::FaceTemplates good = {{1, 0}, {0, 1}};
  const vision::FaceTemplates bad = {{1, 0}, {nan, 1}};
  const vision::FaceTemplates short_one = {{1, 0}};
  EXPECT_TRUE(flatten(engine, {&good, &good}, {0, 1}, 2));
  EXPECT_FALSE(flatten(engine, {&good, &bad}, {0, 1}, 2));
  EXPECT_FALSE(flatten(engine, {&good, &short_one}, {0, 1}, 2));
  EXPECT_FALSE(flatten(engine, {&good}, {0, 1}, 2));
  EXPECT_FALSE(flatten(engine, {}, {}, 0));
}

TEST(DetPlot, IsWellFormedAndEscaped) {
  ErrorRates rates;
  rates.eer = 0.006;
  rates.operating_points = {
      {1e-3, 0.36, ThresholdMethod::empirical, 30, 0.01, {}, Interval{0.008, 0.012}}
  };
  rates.det = {{0.1, 0.4, 0.001}, {0.36, 1e-3, 0.01}, {0.5, 1e-6, 0.1}};
  const std::string svg = draw_det(rates, "a <b> & \"c\"", "sub");
  EXPECT_TRUE(svg.starts_with("<svg "));
  EXPECT_TRUE(svg.ends_with("</svg>\n"));
  EXPECT_THAT(svg, HasSubstr("a &lt;b&gt; &amp; &quot;c&quot;"));
  EXPECT_THAT(svg, testing::Not(HasSubstr("nan")));
}

TEST(NormalDeviate, IsTheInverse) {
  EXPECT_NEAR(normal_deviate(0.5), 0, 1e-9);
  EXPECT_NEAR(normal_deviate(0.975), 1.959964, 1e-6);
  EXPECT_NEAR(normal_deviate(1e-6), -4.753424, 1e-6);
}

TEST(FmrName, NamesTheReportedOnes) {
  EXPECT_EQ(fmr_name(1e-3), "1e-3");
  EXPECT_EQ(fmr_name(0.01), "1e-2");
  EXPECT_EQ(fmr_name(0.02), "");
}

}  // namespace
}  // namespace selfsame::evaluation
