// SPDX-License-Identifier: Apache-2.0
#include "evaluation/action_evaluation.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

#include "evaluation/motion_script.h"
#include "evaluation/pad_rates.h"
#include "evaluation/portrait_animator.h"
#include "evaluation/seeded_random.h"
#include "vision/face_actions.h"
#include "vision/face_track.h"
#include "vision/head_pose.h"

namespace selfsame::evaluation {
namespace {

namespace fs = std::filesystem;
using core::Challenge;
using core::FaceAction;

constexpr FrameSize kFrame = {.width_px = 360, .height_px = 480};
constexpr double kFrameRate = vision::FaceTracker::kRate_hz;
constexpr double kIdle_s = 4;  // of still and talking heads

std::size_t index_of(FaceAction action) {
  return static_cast<std::size_t>(std::ranges::find(kFaceActions, action) - kFaceActions.begin());
}

// What is drawn, and what becomes of it.
enum class TrialKind : std::uint8_t { answer, everything, still, talking };
struct Trial {
  TrialKind kind{};
  std::uint64_t seed = 0;
  Challenge challenge;
  std::vector<ScriptedAction> script;
  core::ActionEvidence evidence;
};

Challenge challenge_of(std::uint64_t seed) {
  SeededRandom random(seed);
  return core::draw_challenge({.actions = 2}, [&random](std::uint32_t bound) {
    return random.below(bound);
  });
}

// The same windows, any two actions.
std::vector<Challenge> others_of(const Challenge& challenge) {
  std::vector<Challenge> others;
  for (const FaceAction first : kFaceActions) {
    for (const FaceAction second : kFaceActions) {
      const bool is_same =
          first == challenge.actions[0].action && second == challenge.actions[1].action;
      if (first == second || is_same) continue;
      others.push_back(challenge);
      others.back().actions[0].action = first;
      others.back().actions[1].action = second;
    }
  }
  return others;
}

MotionScript script_of(const Trial& trial) {
  switch (trial.kind) {
    case TrialKind::answer:
      return answer_to(trial.challenge, Habits{}, trial.seed);
    case TrialKind::everything:
      return everything_at_once(trial.challenge.duration_s, trial.seed);
    case TrialKind::still:
      return {{}, Habits{.still = true}, kIdle_s, trial.seed};
    case TrialKind::talking:
      return {{}, Habits{.talks = true}, kIdle_s, trial.seed};
  }
  return {{}, Habits{.still = true}, kIdle_s, trial.seed};
}

Result<core::ActionEvidence> film(
    const FaceFollower& follower,
    const PortraitAnimator& animator,
    const MotionScript& script,
    const Trial& trial
) {
  HandHeldCamera camera(trial.seed);
  vision::FaceTracker tracker(follower.detector(), follower.tracker());
  const int frames = static_cast<int>(std::lround(script.duration_s() * kFrameRate));
  for (int i = 0; i < frames; ++i) {
    const double time_s = i / kFrameRate;
    const auto frame = camera.see(animator.render(script.at(time_s)), time_s);
    SELFSAME_CHECK(tracker.add(vision::view_of(frame), i, time_s));
  }
  return vision::measure_actions(std::move(tracker).take(), false);
}

std::vector<Trial> trials_of(const ActionEvaluationRequest& request) {
  std::vector<Trial> trials;
  std::uint64_t seed = request.seed;
  const auto add = [&](TrialKind kind, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i, ++seed) {
      trials.push_back({.kind = kind, .seed = seed, .challenge = challenge_of(seed)});
    }
  };
  const std::size_t fewer = (request.clips + 2) / 3;
  add(TrialKind::answer, request.clips);
  add(TrialKind::everything, fewer);
  add(TrialKind::still, fewer);
  add(TrialKind::talking, fewer);
  return trials;
}

// A portrait serves when its eyes are open, its mouth near shut, and it looks at the camera.
bool is_fit(const vision::FaceLandmarks& mesh) {
  constexpr double kMostYaw_deg = 15;
  return vision::mouth_opening(mesh) < 0.25 && vision::eye_aspect_ratio(mesh) > 0.2 &&
         std::abs(vision::head_pose_of(mesh).yaw_deg) <= kMostYaw_deg;
}

Result<std::vector<PortraitAnimator>> animators_of(
    const FaceFollower& follower, const std::vector<vision::Image>& portraits
) {
  std::vector<PortraitAnimator> animators;
  for (const auto& portrait : portraits) {
    const auto mesh = follower.mesh_of(portrait);
    if (!mesh && mesh.error().code == Errc::engine_failed) return tl::unexpected(mesh.error());
    if (!mesh || !is_fit(*mesh)) continue;
    constexpr double kFaceShare = 0.42;
    SELFSAME_TRY(animator, PortraitAnimator::create(portrait, *mesh, kFrame, kFaceShare));
    animators.push_back(std::move(animator));
  }
  if (animators.empty()) return fail(Errc::invalid_parameter, "no portrait can be animated");
  return animators;
}

// Films all trials; the first error wins.
Result<void> film_all(
    const FaceFollower& follower,
    const std::vector<PortraitAnimator>& animators,
    unsigned threads,
    std::vector<Trial>& trials,
    const ActionProgress& progress
) {
  std::atomic<std::size_t> next = 0;
  std::mutex mutex;
  std::size_t done = 0;
  std::optional<Error> failure;
  const auto work = [&] {
    for (std::size_t i = next++; i < trials.size(); i = next++) {
      const MotionScript script = script_of(trials[i]);
      const auto& animator = animators[trials[i].seed % animators.size()];
      auto evidence = film(follower, animator, script, trials[i]);
      const std::lock_guard lock(mutex);
      if (!evidence) failure = evidence.error();
      if (failure) return;
      trials[i].script = script.actions();
      trials[i].evidence = std::move(*evidence);
      progress(++done, trials.size());
    }
  };
  std::vector<std::thread> workers;
  for (unsigned i = 1; i < std::max(1U, threads); ++i) workers.emplace_back(work);
  work();
  for (auto& worker : workers) worker.join();
  if (failure) return tl::unexpected(*failure);
  return {};
}

void count(Proportion& proportion, bool hit) {
  ++proportion.trials;
  proportion.hits += hit ? 1 : 0;
}

bool is_within(const core::ActionEvent& event, const core::TimeWindow& window) {
  return event.begin_s >= window.begin_s && event.peak_s <= window.end_s;
}

bool is_scripted(const core::ActionEvent& event, const std::vector<ScriptedAction>& script) {
  return std::ranges::any_of(script, [&event](const ScriptedAction& made) {
    return made.action == event.action && made.begin_s <= event.end_s &&
           event.begin_s <= made.begin_s + made.length_s;
  });
}

std::vector<FaceAction> actions_of(const Challenge& challenge) {
  std::vector<FaceAction> actions;
  for (const auto& prompt : challenge.actions) actions.push_back(prompt.action);
  return actions;
}

void judge_foreign(const Trial& trial, DrawnActions& result) {
  for (const auto& other : others_of(trial.challenge)) {
    const bool is_refused = core::fault_of_actions(trial.evidence, other).has_value();
    count(result.foreign_refused, is_refused);
    if (is_refused) continue;
    result.foreign_accepted.push_back(
        {.seed = trial.seed, .made_for = actions_of(trial.challenge), .asked = actions_of(other)}
    );
  }
}

void judge_answer(const Trial& trial, DrawnActions& result) {
  for (const auto& event : trial.evidence.events) {
    if (event.action != FaceAction::blink) continue;
    count(result.blinks_made, is_scripted(event, trial.script));
  }
  for (const auto& prompt : trial.challenge.actions) {
    const std::size_t asked = index_of(prompt.action);
    std::array<bool, kFaceActions.size()> seen{};
    for (const auto& event : trial.evidence.events) {
      if (event.clear && is_within(event, *prompt.window)) seen.at(index_of(event.action)) = true;
    }
    count(result.found.at(asked), seen.at(asked));
    for (std::size_t i = 0; i < seen.size(); ++i) result.seen.at(asked).at(i) += seen.at(i) ? 1 : 0;
  }
  count(result.right_accepted, !core::fault_of_actions(trial.evidence, trial.challenge));
  judge_foreign(trial, result);
}

void judge(const Trial& trial, DrawnActions& result) {
  switch (trial.kind) {
    case TrialKind::answer:
      judge_answer(trial, result);
      return;
    case TrialKind::everything:
      count(
          result.everything_refused,
          core::fault_of_actions(trial.evidence, trial.challenge).has_value()
      );
      return;
    case TrialKind::still:
      count(result.still_unmoved, !trial.evidence.moved);
      return;
    case TrialKind::talking:
      count(result.talking_quiet, std::ranges::all_of(trial.evidence.events, [](const auto& event) {
              return event.action == FaceAction::blink;
            }));
      return;
  }
}

bool is_video(const fs::path& path) {
  const std::string ending = path.extension().string();
  return ending == ".mp4" || ending == ".mov" || ending == ".webm" || ending == ".mkv" ||
         ending == ".avi" || ending == ".flv";
}

Result<core::ActionEvidence> read_clip(const FaceFollower& follower, const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  const Bytes bytes{std::istreambuf_iterator<char>(file), {}};
  SELFSAME_TRY(track, follower.track_of(bytes));
  return vision::measure_actions(track, false);
}

}  // namespace

Interval Proportion::interval() const {
  return share_of(hits, trials).interval;
}

Result<DrawnActions> evaluate_drawn_actions(
    const FaceFollower& follower,
    const ActionEvaluationRequest& request,
    const ActionProgress& progress
) {
  SELFSAME_TRY(animators, animators_of(follower, request.portraits));
  std::vector<Trial> trials = trials_of(request);
  SELFSAME_CHECK(film_all(follower, animators, request.threads, trials, progress));
  DrawnActions result;
  result.portraits = animators.size();
  result.seed = request.seed;
  for (const auto& trial : trials) judge(trial, result);
  return result;
}

Result<std::vector<ClipActions>> read_clip_actions(
    const FaceFollower& follower, const std::string& folder
) {
  std::vector<fs::path> paths;
  std::error_code error;
  for (fs::recursive_directory_iterator it(folder, error), end; it != end; it.increment(error)) {
    if (it->is_regular_file(error) && is_video(it->path())) paths.push_back(it->path());
  }
  if (error || paths.empty()) return fail(Errc::not_found, "no videos under " + folder);
  std::ranges::sort(paths);
  std::vector<ClipActions> clips;
  for (const auto& path : paths) {
    const std::string name = path.lexically_relative(folder).string();
    auto evidence = read_clip(follower, path);
    if (!evidence) return fail(evidence.error().code, name + ": " + evidence.error().detail);
    clips.push_back({.file = name, .evidence = std::move(*evidence)});
  }
  return clips;
}

}  // namespace selfsame::evaluation
