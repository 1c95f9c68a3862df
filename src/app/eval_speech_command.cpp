// SPDX-License-Identifier: Apache-2.0
// selfsame eval speech.
#include <fmt/format.h>
#include <unistd.h>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <string>
#include <vector>

#include "app/commands.h"
#include "app/engine_setup.h"
#include "app/terminal.h"
#include "evaluation/face_follower.h"
#include "evaluation/reflection_evaluation.h"
#include "evaluation/speech_evaluation.h"
#include "evaluation/sync_evaluation.h"

namespace selfsame::app {
namespace {

namespace json = boost::json;

json::object share_json(std::size_t hits, std::size_t trials) {
  const auto interval = evaluation::exact_interval(hits, trials, evaluation::kSpeechConfidence);
  return {
      {"count", hits},
      {"of", trials},
      {"interval", {{"low", interval.low}, {"high", interval.high}}}
  };
}

json::object counts_json(const evaluation::SpeechCounts& counts) {
  return {
      {"heard", share_json(counts.heard, counts.codes)},
      {"accepted", share_json(counts.accepted, counts.codes)},
      {"near_accepted", share_json(counts.near_accepted, counts.near)},
      {"others_accepted", share_json(counts.others_accepted, counts.others)}
  };
}

json::object evaluation_json(const evaluation::SpeechEvaluation& evaluation) {
  json::object speakers;
  for (const auto& [name, counts] : evaluation.speakers) speakers[name] = counts_json(counts);
  json::object lengths;
  for (const auto& [length, counts] : evaluation.lengths) {
    lengths[std::to_string(length)] = counts_json(counts);
  }
  return {
      {"data_set", evaluation.data_set},
      {"language", evaluation.language},
      {"speakers", std::move(speakers)},
      {"digits", std::move(lengths)},
      {"all", counts_json(evaluation.all)},
      {"confidence", evaluation::kSpeechConfidence},
      {"speech_s", evaluation.speech_s},
      {"cpu_s", evaluation.cpu_s}
  };
}

json::array sync_json(const std::vector<evaluation::SyncRow>& rows) {
  json::array list;
  for (const auto& row : rows) {
    json::object refused;
    for (const auto& [outcome, clips] : row.refused) refused[outcome] = clips;
    list.push_back(json::object{
        {"shift_s", row.shift_s},
        {"answered", share_json(row.answered, row.clips)},
        {"refused", std::move(refused)}
    });
  }
  return list;
}

std::string text_of(const std::vector<evaluation::SyncRow>& rows) {
  std::string text = fmt::format(
      "\nTalking people, the sound moved against the pictures\n\n{:<13}{:>5}{:>10}  refused as\n",
      "later by, s",
      "clips",
      "answered"
  );
  for (const auto& row : rows) {
    std::string refused;
    for (const auto& [outcome, clips] : row.refused) {
      refused += fmt::format("{}{} {}", refused.empty() ? "" : ", ", outcome, clips);
    }
    text +=
        fmt::format("{:<13.1f}{:>5}{:>10}  {}\n", row.shift_s, row.clips, row.answered, refused);
  }
  return text;
}

// Empty without a folder of clips.
Result<std::vector<evaluation::SyncRow>> measure_sync(
    const Settings& settings, const EvalSpeechOptions& options
) {
  if (options.talking.empty()) return std::vector<evaluation::SyncRow>{};
  SELFSAME_TRY(paths, find_models(settings));
  SELFSAME_TRY(cards, load_cards(paths, settings));
  SELFSAME_TRY(
      follower, evaluation::FaceFollower::create_for_lips(cards, engine_options(paths, settings))
  );
  return evaluation::evaluate_sync(follower, options.talking);
}

void show_progress(std::size_t done, std::size_t total) {
  if (isatty(STDERR_FILENO) == 0) return;
  fmt::print(stderr, "\r{} of {} codes heard{}", done, total, done == total ? "\n" : "");
}

}  // namespace

int eval_speech(const Settings& settings, const EvalSpeechOptions& options) {
  const auto paths = find_models(settings);
  if (!paths) return complain("eval speech", paths.error());
  const auto cards = load_cards(*paths, settings);
  if (!cards) return complain("eval speech", cards.error());
  const auto evaluation = evaluation::evaluate_speech(
      {.sounds = options.sounds,
       .without = options.without,
       .card = cards->speech,
       .codes = options.codes,
       .others = options.others,
       .seed = options.seed},
      show_progress
  );
  if (!evaluation) return complain("eval speech", evaluation.error());
  const auto sync = measure_sync(settings, options);
  if (!sync) return complain("eval speech", sync.error());
  if (options.json) {
    auto answer = evaluation_json(*evaluation);
    answer["sync"] = sync_json(*sync);
    print_json(answer);
    return kDone;
  }
  fmt::print("{}", evaluation::render_text(*evaluation));
  if (!sync->empty()) fmt::print("{}", text_of(*sync));
  return kDone;
}

}  // namespace selfsame::app
