// SPDX-License-Identifier: Apache-2.0
#include "evaluation/sync_evaluation.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>

#include "core/challenge_evidence.h"
#include "core/outcome.h"
#include "vision/decode_sound.h"
#include "vision/lip_sync.h"
#include "vision/loudness.h"

namespace selfsame::evaluation {
namespace {

namespace fs = std::filesystem;

bool is_video(const fs::path& path) {
  const std::string ending = path.extension().string();
  return ending == ".mp4" || ending == ".mov" || ending == ".webm" || ending == ".mkv";
}

Result<std::vector<fs::path>> videos_under(const fs::path& folder) {
  std::vector<fs::path> paths;
  std::error_code error;
  for (fs::recursive_directory_iterator it(folder, error), end; it != end; it.increment(error)) {
    if (it->is_regular_file(error) && is_video(it->path())) paths.push_back(it->path());
  }
  if (error) return fail(Errc::not_found, folder.string() + " is no folder");
  std::ranges::sort(paths);
  return paths;
}

std::optional<core::Outcome> fault_at(
    const vision::FaceTrack& track, const vision::Sound& sound, double shift_s
) {
  const auto samples = shifted(sound.samples, shift_s);
  const vision::Loudness loudness(samples);
  const core::TimeWindow window{.begin_s = 0, .end_s = track.frames.back().time_s};
  const auto lips = vision::measure_lips(track, loudness, sound.start_s, window);
  const core::Challenge challenge{.digits = "0"};
  const core::SpeechEvidence evidence{
      .has_sound = true,
      .loudness_dbfs = loudness.loudest_second_dbfs(),
      .voiced_s = loudness.voiced_s(),
      .heard = challenge.digits,
      .likelihood_ratio = 0,
      .lip_movement = lips.movement,
      .lip_range = lips.range,
      .sync = lips.sync,
      .sync_lag_s = lips.lag_s
  };
  return core::fault_of_speech(evidence, challenge);
}

void add(const vision::FaceTrack& track, const vision::Sound& sound, std::vector<SyncRow>& rows) {
  for (auto& row : rows) {
    const auto fault = fault_at(track, sound, row.shift_s);
    ++row.clips;
    if (fault) {
      ++row.refused[core::name_of(*fault)];
    } else {
      ++row.answered;
    }
  }
}

}  // namespace

std::vector<std::int16_t> shifted(std::span<const std::int16_t> samples, double shift_s) {
  std::vector<std::int16_t> moved(samples.size(), 0);
  const auto by = static_cast<std::size_t>(std::abs(shift_s) * vision::kSoundRate_hz);
  if (by >= samples.size()) return moved;
  if (shift_s >= 0) {
    std::ranges::copy(
        samples.first(samples.size() - by), moved.begin() + static_cast<std::ptrdiff_t>(by)
    );
  } else {
    std::ranges::copy(samples.subspan(by), moved.begin());
  }
  return moved;
}

Result<std::vector<SyncRow>> evaluate_sync(const FaceFollower& follower, const fs::path& folder) {
  SELFSAME_TRY(paths, videos_under(folder));
  std::vector<SyncRow> rows;
  for (const double shift_s : kSoundShifts_s) rows.push_back({.shift_s = shift_s});
  for (const auto& path : paths) {
    std::ifstream file(path, std::ios::binary);
    const Bytes bytes{std::istreambuf_iterator<char>(file), {}};
    const auto sound = vision::decode_sound(bytes, vision::SoundLimits{});
    if (!sound) continue;
    auto track = follower.track_of(bytes);
    if (!track) {
      return fail(track.error().code, path.filename().string() + ": " + track.error().detail);
    }
    if (!track->frames.empty()) add(*track, *sound, rows);
  }
  if (rows.front().clips > 0) return rows;
  return fail(Errc::not_found, "no videos with sound under " + folder.string());
}

}  // namespace selfsame::evaluation
