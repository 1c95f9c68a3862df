// SPDX-License-Identifier: Apache-2.0
// The gates on damaged fixtures, injections made of them, and the clips of ../shared/evaldata where
// that is there.
#include "vision/liveness.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "core/decision.h"
#include "vision/decode_image.h"
#include "vision/drawn_attack.h"
#include "vision/liveness_test_parts.h"

namespace selfsame::vision {
namespace {

using core::CaptureDefect;
using core::LivenessVerdict;

// As models/networks.toml has it.
constexpr core::PadPolicy kPolicy = {.bona_fide_threshold = 0.5, .retry_threshold = 0.44};

class Liveness : public test::WithNetworks {
 protected:
  static LivenessMeasurement of_photo(const Image& image) {
    return test::parts().meter().measure_photo(image).value();
  }
  static LivenessMeasurement of_frames(const std::vector<Image>& frames) {
    return test::parts()
        .meter()
        .measure_frames(test::source_of(frames, test::kTalkingRate))
        .value();
  }
  static LivenessVerdict verdict(const LivenessMeasurement& measured) {
    return core::decide_liveness(measured.evidence, kPolicy);
  }
  static bool says(const LivenessMeasurement& measured, const std::string& reason) {
    return std::ranges::find(measured.reasons, reason) != measured.reasons.end();
  }
  template <class Change>
  static std::vector<Image> changed(const Change& change) {
    std::vector<Image> frames;
    for (const auto& frame : test::talking_frames()) frames.push_back(change(frame));
    return frames;
  }
};

TEST_F(Liveness, TalkingPersonIsLive) {
  const auto measured = of_frames(test::talking_frames());
  EXPECT_FALSE(measured.evidence.defect.has_value());
  EXPECT_EQ(verdict(measured), LivenessVerdict::live);
  EXPECT_TRUE(measured.evidence.continuous);
  EXPECT_TRUE(measured.evidence.same_face_throughout);
  EXPECT_EQ(measured.frames_decoded, 120);
  EXPECT_GE(measured.frames_scored, 8);
  EXPECT_FALSE(measured.best_frame.empty());
  EXPECT_EQ(measured.best_frame_templates.size(), 1U);
  EXPECT_GT(measured.best_frame_quality.unified_quality_score.value(), 20);
  EXPECT_TRUE(measured.reasons.empty());
}

TEST_F(Liveness, PortraitIsScored) {
  const auto measured = of_photo(test::fixture("astronaut.png"));
  EXPECT_FALSE(measured.evidence.defect.has_value());
  EXPECT_TRUE(measured.evidence.pad.has_value());
  EXPECT_EQ(measured.frames_scored, 1);
  EXPECT_DOUBLE_EQ(measured.duration_s, 0);
}

TEST_F(Liveness, GreyIsACopyHoweverAliveItLooks) {
  const auto video = of_frames(changed(test::in_grey));
  EXPECT_EQ(verdict(video), LivenessVerdict::attack);
  EXPECT_TRUE(says(video, "monochrome"));
  EXPECT_EQ(video.attack_class, core::AttackClass::print);
  for (const auto& file : test::kPortraits) {
    const auto portrait = test::resized(test::fixture(file), 2);
    EXPECT_TRUE(of_photo(portrait).evidence.in_colour) << file;
    EXPECT_EQ(verdict(of_photo(test::in_grey(portrait))), LivenessVerdict::attack) << file;
  }
}

// Crude drawings. Those of screens are told apart where little else is in the picture (the
// self-test at start) and not around every portrait: models/pad_selfsame_80.md has the rates.
TEST_F(Liveness, DrawnPapersScoreBelowPortraits) {
  double live = 0, attack = 0;
  for (const auto& file : test::kPortraits) {
    const auto portrait = test::resized(test::fixture(file), 2);  // large enough when drawn
    const double alive = of_photo(portrait).evidence.pad.value().value;
    const auto paper = of_photo(draw_attack(portrait, DrawnAttack::paper)).evidence;
    EXPECT_LT(paper.pad.value().value, alive) << file;
    live += alive;
    attack += paper.pad.value().value;
  }
  EXPECT_LT(attack / 3, live / 3 - 0.2);
}

TEST_F(Liveness, NobodyIsNoFace) {
  const Image wall{.width_px = 320, .height_px = 240, .bgr = std::vector<std::uint8_t>(230400, 90)};
  EXPECT_EQ(of_photo(wall).evidence.defect, CaptureDefect::no_face);
  EXPECT_EQ(of_frames(std::vector<Image>(90, wall)).evidence.defect, CaptureDefect::no_face);
}

TEST_F(Liveness, TwoPersonsAreSeveralFaces) {
  const auto both = test::side_by_side(test::fixture("obama.jpg"), test::fixture("biden.jpg"));
  EXPECT_EQ(of_photo(both).evidence.defect, CaptureDefect::several_faces);
  const auto frames = changed([&](const Image& frame) { return test::side_by_side(frame, frame); });
  EXPECT_EQ(of_frames(frames).evidence.defect, CaptureDefect::several_faces);
}

/// Everybody gets a wide wall beside; in frames begin … end somebody looks in there.
std::vector<Image> with_visitor(std::size_t begin, std::size_t end) {
  const auto frames = test::talking_frames();
  const Image wall{
      .width_px = frames[0].width_px,
      .height_px = frames[0].height_px,
      .bgr = std::vector<std::uint8_t>(frames[0].bgr.size(), 90)
  };
  std::vector<Image> visited;
  for (std::size_t i = 0; i < frames.size(); ++i) {
    const bool is_there = i >= begin && i < end;
    visited.push_back(test::side_by_side(frames[i], is_there ? frames[i] : wall));
  }
  return visited;
}

// For a third of the time, and neither at the beginning nor at the end.
TEST_F(Liveness, ASecondPersonInBetweenIsSeen) {
  EXPECT_EQ(of_frames(with_visitor(12, 52)).evidence.defect, CaptureDefect::several_faces);
}

TEST_F(Liveness, SomebodyPassingByIsForgiven) {
  EXPECT_NE(of_frames(with_visitor(40, 50)).evidence.defect, CaptureDefect::several_faces);
}

TEST_F(Liveness, MaskComesBeforeCloseness) {
  const auto portrait = test::fixture("obama.jpg");
  const auto masked = test::with_mask(portrait, test::mesh_in(portrait), {235, 235, 235});
  EXPECT_EQ(of_photo(masked).evidence.defect, CaptureDefect::mask_worn);
  const auto face = test::face_in(portrait);
  const cv::Rect tight(
      cvRound(face.box.x - 0.1F * face.box.width),
      cvRound(face.box.y - 0.1F * face.box.height),
      cvRound(1.2F * face.box.width),
      cvRound(1.2F * face.box.height)
  );
  const auto near = test::image_of(test::mat_of(masked)(tight));
  EXPECT_EQ(of_photo(near).evidence.defect, CaptureDefect::mask_worn);
  const auto bare = test::image_of(test::mat_of(portrait)(tight));
  EXPECT_EQ(of_photo(bare).evidence.defect, CaptureDefect::too_close);
}

TEST_F(Liveness, MaskedVideoIsMaskWorn) {
  const auto frames = changed([](const Image& frame) {
    return test::with_mask(frame, test::mesh_in(frame), {215, 190, 140});
  });
  EXPECT_EQ(of_frames(frames).evidence.defect, CaptureDefect::mask_worn);
}

TEST_F(Liveness, SmallFacesAreWrongSize) {
  const auto frames = changed([](const Image& frame) { return test::resized(frame, 1.0 / 3); });
  EXPECT_EQ(of_frames(frames).evidence.defect, CaptureDefect::wrong_size);
  const auto small = test::resized(test::fixture("obama.jpg"), 0.25);
  EXPECT_EQ(of_photo(small).evidence.defect, CaptureDefect::wrong_size);
}

TEST_F(Liveness, DamageIsPoorQualityAndSaysWhich) {
  const auto soft = of_frames(changed([](const Image& frame) { return test::blurred(frame, 7); }));
  EXPECT_EQ(soft.evidence.defect, CaptureDefect::poor_quality);
  EXPECT_TRUE(says(soft, "blurred"));
  const auto coded = of_frames(changed([](const Image& frame) {
    return decode_image(encode_jpeg(test::blurred(frame, 7), 50)).value();
  }));
  EXPECT_EQ(coded.evidence.defect, CaptureDefect::poor_quality) << "a codec's blocks are no detail";
  const auto dark = of_photo(test::lit(test::fixture("biden.jpg"), 0.2));
  EXPECT_EQ(dark.evidence.defect, CaptureDefect::poor_quality);
  EXPECT_TRUE(says(dark, "too_dark"));
}

TEST_F(Liveness, ShortVideosAreTooShort) {
  const auto& all = test::talking_frames();
  const std::vector<Image> second(all.begin(), all.begin() + 30);
  EXPECT_EQ(of_frames(second).evidence.defect, CaptureDefect::too_short);
  const std::vector<Image> enough(all.begin(), all.begin() + 60);
  EXPECT_FALSE(of_frames(enough).evidence.defect.has_value());
}

TEST_F(Liveness, UndecodableIsAFinding) {
  const Bytes junk(5000, 7);
  const auto measured = test::parts().meter().measure_video(junk, {}).value();
  EXPECT_EQ(measured.evidence.defect, CaptureDefect::undecodable);
}

TEST_F(Liveness, DecodesRealVideos) {
  const auto video = test::read_file(test::kFixturesDir + "/carphone_pristine.mp4");
  const auto measured = test::parts().meter().measure_video(video, {}).value();
  EXPECT_EQ(measured.evidence.defect, CaptureDefect::wrong_size);  // 47 px wide
  EXPECT_NEAR(measured.duration_s, 4.0, 0.05);
}

TEST_F(Liveness, StillAsVideoIsFrozen) {
  const auto measured = of_frames(std::vector<Image>(90, test::talking_frames()[20]));
  EXPECT_EQ(verdict(measured), LivenessVerdict::attack);
  EXPECT_TRUE(says(measured, "frozen_frames"));
  EXPECT_EQ(measured.attack_class, core::AttackClass::injected);
}

TEST_F(Liveness, LoopIsRepeated) {
  const auto& all = test::talking_frames();
  std::vector<Image> looped;
  for (int i = 0; i < 3; ++i) looped.insert(looped.end(), all.begin(), all.begin() + 30);
  const auto measured = of_frames(looped);
  EXPECT_EQ(verdict(measured), LivenessVerdict::attack);
  EXPECT_TRUE(says(measured, "repeated_frames"));
}

TEST_F(Liveness, SplicedPersonIsACutAndAnotherFace) {
  auto frames = test::talking_frames();
  const auto& first = frames.front();
  const auto portrait = test::fixture("obama.jpg");
  const double factor = static_cast<double>(first.height_px) / portrait.height_px;
  const Image other = test::resized(portrait, factor);
  cv::Mat scene(first.height_px, first.width_px, CV_8UC3, cv::Scalar(90, 90, 90));
  const cv::Mat person = test::mat_of(other);
  const int height = std::min(person.rows, scene.rows);
  person(cv::Rect(0, 0, person.cols, height))
      .copyTo(scene(cv::Rect((scene.cols - person.cols) / 2, 0, person.cols, height)));
  for (std::size_t i = 60; i < frames.size(); ++i) {
    cv::Mat moved;
    const double shift = static_cast<double>(i % 7);
    cv::warpAffine(
        scene,
        moved,
        cv::Matx23d(1, 0, shift, 0, 1, 0),
        scene.size(),
        cv::INTER_LINEAR,
        cv::BORDER_REPLICATE
    );
    frames[i] = test::image_of(moved);
  }
  const auto measured = of_frames(frames);
  EXPECT_EQ(verdict(measured), LivenessVerdict::attack);
  EXPECT_TRUE(says(measured, "cut"));
  EXPECT_TRUE(says(measured, "face_changed"));
}

class LivenessClips : public test::WithEvalData {
 protected:
  struct Clip {
    std::string name;
    LivenessMeasurement measured;
    LivenessVerdict verdict;
  };

  static std::vector<Clip> clips_of(const std::string& folder) {
    std::vector<Clip> clips;
    for (const auto& entry :
         std::filesystem::directory_iterator(test::kEvalData + "/liveness/" + folder)) {
      const auto bytes = test::read_file(entry.path().string());
      const bool is_photo = entry.path().extension() == ".jpg";
      const auto meter = test::parts().meter();
      auto measured = is_photo ? meter.measure_photo(decode_image(bytes).value()).value()
                               : meter.measure_video(bytes, {}).value();
      const auto verdict = core::decide_liveness(measured.evidence, kPolicy);
      std::printf(
          "%s/%s: verdict %d, PAD %.3f, %s\n",
          folder.c_str(),
          entry.path().filename().c_str(),
          static_cast<int>(verdict),
          measured.evidence.pad ? measured.evidence.pad->value : -1,
          measured.evidence.defect ? core::name_of(*measured.evidence.defect) : "no defect"
      );
      clips.push_back({entry.path().filename(), std::move(measured), verdict});
    }
    return clips;
  }
};

// P(live) of every fourth frame with a face: the members' and the fused score.
struct FrameScores {
  std::vector<std::vector<double>> of_frame;

  void add(const Image& frame) {
    const auto faces = test::parts().detector.detect(view_of(frame), 640).value();
    if (faces.empty()) return;
    auto reading = test::parts().pad.score(view_of(frame), faces.front().box).value();
    reading.live_of_member.push_back(reading.score.value);
    of_frame.push_back(std::move(reading.live_of_member));
  }

  void add_folder(const std::string& folder) {
    for (const auto& entry :
         std::filesystem::directory_iterator(test::kEvalData + "/liveness/" + folder)) {
      const auto bytes = test::read_file(entry.path().string());
      if (entry.path().extension() == ".jpg") {
        add(decode_image(bytes).value());
        continue;
      }
      const auto summary = decode_video(bytes, {}, [this](const VideoFrame& frame) {
        if (frame.index() % 4 == 0) add(frame.image(960).value());
        return Visit::more;
      });
      ASSERT_TRUE(summary.has_value()) << entry.path();
    }
  }
};

// Share of (living, attack) pairs in which the living frame scores higher.
double area_under_curve(const FrameScores& live, const FrameScores& attack, std::size_t score) {
  double wins = 0;
  for (const auto& l : live.of_frame) {
    for (const auto& a : attack.of_frame) {
      wins += l.at(score) > a.at(score) ? 1 : (l.at(score) == a.at(score) ? 0.5 : 0);
    }
  }
  return wins / static_cast<double>(live.of_frame.size() * attack.of_frame.size());
}

TEST_F(LivenessClips, FramesSeparate) {
  FrameScores live, attack;
  live.add_folder("live");
  live.add_folder("talking");
  attack.add_folder("attack");
  const double own = area_under_curve(live, attack, 0);
  const double packaged = area_under_curve(live, attack, 1);
  const double fused = area_under_curve(live, attack, 2);
  std::printf(
      "AUC over %zu living and %zu attack frames of 11 clips: own %.4f, packaged %.4f, both %.4f\n",
      live.of_frame.size(),
      attack.of_frame.size(),
      own,
      packaged,
      fused
  );
  EXPECT_GE(fused, 0.97);
}

TEST_F(LivenessClips, AttacksAreRefused) {
  for (const auto& clip : clips_of("attack")) {
    EXPECT_NE(clip.verdict, LivenessVerdict::live) << clip.name;
    EXPECT_NE(clip.verdict, LivenessVerdict::unsure) << clip.name;
    if (clip.name != "still.jpg") EXPECT_EQ(clip.verdict, LivenessVerdict::attack) << clip.name;
  }
}

TEST_F(LivenessClips, LivingPersonsPass) {
  auto clips = clips_of("live");
  for (auto& clip : clips_of("talking")) clips.push_back(std::move(clip));
  ASSERT_EQ(clips.size(), 8U);
  int asked_again = 0;
  for (const auto& clip : clips) {
    asked_again += clip.verdict == LivenessVerdict::unsure ? 1 : 0;
    if (clip.verdict != LivenessVerdict::unsure) {
      EXPECT_EQ(clip.verdict, LivenessVerdict::live) << clip.name;
    }
    EXPECT_TRUE(clip.measured.evidence.continuous) << clip.name;
    EXPECT_TRUE(clip.measured.evidence.same_face_throughout) << clip.name;
    EXPECT_TRUE(clip.measured.evidence.in_colour) << clip.name;
  }
  EXPECT_LE(asked_again, 1);
}

TEST_F(LivenessClips, MaskedPersonIsToldSo) {
  for (const auto& clip : clips_of("masked")) {
    EXPECT_EQ(clip.measured.evidence.defect, CaptureDefect::mask_worn) << clip.name;
  }
}

}  // namespace
}  // namespace selfsame::vision
