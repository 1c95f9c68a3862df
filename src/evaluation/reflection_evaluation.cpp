// SPDX-License-Identifier: Apache-2.0
#include "evaluation/reflection_evaluation.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <mutex>
#include <optional>
#include <random>
#include <set>
#include <thread>
#include <utility>

#include "core/challenge.h"
#include "evaluation/text_lines.h"
#include "vision/decode_image.h"
#include "vision/head_pose.h"
#include "vision/reflection.h"

namespace selfsame::evaluation {
namespace {

namespace fs = std::filesystem;
using core::ReflectionEvidence;

constexpr int kFlashes = 8;
constexpr std::size_t kMostPhotoBytes = 16U << 20;

struct Plan {
  ReflectionCase kind;
  FlashSubject subject;
  double reflected;
};

// What attackers do, they may do from nearer: up to 0.3.
constexpr std::array<Plan, 19> kPlans = {{
    {ReflectionCase::live, FlashSubject::person, 0.03},
    {ReflectionCase::live, FlashSubject::person, 0.06},
    {ReflectionCase::live, FlashSubject::person, 0.10},
    {ReflectionCase::live, FlashSubject::person, 0.15},
    {ReflectionCase::bright, FlashSubject::person, 0.005},
    {ReflectionCase::nothing, FlashSubject::nothing, 0},
    {ReflectionCase::print, FlashSubject::print, 0.06},
    {ReflectionCase::print, FlashSubject::print, 0.15},
    {ReflectionCase::print, FlashSubject::print, 0.30},
    {ReflectionCase::screen, FlashSubject::screen, 0.06},
    {ReflectionCase::screen, FlashSubject::screen, 0.15},
    {ReflectionCase::screen, FlashSubject::screen, 0.30},
    {ReflectionCase::other_challenge, FlashSubject::replay, 0.06},
    {ReflectionCase::other_challenge, FlashSubject::replay, 0.15},
    {ReflectionCase::other_fitted, FlashSubject::replay, 0.15},
    {ReflectionCase::other_on_screen, FlashSubject::replay_on_screen, 0.06},
    {ReflectionCase::other_on_screen, FlashSubject::replay_on_screen, 0.15},
    {ReflectionCase::late, FlashSubject::person, 0.06},
    {ReflectionCase::late, FlashSubject::person, 0.15},
}};

core::Challenge draw(std::mt19937_64& random) {
  const core::ChallengePlan plan{.flashes = kFlashes};
  return core::draw_challenge(plan, [&random](std::uint32_t bound) {
    return std::uniform_int_distribution<std::uint32_t>(0, bound - 1)(random);
  });
}

struct Parts {
  const vision::FaceDetector& detector;
  const vision::FaceLandmarker& landmarker;
};

// As a capture is read: the face is found once and the mesh in every picture.
Result<vision::ReflectionTrace> trace_of(const Parts& parts, const SimulatedCapture& capture) {
  vision::ReflectionTrace trace;
  std::optional<vision::DetectedFace> face;
  for (const auto& picture : capture.pictures) {
    const auto view = vision::view_of(picture.image);
    if (!face) {
      SELFSAME_TRY(faces, parts.detector.detect(view));
      if (faces.empty()) continue;
      face = faces.front();
    }
    SELFSAME_TRY(mesh, parts.landmarker.locate(view, *face));
    trace.add(view, mesh, picture.time_s);
  }
  return trace;
}

bool has_other_challenges(ReflectionCase kind) noexcept {
  return kind == ReflectionCase::other_challenge || kind == ReflectionCase::other_fitted;
}

// The nearest that a liar may claim to the recording's own times.
std::vector<double> fitted_times(
    const core::Challenge& challenge, const core::Challenge& recorded
) {
  constexpr double kReach_s = 0.07;
  std::vector<double> changes_s, claimed_s;
  double time_s = recorded.flashes_begin_s;
  for (const auto& flash : recorded.flashes) {
    changes_s.push_back(time_s);
    time_s += flash.duration_ms / 1000.0;
  }
  time_s = challenge.flashes_begin_s;
  for (const auto& flash : challenge.flashes) {
    const double nearest_s = *std::ranges::min_element(changes_s, {}, [time_s](double change_s) {
      return std::abs(change_s - time_s);
    });
    claimed_s.push_back(time_s + std::clamp(nearest_s - time_s, -kReach_s, kReach_s));
    time_s += flash.duration_ms / 1000.0;
  }
  return claimed_s;
}

// One capture and what was measured of it: one answer, or one for each other challenge.
Result<std::vector<ReflectionEvidence>> run_trial(
    const Parts& parts,
    const Plan& plan,
    PictureKind pictures,
    const Portrait& portrait,
    std::size_t other_challenges,
    std::uint64_t seed
) {
  std::mt19937_64 random(seed);
  const core::Challenge shown = draw(random);
  const core::Challenge recorded = draw(random);
  FlashScene scene{
      .subject = plan.subject, .kind = pictures, .reflected = plan.reflected, .seed = random()
  };
  if (plan.kind == ReflectionCase::late) {
    scene.late_from_flash = std::uniform_int_distribution<int>(2, kFlashes - 2)(random);
    scene.late_s = std::uniform_real_distribution<double>(0.2, 0.3)(random);
  }
  const bool has_others = has_other_challenges(plan.kind);
  // Fed past the camera, the stills were taken when the recording's display changed.
  const core::Challenge& paced_by = has_others ? recorded : shown;
  SELFSAME_TRY(
      capture,
      simulate_capture(
          portrait.image, portrait.face, scene, paced_by, recorded, shown.flashes_begin_s
      )
  );
  SELFSAME_TRY(trace, trace_of(parts, capture));
  std::vector<ReflectionEvidence> measured;
  if (!has_others) {
    measured.push_back(vision::measure_reflection(trace, shown, capture.flash_shown_at_s));
    return measured;
  }
  for (std::size_t i = 0; i < other_challenges; ++i) {
    const core::Challenge challenge = draw(random);
    std::vector<double> claimed_s;
    if (plan.kind == ReflectionCase::other_fitted) claimed_s = fitted_times(challenge, recorded);
    measured.push_back(vision::measure_reflection(trace, challenge, claimed_s));
  }
  return measured;
}

// An odd place in the list of names judges, an even one chooses.
std::vector<const Portrait*> half_of(const ReflectionRequest& request) {
  std::vector<const Portrait*> chosen;
  const std::size_t first = request.half == ReflectionHalf::judging ? 0 : 1;
  for (std::size_t i = first; i < request.portraits.size(); i += 2) {
    chosen.push_back(&request.portraits[i]);
  }
  return chosen;
}

struct Job {
  std::size_t row;
  const Plan* plan;
  PictureKind pictures;
  const Portrait* portrait;
  std::uint64_t seed;
};

std::vector<Job> jobs_of(const ReflectionRequest& request, std::vector<ReflectionRow>& rows) {
  const auto portraits = half_of(request);
  const std::uint64_t half = request.half == ReflectionHalf::judging ? 0 : 1;
  std::vector<Job> jobs;
  for (const PictureKind pictures : {PictureKind::stills, PictureKind::video}) {
    const std::size_t trials =
        pictures == PictureKind::stills ? request.trials : (request.trials + 3) / 4;
    for (const auto& plan : kPlans) {
      for (std::size_t i = 0; i < trials; ++i) {
        const std::uint64_t seed = request.seed + 2 * (rows.size() * 1'000'003 + i) + half;
        jobs.push_back({rows.size(), &plan, pictures, portraits[i % portraits.size()], seed});
      }
      rows.push_back(
          {.kind = plan.kind, .pictures = pictures, .reflected = plan.reflected, .refused = {}}
      );
    }
  }
  return jobs;
}

void count(const ReflectionEvidence& evidence, ReflectionRow& row) {
  core::Challenge asked;
  asked.flashes.resize(kFlashes);
  const auto fault = core::fault_of_reflection(evidence, asked);
  ++row.trials;
  if (fault) {
    ++row.refused[core::name_of(*fault)];
  } else {
    ++row.accepted;
  }
}

// P(X <= hits) of a binomial.
double binomial_cdf(std::size_t hits, std::size_t trials, double share) {
  double sum = 0;
  for (std::size_t k = 0; k <= hits; ++k) {
    const auto n = static_cast<double>(trials), i = static_cast<double>(k);
    sum += std::exp(
        std::lgamma(n + 1) - std::lgamma(i + 1) - std::lgamma(n - i + 1) + i * std::log(share) +
        (n - i) * std::log1p(-share)
    );
  }
  return sum;
}

template <class Above>
double bisect(const Above& is_above) {
  double low = 0, high = 1;
  for (int i = 0; i < 60; ++i) {
    const double middle = (low + high) / 2;
    (is_above(middle) ? high : low) = middle;
  }
  return (low + high) / 2;
}

Result<std::optional<Portrait>> portrait_of(
    const vision::FaceDetector& detector, const fs::path& folder, const std::string& photo
) {
  const auto bytes = read_file(folder / photo, kMostPhotoBytes);
  if (!bytes) return std::optional<Portrait>{};
  auto image = vision::decode_image(*bytes);
  if (!image) return std::optional<Portrait>{};
  SELFSAME_TRY(faces, detector.detect(vision::view_of(*image)));
  if (faces.empty()) return std::optional<Portrait>{};
  const auto& face = faces.front();
  constexpr float kLeastWidth_px = 60;
  constexpr double kMostTurn_deg = 12;
  const double turn = std::abs(vision::rough_head_pose_of(face).yaw_deg);
  const bool serves = face.box.width >= kLeastWidth_px && turn <= kMostTurn_deg;
  if (!serves) return std::optional<Portrait>{};
  std::string person = identity_of(photo);
  if (person.empty()) person = photo;
  return std::optional<Portrait>{
      Portrait{.person = std::move(person), .image = std::move(*image), .face = face}
  };
}

}  // namespace

const char* name_of(ReflectionCase kind) noexcept {
  switch (kind) {
    case ReflectionCase::live:
      return "live";
    case ReflectionCase::bright:
      return "bright";
    case ReflectionCase::nothing:
      return "nothing";
    case ReflectionCase::print:
      return "print";
    case ReflectionCase::screen:
      return "screen";
    case ReflectionCase::other_challenge:
      return "other_challenge";
    case ReflectionCase::other_fitted:
      return "other_fitted";
    case ReflectionCase::other_on_screen:
      return "other_on_screen";
    case ReflectionCase::late:
      return "late";
  }
  return "live";
}

const char* name_of(PictureKind kind) noexcept {
  switch (kind) {
    case PictureKind::stills:
      return "stills";
    case PictureKind::video:
      return "video";
  }
  return "stills";
}

const char* name_of(ReflectionHalf half) noexcept {
  switch (half) {
    case ReflectionHalf::judging:
      return "judging";
    case ReflectionHalf::choosing:
      return "choosing";
  }
  return "judging";
}

Result<std::vector<Portrait>> find_portraits(
    const vision::FaceDetector& detector, const fs::path& folder, std::size_t most
) {
  SELFSAME_TRY(photos, find_photos(folder));
  std::vector<Portrait> portraits;
  std::set<std::string> persons;
  for (const auto& photo : photos) {
    if (portraits.size() >= most) break;
    const std::string person = identity_of(photo);
    if (!person.empty() && persons.contains(person)) continue;
    SELFSAME_TRY(portrait, portrait_of(detector, folder, photo));
    if (!portrait) continue;
    persons.insert(person);
    portraits.push_back(std::move(*portrait));
  }
  if (portraits.empty()) {
    return fail(
        Errc::not_found, "no photo of a near-frontal face, 60 px wide, in " + folder.string()
    );
  }
  return portraits;
}

Result<ReflectionEvaluation> evaluate_reflection(
    const vision::FaceDetector& detector,
    const vision::FaceLandmarker& landmarker,
    const ReflectionRequest& request,
    const Progress& progress,
    const ReflectionWitness& witness
) {
  if (half_of(request).empty()) {
    return fail(
        Errc::invalid_parameter, "no portraits in this half: at least two persons are needed"
    );
  }
  const auto start = std::chrono::steady_clock::now();
  ReflectionEvaluation evaluation{.persons = half_of(request).size(), .rows = {}};
  const auto jobs = jobs_of(request, evaluation.rows);
  const Parts parts{detector, landmarker};
  std::mutex mutex;
  std::atomic<std::size_t> next = 0;
  std::size_t done = 0;
  std::optional<Error> failure;
  const auto work = [&] {
    for (std::size_t i = next++; i < jobs.size(); i = next++) {
      const Job& job = jobs[i];
      const auto measured = run_trial(
          parts, *job.plan, job.pictures, *job.portrait, request.other_challenges, job.seed
      );
      const std::lock_guard lock(mutex);
      if (!measured) {
        failure = measured.error();
        next = jobs.size();
        return;
      }
      for (const auto& evidence : *measured) {
        count(evidence, evaluation.rows[job.row]);
        if (witness) witness(evaluation.rows[job.row], evidence);
      }
      if (progress) progress(++done, jobs.size());
    }
  };
  {
    std::vector<std::jthread> threads;
    for (unsigned t = 1; t < request.threads; ++t) threads.emplace_back(work);
    work();
  }
  if (failure) return tl::unexpected(*failure);
  for (auto& row : evaluation.rows) {
    row.accepted_interval = exact_interval(row.accepted, row.trials, kReflectionConfidence);
  }
  evaluation.seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  return evaluation;
}

Interval exact_interval(std::size_t hits, std::size_t trials, double confidence) {
  const double tail = (1 - confidence) / 2;
  Interval interval{.low = 0, .high = 1};
  if (hits > 0) {
    interval.low =
        bisect([&](double share) { return 1 - binomial_cdf(hits - 1, trials, share) >= tail; });
  }
  if (hits < trials) {
    interval.high = bisect([&](double share) { return binomial_cdf(hits, trials, share) <= tail; });
  }
  return interval;
}

std::string render_text(const ReflectionEvaluation& evaluation) {
  std::string text = fmt::format(
      "Simulated captures of {} persons; the reflected light is the most that the screen adds, "
      "over "
      "the\nlight that is there. 95 % intervals.\n\n{:<16} {:<7} {:>9} {:>7} {:>9}  {:<18} refused "
      "as\n",
      evaluation.persons,
      "case",
      "from",
      "reflected",
      "trials",
      "accepted",
      "share, %"
  );
  for (const auto& row : evaluation.rows) {
    std::string refused;
    for (const auto& [outcome, trials] : row.refused) {
      refused += fmt::format("{}{} {}", refused.empty() ? "" : ", ", outcome, trials);
    }
    const std::string share = fmt::format(
        "{:.2f} ({:.2f}-{:.2f})",
        100.0 * static_cast<double>(row.accepted) / static_cast<double>(row.trials),
        100 * row.accepted_interval.low,
        100 * row.accepted_interval.high
    );
    text += fmt::format(
        "{:<16} {:<7} {:>9.3f} {:>7} {:>9}  {:<18} {}\n",
        name_of(row.kind),
        name_of(row.pictures),
        row.reflected,
        row.trials,
        row.accepted,
        share,
        refused
    );
  }
  return text;
}

}  // namespace selfsame::evaluation
