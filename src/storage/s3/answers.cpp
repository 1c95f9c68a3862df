// SPDX-License-Identifier: Apache-2.0
#include "storage/s3/answers.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <pugixml.hpp>
#include <string_view>

namespace selfsame::storage::s3 {
namespace {

bool parse(pugi::xml_document& document, ByteView xml) {
  return static_cast<bool>(document.load_buffer(xml.data(), xml.size()));
}

/// The digits of `text` from `at`, `count` of them.
std::optional<int> number_at(std::string_view text, std::size_t at, std::size_t count) {
  if (text.size() < at + count) return std::nullopt;
  int value = 0;
  const char* begin = text.data() + at;
  const auto [end, error] = std::from_chars(begin, begin + count, value);
  if (error != std::errc{} || end != begin + count || value < 0) return std::nullopt;
  return value;
}

/// What may follow the seconds: "Z", or a fraction and "Z".
bool is_utc_end(std::string_view text) {
  if (text.starts_with('.')) {
    text.remove_prefix(std::min(text.find_first_not_of("0123456789", 1), text.size()));
  }
  return text == "Z";
}

/// "2026-11-26T10:45:07Z" or "2026-11-26T10:45:07.123Z", to the second.
std::optional<Timestamp> time_of(std::string_view text) {
  constexpr std::string_view kShape = "dddd-dd-ddTdd:dd:dd";
  if (text.size() < kShape.size() || !is_utc_end(text.substr(kShape.size()))) return std::nullopt;
  for (std::size_t i = 0; i < kShape.size(); ++i) {
    if (kShape[i] != 'd' && kShape[i] != text[i]) return std::nullopt;
  }
  const auto year = number_at(text, 0, 4);
  const auto month = number_at(text, 5, 2);
  const auto day = number_at(text, 8, 2);
  const auto hour = number_at(text, 11, 2);
  const auto minute = number_at(text, 14, 2);
  const auto second = number_at(text, 17, 2);
  if (!year || !month || !day || !hour || !minute || !second) return std::nullopt;
  const std::chrono::year_month_day date(
      std::chrono::year(*year),
      std::chrono::month(static_cast<unsigned>(*month)),
      std::chrono::day(static_cast<unsigned>(*day))
  );
  if (!date.ok() || *hour > 23 || *minute > 59 || *second > 60) return std::nullopt;
  return Timestamp(std::chrono::sys_days(date)) + std::chrono::hours(*hour) +
         std::chrono::minutes(*minute) + std::chrono::seconds(*second);
}

}  // namespace

Result<Listing> listing_of(ByteView xml) {
  pugi::xml_document document;
  if (!parse(document, xml)) return fail(Errc::storage_unavailable, "the listing is not XML");
  const pugi::xml_node root = document.child("ListBucketResult");
  const std::string_view truncated = root.child_value("IsTruncated");
  if (truncated != "true" && truncated != "false") {
    return fail(Errc::storage_unavailable, "the listing is no ListObjectsV2 answer");
  }
  Listing listing;
  listing.truncated = truncated == "true";
  for (const pugi::xml_node node : root.children("Contents")) {
    std::string key = node.child_value("Key");
    const auto modified = time_of(node.child_value("LastModified"));
    if (key.empty() || !modified) {
      return fail(Errc::storage_unavailable, "the listing has an object without key or time");
    }
    listing.objects.push_back({.key = std::move(key), .modified = *modified});
  }
  if (listing.truncated && listing.objects.empty()) {
    return fail(Errc::storage_unavailable, "the listing promises more and holds nothing");
  }
  return listing;
}

std::string error_code_of(ByteView xml) {
  pugi::xml_document document;
  if (!parse(document, xml)) return {};
  const std::string_view code = document.child("Error").child_value("Code");
  constexpr std::size_t kLongest = 64;
  const bool sound =
      code.size() <= kLongest && std::ranges::all_of(code, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
      });
  return sound ? std::string(code) : std::string();
}

}  // namespace selfsame::storage::s3
