// SPDX-License-Identifier: Apache-2.0
// One reading of an identity document, again and again, measured in CPU time of the process.
//
//   document_bench MODELS PRECISION PICTURE...
//
// Speaks to bench/run as contestant.h says; a call reads the next of the pictures, so that several
// show what it costs where every photo is another one. The score: its type's.
#include <iostream>
#include <string>
#include <vector>

#include "app/document_setup.h"
#include "bench/contestant.h"
#include "vision/document/document_reader.h"

namespace {

using namespace selfsame;

Result<std::unique_ptr<vision::DocumentReader>> reader_of(
    const char* models, const std::string& precision
) {
  app::Settings settings;
  settings.models_dir = models;
  settings.precision = precision;
  return app::load_document_reader(settings);
}

}  // namespace

int main(int count, char** arguments) {
  if (count < 4) {
    std::cerr << "document_bench MODELS PRECISION PICTURE...\n";
    return 2;
  }
  const auto reader = reader_of(arguments[1], arguments[2]);
  if (!reader) {
    std::cerr << reader.error().detail << '\n';
    return 1;
  }
  std::vector<Bytes> pictures;
  for (int i = 3; i < count; ++i) pictures.push_back(bench::bytes_of_file(arguments[i]));
  std::size_t next = 0;
  return bench::take_calls([&]() -> Result<double> {
    SELFSAME_TRY(
        reading,
        (*reader)->read(pictures[next++ % pictures.size()], {.type = {}, .today = app::today()})
    );
    return reading.type_score;
  });
}
