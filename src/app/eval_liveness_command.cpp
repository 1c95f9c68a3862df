// SPDX-License-Identifier: Apache-2.0
// selfsame eval liveness.
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <filesystem>
#include <thread>

#include "app/added_card.h"
#include "app/commands.h"
#include "app/engine_setup.h"
#include "app/terminal.h"
#include "evaluation/liveness_evaluation.h"
#include "evaluation/liveness_report.h"

namespace selfsame::app {
namespace {

namespace json = boost::json;
using evaluation::LivenessEvaluation;

json::array array_of(const std::vector<std::string>& words) {
  return json::array(words.begin(), words.end());
}

json::object interval_json(const evaluation::Interval& interval) {
  return {{"low", interval.low}, {"high", interval.high}};
}

json::object share_json(const evaluation::Share& share) {
  return {
      {"count", share.count},
      {"of", share.of},
      {"share", share.value()},
      {"interval", interval_json(share.interval)}
  };
}

json::object counts_json(const evaluation::VerdictCounts& counts) {
  return {
      {"files", counts.files},
      {"live", share_json(counts.accepted)},
      {"unsure", share_json(counts.unsure)},
      {"attack", share_json(counts.refused)},
      {"not_judged", share_json(counts.not_judged)}
  };
}

json::value rates_json(const std::optional<evaluation::PadRates>& rates) {
  if (!rates) return nullptr;
  json::object object{
      {"auc", rates->auc},
      {"auc_interval", nullptr},
      {"eer", rates->eer},
      {"eer_threshold", rates->eer_threshold},
      {"bpcer_at_apcer5", rates->bpcer_at_apcer5},
      {"threshold_at_apcer5", rates->threshold_at_apcer5},
      {"threshold", rates->threshold},
      {"apcer", share_json(rates->apcer)},
      {"bpcer", share_json(rates->bpcer)},
      {"acer", rates->acer()}
  };
  if (rates->auc_interval) object["auc_interval"] = interval_json(*rates->auc_interval);
  return object;
}

json::object file_json(const evaluation::JudgedFile& file) {
  json::array scores;
  for (const auto& frame : file.frames) scores.emplace_back(frame.score);
  json::object object{
      {"file", file.file.file},
      {"presentation", evaluation::name_of(file.file.presentation)},
      {"species", nullptr},
      {"verdict", evaluation::name_of(file.verdict)},
      {"defect", nullptr},
      {"score", nullptr},
      {"reasons", array_of(file.reasons)},
      {"frame_scores", std::move(scores)}
  };
  if (!file.file.species.empty()) object["species"] = file.file.species;
  if (!file.defect.empty()) object["defect"] = file.defect;
  if (!file.frames.empty()) object["score"] = file.score;
  return object;
}

json::object evaluation_json(const LivenessEvaluation& evaluation, const std::string& det_file) {
  json::object attacks;
  for (const auto& [species, counts] : evaluation.attacks) attacks[species] = counts_json(counts);
  json::array systems;
  for (const auto& system : evaluation.systems) {
    systems.push_back(json::object{
        {"name", system.name},
        {"networks", array_of(system.networks)},
        {"by_clip", rates_json(system.by_clip)},
        {"by_frame", rates_json(system.by_frame)}
    });
  }
  json::array files;
  for (const auto& file : evaluation.files) files.push_back(file_json(file));
  json::array unreadable;
  for (const auto& file : evaluation.unreadable) {
    unreadable.push_back(json::object{{"file", file.file}, {"reason", file.reason}});
  }
  json::object object{
      {"data_set", evaluation.data_set},
      {"precision", evaluation.precision},
      {"thresholds",
       {{"bona_fide", evaluation.policy.bona_fide_threshold},
        {"retry", evaluation.policy.retry_threshold}}},
      {"bona_fide", counts_json(evaluation.bona_fide)},
      {"attacks", std::move(attacks)},
      {"masked", counts_json(evaluation.masked)},
      {"told_of_mask", share_json(evaluation.told_of_mask)},
      {"apcer", evaluation.apcer()},
      {"bpcer", evaluation.bpcer()},
      {"acer", evaluation.acer()},
      {"systems", std::move(systems)},
      {"files", std::move(files)},
      {"unreadable", std::move(unreadable)},
      {"det_svg", nullptr},
      {"bootstrap",
       {{"replicates", evaluation.bootstrap.replicates},
        {"seed", evaluation.bootstrap.seed},
        {"confidence", evaluation.bootstrap.confidence}}},
      {"seconds", evaluation.seconds}
  };
  if (!det_file.empty()) object["det_svg"] = det_file;
  return object;
}

/// A line on standard error that rewrites itself; nothing when that is not a terminal.
void show_progress(std::size_t done, std::size_t total) {
  if (isatty(STDERR_FILENO) == 0) return;
  fmt::print(stderr, "\r{} of {} files judged{}", done, total, done == total ? "\n" : "");
}

/// Lets the liveness networks of another model be scored beside those that decide.
Result<std::vector<std::string>> add_teachers(
    const EvalLivenessOptions& options, vision::ModelCards& cards
) {
  std::vector<std::string> names;
  if (options.teachers.empty()) return names;
  const std::filesystem::path folder = std::filesystem::absolute(options.teachers);
  const std::string card_file =
      options.teachers_card.empty() ? (folder / "card.toml").string() : options.teachers_card;
  SELFSAME_TRY(text, read_file(card_file, kCardBytesMax));
  SELFSAME_TRY(card, read_added_card({reinterpret_cast<const char*>(text.data()), text.size()}));
  for (vision::NetworkCard& network : card.networks) {
    if (network.role != "pad") continue;
    if (cards.find(network.name) != nullptr) {
      return fail(Errc::conflict, network.name + " takes part already");
    }
    network.file = (folder / network.file).string();
    names.push_back(network.name);
    cards.networks.push_back(std::move(network));
  }
  cards.pad.beside = names;
  return names;
}

struct Bench {
  std::unique_ptr<vision::FaceEngine> engine;
  std::vector<std::string> beside;
};

Result<Bench> bench_of(const Settings& settings, const EvalLivenessOptions& options) {
  SELFSAME_TRY(paths, find_models(settings));
  SELFSAME_TRY(cards, load_cards(paths, settings));
  SELFSAME_TRY(beside, add_teachers(options, cards));
  vision::EngineOptions engine = engine_options(paths, settings);
  engine.measure_only = true;
  SELFSAME_TRY(loaded, vision::FaceEngine::create(cards, engine));
  return Bench{.engine = std::move(loaded), .beside = std::move(beside)};
}

}  // namespace

int eval_liveness(const Settings& settings, const EvalLivenessOptions& options) {
  const auto bench = bench_of(settings, options);
  if (!bench) return complain("eval liveness", bench.error());
  evaluation::LivenessEvaluationRequest request;
  request.folder = options.folder;
  request.beside = bench->beside;
  request.threads = options.threads > 0 ? static_cast<unsigned>(options.threads)
                                        : std::max(1u, std::thread::hardware_concurrency());
  const auto evaluation = evaluation::evaluate_liveness(*bench->engine, request, show_progress);
  if (!evaluation) return complain("eval liveness", evaluation.error());
  if (!options.det_file.empty()) {
    const std::string svg = evaluation::draw_det(*evaluation);
    if (const auto written = write_file(options.det_file, bytes_of(svg)); !written) {
      return complain("eval liveness", written.error());
    }
  }
  if (options.json) {
    print_json(evaluation_json(*evaluation, options.det_file));
  } else {
    fmt::print("{}", evaluation::render_text(*evaluation));
    if (!options.det_file.empty()) fmt::print("DET plot: {}\n", options.det_file);
  }
  return kDone;
}

}  // namespace selfsame::app
