// SPDX-License-Identifier: Apache-2.0
#include "http/forwarded.h"

#include <algorithm>
#include <boost/asio/ip/address.hpp>
#include <charconv>
#include <vector>

namespace selfsame::http {
namespace {

namespace ip = boost::asio::ip;

constexpr std::size_t kAddressesMax = 32;
constexpr std::size_t kBytesMax = std::size_t{8} << 10;
constexpr std::string_view kBlank = " \t";
constexpr std::string_view kAddressCharacters = "0123456789abcdefABCDEF.:";

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(kBlank);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlank) - first + 1);
}

bool is_same_name(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  return std::ranges::equal(a, b, {}, lower, lower);
}

bool is_port(std::string_view text) {
  std::uint16_t port = 0;
  const char* const end = text.data() + text.size();
  const auto [last, error] = std::from_chars(text.data(), end, port);
  return !text.empty() && error == std::errc{} && last == end;
}

/// Without brackets and port; nothing when they are not well-formed.
std::optional<std::string_view> host_in(std::string_view text) {
  if (text.starts_with('[')) {
    const auto close = text.find(']');
    if (close == std::string_view::npos) return std::nullopt;
    const std::string_view behind = text.substr(close + 1);
    if (!behind.empty() && !(behind.front() == ':' && is_port(behind.substr(1)))) {
      return std::nullopt;
    }
    return text.substr(1, close - 1);
  }
  const auto colon = text.find(':');
  const bool has_port = colon != std::string_view::npos && colon == text.rfind(':');
  if (!has_port) return text;
  if (!is_port(text.substr(colon + 1))) return std::nullopt;
  return text.substr(0, colon);
}

enum class Quotes : bool { no, yes };

/// What stands between the separators. With quotes those in a quoted string are none.
std::vector<std::string_view> split(std::string_view text, char separator, Quotes quotes) {
  std::vector<std::string_view> parts;
  bool quoted = false;
  std::size_t begin = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (quoted && text[at] == '\\') {
      ++at;
    } else if (quotes == Quotes::yes && text[at] == '"') {
      quoted = !quoted;
    } else if (!quoted && text[at] == separator) {
      parts.push_back(text.substr(begin, at - begin));
      begin = at + 1;
    }
  }
  parts.push_back(text.substr(begin));
  return parts;
}

/// The address of `for=...` in an element of Forwarded; "" when there is none.
std::string_view for_in(std::string_view element) {
  for (const std::string_view part : split(element, ';', Quotes::yes)) {
    const std::string_view pair = trimmed(part);
    const auto equals = pair.find('=');
    if (equals == std::string_view::npos || !is_same_name(pair.substr(0, equals), "for")) continue;
    const std::string_view value = pair.substr(equals + 1);
    const bool is_quoted = value.size() > 1 && value.front() == '"' && value.back() == '"';
    return is_quoted ? value.substr(1, value.size() - 2) : value;
  }
  return {};
}

/// A quotation that a client opens and nobody closes would hide what proxies add behind it.
bool is_left_open(std::string_view text) {
  bool quoted = false;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (quoted && text[at] == '\\') {
      ++at;
    } else if (text[at] == '"') {
      quoted = !quoted;
    }
  }
  return quoted;
}

/// In their order; nothing when they are too many, or where one cannot be told from the next.
std::optional<std::vector<std::string_view>> texts_of(
    const Headers& headers, ForwardedField field
) {
  const bool is_old = field == ForwardedField::x_forwarded_for;
  const std::string_view wanted = is_old ? "X-Forwarded-For" : "Forwarded";
  std::vector<std::string_view> texts;
  std::size_t bytes = 0;
  for (const auto& [name, value] : headers.all()) {
    if (!is_same_name(name, wanted)) continue;
    bytes += value.size();
    if (bytes > kBytesMax) return std::nullopt;
    if (!is_old && is_left_open(value)) return std::nullopt;
    for (const std::string_view element : split(value, ',', is_old ? Quotes::no : Quotes::yes)) {
      texts.push_back(is_old ? trimmed(element) : for_in(element));
    }
    if (texts.size() > kAddressesMax) return std::nullopt;
  }
  return texts;
}

}  // namespace

std::optional<std::string> address_in(std::string_view text) {
  const auto host = host_in(text);
  if (!host || host->find_first_not_of(kAddressCharacters) != std::string_view::npos) {
    return std::nullopt;
  }
  boost::system::error_code error;
  const auto address = ip::make_address(std::string(*host), error);
  if (error) return std::nullopt;
  if (address.is_v4() || !address.to_v6().is_v4_mapped()) return address.to_string();
  return ip::make_address_v4(ip::v4_mapped, address.to_v6()).to_string();
}

std::string client_of(std::string_view peer, const Headers& headers, const ProxyTrust& proxies) {
  const bool is_proxy = proxies.trusts && !peer.empty() && proxies.trusts(peer);
  if (!is_proxy) return std::string(peer);
  const auto texts = texts_of(headers, proxies.field);
  if (!texts) return {};
  std::string client(peer);
  for (auto it = texts->rbegin(); it != texts->rend(); ++it) {
    auto address = address_in(*it);
    if (!address) return {};
    client = std::move(*address);
    if (!proxies.trusts(client)) break;
  }
  return client;
}

}  // namespace selfsame::http
