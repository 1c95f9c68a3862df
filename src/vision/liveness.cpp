// SPDX-License-Identifier: Apache-2.0
#include "vision/liveness.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <functional>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "vision/attack_cues.h"
#include "vision/face_mask.h"
#include "vision/face_quality.h"
#include "vision/face_regions.h"
#include "vision/flat_motion.h"
#include "vision/head_pose.h"
#include "vision/hidden_parts.h"
#include "vision/photo_reader.h"

namespace selfsame::vision {
namespace {

using core::CaptureDefect;

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

// Gates of LIVENESS.md section 5a.
constexpr double kLeastFaceWidth_px = 80;  // of the capture, not of the shrunk frame
constexpr double kMostFaceShare = 0.7;     // of the picture's short side
constexpr double kLeastCropScale = 1.45;   // good living clips: 1.51 to 3
constexpr double kMostTurn_deg = 25;

// Video. Shares are of the frames looked at.
constexpr std::size_t kFramesLookedAt = 12;
constexpr std::size_t kMostFramesScored = 8;  // LIVENESS.md: 8 to 12
constexpr std::size_t kLeastFramesScored = 4;
constexpr double kLeastUsableShare = 0.25;
constexpr double kLeastFaceFrames = 0.5;
constexpr double kSeveralFacesShare = 0.2;  // less is somebody passing by
constexpr double kHalfFrame_s = 0.02;
// Cosine to the best frame. Living clips, frames within 25 degrees: .53 and more; spliced persons:
// .21 and less. One frame may fall below by blur; two may not.
constexpr double kSameFaceCosine = 0.3;
constexpr int kStrangersForgiven = 1;

// Best frame (LIVENESS.md section 5f).
constexpr double kEyesOpenShare =
    0.88;  // of the clip's own median eye height; blinks reach .65-.80
constexpr double kMouthClosed = 0.2;
constexpr double kBestFrameTurn_deg = 12;

// One frame (or the photo) and what was seen in it.
struct Look {
  const Image* image = nullptr;
  int index = 0;
  double time_s = 0;
  double original_scale = 1;  // pixels of the capture to one of the image

  std::optional<DetectedFace> face;  // the largest; the rest is empty without it
  bool several = false;
  FaceLandmarks landmarks;
  core::HeadPose pose{kNan, kNan, kNan};
  RawQuality quality;
  double mask_evidence = kNan;
  HiddenEvidence hidden{kNan, kNan, kNan, kNan};
  double crop_scale = 0;
  double eyes = kNan;
  double mouth = kNan;
  double pad = kNan;
};

double median_of(std::vector<double> values) {
  if (values.empty()) return kNan;
  std::ranges::sort(values);
  const std::size_t middle = values.size() / 2;
  return values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

template <class Value>
double median_over(std::span<const Look> looks, const Value& value) {
  std::vector<double> values;
  for (const auto& look : looks) {
    if (!look.face) continue;
    const double number = value(look);
    if (std::isfinite(number)) values.push_back(number);
  }
  return median_of(std::move(values));
}

template <class Test>
double share_of(std::span<const Look> looks, const Test& test) {
  const auto count = std::ranges::count_if(looks, test);
  return looks.empty() ? 0 : static_cast<double>(count) / static_cast<double>(looks.size());
}

double face_width_share(const Look& look) {
  return static_cast<double>(look.face->box.width) /
         std::min(look.image->width_px, look.image->height_px);
}

bool is_frontal(const Look& look) {
  return std::abs(look.pose.yaw_deg) <= kMostTurn_deg &&
         std::abs(look.pose.pitch_deg) <= kMostTurn_deg;
}

bool is_big_and_free(const Look& look) {
  return static_cast<double>(look.face->box.width) * look.original_scale >= kLeastFaceWidth_px &&
         face_width_share(look) <= kMostFaceShare && look.crop_scale >= kLeastCropScale;
}

bool is_usable(const Look& look) {
  return look.face && is_frontal(look) && is_sharp_enough(look.quality) &&
         is_well_exposed(look.quality) && std::isfinite(look.mask_evidence);
}

constexpr float kSureFace = 0.85F;

float confidence_of(const std::vector<DetectedFace>& faces) {
  return faces.empty() ? 0 : faces.front().confidence;
}

// Faces that the detector doubts count only where it is sure of none: beside a sure face a doubtful
// one is a pattern more often than a person, and it may be the larger of the two.
Result<std::vector<DetectedFace>> detect_sure(
    const FaceDetector& detector, const PixelView& picture, int long_side_px
) {
  SELFSAME_TRY(faces, detector.detect(picture, long_side_px));
  const auto is_sure = [](const DetectedFace& face) {
    return face.confidence >= kSecondFaceConfidence;
  };
  if (std::ranges::any_of(faces, is_sure)) std::erase_if(faces, std::not_fn(is_sure));
  return std::move(faces);
}

// Detects at 320 and at 640 and keeps the better: near faces are seen better in the small picture,
// all others in the large one, whose tighter boxes suit the PAD networks (a dark webcam clip: .72
// with them, .20 with those of 320). A video's frame with a sure face at 640 is not looked at
// again.
Result<std::vector<DetectedFace>> find_faces(
    const FaceDetector& detector, const PixelView& picture, bool always_both
) {
  SELFSAME_TRY(far_faces, detect_sure(detector, picture, 640));
  const bool is_small = std::max(picture.width_px, picture.height_px) <= 320;
  const bool is_enough = confidence_of(far_faces) >= kSureFace && !always_both;
  if (is_enough || is_small) return std::move(far_faces);
  SELFSAME_TRY(near_faces, detect_sure(detector, picture, 320));
  // More faces are more to be wary of, in whichever pass they were seen.
  if (shows_several_persons(near_faces) != shows_several_persons(far_faces)) {
    return shows_several_persons(near_faces) ? std::move(near_faces) : std::move(far_faces);
  }
  constexpr float kClearlySurer = 0.05F;
  const bool near_is_better = confidence_of(near_faces) > confidence_of(far_faces) + kClearlySurer;
  return near_is_better ? std::move(near_faces) : std::move(far_faces);
}

constexpr int kWhole_px = 640;  // the long side of a picture in which faces are looked for
constexpr int kPart_px = 320;   // of it, about a face that was there a moment ago

// The square of kPart_px about the face, in pixels of the picture; nothing where the face fills it
// or where it is not much less than the picture.
std::optional<PixelRect> part_around(const Box& face, int width_px, int height_px) {
  constexpr float kMostOfPart = 0.7F;
  constexpr int kGrid_px = 32;  // on which the detector sees the same in a part as in the whole
  const double scale = std::max(1.0, std::max(width_px, height_px) / double{kWhole_px});
  const int side_px = static_cast<int>(kPart_px * scale);
  const bool is_less = 3 * side_px * side_px <= 2 * width_px * height_px;
  const bool fits = std::max(face.width, face.height) <= kMostOfPart * static_cast<float>(side_px);
  if (!is_less || !fits || side_px > std::min(width_px, height_px)) return std::nullopt;
  const double grid_px = kGrid_px * scale;
  const auto begin = [&](float at, float length, int end_px) {
    const double asked = static_cast<double>(at + length / 2) - side_px / 2.0;
    const int on_grid = static_cast<int>(std::round(asked / grid_px) * grid_px);
    return std::clamp(on_grid, 0, end_px - side_px);
  };
  return PixelRect{
      .x = begin(face.x, face.width, width_px),
      .y = begin(face.y, face.height, height_px),
      .width = side_px,
      .height = side_px
  };
}

// Looks only about where the face was, in the same scale as in the whole picture. Empty where it is
// not surely there and wholly inside.
Result<std::vector<DetectedFace>> find_again(
    const FaceDetector& detector, const PixelView& picture, const DetectedFace& before
) {
  const auto part = part_around(before.box, picture.width_px, picture.height_px);
  if (!part) return std::vector<DetectedFace>{};
  const PixelView view{
      .bgr = picture.bgr + static_cast<std::size_t>(part->y) * picture.stride_bytes +
             3 * static_cast<std::size_t>(part->x),
      .width_px = part->width,
      .height_px = part->height,
      .stride_bytes = picture.stride_bytes
  };
  SELFSAME_TRY(faces, detect_sure(detector, view, kPart_px));
  const auto is_there = [&](const DetectedFace& face) {
    const float margin = 0.05F * static_cast<float>(part->width);
    return face.confidence >= kSureFace && face.box.x >= margin && face.box.y >= margin &&
           face.box.x + face.box.width <= static_cast<float>(part->width) - margin &&
           face.box.y + face.box.height <= static_cast<float>(part->height) - margin;
  };
  if (faces.empty() || !is_there(faces.front())) return std::vector<DetectedFace>{};
  for (auto& face : faces) {
    face.box.x += static_cast<float>(part->x);
    face.box.y += static_cast<float>(part->y);
    for (auto& point : face.landmarks) {
      point.x += static_cast<float>(part->x);
      point.y += static_cast<float>(part->y);
    }
  }
  return std::move(faces);
}

std::vector<Look> looks_of(std::span<const SampledFrame> frames) {
  std::vector<Look> looks;
  for (const auto& frame : frames) {
    looks.push_back(
        {.image = &frame.image,
         .index = frame.index,
         .time_s = frame.time_s,
         .original_scale = frame.original_scale}
    );
  }
  return looks;
}

struct Parts {
  const FaceDetector& detector;
  const FaceLandmarker& landmarker;
};

enum class Search : std::uint8_t { near_before, whole, both_scales };

Result<void> find_face(const Parts& parts, Search search, Look& look) {
  const PixelView picture = view_of(*look.image);
  SELFSAME_TRY(faces, find_faces(parts.detector, picture, search == Search::both_scales));
  if (faces.empty()) return {};
  look.several = shows_several_persons(faces);
  look.face = std::move(faces.front());
  SELFSAME_TRY(landmarks, parts.landmarker.locate(picture, *look.face));
  look.landmarks = std::move(landmarks);
  return {};
}

// Where it was in a frame close by in time.
Result<void> find_face_again(const Parts& parts, const Look& before, Look& look) {
  const PixelView picture = view_of(*look.image);
  SELFSAME_TRY(faces, find_again(parts.detector, picture, *before.face));
  if (faces.empty()) return {};
  look.several = shows_several_persons(faces);
  look.face = std::move(faces.front());
  SELFSAME_TRY(
      landmarks, parts.landmarker.locate_moved(picture, *look.face, *before.face, before.landmarks)
  );
  look.landmarks = std::move(landmarks);
  return {};
}

/// @param before  a frame close by in time; may be null
Result<void> look_at(const Parts& parts, Search search, const Look* before, Look& look) {
  const bool may_follow = search == Search::near_before && before != nullptr && before->face;
  if (may_follow) SELFSAME_CHECK(find_face_again(parts, *before, look));
  if (!look.face) SELFSAME_CHECK(find_face(parts, search, look));
  if (!look.face) return {};
  const PixelView picture = view_of(*look.image);
  look.pose = head_pose_of(look.landmarks);
  look.quality = measure_raw_quality(*look.image, *look.face);
  if (const auto canvas = canvas_of(picture, look.landmarks)) {
    if (const auto cues = measure_mask_cues(*canvas)) look.mask_evidence = mask_evidence(*cues);
    if (const auto cues = measure_hidden_cues(*canvas)) look.hidden = hidden_evidence(*cues);
  }
  look.crop_scale = achievable_crop_scale(look.face->box, picture.width_px, picture.height_px);
  look.eyes = eye_aspect_ratio(look.landmarks);
  look.mouth = mouth_opening(look.landmarks);
  return {};
}

Search search_of(std::size_t at, std::size_t count) {
  const bool is_checkpoint = at == 0 || at == count / 2 || at + 1 == count;
  if (is_checkpoint) return Search::both_scales;
  return at % 3 == 0 ? Search::whole : Search::near_before;
}

// Between the frames that are searched wholly the face is looked for where it was, unless more than
// one person was seen in any of them.
Result<void> look_at_all(const Parts& parts, std::span<Look> looks) {
  for (std::size_t i = 0; i < looks.size(); ++i) {
    const Look* before = i == 0 ? nullptr : &looks[i - 1];
    SELFSAME_CHECK(look_at(parts, search_of(i, looks.size()), before, looks[i]));
  }
  if (std::ranges::none_of(looks, &Look::several)) return {};
  for (std::size_t i = 0; i < looks.size(); ++i) {
    Look& look = looks[i];
    if (search_of(i, looks.size()) != Search::near_before) continue;
    look = Look{
        .image = look.image,
        .index = look.index,
        .time_s = look.time_s,
        .original_scale = look.original_scale
    };
    SELFSAME_CHECK(look_at(parts, Search::whole, nullptr, look));
  }
  return {};
}

// Why too few frames are usable, the most frequent cause first.
std::vector<std::string> causes_of_poor_quality(std::span<const Look> looks) {
  struct Cause {
    const char* word;
    std::ptrdiff_t frames;
  };
  const auto count = [looks](const auto& test) {
    return std::ranges::count_if(looks, [&test](const Look& look) {
      return look.face && test(look);
    });
  };
  const double middle_luma = (kLeastMeanLuma + kMostMeanLuma) / 2;
  std::array<Cause, 4> causes = {{
      {"turned_away", count([](const Look& look) { return !is_frontal(look); })},
      {"blurred", count([](const Look& look) { return !is_sharp_enough(look.quality); })},
      {"too_dark", count([&](const Look& look) {
         return !is_well_exposed(look.quality) && !(look.quality.mean_luma >= middle_luma);
       })},
      {"over_exposed", count([&](const Look& look) {
         return !is_well_exposed(look.quality) && look.quality.mean_luma >= middle_luma;
       })},
  }};
  std::ranges::sort(causes, std::greater{}, &Cause::frames);
  std::vector<std::string> words;
  for (const auto& cause : causes) {
    if (cause.frames > 0) words.emplace_back(cause.word);
  }
  return words;
}

std::size_t least_usable_of(std::size_t looked_at) {
  if (looked_at <= 1) return looked_at;
  return std::max(
      kLeastFramesScored,
      static_cast<std::size_t>(std::ceil(kLeastUsableShare * static_cast<double>(looked_at)))
  );
}

std::optional<CaptureDefect> hidden_part_of(std::span<const Look> looks) {
  const auto median = [looks](double HiddenEvidence::* evidence) {
    return median_over(looks, [evidence](const Look& look) { return look.hidden.*evidence; });
  };
  const HiddenEvidence hidden{
      .dark_glasses = median(&HiddenEvidence::dark_glasses),
      .eyes_covered = median(&HiddenEvidence::eyes_covered),
      .mouth_covered = median(&HiddenEvidence::mouth_covered),
      .nose_covered = median(&HiddenEvidence::nose_covered)
  };
  const double mask = median_over(looks, [](const Look& look) { return look.mask_evidence; });
  switch (hidden_part(mask, hidden)) {
    case HiddenPart::none:
      return std::nullopt;
    case HiddenPart::eyes:
      return CaptureDefect::eyes_hidden;
    case HiddenPart::mouth:
      return CaptureDefect::mouth_hidden;
    case HiddenPart::mask:
      return CaptureDefect::mask_worn;
  }
  return std::nullopt;
}

// The gates in their order; a photo is a video of one frame.
std::optional<CaptureDefect> first_defect(
    std::span<const Look> looks, std::vector<std::string>& reasons
) {
  const auto has_face = [](const Look& look) { return look.face.has_value(); };
  if (!(share_of(looks, has_face) >= kLeastFaceFrames)) return CaptureDefect::no_face;
  if (share_of(looks, &Look::several) >= kSeveralFacesShare) return CaptureDefect::several_faces;
  if (const auto hidden = hidden_part_of(looks)) return hidden;
  const double width_px = median_over(looks, [](const Look& look) {
    return static_cast<double>(look.face->box.width) * look.original_scale;
  });
  if (!(width_px >= kLeastFaceWidth_px)) return CaptureDefect::wrong_size;
  const double crop_scale = median_over(looks, [](const Look& look) { return look.crop_scale; });
  const bool is_free =
      crop_scale >= kLeastCropScale && median_over(looks, face_width_share) <= kMostFaceShare;
  if (!is_free) return CaptureDefect::too_close;
  const auto usable = static_cast<std::size_t>(std::ranges::count_if(looks, is_usable));
  if (usable < least_usable_of(looks.size())) {
    reasons = causes_of_poor_quality(looks);
    if (reasons.empty()) reasons.emplace_back("few_frames");
    return CaptureDefect::poor_quality;
  }
  return std::nullopt;
}

// 0..1 each: how sharp, frontal and well lit the frame is against the clip's others.
double score_of_quality(const Look& look, double most_sharp) {
  const double sharp = std::log1p(look.quality.sharpness) / (std::log1p(most_sharp) + 1e-9);
  const double turn = std::max(
      {std::abs(look.pose.yaw_deg), std::abs(look.pose.pitch_deg), std::abs(look.pose.roll_deg)}
  );
  const double frontal = std::max(0.0, 1 - turn / 45);
  const double lit = 1 - std::min(1.0, std::abs(look.quality.mean_luma - 130) / 130);
  const double large = std::min(1.0, face_width_share(look) / 0.4);
  return 0.35 * sharp + 0.25 * frontal + 0.15 * lit + 0.15 * large;
}

double most_sharp_of(std::span<const Look* const> looks) {
  double most = 0;
  for (const Look* look : looks) most = std::max(most, look->quality.sharpness);
  return most;
}

// The best usable frames, in the order of time. Frames that a tight crop spoils come last.
std::vector<Look*> frames_to_score(std::span<Look> looks) {
  std::vector<Look*> chosen;
  for (auto& look : looks) {
    if (is_usable(look)) chosen.push_back(&look);
  }
  const std::vector<const Look*> usable(chosen.begin(), chosen.end());
  const double most_sharp = most_sharp_of(usable);
  std::ranges::sort(chosen, std::greater{}, [most_sharp](const Look* look) {
    return score_of_quality(*look, most_sharp) + (is_big_and_free(*look) ? 1 : 0);
  });
  if (chosen.size() > kMostFramesScored) chosen.resize(kMostFramesScored);
  std::ranges::sort(chosen, {}, &Look::index);
  return chosen;
}

// Best first. Eyes open, mouth near closed and PAD at or above its threshold come before everything
// else.
std::vector<const Look*> best_first(std::span<Look* const> scored, double pad_threshold) {
  std::vector<const Look*> all(scored.begin(), scored.end());
  const double most_sharp = most_sharp_of(all);
  std::vector<double> eyes;
  for (const Look* look : all) eyes.push_back(look->eyes);
  const double eyes_open = kEyesOpenShare * median_of(std::move(eyes));
  const auto rank = [&](const Look* look) {
    const double turn = std::max(std::abs(look->pose.yaw_deg), std::abs(look->pose.pitch_deg));
    return (look->pad >= pad_threshold ? 4 : 0) + (look->eyes >= eyes_open ? 2 : 0) +
           (look->mouth <= kMouthClosed ? 1 : 0) + (turn <= kBestFrameTurn_deg ? 1 : 0) +
           score_of_quality(*look, most_sharp) + 0.1 * look->pad;
  };
  std::ranges::sort(all, std::greater{}, rank);
  return all;
}

std::vector<Image> bona_fide_after_first(
    std::span<const Look* const> best_first, double pad_threshold
) {
  std::vector<Image> images;
  for (const Look* look : best_first.subspan(1)) {
    if (look->pad >= pad_threshold) images.push_back(*look->image);
  }
  return images;
}

core::AttackClass attack_class_of(std::span<Look* const> scored) {
  std::vector<double> spreads;
  std::ptrdiff_t bezels = 0;
  for (const Look* look : scored) {
    const AttackCues cues = measure_attack_cues(view_of(*look->image), look->face->box);
    spreads.push_back(cues.chroma_spread);
    bezels += cues.bezel ? 1 : 0;
  }
  const bool mostly_bezel = 2 * bezels >= static_cast<std::ptrdiff_t>(scored.size());
  return vision::attack_class_of(
      AttackCues{.chroma_spread = median_of(std::move(spreads)), .bezel = mostly_bezel}
  );
}

Result<int> count_strangers(
    const FaceComparator& comparator,
    std::span<const Look* const> looks,
    int best_index,
    const FaceTemplates& best_templates
) {
  int strangers = 0;
  for (const Look* look : looks) {
    if (look->index == best_index) continue;
    SELFSAME_TRY(templates, comparator.templates_of(view_of(*look->image), *look->face));
    SELFSAME_TRY(similarity, comparator.compare(templates, best_templates));
    strangers += similarity.cosine >= kSameFaceCosine ? 0 : 1;
  }
  return strangers;
}

// Whose face can be compared, among the frames looked at and those in which the challenge was
// answered: each once.
std::vector<const Look*> to_compare(std::span<const Look> looks, std::span<const Look> answers) {
  std::vector<const Look*> all;
  for (const auto some : {looks, answers}) {
    for (const Look& look : some) {
      const bool is_new = std::ranges::find(all, look.index, &Look::index) == all.end();
      if (is_new && is_usable(look)) all.push_back(&look);
    }
  }
  return all;
}

// Scores the frames, chooses the best one and compares the others' faces to it.
Result<void> score(
    const PadEnsemble& pad,
    const FaceComparator& comparator,
    std::span<Look> looks,
    std::span<const Look> answers,
    LivenessMeasurement& measurement
) {
  const auto scored = frames_to_score(looks);
  std::vector<double> scores;
  std::vector<double> chroma;
  for (Look* look : scored) {
    chroma.push_back(measure_chroma_spread(view_of(*look->image), look->face->box));
    SELFSAME_TRY(reading, pad.score(view_of(*look->image), look->face->box));
    look->pad = reading.score.value;
    scores.push_back(look->pad);
    measurement.scored_frames.push_back(
        {.index = look->index,
         .time_s = look->time_s,
         .score = look->pad,
         .live_of_network = std::move(reading.live_of_member)}
    );
  }
  const double score = median_of(std::move(scores));
  measurement.evidence.pad = core::PadScore{score};
  measurement.evidence.in_colour = median_of(std::move(chroma)) >= kMonochrome;
  measurement.frames_scored = static_cast<int>(scored.size());

  const double pad_threshold = pad.policy().bona_fide_threshold;
  const std::vector<const Look*> ranked = best_first(scored, pad_threshold);
  const Look& best = *ranked.front();
  SELFSAME_TRY(templates, comparator.templates_of(view_of(*best.image), *best.face));
  const auto compared = to_compare(looks, answers);
  SELFSAME_TRY(strangers, count_strangers(comparator, compared, best.index, templates));
  measurement.evidence.same_face_throughout = strangers <= kStrangersForgiven;
  measurement.best_frame_index = best.index;
  measurement.best_frame_time_s = best.time_s;
  measurement.best_frame = *best.image;
  measurement.next_best_frames = bona_fide_after_first(ranked, pad_threshold);
  measurement.best_frame_templates = std::move(templates);
  measurement.best_frame_quality =
      measure_quality(*best.image, *best.face, best.pose, &best.landmarks);

  if (!measurement.evidence.same_face_throughout) measurement.reasons.emplace_back("face_changed");
  if (!measurement.evidence.in_colour) measurement.reasons.emplace_back("monochrome");
  const bool is_low = !(score >= pad.policy().bona_fide_threshold);
  if (is_low) measurement.reasons.emplace_back("low_pad_score");
  if (is_low || !measurement.evidence.in_colour) {
    measurement.attack_class = attack_class_of(scored);
  }
  const bool is_one_take =
      measurement.evidence.continuous && measurement.evidence.same_face_throughout;
  if (!is_one_take && measurement.attack_class == core::AttackClass::unsure) {
    measurement.attack_class = core::AttackClass::injected;
  }
  return {};
}

void note_continuity(const ContinuityFindings& found, LivenessMeasurement& measurement) {
  if (found.cut) measurement.reasons.emplace_back("cut");
  if (found.frozen) measurement.reasons.emplace_back("frozen_frames");
  if (found.repeated) measurement.reasons.emplace_back("repeated_frames");
  if (found.retimed) measurement.reasons.emplace_back("retimed");
  measurement.evidence.continuous =
      !found.cut && !found.frozen && !found.repeated && !found.retimed;
}

void note_flat_motion(std::span<const Look> looks, LivenessMeasurement& measurement) {
  std::vector<FaceInPicture> seen;
  for (const auto& look : looks) {
    if (look.face) seen.push_back({view_of(*look.image), &look.landmarks});
  }
  const FlatMotion motion = measure_flat_motion(seen);
  if (!is_flat(motion)) return;
  measurement.reasons.emplace_back(has_animated_eyes(motion) ? "animated_photo" : "still_photo");
  measurement.evidence.continuous = false;
}

bool is_dense(const VideoSummary& summary, Take take) noexcept {
  switch (take) {
    case Take::video:
      return summary.frames >= kLeastFrames && summary.frame_rate >= kLeastFrameRate;
    case Take::stills:
      return summary.frames >= kLeastStills && summary.frame_rate >= kLeastStillRate;
  }
  return false;
}

}  // namespace

Result<LivenessMeasurement> LivenessMeter::measure_photo(const Image& image) const {
  LivenessMeasurement measurement;
  measurement.frames_decoded = 1;
  measurement.evidence.continuous = true;
  std::array<Look, 1> looks = {Look{.image = &image}};
  SELFSAME_CHECK(look_at({detector_, landmarker_}, Search::both_scales, nullptr, looks[0]));
  measurement.evidence.defect = first_defect(looks, measurement.reasons);
  if (measurement.evidence.defect) return measurement;
  SELFSAME_CHECK(score(pad_, comparator_, looks, {}, measurement));
  return measurement;
}

Result<LivenessMeasurement> LivenessMeter::measure_video(
    ByteView encoded, const VideoLimits& limits
) const {
  return measure_frames([&](const std::function<Visit(const VideoFrame&)>& visit) {
    return decode_video(encoded, limits, visit);
  });
}

Result<VideoSummary> show_frames(
    const FrameSource& source, const std::function<Result<void>(const VideoFrame&)>& look
) {
  std::optional<Error> failure;
  SELFSAME_TRY(summary, source([&](const VideoFrame& frame) {
                 const auto looked = look(frame);
                 if (looked) return Visit::more;
                 failure = looked.error();
                 return Visit::stop;
               }));
  if (failure) return tl::unexpected(*failure);
  return summary;
}

Result<void> LivenessCollector::add(const VideoFrame& frame) {
  SELFSAME_TRY(small, frame.image(kTraceSide_px));
  trace_.add(small, frame.time_s());
  if (!sampler_.wants(frame.time_s())) return {};
  SELFSAME_TRY(image, frame.image(kSampleSide_px));
  const double scale = static_cast<double>(frame.width_px()) / image.width_px;
  sampler_.add({std::move(image), frame.index(), frame.time_s(), scale});
  return {};
}

Result<LivenessMeasurement> LivenessMeter::measure_frames(const FrameSource& source) const {
  LivenessCollector collector;
  const auto video =
      show_frames(source, [&collector](const VideoFrame& frame) { return collector.add(frame); });
  return judge(std::move(collector), video);
}

Result<LivenessMeasurement> LivenessMeter::judge(
    LivenessCollector collector,
    const Result<VideoSummary>& video,
    Take take,
    std::span<const double> answer_s
) const {
  LivenessMeasurement measurement;
  if (!video) {
    if (video.error().code == Errc::engine_failed) return tl::unexpected(video.error());
    measurement.evidence.defect = CaptureDefect::undecodable;
    measurement.reasons.emplace_back(name_of(video.error().code));
    return measurement;
  }
  measurement.frames_decoded = video->frames;
  measurement.duration_s = video->duration_s;
  measurement.recording = {
      .encoder = video->encoder,
      .frame_rate = video->frame_rate,
      .width_px = video->width_px,
      .height_px = video->height_px
  };
  if (!(measurement.duration_s >= kLeastVideoDuration_s - kHalfFrame_s)) {
    measurement.evidence.defect = CaptureDefect::too_short;
    return measurement;
  }
  if (!is_dense(*video, take)) {
    measurement.evidence.defect = CaptureDefect::poor_quality;
    measurement.reasons.emplace_back("few_frames");
    return measurement;
  }
  const auto answer_frames = collector.sampler_.nearest(answer_s);
  const auto frames = std::move(collector.sampler_).take(kFramesLookedAt);
  std::vector<Look> looks = looks_of(frames);
  const Parts parts{detector_, landmarker_};
  SELFSAME_CHECK(look_at_all(parts, looks));
  measurement.evidence.defect = first_defect(looks, measurement.reasons);
  if (measurement.evidence.defect) return measurement;
  note_continuity(collector.trace_.findings(), measurement);
  note_flat_motion(looks, measurement);
  std::vector<Look> answers = looks_of(answer_frames);
  for (Look& answer : answers) {
    SELFSAME_CHECK(look_at(parts, Search::whole, nullptr, answer));  // whoever answers
  }
  SELFSAME_CHECK(score(pad_, comparator_, looks, answers, measurement));
  return measurement;
}

Result<bool> LivenessMeter::same_person(const LivenessMeasurement& a, const LivenessMeasurement& b)
    const {
  if (a.best_frame_templates.empty() || b.best_frame_templates.empty()) return false;
  SELFSAME_TRY(similarity, comparator_.compare(a.best_frame_templates, b.best_frame_templates));
  return similarity.cosine >= kSameFaceCosine;
}

}  // namespace selfsame::vision
