// SPDX-License-Identifier: Apache-2.0
#include "adapters/tencent/session_order.h"

#include <algorithm>
#include <array>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <cctype>
#include <charconv>
#include <utility>
#include <vector>

#include "adapters/tencent/liveness_answer.h"
#include "adapters/tencent/session_codes.h"
#include "base/base64.h"
#include "base/crypto.h"
#include "base/utf8.h"

namespace selfsame::adapters::tencent {
namespace {

namespace json = boost::json;

constexpr std::size_t kActionsMost = 2;
constexpr int kFlashes = 8;

std::optional<core::FaceAction> action_from(std::string_view name) noexcept {
  if (name == "blink") return core::FaceAction::blink;
  if (name == "mouth") return core::FaceAction::open_mouth;
  if (name == "nod") return core::FaceAction::nod;
  if (name == "shake") return core::FaceAction::shake;
  return std::nullopt;
}

/// "blink", "blink,mouth": one or two, none twice.
std::optional<std::vector<core::FaceAction>> actions_from(std::string_view list) {
  std::vector<core::FaceAction> actions;
  while (true) {
    const std::size_t comma = std::min(list.find(','), list.size());
    const auto action = action_from(list.substr(0, comma));
    if (!action || std::ranges::find(actions, *action) != actions.end()) return std::nullopt;
    actions.push_back(*action);
    if (comma == list.size()) break;
    list.remove_prefix(comma + 1);
  }
  return actions.size() <= kActionsMost ? std::optional(actions) : std::nullopt;
}

std::string text_member(const json::object& object, std::string_view name) {
  const json::value* const value = object.if_contains(name);
  return value != nullptr && value->is_string() ? std::string(value->get_string()) : std::string();
}

/// A UUID of version 4, upper case, from 16 bytes.
std::string uuid_of(const Sha256Digest& digest) {
  Bytes bytes(digest.begin(), digest.begin() + 16);
  bytes[6] = static_cast<std::uint8_t>((bytes[6] & 0x0F) | 0x40);
  bytes[8] = static_cast<std::uint8_t>((bytes[8] & 0x3F) | 0x80);
  std::string text = to_hex(bytes);
  std::ranges::transform(text, text.begin(), [](unsigned char c) { return std::toupper(c); });
  for (const std::size_t at : {8U, 13U, 18U, 23U}) text.insert(at, 1, '-');
  return text;
}

std::string token_of(const Services& services, const Call& call) {
  const std::string named = call.caller.customer + "\n" + call.fingerprint;
  return uuid_of(hmac_sha256(services.token_key.reveal(), bytes_of(named)));
}

boost::asio::awaitable<Answer<Bytes>> empty_if_none(boost::asio::awaitable<Result<Bytes>> reading) {
  auto content = co_await std::move(reading);
  if (content) co_return std::move(*content);
  if (content.error().code == Errc::not_found) co_return Bytes();
  co_return refuse(content.error());
}

}  // namespace

std::optional<std::int64_t> integer_of(const Parameters& parameters, std::string_view name) {
  const std::string_view text = parameters.value(name);
  std::int64_t value = 0;
  const auto end = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool is_whole =
      !text.empty() && end.ec == std::errc{} && end.ptr == text.data() + text.size();
  return is_whole ? std::optional(value) : std::nullopt;
}

bool flag_of(const Parameters& parameters, std::string_view name, bool fallback) {
  const std::string_view text = parameters.value(name);
  return text.empty() ? fallback : text == "true" || text == "True";
}

Answer<core::VerificationTerms> terms_of(const LivenessTerms& wanted) {
  core::VerificationTerms terms;
  const bool acts = wanted.level == 2 || wanted.level == 4;
  const bool flashes = wanted.level == 3 || wanted.level == 4;
  if (!acts && !wanted.action_list.empty()) {
    return refuse(Errc::invalid_parameter, wanted.actions_name);
  }
  if (acts) {
    auto actions = actions_from(wanted.action_list.empty() ? "blink" : wanted.action_list);
    if (!actions) return refuse(Errc::invalid_parameter, wanted.actions_name);
    terms.actions = static_cast<int>(actions->size());
    terms.allowed_actions = std::move(*actions);
  }
  if (flashes) {
    terms.flashes = kFlashes;
    if (wanted.may_fall_back) terms.fallback_actions = std::max(1, terms.actions);
  }
  return terms;
}

Answer<void> check_text(
    const Parameters& parameters, std::string_view name, std::size_t characters_max
) {
  const auto characters = characters_of(parameters.value(name));
  if (characters && characters->size() <= characters_max) return {};
  return refuse(Errc::invalid_parameter, name);
}

Answer<Bytes> photo_of(const Parameters& parameters, std::string_view name) {
  const std::string_view text = parameters.value(name);
  if (text.empty()) return refuse(Errc::missing_parameter, name);
  auto photo = from_base64(text);
  if (!photo) return refuse(Errc::invalid_parameter, name);
  return std::move(*photo);
}

flows::VerificationOrder order_of(
    const Call& call, std::string_view action, core::Product product
) {
  flows::VerificationOrder order;
  order.caller = call.caller;
  order.surface = "tencent";
  order.operation = action;
  order.product = core::name_of(product);
  order.wants_usable_reference = false;
  order.sandbox = call.admitted.customer != nullptr && call.admitted.customer->sandbox;
  return order;
}

std::string kept_text_of(const KeptRequest& kept) {
  return json::serialize(json::object{
      {"extra", kept.extra},
      {"redirect_url", kept.redirect_url},
      {"tells_tags", kept.tells_tags},
      {"config", kept.config}
  });
}

Result<KeptRequest> kept_from(std::string_view text) {
  boost::system::error_code wrong;
  const json::value value = json::parse(text, wrong);
  const json::object* const object = wrong ? nullptr : value.if_object();
  if (object == nullptr) return fail(Errc::integrity_failure, "a session's order is not JSON");
  KeptRequest kept;
  kept.extra = text_member(*object, "extra");
  kept.redirect_url = text_member(*object, "redirect_url");
  const json::value* const tags = object->if_contains("tells_tags");
  kept.tells_tags = tags != nullptr && tags->is_bool() && tags->get_bool();
  const json::value* const config = object->if_contains("config");
  if (config != nullptr && config->is_object()) kept.config = config->get_object();
  return kept;
}

boost::asio::awaitable<Answer<std::string>> issue_token(
    const Services* services, const Call* call, flows::VerificationOrder order
) {
  order.token = token_of(*services, *call);
  std::string token = order.token;
  const auto opened = co_await services->verifications.open(std::move(order), call->deadline);
  if (!opened && opened.error().code != Errc::conflict) co_return refuse(opened.error());
  co_return token;
}

boost::asio::awaitable<Answer<FoundSession>> find_session(
    const Services* services, const Call* call, std::string token, std::string_view action
) {
  auto view = co_await services->verifications.show_by_token(
      call->caller, std::move(token), call->deadline
  );
  if (!view && view.error().code == Errc::not_found) co_return refuse_token_illegal();
  if (!view && view.error().code == Errc::expired) co_return refuse_token_expired();
  if (!view) co_return refuse(view.error());
  if (view->surface != "tencent" || view->operation != action) co_return refuse_token_illegal();
  if (never_started(*view)) co_return refuse_token_expired();
  auto kept = kept_from(view->metadata);
  if (!kept) co_return refuse(kept.error());
  co_return FoundSession{.view = std::move(*view), .kept = std::move(*kept)};
}

boost::asio::awaitable<Answer<Bytes>> best_frame_of(
    const Services* services, const Call* call, const flows::VerificationView* view
) {
  if (!view->has_best_frame) co_return Bytes();
  co_return co_await empty_if_none(
      services->verifications.best_frame(call->caller, view->id, call->deadline)
  );
}

boost::asio::awaitable<Answer<Bytes>> video_of(
    const Services* services, const Call* call, const flows::VerificationView* view
) {
  if (view->progress.state != core::VerificationState::decided) co_return Bytes();
  co_return co_await empty_if_none(
      services->verifications.video(call->caller, view->id, call->deadline)
  );
}

Success success_of(const Call& call) {
  return {.request_id = call.request_id, .fields = {}};
}

void text_or_null(Fields& fields, std::string_view name, std::string_view text) {
  if (text.empty()) {
    fields.null(name);
  } else {
    fields.text(name, text);
  }
}

std::optional<double> similarity_of(
    const Services& services, const core::VerificationFinding* finding
) {
  if (finding == nullptr || !finding->evidence.similarity) return std::nullopt;
  const bool compared =
      finding->outcome == core::Outcome::match || finding->outcome == core::Outcome::non_match;
  if (!compared) return std::nullopt;
  return sim_of(finding->evidence.similarity->cosine, services.liveness_comparison.calibration());
}

}  // namespace selfsame::adapters::tencent
