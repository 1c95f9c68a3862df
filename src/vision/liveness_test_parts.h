// SPDX-License-Identifier: Apache-2.0
// For the tests of liveness and of its parts: loaded networks, fixtures, and damage done to them.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <memory>
#include <opencv2/imgproc.hpp>
#include <string>
#include <utility>
#include <vector>

#include "vision/decode_image.h"
#include "vision/decode_video.h"
#include "vision/face_detector.h"
#include "vision/face_landmarker.h"
#include "vision/face_recogniser.h"
#include "vision/liveness.h"
#include "vision/mat_view.h"
#include "vision/pad_network.h"
#include "vision/test_cards.h"

namespace selfsame::vision::test {

struct Parts {
  std::unique_ptr<InferenceRuntime> runtime;
  FaceDetector detector;
  FaceLandmarker landmarker;
  FaceLandmarker tracker;
  FaceComparator comparator;
  PadEnsemble pad;

  [[nodiscard]] LivenessMeter meter() const { return {detector, landmarker, comparator, pad}; }
};

/// Every network in f32, loaded once for the program. Only where networks_are_here().
inline const Parts& parts() {
  static const Parts loaded = [] {
    const ModelCards cards = all_cards();
    auto runtime = InferenceRuntime::create(options(Precision::f32)).value();
    auto detector = FaceDetector::create(runtime->load(yunet_card()).value()).value();
    auto landmarker = FaceLandmarker::create(runtime->load(mesh_card()).value()).value();
    auto tracker = FaceLandmarker::create(runtime->load(track_card()).value()).value();
    auto comparator = FaceComparator::create(cards, *runtime).value();
    auto pad = PadEnsemble::create(cards, *runtime).value();
    return Parts{
        std::move(runtime),
        std::move(detector),
        std::move(landmarker),
        std::move(tracker),
        std::move(comparator),
        std::move(pad)
    };
  }();
  return loaded;
}

/// Skips, and says so, where tools/fetch.py has not been run.
class WithNetworks : public testing::Test {
 protected:
  void SetUp() override {
    if (!networks_are_here()) GTEST_SKIP() << "SKIPPED: no networks; run tools/fetch.py first";
  }
};

inline const std::vector<std::string> kPortraits = {"obama.jpg", "biden.jpg", "astronaut.png"};

inline Image fixture(const std::string& file) {
  return decode_image(read_file(kFixturesDir + "/" + file)).value();
}

inline DetectedFace face_in(const Image& image) {
  const auto faces = parts().detector.detect(view_of(image), 640).value();
  EXPECT_FALSE(faces.empty());
  const auto surest = std::ranges::max_element(faces, {}, &DetectedFace::confidence);
  return faces.empty() ? DetectedFace{} : *surest;
}

inline FaceLandmarks mesh_in(const Image& image) {
  return parts().landmarker.locate(view_of(image), face_in(image)).value();
}

inline Image image_of(const cv::Mat& mat) {
  const cv::Mat whole = mat.isContinuous() ? mat : mat.clone();
  Image image{.width_px = whole.cols, .height_px = whole.rows, .bgr = {}};
  image.bgr.assign(whole.data, whole.data + whole.total() * 3);
  return image;
}

/// A copy that OpenCV may write to.
inline cv::Mat mat_of(const Image& image) {
  return as_mat(view_of(image)).clone();
}

inline Image blurred(const Image& image, double sigma_px) {
  cv::Mat soft;
  cv::GaussianBlur(as_mat(view_of(image)), soft, {}, sigma_px);
  return image_of(soft);
}

/// Luma times `gain`, clipped.
inline Image lit(const Image& image, double gain) {
  cv::Mat changed;
  as_mat(view_of(image)).convertTo(changed, CV_8UC3, gain);
  return image_of(changed);
}

/// Clockwise about the box's middle, the edges drawn out.
inline Image rotated(const Image& image, const Box& about, double degrees) {
  const cv::Mat source = as_mat(view_of(image));
  const cv::Point2f middle(about.x + about.width / 2, about.y + about.height / 2);
  cv::Mat turned;
  cv::warpAffine(
      source,
      turned,
      cv::getRotationMatrix2D(middle, -degrees, 1),
      source.size(),
      cv::INTER_LINEAR,
      cv::BORDER_REPLICATE
  );
  return image_of(turned);
}

inline Image mirrored(const Image& image) {
  cv::Mat mirror;
  cv::flip(as_mat(view_of(image)), mirror, 1);
  return image_of(mirror);
}

inline Image resized(const Image& image, double factor) {
  cv::Mat result;
  cv::resize(
      as_mat(view_of(image)),
      result,
      {},
      factor,
      factor,
      factor < 1 ? cv::INTER_AREA : cv::INTER_CUBIC
  );
  return image_of(result);
}

inline Image in_grey(const Image& image) {
  cv::Mat grey, grey_bgr;
  cv::cvtColor(as_mat(view_of(image)), grey, cv::COLOR_BGR2GRAY);
  cv::cvtColor(grey, grey_bgr, cv::COLOR_GRAY2BGR);
  return image_of(grey_bgr);
}

inline Image side_by_side(const Image& a, const Image& b) {
  cv::Mat right;
  const cv::Mat left = as_mat(view_of(a));
  const double factor = static_cast<double>(a.height_px) / b.height_px;
  cv::resize(as_mat(view_of(b)), right, {cvRound(b.width_px * factor), a.height_px});
  cv::Mat both;
  cv::hconcat(left, right, both);
  return image_of(both);
}

/// Covers the face from the chin up: `share` of the way to the forehead.
inline Image covered(const Image& image, const FaceLandmarks& mesh, double share) {
  cv::Mat picture = mat_of(image);
  const auto& chin = mesh.points[152];
  const auto& brow = mesh.points[10];
  const auto& right = mesh.points[234];
  const auto& left = mesh.points[454];
  const double height = static_cast<double>(chin.y - brow.y);
  const cv::Rect lid(
      cv::Point(
          cvFloor(static_cast<double>(right.x) - 0.1 * height),
          cvRound(static_cast<double>(chin.y) + 0.1 * height - share * 1.1 * height)
      ),
      cv::Point(
          cvCeil(static_cast<double>(left.x) + 0.1 * height),
          cvRound(static_cast<double>(chin.y) + 0.1 * height)
      )
  );
  if (share > 0) picture(lid & cv::Rect({}, picture.size())).setTo(cv::Scalar(120, 120, 120));
  return image_of(picture);
}

/// A mask from the bridge of the nose to under the chin, in the light that falls on the face.
inline Image with_mask(const Image& image, const FaceLandmarks& mesh, const cv::Scalar& bgr) {
  static const std::vector<std::size_t> kOutline = {234, 93,  132, 58,  172, 136, 150, 149,
                                                    176, 148, 152, 377, 400, 378, 379, 365,
                                                    397, 288, 361, 323, 454, 330, 195, 101};
  const cv::Mat face = mat_of(image);
  std::vector<cv::Point> corners;
  for (const std::size_t index : kOutline) {
    corners.emplace_back(cvRound(mesh.points[index].x), cvRound(mesh.points[index].y));
  }
  cv::Mat cloth_alpha = cv::Mat::zeros(face.size(), CV_8UC1);
  cv::fillPoly(cloth_alpha, std::vector<std::vector<cv::Point>>{corners}, 255, cv::LINE_AA);
  const double eyes = std::hypot(
      static_cast<double>(mesh.points[33].x - mesh.points[263].x),
      static_cast<double>(mesh.points[33].y - mesh.points[263].y)
  );
  cv::Mat light;
  cv::cvtColor(face, light, cv::COLOR_BGR2GRAY);
  cv::GaussianBlur(light, light, {}, std::max(2.0, 0.35 * eyes));
  const double mean_light = std::max(20.0, cv::mean(light, cloth_alpha)[0]);
  cv::Mat result = face.clone();
  for (int y = 0; y < face.rows; ++y) {
    for (int x = 0; x < face.cols; ++x) {
      const double alpha = cloth_alpha.at<std::uint8_t>(y, x) / 255.0;
      if (!(alpha > 0)) continue;
      const double gain = std::clamp(light.at<std::uint8_t>(y, x) / mean_light, 0.5, 1.6);
      auto& pixel = result.at<cv::Vec3b>(y, x);
      for (int c = 0; c < 3; ++c) {
        const double cloth = std::min(255.0, bgr[c] * gain);
        pixel[c] = cv::saturate_cast<std::uint8_t>((1 - alpha) * pixel[c] + alpha * cloth);
      }
    }
  }
  return image_of(result);
}

/// Decoded frames as a video.
class ListedFrame final : public VideoFrame {
 public:
  ListedFrame(const Image& image, int index, double time_s)
      : image_(image), index_(index), time_s_(time_s) {}
  [[nodiscard]] int index() const noexcept override { return index_; }
  [[nodiscard]] double time_s() const noexcept override { return time_s_; }
  [[nodiscard]] int width_px() const noexcept override { return image_.width_px; }
  [[nodiscard]] int height_px() const noexcept override { return image_.height_px; }
  [[nodiscard]] Result<Image> image(int max_side_px) const override {
    const int side = std::max(image_.width_px, image_.height_px);
    if (max_side_px == 0 || side <= max_side_px) return image_;
    return resized(image_, static_cast<double>(max_side_px) / side);
  }

 private:
  const Image& image_;
  int index_;
  double time_s_;
};

inline FrameSource source_of(const std::vector<Image>& frames, double frame_rate) {
  return [&frames, frame_rate](const std::function<Visit(const VideoFrame&)>& visit) {
    VideoSummary summary;
    for (const Image& frame : frames) {
      const ListedFrame shown(frame, summary.frames, summary.frames / frame_rate);
      ++summary.frames;
      if (visit(shown) == Visit::stop) break;
    }
    summary.duration_s = summary.frames / frame_rate;
    summary.frame_rate = frame_rate;
    return Result<VideoSummary>(summary);
  };
}

/// The fixture video: a person talking, 176x144 enlarged three times, 120 frames, 29.97 a second.
inline const std::vector<Image>& talking_frames() {
  static const std::vector<Image> frames = [] {
    std::vector<Image> all;
    const Bytes video = read_file(kFixturesDir + "/carphone_pristine.mp4");
    const auto summary = decode_video(video, {}, [&all](const VideoFrame& frame) {
      all.push_back(resized(frame.image().value(), 3));
      return Visit::more;
    });
    EXPECT_TRUE(summary.has_value());
    return all;
  }();
  return frames;
}
inline constexpr double kTalkingRate = 30000.0 / 1001;

/// Puts the face in `from` over the one in `to`, a little larger than their boxes.
inline void put_face(const Image& from, const Box& from_box, Image& to, const Box& to_box) {
  const auto grown = [](const Box& box, const cv::Mat& picture) {
    const cv::Rect2d rect(
        static_cast<double>(box.x - 0.2F * box.width),
        static_cast<double>(box.y - 0.25F * box.height),
        static_cast<double>(1.4F * box.width),
        static_cast<double>(1.4F * box.height)
    );
    return cv::Rect(rect) & cv::Rect(0, 0, picture.cols, picture.rows);
  };
  const cv::Mat source = mat_of(from);
  cv::Mat target = mat_of(to).clone();
  const cv::Rect place = grown(to_box, target);
  cv::Mat face;
  cv::resize(source(grown(from_box, source)), face, place.size(), 0, 0, cv::INTER_AREA);
  face.copyTo(target(place));
  to = image_of(target);
}

/// Measuring data beside the checkout, which no clone has.
inline const std::string kEvalData = SELFSAME_SOURCE_DIR "/../shared/evaldata";
class WithEvalData : public WithNetworks {
 protected:
  void SetUp() override {
    WithNetworks::SetUp();
    if (IsSkipped()) return;
    if (!std::filesystem::exists(kEvalData)) {
      GTEST_SKIP() << "SKIPPED: needs ../shared/evaldata, which is not here; nothing was measured";
    }
  }
};

}  // namespace selfsame::vision::test
