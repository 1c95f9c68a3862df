// SPDX-License-Identifier: Apache-2.0
// Bytes to requests: framing, limits and smuggling defences of RFC 9112, without a socket, so that
// it can be fuzzed. Private to the room: it shows Beast.
#pragma once

#include <boost/beast/core/flat_buffer.hpp>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "http/budget.h"
#include "http/limits.h"
#include "http/message.h"

namespace selfsame::http {

/// One per connection, one thread at a time. Loop: read into prepare(), commit(), advance();
/// on `complete` take() and answer, on `refused` answer refusal_status(); then next().
class RequestReader {
 public:
  enum class Step : std::uint8_t {
    need_more,      // nothing to do until more bytes have come
    send_continue,  // the client waits for "100 Continue"; then as need_more
    complete,       // take() the request (perhaps one with a refusal flag)
    refused,        // answer refusal_status() with keep_alive()
  };

  /// All must outlive the reader.
  RequestReader(const LimitsFor& limits_for, Budget& budget);
  ~RequestReader();
  RequestReader(const RequestReader&) = delete;
  RequestReader& operator=(const RequestReader&) = delete;

  /// Room for the next bytes, never empty. Invalidated by every other call.
  [[nodiscard]] std::span<char> prepare();
  void commit(std::size_t bytes);
  /// Looks at what has come. Call it after commit(), and after next(): a pipelined request may be
  /// there already. Not after `complete` or `refused`.
  [[nodiscard]] Step advance();

  /// The request without id and times. Its memory stays charged to the budget until next().
  [[nodiscard]] Request take();
  /// Ready for the next request of the connection; its first bytes may be here already.
  void next();

  [[nodiscard]] int refusal_status() const noexcept { return refusal_status_; }
  /// False also where the rest of the message was not read: then close after the answer.
  [[nodiscard]] bool keep_alive() const noexcept { return keep_alive_; }
  [[nodiscard]] bool is_head_request() const noexcept { return request_.method == "HEAD"; }
  [[nodiscard]] bool is_http_1_0() const noexcept { return version_ == 10; }
  /// The method while the request is here: empty before its line is complete.
  [[nodiscard]] const std::string& method() const noexcept { return request_.method; }
  [[nodiscard]] bool is_in_body() const noexcept { return stage_ == Stage::body; }
  /// After `complete` or `refused`: bytes of a next request are here already.
  [[nodiscard]] bool has_more() const noexcept { return buffer_.size() > 0; }
  /// No byte of a next request has come.
  [[nodiscard]] bool is_idle() const noexcept;
  /// Bytes of this message so far.
  [[nodiscard]] std::size_t bytes_in() const noexcept { return bytes_in_; }

 private:
  class Parser;
  enum class Stage : std::uint8_t { line, line_dropped, fields, body, done };

  [[nodiscard]] std::string_view view() const noexcept;
  void consume(std::size_t bytes);
  void release_memory();
  [[nodiscard]] std::size_t charged_target() const noexcept;
  Step refuse(int status);
  Step advance_line();
  bool learn_path(std::string_view line);
  Step drop_line(bool too_large);
  Step advance_dropped_line();
  Step parse_line(std::string_view line);
  Step advance_fields();
  Step begin_body();
  Step advance_body();
  Step finish();
  bool reserve_body(std::size_t bytes);
  void drop_body() noexcept;
  [[nodiscard]] bool dropping_body() const noexcept;

  const LimitsFor& limits_for_;
  Lease lease_;
  boost::beast::flat_buffer buffer_;
  std::unique_ptr<Parser> parser_;

  Stage stage_ = Stage::line;
  std::size_t scanned_ = 0;     // bytes of buffer_ that hold no line end
  std::size_t line_start_ = 0;  // of the header line that is being scanned
  std::size_t empty_lines_ = 0;
  std::size_t field_count_ = 0;
  bool path_known_ = false;
  std::string kept_line_;  // of a dropped request line: method and path
  Limits limits_;
  Request request_;
  int version_ = 11;
  bool keep_alive_ = false;
  bool body_seen_ = false;
  bool expects_continue_ = false;
  std::size_t bytes_in_ = 0;
  std::size_t dropped_ = 0;
  std::size_t charged_body_ = 0;
  int refusal_status_ = 0;
};

}  // namespace selfsame::http
