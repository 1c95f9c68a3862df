// SPDX-License-Identifier: Apache-2.0
// selfsame eval face.
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <thread>

#include "app/added_models.h"
#include "app/calibration_file.h"
#include "app/commands.h"
#include "app/engine_setup.h"
#include "app/terminal.h"
#include "evaluation/det_plot.h"
#include "evaluation/face_evaluation.h"
#include "evaluation/face_report.h"

namespace selfsame::app {
namespace {

namespace json = boost::json;
using evaluation::FaceEvaluation;

json::value interval_json(const std::optional<evaluation::Interval>& interval) {
  if (!interval) return nullptr;
  return json::object{{"low", interval->low}, {"high", interval->high}};
}

json::object point_json(const evaluation::OperatingPoint& point) {
  return {
      {"fmr", point.fmr},
      {"threshold", point.threshold},
      {"threshold_interval", interval_json(point.threshold_interval)},
      {"method", evaluation::name_of(point.method)},
      {"impostor_pairs_above", point.impostor_pairs_above},
      {"fnmr", point.fnmr},
      {"fnmr_interval", interval_json(point.fnmr_interval)},
      {"tar", 1 - point.fnmr}
  };
}

json::object counts_json(const evaluation::FaceCounts& counts) {
  return {
      {"images", counts.photos},
      {"omitted", counts.omitted},
      {"failures_to_acquire", counts.failures_to_acquire},
      {"templates", counts.templates},
      {"identities", counts.identities},
      {"genuine_pairs", counts.genuine_pairs},
      {"impostor_pairs", counts.impostor_pairs},
      {"skipped_pairs", counts.skipped_pairs}
  };
}

json::value tail_json(const std::optional<evaluation::ParetoTail>& tail) {
  if (!tail) return nullptr;
  return json::object{
      {"start", tail->start},
      {"shape", tail->shape},
      {"scale", tail->scale},
      {"exceedances", tail->exceedances}
  };
}

json::value folds_json(const std::optional<evaluation::FoldAccuracy>& folds) {
  if (!folds) return nullptr;
  return json::object{
      {"folds", folds->folds},
      {"accuracy", folds->accuracy},
      {"standard_deviation", folds->standard_deviation}
  };
}

json::object evaluation_json(const FaceEvaluation& evaluation, const std::string& det_file) {
  json::object points;
  for (const auto& point : evaluation.rates.operating_points) {
    points[evaluation::fmr_name(point.fmr)] = point_json(point);
  }
  json::array unsupported;
  for (const double fmr : evaluation.rates.unsupported_fmr) {
    unsupported.emplace_back(evaluation::fmr_name(fmr));
  }
  json::array det;
  for (const auto& point : evaluation.rates.det) {
    det.push_back(
        json::object{{"threshold", point.threshold}, {"fmr", point.fmr}, {"fnmr", point.fnmr}}
    );
  }
  json::array failures;
  for (const auto& failure : evaluation.failures) {
    failures.push_back(json::object{{"image", failure.photo}, {"reason", failure.reason}});
  }
  const auto& counts = evaluation.counts;
  const double fta = counts.photos == 0 ? 0
                                        : static_cast<double>(counts.failures_to_acquire) /
                                              static_cast<double>(counts.photos);
  json::object object{
      {"protocol", evaluation::name_of(evaluation.protocol)},
      {"data_set", evaluation.data_set},
      {"precision", evaluation.precision},
      {"networks", json::array(evaluation.networks.begin(), evaluation.networks.end())},
      {"counts", counts_json(counts)},
      {"fta", fta},
      {"eer", evaluation.rates.eer},
      {"eer_threshold", evaluation.rates.eer_threshold},
      {"operating_points", std::move(points)},
      {"unsupported_fmr", std::move(unsupported)},
      {"ten_fold", folds_json(evaluation.fold_accuracy)},
      {"tail", tail_json(evaluation.rates.tail)},
      {"det", std::move(det)},
      {"det_svg", nullptr},
      {"bootstrap",
       {{"replicates", evaluation.bootstrap.replicates},
        {"seed", evaluation.bootstrap.seed},
        {"confidence", evaluation.bootstrap.confidence}}},
      {"failures", std::move(failures)},
      {"seconds", evaluation.seconds}
  };
  if (!det_file.empty()) object["det_svg"] = det_file;
  return object;
}

/// A line on standard error that rewrites itself; nothing when that is not a terminal.
void show_progress(std::size_t done, std::size_t total) {
  if (isatty(STDERR_FILENO) == 0) return;
  fmt::print(stderr, "\r{} of {} photos read{}", done, total, done == total ? "\n" : "");
}

Result<void> may_calibrate(const Settings& settings, const EvalFaceOptions& options) {
  if (!options.calibrate) return {};
  if (settings.comparator.empty()) {
    return fail(
        Errc::invalid_parameter,
        "--calibrate needs --comparator NAME, an added model; the packaged comparator's thresholds "
        "are in face_calibration.toml"
    );
  }
  if (options.pairs.empty()) return {};
  return fail(Errc::invalid_parameter, "--calibrate compares all photos: leave --pairs out");
}

Result<vision::ModelCards> present_cards(const Settings& settings) {
  SELFSAME_TRY(paths, find_models(settings));
  return load_cards(paths, settings);
}

bool same_comparator(const vision::ModelCards& a, const vision::ModelCards& b) {
  return std::ranges::equal(a.comparator, b.comparator, [&](const auto& x, const auto& y) {
    const vision::NetworkCard* of_x = a.find(x.network);
    const vision::NetworkCard* of_y = b.find(y.network);
    return of_x != nullptr && of_y != nullptr && of_x->sha256 == of_y->sha256 &&
           x.network == y.network && x.weight == y.weight && x.flip == y.flip;
  });
}

/// @param measured  the cards from before the measurement, which may have taken hours
Result<std::string> store_calibration(
    const Settings& settings, const FaceEvaluation& evaluation, const vision::ModelCards& measured
) {
  SELFSAME_TRY(installer, ModelInstaller::open(settings.data_dir));
  SELFSAME_TRY(cards, present_cards(settings));
  if (!same_comparator(measured, cards)) {
    return fail(
        Errc::conflict, settings.comparator + " was replaced while it was measured: measure again"
    );
  }
  SELFSAME_TRY(stored, calibration_file(evaluation, cards));
  SELFSAME_CHECK(installer.store_calibration(settings.comparator, evaluation.precision, stored.text)
  );
  return stored.version;
}

void print_stored(
    const Settings& settings, const std::string& version, const std::string& precision
) {
  fmt::print(
      "Stored the {} thresholds of {} as {}.\nThey decide at the next start of a server with "
      "models.comparator = \"{}\".\n",
      precision,
      settings.comparator,
      version,
      settings.comparator
  );
}

}  // namespace

int eval_face(const Settings& configured, const EvalFaceOptions& options) {
  Settings settings = configured;
  if (!options.comparator.empty()) settings.comparator = options.comparator;
  if (const auto possible = may_calibrate(settings, options); !possible) {
    complain("eval face", possible.error());
    return kUsage;
  }
  const auto cards = present_cards(settings);
  if (!cards) return complain("eval face", cards.error());
  const auto engine = load_engine_to_measure(settings);
  if (!engine) return complain("eval face", engine.error());
  evaluation::FaceEvaluationRequest request;
  request.images = options.images;
  if (!options.pairs.empty()) request.pairs = options.pairs;
  if (!options.labels_fix.empty()) request.labels_fix = options.labels_fix;
  request.threads = options.threads > 0 ? static_cast<unsigned>(options.threads)
                                        : std::max(1u, std::thread::hardware_concurrency());
  const auto evaluation = evaluation::evaluate_faces(**engine, request, show_progress);
  if (!evaluation) return complain("eval face", evaluation.error());
  if (!options.det_file.empty()) {
    const std::string svg = evaluation::draw_det(
        evaluation->rates, evaluation::det_title(*evaluation), evaluation::det_subtitle(*evaluation)
    );
    if (const auto written = write_file(options.det_file, bytes_of(svg)); !written) {
      return complain("eval face", written.error());
    }
  }
  Result<std::string> version;
  if (options.calibrate) version = store_calibration(settings, *evaluation, *cards);
  if (options.json) {
    json::object object = evaluation_json(*evaluation, options.det_file);
    if (version && !version->empty()) object["calibration"] = *version;
    print_json(object);
  } else {
    fmt::print("{}", evaluation::render_text(*evaluation));
    if (!options.det_file.empty()) fmt::print("DET plot: {}\n", options.det_file);
    if (version && !version->empty()) print_stored(settings, *version, evaluation->precision);
  }
  return version ? kDone : complain("eval face: nothing was stored", version.error());
}

}  // namespace selfsame::app
