// SPDX-License-Identifier: Apache-2.0
#include "adapters/outbound/register_client.h"

#include <algorithm>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/url/parse.hpp>
#include <utility>

#include "base/base64.h"

namespace selfsame::adapters::outbound {
namespace {

namespace json = boost::json;
using core::RegisterFinding;
using core::RegisterPhoto;

constexpr std::size_t kDepthMax = 8;

/// The one host that this client may ask; none for a URL that is none, which is then never asked.
GuardPolicy policy_for(const std::string& url) {
  const auto parsed = boost::urls::parse_uri(url);
  GuardPolicy policy;
  if (parsed) policy.hosts.emplace_back(parsed->host_address());
  policy.private_addresses = true;  // the operator's own choice, no caller's
  return policy;
}

/// Absent and null are the same; nothing when it is there and no text.
std::optional<std::string_view> text_in(const json::object& object, std::string_view name) {
  const json::value* value = object.if_contains(name);
  if (value == nullptr || value->is_null()) return std::string_view{};
  if (!value->is_string()) return std::nullopt;
  return std::string_view(value->get_string());
}

std::optional<bool> flag_in(const json::object& object, std::string_view name) {
  const json::value* value = object.if_contains(name);
  return value != nullptr && value->is_bool() ? std::optional(value->get_bool()) : std::nullopt;
}

/// The validity that the source states; the outer optional is empty when it is misshapen.
std::optional<std::optional<core::Validity>> validity_in(const json::object& object) {
  const auto from = text_in(object, "valid_from");
  const auto until = text_in(object, "valid_until");
  if (!from || !until) return std::nullopt;
  if (from->empty() && until->empty()) return std::optional<core::Validity>{};
  auto validity = core::validity_from(*from, *until);
  if (!validity) return std::nullopt;
  return validity;
}

flows::RegisterAnswer failed(RegisterFinding finding) {
  return {.finding = finding, .photo = {}};
}

}  // namespace

std::string register_question(const core::RegisterQuery& query) {
  return json::serialize(json::object{
      {"number", query.number}, {"name", query.name}, {"wants_photo", query.wants_photo}
  });
}

std::optional<flows::RegisterAnswer> parse_register_answer(
    std::string_view body, const core::RegisterQuery& query
) {
  if (body.size() > kRegisterAnswerBytesMax) return std::nullopt;
  boost::system::error_code error;
  json::parse_options options;
  options.max_depth = kDepthMax;
  const json::value value = json::parse(body, error, {}, options);
  if (error || !value.is_object()) return std::nullopt;
  const json::object& object = value.get_object();
  const auto found = flag_in(object, "found");
  if (!found) return std::nullopt;
  if (!*found) return failed(core::judge_register(query, std::nullopt));

  const auto name_matches = flag_in(object, "name_matches");
  const auto validity = validity_in(object);
  const auto photo = text_in(object, "photo");
  if (!name_matches || !validity || !photo) return std::nullopt;
  core::RegisterFacts facts{.name_matches = *name_matches, .validity_matches = {}, .photo = {}};
  if (*validity) facts.validity_matches = query.validity == *validity;
  std::optional<Bytes> decoded = from_base64(*photo);
  if (!decoded) {
    facts.photo = RegisterPhoto::unreadable;
  } else if (!decoded->empty()) {
    facts.photo = RegisterPhoto::present;
  }
  flows::RegisterAnswer answer = failed(core::judge_register(query, facts));
  const bool gives_photo = answer.finding == RegisterFinding::found && query.wants_photo;
  if (gives_photo) answer.photo = std::move(*decoded);
  return answer;
}

HttpRegister::HttpRegister(RegisterSource source, flows::WorkerPool& pool)
    : source_(std::move(source)),
      client_(policy_for(source_.url)),
      pool_(pool),
      breaker_(source_.failures_max, source_.pause) {}

flows::RegisterAnswer HttpRegister::ask(const core::RegisterQuery& query, flows::Deadline deadline)
    const {
  using std::chrono::milliseconds;
  using std::chrono::steady_clock;
  if (!breaker_.admits(steady_clock::now())) return failed(RegisterFinding::source_unavailable);
  GuardedRequest request;
  request.url = source_.url;
  const auto left = std::chrono::duration_cast<milliseconds>(deadline - steady_clock::now());
  request.timeout = std::min(source_.timeout, left);
  request.answer_bytes_max = kRegisterAnswerBytesMax;
  request.post_body = register_question(query);
  request.ca_file = source_.ca_file;
  request.headers = {"Content-Type: application/json", "Accept: application/json"};
  if (!source_.token.empty()) {
    request.headers.push_back("Authorization: Bearer ");
    request.headers.back() += text_of(source_.token.reveal());
  }
  constexpr long kOk = 200;
  const auto answered = client_.send(request);
  std::optional<flows::RegisterAnswer> answer;
  if (answered && answered->status == kOk) {
    answer = parse_register_answer(text_of(answered->body), query);
  }
  breaker_.note(answer.has_value(), steady_clock::now());
  return answer ? std::move(*answer) : failed(RegisterFinding::source_error);
}

boost::asio::awaitable<Result<flows::RegisterAnswer>> HttpRegister::look_up(
    core::RegisterQuery query, flows::Deadline deadline
) const {
  const auto job =
      [](const HttpRegister* self, const core::RegisterQuery& asked, flows::Deadline limit
      ) -> Result<flows::RegisterAnswer> { return self->ask(asked, limit); };
  co_return co_await pool_.run(deadline, job, this, std::move(query), deadline);
}

}  // namespace selfsame::adapters::outbound
