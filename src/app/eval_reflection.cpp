// SPDX-License-Identifier: Apache-2.0
// selfsame eval reflection.
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <thread>

#include "app/commands.h"
#include "app/engine_setup.h"
#include "app/terminal.h"
#include "evaluation/reflection_evaluation.h"
#include "vision/network.h"

namespace selfsame::app {
namespace {

namespace json = boost::json;

constexpr std::size_t kMostPersons = 200;

struct Parts {
  std::unique_ptr<vision::InferenceRuntime> runtime;
  vision::FaceDetector detector;
  vision::FaceLandmarker landmarker;
};

template <class Part>
Result<Part> load(
    const vision::ModelCards& cards,
    const std::string& name,
    const vision::InferenceRuntime& runtime
) {
  const vision::NetworkCard* card = cards.find(name);
  if (card == nullptr) return fail(Errc::engine_failed, "no card for the network " + name);
  SELFSAME_TRY(network, runtime.load(*card));
  return Part::create(std::move(network));
}

Result<Parts> load_parts(const ModelPaths& paths, const Settings& settings) {
  SELFSAME_TRY(cards, load_cards(paths, settings));
  SELFSAME_TRY(runtime, vision::InferenceRuntime::create(engine_options(paths, settings)));
  SELFSAME_TRY(detector, load<vision::FaceDetector>(cards, cards.detector, *runtime));
  SELFSAME_TRY(landmarker, load<vision::FaceLandmarker>(cards, cards.landmarks, *runtime));
  return Parts{std::move(runtime), std::move(detector), std::move(landmarker)};
}

json::object row_json(const evaluation::ReflectionRow& row) {
  json::object refused;
  for (const auto& [outcome, trials] : row.refused) refused[outcome] = trials;
  return {
      {"case", evaluation::name_of(row.kind)},
      {"pictures", evaluation::name_of(row.pictures)},
      {"reflected", row.reflected},
      {"trials", row.trials},
      {"accepted", row.accepted},
      {"accepted_interval",
       {{"low", row.accepted_interval.low}, {"high", row.accepted_interval.high}}},
      {"refused", std::move(refused)}
  };
}

json::object evaluation_json(
    const evaluation::ReflectionEvaluation& evaluation, const evaluation::ReflectionRequest& request
) {
  json::array rows;
  for (const auto& row : evaluation.rows) rows.push_back(row_json(row));
  return {
      {"persons", evaluation.persons},
      {"half", evaluation::name_of(request.half)},
      {"seed", request.seed},
      {"confidence", evaluation::kReflectionConfidence},
      {"rows", std::move(rows)},
      {"seconds", evaluation.seconds}
  };
}

/// A line on standard error that rewrites itself; nothing when that is not a terminal.
void show_progress(std::size_t done, std::size_t total) {
  if (isatty(STDERR_FILENO) == 0) return;
  fmt::print(stderr, "\r{} of {} captures{}", done, total, done == total ? "\n" : "");
}

Result<int> run(const Settings& settings, const EvalReflectionOptions& options) {
  SELFSAME_TRY(paths, find_models(settings));
  SELFSAME_TRY(parts, load_parts(paths, settings));
  const std::string& folder = options.portraits.empty() ? paths.fixtures_dir : options.portraits;
  evaluation::ReflectionRequest request;
  SELFSAME_TRY(portraits, evaluation::find_portraits(parts.detector, folder, kMostPersons));
  request.portraits = std::move(portraits);
  if (options.choosing_half) request.half = evaluation::ReflectionHalf::choosing;
  request.trials = static_cast<std::size_t>(options.trials);
  request.threads = options.threads > 0 ? static_cast<unsigned>(options.threads)
                                        : std::max(1U, std::thread::hardware_concurrency());
  SELFSAME_TRY(
      evaluation,
      evaluation::evaluate_reflection(parts.detector, parts.landmarker, request, show_progress)
  );
  if (options.json) {
    print_json(evaluation_json(evaluation, request));
  } else {
    fmt::print("{}", evaluation::render_text(evaluation));
  }
  return kDone;
}

}  // namespace

int eval_reflection(const Settings& settings, const EvalReflectionOptions& options) {
  const auto code = run(settings, options);
  return code ? *code : complain("eval reflection", code.error());
}

}  // namespace selfsame::app
