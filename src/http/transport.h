// SPDX-License-Identifier: Apache-2.0
// A byte stream, plain or TLS, behind one interface: the connection logic is compiled once.
// Private to the room.
#pragma once

#include <array>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <memory>
#include <span>
#include <tuple>

namespace selfsame::http {

using boost::asio::ip::tcp;
/// What an operation came to, and how many bytes it moved.
using IoResult = std::tuple<boost::system::error_code, std::size_t>;

/// Use it on its socket's strand only.
class Transport {
 public:
  virtual ~Transport() = default;
  virtual boost::asio::awaitable<boost::system::error_code> handshake() = 0;
  virtual boost::asio::awaitable<IoResult> read_some(std::span<char> to) = 0;
  /// All of both, which must stay until it returns.
  virtual boost::asio::awaitable<IoResult> write(std::array<boost::asio::const_buffer, 2> from) = 0;
  /// Says to the peer that nothing more will come, as far as the protocol has words for it.
  virtual boost::asio::awaitable<void> say_goodbye() = 0;
  /// For cancelling, closing and options.
  virtual tcp::socket& socket() = 0;
};

[[nodiscard]] std::unique_ptr<Transport> make_plain_transport(tcp::socket socket);
/// `context` is kept as long as the transport.
[[nodiscard]] std::unique_ptr<Transport> make_tls_transport(
    tcp::socket socket, std::shared_ptr<boost::asio::ssl::context> context
);
/// TLS 1.2 and 1.3, forward secrecy and AEAD only. Throws std::runtime_error where a file does not
/// load or the key is not the certificate's.
[[nodiscard]] std::shared_ptr<boost::asio::ssl::context> make_tls_context(
    const std::string& certificate_chain, const std::string& private_key
);

}  // namespace selfsame::http
