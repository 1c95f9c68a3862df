// SPDX-License-Identifier: Apache-2.0
#include "evaluation/face_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <map>

namespace selfsame::evaluation {
namespace {

constexpr double kPercent = 100;
constexpr std::size_t kListedFailures = 20;

std::string thousands(std::uint64_t value) {
  std::string digits = std::to_string(value);
  for (std::size_t i = digits.size(); i > 3; i -= 3) digits.insert(i - 3, 1, ',');
  return digits;
}

std::string interval(const std::optional<Interval>& interval, double scale, int decimals) {
  if (!interval) return "-";
  return fmt::format(
      "{:.{}f}..{:.{}f}", interval->low * scale, decimals, interval->high * scale, decimals
  );
}

std::string networks_of(const FaceEvaluation& evaluation) {
  return fmt::format("{} ({})", fmt::join(evaluation.networks, ", "), evaluation.precision);
}

void append_counts(const FaceEvaluation& evaluation, std::string& text) {
  const FaceCounts& counts = evaluation.counts;
  fmt::format_to(
      std::back_inserter(text),
      "Data set   {}: {} photos of {} people ({} omitted by the label fixes)\n"
      "Compared   {} genuine pairs, {} impostor pairs{}\n"
      "Comparator {}\n",
      evaluation.data_set,
      thousands(counts.photos),
      thousands(counts.identities),
      counts.omitted,
      thousands(counts.genuine_pairs),
      thousands(counts.impostor_pairs),
      counts.skipped_pairs > 0 ? fmt::format(" ({} of the list left out)", counts.skipped_pairs)
                               : "",
      networks_of(evaluation)
  );
  const double fta = counts.photos > 0 ? static_cast<double>(counts.failures_to_acquire) /
                                             static_cast<double>(counts.photos)
                                       : 0;
  fmt::format_to(
      std::back_inserter(text),
      "FTA        {} of {} photos gave no template ({:.2f} %); no rate below counts them\n",
      thousands(counts.failures_to_acquire),
      thousands(counts.photos),
      fta * kPercent
  );
}

void append_failures(const FaceEvaluation& evaluation, std::string& text) {
  std::map<std::string, std::size_t> reasons;
  for (const AcquisitionFailure& failure : evaluation.failures) ++reasons[failure.reason];
  for (const auto& [reason, count] : reasons) {
    fmt::format_to(std::back_inserter(text), "           {} x {}\n", count, reason);
  }
  if (evaluation.failures.size() > kListedFailures) return;
  for (const AcquisitionFailure& failure : evaluation.failures) {
    fmt::format_to(
        std::back_inserter(text), "             {}: {}\n", failure.photo, failure.reason
    );
  }
}

void append_points(const FaceEvaluation& evaluation, std::string& text) {
  const ErrorRates& rates = evaluation.rates;
  fmt::format_to(
      std::back_inserter(text),
      "\n{:<7}{:<10}{:<17}{:<10}{:<16}{:<9}{:<12}{}\n",
      "FMR",
      "threshold",
      "interval",
      "FNMR %",
      "interval",
      "TAR %",
      "method",
      "impostor pairs above"
  );
  for (const OperatingPoint& point : rates.operating_points) {
    fmt::format_to(
        std::back_inserter(text),
        "{:<7}{:<10.4f}{:<17}{:<10.2f}{:<16}{:<9.2f}{:<12}{}\n",
        fmr_name(point.fmr),
        point.threshold,
        interval(point.threshold_interval, 1, 4),
        point.fnmr * kPercent,
        interval(point.fnmr_interval, kPercent, 2),
        (1 - point.fnmr) * kPercent,
        name_of(point.method),
        thousands(point.impostor_pairs_above)
    );
  }
  if (!rates.unsupported_fmr.empty()) {
    std::vector<std::string> names;
    std::ranges::transform(rates.unsupported_fmr, std::back_inserter(names), fmr_name);
    fmt::format_to(
        std::back_inserter(text), "Too few impostor pairs for FMR {}\n", fmt::join(names, ", ")
    );
  }
  fmt::format_to(
      std::back_inserter(text),
      "EER    {:.2f} % at {:.4f}\n",
      rates.eer * kPercent,
      rates.eer_threshold
  );
}

void append_notes(const FaceEvaluation& evaluation, std::string& text) {
  if (const auto& folds = evaluation.fold_accuracy) {
    fmt::format_to(
        std::back_inserter(text),
        "{} folds: accuracy {:.2f} % +- {:.2f} (standard deviation over the folds)\n",
        folds->folds,
        folds->accuracy * kPercent,
        folds->standard_deviation * kPercent
    );
  }
  if (const auto& tail = evaluation.rates.tail) {
    fmt::format_to(
        std::back_inserter(text),
        "gpd: generalised Pareto by L-moments over the top {:.2g} of the impostor scores: start "
        "{:.4f}, "
        "shape {:.3f}, scale {:.4f}, {} exceedances\n",
        tail->share,
        tail->start,
        tail->shape,
        tail->scale,
        thousands(tail->exceedances)
    );
  }
  if (evaluation.bootstrap.replicates > 0) {
    fmt::format_to(
        std::back_inserter(text),
        "Intervals: {:.0f} %, bootstrap over identities, {} replicates, seed {}\n",
        evaluation.bootstrap.confidence * kPercent,
        evaluation.bootstrap.replicates,
        evaluation.bootstrap.seed
    );
  }
  fmt::format_to(std::back_inserter(text), "Took {:.1f} s\n", evaluation.seconds);
}

}  // namespace

const char* name_of(ThresholdMethod method) noexcept {
  switch (method) {
    case ThresholdMethod::empirical:
      return "empirical";
    case ThresholdMethod::pareto:
      return "gpd";
  }
  return "empirical";
}

const char* name_of(Protocol protocol) noexcept {
  switch (protocol) {
    case Protocol::all_pairs:
      return "all_pairs";
    case Protocol::pairs:
      return "pairs";
  }
  return "all_pairs";
}

std::string fmr_name(double fmr) {
  for (std::size_t i = 0; i < kReportedFmr.size(); ++i) {
    if (std::abs(fmr / kReportedFmr[i] - 1) < 1e-9) return kReportedFmrNames[i];
  }
  return {};
}

std::string render_text(const FaceEvaluation& evaluation) {
  std::string text;
  append_counts(evaluation, text);
  append_failures(evaluation, text);
  append_points(evaluation, text);
  append_notes(evaluation, text);
  return text;
}

std::string det_title(const FaceEvaluation& evaluation) {
  return fmt::format("DET: {} on {}", networks_of(evaluation), evaluation.data_set);
}

std::string det_subtitle(const FaceEvaluation& evaluation) {
  const FaceCounts& counts = evaluation.counts;
  return fmt::format(
      "{} photos, {} people, {} genuine and {} impostor pairs, {} failures to acquire",
      thousands(counts.photos),
      thousands(counts.identities),
      thousands(counts.genuine_pairs),
      thousands(counts.impostor_pairs),
      thousands(counts.failures_to_acquire)
  );
}

}  // namespace selfsame::evaluation
