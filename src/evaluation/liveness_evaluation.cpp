// SPDX-License-Identifier: Apache-2.0
#include "evaluation/liveness_evaluation.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <functional>
#include <mutex>
#include <thread>
#include <utility>

#include "evaluation/text_lines.h"

namespace selfsame::evaluation {
namespace {

namespace fs = std::filesystem;
using core::LivenessVerdict;

constexpr std::size_t kMostFileBytes = std::size_t{64} << 20U;

std::optional<LivenessFile> placed(const std::string& file) {
  const fs::path path(file);
  auto part = path.begin();
  if (std::next(part) == path.end()) return std::nullopt;  // in none of the folders
  const std::string top = part->string();
  if (top == "live" || top == "talking") return LivenessFile{file, Presentation::bona_fide, {}};
  if (top == "masked") return LivenessFile{file, Presentation::masked, {}};
  if (top != "attack") return std::nullopt;
  ++part;
  const bool has_species = std::next(part) != path.end();
  return LivenessFile{file, Presentation::attack, has_species ? part->string() : "attack"};
}

double median_of(std::vector<double> values) {
  std::ranges::sort(values);
  const std::size_t middle = values.size() / 2;
  return values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

// A photo or a video, told by its bytes.
Result<vision::LivenessMeasurement> measure(const vision::FaceEngine& engine, const Bytes& bytes) {
  auto photo = engine.measure_photo_liveness(bytes);
  if (photo || photo.error().code == Errc::engine_failed) return photo;
  SELFSAME_TRY(video, engine.measure_video_liveness(bytes));
  if (video.evidence.defect == core::CaptureDefect::undecodable) {
    return fail(Errc::video_undecodable, "neither a photo nor a video that can be read");
  }
  return std::move(video);
}

Result<JudgedFile> judge(
    const vision::FaceEngine& engine, const fs::path& folder, const LivenessFile& file
) {
  SELFSAME_TRY(bytes, read_file(folder / file.file, kMostFileBytes));
  SELFSAME_TRY(measured, measure(engine, bytes));
  JudgedFile judged{.file = file};
  judged.verdict = core::decide_liveness(measured.evidence, engine.pad_policy());
  judged.reasons = std::move(measured.reasons);
  judged.frames = std::move(measured.scored_frames);
  if (measured.evidence.defect) judged.defect = core::name_of(*measured.evidence.defect);
  if (measured.evidence.pad) judged.score = measured.evidence.pad->value;
  return judged;
}

// What the threads found, in the order of the files.
class Judging {
 public:
  Judging(
      const vision::FaceEngine& engine,
      const fs::path& folder,
      const std::vector<LivenessFile>& files,
      const Progress& progress
  )
      : engine_(engine),
        folder_(folder),
        files_(files),
        found_(files.size()),
        progress_(progress) {}

  void work() {
    for (std::size_t i = next_++; i < files_.size() && !stopped_; i = next_++) {
      put(i, judge(engine_, folder_, files_[i]));
    }
  }

  [[nodiscard]] Result<void> finish(LivenessEvaluation& evaluation) && {
    if (failure_) return tl::unexpected(std::move(*failure_));
    for (std::size_t i = 0; i < files_.size(); ++i) {
      auto& found = *found_[i];
      if (found) {
        evaluation.files.push_back(std::move(*found));
      } else {
        evaluation.unreadable.push_back({files_[i].file, name_of(found.error().code)});
      }
    }
    return {};
  }

 private:
  void put(std::size_t index, Result<JudgedFile> judged) {
    const std::scoped_lock lock(mutex_);
    if (!judged && judged.error().code == Errc::engine_failed) {
      stopped_ = true;
      failure_ = judged.error();
      return;
    }
    found_[index] = std::move(judged);
    if (progress_) progress_(++done_, files_.size());
  }

  const vision::FaceEngine& engine_;
  const fs::path& folder_;
  const std::vector<LivenessFile>& files_;
  std::atomic<std::size_t> next_{0};
  std::atomic<bool> stopped_{false};
  std::mutex mutex_;  // guards the rest
  std::vector<std::optional<Result<JudgedFile>>> found_;
  std::optional<Error> failure_;
  std::size_t done_ = 0;
  const Progress& progress_;
};

VerdictCounts counts_of(const std::vector<const JudgedFile*>& files) {
  const auto count = [&files](LivenessVerdict verdict) {
    return static_cast<std::size_t>(std::ranges::count(files, verdict, [](const JudgedFile* file) {
      return file->verdict;
    }));
  };
  VerdictCounts counts;
  counts.files = files.size();
  const std::size_t not_judged = count(LivenessVerdict::not_judged);
  const std::size_t judged = files.size() - not_judged;
  counts.accepted = share_of(count(LivenessVerdict::live), judged);
  counts.unsure = share_of(count(LivenessVerdict::unsure), judged);
  counts.refused = share_of(count(LivenessVerdict::attack), judged);
  counts.not_judged = share_of(not_judged, files.size());
  return counts;
}

void count_verdicts(LivenessEvaluation& evaluation) {
  std::vector<const JudgedFile*> bona_fide;
  std::vector<const JudgedFile*> masked;
  std::map<std::string, std::vector<const JudgedFile*>> attacks;
  for (const auto& file : evaluation.files) {
    switch (file.file.presentation) {
      case Presentation::bona_fide:
        bona_fide.push_back(&file);
        break;
      case Presentation::attack:
        attacks[file.file.species].push_back(&file);
        break;
      case Presentation::masked:
        masked.push_back(&file);
        break;
    }
  }
  evaluation.bona_fide = counts_of(bona_fide);
  evaluation.masked = counts_of(masked);
  for (const auto& [species, files] : attacks) evaluation.attacks[species] = counts_of(files);
  const auto told = std::ranges::count_if(masked, [](const JudgedFile* file) {
    return file->defect == core::name_of(core::CaptureDefect::mask_worn);
  });
  evaluation.told_of_mask = share_of(static_cast<std::size_t>(told), masked.size());
}

using ScoreOfFrame = std::function<double(const vision::ScoredFrame&)>;

void add_system(
    const std::string& name,
    std::vector<std::string> networks,
    double threshold,
    const ScoreOfFrame& score,
    LivenessEvaluation& evaluation
) {
  PadScores clips;
  PadScores frames;
  for (const auto& file : evaluation.files) {
    const bool is_scored = !file.frames.empty() && file.file.presentation != Presentation::masked;
    if (!is_scored) continue;
    PresentationScores scores;
    for (const auto& frame : file.frames) scores.push_back(score(frame));
    const bool is_attack = file.file.presentation == Presentation::attack;
    (is_attack ? clips.attack : clips.bona_fide).push_back({median_of(scores)});
    (is_attack ? frames.attack : frames.bona_fide).push_back(std::move(scores));
  }
  evaluation.systems.push_back(
      {.name = name,
       .networks = std::move(networks),
       .by_clip = pad_rates(clips, threshold, evaluation.bootstrap),
       .by_frame = pad_rates(frames, threshold, evaluation.bootstrap)}
  );
}

double mean_of(const std::vector<double>& values, std::size_t from) {
  double sum = 0;
  for (std::size_t i = from; i < values.size(); ++i) sum += values[i];
  return sum / static_cast<double>(values.size() - from);
}

// @param beside  how many of the networks, the last ones, decide nothing
void compare_systems(
    const std::vector<std::string>& networks, std::size_t beside, LivenessEvaluation& evaluation
) {
  const std::size_t deciding = networks.size() - beside;
  const auto own_end = networks.begin() + static_cast<std::ptrdiff_t>(deciding);
  add_system(
      "default",
      {networks.begin(), own_end},
      evaluation.policy.bona_fide_threshold,
      &vision::ScoredFrame::score,
      evaluation
  );
  for (std::size_t i = 0; i < networks.size(); ++i) {
    const auto score = [i](const vision::ScoredFrame& frame) { return frame.live_of_network[i]; };
    add_system(networks[i], {networks[i]}, kEvenThreshold, score, evaluation);
  }
  if (beside == 0) return;
  const auto score_beside = [deciding](const vision::ScoredFrame& frame) {
    return mean_of(frame.live_of_network, deciding);
  };
  std::vector<std::string> others(own_end, networks.end());
  add_system("beside", others, kEvenThreshold, score_beside, evaluation);
  others.insert(others.begin(), networks.front());
  const auto score_both = [&score_beside](const vision::ScoredFrame& frame) {
    return (frame.live_of_network.front() + score_beside(frame)) / 2;
  };
  add_system("own+beside", std::move(others), kEvenThreshold, score_both, evaluation);
}

Result<std::vector<std::string>> pad_networks_of(
    const vision::FaceEngine& engine,
    const std::vector<std::string>& beside,
    LivenessEvaluation& evaluation
) {
  std::vector<std::string> names;
  for (const auto& network : engine.networks()) {
    if (network.role != "pad") continue;
    names.push_back(network.name);
    evaluation.precision = network.precision;
  }
  const bool are_last =
      names.size() > beside.size() && std::equal(beside.rbegin(), beside.rend(), names.rbegin());
  if (!are_last) return fail(Errc::invalid_parameter, "the networks beside are not all scored");
  return names;
}

}  // namespace

Result<std::vector<LivenessFile>> find_liveness_files(const fs::path& folder) {
  std::error_code error;
  if (!fs::is_directory(folder, error)) {
    return fail(Errc::not_found, "no folder " + folder.string());
  }
  std::vector<LivenessFile> files;
  fs::recursive_directory_iterator entry(folder, error);
  for (; !error && entry != fs::recursive_directory_iterator{}; entry.increment(error)) {
    if (entry->is_directory(error)) continue;  // a dangling link will be called unreadable
    error.clear();
    auto file = placed(entry->path().lexically_relative(folder).generic_string());
    if (file) files.push_back(std::move(*file));
  }
  if (error) return fail(Errc::not_found, folder.string() + ": " + error.message());
  std::ranges::sort(files, {}, &LivenessFile::file);
  return files;
}

double LivenessEvaluation::apcer() const noexcept {
  double worst = 0;
  for (const auto& [species, counts] : attacks) worst = std::max(worst, counts.accepted.value());
  return worst;
}

double LivenessEvaluation::bpcer() const noexcept {
  return bona_fide.accepted.of == 0 ? 0 : 1 - bona_fide.accepted.value();
}

Result<LivenessEvaluation> evaluate_liveness(
    const vision::FaceEngine& engine,
    const LivenessEvaluationRequest& request,
    const Progress& progress
) {
  const auto start = std::chrono::steady_clock::now();
  LivenessEvaluation evaluation;
  const fs::path folder = fs::absolute(request.folder).lexically_normal();
  evaluation.data_set = (folder.has_filename() ? folder : folder.parent_path()).filename().string();
  evaluation.policy = engine.pad_policy();
  evaluation.bootstrap = request.bootstrap;
  SELFSAME_TRY(networks, pad_networks_of(engine, request.beside, evaluation));
  SELFSAME_TRY(files, find_liveness_files(request.folder));
  const auto holds = [&files](Presentation presentation) {
    return std::ranges::find(files, presentation, &LivenessFile::presentation) != files.end();
  };
  if (!holds(Presentation::bona_fide) || !holds(Presentation::attack)) {
    return fail(
        Errc::invalid_parameter,
        "nothing to tell apart: put living persons into live/ or talking/, attacks into attack/"
    );
  }
  Judging judging(engine, request.folder, files, progress);
  {
    std::vector<std::jthread> workers;
    for (unsigned i = 1; i < request.threads; ++i) workers.emplace_back([&] { judging.work(); });
    judging.work();
  }
  SELFSAME_CHECK(std::move(judging).finish(evaluation));
  count_verdicts(evaluation);
  compare_systems(networks, request.beside.size(), evaluation);
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
  evaluation.seconds = took.count();
  return evaluation;
}

}  // namespace selfsame::evaluation
