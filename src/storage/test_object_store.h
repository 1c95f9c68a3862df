// SPDX-License-Identifier: Apache-2.0
// For tests only: the object store that tests/s3/run.sh starts, and the proxy of faults before it.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <optional>
#include <string>

#include "base/crypto.h"
#include "storage/blobs_s3.h"

namespace selfsame::storage::testing {

[[nodiscard]] inline std::string environment(const char* name) {
  // NOLINTNEXTLINE(concurrency-mt-unsafe): nobody writes it
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

/// Options for the real store; nothing where none was started.
[[nodiscard]] inline std::optional<S3Options> object_store() {
  S3Options options;
  options.endpoint = environment("SELFSAME_TEST_S3_ENDPOINT");
  if (options.endpoint.empty()) return std::nullopt;
  options.bucket = environment("SELFSAME_TEST_S3_BUCKET");
  options.access_key_id = environment("SELFSAME_TEST_S3_KEY_ID");
  options.secret_access_key = Secret(std::string_view(environment("SELFSAME_TEST_S3_SECRET")));
  options.prefix = "t-" + to_hex(random_bytes(6)) + "/";
  return options;
}

constexpr const char* kNoObjectStore = "no object store: run tests/s3/run.sh";

/// The proxy between the tests and the store (tests/s3/fault_proxy.py).
class FaultProxy {
 public:
  FaultProxy() : file_(environment("SELFSAME_TEST_S3_FAULTS")) { behave("ok"); }
  ~FaultProxy() { behave("ok"); }
  FaultProxy(const FaultProxy&) = delete;
  FaultProxy& operator=(const FaultProxy&) = delete;

  [[nodiscard]] static std::string endpoint() { return environment("SELFSAME_TEST_S3_PROXY"); }

  /// A line of fault_proxy.py's language, for the requests that come from now on.
  void behave(const std::string& how) const {
    std::ofstream(file_ + ".new") << to_hex(random_bytes(8)) << ' ' << how << '\n';
    std::rename((file_ + ".new").c_str(), file_.c_str());
  }

  struct Seen {
    int requests = 0;
    int connections = 0;
  };
  /// Since behave().
  [[nodiscard]] Seen seen() const {
    Seen seen;
    std::ifstream(file_ + ".seen") >> seen.requests >> seen.connections;
    return seen;
  }

 private:
  std::string file_;
};

}  // namespace selfsame::storage::testing
