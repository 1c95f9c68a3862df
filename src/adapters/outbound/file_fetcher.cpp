// SPDX-License-Identifier: Apache-2.0
#include "adapters/outbound/file_fetcher.h"

#include <algorithm>

namespace selfsame::adapters::outbound {
namespace {

using flows::FetchFailure;
using Fetched = tl::expected<Bytes, FetchFailure>;

/// Result<> is what the pool understands: a failure of the fetch is inside.
Result<Fetched> fetch_in(
    const GuardedClient* client,
    const std::string& url,
    std::size_t bytes_max,
    flows::Deadline limit
) {
  constexpr long kOk = 200;
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
      limit - std::chrono::steady_clock::now()
  );
  GuardedRequest request;
  request.url = url;
  request.timeout = left;
  request.answer_bytes_max = bytes_max;
  auto answer = client->send(request);
  if (!answer) return Fetched(tl::unexpected(answer.error()));
  if (answer->status != kOk) return Fetched(tl::unexpected(FetchFailure::failed));
  return Fetched(std::move(answer->body));
}

}  // namespace

boost::asio::awaitable<Fetched> FileFetcher::fetch(
    std::string url, std::size_t bytes_max, flows::Deadline limit
) const {
  auto fetched = co_await pool_.run(limit, fetch_in, &client_, std::move(url), bytes_max, limit);
  if (fetched) co_return std::move(*fetched);
  const bool late = fetched.error().code == Errc::deadline_exceeded;
  co_return tl::unexpected(late ? FetchFailure::timed_out : FetchFailure::overloaded);
}

}  // namespace selfsame::adapters::outbound
