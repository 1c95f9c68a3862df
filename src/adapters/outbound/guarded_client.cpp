// SPDX-License-Identifier: Apache-2.0
#include "adapters/outbound/guarded_client.h"

#include <curl/curl.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <optional>
#include <stdexcept>
#include <utility>

#include "adapters/outbound/addresses.h"

namespace selfsame::adapters::outbound {
namespace {

using flows::FetchFailure;

struct CloseHandle {
  void operator()(CURL* handle) const noexcept { curl_easy_cleanup(handle); }
};
struct FreeUrl {
  void operator()(CURLU* url) const noexcept { curl_url_cleanup(url); }
};
struct FreeList {
  void operator()(curl_slist* list) const noexcept { curl_slist_free_all(list); }
};
using HeaderList = std::unique_ptr<curl_slist, FreeList>;
struct FreeText {
  void operator()(char* text) const noexcept { curl_free(text); }
};

/// What an exchange may do and has done.
struct Exchange {
  bool private_addresses = false;
  std::size_t bytes_max = 0;
  bool refused_address = false;
  bool too_large = false;
  Bytes body;
};

std::optional<std::string> part_of(CURLU* url, CURLUPart part) {
  char* text = nullptr;
  if (curl_url_get(url, part, &text, 0) != CURLUE_OK) return std::nullopt;
  const std::unique_ptr<char, FreeText> owner(text);
  return std::string(text);
}

/// The host, when the URL may be asked at all.
std::optional<std::string> host_of(const std::string& text) {
  const std::unique_ptr<CURLU, FreeUrl> url(curl_url());
  if (!url) throw std::runtime_error("curl: no memory");
  if (curl_url_set(url.get(), CURLUPART_URL, text.c_str(), CURLU_DISALLOW_USER) != CURLUE_OK) {
    return std::nullopt;
  }
  const auto scheme = part_of(url.get(), CURLUPART_SCHEME);
  if (scheme != "http" && scheme != "https") return std::nullopt;
  return part_of(url.get(), CURLUPART_HOST);
}

bool may_connect(const sockaddr* address) noexcept {
  if (address->sa_family == AF_INET) {
    sockaddr_in four{};
    std::memcpy(&four, address, sizeof four);
    Ipv4 bytes{};
    std::memcpy(bytes.data(), &four.sin_addr, bytes.size());
    return is_public(bytes);
  }
  if (address->sa_family == AF_INET6) {
    sockaddr_in6 six{};
    std::memcpy(&six, address, sizeof six);
    Ipv6 bytes{};
    std::memcpy(bytes.data(), &six.sin6_addr, bytes.size());
    return is_public(bytes);
  }
  return false;
}

char lower(char c) noexcept {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool same_name(std::string_view a, std::string_view b) noexcept {
  return std::ranges::equal(a, b, {}, lower, lower);
}

/// Called with the address that is about to be connected to, so that no name can change meanwhile.
curl_socket_t open_socket(void* user, curlsocktype, curl_sockaddr* address) {
  auto& exchange = *static_cast<Exchange*>(user);
  if (!exchange.private_addresses && !may_connect(&address->addr)) {
    exchange.refused_address = true;
    return CURL_SOCKET_BAD;
  }
  return ::socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

std::size_t take_body(char* data, std::size_t size, std::size_t count, void* user) {
  auto& exchange = *static_cast<Exchange*>(user);
  const std::size_t bytes = size * count;
  if (bytes > exchange.bytes_max - exchange.body.size()) {
    exchange.too_large = true;
    return 0;
  }
  exchange.body.insert(exchange.body.end(), data, data + bytes);
  return bytes;
}

void set(CURLcode code) {
  if (code != CURLE_OK) throw std::runtime_error("curl: an option is not supported");
}

HeaderList headers_of(const GuardedRequest& request) {
  HeaderList list;
  for (const std::string& line : request.headers) {
    curl_slist* longer = curl_slist_append(list.get(), line.c_str());
    if (longer == nullptr) throw std::runtime_error("curl: no memory");
    static_cast<void>(list.release());
    list.reset(longer);
  }
  return list;
}

void set_up_post(CURL* handle, const std::string& body) {
  if (body.empty()) return;
  set(curl_easy_setopt(handle, CURLOPT_POST, 1L));
  set(curl_easy_setopt(handle, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body.size())));
  set(curl_easy_setopt(handle, CURLOPT_POSTFIELDS, body.data()));
}

void set_up(CURL* handle, const GuardedRequest& request, Exchange& exchange) {
  set(curl_easy_setopt(handle, CURLOPT_URL, request.url.c_str()));
  set(curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "http,https"));
  set(curl_easy_setopt(handle, CURLOPT_FOLLOWLOCATION, 0L));
  set(curl_easy_setopt(handle, CURLOPT_PROXY, ""));
  set(curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L));
  set(curl_easy_setopt(handle, CURLOPT_TIMEOUT_MS, static_cast<long>(request.timeout.count())));
  set(curl_easy_setopt(handle, CURLOPT_OPENSOCKETFUNCTION, open_socket));
  set(curl_easy_setopt(handle, CURLOPT_OPENSOCKETDATA, &exchange));
  set(curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, take_body));
  set(curl_easy_setopt(handle, CURLOPT_WRITEDATA, &exchange));
}

FetchFailure failure_of(CURLcode code, const Exchange& exchange) noexcept {
  if (exchange.too_large) return FetchFailure::too_large;
  if (exchange.refused_address) return FetchFailure::not_allowed;
  return code == CURLE_OPERATION_TIMEDOUT ? FetchFailure::timed_out : FetchFailure::failed;
}

}  // namespace

bool is_listed(std::string_view host, std::span<const std::string> allowed) {
  if (host.ends_with('.')) host.remove_suffix(1);
  if (host.empty()) return false;
  return std::ranges::any_of(allowed, [host](std::string_view entry) {
    if (!entry.starts_with('.')) return same_name(host, entry);
    return host.size() > entry.size() && same_name(host.substr(host.size() - entry.size()), entry);
  });
}

GuardedClient::GuardedClient(GuardPolicy policy) : policy_(std::move(policy)) {
  if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) throw std::runtime_error("curl: no start");
}

tl::expected<GuardedAnswer, FetchFailure> GuardedClient::send(const GuardedRequest& request) const {
  const auto host = host_of(request.url);
  const bool allowed = host && is_listed(*host, policy_.hosts);
  if (!allowed) return tl::unexpected(FetchFailure::not_allowed);
  if (request.timeout.count() <= 0) return tl::unexpected(FetchFailure::timed_out);
  const std::unique_ptr<CURL, CloseHandle> handle(curl_easy_init());
  if (!handle) throw std::runtime_error("curl: no handle");
  Exchange exchange{
      .private_addresses = policy_.private_addresses,
      .bytes_max = request.answer_bytes_max,
      .body = {}
  };
  set_up(handle.get(), request, exchange);
  set_up_post(handle.get(), request.post_body);
  const HeaderList headers = headers_of(request);
  set(curl_easy_setopt(handle.get(), CURLOPT_HTTPHEADER, headers.get()));
  if (!request.ca_file.empty()) {
    set(curl_easy_setopt(handle.get(), CURLOPT_CAINFO, request.ca_file.c_str()));
  }
  const CURLcode code = curl_easy_perform(handle.get());
  if (code != CURLE_OK) return tl::unexpected(failure_of(code, exchange));
  GuardedAnswer answer;
  set(curl_easy_getinfo(handle.get(), CURLINFO_RESPONSE_CODE, &answer.status));
  answer.body = std::move(exchange.body);
  return answer;
}

}  // namespace selfsame::adapters::outbound
