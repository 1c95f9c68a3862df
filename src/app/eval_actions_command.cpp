// SPDX-License-Identifier: Apache-2.0
// selfsame eval actions.
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <filesystem>
#include <map>
#include <sstream>
#include <thread>

#include "app/commands.h"
#include "app/engine_setup.h"
#include "app/terminal.h"
#include "evaluation/action_evaluation.h"
#include "evaluation/action_truth.h"
#include "evaluation/face_follower.h"
#include "vision/decode_image.h"

namespace selfsame::app {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;
using evaluation::ClipActions;
using evaluation::ClipTruth;
using evaluation::DrawnActions;
using evaluation::kFaceActions;
using evaluation::Proportion;

struct Measured {
  std::string precision;
  DrawnActions drawn;
  std::vector<ClipActions> clips;
  std::map<std::string, ClipTruth> truth;
};

void show_progress(std::size_t done, std::size_t total) {
  if (isatty(STDERR_FILENO) == 0) return;
  fmt::print(stderr, "\r{} of {} drawn recordings{}", done, total, done == total ? "\n" : "");
}

// Every picture of the folder and its sub-folders, in the order of the names.
Result<std::vector<fs::path>> pictures_in(const std::string& folder) {
  std::vector<fs::path> paths;
  std::error_code error;
  for (fs::recursive_directory_iterator it(folder, error), end; it != end; it.increment(error)) {
    const std::string ending = it->path().extension().string();
    if (ending == ".jpg" || ending == ".jpeg" || ending == ".png") paths.push_back(it->path());
  }
  if (error) return fail(Errc::not_found, "cannot read " + folder);
  std::ranges::sort(paths);
  return paths;
}

// One picture of each person: a sub-folder, or a picture that lies in none. Every other person is
// one on whom thresholds were chosen.
std::vector<fs::path> half_of(
    const std::vector<fs::path>& paths, const fs::path& folder, bool choosing
) {
  std::vector<fs::path> firsts, chosen;
  for (const auto& path : paths) {
    const bool is_alone = fs::equivalent(path.parent_path(), folder);
    if (!is_alone && !firsts.empty() && firsts.back().parent_path() == path.parent_path()) continue;
    firsts.push_back(path);
  }
  for (std::size_t i = choosing ? 1 : 0; i < firsts.size(); i += 2) chosen.push_back(firsts[i]);
  return chosen;
}

Result<std::vector<vision::Image>> portraits_of(
    const ModelPaths& models, const EvalActionsOptions& options
) {
  const bool are_fixtures = options.portraits.empty();
  const std::string& folder = are_fixtures ? models.fixtures_dir : options.portraits;
  SELFSAME_TRY(paths, pictures_in(folder));
  if (!are_fixtures) paths = half_of(paths, folder, options.choosing_half);
  std::vector<vision::Image> portraits;
  for (const auto& path : paths) {
    SELFSAME_TRY(bytes, read_file(path.string(), 64U << 20));
    const auto image = vision::decode_image(bytes);
    if (!image) return fail(image.error().code, path.string() + ": " + image.error().detail);
    portraits.push_back(*image);
  }
  return portraits;
}

Result<Measured> measure(const Settings& settings, const EvalActionsOptions& options) {
  SELFSAME_TRY(paths, find_models(settings));
  SELFSAME_TRY(cards, load_cards(paths, settings));
  SELFSAME_TRY(follower, evaluation::FaceFollower::create(cards, engine_options(paths, settings)));
  evaluation::ActionEvaluationRequest request;
  SELFSAME_TRY(portraits, portraits_of(paths, options));
  request.portraits = std::move(portraits);
  request.clips = static_cast<std::size_t>(options.clips);
  request.seed = options.seed;
  request.threads = options.threads > 0 ? static_cast<unsigned>(options.threads)
                                        : std::max(1U, std::thread::hardware_concurrency());
  Measured measured;
  measured.precision = follower.tracker().network().facts().precision;
  if (!options.truth.empty()) {
    SELFSAME_TRY(bytes, read_file(options.truth, 1U << 20));
    SELFSAME_TRY(truth, evaluation::read_action_truth(std::string(bytes.begin(), bytes.end())));
    measured.truth = std::move(truth);
  }
  if (!options.folder.empty()) {
    SELFSAME_TRY(clips, evaluation::read_clip_actions(follower, options.folder));
    measured.clips = std::move(clips);
  }
  SELFSAME_TRY(drawn, evaluation::evaluate_drawn_actions(follower, request, show_progress));
  measured.drawn = std::move(drawn);
  return measured;
}

json::object proportion_json(const Proportion& proportion) {
  const auto interval = proportion.interval();
  return {
      {"hits", proportion.hits},
      {"trials", proportion.trials},
      {"interval", {{"low", interval.low}, {"high", interval.high}}}
  };
}

json::array names_of(const std::vector<core::FaceAction>& actions) {
  json::array names;
  for (const auto action : actions) names.push_back(core::name_of(action));
  return names;
}

json::array foreign_json(const DrawnActions& drawn) {
  json::array list;
  for (const auto& answer : drawn.foreign_accepted) {
    list.push_back(json::object{
        {"seed", answer.seed},
        {"made_for", names_of(answer.made_for)},
        {"asked", names_of(answer.asked)}
    });
  }
  return list;
}

json::object drawn_json(const DrawnActions& drawn) {
  json::object found, seen;
  for (std::size_t i = 0; i < kFaceActions.size(); ++i) {
    const char* asked = core::name_of(kFaceActions.at(i));
    found[asked] = proportion_json(drawn.found.at(i));
    json::object row;
    for (std::size_t k = 0; k < kFaceActions.size(); ++k) {
      row[core::name_of(kFaceActions.at(k))] = drawn.seen.at(i).at(k);
    }
    seen[asked] = std::move(row);
  }
  return {
      {"portraits", drawn.portraits},
      {"seed", drawn.seed},
      {"found", std::move(found)},
      {"seen_in_window", std::move(seen)},
      {"blinks_made", proportion_json(drawn.blinks_made)},
      {"right_accepted", proportion_json(drawn.right_accepted)},
      {"foreign_refused", proportion_json(drawn.foreign_refused)},
      {"everything_refused", proportion_json(drawn.everything_refused)},
      {"still_unmoved", proportion_json(drawn.still_unmoved)},
      {"talking_quiet", proportion_json(drawn.talking_quiet)},
      {"foreign_accepted", foreign_json(drawn)}
  };
}

json::object clip_json(const ClipActions& clip, const std::map<std::string, ClipTruth>& truths) {
  json::array events;
  for (const auto& event : clip.evidence.events) {
    events.push_back(json::object{
        {"action", core::name_of(event.action)},
        {"begin_s", event.begin_s},
        {"peak_s", event.peak_s},
        {"end_s", event.end_s},
        {"clear", event.clear}
    });
  }
  const auto truth = truths.find(clip.file);
  json::object object{{"file", clip.file}, {"events", std::move(events)}, {"as_known", nullptr}};
  if (truth != truths.end()) {
    object["as_known"] = evaluation::is_as_known(clip.evidence, truth->second);
  }
  return object;
}

std::string line_of(const char* what, const Proportion& proportion) {
  const auto interval = proportion.interval();
  return fmt::format(
      "{:<44}{:>6} of {:<6} {:.3f} to {:.3f}\n",
      what,
      proportion.hits,
      proportion.trials,
      interval.low,
      interval.high
  );
}

std::string text_of(const DrawnActions& drawn) {
  std::string text = fmt::format(
      "Drawn heads: {} portraits, seeds from {} on\n\n{:<44}{:>16}  95 %\n",
      drawn.portraits,
      drawn.seed,
      "",
      "counted"
  );
  for (std::size_t i = 0; i < kFaceActions.size(); ++i) {
    const std::string what =
        fmt::format("{} found when asked for", core::name_of(kFaceActions.at(i)));
    text += line_of(what.c_str(), drawn.found.at(i));
  }
  text += line_of("blinks seen that were made", drawn.blinks_made);
  text += line_of("right recording accepted", drawn.right_accepted);
  text += line_of("recording for another challenge refused", drawn.foreign_refused);
  text += line_of("everything at once refused", drawn.everything_refused);
  text += line_of("photo shows no movement", drawn.still_unmoved);
  text += line_of("talking shows nothing but blinks", drawn.talking_quiet);
  text += fmt::format("\n{:<14}", "asked \\ seen");
  for (const auto action : kFaceActions) text += fmt::format("{:>12}", core::name_of(action));
  for (std::size_t i = 0; i < kFaceActions.size(); ++i) {
    text += fmt::format("\n{:<14}", core::name_of(kFaceActions.at(i)));
    for (const std::size_t count : drawn.seen.at(i)) text += fmt::format("{:>12}", count);
  }
  text += "\n";
  for (const auto& answer : drawn.foreign_accepted) {
    const auto names = [](const std::vector<core::FaceAction>& actions) {
      std::string list;
      for (const auto action : actions) list += std::string(" ") + core::name_of(action);
      return list;
    };
    text += fmt::format(
        "accepted: seed {}, made for{}, asked for{}\n",
        answer.seed,
        names(answer.made_for),
        names(answer.asked)
    );
  }
  return text;
}

std::string text_of(const ClipActions& clip, const std::map<std::string, ClipTruth>& truths) {
  const auto truth = truths.find(clip.file);
  const char* word = "";
  if (truth != truths.end()) {
    word = evaluation::is_as_known(clip.evidence, truth->second) ? "as known: " : "NOT AS KNOWN: ";
  }
  std::string text = fmt::format("{:<30} {}", clip.file, word);
  for (const auto& event : clip.evidence.events) {
    const char* half = event.clear ? "" : "half a ";
    text += fmt::format("{}{}@{:.1f} ", half, core::name_of(event.action), event.peak_s);
  }
  return (clip.evidence.events.empty() ? text + "nothing" : text) + "\n";
}

}  // namespace

int eval_actions(const Settings& settings, const EvalActionsOptions& options) {
  const auto measured = measure(settings, options);
  if (!measured) return complain("eval actions", measured.error());
  if (options.json) {
    json::array clips;
    for (const auto& clip : measured->clips) clips.push_back(clip_json(clip, measured->truth));
    print_json(json::object{
        {"precision", measured->precision},
        {"drawn", drawn_json(measured->drawn)},
        {"clips", std::move(clips)}
    });
    return kDone;
  }
  fmt::print("{}", text_of(measured->drawn));
  if (!measured->clips.empty()) fmt::print("\nClips of {}\n\n", options.folder);
  for (const auto& clip : measured->clips) fmt::print("{}", text_of(clip, measured->truth));
  return kDone;
}

}  // namespace selfsame::app
