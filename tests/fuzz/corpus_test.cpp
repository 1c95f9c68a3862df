// SPDX-License-Identifier: Apache-2.0
// Every fuzz target takes its whole corpus once, without libFuzzer: what was found stays mended,
// and a target that no longer compiles is noticed by every build.
#include <gtest/gtest.h>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <ostream>
#include <string>
#include <vector>

// One line for each target: TARGET(NAME). LLVMFuzzerTestOneInput is fuzz_NAME there.
#define TARGET(name) extern "C" int fuzz_##name(const std::uint8_t* data, std::size_t size);
#include "targets.inc"
#undef TARGET

namespace {

struct Target {
  const char* name;
  int (*take)(const std::uint8_t* data, std::size_t size);
};

void PrintTo(const Target& target, std::ostream* out) {
  *out << target.name;
}

const Target kTargets[] = {
#define TARGET(name) {#name, fuzz_##name},
#include "targets.inc"
#undef TARGET
};

class FuzzCorpus : public testing::TestWithParam<Target> {};

TEST_P(FuzzCorpus, IsTaken) {
  const auto folder =
      std::filesystem::path(SELFSAME_SOURCE_DIR "/tests/fuzz/corpus") / GetParam().name;
  std::size_t taken = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (!entry.is_regular_file()) continue;
    SCOPED_TRACE(entry.path().filename().string());
    std::ifstream file(entry.path(), std::ios::binary);
    const std::vector<char> bytes((std::istreambuf_iterator<char>(file)), {});
    EXPECT_EQ(
        GetParam().take(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()), 0
    );
    ++taken;
  }
  EXPECT_GT(taken, 0U) << "a target without a corpus";
}

INSTANTIATE_TEST_SUITE_P(All, FuzzCorpus, testing::ValuesIn(kTargets), [](const auto& info) {
  return std::string(info.param.name);
});

}  // namespace
