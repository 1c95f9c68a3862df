// SPDX-License-Identifier: Apache-2.0
#include "evaluation/liveness_report.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <iterator>

#include "evaluation/det_plot.h"

namespace selfsame::evaluation {
namespace {

std::string percent(double share) {
  return fmt::format("{:.1f} %", share * 100);
}

std::string words_of(const Share& share) {
  return fmt::format(
      "{}/{} ({:.1f}..{:.1f} %)",
      share.count,
      share.of,
      share.interval.low * 100,
      share.interval.high * 100
  );
}

void append_counts(const std::string& name, const VerdictCounts& counts, std::string& text) {
  fmt::format_to(
      std::back_inserter(text),
      "{:<22} {:>5}  live {}, unsure {}, refused {}; not judged {}\n",
      name,
      counts.files,
      words_of(counts.accepted),
      counts.unsure.count,
      counts.refused.count,
      counts.not_judged.count
  );
}

void append_rates(
    const std::string& name,
    const char* unit,
    const std::optional<PadRates>& rates,
    std::string& text
) {
  if (!rates) {
    fmt::format_to(std::back_inserter(text), "{:<16} {:<6} no scores on one side\n", name, unit);
    return;
  }
  const std::string interval =
      rates->auc_interval
          ? fmt::format("{:.3f}..{:.3f}", rates->auc_interval->low, rates->auc_interval->high)
          : "-";
  fmt::format_to(
      std::back_inserter(text),
      "{:<16} {:<6} {:.4f} ({})  {:>6}  {:>6}  {:>7} {:>7}  {:>6}\n",
      name,
      unit,
      rates->auc,
      interval,
      percent(rates->eer),
      percent(rates->bpcer_at_apcer5),
      fmt::format("{}/{}", rates->apcer.count, rates->apcer.of),
      fmt::format("{}/{}", rates->bpcer.count, rates->bpcer.of),
      percent(rates->acer())
  );
}

bool is_on_the_wrong_side(const JudgedFile& file) {
  switch (file.file.presentation) {
    case Presentation::bona_fide:
      return file.verdict != core::LivenessVerdict::live;
    case Presentation::attack:
      return file.verdict == core::LivenessVerdict::live;
    case Presentation::masked:
      return file.defect != core::name_of(core::CaptureDefect::mask_worn);
  }
  return true;
}

void append_wrong(const LivenessEvaluation& evaluation, std::string& text) {
  for (const auto& file : evaluation.files) {
    if (!is_on_the_wrong_side(file)) continue;
    fmt::format_to(
        std::back_inserter(text),
        "Wrong      {}: {}{} (score {:.3f}{}{})\n",
        file.file.file,
        name_of(file.verdict),
        file.defect.empty() ? "" : ", " + file.defect,
        file.score,
        file.reasons.empty() ? "" : "; ",
        fmt::join(file.reasons, ", ")
    );
  }
  for (const auto& file : evaluation.unreadable) {
    fmt::format_to(std::back_inserter(text), "Unreadable {}: {}\n", file.file, file.reason);
  }
}

}  // namespace

const char* name_of(Presentation presentation) noexcept {
  switch (presentation) {
    case Presentation::bona_fide:
      return "bona_fide";
    case Presentation::attack:
      return "attack";
    case Presentation::masked:
      return "masked";
  }
  return "attack";
}

const char* name_of(core::LivenessVerdict verdict) noexcept {
  switch (verdict) {
    case core::LivenessVerdict::live:
      return "live";
    case core::LivenessVerdict::unsure:
      return "unsure";
    case core::LivenessVerdict::attack:
      return "attack";
    case core::LivenessVerdict::not_judged:
      return "not_judged";
  }
  return "not_judged";
}

std::string render_text(const LivenessEvaluation& evaluation) {
  std::string text = fmt::format(
      "Data set   {}: {} files judged, {} unreadable\n"
      "Networks   {} ({}); live at {:.2f}, attack below {:.2f}\n\n"
      "Whole verdicts, with all gates and cues. Intervals: Wilson, 95 %.\n",
      evaluation.data_set,
      evaluation.files.size(),
      evaluation.unreadable.size(),
      fmt::join(evaluation.systems.front().networks, " + "),
      evaluation.precision,
      evaluation.policy.bona_fide_threshold,
      evaluation.policy.retry_threshold
  );
  append_counts("bona fide", evaluation.bona_fide, text);
  for (const auto& [species, counts] : evaluation.attacks) {
    append_counts(species == "attack" ? "attack" : "attack: " + species, counts, text);
  }
  if (evaluation.masked.files > 0) {
    fmt::format_to(
        std::back_inserter(text),
        "{:<22} {:>5}  told so {}\n",
        "masked",
        evaluation.masked.files,
        words_of(evaluation.told_of_mask)
    );
  }
  fmt::format_to(
      std::back_inserter(text),
      "APCER (worst species) {}, BPCER {}, ACER {}\n\n"
      "Scores alone. AUC intervals: {} bootstraps over clips. APCER and BPCER: counts at {:.2f} "
      "(default), {:.2f}\n"
      "system           unit   AUC                       EER  BPCER@APCER5%  APCER   BPCER    "
      "ACER\n",
      percent(evaluation.apcer()),
      percent(evaluation.bpcer()),
      percent(evaluation.acer()),
      evaluation.bootstrap.replicates,
      evaluation.policy.bona_fide_threshold,
      kEvenThreshold
  );
  for (const auto& system : evaluation.systems) {
    append_rates(system.name, "clip", system.by_clip, text);
    append_rates("", "frame", system.by_frame, text);
  }
  append_wrong(evaluation, text);
  fmt::format_to(
      std::back_inserter(text),
      "{:.1f} s. Frames of a clip are alike; not an evaluation after ISO/IEC 30107-3.\n",
      evaluation.seconds
  );
  return text;
}

std::string draw_det(const LivenessEvaluation& evaluation) {
  const auto& frames = evaluation.systems.front().by_frame;
  if (!frames) return {};
  ErrorRates rates;
  rates.eer = frames->eer;
  rates.eer_threshold = frames->eer_threshold;
  rates.det = frames->det;
  return draw_det(
      rates,
      "Liveness: detection error trade-off",
      fmt::format(
          "{}, by frame: {} living, {} attacks; {}",
          evaluation.data_set,
          frames->bpcer.of,
          frames->apcer.of,
          fmt::join(evaluation.systems.front().networks, " + ")
      ),
      {.across = "Attacks that pass (APCER)",
       .up = "Living persons refused (BPCER)",
       .legend = "steps: every score; frames of one clip are alike"}
  );
}

}  // namespace selfsame::evaluation
