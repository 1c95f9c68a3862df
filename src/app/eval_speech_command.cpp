// SPDX-License-Identifier: Apache-2.0
// selfsame eval speech.
#include <fmt/format.h>
#include <unistd.h>

#include <boost/json/object.hpp>

#include "app/commands.h"
#include "app/engine_setup.h"
#include "app/terminal.h"
#include "evaluation/reflection_evaluation.h"
#include "evaluation/speech_evaluation.h"

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
  if (options.json) {
    print_json(evaluation_json(*evaluation));
  } else {
    fmt::print("{}", evaluation::render_text(*evaluation));
  }
  return kDone;
}

}  // namespace selfsame::app
