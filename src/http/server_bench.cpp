// SPDX-License-Identifier: Apache-2.0
// Server CPU time per request, ours beside a bare Beast loop on the same machine in the same run.
// ninja http_bench && src/http/http_bench
#include <time.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <cstdio>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "http/server.h"
#include "http/test_client.h"

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
using asio::ip::tcp;
using namespace selfsame::http;
constexpr auto kAwait = asio::as_tuple(asio::use_awaitable);

asio::awaitable<Response> size_of(Request request) {
  Response response;
  response.body = std::to_string(request.body.size() + request.target.size());
  co_return response;
}

asio::awaitable<void> bare_session(beast::tcp_stream stream) {
  beast::flat_buffer buffer;
  buffer.reserve(64 * 1024);
  for (;;) {
    stream.expires_after(std::chrono::seconds(30));
    beast::http::request_parser<beast::http::string_body> parser;
    parser.body_limit(64u << 20);
    parser.header_limit(64u << 20);
    auto [error, got] = co_await beast::http::async_read(stream, buffer, parser, kAwait);
    if (error) co_return;
    beast::http::response<beast::http::string_body> response(beast::http::status::ok, 11);
    response.set(beast::http::field::content_type, "application/json");
    response.body() = std::to_string(parser.get().body().size() + parser.get().target().size());
    response.prepare_payload();
    auto [failed, written] = co_await beast::http::async_write(stream, response, kAwait);
    if (failed) co_return;
  }
}

asio::awaitable<void> bare_accept(std::reference_wrapper<tcp::acceptor> acceptor) {
  for (;;) {
    auto [error, socket] = co_await acceptor.get().async_accept(kAwait);
    if (error) co_return;
    socket.set_option(tcp::no_delay(true));
    const auto executor = socket.get_executor();
    asio::co_spawn(executor, bare_session(beast::tcp_stream(std::move(socket))), asio::detached);
  }
}

/// Runs `io` on a thread of its own and says what CPU time that thread used while `work` ran.
double cpu_seconds(asio::io_context& io, const std::function<void()>& work) {
  auto guard = asio::make_work_guard(io);
  std::thread thread([&io] { io.run(); });
  clockid_t clock = {};
  ::pthread_getcpuclockid(thread.native_handle(), &clock);
  const auto now = [&] {
    timespec time = {};
    ::clock_gettime(clock, &time);
    return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
  };
  const auto before = now();
  work();
  const auto used = now() - before;
  io.stop();
  thread.join();
  return used;
}

double measure(bool ours, const std::string& request, int count, int clients) {
  asio::io_context io(1);
  ServerOptions options;
  Server server(io, options, size_of, [](std::string_view, std::string_view, const Headers*) {
    Limits limits;
    limits.request_line_bytes = limits.body_bytes = 64u << 20;
    return limits;
  });
  tcp::acceptor acceptor(io, tcp::endpoint(asio::ip::address_v4::loopback(), 0));
  server.start();
  asio::co_spawn(io, bare_accept(acceptor), asio::detached);
  const auto port = ours ? server.port() : acceptor.local_endpoint().port();
  const auto used = cpu_seconds(io, [&] {
    std::vector<std::thread> threads;
    for (int i = 0; i < clients; ++i) {
      threads.emplace_back([&] {
        TestClient client(port);
        for (int n = 0; n < count / clients; ++n) {
          if (client.ask(request).status != 200) std::puts("FAILED");
        }
      });
    }
    for (auto& thread : threads) thread.join();
  });
  return 1e6 * used / count;
}

void compare(const char* name, const std::string& request, int count, int clients) {
  double ours = 1e9;
  double bare = 1e9;
  for (int round = 0; round < 3; ++round) {  // alternating; the least of each
    ours = std::min(ours, measure(true, request, count, clients));
    bare = std::min(bare, measure(false, request, count, clients));
  }
  std::printf(
      "%-24s ours %10.1f us   bare Beast %10.1f us   %5.2fx\n", name, ours, bare, ours / bare
  );
}

std::string post(const std::string& target, std::size_t size) {
  return "POST " + target +
         " HTTP/1.1\r\nHost: 127.0.0.1:8080\r\nContent-Type: application/json\r\nUser-Agent: "
         "bench\r\n"
         "Content-Length: " +
         std::to_string(size) + "\r\n\r\n" + std::string(size, 'b');
}

}  // namespace

int main(int argc, char** argv) {
  const std::string only = argc > 1 ? argv[1] : "";  // "small", "body" or "line"
  if (only.empty() || only == "small") compare("small POST", post("/", 100), 40'000, 8);
  if (only.empty() || only == "body") {
    compare("1 MB body", post("/", 1u << 20), 400, 2);
    compare("10 MB body", post("/", 10u << 20), 40, 1);
  }
  if (only.empty() || only == "line") {
    for (const std::size_t megabytes : {1u, 4u, 12u}) {
      compare(
          (std::to_string(megabytes) + " MB request line").c_str(),
          post("/?i=" + std::string(megabytes << 20, 'A'), 0),
          20,
          1
      );
    }
  }
}
