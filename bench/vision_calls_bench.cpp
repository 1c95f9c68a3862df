// SPDX-License-Identifier: Apache-2.0
// The vision calls of the server's requests, made directly: what a request cannot cost less than.
//
//   vision_calls_bench MODELS PHOTO VIDEO A B
//
// Reads lines `WHAT THREADS CALLS` from standard input and answers with the CPU milliseconds of the
// process for each call. WHAT is `liveness` (photo and video as CompareFaceLiveness measures them,
// the best frame as JPEG included), `comparison` (A and B as /v1/comparisons does) or `video` (the
// silent verdict on the video alone). The networks are set up as `selfsame serve` sets them up.
#include <fmt/format.h>

#include <atomic>
#include <ctime>
#include <fstream>
#include <functional>
#include <iostream>
#include <iterator>
#include <string>
#include <thread>
#include <vector>

#include "app/engine_setup.h"
#include "flows/photo_comparison.h"

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

struct Media {
  Bytes photo;
  Bytes video;
  Bytes a;
  Bytes b;
};

/// As flows/liveness_comparison.cpp judges.
bool measure_liveness(const vision::FaceEngine& engine, const Media& media) {
  const auto reference = engine.read_photo(media.photo, vision::PhotoOptions{});
  const auto measured = engine.measure_video_liveness(media.video);
  if (!reference || !measured || measured->best_frame_templates.empty()) return false;
  const auto score = engine.compare(reference->templates, measured->best_frame_templates);
  return score && !engine.encode_jpeg(measured->best_frame, 92).empty();
}

bool compare(const vision::FaceEngine& engine, const Media& media) {
  const auto result = flows::compare_photos(engine, media.a, media.b);
  return result && result->score;
}

bool judge_video(const vision::FaceEngine& engine, const Media& media) {
  const auto measured = engine.measure_video_liveness(media.video);
  return measured && measured->evidence.pad;
}

using Call = std::function<bool(const vision::FaceEngine&, const Media&)>;

Call call_named(const std::string& what) {
  if (what == "liveness") return measure_liveness;
  if (what == "comparison") return compare;
  if (what == "video") return judge_video;
  return {};
}

/// CPU milliseconds for each call, `calls` of them by `threads` threads; negative when one failed.
double cost_of(
    const vision::FaceEngine& engine, const Media& media, const Call& call, int threads, int calls
) {
  std::atomic<int> left = calls;
  std::atomic<bool> failed = false;
  const double begin = cpu_ms();
  std::vector<std::thread> pool;
  for (int t = 0; t < threads; ++t) {
    pool.emplace_back([&] {
      while (left.fetch_sub(1) > 0) {
        if (!call(engine, media)) failed = true;
      }
    });
  }
  for (std::thread& thread : pool) thread.join();
  return failed ? -1 : (cpu_ms() - begin) / calls;
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 6) {
    std::cerr << "vision_calls_bench MODELS PHOTO VIDEO A B\n";
    return 2;
  }
  app::Settings settings;
  settings.models_dir = arguments[1];
  const auto engine = app::load_engine(settings, "");
  if (!engine) {
    std::cerr << engine.error().detail << '\n';
    return 1;
  }
  const Media media{
      .photo = bytes_of_file(arguments[2]),
      .video = bytes_of_file(arguments[3]),
      .a = bytes_of_file(arguments[4]),
      .b = bytes_of_file(arguments[5])
  };
  std::cout << "ready" << std::endl;
  std::string what;
  int threads = 0;
  int calls = 0;
  while (std::cin >> what >> threads >> calls) {
    const Call call = call_named(what);
    const double cost = call ? cost_of(**engine, media, call, threads, calls) : -1;
    if (cost < 0) return 1;
    std::cout << fmt::format("{:.4f}", cost) << std::endl;
  }
  return 0;
}
