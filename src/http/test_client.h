// SPDX-License-Identifier: Apache-2.0
// For tests: a blocking client on a raw socket, plain or TLS, that can send any bytes.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

#include "http/message.h"

namespace selfsame::http {

/// One connection to 127.0.0.1; every wait ends after ten seconds. Certificates are not checked.
class TestClient {
 public:
  struct Reply {
    int status = 0;  // 0: the connection ended before a whole answer had come
    Headers headers;
    std::string head;  // as received
    std::string body;
  };

  /// @param from  the client's own address; empty: any
  explicit TestClient(std::uint16_t port, bool tls = false, const std::string& from = "") {
    socket_ = ::socket(AF_INET, SOCK_STREAM, 0);
    const timeval patience = {10, 0};
    ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    ::setsockopt(socket_, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    sockaddr_in to = {};
    to.sin_family = AF_INET;
    if (!from.empty()) {
      ::inet_pton(AF_INET, from.c_str(), &to.sin_addr);
      static_cast<void>(::bind(socket_, reinterpret_cast<const sockaddr*>(&to), sizeof to));
    }
    to.sin_port = htons(port);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    connected_ = ::connect(socket_, reinterpret_cast<const sockaddr*>(&to), sizeof to) == 0;
    if (connected_ && tls) start_tls();
  }
  ~TestClient() {
    ssl_.reset();
    ::close(socket_);
  }
  TestClient(const TestClient&) = delete;
  TestClient& operator=(const TestClient&) = delete;

  [[nodiscard]] bool connected() const noexcept { return connected_; }
  [[nodiscard]] SSL* tls() const noexcept { return ssl_.get(); }

  /// False when the peer has closed.
  bool send(std::string_view bytes) {
    while (!bytes.empty()) {
      const auto sent = ssl_ ? ::SSL_write(ssl_.get(), bytes.data(), static_cast<int>(bytes.size()))
                             : ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }
  void end_sending() { ::shutdown(socket_, SHUT_WR); }

  /// The next answer; `head` for one to HEAD, which has no body. Skips no "100 Continue".
  Reply receive(bool head = false) {
    Reply reply;
    while (buffer_.find("\r\n\r\n") == std::string::npos) {
      if (!fill()) return reply;
    }
    const auto end = buffer_.find("\r\n\r\n") + 4;
    reply.head = buffer_.substr(0, end);
    buffer_.erase(0, end);
    auto at = reply.head.find("\r\n") + 2;
    while (at < end - 2) {
      const auto line = std::string_view(reply.head).substr(at, reply.head.find("\r\n", at) - at);
      const auto colon = line.find(": ");
      reply.headers.add(std::string(line.substr(0, colon)), std::string(line.substr(colon + 2)));
      at += line.size() + 2;
    }
    const auto length = reply.headers.find("Content-Length");
    const auto size = length && !head ? std::stoul(std::string(*length)) : 0;
    while (buffer_.size() < size) {
      if (!fill()) return reply;
    }
    reply.body = buffer_.substr(0, size);
    buffer_.erase(0, size);
    reply.status = std::stoi(reply.head.substr(9, 3));
    return reply;
  }

  Reply ask(std::string_view bytes) {
    send(bytes);
    return receive();
  }

  /// True when the peer closed in order, having sent nothing more.
  bool is_closed_by_peer() { return buffer_.empty() && !fill() && closed_in_order_; }
  /// Nothing came back at all: not one byte of an answer.
  [[nodiscard]] bool heard_nothing() const noexcept { return received_ == 0; }

 private:
  void start_tls() {
    std::unique_ptr<SSL_CTX, decltype(&::SSL_CTX_free)> context(
        ::SSL_CTX_new(::TLS_client_method()), &::SSL_CTX_free
    );
    ssl_.reset(::SSL_new(context.get()));
    ::SSL_set_fd(ssl_.get(), socket_);
    connected_ = ::SSL_connect(ssl_.get()) == 1;
  }

  bool fill() {
    std::array<char, 65536> bytes;
    const auto got = ssl_ ? ::SSL_read(ssl_.get(), bytes.data(), static_cast<int>(bytes.size()))
                          : ::recv(socket_, bytes.data(), bytes.size(), 0);
    if (got <= 0) {
      closed_in_order_ =
          ssl_ ? ::SSL_get_error(ssl_.get(), static_cast<int>(got)) == SSL_ERROR_ZERO_RETURN
               : got == 0;
      return false;
    }
    received_ += static_cast<std::size_t>(got);
    buffer_.append(bytes.data(), static_cast<std::size_t>(got));
    return true;
  }

  int socket_ = -1;
  bool connected_ = false;
  bool closed_in_order_ = false;
  std::size_t received_ = 0;
  std::string buffer_;
  std::unique_ptr<SSL, decltype(&::SSL_free)> ssl_{nullptr, &::SSL_free};
};

}  // namespace selfsame::http
