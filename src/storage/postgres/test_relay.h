// SPDX-License-Identifier: Apache-2.0
// For tests only: a network between us and the real server that can be cut at the worst moment.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace selfsame::storage::postgres::testing {

/// Passes bytes on between a port of its own and the server of `url`.
class Relay {
 public:
  enum class Weather : std::uint8_t {
    fair,
    away,               // every connection is closed at once
    silent,             // connections stay, nothing is passed on
    cut_before_commit,  // the next COMMIT is not passed on, the connection is closed; then fair
    cut_after_commit,   // the next COMMIT is passed on, its answer is not; then fair
  };

  explicit Relay(std::string url) : url_(std::move(url)), server_port_(port_in(url_)) {
    sockaddr_in address = loopback(0);
    socklen_t size = sizeof(address);
    listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (::bind(listener_, as_sockaddr(&address), size) != 0 || ::listen(listener_, 64) != 0 ||
        ::getsockname(listener_, as_sockaddr(&address), &size) != 0) {
      throw std::runtime_error("relay: cannot listen");
    }
    port_ = ntohs(address.sin_port);
    acceptor_ = std::thread([this] { accept_all(); });
  }
  Relay(const Relay&) = delete;
  Relay& operator=(const Relay&) = delete;
  ~Relay() {
    stopping_ = true;
    acceptor_.join();
    for (std::thread& pump : pumps_) pump.join();
    ::close(listener_);
  }

  void set(Weather weather) { weather_ = weather; }
  [[nodiscard]] Weather weather() const { return weather_; }

  /// The URL through the relay, which could not read TLS.
  [[nodiscard]] std::string url() const {
    const auto colon = url_.rfind(':');
    return url_.substr(0, colon + 1) + std::to_string(port_) + url_.substr(url_.rfind('/')) +
           "?sslmode=disable";
  }

 private:
  static constexpr int kTickMs = 5;

  static std::uint16_t port_in(const std::string& url) {
    return static_cast<std::uint16_t>(std::stoi(url.substr(url.rfind(':') + 1)));
  }
  static sockaddr_in loopback(std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
  }
  static sockaddr* as_sockaddr(sockaddr_in* address) {
    return reinterpret_cast<sockaddr*>(address);
  }
  static bool readable(int socket, int wait_ms) {
    pollfd waiting{.fd = socket, .events = POLLIN, .revents = 0};
    return ::poll(&waiting, 1, wait_ms) > 0;
  }

  void accept_all() {
    while (!stopping_) {
      if (!readable(listener_, kTickMs)) continue;
      const int client = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
      pumps_.emplace_back([this, client] { pump(client); });
    }
  }

  void pump(int client) {
    const int server = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address = loopback(server_port_);
    if (weather_ != Weather::away &&
        ::connect(server, as_sockaddr(&address), sizeof(address)) == 0) {
      while (!stopping_ && weather_ != Weather::away && pass(client, server)) {
      }
    }
    ::close(client);
    ::close(server);
  }

  /// What there is to pass on in both directions; false when the connection is to end.
  bool pass(int client, int server) {
    std::array<pollfd, 2> both{{{client, POLLIN, 0}, {server, POLLIN, 0}}};
    if (::poll(both.data(), 2, kTickMs) <= 0) return true;
    if (weather_ == Weather::silent) {
      std::this_thread::sleep_for(std::chrono::milliseconds(kTickMs));
      return true;
    }
    if (both[0].revents != 0 && !forward(client, server, true)) return false;
    return both[1].revents == 0 || forward(server, client, false);
  }

  bool forward(int from, int to, bool is_request) {
    std::array<char, 65536> chunk{};
    const ssize_t count = ::recv(from, chunk.data(), chunk.size(), 0);
    if (count <= 0) return false;
    const std::string_view bytes(chunk.data(), static_cast<std::size_t>(count));
    const bool commits = is_request && bytes.find("COMMIT\0") != std::string_view::npos &&
                         bytes.find("BEGIN") == std::string_view::npos;
    Weather before = Weather::cut_before_commit;
    if (commits && weather_.compare_exchange_strong(before, Weather::fair)) return false;
    if (::send(to, bytes.data(), bytes.size(), MSG_NOSIGNAL) != count) return false;
    Weather after = Weather::cut_after_commit;
    if (commits && weather_.compare_exchange_strong(after, Weather::fair)) {
      while (!readable(to, kTickMs) && !stopping_) {  // until it has answered
      }
      return false;
    }
    return true;
  }

  const std::string url_;
  const std::uint16_t server_port_;
  int listener_ = -1;
  std::uint16_t port_ = 0;
  std::atomic<Weather> weather_ = Weather::fair;
  std::atomic<bool> stopping_ = false;
  std::vector<std::thread> pumps_;  // of the acceptor, until it ends
  std::thread acceptor_;
};

}  // namespace selfsame::storage::postgres::testing
