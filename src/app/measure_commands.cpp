// SPDX-License-Identifier: Apache-2.0
// selfsame compare, liveness.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "adapters/native/measurements_json.h"
#include "app/commands.h"
#include "app/engine_setup.h"
#include "app/terminal.h"
#include "core/decision.h"
#include "flows/photo_comparison.h"

namespace selfsame::app {
namespace {

namespace json = boost::json;

constexpr std::size_t kMediaBytesMax = 64u << 20;
constexpr int kBestFrameJpegQuality = 95;

void print_side(const char* side, const std::string& file, const vision::FacePhoto& photo) {
  fmt::print("  {} {} ({}x{})", side, file, photo.width_px, photo.height_px);
  if (photo.defect) {
    fmt::print(": {}\n", core::name_of(*photo.defect));
    return;
  }
  const vision::Box box = photo.faces.front().box;
  fmt::print(": face {:.0f}x{:.0f} at ({:.0f}, {:.0f})", box.width, box.height, box.x, box.y);
  if (photo.quality.unified_quality_score) {
    fmt::print(", quality {:.0f}/100", *photo.quality.unified_quality_score);
  }
  fmt::print("\n");
}

void print_comparison(
    const std::string& a, const std::string& b, const flows::PhotoComparisonResult& result
) {
  if (!result.score) {
    fmt::print("Cannot compare: a photo has no usable face.\n");
  } else {
    fmt::print(
        "{}: similarity {:.2f} of 100 (cosine {:.4f})\n",
        result.match_at[0] ? "Same person" : "Different persons",
        result.similarity,
        result.score->cosine
    );
  }
  print_side("A", a, result.a);
  print_side("B", b, result.b);
  if (!result.score) return;
  for (std::size_t i = 0; i < result.match_at.size(); ++i) {
    fmt::print(
        "  at a false match rate of {}: {:9} (threshold {:.4f})\n",
        core::kCalibratedFmrNames[i],
        result.match_at[i] ? "match" : "non-match",
        result.calibration.threshold[i]
    );
  }
}

const char* name_of(core::LivenessVerdict verdict) {
  switch (verdict) {
    case core::LivenessVerdict::live:
      return "live";
    case core::LivenessVerdict::unsure:
      return "unsure";
    case core::LivenessVerdict::attack:
      return "attack";
    case core::LivenessVerdict::not_judged:
      return "not_judged";
  }
  return "not_judged";
}

json::value best_frame_json(
    const vision::LivenessMeasurement& measured, const std::string& written_to
) {
  if (measured.best_frame.empty()) return nullptr;
  json::object object{
      {"index", measured.best_frame_index.value_or(0)},
      {"time_s", measured.best_frame_time_s.value_or(0)},
      {"width_px", measured.best_frame.width_px},
      {"height_px", measured.best_frame.height_px},
      {"quality", adapters::native::quality_json(measured.best_frame_quality)}
  };
  if (!written_to.empty()) object["file"] = written_to;
  return object;
}

struct Judged {
  const vision::LivenessMeasurement& measured;
  core::LivenessVerdict verdict;
  core::PadPolicy policy;
  bool is_video;
};

json::object liveness_json(const Judged& judged, const std::string& best_frame_file) {
  const auto& measured = judged.measured;
  const bool was_judged = judged.verdict != core::LivenessVerdict::not_judged;
  json::array reasons;
  for (const std::string& reason : measured.reasons) reasons.emplace_back(reason);
  json::object object{
      {"live", judged.verdict == core::LivenessVerdict::live},
      {"verdict", name_of(judged.verdict)},
      {"score", nullptr},
      {"thresholds",
       {{"bona_fide", judged.policy.bona_fide_threshold}, {"retry", judged.policy.retry_threshold}}
      },
      {"attack_class", nullptr},
      {"defect", nullptr},
      {"reasons", std::move(reasons)},
      {"media", judged.is_video ? "video" : "photo"},
      {"duration_s", measured.duration_s},
      {"frames_decoded", measured.frames_decoded},
      {"frames_scored", measured.frames_scored},
      {"best_frame", best_frame_json(measured, best_frame_file)}
  };
  if (was_judged) {
    object["score"] = measured.evidence.pad->value;
    object["attack_class"] = judged.verdict == core::LivenessVerdict::live
                                 ? core::name_of(core::AttackClass::none)
                                 : core::name_of(measured.attack_class);
  }
  if (measured.evidence.defect) object["defect"] = core::name_of(*measured.evidence.defect);
  return object;
}

void print_liveness(const Judged& judged) {
  const auto& measured = judged.measured;
  switch (judged.verdict) {
    case core::LivenessVerdict::live:
      fmt::print("Live");
      break;
    case core::LivenessVerdict::unsure:
      fmt::print("Unsure: try again");
      break;
    case core::LivenessVerdict::attack:
      fmt::print("Attack ({})", core::name_of(measured.attack_class));
      break;
    case core::LivenessVerdict::not_judged:
      fmt::print(
          "Not judged: {}", measured.evidence.defect ? core::name_of(*measured.evidence.defect) : ""
      );
      break;
  }
  if (measured.evidence.pad) {
    fmt::print(
        "; score {:.3f} (live at {:.3f}, attack below {:.3f})",
        measured.evidence.pad->value,
        judged.policy.bona_fide_threshold,
        judged.policy.retry_threshold
    );
  }
  fmt::print("\n");
  if (!measured.reasons.empty()) fmt::print("  reasons: {}\n", fmt::join(measured.reasons, ", "));
  if (judged.is_video) {
    fmt::print(
        "  {:.2f} s, {} frames, {} scored\n",
        measured.duration_s,
        measured.frames_decoded,
        measured.frames_scored
    );
  }
}

}  // namespace

int compare(const Settings& settings, const std::string& a, const std::string& b, bool as_json) {
  const auto bytes_a = read_file(a, kMediaBytesMax);
  if (!bytes_a) return complain("compare", bytes_a.error());
  const auto bytes_b = read_file(b, kMediaBytesMax);
  if (!bytes_b) return complain("compare", bytes_b.error());
  const auto engine = load_engine(settings, "");
  if (!engine) return complain("compare", engine.error());
  const auto result = flows::compare_photos(**engine, *bytes_a, *bytes_b);
  if (!result) return complain("compare", result.error());
  if (as_json) {
    print_json(adapters::native::comparison_json(*result));
  } else {
    print_comparison(a, b, *result);
  }
  return result->score ? kDone : kFailed;
}

int liveness(
    const Settings& settings,
    const std::string& file,
    const std::string& best_frame_file,
    bool as_json
) {
  const auto bytes = read_file(file, kMediaBytesMax);
  if (!bytes) return complain("liveness", bytes.error());
  const auto engine = load_engine(settings, "");
  if (!engine) return complain("liveness", engine.error());
  // What is an image is told by its bytes, not by its name.
  auto measured = (*engine)->measure_photo_liveness(*bytes);
  const bool is_video = !measured && measured.error().code == Errc::image_undecodable;
  if (is_video) measured = (*engine)->measure_video_liveness(*bytes);
  if (!measured) return complain("liveness", measured.error());
  if (measured->evidence.defect == core::CaptureDefect::undecodable) {
    return complain(
        "liveness",
        {Errc::video_undecodable, file + " is neither an image nor a video that we read"}
    );
  }
  std::string written_to;
  if (!best_frame_file.empty() && !measured->best_frame.empty()) {
    const Bytes jpeg = (*engine)->encode_jpeg(measured->best_frame, kBestFrameJpegQuality);
    const auto written = write_file(best_frame_file, jpeg);
    if (!written) return complain("liveness", written.error());
    written_to = best_frame_file;
  }
  const core::PadPolicy policy = (*engine)->pad_policy();
  const Judged judged{
      .measured = *measured,
      .verdict = core::decide_liveness(measured->evidence, policy),
      .policy = policy,
      .is_video = is_video
  };
  if (as_json) {
    print_json(liveness_json(judged, written_to));
  } else {
    print_liveness(judged);
  }
  return kDone;
}

}  // namespace selfsame::app
