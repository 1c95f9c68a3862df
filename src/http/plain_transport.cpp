// SPDX-License-Identifier: Apache-2.0
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <utility>

#include "http/transport.h"

namespace selfsame::http {
namespace {

namespace asio = boost::asio;
constexpr auto kAwait = asio::as_tuple(asio::use_awaitable);

class PlainTransport final : public Transport {
 public:
  explicit PlainTransport(tcp::socket socket) : socket_(std::move(socket)) {}

  asio::awaitable<boost::system::error_code> handshake() override {
    co_return boost::system::error_code();
  }
  asio::awaitable<IoResult> read_some(std::span<char> to) override {
    return socket_.async_read_some(asio::buffer(to.data(), to.size()), kAwait);
  }
  asio::awaitable<IoResult> write(std::array<asio::const_buffer, 2> from) override {
    return asio::async_write(socket_, from, kAwait);
  }
  asio::awaitable<void> say_goodbye() override { co_return; }
  tcp::socket& socket() override { return socket_; }

 private:
  tcp::socket socket_;
};

}  // namespace

std::unique_ptr<Transport> make_plain_transport(tcp::socket socket) {
  return std::make_unique<PlainTransport>(std::move(socket));
}

}  // namespace selfsame::http
