// SPDX-License-Identifier: Apache-2.0
// For tests: a message centre on a free port of this machine that does what a test says.
#pragma once

#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "adapters/smpp/pdu.h"

namespace selfsame::adapters::smpp::testing {

namespace asio = boost::asio;

/// One client of the centre.
class Client {
 public:
  explicit Client(asio::ip::tcp::socket socket) : socket_(std::move(socket)) {}
  void send(const Pdu& pdu) {
    const Bytes bytes = encode(pdu);
    boost::system::error_code ignored;
    asio::write(socket_, asio::buffer(bytes), ignored);
  }
  void answer(const Pdu& to, std::uint32_t status = status::kOk, std::string_view id = "") {
    send(
        {.command = static_cast<Command>(static_cast<std::uint32_t>(to.command) | 0x80000000U),
         .status = status,
         .sequence = to.sequence,
         .body = encode_id(id)}
    );
  }
  void cut() {
    boost::system::error_code ignored;
    socket_.close(ignored);
  }
  asio::ip::tcp::socket& socket() { return socket_; }

 private:
  asio::ip::tcp::socket socket_;
};

/// Runs on the test's context. Answers binds (if the password is "secret"), enquiries and unbinds
/// by itself; what else comes is `on_pdu`'s.
class Centre {
 public:
  explicit Centre(asio::io_context& io)
      : io_(io), acceptor_(io, {asio::ip::address_v4::loopback(), 0}) {
    asio::co_spawn(io_, accept_all(), asio::detached);
  }

  std::function<void(Client&, const Pdu&)> on_pdu = [](Client&, const Pdu&) {};
  bool answers_enquiries = true;
  int binds = 0;
  int unbinds = 0;
  int enquiries = 0;
  std::vector<Pdu> heard;  // all but binds and enquiries
  std::shared_ptr<Client> latest;

  /// Of connections from now on.
  void take_in_no_more_than(int bytes) {
    acceptor_.set_option(asio::socket_base::receive_buffer_size(bytes));
  }
  [[nodiscard]] std::uint16_t port() const { return acceptor_.local_endpoint().port(); }
  void close() {
    boost::system::error_code ignored;
    acceptor_.close(ignored);
    if (latest) latest->cut();
  }

 private:
  asio::awaitable<void> accept_all() {
    for (;;) {
      auto [error, socket] = co_await acceptor_.async_accept(asio::as_tuple(asio::use_awaitable));
      if (error) co_return;
      latest = std::make_shared<Client>(std::move(socket));
      asio::co_spawn(io_, serve(latest), asio::detached);
    }
  }

  asio::awaitable<void> serve(std::shared_ptr<Client> client) {
    std::array<std::uint8_t, 4096> buffer{};
    Splitter splitter;
    for (;;) {
      const auto [error, count] = co_await client->socket().async_read_some(
          asio::buffer(buffer), asio::as_tuple(asio::use_awaitable)
      );
      if (error) co_return;
      splitter.add(ByteView(buffer).first(count));
      for (auto next = splitter.next(); next && *next; next = splitter.next()) {
        take(*client, **next);
        if (!client->socket().is_open()) co_return;
      }
    }
  }

  void take(Client& client, const Pdu& pdu) {
    if (pdu.command == Command::bind_transceiver) {
      ++binds;
      const auto bind = parse_bind(pdu.body);
      const bool is_right = bind && bind->password == "secret";
      client.answer(pdu, is_right ? status::kOk : status::kBindFailed, "centre");
    } else if (pdu.command == Command::enquire_link) {
      ++enquiries;
      if (answers_enquiries) client.answer(pdu);
    } else {
      heard.push_back(pdu);
      if (pdu.command == Command::unbind) {
        ++unbinds;
        client.answer(pdu);
      } else {
        on_pdu(client, pdu);
      }
    }
  }

  asio::io_context& io_;
  asio::ip::tcp::acceptor acceptor_;
};

}  // namespace selfsame::adapters::smpp::testing
