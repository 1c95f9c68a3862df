// SPDX-License-Identifier: Apache-2.0
#include "http/connection.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <spdlog/spdlog.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <exception>
#include <string_view>
#include <utility>

#include "base/clock.h"
#include "base/crypto.h"
#include "http/response_head.h"

namespace selfsame::http {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;
using std::chrono::milliseconds;

constexpr milliseconds kFarewell{2'000};  // for the peer to read the last answer
constexpr std::size_t kFarewellBytes = 4 * 1024 * 1024;

constexpr std::array<std::string_view, 9> kMethods = {
    "GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "CONNECT", "TRACE"
};

/// Of an IPv4 client that came to an IPv6 socket, the IPv4 address.
std::string address_of(const asio::ip::tcp::socket& socket) {
  error_code error;
  auto address = socket.remote_endpoint(error).address();
  if (error) return "";
  if (address.is_v6()) {  // without the name of our own interface
    auto unscoped = address.to_v6();
    unscoped.scope_id(0);
    address = unscoped;
  }
  return address_in(address.to_string()).value_or("");
}

std::string label_of(std::string_view method) {
  const bool known = std::ranges::find(kMethods, method) != kMethods.end();
  return known ? std::string(method) : "OTHER";
}

std::string_view words_for(int status) {
  switch (status) {
    case 400:
      return "Bad Request";
    case 408:
      return "Request Timeout";
    case 413:
      return "Request Entity Too Large";
    case 414:
      return "Request-URI Too Long";
    case 417:
      return "Expectation Failed";
    case 431:
      return "Request Header Fields Too Large";
    case 500:
      return "Internal Server Error";
    case 501:
      return "Not Implemented";
    case 503:
      return "Service Unavailable";
    case 505:
      return "HTTP Version Not Supported";
    default:
      return "Error";
  }
}

std::chrono::sys_seconds unix_seconds() {
  return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
}

Response plain(int status) {
  Response response;
  response.status = status;
  response.content_type = "text/plain";
  response.body = std::string(words_for(status)) + "\n";
  if (status == 503) response.headers.add("Retry-After", "1");
  return response;
}

/// Asks the kernel, and reads nothing.
bool has_closed(int socket) noexcept {
  tcp_info info = {};
  socklen_t size = sizeof info;
  return ::getsockopt(socket, IPPROTO_TCP, TCP_INFO, &info, &size) == 0 &&
         info.tcpi_state != TCP_ESTABLISHED;
}

}  // namespace

Connection::Connection(
    std::unique_ptr<Transport> transport, std::shared_ptr<Surroundings> surroundings
)
    : surroundings_(std::move(surroundings)),
      transport_(std::move(transport)),
      reader_(surroundings_->limits_for, surroundings_->budget),
      deadline_(Clock::time_point::max().time_since_epoch().count()) {}

void Connection::wait_until(Clock::time_point when) noexcept {
  deadline_.store(when.time_since_epoch().count(), std::memory_order_relaxed);
}

void Connection::wait_at_most(milliseconds time) noexcept {
  wait_until(Clock::now() + time);
}

/// This part of a request, begun at `began`, must come at the least pace, and all of it in time.
void Connection::allow_for(Clock::time_point began, bool is_body) noexcept {
  const auto& options = surroundings_->options;
  const auto bytes = reader_.bytes_in() - (is_body ? body_began_ : 0);
  const auto pace =
      (is_body ? options.progress_grace : options.header_timeout) +
      milliseconds(1000 * bytes / std::max<std::size_t>(1, options.bytes_per_second_min));
  wait_until(began + std::min(pace, options.body_timeout));
}

void Connection::expire() {
  if (!is_overdue(Clock::now())) return;
  // The last bytes of a request may have come in the same instant.
  if (doing_ == Doing::idle && has_unread_bytes()) return;
  expired_ = true;
  error_code ignored;
  if (doing_ == Doing::reading || doing_ == Doing::idle) {
    transport_->socket().cancel(ignored);
    wait_at_most(milliseconds(1'000));
  } else {
    transport_->socket().close(ignored);
  }
}

void Connection::hurry() {
  if (doing_ == Doing::idle || doing_ == Doing::closing) {
    wait_at_most(surroundings_->options.stop_linger);
  }
}

void Connection::cut() {
  cut_ = true;
  error_code ignored;
  transport_->socket().close(ignored);
  cancellation_.emit(asio::cancellation_type::terminal);
}

bool Connection::has_unread_bytes() {
  error_code error;
  return transport_->socket().available(error) > 0 && !error;
}

asio::awaitable<void> Connection::run() {
  doing_ = Doing::handshaking;
  wait_at_most(surroundings_->options.handshake_timeout);
  if (co_await transport_->handshake()) co_return;
  while (co_await serve_one()) {
    reader_.next();
  }
  if (!cut_) co_await close_politely();
}

asio::awaitable<void> Connection::turn_away() {
  begin_exchange();
  Answer answer;
  answer.response = plain(503);
  answer.head = response_head(answer.response, Framing(), unix_seconds());
  co_await write(std::move(answer));
  co_await close_politely();
}

void Connection::begin_exchange() {
  began_ = Clock::now();
  method_ = "OTHER";
  request_id_ = random_uuid();
}

/// One request and its answer; false when the connection ends with it.
asio::awaitable<bool> Connection::serve_one() {
  Answer answer;
  std::string failure;
  bool failed = false;
  try {  // the one catch of a request
    answer = co_await answer_one();
  } catch (const std::exception& error) {
    failed = true;
    failure = error.what();
  } catch (...) {
    failed = true;
    failure = "an exception of unknown type";
  }
  if (failed) {
    if (cut_) {
      spdlog::warn("http: request {} was cut by the stop", request_id_);
      report(0);
      co_return false;
    }
    spdlog::error("http: request {} failed: {}", request_id_, failure);
    answer = Answer();
    answer.response = plain(500);
    answer.response.headers.add("X-Request-Id", request_id_);
    answer.head = response_head(answer.response, Framing(), unix_seconds());
  }
  if (answer.head.empty()) {  // the client went before its request was complete
    if (reader_.bytes_in() > 0) report(0);
    co_return false;
  }
  co_return co_await write(std::move(answer));
}

/// Reads a request and finds its answer. An empty head: there is nobody to answer.
asio::awaitable<Connection::Answer> Connection::answer_one() {
  Answer answer;
  const auto read = co_await read_request();
  if (read == Read::closed) co_return answer;
  method_ = label_of(reader_.method());
  answer.without_body = reader_.is_head_request();
  if (read == Read::complete) {
    auto request = reader_.take();
    request.client_address = client_of(
        address_of(transport_->socket()), request.headers, surroundings_->options.proxies
    );
    request.request_id = request_id_;
    request.received_at = SystemClock().now();
    request.deadline = Clock::now() + surroundings_->options.request_deadline;
    const auto socket = transport_->socket().native_handle();
    request.is_abandoned = [socket] { return has_closed(socket); };
    doing_ = Doing::handling;
    wait_until(Clock::time_point::max());
    answer.response = co_await surroundings_->handler(std::move(request));
  } else {
    answer.response = plain(read == Read::timed_out ? 408 : reader_.refusal_status());
  }
  // When the server stops, an answer is the connection's last, unless a next request has begun.
  answer.keep_alive = read != Read::timed_out && reader_.keep_alive() &&
                      (!surroundings_->stopping || reader_.has_more() || has_unread_bytes());
  Framing framing;
  framing.keep_alive = answer.keep_alive;
  framing.http_1_0 = reader_.is_http_1_0();
  answer.head = response_head(answer.response, framing, unix_seconds());
  co_return answer;
}

asio::awaitable<Connection::Read> Connection::read_request() {
  static constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
  begin_exchange();
  bytes_out_ = 0;
  expired_ = false;
  auto stage_began = began_;
  bool in_body = false;
  for (;;) {
    if (!reader_.is_idle()) {
      const auto step = reader_.advance();
      if (step == RequestReader::Step::complete) co_return Read::complete;
      if (step == RequestReader::Step::refused) co_return Read::refused;
      if (step == RequestReader::Step::send_continue) {
        const std::array<asio::const_buffer, 2> bytes = {
            asio::buffer(kContinue), asio::const_buffer()
        };
        auto [error, written] = co_await transport_->write(bytes);
        bytes_out_ += written;
        if (error) co_return Read::closed;
      }
    }
    if (reader_.is_idle()) {
      doing_ = Doing::idle;
      const auto& options = surroundings_->options;
      wait_at_most(surroundings_->stopping ? options.stop_linger : options.idle_timeout);
    } else {
      if (reader_.is_in_body() && !in_body) {
        in_body = true;
        body_began_ = reader_.bytes_in();
        stage_began = Clock::now();
      }
      doing_ = Doing::reading;
      allow_for(stage_began, in_body);
    }
    const bool first = doing_ == Doing::idle;
    auto [error, got] = co_await transport_->read_some(reader_.prepare());
    if (first) began_ = stage_began = Clock::now();
    reader_.commit(got);
    if (!error) {
      expired_ = false;  // it came in the same instant as the time-out
      continue;
    }
    co_return expired_ && !first ? Read::timed_out : Read::closed;
  }
}

/// True when the connection may go on.
asio::awaitable<bool> Connection::write(Answer answer) {
  const auto& options = surroundings_->options;
  doing_ = Doing::writing;
  const auto body =
      answer.without_body ? std::string_view() : std::string_view(answer.response.body);
  const auto size = answer.head.size() + body.size();
  wait_at_most(
      options.write_timeout +
      milliseconds(1000 * size / std::max<std::size_t>(1, options.bytes_per_second_min))
  );
  const std::array<asio::const_buffer, 2> bytes = {
      asio::buffer(answer.head), asio::buffer(body.data(), body.size())
  };
  auto [error, written] = co_await transport_->write(bytes);
  bytes_out_ += written;
  report(error ? 0 : answer.response.status);
  co_return !error && answer.keep_alive;
}

/// Ends the sending side and reads on for a while: to close with unread bytes would reset the
/// connection, and the client would lose the answer.
asio::awaitable<void> Connection::close_politely() {
  doing_ = Doing::closing;
  wait_at_most(surroundings_->stopping ? surroundings_->options.stop_linger : kFarewell);
  co_await transport_->say_goodbye();
  auto& socket = transport_->socket();
  error_code error;
  socket.shutdown(tcp::socket::shutdown_send, error);
  std::array<char, 16 * 1024>
      sink;  // NOLINT(cppcoreguidelines-pro-type-member-init): written by reads
  for (std::size_t total = 0; !error && total < kFarewellBytes;) {
    auto [failed, got] =
        co_await socket.async_read_some(asio::buffer(sink), asio::as_tuple(asio::use_awaitable));
    error = failed;
    total += got;
  }
  socket.close(error);
}

void Connection::report(int status) {
  if (!surroundings_->observer) return;
  Exchange exchange;
  exchange.method = method_;
  exchange.request_id = request_id_;
  exchange.status = status;
  exchange.seconds = std::chrono::duration<double>(Clock::now() - began_).count();
  exchange.bytes_in = reader_.bytes_in();
  exchange.bytes_out = bytes_out_;
  try {
    surroundings_->observer(exchange);
  } catch (const std::exception& error) {
    spdlog::error("http: the observer failed: {}", error.what());
  }
}

}  // namespace selfsame::http
