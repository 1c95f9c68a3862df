// SPDX-License-Identifier: Apache-2.0
#include "evaluation/text_lines.h"

#include <algorithm>
#include <charconv>
#include <fstream>

namespace selfsame::evaluation {

std::vector<Line> lines_of(std::string_view text) {
  std::vector<Line> lines;
  for (std::size_t number = 1; !text.empty(); ++number) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.find_first_not_of(" \t") == std::string_view::npos || line.front() == '#') continue;
    lines.push_back({number, line});
  }
  return lines;
}

std::vector<std::string_view> fields_of(std::string_view line) {
  const bool tabs = line.find('\t') != std::string_view::npos;
  const char separator = tabs ? '\t' : ' ';
  std::vector<std::string_view> fields;
  for (std::size_t start = 0; start <= line.size();) {
    const std::size_t end = std::min(line.find(separator, start), line.size());
    if (tabs || end > start) fields.push_back(line.substr(start, end - start));
    start = end + 1;
  }
  return fields;
}

std::optional<int> number_of(std::string_view field, int most) {
  int value = 0;
  if (field.empty() || !std::ranges::all_of(field, [](char c) { return c >= '0' && c <= '9'; })) {
    return std::nullopt;
  }
  const auto [end, error] = std::from_chars(field.data(), field.data() + field.size(), value);
  if (error != std::errc{} || value > most) return std::nullopt;
  return value;
}

bool is_safe_path(std::string_view path) {
  if (path.empty() || path.front() == '/') return false;
  const bool printable =
      std::ranges::all_of(path, [](char c) { return static_cast<unsigned char>(c) >= 0x20; });
  if (!printable) return false;
  return std::ranges::none_of(std::filesystem::path(path), [](const auto& part) {
    return part == "..";
  });
}

tl::unexpected<Error> fail_line(const Line& line, std::string_view why) {
  return fail(
      Errc::malformed_request, "line " + std::to_string(line.number) + ": " + std::string(why)
  );
}

Result<Bytes> read_file(const std::filesystem::path& path, std::size_t most_bytes) {
  std::ifstream file(path, std::ios::binary | std::ios::ate);
  if (!file || std::filesystem::is_directory(path)) {
    return fail(Errc::not_found, "cannot read " + path.string());
  }
  const std::streamoff size = file.tellg();
  if (size < 0) return fail(Errc::not_found, "cannot read " + path.string());
  if (static_cast<std::size_t>(size) > most_bytes) {
    return fail(Errc::payload_too_large, path.string() + " is too large");
  }
  Bytes bytes(static_cast<std::size_t>(size));
  file.seekg(0);
  if (!file.read(reinterpret_cast<char*>(bytes.data()), size)) {
    return fail(Errc::not_found, "cannot read " + path.string());
  }
  return bytes;
}

}  // namespace selfsame::evaluation
