// SPDX-License-Identifier: Apache-2.0
// One comparison of two photos, or one silent verdict on a video, again and again, measured in CPU
// time of the process.
//
//   face_compare_bench MODELS PRECISION A.jpg B.jpg
//   face_compare_bench MODELS PRECISION VIDEO
//
// Speaks to bench/run as contestant.h says. Everything that the product does with what was
// uploaded is inside: decoding, detection, quality, templates, score.
#include <iostream>
#include <string>

#include "bench/contestant.h"
#include "core/decision.h"

namespace {

using namespace selfsame;

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

}  // namespace

int main(int count, char** arguments) {
  if (count != 4 && count != 5) {
    std::cerr << "face_compare_bench MODELS PRECISION A.jpg B.jpg | VIDEO\n";
    return 2;
  }
  const auto engine = bench::engine_of(arguments[1], arguments[2]);
  if (!engine) {
    std::cerr << engine.error().detail << '\n';
    return 1;
  }
  const Bytes a = bench::bytes_of_file(arguments[3]);
  const Bytes b = count == 5 ? bench::bytes_of_file(arguments[4]) : Bytes{};
  return bench::take_calls([&] { return count == 5 ? compare(**engine, a, b) : judge(**engine, a); }
  );
}
