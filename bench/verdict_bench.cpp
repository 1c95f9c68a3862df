// SPDX-License-Identifier: Apache-2.0
// One verdict on an answered challenge, again and again, measured in CPU time of the process.
//
//   verdict_bench MODELS PRECISION silent|action|reflection|lip VIDEO
//
// Speaks to bench/run as face_compare_bench does. The clip need not answer the challenge: a wrong
// answer costs what a right one does, as nothing is left out of the measurement for it.
#include <fmt/format.h>

#include <cstdlib>
#include <ctime>
#include <fstream>
#include <iostream>
#include <iterator>
#include <random>
#include <string>

#include "app/model_manifest.h"
#include "core/challenge.h"
#include "core/decision.h"
#include "vision/face_engine.h"

namespace {

using namespace selfsame;

double cpu_ms() {
  timespec time{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) * 1e3 + static_cast<double>(time.tv_nsec) / 1e6;
}

Bytes bytes_of_file(const char* path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

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

Result<std::unique_ptr<vision::FaceEngine>> engine_of(
    const char* models, const std::string& precision
) {
  SELFSAME_TRY(cards, app::read_model_cards(models));
  vision::EngineOptions options;
  options.models_dir = models;
  options.concurrency = 1;
  options.precision = precision == "bf16" ? vision::Precision::bf16 : vision::Precision::f32;
  return vision::FaceEngine::create(cards, options);
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 5) {
    std::cerr << "verdict_bench MODELS PRECISION silent|action|reflection|lip VIDEO\n";
    return 2;
  }
  const auto engine = engine_of(arguments[1], arguments[2]);
  if (!engine) {
    std::cerr << engine.error().detail << '\n';
    return 1;
  }
  const core::Challenge challenge = challenge_of(arguments[3]);
  const vision::CaptureSamples samples{
      .video = bytes_of_file(arguments[4]), .stills = {}, .flash_shown_at_s = {}
  };
  const auto score = judge(**engine, samples, challenge);  // the first one also warms up
  if (!score) {
    std::cerr << score.error().detail << '\n';
    return 1;
  }
  std::cout << fmt::format("ready score {:.4f}", *score) << std::endl;
  for (int wanted = 0; std::cin >> wanted;) {
    for (int i = 0; i < wanted; ++i) {
      const double start = cpu_ms();
      if (!judge(**engine, samples, challenge)) return 1;
      std::cout << fmt::format("{:.3f} ", cpu_ms() - start);
    }
    std::cout << std::endl;
  }
  return 0;
}
