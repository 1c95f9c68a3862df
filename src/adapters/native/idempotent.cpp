// SPDX-License-Identifier: Apache-2.0
#include "adapters/native/idempotent.h"

#include <algorithm>
#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "adapters/native/problem.h"
#include "base/crypto.h"
#include "http/multipart.h"

namespace selfsame::adapters::native {
namespace {

constexpr std::size_t kKeyBytesMax = 255;
constexpr std::chrono::seconds kToKeep{5};

bool is_key(std::string_view key) {
  return !key.empty() && key.size() <= kKeyBytesMax &&
         std::ranges::all_of(key, [](char c) { return c > ' ' && c < 0x7f; });
}

http::Response refusal_of_begin(const Error& error, std::string_view request_id) {
  if (error.code == Errc::invalid_parameter) return key_reused(request_id);
  if (error.code == Errc::conflict) {
    return problem(error.code, "The first request under this key is still at work.", request_id);
  }
  return refusal(error, request_id);
}

http::Response replay(flows::StoredAnswer answer) {
  http::Response response;
  response.status = answer.status;
  response.content_type = std::move(answer.content_type);
  response.body = std::move(answer.body);
  response.headers.add("Idempotent-Replayed", "true");
  return response;
}

}  // namespace

Bytes hash_of(const http::Request& request) {
  std::vector<std::string> lengths;  // before each text, so that none can run into the next
  std::vector<std::string_view> texts = {request.method, request.path()};
  const auto parts =
      http::parse_multipart(request.headers.find("content-type").value_or(""), request.body);
  if (parts) {
    for (const http::Part& part : *parts) {
      texts.emplace_back(part.name);
      texts.push_back(part.content);
    }
  } else {
    texts.emplace_back(request.body);
  }
  lengths.reserve(texts.size());
  std::vector<ByteView> pieces;
  for (const std::string_view text : texts) {
    pieces.push_back(bytes_of(lengths.emplace_back(std::to_string(text.size()) + ":")));
    pieces.push_back(bytes_of(text));
  }
  const Sha256Digest digest = sha256(pieces);
  return {digest.begin(), digest.end()};
}

Answer answer_once(const Services& services, Call call, Handler handler) {
  const auto header = call.request.headers.find("idempotency-key");
  if (!header) co_return co_await handler(services, std::move(call));
  const std::string id = call.request.request_id;
  const std::string key(*header);
  if (!is_key(key) || call.request.headers.count("idempotency-key") != 1) {
    co_return problem(
        Errc::invalid_parameter, "`Idempotency-Key` is 1 to 255 visible characters, once.", id
    );
  }
  const flows::Caller caller = call.caller;
  const auto deadline = call.request.deadline;
  auto first = co_await services.idempotency.begin(caller, key, hash_of(call.request), deadline);
  if (!first) co_return refusal_of_begin(first.error(), id);
  if (*first) co_return replay(std::move(**first));
  http::Response response = co_await handler(services, std::move(call));
  const auto until = std::chrono::steady_clock::now() + kToKeep;
  if (response.status / 100 == 2) {
    flows::StoredAnswer answer{
        .status = response.status, .content_type = response.content_type, .body = response.body
    };
    // The request is done: its answer is given also where it cannot be kept.
    static_cast<void>(co_await services.idempotency.finish(caller, key, std::move(answer), until));
  } else {
    static_cast<void>(co_await services.idempotency.abandon(caller, key, until));
  }
  co_return response;
}

}  // namespace selfsame::adapters::native
