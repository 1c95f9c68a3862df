// SPDX-License-Identifier: Apache-2.0
#include "http/server.h"

#include <linux/filter.h>
#include <spdlog/spdlog.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <exception>
#include <mutex>
#include <stdexcept>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "http/connection.h"
#include "http/transport.h"

namespace selfsame::http {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;
using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

constexpr milliseconds kSweep{100};         // how late a time-out may be
constexpr milliseconds kHandshakes{30};     // for TCP handshakes under way when a stop begins
constexpr milliseconds kAfterCut{2'000};    // for handlers to notice that they were cancelled
constexpr std::size_t kTurnedAwayMax = 64;  // connections beyond the cap that hear a 503 at a time
constexpr auto kAwait = asio::as_tuple(asio::use_awaitable);

/// Makes the listening socket drop connection requests (SYN) and nothing else. When it is closed a
/// moment later, no connection is in its queue: one that were would be reset with the request that
/// its client has sent. Clients repeat the SYN and are refused. Best effort: not in every sandbox.
void drop_new_connections(int listening) noexcept {
  std::array<sock_filter, 4> program = {{
      {BPF_LD | BPF_B | BPF_ABS, 0, 0, 13},      // the TCP flags
      {BPF_JMP | BPF_JSET | BPF_K, 0, 1, 0x02},  // SYN?
      {BPF_RET | BPF_K, 0, 0, 0},
      {BPF_RET | BPF_K, 0, 0, 0x7fffffff},
  }};
  sock_fprog filter = {};
  filter.len = program.size();
  filter.filter = program.data();
  static_cast<void>(::setsockopt(listening, SOL_SOCKET, SO_ATTACH_FILTER, &filter, sizeof filter));
}

/// What a connection is counted to: see ServerOptions::connections_per_client_max. Empty for a
/// connection that has ended already.
std::string client_of(const tcp::socket& socket) {
  error_code error;
  const auto address = socket.remote_endpoint(error).address();
  if (error) return "";
  if (address.is_v4()) return address.to_string();
  const auto v6 = address.to_v6();
  if (v6.is_v4_mapped()) return asio::ip::make_address_v4(asio::ip::v4_mapped, v6).to_string();
  constexpr std::size_t kNetworkBytes = 8;
  const auto bytes = v6.to_bytes();
  return {bytes.begin(), bytes.begin() + kNetworkBytes};
}

}  // namespace

/// Shared by the server and its coroutines, so that neither outlives what it uses.
class ServerCore : public std::enable_shared_from_this<ServerCore> {
 public:
  ServerCore(
      asio::io_context& io,
      ServerOptions options,
      Handler handler,
      LimitsFor limits_for,
      Observer observer
  )
      : io_(io),
        surroundings_(std::make_shared<Surroundings>(
            std::move(options), std::move(handler), std::move(limits_for), std::move(observer)
        )),
        strand_(asio::make_strand(io)),
        acceptor_(strand_),
        sweep_timer_(strand_) {
    if (!surroundings_->handler) throw std::runtime_error("http: no handler");
    if (!surroundings_->limits_for) {
      surroundings_->limits_for = [](std::string_view, std::string_view, const Headers*) {
        return Limits();
      };
    }
    if (surroundings_->options.tls) reload_certificate();
    listen();
  }

  void start() {
    auto self = shared_from_this();
    accepting_ = true;
    asio::co_spawn(strand_, accept(), [self](const std::exception_ptr& error) {
      self->accepting_ = false;
      if (error) spdlog::critical("http: the accept loop ended");
    });
    asio::co_spawn(strand_, sweep(), [self](const std::exception_ptr&) {});
  }

  [[nodiscard]] std::uint16_t port() const noexcept { return port_; }
  [[nodiscard]] std::size_t buffered_bytes() const noexcept { return surroundings_->budget.used(); }
  [[nodiscard]] std::size_t connections() const {
    const std::scoped_lock lock(mutex_);
    return connections_.size();
  }

  void reload_certificate() {
    const auto& files = *surroundings_->options.tls;
    auto context = make_tls_context(files.certificate_chain, files.private_key);
    const std::scoped_lock lock(mutex_);
    tls_ = std::move(context);
  }

  asio::awaitable<std::size_t> stop(milliseconds grace) {
    const auto end = Clock::now() + grace;
    co_await asio::co_spawn(strand_, close_listener(), asio::use_awaitable);
    each([](Connection& connection) { connection.hurry(); });
    co_await until_gone(end);
    if (connections() > 0) {
      spdlog::warn("http: stop: grace is over, {} connections are cut", connections());
      each([](Connection& connection) { connection.cut(); });
      co_await until_gone(Clock::now() + kAfterCut);
    }
    finished_ = true;
    auto self = shared_from_this();
    asio::post(strand_, [self] { self->sweep_timer_.cancel(); });
    co_return connections();
  }

  /// Ends everything without waiting.
  void abandon() {
    finished_ = true;
    surroundings_->stopping = true;
    auto self = shared_from_this();
    asio::post(strand_, [self] {
      error_code ignored;
      self->acceptor_.close(ignored);
      self->sweep_timer_.cancel();
    });
    each([](Connection& connection) { connection.cut(); });
  }

 private:
  void listen() {
    const auto& options = surroundings_->options;
    error_code error;
    const auto address = asio::ip::make_address(options.address, error);
    const auto fail_on_error = [&] {
      if (!error) return;
      throw std::runtime_error(
          "http: cannot listen on " + options.address + " port " + std::to_string(options.port) +
          ": " + error.message()
      );
    };
    fail_on_error();
    const tcp::endpoint endpoint(address, options.port);
    acceptor_.open(endpoint.protocol(), error);
    fail_on_error();
    acceptor_.set_option(tcp::acceptor::reuse_address(true), error);
    fail_on_error();
    acceptor_.bind(endpoint, error);
    fail_on_error();
    acceptor_.listen(1024, error);
    fail_on_error();
    port_ = acceptor_.local_endpoint().port();
  }

  asio::awaitable<void> accept() {
    asio::steady_timer pause(strand_);
    while (acceptor_.is_open()) {
      auto [error, socket] = co_await acceptor_.async_accept(asio::make_strand(io_), kAwait);
      if (!error) {
        take_on(tcp::socket(std::move(socket)));
      } else if (error == asio::error::operation_aborted || error == asio::error::bad_descriptor) {
        co_return;
      } else if (error != asio::error::connection_aborted) {
        spdlog::warn("http: accept: {}", error.message());  // out of descriptors, mostly
        pause.expires_after(milliseconds(100));
        co_await pause.async_wait(kAwait);
      }
    }
  }

  /// Gives an accepted connection its coroutine. On strand_.
  void take_on(tcp::socket socket) {
    error_code ignored;
    socket.set_option(tcp::no_delay(true), ignored);
    const auto executor = socket.get_executor();
    const auto client = client_of(socket);
    std::shared_ptr<asio::ssl::context> tls;
    std::size_t count = 0;
    std::size_t of_client = 0;
    {
      const std::scoped_lock lock(mutex_);
      tls = tls_;
      count = connections_.size();
      const auto known = connections_of_.find(client);
      if (known != connections_of_.end()) of_client = known->second;
    }
    const auto& options = surroundings_->options;
    const auto excess = [](std::size_t have, std::size_t most) {
      return have < most ? 0 : have - most + 1;
    };
    const std::size_t too_many = std::max(
        excess(count, options.connections_max),
        options.connections_per_client_max == 0
            ? 0
            : excess(of_client, options.connections_per_client_max)
    );
    if (too_many > (tls ? 0 : kTurnedAwayMax)) return;  // closes the socket
    auto transport = tls ? make_tls_transport(std::move(socket), std::move(tls))
                         : make_plain_transport(std::move(socket));
    const auto connection = std::make_shared<Connection>(std::move(transport), surroundings_);
    {
      const std::scoped_lock lock(mutex_);
      connections_.insert(connection);
      ++connections_of_[client];
    }
    auto self = shared_from_this();
    auto gone = [self, connection, client](const std::exception_ptr& error) {
      if (error && !connection->was_cut())
        spdlog::error("http: a connection ended by an exception");
      const std::scoped_lock lock(self->mutex_);
      self->connections_.erase(connection);
      const auto counted = self->connections_of_.find(client);
      if (--counted->second == 0) self->connections_of_.erase(counted);
    };
    asio::co_spawn(
        executor,
        too_many > 0 ? connection->turn_away() : connection->run(),
        asio::bind_cancellation_slot(connection->cancellation().slot(), std::move(gone))
    );
  }

  /// The one clock of all connections: a timer for each operation would cost more than the reads.
  asio::awaitable<void> sweep() {
    while (!finished_) {
      sweep_timer_.expires_after(kSweep);
      co_await sweep_timer_.async_wait(kAwait);
      const auto now = Clock::now();
      std::vector<std::shared_ptr<Connection>> overdue;
      {
        const std::scoped_lock lock(mutex_);
        std::ranges::copy_if(
            connections_,
            std::back_inserter(overdue),
            [&](const auto& connection) { return connection->is_overdue(now); }
        );
      }
      for (const auto& connection : overdue) {
        asio::post(connection->executor(), [connection] { connection->expire(); });
      }
    }
  }

  asio::awaitable<void> close_listener() {
    surroundings_->stopping = true;
    if (acceptor_.is_open()) {
      drop_new_connections(acceptor_.native_handle());
      asio::steady_timer handshakes(strand_, kHandshakes);
      co_await handshakes.async_wait(kAwait);
      error_code error;
      acceptor_.cancel(error);
      acceptor_.non_blocking(true, error);
      while (!error) {
        tcp::socket socket(asio::make_strand(io_));
        acceptor_.accept(socket, error);
        if (!error) take_on(std::move(socket));
      }
      acceptor_.close(error);
    }
    while (accepting_) {
      asio::steady_timer soon(strand_, milliseconds(1));
      co_await soon.async_wait(kAwait);
    }
  }

  asio::awaitable<void> until_gone(Clock::time_point end) {
    asio::steady_timer timer(co_await asio::this_coro::executor);
    while (connections() > 0 && Clock::now() < end) {
      timer.expires_after(milliseconds(5));
      co_await timer.async_wait(kAwait);
    }
  }

  /// Runs `act` on each connection, on its strand.
  template <class Act>
  void each(Act act) {
    const std::scoped_lock lock(mutex_);
    for (const auto& connection : connections_) {
      asio::post(connection->executor(), [connection, act] { act(*connection); });
    }
  }

  asio::io_context& io_;
  const std::shared_ptr<Surroundings> surroundings_;
  asio::strand<asio::io_context::executor_type> strand_;
  tcp::acceptor acceptor_;  // on strand_, as is the timer
  asio::steady_timer sweep_timer_;
  std::uint16_t port_ = 0;
  std::atomic<bool> accepting_{false};
  std::atomic<bool> finished_{false};

  mutable std::mutex mutex_;  // guards what follows; never held across a wait
  std::unordered_set<std::shared_ptr<Connection>> connections_;
  std::unordered_map<std::string, std::size_t> connections_of_;  // by client_of
  std::shared_ptr<asio::ssl::context> tls_;
};

Server::Server(
    asio::io_context& io,
    ServerOptions options,
    Handler handler,
    LimitsFor limits_for,
    Observer observer
)
    : core_(std::make_shared<ServerCore>(
          io, std::move(options), std::move(handler), std::move(limits_for), std::move(observer)
      )) {}

Server::~Server() {
  core_->abandon();
}

void Server::start() {
  core_->start();
}

std::uint16_t Server::port() const noexcept {
  return core_->port();
}

asio::awaitable<std::size_t> Server::stop(milliseconds grace) {
  // Holds the core itself: the Server may go while somebody still waits.
  auto core = core_;
  co_return co_await core->stop(grace);
}

void Server::reload_certificate() {
  core_->reload_certificate();
}

std::size_t Server::connections() const noexcept {
  return core_->connections();
}

std::size_t Server::buffered_bytes() const noexcept {
  return core_->buffered_bytes();
}

}  // namespace selfsame::http
