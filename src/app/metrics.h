// SPDX-License-Identifier: Apache-2.0
// Prometheus metrics of the process. Thread-safe.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "http/server.h"

namespace selfsame::app {

class Metrics {
 public:
  Metrics();
  ~Metrics();

  void count(const http::Exchange& exchange);

  /// A value that is read when /metrics is asked for. Several may share a name, with other labels.
  void add_gauge(
      const std::string& name,
      const std::string& help,
      std::function<double()> read,
      const std::map<std::string, std::string>& labels = {}
  );

  /// Text exposition format 0.0.4.
  [[nodiscard]] std::string text();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace selfsame::app
