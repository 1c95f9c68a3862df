// SPDX-License-Identifier: Apache-2.0
// One verdict on an answered challenge, again and again, measured in CPU time of the process.
//
//   verdict_bench MODELS PRECISION silent|action|reflection|lip VIDEO
//
// Speaks to bench/run as contestant.h says. The clip need not answer the challenge: a wrong
// answer costs what a right one does, as nothing is left out of the measurement for it.
#include <iostream>
#include <random>
#include <string>

#include "bench/contestant.h"
#include "core/challenge.h"
#include "core/decision.h"

namespace {

using namespace selfsame;

core::Challenge challenge_of(const std::string& mode) {
  core::ChallengePlan plan;
  plan.actions = mode == "action" ? 2 : 0;
  plan.flashes = mode == "reflection" ? 8 : 0;
  plan.digits = mode == "lip" ? 4 : 0;
  std::minstd_rand random(1);
  return core::draw_challenge(plan, [&random](std::uint32_t bound) {
    return static_cast<std::uint32_t>(random() % bound);
  });
}

Result<double> judge(
    const vision::FaceEngine& engine,
    const vision::CaptureSamples& samples,
    const core::Challenge& challenge
) {
  SELFSAME_TRY(measured, engine.measure_capture(samples, challenge));
  if (measured.liveness.evidence.defect) return fail(Errc::invalid_parameter, "nothing was judged");
  if (core::is_unmeasured(measured.challenge, challenge)) {
    return fail(Errc::engine_failed, "the challenge was not measured");
  }
  return measured.liveness.evidence.pad->value;
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 5) {
    std::cerr << "verdict_bench MODELS PRECISION silent|action|reflection|lip VIDEO\n";
    return 2;
  }
  const auto engine = bench::engine_of(arguments[1], arguments[2]);
  if (!engine) {
    std::cerr << engine.error().detail << '\n';
    return 1;
  }
  const core::Challenge challenge = challenge_of(arguments[3]);
  const vision::CaptureSamples samples{
      .video = bench::bytes_of_file(arguments[4]), .stills = {}, .flash_shown_at_s = {}
  };
  return bench::take_calls([&] { return judge(**engine, samples, challenge); });
}
