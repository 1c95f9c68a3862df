// SPDX-License-Identifier: Apache-2.0
#include "adapters/native/session_page.h"

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>
#include <map>
#include <utility>

#include "adapters/native/json_values.h"
#include "adapters/native/problem.h"
#include "adapters/native/session_requests.h"
#include "adapters/native/verification_json.h"
#include "adapters/page_urls.h"

namespace selfsame::adapters::native {
namespace {

namespace json = boost::json;

constexpr std::string_view kCookie = "selfsame_device";
constexpr std::size_t kTextCharactersMax = 64;

json::value text_or_null(const std::string& text) {
  return text.empty() ? json::value(nullptr) : json::value(text);
}

/// Wording of the customer's own, by language and key.
json::object texts_json(const std::map<std::string, std::string>& texts) {
  json::object by_language;
  for (const auto& [name, text] : texts) {
    const std::size_t slash = name.find('/');
    json::value& language = by_language[name.substr(0, slash)];
    if (!language.is_object()) language.emplace_object();
    language.get_object()[name.substr(slash + 1)] = text;
  }
  return by_language;
}

json::object look_json(const core::PageLook& look) {
  return {
      {"name", text_or_null(look.name)},
      {"logo", text_or_null(look.logo)},
      {"texts", texts_json(look.texts)}
  };
}

json::object page_json(
    const core::PageWishes& page, const core::PageLook& look, std::string_view token
) {
  std::string redirect_url = page.redirect_url;
  if (!redirect_url.empty() && !page.token_parameter.empty()) {
    redirect_url = with_token(redirect_url, page.token_parameter, token);
  }
  return {
      {"language", text_or_null(page.language)},
      {"theme_colour", text_or_null(page.theme_colour.empty() ? look.colour : page.theme_colour)},
      {"redirect_url", text_or_null(redirect_url)},
      {"skip_consent", page.skips_consent},
      {"skip_start", page.skips_start},
      {"skip_result", page.skips_result}
  };
}

/// What of a document the page has to ask for.
json::value document_json(const std::optional<core::DocumentTerms>& terms) {
  if (!terms) return nullptr;
  json::array sides{core::kFrontSide};
  if (terms->both_sides) sides.emplace_back(core::kBackSide);
  return {
      {"types", json::array(terms->types.begin(), terms->types.end())},
      {"sides", std::move(sides)},
      {"may_edit", terms->may_edit}
  };
}

json::object outline_json(const flows::SessionOutline& outline, std::string_view token) {
  return {
      {"state", name_of(outline.state)},
      {"compare", outline.terms.compares},
      {"modes", modes_json(outline.terms)},
      {"attempts_left", outline.attempts_left},
      {"claimed", outline.is_claimed},
      {"start_by", rfc3339(outline.start_by)},
      {"end_by", rfc3339(outline.end_by)},
      {"liveness", outline.terms.judges_liveness},
      {"document", document_json(outline.terms.document)},
      {"page", page_json(outline.terms.page, outline.look, token)},
      {"customer", look_json(outline.look)}
  };
}

/// Only for the calls of this session, from our own page, over TLS where the page is reached by it.
/// A page in a frame of another site gets its cookie back only where it says that this is meant.
std::string cookie_of(
    std::string_view public_url, std::string_view token, std::string_view key, bool is_framed
) {
  const auto url = boost::urls::parse_uri(public_url);
  std::string path(url ? std::string_view(url->encoded_path()) : "");
  path.append("/v1/sessions/").append(token);
  std::string cookie(kCookie);
  cookie.append("=").append(key);
  cookie.append("; Path=").append(path).append("; HttpOnly");
  if (is_framed) return cookie.append("; SameSite=None; Secure; Partitioned");
  cookie.append("; SameSite=Strict");
  if (url && url->scheme_id() == boost::urls::scheme::https) cookie.append("; Secure");
  return cookie;
}

std::string_view trimmed(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

}  // namespace

Answer show_session(const Services& services, Call call) {
  const std::string token = call.name;
  const auto outline =
      co_await services.verifications.outline(std::move(call.name), call.request.deadline);
  if (!outline) co_return refusal(outline.error(), call.request.request_id);
  co_return json_response(outline_json(*outline, token));
}

Answer claim_session(const Services& services, Call call) {
  const std::string id = call.request.request_id;
  const std::string token = call.name;
  auto proposed = parse_claim(call.request.body);
  if (!proposed) co_return refusal_as_said(proposed.error(), id);
  const auto outline = co_await services.verifications.outline(token, call.request.deadline);
  if (!outline) co_return refusal(outline.error(), id);
  std::string key = device_key_of(call.request);
  const auto claimed = co_await services.verifications.claim(
      std::move(call.name), std::move(key), std::move(*proposed), call.request.deadline
  );
  if (!claimed) co_return refusal(claimed.error(), id);
  http::Response response = no_content();
  response.headers.add(
      "Set-Cookie",
      cookie_of(
          services.options.public_url, token, *claimed, !outline->look.frame_ancestors.empty()
      )
  );
  co_return response;
}

std::string device_key_of(const http::Request& request) {
  // RFC 6265, section 5.4: one field, pairs apart by "; ".
  std::string_view rest = request.headers.find("cookie").value_or("");
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find(';'), rest.size());
    const std::string_view pair = trimmed(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
    const std::size_t equals = pair.find('=');
    if (equals == std::string_view::npos || pair.substr(0, equals) != kCookie) continue;
    const std::string_view value = pair.substr(equals + 1);
    return std::string(value.size() <= kDeviceKeyBytesMax ? value : "");
  }
  return {};
}

Result<void> read_page(JsonReader& reader, core::PageWishes& page) {
  reader.text("language", page.language, kTextCharactersMax);
  reader.text("theme_colour", page.theme_colour, kTextCharactersMax);
  reader.text("redirect_url", page.redirect_url, core::kRedirectUrlBytesMax);
  reader.boolean("skip_consent", page.skips_consent);
  reader.boolean("skip_start", page.skips_start);
  reader.boolean("skip_result", page.skips_result);
  if (!page.redirect_url.empty() && !is_redirect_url(page.redirect_url)) {
    reader.refuse("redirect_url", "an http or https URL");
  }
  if (!core::is_language_tag(page.language)) reader.refuse("language", "a BCP 47 tag");
  if (!page.theme_colour.empty() && !core::is_page_colour(page.theme_colour)) {
    reader.refuse("theme_colour", "#rrggbb");
  }
  return reader.done();
}

}  // namespace selfsame::adapters::native
