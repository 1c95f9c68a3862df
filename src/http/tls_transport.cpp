// SPDX-License-Identifier: Apache-2.0
#include <openssl/ssl.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <stdexcept>
#include <utility>

#include "http/transport.h"

namespace selfsame::http {
namespace {

namespace asio = boost::asio;
constexpr auto kAwait = asio::as_tuple(asio::use_awaitable);

class TlsTransport final : public Transport {
 public:
  TlsTransport(tcp::socket socket, std::shared_ptr<asio::ssl::context> context)
      : context_(std::move(context)), stream_(std::move(socket), *context_) {}

  asio::awaitable<boost::system::error_code> handshake() override {
    auto [error] = co_await stream_.async_handshake(asio::ssl::stream_base::server, kAwait);
    co_return error;
  }
  asio::awaitable<IoResult> read_some(std::span<char> to) override {
    return stream_.async_read_some(asio::buffer(to.data(), to.size()), kAwait);
  }
  asio::awaitable<IoResult> write(std::array<asio::const_buffer, 2> from) override {
    return asio::async_write(stream_, from, kAwait);
  }
  asio::awaitable<void> say_goodbye() override {
    // Sends close_notify and waits for the peer's; the connection's deadline ends the wait.
    co_await stream_.async_shutdown(kAwait);
  }
  tcp::socket& socket() override { return stream_.next_layer(); }

 private:
  std::shared_ptr<asio::ssl::context> context_;
  asio::ssl::stream<tcp::socket> stream_;
};

}  // namespace

std::unique_ptr<Transport> make_tls_transport(
    tcp::socket socket, std::shared_ptr<asio::ssl::context> context
) {
  return std::make_unique<TlsTransport>(std::move(socket), std::move(context));
}

std::shared_ptr<asio::ssl::context> make_tls_context(
    const std::string& certificate_chain, const std::string& private_key
) {
  auto context = std::make_shared<asio::ssl::context>(asio::ssl::context::tls_server);
  auto* const raw = context->native_handle();
  const auto fail = [](const std::string& what, const boost::system::error_code& error) {
    throw std::runtime_error("TLS: " + what + ": " + error.message());
  };
  SSL_CTX_set_min_proto_version(raw, TLS1_2_VERSION);
  SSL_CTX_set_options(raw, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
  SSL_CTX_set_mode(raw, SSL_MODE_RELEASE_BUFFERS);  // idle connections hold no record buffers
  // Of TLS 1.2; the suites of 1.3 are all sound.
  if (SSL_CTX_set_cipher_list(raw, "ECDHE+AESGCM:ECDHE+CHACHA20") != 1) {
    throw std::runtime_error("TLS: OpenSSL has none of our cipher suites");
  }
  boost::system::error_code error;
  context->use_certificate_chain_file(certificate_chain, error);
  if (error) fail("certificate " + certificate_chain, error);
  context->use_private_key_file(private_key, asio::ssl::context::pem, error);
  if (error) fail("private key " + private_key, error);
  if (SSL_CTX_check_private_key(raw) != 1) {
    throw std::runtime_error("TLS: the key " + private_key + " is not the certificate's");
  }
  return context;
}

}  // namespace selfsame::http
