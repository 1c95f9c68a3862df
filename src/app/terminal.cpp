// SPDX-License-Identifier: Apache-2.0
#include "app/terminal.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <boost/json/serialize.hpp>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <system_error>

namespace selfsame::app {
namespace {

std::string reason() {
  return std::generic_category().message(errno);
}

}  // namespace

Result<Bytes> read_file(const std::string& path, std::size_t bytes_max) {
  std::error_code error;
  if (std::filesystem::is_directory(path, error)) {
    return fail(Errc::not_found, fmt::format("{} is a folder", path));
  }
  std::ifstream file(path, std::ios::binary);
  if (!file) return fail(Errc::not_found, fmt::format("{}: {}", path, reason()));
  Bytes content;
  constexpr std::size_t kChunk = 1 << 20;
  while (file && content.size() <= bytes_max) {
    const std::size_t before = content.size();
    content.resize(before + kChunk);
    file.read(reinterpret_cast<char*>(content.data() + before), kChunk);
    content.resize(before + static_cast<std::size_t>(file.gcount()));
  }
  if (file.bad()) return fail(Errc::not_found, fmt::format("{}: {}", path, reason()));
  if (content.size() > bytes_max) {
    return fail(
        Errc::payload_too_large, fmt::format("{} is over the limit of {} bytes", path, bytes_max)
    );
  }
  return content;
}

Result<void> write_file(const std::string& path, ByteView content) {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file.write(
      reinterpret_cast<const char*>(content.data()), static_cast<std::streamsize>(content.size())
  );
  file.close();
  if (!file) return fail(Errc::storage_unavailable, fmt::format("{}: {}", path, reason()));
  return {};
}

int complain(const std::string& what, const Error& error) {
  fmt::print(
      stderr,
      "selfsame: {}: {}\n",
      what,
      error.detail.empty() ? std::string(name_of(error.code)) : error.detail
  );
  return kFailed;
}

void print_json(const boost::json::value& value) {
  fmt::print("{}\n", boost::json::serialize(value));
  std::fflush(stdout);
}

std::string rfc3339(std::chrono::sys_time<std::chrono::milliseconds> time) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(time);
  const auto millis = (time - seconds).count();
  return fmt::format(
      "{:%Y-%m-%dT%H:%M:%S}.{:03}Z", fmt::gmtime(seconds.time_since_epoch().count()), millis
  );
}

}  // namespace selfsame::app
