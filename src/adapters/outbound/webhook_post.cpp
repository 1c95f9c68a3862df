// SPDX-License-Identifier: Apache-2.0
#include "adapters/outbound/webhook_post.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <optional>
#include <stdexcept>
#include <utility>

#include "adapters/outbound/addresses.h"

namespace selfsame::adapters::outbound {
namespace {

constexpr std::size_t kUrlBytesMax = 2048;
constexpr std::size_t kAnswerBytesMax = std::size_t{16} << 10;

struct FreeUrl {
  void operator()(CURLU* url) const noexcept { curl_url_cleanup(url); }
};
struct FreeHandle {
  void operator()(CURL* handle) const noexcept { curl_easy_cleanup(handle); }
};
struct FreeList {
  void operator()(curl_slist* list) const noexcept { curl_slist_free_all(list); }
};
using Url = std::unique_ptr<CURLU, FreeUrl>;
using Handle = std::unique_ptr<CURL, FreeHandle>;
using HeaderList = std::unique_ptr<curl_slist, FreeList>;

std::string part_of(const Url& url, CURLUPart part) {
  char* text = nullptr;
  if (curl_url_get(url.get(), part, &text, 0) != CURLUE_OK) return {};
  std::string copy(text);
  curl_free(text);
  return copy;
}

/// As curl itself would take it apart; null where it would not.
Url parse(const std::string& text) {
  Url url(curl_url());
  if (!url || curl_url_set(url.get(), CURLUPART_URL, text.c_str(), 0) != CURLUE_OK) return nullptr;
  return url;
}

std::string lower(std::string text) {
  for (char& c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return text;
}

/// Nothing where the text is no address; whether it is a public one.
std::optional<bool> is_public_literal(std::string host) {
  Ipv4 four{};
  if (inet_pton(AF_INET, host.c_str(), four.data()) == 1) return is_public(four);
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  Ipv6 six{};
  if (inet_pton(AF_INET6, host.c_str(), six.data()) == 1) return is_public(six);
  return std::nullopt;
}

bool is_public_address(const sockaddr& address) {
  if (address.sa_family == AF_INET) {
    sockaddr_in full{};
    std::memcpy(&full, &address, sizeof full);
    Ipv4 bytes{};
    std::memcpy(bytes.data(), &full.sin_addr, bytes.size());
    return is_public(bytes);
  }
  if (address.sa_family == AF_INET6) {
    sockaddr_in6 full{};
    std::memcpy(&full, &address, sizeof full);
    Ipv6 bytes{};
    std::memcpy(bytes.data(), &full.sin6_addr, bytes.size());
    return is_public(bytes);
  }
  return false;
}

/// What one call knows while curl runs.
struct Attempt {
  bool private_networks = false;
  bool refused = false;
  std::size_t answer_bytes = 0;
};

/// The one place where a socket to somebody's address is made.
curl_socket_t open_socket(void* user, curlsocktype, curl_sockaddr* address) noexcept {
  auto& attempt = *static_cast<Attempt*>(user);
  if (!attempt.private_networks && !is_public_address(address->addr)) {
    attempt.refused = true;
    return CURL_SOCKET_BAD;
  }
  return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

/// The answer is of no interest but for its status.
std::size_t drop_answer(char*, std::size_t size, std::size_t count, void* user) noexcept {
  auto& attempt = *static_cast<Attempt*>(user);
  attempt.answer_bytes += size * count;
  return attempt.answer_bytes <= kAnswerBytesMax ? size * count : CURL_WRITEFUNC_ERROR;
}

template <class Value>
void set(const Handle& handle, CURLoption option, Value value) {
  if (const CURLcode code = curl_easy_setopt(handle.get(), option, value); code != CURLE_OK) {
    throw std::runtime_error(std::string("curl: option: ") + curl_easy_strerror(code));
  }
}

HeaderList headers_of(const flows::WebhookMessage& message) {
  HeaderList list;
  const auto add = [&](const std::string& line) {
    curl_slist* longer = curl_slist_append(list.get(), line.c_str());
    if (longer == nullptr) throw std::runtime_error("curl: no memory");
    static_cast<void>(list.release());
    list.reset(longer);
  };
  add("Content-Type: application/json");
  add("User-Agent: Selfsame");
  add("Expect:");
  for (const auto& [name, value] : message.headers) add(name + ": " + value);
  return list;
}

void prepare(const Handle& handle, const flows::WebhookMessage& message, Attempt& attempt) {
  set(handle, CURLOPT_URL, message.url.c_str());
  set(handle, CURLOPT_PROTOCOLS_STR, "http,https");
  set(handle, CURLOPT_FOLLOWLOCATION, 0L);
  set(handle, CURLOPT_PROXY, "");
  set(handle, CURLOPT_NOSIGNAL, 1L);
  set(handle, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
  set(handle, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  const auto timeout_ms = std::max<long>(1, static_cast<long>(message.timeout.count()));
  set(handle, CURLOPT_TIMEOUT_MS, timeout_ms);
  set(handle, CURLOPT_CONNECTTIMEOUT_MS, timeout_ms);
  set(handle, CURLOPT_POST, 1L);
  set(handle, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(message.body.size()));
  set(handle, CURLOPT_POSTFIELDS, message.body.data());
  set(handle, CURLOPT_OPENSOCKETFUNCTION, &open_socket);
  set(handle, CURLOPT_OPENSOCKETDATA, &attempt);
  set(handle, CURLOPT_WRITEFUNCTION, &drop_answer);
  set(handle, CURLOPT_WRITEDATA, &attempt);
}

Error error_of(CURLcode code) {
  // curl's text for the code only: its longer one names the host.
  const std::string detail = std::string("the webhook did not answer: ") + curl_easy_strerror(code);
  const bool is_late = code == CURLE_OPERATION_TIMEDOUT;
  return {is_late ? Errc::deadline_exceeded : Errc::storage_unavailable, detail};
}

}  // namespace

WebhookPost::WebhookPost(WebhookTargets targets) : targets_(std::move(targets)) {
  static const CURLcode started = curl_global_init(CURL_GLOBAL_DEFAULT);
  if (started != CURLE_OK) throw std::runtime_error("curl does not start");
}

Result<void> WebhookPost::check(const std::string& text) const {
  const auto wrong = [](const char* detail) { return fail(Errc::invalid_parameter, detail); };
  const bool is_plain = std::ranges::all_of(text, [](char c) { return c > ' ' && c < 0x7f; });
  const Url url = is_plain && text.size() <= kUrlBytesMax ? parse(text) : nullptr;
  if (!url) return wrong("`url` is no URL of at most 2048 characters.");
  const std::string scheme = part_of(url, CURLUPART_SCHEME);
  if (scheme != "https" && scheme != "http") return wrong("`url` begins with https:// or http://.");
  for (const CURLUPart none : {CURLUPART_USER, CURLUPART_PASSWORD, CURLUPART_FRAGMENT}) {
    if (!part_of(url, none).empty()) return wrong("`url` has no user and no fragment.");
  }
  std::string host = lower(part_of(url, CURLUPART_HOST));
  if (host.ends_with('.')) host.pop_back();  // of the root: the same host
  if (host.empty()) return wrong("`url` has a host.");
  if (!targets_.hosts.empty() && std::ranges::find(targets_.hosts, host) == targets_.hosts.end()) {
    return wrong("The operator of this server does not allow this host (webhooks.hosts).");
  }
  if (!targets_.private_networks && !is_public_literal(host).value_or(host != "localhost")) {
    return wrong("`url` is of a private network (webhooks.private_networks).");
  }
  return {};
}

Result<int> WebhookPost::post(const flows::WebhookMessage& message) {
  if (const auto fit = check(message.url); !fit) {
    return fail(Errc::forbidden, "the webhook's address is not allowed");
  }
  const Handle handle(curl_easy_init());
  if (!handle) throw std::runtime_error("curl: no handle");
  Attempt attempt{.private_networks = targets_.private_networks};
  prepare(handle, message, attempt);
  const HeaderList headers = headers_of(message);
  set(handle, CURLOPT_HTTPHEADER, headers.get());
  const CURLcode code = curl_easy_perform(handle.get());
  long status = 0;
  curl_easy_getinfo(handle.get(), CURLINFO_RESPONSE_CODE, &status);
  if (code == CURLE_OK || (code == CURLE_WRITE_ERROR && status > 0))
    return static_cast<int>(status);
  if (attempt.refused) {
    return fail(Errc::forbidden, "the webhook's address is of a private network");
  }
  return tl::unexpected(error_of(code));
}

}  // namespace selfsame::adapters::outbound
