// SPDX-License-Identifier: Apache-2.0
#include "adapters/tencent/result_files.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <utility>

#include "adapters/tencent/document_results.h"
#include "base/crypto.h"

namespace selfsame::adapters::tencent {
namespace {

constexpr std::chrono::minutes kLifetime{10};
constexpr std::string_view kSealedFor = "tencent result file";
constexpr std::size_t kNameBytesMax = 1024;
constexpr std::array<std::string_view, 4> kFileNumbers = {"0", "1", "2", "3"};

struct FileName {
  ResultFile file{};
  Timestamp expires_at;
  std::string verification_id;
  std::string customer;
};

std::string write_name(const Services& services, const FileName& name) {
  const auto expires_s =
      std::chrono::floor<std::chrono::seconds>(name.expires_at).time_since_epoch().count();
  const std::string text = std::to_string(static_cast<int>(name.file)) + "\n" +
                           std::to_string(expires_s) + "\n" + name.verification_id + "\n" +
                           name.customer;
  return to_hex(seal(services.token_key, bytes_of(text), bytes_of(kSealedFor)));
}

std::string_view take_line(std::string_view& text) {
  const std::size_t end = std::min(text.find('\n'), text.size());
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return line;
}

std::optional<FileName> read_name(const Services& services, std::string_view hex) {
  if (hex.size() > kNameBytesMax) return std::nullopt;
  const auto sealed = from_hex(hex);
  if (!sealed) return std::nullopt;
  const auto opened = open_sealed(services.token_key, *sealed, bytes_of(kSealedFor));
  if (!opened) return std::nullopt;
  std::string_view rest = text_of(*opened);
  FileName name;
  const std::string_view file = take_line(rest);
  const auto known = std::ranges::find(kFileNumbers, file);
  if (known == kFileNumbers.end()) return std::nullopt;
  name.file = static_cast<ResultFile>(known - kFileNumbers.begin());
  const std::string_view seconds = take_line(rest);
  std::int64_t expires_s = 0;
  std::from_chars(seconds.data(), seconds.data() + seconds.size(), expires_s);
  name.expires_at = Timestamp(std::chrono::seconds(expires_s));
  name.verification_id = take_line(rest);
  name.customer = rest;
  return name;
}

std::string content_type_of(ResultFile file) {
  switch (file) {
    case ResultFile::best_frame:
      return "image/jpeg";
    case ResultFile::document_json:
      return "application/json";
    case ResultFile::video:
    case ResultFile::document_front:
      break;
  }
  return "application/octet-stream";
}

boost::asio::awaitable<Result<Bytes>> content_of(
    const Services* services, const FileName* name, flows::Deadline deadline
) {
  const flows::Caller caller{.customer = name->customer, .access_key_id = {}};
  const auto& flow = services->verifications;
  switch (name->file) {
    case ResultFile::best_frame:
      co_return co_await flow.best_frame(caller, name->verification_id, deadline);
    case ResultFile::video:
      co_return co_await flow.video(caller, name->verification_id, deadline);
    case ResultFile::document_front:
    case ResultFile::document_json:
      break;
  }
  SELFSAME_CO_TRY(document, co_await flow.document(caller, name->verification_id, deadline));
  if (name->file == ResultFile::document_json) {
    const std::string text = ocr_json(document);
    co_return Bytes(text.begin(), text.end());
  }
  const flows::DocumentSide* const front = document.find(core::kFrontSide);
  if (front == nullptr) co_return fail(Errc::not_found, "there is no picture of it");
  co_return front->picture;
}

http::Response plain(int status, std::string_view text) {
  http::Response response;
  response.status = status;
  response.content_type = "text/plain";
  response.body = std::string(text) + "\n";
  return response;
}

}  // namespace

std::string result_file_url(
    const Services& services, const flows::VerificationView& view, ResultFile file
) {
  const FileName name{
      .file = file,
      .expires_at = services.clock.now() + kLifetime,
      .verification_id = view.id,
      .customer = view.customer
  };
  return services.public_url + std::string(kResultsPath) + write_name(services, name);
}

Fields file_info(std::string_view url, ByteView content) {
  Fields info;
  info.text("Url", url);
  info.text("MD5", md5_hex(content));
  info.integer("Size", static_cast<std::int64_t>(content.size()));
  return info;
}

boost::asio::awaitable<http::Response> serve_result_file(
    const Services* services, http::Request request
) {
  const auto name = read_name(*services, request.path().substr(kResultsPath.size()));
  if (!name || services->clock.now() >= name->expires_at) co_return plain(404, "no such file");
  if (request.method != "GET") {
    http::Response refused = plain(405, "not this method");
    refused.headers.add("Allow", "GET");
    co_return refused;
  }
  const auto content = co_await content_of(services, &*name, request.deadline);
  if (!content && content.error().code == Errc::not_found) co_return plain(404, "no such file");
  if (!content) co_return plain(503, "try again later");
  http::Response response;
  response.content_type = content_type_of(name->file);
  response.headers.add("Cache-Control", "no-store");
  response.headers.add("X-Content-Type-Options", "nosniff");
  response.body = text_of(*content);
  co_return response;
}

}  // namespace selfsame::adapters::tencent
