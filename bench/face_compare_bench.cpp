// SPDX-License-Identifier: Apache-2.0
// One comparison of two photos, or one silent verdict on a video, again and again, measured in CPU
// time of the process.
//
//   face_compare_bench MODELS PRECISION A.jpg B.jpg
//   face_compare_bench MODELS PRECISION VIDEO
//
// Reads a number of calls a line from standard input, makes that many and answers with the CPU
// milliseconds of each, separated by spaces. Everything that the product does with what was
// uploaded is inside: decoding, detection, quality, templates, score.
#include <fmt/format.h>

#include <cstdlib>
#include <ctime>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>

#include "app/model_manifest.h"
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

Result<double> compare(const vision::FaceEngine& engine, ByteView a, ByteView b) {
  SELFSAME_TRY(photo_a, engine.read_photo(a, {}));
  SELFSAME_TRY(photo_b, engine.read_photo(b, {}));
  if (photo_a.defect || photo_b.defect)
    return fail(Errc::invalid_parameter, "a photo has a defect");
  SELFSAME_TRY(score, engine.compare(photo_a.templates, photo_b.templates));
  return score.cosine;
}

// Of a clip that is live: nothing is left out that a verdict needs.
Result<double> judge(const vision::FaceEngine& engine, ByteView video) {
  SELFSAME_TRY(measured, engine.measure_video_liveness(video));
  const auto verdict = core::decide_liveness(measured.evidence, engine.pad_policy());
  if (verdict != core::LivenessVerdict::live)
    return fail(Errc::invalid_parameter, "the clip is not live");
  return measured.evidence.pad->value;
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
  if (count != 4 && count != 5) {
    std::cerr << "face_compare_bench MODELS PRECISION A.jpg B.jpg | VIDEO\n";
    return 2;
  }
  const auto engine = engine_of(arguments[1], arguments[2]);
  if (!engine) {
    std::cerr << engine.error().detail << '\n';
    return 1;
  }
  const Bytes a = bytes_of_file(arguments[3]);
  const Bytes b = count == 5 ? bytes_of_file(arguments[4]) : Bytes{};
  const auto call = [&] { return count == 5 ? compare(**engine, a, b) : judge(**engine, a); };
  const auto score = call();  // the first one also warms up
  if (!score) {
    std::cerr << score.error().detail << '\n';
    return 1;
  }
  std::cout << fmt::format("ready score {:.4f}", *score) << std::endl;
  for (int wanted = 0; std::cin >> wanted;) {
    for (int i = 0; i < wanted; ++i) {
      const double start = cpu_ms();
      if (!call()) return 1;
      std::cout << fmt::format("{:.3f} ", cpu_ms() - start);
    }
    std::cout << std::endl;
  }
  return 0;
}
