// SPDX-License-Identifier: Apache-2.0
// Files that a caller does not send but names by a URL, from hosts that the operator allows.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstddef>
#include <cstdint>
#include <string>
#include <tl/expected.hpp>

#include "base/bytes.h"
#include "flows/worker_pool.h"

namespace selfsame::flows {

enum class FetchFailure : std::uint8_t {
  not_allowed,  // not a plain http(s) URL, or a host or address that may not be asked
  failed,       // no connection, or no answer 200
  timed_out,
  too_large,
  overloaded,  // too many are being fetched already
};

/// Thread-safe.
class UrlFetcher {
 public:
  virtual ~UrlFetcher() = default;
  /// The body of a 200 answer to a GET.
  /// @param limit  by when it is there, or given up
  [[nodiscard]] virtual asio::awaitable<tl::expected<Bytes, FetchFailure>> fetch(
      std::string url, std::size_t bytes_max, Deadline limit
  ) const = 0;
};

}  // namespace selfsame::flows
