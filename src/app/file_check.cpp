// SPDX-License-Identifier: Apache-2.0
#include "app/file_check.h"

#include "app/terminal.h"
#include "base/crypto.h"

namespace selfsame::app {
namespace {

constexpr std::size_t kNetworkBytesMax = 1u << 30;

}  // namespace

FileCheck check_file(const std::filesystem::path& path, const std::string& expected_sha256) {
  std::error_code error;
  if (!std::filesystem::exists(path, error)) return {.status = "missing", .sha256 = {}};
  const auto content = read_file(path.string(), kNetworkBytesMax);
  if (!content) return {.status = "unreadable", .sha256 = {}};
  const std::string actual = to_hex(sha256(*content));
  return {.status = actual == expected_sha256 ? "ok" : "changed", .sha256 = actual};
}

}  // namespace selfsame::app
