// SPDX-License-Identifier: Apache-2.0
// flows::UrlFetcher over the guarded client.
#pragma once

#include <utility>

#include "adapters/outbound/guarded_client.h"
#include "flows/url_fetcher.h"

namespace selfsame::adapters::outbound {

/// Thread-safe. The pool must outlive it.
class FileFetcher final : public flows::UrlFetcher {
 public:
  FileFetcher(GuardPolicy policy, flows::WorkerPool& pool)
      : client_(std::move(policy)), pool_(pool) {}

  [[nodiscard]] boost::asio::awaitable<tl::expected<Bytes, flows::FetchFailure>> fetch(
      std::string url, std::size_t bytes_max, flows::Deadline limit
  ) const override;

 private:
  GuardedClient client_;
  flows::WorkerPool& pool_;
};

}  // namespace selfsame::adapters::outbound
