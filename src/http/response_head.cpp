// SPDX-License-Identifier: Apache-2.0
#include "http/response_head.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/beast/http/status.hpp>
#include <iterator>
#include <stdexcept>
#include <string_view>

namespace selfsame::http {
namespace {

constexpr std::array<std::string_view, 7> kWeekdays = {
    "Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"
};
constexpr std::array<std::string_view, 12> kMonths = {
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"
};
constexpr std::array<std::string_view, 5> kOurs = {
    "Content-Type", "Content-Length", "Transfer-Encoding", "Connection", "Date"
};

bool breaks_line(std::string_view text) noexcept {
  return std::ranges::any_of(text, [](char c) {
    return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7f;
  });
}

bool same_name(std::string_view a, std::string_view b) noexcept {
  return std::ranges::equal(a, b, [](char x, char y) { return (x | 0x20) == (y | 0x20); });
}

void add_date(std::string& to, std::chrono::sys_seconds now) {  // RFC 9110 section 5.6.7
  const auto day = std::chrono::floor<std::chrono::days>(now);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss time(now - day);
  fmt::format_to(
      std::back_inserter(to),
      "Date: {}, {:02} {} {:04} {:02}:{:02}:{:02} GMT\r\n",
      kWeekdays.at(std::chrono::weekday(day).c_encoding()),
      static_cast<unsigned>(date.day()),
      kMonths.at(static_cast<unsigned>(date.month()) - 1),
      static_cast<int>(date.year()),
      time.hours().count(),
      time.minutes().count(),
      time.seconds().count()
  );
}

}  // namespace

std::string response_head(const Response& response, Framing framing, std::chrono::sys_seconds now) {
  if (response.status < 200 || response.status > 599)
    throw std::logic_error("http: status out of range");
  if (breaks_line(response.content_type))
    throw std::logic_error("http: control character in Content-Type");
  std::string head;
  head.reserve(256);
  const auto reason = boost::beast::http::obsolete_reason(
      boost::beast::http::int_to_status(static_cast<unsigned>(response.status))
  );
  fmt::format_to(
      std::back_inserter(head),
      "HTTP/1.1 {} {}\r\n",
      response.status,
      std::string_view(reason.data(), reason.size())
  );
  add_date(head, now);
  if (!response.content_type.empty()) {
    head.append("Content-Type: ").append(response.content_type).append("\r\n");
  }
  for (const auto& [name, value] : response.headers.all()) {
    const bool ours =
        std::ranges::any_of(kOurs, [&](std::string_view our) { return same_name(name, our); });
    const bool broken = name.empty() || breaks_line(name) || breaks_line(value) ||
                        name.find_first_of(": \t") != std::string::npos;
    if (ours || broken)
      throw std::logic_error("http: response header that may not be set: " + name);
    head.append(name).append(": ").append(value).append("\r\n");
  }
  if (response.status != 204 && response.status != 304) {
    fmt::format_to(std::back_inserter(head), "Content-Length: {}\r\n", response.body.size());
  }
  if (!framing.keep_alive) {
    head += "Connection: close\r\n";
  } else if (framing.http_1_0) {
    head += "Connection: keep-alive\r\n";
  }
  head += "\r\n";
  return head;
}

}  // namespace selfsame::http
