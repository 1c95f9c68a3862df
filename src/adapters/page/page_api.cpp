// SPDX-License-Identifier: Apache-2.0
#include "adapters/page/page_api.h"

#include <algorithm>
#include <string>

#include "http/form.h"

namespace selfsame::adapters::page {
namespace {

// Styles and scripts are files of ours; WebAssembly is what looks at the camera's picture.
constexpr const char* kContentSecurityPolicy =
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; font-src 'self';"
    " img-src 'self' blob: data:; media-src 'self' blob:; connect-src 'self'; worker-src 'self';"
    " form-action 'none'; base-uri 'none'; frame-ancestors ";
constexpr const char* kPermissions =
    "camera=(self), microphone=(self), geolocation=(), payment=(), usb=(), display-capture=()";
constexpr std::string_view kNeverChanges = "assets/";

/// @param ancestors  origins; none: the page is in no frame
void protect(http::Response& response, const std::vector<std::string>& ancestors) {
  http::Headers& headers = response.headers;
  std::string policy(kContentSecurityPolicy);
  for (const std::string& origin : ancestors) policy.append(origin).append(" ");
  headers.add("Content-Security-Policy", ancestors.empty() ? policy + "'none'" : policy);
  if (ancestors.empty()) headers.add("X-Frame-Options", "DENY");
  headers.add("Permissions-Policy", kPermissions);
  headers.add("Referrer-Policy", "no-referrer");
  headers.add("X-Content-Type-Options", "nosniff");
  headers.add("Cross-Origin-Opener-Policy", "same-origin");
  headers.add("Cross-Origin-Resource-Policy", "same-origin");
}

http::Response plain(int status, std::string text) {
  http::Response response;
  response.status = status;
  response.content_type = "text/plain; charset=utf-8";
  response.body = std::move(text);
  return response;
}

std::string_view trimmed(std::string_view text) {
  while (text.starts_with(' ') || text.starts_with('\t')) text.remove_prefix(1);
  while (text.ends_with(' ') || text.ends_with('\t')) text.remove_suffix(1);
  return text;
}

/// Whether a list such as "gzip, br;q=0.5" has the name, and not with a weight of 0 (RFC 9110,
/// section 12.5.3).
bool lists(std::string_view list, std::string_view name) {
  while (!list.empty()) {
    const std::size_t comma = std::min(list.find(','), list.size());
    const std::string_view item = list.substr(0, comma);
    list.remove_prefix(std::min(comma + 1, list.size()));
    const std::size_t semicolon = std::min(item.find(';'), item.size());
    if (trimmed(item.substr(0, semicolon)) != name) continue;
    const std::string_view weight = trimmed(item.substr(std::min(semicolon + 1, item.size())));
    return weight.find_first_not_of("q=0.") != std::string_view::npos || weight.empty();
  }
  return false;
}

struct Encoded {
  std::string_view name;  // "": as it is
  ByteView bytes;
};

Encoded best_of(const PageFile& file, std::string_view accepted) {
  if (!file.brotli.empty() && lists(accepted, "br")) return {.name = "br", .bytes = file.brotli};
  if (!file.gzip.empty() && lists(accepted, "gzip")) return {.name = "gzip", .bytes = file.gzip};
  return {.name = "", .bytes = file.plain};
}

/// Of the page's address, as the page itself reads it; "" where there is none that could be one, or
/// two: an address that names two sessions may be framed by nobody.
std::string token_of(const http::Request& request) {
  constexpr std::size_t kTokenBytesMax = 64;
  const auto query = http::parse_form(request.query());
  if (!query) return {};
  const auto is_token = [](const auto& pair) { return pair.first == "token"; };
  const auto found = std::ranges::find_if(*query, is_token);
  if (std::ranges::count_if(*query, is_token) != 1) return {};
  return found->second.size() <= kTokenBytesMax ? found->second : "";
}

bool is_known(const http::Request& request, const PageFile& file) {
  const auto known = request.headers.find("if-none-match").value_or("");
  return !known.empty() && known.find(file.etag) != std::string_view::npos;
}

}  // namespace

bool PageApi::claims(const http::Request& request) noexcept {
  return request.path() == kPagePath.substr(0, kPagePath.size() - 1) ||
         request.path().starts_with(kPagePath);
}

boost::asio::awaitable<http::Response> PageApi::answer(http::Request request) const {
  http::Response response = show(request);
  std::vector<std::string> ancestors;
  std::string token = token_of(request);
  const bool is_page = request.path() == kPagePath && !token.empty();
  if (is_page) ancestors = co_await frame_ancestors_(std::move(token), request.deadline);
  protect(response, ancestors);
  co_return response;
}

http::Response PageApi::show(const http::Request& request) const {
  if (request.method != "GET" && request.method != "HEAD") {
    http::Response refused = plain(405, "This page is only shown.\n");
    refused.headers.add("Allow", "GET, HEAD");
    return refused;
  }
  if (!request.path().starts_with(kPagePath)) {
    http::Response moved = plain(308, "");
    // Relative, so that it is right behind a proxy's prefix too.
    moved.headers.add("Location", "reflect/" + request.target.substr(request.path().size()));
    return moved;
  }
  const PageFile* const file = find(request.path().substr(kPagePath.size()));
  if (file == nullptr) return plain(404, "No such page.\n");
  http::Response response;
  response.content_type = file->media_type;
  const bool lasts = file->path.starts_with(kNeverChanges);
  response.headers.add("Cache-Control", lasts ? "public, max-age=31536000, immutable" : "no-cache");
  response.headers.add("ETag", std::string(file->etag));
  response.headers.add("Vary", "Accept-Encoding");
  if (is_known(request, *file)) {
    response.status = 304;
    response.content_type.clear();
    return response;
  }
  const Encoded encoded = best_of(*file, request.headers.find("accept-encoding").value_or(""));
  if (!encoded.name.empty()) response.headers.add("Content-Encoding", std::string(encoded.name));
  response.body.assign(encoded.bytes.begin(), encoded.bytes.end());
  return response;
}

const PageFile* PageApi::find(std::string_view path) const {
  if (files_.empty()) return nullptr;
  if (path.empty()) return &files_.front();
  const auto found = std::ranges::find(files_, path, &PageFile::path);
  return found == files_.end() ? nullptr : &*found;
}

}  // namespace selfsame::adapters::page
