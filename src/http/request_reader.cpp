// SPDX-License-Identifier: Apache-2.0
#include "http/request_reader.h"

#include <algorithm>
#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>
#include <cstring>
#include <limits>
#include <optional>
#include <utility>

namespace selfsame::http {
namespace {

namespace beast_http = boost::beast::http;
using boost::beast::error_code;
using BeastView = boost::beast::string_view;

constexpr std::size_t kMethodBytesMax = 32;
constexpr std::size_t kPathBytesMax = 8 * 1024;
constexpr std::size_t kEmptyLinesMax = 8;
constexpr std::size_t kFieldsMax = 128;
constexpr std::size_t kSmallBuffer = 8 * 1024;     // all that a connection holds until a body comes
constexpr std::size_t kBodyBuffer = 64 * 1024;     // smaller reads cost CPU: 4 times at 512 bytes
constexpr std::size_t kReadMax = 1024 * 1024;      // of one read into a long request line
constexpr std::size_t kChunkOverhead = 32 * 1024;  // longest chunk header with extensions, trailers
constexpr std::size_t kVersionTail = 11;           // " HTTP/1.1\r\n"
constexpr std::size_t kLastChunk = 5;              // "0\r\n\r\n"

bool is_token_char(char c) noexcept {
  constexpr std::string_view kSpecials = "!#$%&'*+-.^_`|~";
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
         kSpecials.find(c) != std::string_view::npos;
}

bool is_control_char(char c) noexcept {
  return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7f;
}

bool equals_without_case(std::string_view a, std::string_view lower) noexcept {
  return std::ranges::equal(a, lower, [](char x, char y) {
    return (x >= 'A' && x <= 'Z' ? static_cast<char>(x - 'A' + 'a') : x) == y;
  });
}

/// Where the path of an absolute-form target ("http://host/path") begins; 0 for other forms,
/// npos where there is none.
std::size_t path_start(std::string_view target) noexcept {
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (equals_without_case(target.substr(0, scheme.size()), scheme)) {
      const auto at = target.find_first_of("/?", scheme.size());
      return at != std::string_view::npos && target[at] == '/' ? at : std::string_view::npos;
    }
  }
  return 0;
}

/// `rest` of a request line is a target and a well-formed version (that we do not speak).
bool names_a_version(std::string_view rest) noexcept {
  const auto space = rest.find(' ');
  if (space == std::string_view::npos || rest.size() != space + kVersionTail) return false;
  const auto digit = [&](std::size_t at) {
    return rest[space + at] >= '0' && rest[space + at] <= '9';
  };
  return rest.substr(space, 6) == " HTTP/" && digit(6) && rest[space + 7] == '.' && digit(8);
}

/// The name and what is before the colon are a token, nothing in the value is a control character.
/// `line` has no line end.
bool is_sound_field(std::string_view line) noexcept {
  const auto colon = line.find(':');
  if (colon == std::string_view::npos || colon == 0) return false;
  return std::ranges::all_of(line.substr(0, colon), is_token_char) &&
         std::ranges::none_of(line.substr(colon + 1), is_control_char);
}

}  // namespace

/// Beast's parser writing straight into our request.
class RequestReader::Parser final : public beast_http::basic_parser<true> {
 public:
  explicit Parser(RequestReader& reader) : reader_(reader) {
    eager(true);
    header_limit(std::numeric_limits<std::uint32_t>::max());  // the reader has its own
    body_limit(boost::none);
  }

  bool overloaded = false;
  bool too_large = false;
  std::string transfer_encoding;

 private:
  void
  on_request_impl(beast_http::verb, BeastView method, BeastView target, int version, error_code&)
      override {
    reader_.request_.method = std::string_view(method.data(), method.size());
    std::string_view all(target.data(), target.size());
    const auto start = path_start(all);
    reader_.request_.target = start == std::string_view::npos ? "/" : all.substr(start);
    reader_.version_ = version;
  }
  void on_response_impl(int, BeastView, int, error_code&) override {}
  void on_field_impl(beast_http::field, BeastView name, BeastView value, error_code&) override {
    if (reader_.stage_ != Stage::fields) return;  // a trailer: nothing of ours reads one
    reader_.request_.headers.add(std::string(name), std::string(value));
  }
  void on_header_impl(error_code&) override {}
  void on_body_init_impl(const boost::optional<std::uint64_t>&, error_code&) override {}
  std::size_t on_body_impl(BeastView body, error_code&) override { return add(body); }
  void on_chunk_header_impl(std::uint64_t, BeastView, error_code&) override {}
  std::size_t on_chunk_body_impl(std::uint64_t, BeastView body, error_code&) override {
    return add(body);
  }
  void on_finish_impl(error_code&) override {}

  std::size_t add(BeastView part) {
    if (part.empty()) return 0;
    reader_.body_seen_ = true;
    auto& body = reader_.request_.body;
    if (!reader_.dropping_body()) {
      if (part.size() > reader_.limits_.body_bytes - body.size()) {
        reader_.request_.body_too_large = true;
        reader_.drop_body();
      } else if (!reader_.reserve_body(body.size() + part.size())) {
        reader_.request_.overloaded = true;
        reader_.drop_body();
      } else {
        body.append(part.data(), part.size());
        return part.size();
      }
    }
    reader_.dropped_ += part.size();
    return part.size();
  }

  RequestReader& reader_;
};

RequestReader::RequestReader(const LimitsFor& limits_for, Budget& budget)
    : limits_for_(limits_for), lease_(budget), parser_(std::make_unique<Parser>(*this)) {}

RequestReader::~RequestReader() = default;

std::string_view RequestReader::view() const noexcept {
  const auto data = buffer_.cdata();
  return {static_cast<const char*>(data.data()), data.size()};
}

void RequestReader::consume(std::size_t bytes) {
  buffer_.consume(bytes);
}

bool RequestReader::is_idle() const noexcept {
  return stage_ == Stage::line && buffer_.size() == 0;
}

bool RequestReader::dropping_body() const noexcept {
  return request_.body_too_large || request_.target_too_large || request_.overloaded;
}

std::span<char> RequestReader::prepare() {
  std::size_t room = kSmallBuffer;
  if (stage_ == Stage::body) {
    const auto remaining = parser_->content_length_remaining();
    const auto wanted = remaining ? *remaining : std::uint64_t{kBodyBuffer};
    room = static_cast<std::size_t>(
        std::clamp<std::uint64_t>(wanted, std::uint64_t{kSmallBuffer}, std::uint64_t{kBodyBuffer})
    );
  } else if (buffer_.size() >= kSmallBuffer) {
    // A long request line: the buffer doubles, so that copying stays linear.
    room = std::clamp(buffer_.size(), kBodyBuffer, kReadMax);
  }
  const auto to = buffer_.prepare(room);
  return {static_cast<char*>(to.data()), to.size()};
}

void RequestReader::commit(std::size_t bytes) {
  buffer_.commit(bytes);
  bytes_in_ += bytes;
}

RequestReader::Step RequestReader::refuse(int status) {
  stage_ = Stage::done;
  refusal_status_ = status;
  keep_alive_ = false;
  return Step::refused;
}

RequestReader::Step RequestReader::advance() {
  Step step = Step::need_more;
  do {
    switch (stage_) {
      case Stage::line:
        step = advance_line();
        if (stage_ == Stage::line) return step;
        break;
      case Stage::line_dropped:
        step = advance_dropped_line();
        if (stage_ == Stage::line_dropped) return step;
        break;
      case Stage::fields:
        step = advance_fields();
        if (stage_ == Stage::fields) return step;
        break;
      case Stage::body:
        return advance_body();
      case Stage::done:
        return step;
    }
  } while (step == Step::need_more);
  return step;
}

/// Learns method, path and so the limits as early as the bytes allow. False: not a request.
bool RequestReader::learn_path(std::string_view line) {
  if (path_known_) return true;
  const auto method_end = line.find(' ');
  const auto method = line.substr(0, method_end);
  if (method.empty() || method.size() > kMethodBytesMax) return false;
  if (!std::ranges::all_of(method, is_token_char)) return false;
  if (method_end == line.npos) return true;
  auto target = line.substr(method_end + 1);
  const auto target_end = target.find_first_of("? \r\n");
  if (target_end == target.npos) return true;
  target = target.substr(0, target_end);
  const auto start = path_start(target);
  const auto path = start == target.npos ? std::string_view("/") : target.substr(start);
  limits_ = limits_for_(method, path, nullptr);
  kept_line_.assign(method).append(" ").append(path);
  path_known_ = true;
  return true;
}

RequestReader::Step RequestReader::advance_line() {
  // Empty lines before a request line are allowed (RFC 9112 section 2.2): skip some. With nothing
  // but those a connection would be idle for ever.
  while (scanned_ == 0 && view().starts_with("\r\n")) {
    if (++empty_lines_ > kEmptyLinesMax) return refuse(400);
    consume(2);
  }
  const auto bytes = view();
  if (bytes.empty() || bytes == "\r") return Step::need_more;
  const auto line_feed = bytes.find('\n', scanned_);
  const bool ended = line_feed != bytes.npos;
  const auto line = ended ? bytes.substr(0, line_feed + 1) : bytes;
  if (!learn_path(line)) return refuse(400);
  if (ended && !line.ends_with("\r\n")) return refuse(400);
  if (!path_known_) {
    if (ended) return refuse(400);
    return line.size() > kPathBytesMax ? refuse(414) : Step::need_more;
  }
  if (kept_line_.size() > kPathBytesMax) return refuse(414);
  if (line.size() > limits_.request_line_bytes) return drop_line(true);
  scanned_ = bytes.size();
  if (ended) return parse_line(line);
  // What the buffer will hold when it grows, and the target that is copied out of it.
  // Lines that never end must leave room for the bodies of others.
  constexpr std::size_t kPartForLines = 4;
  if (bytes.size() > kBodyBuffer && !lease_.resize(3 * bytes.size(), kPartForLines)) {
    return drop_line(false);
  }
  return Step::need_more;
}

/// From here on the query is thrown away as it comes; method and path are kept, so that the
/// surface can say why.
RequestReader::Step RequestReader::drop_line(bool too_large) {
  request_.target_too_large = too_large;
  request_.overloaded = !too_large;
  const bool answered_by_handler =
      too_large ? limits_.handler_answers_too_large : limits_.handler_answers_overloaded;
  if (limits_.drain_bytes == 0 && !answered_by_handler) return refuse(too_large ? 414 : 503);
  stage_ = Stage::line_dropped;
  lease_.clear();
  return Step::need_more;
}

RequestReader::Step RequestReader::advance_dropped_line() {
  const auto bytes = view();
  const auto line_feed = bytes.find('\n');
  if (line_feed != bytes.npos && line_feed + 1 >= kVersionTail) {
    const auto tail = bytes.substr(line_feed + 1 - kVersionTail, kVersionTail);
    const auto line = kept_line_ + std::string(tail);
    dropped_ += line_feed + 1;
    consume(line_feed + 1);
    release_memory();
    return parse_line(line);
  }
  if (line_feed != bytes.npos) return refuse(400);
  if (bytes.size() > kVersionTail) {
    dropped_ += bytes.size() - kVersionTail;
    consume(bytes.size() - kVersionTail);
  }
  if (dropped_ > limits_.drain_bytes) return refuse(request_.target_too_large ? 414 : 503);
  return Step::need_more;
}

/// Short targets are not worth counting: connections_max bounds them.
std::size_t RequestReader::charged_target() const noexcept {
  return request_.target.size() > kSmallBuffer ? request_.target.size() : 0;
}

/// Gives back a buffer that grew for a long request line. That of bodies stays: to take it anew for
/// each request doubled the CPU time of a 1 MB body (page faults).
void RequestReader::release_memory() {
  if (buffer_.capacity() > 2 * kBodyBuffer) buffer_.shrink_to_fit();
}

RequestReader::Step RequestReader::parse_line(std::string_view line) {
  const auto method_end = line.find(' ');
  const auto target = line.substr(method_end + 1);
  const bool sound_form =
      target.starts_with('/') || target.starts_with("* ") || path_start(target) != 0;
  if (!sound_form) return refuse(400);                  // CONNECT's authority form, garbage
  if (line.find('#') != line.npos) return refuse(400);  // a fragment is never sent
  const bool is_in_buffer = stage_ == Stage::line;
  const auto size = line.size();
  error_code error;
  const std::size_t used = parser_->put(boost::asio::buffer(line.data(), size), error);
  if (error == beast_http::error::bad_version) {
    return refuse(names_a_version(line.substr(method_end + 1)) ? 505 : 400);
  }
  if (error && error != beast_http::error::need_more) return refuse(400);
  if (used != size) return refuse(400);  // Beast waits for more of a line that has ended
  stage_ = Stage::fields;
  if (is_in_buffer) {
    consume(size);
    release_memory();
  }
  if (!lease_.resize(charged_target())) {
    request_.overloaded = true;
    request_.target.resize(request_.path().size());
  }
  scanned_ = 0;
  line_start_ = 0;
  return Step::need_more;
}

RequestReader::Step RequestReader::advance_fields() {
  const auto bytes = view();
  for (;;) {
    const auto line_feed = bytes.find('\n', scanned_);
    if (line_feed == bytes.npos) {
      scanned_ = bytes.size();
      return bytes.size() > limits_.header_bytes ? refuse(431) : Step::need_more;
    }
    if (line_feed >= limits_.header_bytes) return refuse(431);
    scanned_ = line_feed + 1;
    const auto line = bytes.substr(line_start_, line_feed - line_start_);
    if (!line.ends_with('\r')) return refuse(400);  // a bare line feed ends no line
    line_start_ = line_feed + 1;
    if (line.size() == 1) break;
    // A line that begins with white space (obs-fold) has no sound name either.
    if (!is_sound_field(line.substr(0, line.size() - 1))) return refuse(400);
    if (++field_count_ > kFieldsMax) return refuse(431);
  }
  error_code error;
  parser_->put(boost::asio::buffer(bytes.data(), line_start_), error);
  if (error) return refuse(400);
  consume(line_start_);
  return begin_body();
}

RequestReader::Step RequestReader::begin_body() {
  const auto& headers = request_.headers;
  // Two readers must never disagree on where a message ends (RFC 9112 section 6.3, 11.2).
  const auto hosts = headers.count("Host");
  if (hosts > 1 || (hosts == 0 && version_ == 11)) return refuse(400);
  const auto lengths = headers.count("Content-Length");
  const auto encodings = headers.count("Transfer-Encoding");
  if (lengths > 1 || encodings > 1 || (lengths != 0 && encodings != 0)) return refuse(400);
  if (lengths == 1) {
    const auto length = *headers.find("Content-Length");
    const bool digits =
        !length.empty() && std::ranges::all_of(length, [](char c) { return c >= '0' && c <= '9'; });
    if (!digits) return refuse(400);
  }
  if (encodings == 1) {
    if (version_ == 10) return refuse(400);
    if (!equals_without_case(*headers.find("Transfer-Encoding"), "chunked")) return refuse(501);
  }
  if (const auto expect = headers.find("Expect")) {
    if (!equals_without_case(*expect, "100-continue")) return refuse(417);
    expects_continue_ = version_ == 11;
  }
  keep_alive_ = parser_->keep_alive();

  const auto line_limits = limits_;
  limits_ = limits_for_(request_.method, request_.path(), &headers);
  limits_.handler_answers_too_large |=
      line_limits.handler_answers_too_large && request_.target_too_large;
  limits_.handler_answers_overloaded |=
      line_limits.handler_answers_overloaded && request_.overloaded;

  stage_ = Stage::body;
  if (parser_->is_done()) return finish();
  const auto length = parser_->content_length();
  if (length && *length > limits_.body_bytes && !dropping_body()) request_.body_too_large = true;
  if (!expects_continue_) return advance_body();
  if (dropping_body()) {
    // The client waits for a word before it sends: this is the word. What it does then is not
    // certain, so the connection ends.
    keep_alive_ = false;
    return finish();
  }
  const auto step = view().empty() ? Step::need_more : advance_body();
  return step == Step::need_more && !body_seen_ ? Step::send_continue : step;
}

RequestReader::Step RequestReader::advance_body() {
  while (!parser_->is_done()) {
    const auto bytes = view();
    if (bytes.empty()) break;
    // More must come: and Beast 1.81 asserts that it has come before it is asked a second time.
    if (parser_->chunked() && bytes.front() == '0' && bytes.size() < kLastChunk) break;
    error_code error;
    const auto used = parser_->put(boost::asio::buffer(bytes.data(), bytes.size()), error);
    consume(used);
    if (error == beast_http::error::need_more) {
      if (view().size() > kChunkOverhead) return refuse(400);
      break;
    }
    if (error) return refuse(400);
    if (used == 0 && !parser_->is_done()) break;
  }
  if (parser_->is_done()) return finish();
  if (dropping_body()) {
    // Read to its end if that is near, so that the client hears the answer; else give up on it.
    const auto remaining = parser_->content_length_remaining();
    const bool too_far =
        remaining ? *remaining + dropped_ > limits_.drain_bytes : dropped_ > limits_.drain_bytes;
    if (too_far) {
      keep_alive_ = false;
      return finish();
    }
  }
  return Step::need_more;
}

/// The message is here, or as much of it as we will read.
RequestReader::Step RequestReader::finish() {
  bytes_in_ -= std::min(bytes_in_, buffer_.size());  // those of the next one
  const bool keep = keep_alive_;
  const auto refuse_politely = [&](int status) {
    const auto step = refuse(status);
    keep_alive_ = keep;
    return step;
  };
  if (request_.overloaded && !limits_.handler_answers_overloaded) return refuse_politely(503);
  if (!limits_.handler_answers_too_large) {
    if (request_.target_too_large) return refuse_politely(414);
    if (request_.body_too_large) return refuse_politely(413);
  }
  stage_ = Stage::done;
  return Step::complete;
}

/// Makes room for `bytes` of body. False: over the budget.
bool RequestReader::reserve_body(std::size_t bytes) {
  if (bytes <= charged_body_) return true;
  const auto length = parser_->content_length();
  const auto most = static_cast<std::size_t>(
      length ? std::min<std::uint64_t>(*length, limits_.body_bytes) : limits_.body_bytes
  );
  // Charged as it comes, in few steps: a client could claim the budget with little more than
  // headers.
  const auto charge = std::max(bytes, std::min(std::max(2 * charged_body_, kBodyBuffer), most));
  if (!lease_.resize(charged_target() + charge)) return false;
  charged_body_ = charge;
  // Allocated at once where the length is known: pages are not memory before they are written.
  if (charge > request_.body.capacity()) request_.body.reserve(length ? most : charge);
  return true;
}

void RequestReader::drop_body() noexcept {
  dropped_ += request_.body.size();
  std::string().swap(request_.body);
  charged_body_ = 0;
  lease_.clear();  // a long target is still held, for the moment until the refusal
}

Request RequestReader::take() {
  if (dropping_body()) drop_body();
  return std::move(request_);
}

void RequestReader::next() {
  release_memory();
  lease_.clear();
  parser_ = std::make_unique<Parser>(*this);
  stage_ = Stage::line;
  scanned_ = 0;
  line_start_ = 0;
  empty_lines_ = 0;
  field_count_ = 0;
  path_known_ = false;
  kept_line_.clear();
  limits_ = {};
  request_ = {};
  version_ = 11;
  keep_alive_ = false;
  body_seen_ = false;
  expects_continue_ = false;
  bytes_in_ = buffer_.size();
  dropped_ = 0;
  charged_body_ = 0;
  refusal_status_ = 0;
}

}  // namespace selfsame::http
