// SPDX-License-Identifier: Apache-2.0
// Lists of pairs and of label errors. No image of a list lies outside its folder.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "evaluation/labels_fix.h"
#include "evaluation/pairs_file.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace selfsame::evaluation;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto pairs = parse_pairs(text)) {
    for (const auto& pair : *pairs) {
      for (const std::string_view image : {pair.image_a, pair.image_b}) {
        if (image.empty() || image.starts_with('/') || image.starts_with("../")) std::abort();
        if (image.find("/../") != image.npos || image.find('\n') != image.npos) std::abort();
      }
      if (pair.image_a == pair.image_b) std::abort();
    }
  }
  if (const auto fix = LabelsFix::parse(text)) {
    const auto one = fix->person_of("a");
    if (fix->person_of(one) != one) std::abort();
    static_cast<void>(fix->omits(text));
  }
  return 0;
}
