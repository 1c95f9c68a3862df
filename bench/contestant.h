// SPDX-License-Identifier: Apache-2.0
// What the programs of bench/run share: an engine of one thread, and calls timed on request.
#pragma once

#include <fmt/format.h>

#include <ctime>
#include <fstream>
#include <iostream>
#include <iterator>
#include <memory>
#include <string>

#include "app/model_manifest.h"
#include "vision/face_engine.h"

namespace selfsame::bench {

inline double cpu_ms() {
  timespec time{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) * 1e3 + static_cast<double>(time.tv_nsec) / 1e6;
}

inline Bytes bytes_of_file(const char* path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

inline Result<std::unique_ptr<vision::FaceEngine>> engine_of(
    const char* models, const std::string& precision
) {
  SELFSAME_TRY(cards, app::read_model_cards(models));
  vision::EngineOptions options;
  options.models_dir = models;
  options.concurrency = 1;
  options.precision = precision == "bf16" ? vision::Precision::bf16 : vision::Precision::f32;
  return vision::FaceEngine::create(cards, options);
}

/// Calls once, says its score, then reads a number of calls a line from standard input, makes that
/// many and answers with the CPU milliseconds of each, separated by spaces. The exit code.
template <class Call>
int take_calls(const Call& call) {
  const Result<double> score = call();  // the first one also warms up
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

}  // namespace selfsame::bench
