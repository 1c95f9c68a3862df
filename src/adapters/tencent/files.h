// SPDX-License-Identifier: Apache-2.0
// Files beside the requests: where callers put them and fetch them, and how an action reads what a
// URL names. Whoever holds a URL may use it: it ends in a token that cannot be guessed.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstddef>
#include <string>
#include <string_view>

#include "adapters/tencent/call.h"
#include "adapters/tencent/error_codes.h"
#include "adapters/tencent/services.h"
#include "http/message.h"

namespace selfsame::adapters::tencent {

inline constexpr std::string_view kFilesPath = "/tencent/";

/// The largest file that is taken: a LiveData package.
inline constexpr std::size_t kUploadBytesMax = std::size_t{14} << 20;

/// Made by us; nobody can upload under these names, and only these can be fetched again.
inline constexpr std::string_view kSequencePurpose = "sequence";
inline constexpr std::string_view kBestFramePurpose = "best_frame";

/// PUT /tencent/uploads/TOKEN (200; 404 unknown or expired, 409 written already), GET
/// /tencent/files/TOKEN (200; 404 also for what a caller has uploaded) and GET
/// /tencent/results/NAME (result_files.h). 405, 503. Answers of errors
/// are one line of plain text.
[[nodiscard]] boost::asio::awaitable<http::Response> serve_file(
    const Services* services, http::Request request
);

[[nodiscard]] std::string upload_url(const Services& services, const flows::UploadTicket& ticket);
[[nodiscard]] std::string file_url(const Services& services, const flows::UploadTicket& ticket);

enum class MediaKind : std::uint8_t { image, video, package };

/// The largest of its kind, as a file.
[[nodiscard]] std::size_t max_bytes_of(MediaKind kind) noexcept;

/// What a caller's URL names: one of our own files, read from our store (its customer's only), or
/// one from a host of the operator's list, within 4 s. FailedOperation.DownLoadError,
/// DownLoadTimeoutError, LipNetFailed for videos; over the limit ImageSizeTooLarge and
/// LipSizeError, which an empty video gets too; RequestLimitExceeded.
[[nodiscard]] boost::asio::awaitable<Answer<Bytes>> fetch_media(
    const Services* services, const Call* call, std::string url, MediaKind kind
);

/// The same, and the content has this MD5 (32 hexadecimal digits, any case): InvalidParameterValue
/// naming `field` for one that is misshapen; content that differs counts as not downloaded.
[[nodiscard]] boost::asio::awaitable<Answer<Bytes>> fetch_checked_media(
    const Services* services,
    const Call* call,
    std::string url,
    std::string md5,
    std::string_view md5_field,
    MediaKind kind
);

/// A best frame for the caller to fetch; an error of the storage is the action's.
[[nodiscard]] boost::asio::awaitable<Result<std::string>> publish_best_frame(
    const Services* services, const Call* call, Bytes jpeg
);

}  // namespace selfsame::adapters::tencent
