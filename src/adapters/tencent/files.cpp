// SPDX-License-Identifier: Apache-2.0
#include "adapters/tencent/files.h"

#include <algorithm>
#include <utility>

#include "adapters/tencent/result_files.h"
#include "base/crypto.h"

namespace selfsame::adapters::tencent {
namespace {

constexpr std::string_view kUploadsPath = "/tencent/uploads/";
constexpr std::string_view kReadPath = "/tencent/files/";
constexpr std::size_t kTokenBytesMax = 64;
constexpr std::chrono::seconds kDownloadTime{4};

http::Response plain(int status, std::string_view text) {
  http::Response response;
  response.status = status;
  response.content_type = "text/plain";
  response.body = std::string(text) + "\n";
  return response;
}

http::Response response_of(const Error& error) {
  if (error.code == Errc::not_found) return plain(404, "no such file");
  if (error.code == Errc::conflict) return plain(409, "written already");
  return plain(503, "try again later");
}

bool is_token(std::string_view text) noexcept {
  const auto is_letter = [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
  };
  return !text.empty() && text.size() <= kTokenBytesMax && std::ranges::all_of(text, is_letter);
}

boost::asio::awaitable<http::Response> take(
    const Services* services, std::string token, http::Request request
) {
  if (request.body_too_large) co_return plain(413, "too large");
  const ByteView body = bytes_of(request.body);
  Bytes content(body.begin(), body.end());
  std::string().swap(request.body);
  const auto written =
      co_await services->uploads.write(std::move(token), std::move(content), request.deadline);
  if (!written) co_return response_of(written.error());
  http::Response done;
  done.content_type.clear();
  co_return done;
}

boost::asio::awaitable<http::Response> show(
    const Services* services, std::string token, flows::Deadline deadline
) {
  const auto file = co_await services->uploads.read(std::move(token), deadline);
  if (!file) co_return response_of(file.error());
  const bool is_sequence = file->purpose == kSequencePurpose;
  if (!is_sequence && file->purpose != kBestFramePurpose) co_return plain(404, "no such file");
  http::Response response;
  response.content_type = is_sequence ? "application/json" : "image/jpeg";
  response.headers.add("Cache-Control", "no-store");
  response.headers.add("X-Content-Type-Options", "nosniff");
  response.body = text_of(file->content);
  co_return response;
}

tl::unexpected<ApiError> refuse_fetch(flows::FetchFailure failure, MediaKind kind) {
  const bool is_video = kind == MediaKind::video;
  switch (failure) {
    case flows::FetchFailure::not_allowed:
    case flows::FetchFailure::failed:
      return refuse_download(is_video);
    case flows::FetchFailure::timed_out:
      return refuse_slow_download();
    case flows::FetchFailure::too_large:
      return refuse(is_video ? Errc::video_too_large : Errc::image_too_large);
    case flows::FetchFailure::overloaded:
      return refuse(Errc::overloaded);
  }
  return refuse_download(is_video);
}

/// The token, when the URL is one of ours.
std::string_view own_token(const Services& services, std::string_view url) {
  if (!url.starts_with(services.public_url)) return {};
  url.remove_prefix(services.public_url.size());
  if (!url.starts_with(kReadPath)) return {};
  url.remove_prefix(kReadPath.size());
  return is_token(url) ? url : std::string_view{};
}

boost::asio::awaitable<Answer<Bytes>> read_own(
    const Services* services, const Call* call, std::string token, MediaKind kind
) {
  auto file = co_await services->uploads.read(std::move(token), call->deadline);
  if (!file && file.error().code != Errc::not_found) co_return refuse(file.error());
  if (!file || file->customer != call->caller.customer) {
    co_return refuse_fetch(flows::FetchFailure::failed, kind);
  }
  if (file->content.size() > max_bytes_of(kind)) {
    co_return refuse_fetch(flows::FetchFailure::too_large, kind);
  }
  co_return std::move(file->content);
}

bool is_md5(std::string_view text) noexcept {
  constexpr std::size_t kDigits = 32;
  return text.size() == kDigits && from_hex(text).has_value();
}

}  // namespace

boost::asio::awaitable<http::Response> serve_file(const Services* services, http::Request request) {
  if (request.overloaded) co_return plain(503, "try again later");
  const std::string path(request.path());
  if (path.starts_with(kResultsPath)) {
    co_return co_await serve_result_file(services, std::move(request));
  }
  const bool is_upload = path.starts_with(kUploadsPath);
  if (!is_upload && !path.starts_with(kReadPath)) co_return plain(404, "no such file");
  std::string token = path.substr(is_upload ? kUploadsPath.size() : kReadPath.size());
  if (!is_token(token)) co_return plain(404, "no such file");
  if (request.method != (is_upload ? "PUT" : "GET")) {
    http::Response refused = plain(405, "not this method");
    refused.headers.add("Allow", is_upload ? "PUT" : "GET");
    co_return refused;
  }
  if (is_upload) co_return co_await take(services, std::move(token), std::move(request));
  co_return co_await show(services, std::move(token), request.deadline);
}

std::string upload_url(const Services& services, const flows::UploadTicket& ticket) {
  return services.public_url + std::string(kUploadsPath) + ticket.upload_token;
}

std::string file_url(const Services& services, const flows::UploadTicket& ticket) {
  return services.public_url + std::string(kReadPath) + ticket.file_token;
}

std::size_t max_bytes_of(MediaKind kind) noexcept {
  // The vendor's limits are of base64.
  constexpr std::size_t kImageBase64 = std::size_t{3} << 20;
  constexpr std::size_t kVideoBase64 = std::size_t{8} << 20;
  switch (kind) {
    case MediaKind::image:
      return kImageBase64 / 4 * 3;
    case MediaKind::video:
      return kVideoBase64 / 4 * 3;
    case MediaKind::package:
      return kUploadBytesMax;
  }
  return 0;
}

boost::asio::awaitable<Answer<Bytes>> fetch_media(
    const Services* services, const Call* call, std::string url, MediaKind kind
) {
  const std::string own(own_token(*services, url));
  if (!own.empty()) {
    auto file = co_await read_own(services, call, own, kind);
    if (file && file->empty() && kind == MediaKind::video) co_return refuse(Errc::video_too_large);
    co_return file;
  }
  const auto limit = std::min(call->deadline, std::chrono::steady_clock::now() + kDownloadTime);
  auto fetched = co_await services->fetcher.fetch(std::move(url), max_bytes_of(kind), limit);
  if (!fetched) co_return refuse_fetch(fetched.error(), kind);
  if (fetched->empty() && kind == MediaKind::video) co_return refuse(Errc::video_too_large);
  co_return std::move(*fetched);
}

boost::asio::awaitable<Answer<Bytes>> fetch_checked_media(
    const Services* services,
    const Call* call,
    std::string url,
    std::string md5,
    std::string_view md5_field,
    MediaKind kind
) {
  if (!is_md5(md5)) co_return refuse(Errc::invalid_parameter, md5_field);
  auto fetched = co_await fetch_media(services, call, std::move(url), kind);
  if (!fetched) co_return fetched;
  if (from_hex(md5) != from_hex(md5_hex(*fetched))) {
    co_return refuse_fetch(flows::FetchFailure::failed, kind);
  }
  co_return fetched;
}

boost::asio::awaitable<Result<std::string>> publish_best_frame(
    const Services* services, const Call* call, Bytes jpeg
) {
  const auto ticket = co_await services->uploads.publish(
      call->caller.customer, std::string(kBestFramePurpose), std::move(jpeg), call->deadline
  );
  if (!ticket) co_return tl::unexpected(ticket.error());
  co_return file_url(*services, *ticket);
}

}  // namespace selfsame::adapters::tencent
