// SPDX-License-Identifier: Apache-2.0
// What commands share: exit codes, reading files, talking to people.
#pragma once

#include <boost/json/value.hpp>
#include <chrono>
#include <string>

#include "base/bytes.h"
#include "base/result.h"

namespace selfsame::app {

/// 0: done, whatever the verdict. 1: it could not be done. 2: the command line or the configuration
/// is wrong (CLI11's own errors are mapped to 2 as well).
inline constexpr int kDone = 0;
inline constexpr int kFailed = 1;
inline constexpr int kUsage = 2;

/// The whole file; `not_found` or `payload_too_large` (over `bytes_max`) with a text for people.
[[nodiscard]] Result<Bytes> read_file(const std::string& path, std::size_t bytes_max);

/// Writes the whole file; `storage_unavailable` with a text for people.
[[nodiscard]] Result<void> write_file(const std::string& path, ByteView content);

/// "selfsame: <what>: <error>" on standard error; returns kFailed.
int complain(const std::string& what, const Error& error);

/// One line of JSON on standard output.
void print_json(const boost::json::value& value);

/// UTC, RFC 3339, milliseconds.
[[nodiscard]] std::string rfc3339(std::chrono::sys_time<std::chrono::milliseconds> time);

}  // namespace selfsame::app
