// SPDX-License-Identifier: Apache-2.0
// The HTTP/1.1 server: sockets, TLS, limits, time-outs, graceful stop. Beast is hidden behind it.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "http/forwarded.h"
#include "http/limits.h"
#include "http/message.h"

namespace selfsame::http {

struct TlsFiles {
  std::string certificate_chain;  // path, PEM, leaf first
  std::string private_key;        // path, PEM
};

struct ServerOptions {
  std::string address = "127.0.0.1";  // numeric, IPv4 or IPv6
  std::uint16_t port = 0;             // 0: any free one
  std::optional<TlsFiles> tls;        // TLS 1.2 and 1.3 only

  std::chrono::milliseconds handshake_timeout{10'000};
  std::chrono::milliseconds idle_timeout{75'000};  // between requests, and before the first
  /// The request line and header, and the body, may take so long ...
  std::chrono::milliseconds header_timeout{10'000};
  std::chrono::milliseconds body_timeout{180'000};  // the whole request, however steadily it comes
  /// ... and after `progress_grace` of silence in all must have come at this pace (slow loris).
  std::chrono::milliseconds progress_grace{10'000};
  std::size_t bytes_per_second_min = 16 * 1024;
  std::chrono::milliseconds write_timeout{30'000};  // and what the pace adds
  /// Request::deadline is the arrival of the whole request plus this.
  std::chrono::milliseconds request_deadline{30'000};
  /// At stop, how long a connection without a request may still begin one.
  std::chrono::milliseconds stop_linger{300};

  /// Beyond it a plain connection is answered 503 and closed, a TLS connection is closed. Each
  /// holds up to 64 KB of buffer, and its header, beside what buffered_bytes_max counts.
  std::size_t connections_max = 2048;
  /// The same for the connections of one client: an IPv4 address, or the /64 network of an IPv6
  /// one. 0: no such bound (behind a proxy all clients share its address).
  std::size_t connections_per_client_max = 0;
  /// Bytes of request lines and bodies in memory, all connections together, until their answers
  /// are written. A request that does not fit is drained and refused (Limits, Request::overloaded).
  std::size_t buffered_bytes_max = 512u * 1024 * 1024;
  ProxyTrust proxies;  // for Request::client_address; called from any I/O thread
};

/// What became of one request. For metrics and the access log: nothing in it was sent by a client
/// but the method, and that only where it is a known one.
struct Exchange {
  std::string method;      // "GET", "POST", ...; "OTHER" when it is none of the standard ones
  std::string request_id;  // as in Request
  int status = 0;          // 0: no answer was sent
  double seconds = 0;      // from the first byte of the request to the last of the answer
  std::size_t bytes_in = 0;
  std::size_t bytes_out = 0;
};

/// Runs on the connection's strand; its awaits may be cancelled (operation_aborted) when a stop
/// has run out of grace. An exception becomes a 500 with the request's id and a line in the log.
using Handler = std::function<boost::asio::awaitable<Response>(Request)>;
/// Called on the connection's strand after each request, from several threads at a time. Quick.
using Observer = std::function<void(const Exchange&)>;

class Server {
 public:
  /// Binds and listens, and loads the certificate: throws std::runtime_error with what failed.
  /// `io` must outlive the server, and runs it: with as many threads as call io.run().
  Server(
      boost::asio::io_context& io,
      ServerOptions options,
      Handler handler,
      LimitsFor limits_for,
      Observer observer = {}
  );
  /// Drops what is left at once. Await stop() before, and before anything that the handler uses
  /// goes.
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  /// Begins to accept.
  void start();
  [[nodiscard]] std::uint16_t port() const noexcept;

  /// Stops accepting, finishes every request of which a byte has arrived, closes idle connections.
  /// After `grace` cuts the rest. Returns when all connections are gone: 0, or the number of those
  /// whose handler did not return within two more seconds (they still use what it uses).
  /// Await it once, on any executor of `io`.
  boost::asio::awaitable<std::size_t> stop(std::chrono::milliseconds grace);

  /// Reads the certificate and key again; connections from now on use them. Throws
  /// std::runtime_error and keeps the old ones when they do not load. Thread-safe.
  void reload_certificate();

  /// For gauges; thread-safe.
  [[nodiscard]] std::size_t connections() const noexcept;
  [[nodiscard]] std::size_t buffered_bytes() const noexcept;

 private:
  std::shared_ptr<class ServerCore> core_;
};

}  // namespace selfsame::http
