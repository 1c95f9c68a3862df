// SPDX-License-Identifier: Apache-2.0
#include "adapters/native/sessions.h"

#include <boost/json/array.hpp>
#include <utility>

#include "adapters/native/problem.h"
#include "adapters/native/session_requests.h"
#include "adapters/native/verification_json.h"

namespace selfsame::adapters::native {
namespace {

constexpr std::size_t kAgentBytesMax = 512;
constexpr std::size_t kManifestBytesMax = std::size_t{64} << 10;

http::Response session_response(const flows::DeviceView& view, int status = 200) {
  http::Response response = json_response(device_json(view), status);
  if (view.state == core::VerificationState::in_progress) response.headers.add("Retry-After", "1");
  return response;
}

/// What is wrong with evidence is told in the flow's own words, which hold nothing that was sent.
http::Response refusal_of_evidence(const Error& error, std::string_view request_id) {
  const bool says_what = error.code == Errc::invalid_parameter;
  return says_what ? refusal_as_said(error, request_id) : refusal(error, request_id);
}

Answer take_chunk(const Services& services, Call call) {
  auto chunk = parse_chunk(call.request.query());
  if (!chunk) co_return refusal_as_said(chunk.error(), call.request.request_id);
  const ByteView content = bytes_of(call.request.body);
  chunk->content.assign(content.begin(), content.end());
  call.request.body = {};
  const auto part = co_await services.verifications.upload(
      std::move(call.name), std::move(*chunk), call.request.deadline
  );
  if (!part) co_return refusal_of_evidence(part.error(), call.request.request_id);
  co_return json_response(part_json(*part));
}

Answer seal_evidence(const Services& services, Call call) {
  if (call.request.body.size() > kManifestBytesMax) {
    co_return problem(
        Errc::payload_too_large, "The manifest is too large.", call.request.request_id
    );
  }
  auto manifest = parse_manifest(call.request.body);
  if (!manifest) co_return refusal_as_said(manifest.error(), call.request.request_id);
  if (manifest->hints.user_agent.empty()) {
    manifest->hints.user_agent =
        call.request.headers.find("user-agent").value_or("").substr(0, kAgentBytesMax);
  }
  // A header may hold any bytes.
  std::erase_if(manifest->hints.user_agent, [](char c) { return c < ' ' || c > '~'; });
  const auto view = co_await services.verifications.seal(
      std::move(call.name), std::move(*manifest), call.request.deadline
  );
  if (!view) co_return refusal_of_evidence(view.error(), call.request.request_id);
  co_return session_response(*view, 202);
}

}  // namespace

Answer issue_challenge(const Services& services, Call call) {
  const auto facts = parse_device_facts(call.request.body);
  if (!facts) co_return refusal_as_said(facts.error(), call.request.request_id);
  const auto challenge = co_await services.verifications.challenge(
      std::move(call.name), *facts, call.request.deadline
  );
  if (!challenge) co_return refusal(challenge.error(), call.request.request_id);
  co_return json_response(challenge_json(*challenge));
}

Answer take_evidence(const Services& services, Call call) {
  const auto type = call.request.headers.find("content-type").value_or("");
  const auto essence = type.substr(0, type.find(';'));
  if (essence == "application/json") {
    co_return co_await seal_evidence(services, std::move(call));
  }
  if (essence == "application/octet-stream") {
    co_return co_await take_chunk(services, std::move(call));
  }
  co_return problem(
      Errc::malformed_request,
      "Send a chunk as application/octet-stream, or the manifest as application/json.",
      call.request.request_id
  );
}

Answer show_evidence(const Services& services, Call call) {
  const auto arrived =
      co_await services.verifications.arrived(std::move(call.name), call.request.deadline);
  if (!arrived) co_return refusal(arrived.error(), call.request.request_id);
  boost::json::array parts;
  for (const flows::PartStatus& part : *arrived) parts.emplace_back(part_json(part));
  boost::json::object object{{"parts", std::move(parts)}};
  co_return json_response(object);
}

Answer show_result(const Services& services, Call call) {
  const auto view =
      co_await services.verifications.result(std::move(call.name), call.request.deadline);
  if (!view) co_return refusal(view.error(), call.request.request_id);
  co_return session_response(*view);
}

Answer end_session(const Services& services, Call call) {
  const auto reason = parse_end(call.request.body);
  if (!reason) co_return refusal_as_said(reason.error(), call.request.request_id);
  const auto view =
      co_await services.verifications.end(std::move(call.name), *reason, call.request.deadline);
  if (!view) co_return refusal(view.error(), call.request.request_id);
  co_return session_response(*view);
}

}  // namespace selfsame::adapters::native
