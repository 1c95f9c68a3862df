// SPDX-License-Identifier: Apache-2.0
// Is a file the one that somebody wrote down?
#pragma once

#include <filesystem>
#include <string>

namespace selfsame::app {

struct FileCheck {
  std::string status;  // "ok", "missing", "changed", "unreadable"
  std::string sha256;  // empty when it could not be read
};

[[nodiscard]] FileCheck check_file(
    const std::filesystem::path& path, const std::string& expected_sha256
);

}  // namespace selfsame::app
