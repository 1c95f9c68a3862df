// SPDX-License-Identifier: Apache-2.0
#include "app/calibration_file.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <ctime>
#include <optional>
#include <string>

#include "app/card_fields.h"
#include "base/crypto.h"
#include "evaluation/face_report.h"

namespace selfsame::app {
namespace {

using evaluation::FaceEvaluation;
using evaluation::OperatingPoint;

constexpr const char* kFile = "calibration";

/// To four decimals, up: a rounded threshold must not let more through than the measured one.
double rounded_up(double value) {
  return std::ceil(value * 1e4) / 1e4;
}

Result<const OperatingPoint*> point_at(const FaceEvaluation& evaluation, std::size_t index) {
  const auto& points = evaluation.rates.operating_points;
  const auto it = std::ranges::find(points, core::kCalibratedFmr.at(index), &OperatingPoint::fmr);
  if (it != points.end()) return &*it;
  return fail(
      Errc::invalid_parameter,
      fmt::format(
          "{} impostor pairs support no threshold at a false match rate of {}; about {:.0f} do, "
          "which {:.0f} photos of different people make",
          evaluation.counts.impostor_pairs,
          core::kCalibratedFmrNames.at(index),
          3 / core::kCalibratedFmr.at(index),
          std::ceil(std::sqrt(6 / core::kCalibratedFmr.at(index)))
      )
  );
}

std::string span_of(const std::optional<evaluation::Interval>& interval) {
  if (!interval) return "[]";
  return fmt::format("[{:.4f}, {:.4f}]", interval->low, interval->high);
}

std::optional<evaluation::Interval> accepted(const std::optional<evaluation::Interval>& refused) {
  if (!refused) return std::nullopt;
  return evaluation::Interval{.low = 1 - refused->high, .high = 1 - refused->low};
}

/// Letters that a name may have; anything else becomes "-".
std::string plain(std::string text) {
  constexpr std::size_t kLongest = 60;
  for (char& c : text) {
    const bool keep = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                      c == '_' || c == '.';
    if (!keep) c = '-';
  }
  return text.substr(0, kLongest);
}

Result<std::string> rates_of(const FaceEvaluation& evaluation) {
  std::string threshold = "[calibration.threshold]\n";
  std::string interval = "[calibration.interval]\n";
  std::string tar = "[calibration.tar]  # 1 - FNMR\n";
  std::string tar_interval = "[calibration.tar_interval]\n";
  for (std::size_t i = 0; i < core::kCalibratedFmr.size(); ++i) {
    const char* name = core::kCalibratedFmrNames.at(i);
    SELFSAME_TRY(point, point_at(evaluation, i));
    threshold += fmt::format(
        "{} = {:.4f}  # {}\n",
        name,
        rounded_up(point->threshold),
        evaluation::name_of(point->method)
    );
    interval += fmt::format("{} = {}\n", name, span_of(point->threshold_interval));
    tar += fmt::format("{} = {:.4f}\n", name, 1 - point->fnmr);
    tar_interval += fmt::format("{} = {}\n", name, span_of(accepted(point->fnmr_interval)));
  }
  return threshold + interval + tar + tar_interval;
}

std::string counts_of(const FaceEvaluation& evaluation) {
  const auto& counts = evaluation.counts;
  return fmt::format(
      "[calibration.counts]\ndata_set = \"{}\"\nimages = {}\nomitted = {}\n"
      "failures_to_acquire = {}\ntemplates = {}\nidentities = {}\ngenuine_pairs = {}\n"
      "impostor_pairs = {}\neer = {:.4f}\n",
      plain(evaluation.data_set),
      counts.photos,
      counts.omitted,
      counts.failures_to_acquire,
      counts.templates,
      counts.identities,
      counts.genuine_pairs,
      counts.impostor_pairs,
      evaluation.rates.eer
  );
}

std::string networks_of(const vision::ModelCards& cards) {
  std::string text =
      "[calibration.networks]  # SHA-256; thresholds of other files decide nothing\n";
  for (const auto& member : cards.comparator) {
    const auto* card = cards.find(member.network);
    text += fmt::format("{} = \"{}\"\n", member.network, card == nullptr ? "" : card->sha256);
  }
  return text;
}

}  // namespace

Result<StoredCalibration> calibration_file(
    const FaceEvaluation& evaluation, const vision::ModelCards& cards
) {
  constexpr std::size_t kHashShown = 8;
  SELFSAME_TRY(rates, rates_of(evaluation));
  const std::string comparator = vision::comparator_name(cards.comparator);
  const std::string body = fmt::format(
      "comparator = \"{}\"\nprecision = \"{}\"\nmethod = \"all pairs; empirical quantile down to "
      "30 "
      "/ impostor pairs, below it a generalised Pareto distribution; intervals: bootstrap over "
      "identities, {} replicates\"\n{}{}{}",
      comparator,
      evaluation.precision,
      evaluation.bootstrap.replicates,
      rates,
      counts_of(evaluation),
      networks_of(cards)
  );
  StoredCalibration stored;
  stored.version = fmt::format(
      "{}-{}-{:%Y-%m-%d}-{}",
      plain(comparator),
      plain(evaluation.data_set),
      fmt::gmtime(std::time(nullptr)),
      sha256_hex(body).substr(0, kHashShown)
  );
  stored.text = fmt::format(
      "# Measured by `selfsame eval face --calibrate`.\n[[calibration]]\nversion = \"{}\"\n{}",
      stored.version,
      body
  );
  // What cannot be read again, or does not rise, is not stored.
  SELFSAME_TRY(root, parse_toml(stored.text, kFile));
  SELFSAME_CHECK(read_calibrations(root, kFile));
  return stored;
}

}  // namespace selfsame::app
