// SPDX-License-Identifier: Apache-2.0
#include "http/server.h"

#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <stdlib.h>

#include <atomic>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/use_future.hpp>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <future>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "http/test_client.h"

namespace selfsame::http {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using std::chrono::milliseconds;

/// Answers with what it got; /slow?ms=N waits first, /throw throws, /bad breaks its own header.
asio::awaitable<Response> echo(Request request) {
  if (request.path() == "/throw") throw std::runtime_error("secret detail");
  Response response;
  if (request.path() == "/bad") response.headers.add("X", "a\r\nSet-Cookie: b");
  if (request.path() == "/slow") {
    asio::steady_timer timer(co_await asio::this_coro::executor);
    timer.expires_after(milliseconds(std::stoi(std::string(request.query().substr(3)))));
    co_await timer.async_wait(asio::use_awaitable);
  }
  response.headers.add("X-Seen", request.method + " " + std::to_string(request.target.size()));
  response.headers.add("X-Id", request.request_id);
  if (request.body_too_large || request.target_too_large || request.overloaded) {
    response.body = request.body_too_large     ? "body"
                    : request.target_too_large ? "target"
                                               : "overloaded";
    response.body += " refused " + request.target + " " + std::to_string(request.body.size());
    co_return response;
  }
  if (request.path() == "/target") {
    response.body = request.target;
  } else if (request.path() == "/length") {
    response.body = std::to_string(request.body.size());
  } else {
    response.body = std::move(request.body);
  }
  co_return response;
}

Limits limits_of(std::string_view, std::string_view path, const Headers*) {
  Limits limits;
  limits.body_bytes = 4096;
  limits.drain_bytes = 8u << 20;
  if (path == "/") {
    limits.request_line_bytes = 24u << 20;
    limits.body_bytes = 16u << 20;
    limits.handler_answers_overloaded = true;
  }
  if (path == "/vendor") {
    limits.handler_answers_too_large = true;
    limits.request_line_bytes = 1000;
  }
  if (path == "/slow") limits.body_bytes = 1u << 20;
  if (path == "/length") limits.body_bytes = 24u << 20;
  return limits;
}

class Rig {
 public:
  explicit Rig(ServerOptions options = {}, Handler handler = echo)
      : work_(asio::make_work_guard(io_)),
        server_(
            std::in_place,
            io_,
            std::move(options),
            std::move(handler),
            limits_of,
            [this](const Exchange& e) {
              const std::scoped_lock lock(mutex_);
              exchanges_.push_back(e);
            }
        ) {
    server_->start();
    for (int i = 0; i < 2; ++i) threads_.emplace_back([this] { io_.run(); });
  }
  ~Rig() {
    if (!stopped_) stop(5s);
    server_.reset();
    work_.reset();
    for (auto& thread : threads_) thread.join();
  }
  Rig(const Rig&) = delete;
  Rig& operator=(const Rig&) = delete;

  std::size_t stop(milliseconds grace) {
    stopped_ = true;
    return asio::co_spawn(io_, server_->stop(grace), asio::use_future).get();
  }
  std::vector<Exchange> exchanges() {
    const std::scoped_lock lock(mutex_);
    return exchanges_;
  }
  Server& server() { return *server_; }
  [[nodiscard]] std::uint16_t port() const { return server_->port(); }

 private:
  asio::io_context io_;
  asio::executor_work_guard<asio::io_context::executor_type> work_;
  std::mutex mutex_;
  std::vector<Exchange> exchanges_;
  std::optional<Server> server_;
  std::vector<std::thread> threads_;
  bool stopped_ = false;
};

std::string post(const std::string& target, const std::string& body, const std::string& more = "") {
  return "POST " + target + " HTTP/1.1\r\nHost: x\r\n" + more +
         "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

template <class Condition>
bool soon(Condition condition) {
  for (int i = 0; i < 500; ++i) {
    if (condition()) return true;
    std::this_thread::sleep_for(10ms);
  }
  return false;
}

// --- requests ---------------------------------------------------------------------------------

TEST(Server, AnswersAndKeepsTheConnection) {
  Rig rig;
  TestClient client(rig.port());
  for (int i = 0; i < 3; ++i) {
    const auto reply = client.ask(post("/echo?a=b", "hello"));
    EXPECT_EQ(reply.status, 200);
    EXPECT_EQ(reply.body, "hello");
    EXPECT_EQ(reply.headers.find("content-type"), "application/json");
    EXPECT_FALSE(reply.headers.find("Connection"));
    EXPECT_FALSE(reply.headers.find("Server"));
    EXPECT_EQ(reply.headers.find("X-Id")->size(), 36u);
  }
  ASSERT_TRUE(soon([&] { return rig.exchanges().size() == 3; }));
  const auto exchange = rig.exchanges().back();
  EXPECT_EQ(exchange.method, "POST");
  EXPECT_EQ(exchange.status, 200);
  EXPECT_EQ(exchange.bytes_in, post("/echo?a=b", "hello").size());
  EXPECT_GT(exchange.bytes_out, 100u);
  EXPECT_LT(exchange.seconds, 5);
}

TEST(Server, ServesPipelinedRequestsInOrder) {
  Rig rig;
  TestClient client(rig.port());
  std::string all;
  for (int i = 0; i < 50; ++i) all += post("/echo", "number " + std::to_string(i));
  client.send(all);
  for (int i = 0; i < 50; ++i) EXPECT_EQ(client.receive().body, "number " + std::to_string(i));
}

TEST(Server, TakesTheBytesInAnyPortions) {
  Rig rig;
  const auto bytes =
      post("/echo", "hello") +
      "POST /echo HTTP/1.1\r\nhOsT: x\r\ntransfer-ENCODING: Chunked\r\n\r\n"
      "3;ext=1\r\nabc\r\nA\r\n0123456789\r\n0\r\nTrailer: t\r\nContent-Length: 3\r\n\r\n";
  TestClient client(rig.port());
  const auto plain = post("/echo", "hello") +
                     "POST /echo HTTP/1.1\r\nhOsT: x\r\ntransfer-ENCODING: Chunked\r\n\r\n"
                     "3;ext=1\r\nabc\r\nA\r\n0123456789\r\n0\r\nTrailer: t\r\n\r\n";
  for (const char c : plain) client.send(std::string_view(&c, 1));
  EXPECT_EQ(client.receive().body, "hello");
  EXPECT_EQ(client.receive().body, "abc0123456789");
  // A trailer that speaks of framing is refused.
  TestClient liar(rig.port());
  liar.send(bytes);
  EXPECT_EQ(liar.receive().status, 200);
  EXPECT_EQ(liar.receive().status, 400);
}

TEST(Server, PostWithoutLengthHasNoBody) {
  Rig rig;
  TestClient client(rig.port());
  const auto reply = client.ask("POST /echo?Action=X HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.body, "");
  EXPECT_EQ(client.ask(post("/echo", "next")).body, "next");
}

TEST(Server, HeadHasALengthAndNoBody) {
  Rig rig;
  TestClient client(rig.port());
  client.send("HEAD /target HTTP/1.1\r\nHost: x\r\n\r\n");
  const auto reply = client.receive(true);
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.headers.find("Content-Length"), "7");
  EXPECT_EQ(client.ask(post("/echo", "next")).body, "next");
}

TEST(Server, SpeaksHttp10) {
  Rig rig;
  TestClient closes(rig.port());
  EXPECT_EQ(closes.ask("GET /target HTTP/1.0\r\n\r\n").headers.find("Connection"), "close");
  EXPECT_TRUE(closes.is_closed_by_peer());
  TestClient stays(rig.port());
  const std::string keep = "GET /target HTTP/1.0\r\nConnection: keep-alive\r\n\r\n";
  EXPECT_EQ(stays.ask(keep).headers.find("Connection"), "keep-alive");
  EXPECT_EQ(stays.ask(keep).body, "/target");
}

TEST(Server, ClosesWhenAsked) {
  Rig rig;
  TestClient client(rig.port());
  const auto reply = client.ask(post("/echo", "x", "Connection: close\r\n"));
  EXPECT_EQ(reply.headers.find("Connection"), "close");
  EXPECT_TRUE(client.is_closed_by_peer());
}

TEST(Server, ReducesAbsoluteTargets) {
  const auto check = [](const std::string& target, const std::string& expected) {
    Rig rig;
    TestClient client(rig.port());
    EXPECT_EQ(client.ask("GET " + target + " HTTP/1.1\r\nHost: x\r\n\r\n").body, expected)
        << target;
  };
  check("http://example.org/target?a=%20", "/target?a=%20");
  check("HTTPS://example.org:1/target", "/target");
  check("/target?x=http://y/z", "/target?x=http://y/z");
}

TEST(Server, SendsContinueOnce) {
  Rig rig;
  TestClient client(rig.port());
  client.send("POST /echo HTTP/1.1\r\nHost: x\r\nExpect: 100-Continue\r\nContent-Length: 5\r\n\r\n"
  );
  EXPECT_EQ(client.receive().status, 100);
  EXPECT_EQ(client.ask("hello").body, "hello");
  // Who sends the body at once needs no word.
  EXPECT_EQ(client.ask(post("/echo", "hello", "Expect: 100-continue\r\n")).body, "hello");
  EXPECT_EQ(client.ask(post("/echo", "", "Expect: tea\r\n")).status, 417);
}

TEST(Server, KeepsTheContinueBackFromABodyThatIsTooLarge) {
  Rig rig;
  TestClient client(rig.port());
  client.send(
      "POST /echo HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 5000\r\n\r\n"
  );
  EXPECT_EQ(client.receive().status, 413);
  EXPECT_TRUE(client.is_closed_by_peer());
}

TEST(Server, HidesWhatAHandlerThrows) {
  Rig rig;
  for (const std::string path : {"/throw", "/bad"}) {
    TestClient client(rig.port());
    const auto reply = client.ask("GET " + path + " HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_EQ(reply.status, 500);
    EXPECT_EQ(reply.headers.find("X-Request-Id")->size(), 36u);
    EXPECT_EQ(reply.body, "Internal Server Error\n");
    EXPECT_FALSE(reply.headers.find("Set-Cookie"));
    EXPECT_TRUE(client.is_closed_by_peer());
  }
}

TEST(Server, SetsTheDeadline) {
  ServerOptions options;
  options.request_deadline = 7s;
  Rig rig(options, [](Request request) -> asio::awaitable<Response> {
    Response response;
    const auto left = request.deadline - std::chrono::steady_clock::now();
    response.body = left > 6s && left <= 7s ? "good" : "bad";
    co_return response;
  });
  EXPECT_EQ(TestClient(rig.port()).ask(post("/", "")).body, "good");
}

// --- hostile bytes ----------------------------------------------------------------------------

TEST(Server, RefusesWhatTwoReadersCouldReadDifferently) {
  Rig rig;
  const auto check = [&](std::string bytes, int status) {
    TestClient client(rig.port());
    client.send(bytes);
    EXPECT_EQ(client.receive().status, status) << bytes.substr(0, 200);
    EXPECT_TRUE(client.is_closed_by_peer()) << bytes.substr(0, 200);
  };
  const std::string get = "GET /target HTTP/1.1\r\nHost: x\r\n";
  const std::string post_head = "POST /echo HTTP/1.1\r\nHost: x\r\n";
  check(post_head + "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400);
  check(post_head + "Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n", 400);
  check(post_head + "Content-Length: 3\r\nContent-Length: 3\r\n\r\nabc", 400);
  check(post_head + "Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd", 400);
  check(post_head + "Content-Length: 3, 3\r\n\r\nabc", 400);
  check(post_head + "Content-Length: +3\r\n\r\nabc", 400);
  check(post_head + "Content-Length: -1\r\n\r\nabc", 400);
  check(post_head + "Content-Length: 0x3\r\n\r\nabc", 400);
  check(post_head + "Content-Length: \r\n\r\nabc", 400);
  check(post_head + "Content-Length: 99999999999999999999999\r\n\r\nabc", 400);
  check(post_head + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 501);
  check(post_head + "Transfer-Encoding: identity\r\n\r\n", 501);
  check(post_head + "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n", 501);
  check(
      post_head + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400
  );
  check("POST /echo HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400);
  check(post_head + "Transfer-Encoding: chunked\r\n\r\nZ\r\n", 400);
  check(post_head + "Transfer-Encoding: chunked\r\n\r\n3\r\nabcd\r\n0\r\n\r\n", 400);
  check(post_head + "Transfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFFF\r\n", 400);
  check(post_head + "Transfer-Encoding: chunked\r\n\r\n3\nabc\r\n0\r\n\r\n", 400);
  check(post_head + "Transfer-Encoding: chunked\r\n\r\n1;" + std::string(200'000, 'e'), 400);
  check(get + "X: a\r\n folded\r\n\r\n", 400);
  check(get + "X : a\r\n\r\n", 400);
  check(get + ": a\r\n\r\n", 400);
  check(get + "X\r\n\r\n", 400);
  check(get + "X: a\n\r\n", 400);
  check("GET /target HTTP/1.1\nHost: x\n\n", 400);
  check(get + std::string("X: a\0b\r\n\r\n", 10), 400);
  check(get + "X: a\rb\r\n\r\n", 400);
  check(get + "X\x01: a\r\n\r\n", 400);
  check("GET /target HTTP/1.1\r\n\r\n", 400);
  check(get + "Host: y\r\n\r\n", 400);
  check("GET  /target HTTP/1.1\r\nHost: x\r\n\r\n", 400);
  check("GET /target  HTTP/1.1\r\nHost: x\r\n\r\n", 400);
  check("GET /a b HTTP/1.1\r\nHost: x\r\n\r\n", 400);
  check("GET /a\tb HTTP/1.1\r\nHost: x\r\n\r\n", 400);
  check(" GET /target HTTP/1.1\r\nHost: x\r\n\r\n", 400);
  check("GET target HTTP/1.1\r\nHost: x\r\n\r\n", 400);
  check("GET /target\r\n\r\n", 400);
  check("GET /target HTTP/1.1 \r\nHost: x\r\n\r\n", 400);
  check("GET /target#fragment HTTP/1.1\r\nHost: x\r\n\r\n", 400);
  check("CONNECT x:443 HTTP/1.1\r\nHost: x\r\n\r\n", 400);
  check("GET /target HTTP/2.0\r\nHost: x\r\n\r\n", 505);
  check("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505);
  check("GET /target HTTP/0.9\r\n\r\n", 505);
  check("GET /target HTCPCP/1.1\r\nHost: x\r\n\r\n", 400);
  check("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 400);
  check(std::string(64, 'A'), 400);
  check("GARBAGE\r\n", 400);
  check(std::string("\0\0\0\0", 4), 400);
  check(get + "X: " + std::string(70'000, 'a') + "\r\n\r\n", 431);
  check(get + std::string(70'000, 'a'), 431);
  std::string many = get;
  for (int i = 0; i < 200; ++i) many += "X" + std::to_string(i) + ": a\r\n";
  check(many + "\r\n", 431);
  // And it still serves.
  EXPECT_EQ(TestClient(rig.port()).ask(post("/echo", "fine")).body, "fine");
}

TEST(Server, SkipsEmptyLinesBeforeARequest) {
  Rig rig;
  TestClient client(rig.port());
  EXPECT_EQ(client.ask("\r\n\r\n" + post("/echo", "fine")).body, "fine");
}

TEST(Server, RefusesNothingButEmptyLines) {
  Rig rig;
  TestClient client(rig.port());
  std::string lines;
  for (int i = 0; i < 9; ++i) lines += "\r\n";
  EXPECT_EQ(client.ask(lines).status, 400) << "a connection could be held for ever";
}

TEST(Server, SurvivesClientsThatLeave) {
  Rig rig;
  const auto whole = post("/echo", "hello");
  for (std::size_t size = 0; size < whole.size(); size += 3) {
    TestClient client(rig.port());
    client.send(whole.substr(0, size));
  }
  EXPECT_EQ(TestClient(rig.port()).ask(whole).body, "hello");
  ASSERT_TRUE(soon([&] { return rig.server().connections() == 0; }));
}

TEST(Server, AnswersAHalfClosedClient) {
  Rig rig;
  TestClient client(rig.port());
  client.send(post("/echo", "hello"));
  client.end_sending();
  EXPECT_EQ(client.receive().body, "hello");
}

// --- limits -----------------------------------------------------------------------------------

TEST(Server, TellsWhenItsClientHasGone) {
  std::promise<std::function<bool()>> asked;
  std::promise<void> go;
  Rig rig({}, [&](Request request) -> asio::awaitable<Response> {
    asked.set_value(request.is_abandoned);
    go.get_future().wait();
    co_return Response();
  });
  auto client = std::make_unique<TestClient>(rig.port());
  client->send(post("/", "1"));
  const auto is_abandoned = asked.get_future().get();
  EXPECT_FALSE(is_abandoned());
  client.reset();
  EXPECT_TRUE(soon(is_abandoned));
  go.set_value();
}

TEST(Server, TakesRequestLinesOfManyMegabytes) {
  Rig rig;
  TestClient client(rig.port());
  for (const std::size_t megabytes : {1u, 12u, 23u}) {
    const std::string target = "/?image=" + std::string(megabytes << 20, 'A');
    for (const std::string method : {"GET", "POST"}) {
      const auto reply = client.ask(method + " " + target + " HTTP/1.1\r\nHost: x\r\n\r\n");
      EXPECT_EQ(reply.status, 200);
      EXPECT_EQ(reply.headers.find("X-Seen"), method + " " + std::to_string(target.size()));
    }
  }
  EXPECT_TRUE(soon([&] { return rig.server().buffered_bytes() == 0; }));
}

TEST(Server, RefusesTheLineThatIsTooLong) {
  Rig rig;
  const auto ask = [&](const std::string& path, std::size_t size, bool stays) {
    TestClient client(rig.port());
    auto reply =
        client.ask("GET " + path + "?" + std::string(size, 'a') + " HTTP/1.1\r\nHost: x\r\n\r\n");
    if (stays) {
      EXPECT_EQ(client.ask(post("/echo", "next")).body, "next");
    } else {
      EXPECT_TRUE(client.is_closed_by_peer());
    }
    return reply;
  };
  EXPECT_EQ(ask("/target", 66'000, true).status, 414);
  EXPECT_EQ(ask("/target", 7u << 20, true).status, 414);
  EXPECT_EQ(ask("/target", 9u << 20, false).status, 414);
  EXPECT_EQ(ask("/" + std::string(9000, 'p'), 1, false).status, 414);
  for (const std::size_t size : {1000u, 3000u, 5u << 20}) {
    const auto reply = ask("/vendor", size, true);
    EXPECT_EQ(reply.status, 200);
    EXPECT_EQ(reply.body, "target refused /vendor 0");
  }
}

TEST(Server, RefusesTheLongLineThatDoesNotEndAsALine) {
  Rig rig;
  TestClient client(rig.port());
  const auto reply = client.ask(
      "GET /vendor?" + std::string(3000, 'a') +
      " HTTP/1.1\rX\nGET /echo HTTP/1.1\r\nHost: x\r\n\r\n"
  );
  EXPECT_EQ(reply.status, 400);
  EXPECT_TRUE(client.is_closed_by_peer());
}

// With assertions on, Beast 1.81 ended the process.
TEST(Server, TakesAnEmptyChunkedBodyByteByByte) {
  Rig rig;
  TestClient client(rig.port());
  const std::string_view request =
      "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n";
  for (const char& byte : request) {
    client.send(std::string(1, byte));
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  EXPECT_EQ(client.receive().status, 200);
}

TEST(Server, RefusesTheBodyThatIsTooLarge) {
  Rig rig;
  const auto chunked = [](const std::string& path, const std::string& body) {
    char size[32];
    std::snprintf(size, sizeof size, "%zx", body.size() / 2);
    const auto half = body.substr(0, body.size() / 2);
    return "POST " + path + " HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n" + size +
           "\r\n" + half + "\r\n" + size + "\r\n" + half + "\r\n0\r\n\r\n";
  };
  for (const std::size_t size : {4098u, 100'000u, 6u << 20}) {
    const std::string body(size, 'b');
    for (const bool is_chunked : {false, true}) {
      TestClient client(rig.port());
      auto reply = client.ask(is_chunked ? chunked("/echo", body) : post("/echo", body));
      EXPECT_EQ(reply.status, 413);
      EXPECT_EQ(reply.headers.find("Content-Type"), "text/plain");
      EXPECT_EQ(reply.body, "Request Entity Too Large\n");
      reply = client.ask(is_chunked ? chunked("/vendor", body) : post("/vendor", body));
      EXPECT_EQ(reply.status, 200);
      EXPECT_EQ(reply.body, "body refused /vendor 0");
      EXPECT_EQ(client.ask(post("/echo", "next")).body, "next");
    }
  }
  const std::string fits(4096, 'b');
  EXPECT_EQ(TestClient(rig.port()).ask(post("/echo", fits)).body, fits);
  EXPECT_EQ(TestClient(rig.port()).ask(chunked("/echo", fits)).body, fits);
}

TEST(Server, AnswersEvenWhenTheBodyIsBeyondDraining) {
  Rig rig;
  for (const std::string path : {"/echo", "/vendor"}) {
    TestClient client(rig.port());
    const std::string body(11u << 20, 'b');  // over drain_bytes; the farewell reads the rest
    const auto reply = client.ask(post(path, body));
    EXPECT_EQ(reply.status, path == "/vendor" ? 200 : 413);
    EXPECT_EQ(reply.headers.find("Connection"), "close");
  }
}

TEST(Server, RefusesWhatTheMemoryBudgetDoesNotHold) {
  ServerOptions options;
  options.buffered_bytes_max = 1u << 20;
  Rig rig(options);
  const std::string body(3u << 20, 'b');
  TestClient client(rig.port());
  auto reply = client.ask(post("/", body));
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.body, "overloaded refused / 0");
  reply = client.ask("GET /?" + body + " HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_EQ(reply.body, "overloaded refused / 0");
  EXPECT_EQ(client.ask(post("/length", body)).status, 503);
  EXPECT_EQ(client.ask(post("/", "small")).body, "small");
  EXPECT_TRUE(soon([&] { return rig.server().buffered_bytes() == 0; }));
}

TEST(Server, HoldsTheBudgetUntilTheAnswerIsWritten) {
  ServerOptions options;
  options.buffered_bytes_max = 1'200'000;
  Rig rig(options);
  TestClient slow(rig.port());
  slow.send(post("/slow?ms=1000", std::string(1'000'000, 'b')));
  ASSERT_TRUE(soon([&] { return rig.server().buffered_bytes() >= 1'000'000; }));
  TestClient second(rig.port());
  EXPECT_EQ(second.ask(post("/", std::string(1'000'000, 'b'))).body, "overloaded refused / 0");
  EXPECT_EQ(slow.receive().status, 200);
  ASSERT_TRUE(soon([&] { return rig.server().buffered_bytes() == 0; }));
  EXPECT_EQ(second.ask(post("/length", std::string(1'000'000, 'b'))).body, "1000000");
}

TEST(Server, TurnsAwayTheConnectionTooMany) {
  ServerOptions options;
  options.connections_max = 2;
  Rig rig(options);
  TestClient first(rig.port());
  {
    TestClient second(rig.port());
    EXPECT_EQ(first.ask(post("/echo", "1")).body, "1");
    EXPECT_EQ(second.ask(post("/echo", "2")).body, "2");
    TestClient third(rig.port());
    EXPECT_EQ(third.ask(post("/echo", "3")).status, 503);
    EXPECT_TRUE(third.is_closed_by_peer());
  }
  ASSERT_TRUE(soon([&] { return rig.server().connections() == 1; }));
  EXPECT_EQ(TestClient(rig.port()).ask(post("/echo", "4")).body, "4");
}

TEST(Server, BoundsTheConnectionsOfOneClient) {
  ServerOptions options;
  options.connections_per_client_max = 2;
  Rig rig(options);
  TestClient first(rig.port());
  EXPECT_EQ(first.ask(post("/echo", "1")).body, "1");
  {
    TestClient second(rig.port());
    EXPECT_EQ(second.ask(post("/echo", "2")).body, "2");
    TestClient third(rig.port());
    EXPECT_EQ(third.ask(post("/echo", "3")).status, 503);
    TestClient neighbour(rig.port(), false, "127.0.0.2");
    EXPECT_EQ(neighbour.ask(post("/echo", "4")).body, "4");
  }
  ASSERT_TRUE(soon([&] { return rig.server().connections() == 1; }));
  EXPECT_EQ(TestClient(rig.port()).ask(post("/echo", "5")).body, "5");
}

TEST(Server, ClaimsLittleOfTheBudgetForABodyThatDoesNotCome) {
  ServerOptions options;
  options.buffered_bytes_max = 4u << 20;
  Rig rig(options);
  std::vector<std::unique_ptr<TestClient>> slow;
  for (int i = 0; i < 40; ++i) {
    slow.push_back(std::make_unique<TestClient>(rig.port()));
    slow.back()->send("POST /length HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\nsome");
  }
  ASSERT_TRUE(soon([&] { return rig.server().buffered_bytes() >= 40u * 64 * 1024; }));
  EXPECT_LE(rig.server().buffered_bytes(), 40u * 64 * 1024);
  EXPECT_EQ(
      TestClient(rig.port()).ask(post("/length", std::string(1'000'000, 'b'))).body, "1000000"
  );
}

// --- time -------------------------------------------------------------------------------------

ServerOptions hasty() {
  ServerOptions options;
  options.handshake_timeout = 300ms;
  options.idle_timeout = 300ms;
  options.header_timeout = 300ms;
  options.progress_grace = 300ms;
  options.body_timeout = 1500ms;
  options.bytes_per_second_min = 1000;
  return options;
}

TEST(Server, ClosesIdleConnections) {
  Rig rig(hasty());
  TestClient fresh(rig.port());
  EXPECT_TRUE(fresh.is_closed_by_peer());
  TestClient used(rig.port());
  EXPECT_EQ(used.ask(post("/echo", "1")).body, "1");
  EXPECT_TRUE(used.is_closed_by_peer());
}

TEST(Server, DoesNotWaitForSlowClients) {
  Rig rig(hasty());
  const auto check = [&](const std::string& begin, int pieces, const std::string& piece) {
    TestClient client(rig.port());
    client.send(begin);
    const auto began = std::chrono::steady_clock::now();
    std::thread drip([&] {
      for (int i = 0; i < pieces; ++i) {
        std::this_thread::sleep_for(50ms);
        if (!client.send(piece)) break;
      }
    });
    const auto reply = client.receive();
    EXPECT_LT(std::chrono::steady_clock::now() - began, 9s);
    drip.join();
    EXPECT_EQ(reply.status, 408) << begin;
  };
  check("GET /", 0, "");
  check("GET /echo?", 40, "a");                                                      // a slow line
  check("GET /echo HTTP/1.1\r\nHost: x\r\n", 40, "X: a\r\n");                        // slow fields
  check("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n", 40, "b");  // a slow body
  // At the least pace, but longer than a request may take at all.
  check(
      "POST /length HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n",
      60,
      std::string(100, 'b')
  );
}

TEST(Server, WaitsForTheSteady) {
  auto options = hasty();
  options.progress_grace = 1s;
  options.body_timeout = 10s;
  Rig rig(options);
  TestClient client(rig.port());
  client.send("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n");
  for (int i = 0; i < 10; ++i) {  // 1.5 s in all: more than the grace, less than grace and pace
    std::this_thread::sleep_for(150ms);
    client.send(std::string(100, 'b'));
  }
  EXPECT_EQ(client.receive().status, 200);
}

TEST(Server, GivesUpOnAReaderThatDoesNotRead) {
  ServerOptions options;
  options.write_timeout = 300ms;
  options.bytes_per_second_min = 1u << 30;
  Rig rig(options, [](Request) -> asio::awaitable<Response> {
    Response response;
    response.body.assign(32u << 20, 'r');
    co_return response;
  });
  TestClient client(rig.port());
  client.send(post("/", ""));
  EXPECT_TRUE(soon([&] { return !rig.exchanges().empty(); }));
  EXPECT_EQ(rig.exchanges().front().status, 0);
}

// --- stop -------------------------------------------------------------------------------------

TEST(Server, StopFinishesWhatHasBegun) {
  Rig rig;
  TestClient idle(rig.port());
  EXPECT_EQ(idle.ask(post("/echo", "1")).body, "1");
  TestClient handled(rig.port());
  handled.send("GET /slow?ms=600 HTTP/1.1\r\nHost: x\r\n\r\n");
  TestClient half(rig.port());
  half.send("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhe");
  std::this_thread::sleep_for(100ms);
  auto stopped = std::async(std::launch::async, [&] { return rig.stop(5s); });
  std::this_thread::sleep_for(200ms);
  EXPECT_FALSE(TestClient(rig.port()).connected());
  half.send("llo");
  const auto reply = half.receive();
  EXPECT_EQ(reply.body, "hello");
  EXPECT_EQ(reply.headers.find("Connection"), "close");
  EXPECT_TRUE(idle.is_closed_by_peer());
  EXPECT_EQ(handled.receive().status, 200);
  EXPECT_EQ(stopped.get(), 0u);
}

TEST(Server, StopCutsAfterTheGrace) {
  Rig rig;
  TestClient handled(rig.port());
  handled.send("GET /slow?ms=20000 HTTP/1.1\r\nHost: x\r\n\r\n");
  TestClient half(rig.port());
  half.send("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhe");
  std::this_thread::sleep_for(100ms);
  const auto began = std::chrono::steady_clock::now();
  EXPECT_EQ(rig.stop(300ms), 0u);
  EXPECT_LT(std::chrono::steady_clock::now() - began, 5s);
  EXPECT_EQ(handled.receive().status, 0);
  EXPECT_EQ(half.receive().status, 0);
}

TEST(Server, GoesWithoutAStopWhenItMust) {
  std::optional<asio::io_context> io(std::in_place);
  std::optional<Server> server(std::in_place, *io, ServerOptions(), echo, limits_of);
  server->start();
  std::thread thread([&] { io->run(); });
  TestClient idle(server->port());
  EXPECT_EQ(idle.ask(post("/echo", "1")).body, "1");
  TestClient handled(server->port());
  handled.send("GET /slow?ms=20000 HTTP/1.1\r\nHost: x\r\n\r\n");
  ASSERT_TRUE(soon([&] { return server->connections() == 2; }));
  io->stop();
  thread.join();
  server.reset();
  io.reset();
  EXPECT_EQ(handled.receive().status, 0);
}

TEST(Server, StopUnderLoadCutsNoRequest) {
  const auto client_loop =
      [](std::uint16_t port, bool reconnects, std::atomic<int>& cut, std::atomic<int>& served) {
        std::optional<TestClient> client;
        const auto request = post("/slow?ms=2", std::string(20'000, 'b'));
        for (;;) {
          if (!client) client.emplace(port);
          if (!client->connected()) return;  // refused, and nothing of it sent
          const bool sent = client->send(request);
          const auto reply = client->receive();
          if (!sent || reply.status != 200) {
            ++cut;
            return;
          }
          ++served;
          if (reconnects || reply.headers.find("Connection") == "close") client.reset();
        }
      };
  int total = 0;
  for (int round = 0; round < 4; ++round) {
    Rig rig;
    std::atomic<int> cut{0};
    std::atomic<int> served{0};
    std::vector<std::thread> clients;
    for (int i = 0; i < 12; ++i) {
      clients.emplace_back([&, i] { client_loop(rig.port(), i % 2 == 0, cut, served); });
    }
    std::this_thread::sleep_for(150ms);
    EXPECT_EQ(rig.stop(10s), 0u);
    for (auto& client : clients) client.join();
    EXPECT_EQ(cut, 0) << "of " << served;
    total += served;
  }
  EXPECT_GT(total, 0);
}

// --- TLS --------------------------------------------------------------------------------------

class Certificate {
 public:
  Certificate() {
    std::string pattern =
        (std::filesystem::temp_directory_path() / "selfsame-http-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("mkdtemp");
    folder_ = pattern;
    make("a");
  }
  ~Certificate() { std::filesystem::remove_all(folder_); }
  Certificate(const Certificate&) = delete;
  Certificate& operator=(const Certificate&) = delete;

  void make(const char* name) const {
    EVP_PKEY* key = EVP_EC_gen("P-256");
    X509* certificate = X509_new();
    X509_set_version(certificate, 2);
    X509_gmtime_adj(X509_getm_notBefore(certificate), -3600);
    X509_gmtime_adj(X509_getm_notAfter(certificate), 3600);
    X509_set_pubkey(certificate, key);
    auto* const subject = X509_get_subject_name(certificate);
    X509_NAME_add_entry_by_txt(
        subject, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>(name), -1, -1, 0
    );
    X509_set_issuer_name(certificate, subject);
    X509_sign(certificate, key, EVP_sha256());
    auto* file = std::fopen(files().certificate_chain.c_str(), "w");
    PEM_write_X509(file, certificate);
    std::fclose(file);
    file = std::fopen(files().private_key.c_str(), "w");
    PEM_write_PrivateKey(file, key, nullptr, nullptr, 0, nullptr, nullptr);
    std::fclose(file);
    X509_free(certificate);
    EVP_PKEY_free(key);
  }
  [[nodiscard]] TlsFiles files() const {
    return {(folder_ / "cert.pem").string(), (folder_ / "key.pem").string()};
  }

 private:
  std::filesystem::path folder_;
};

std::string name_seen(const TestClient& client) {
  X509* const certificate = SSL_get1_peer_certificate(client.tls());
  char name[64] = {};
  X509_NAME_get_text_by_NID(X509_get_subject_name(certificate), NID_commonName, name, sizeof name);
  X509_free(certificate);
  return name;
}

TEST(ServerTls, AnswersAndReloadsItsCertificate) {
  const Certificate certificate;
  ServerOptions options;
  options.tls = certificate.files();
  Rig rig(options);
  TestClient client(rig.port(), true);
  ASSERT_TRUE(client.connected());
  EXPECT_EQ(name_seen(client), "a");
  const std::string body(4096, 'b');
  EXPECT_EQ(client.ask(post("/echo", body)).body, body);
  EXPECT_EQ(
      client.ask(post("/length", std::string(10u << 20, 'b'))).body, std::to_string(10u << 20)
  );
  EXPECT_EQ(client.ask(post("/echo", std::string(1u << 20, 'b'))).status, 413);
  EXPECT_EQ(
      client.ask("GET /?" + std::string(12u << 20, 'a') + " HTTP/1.1\r\nHost: x\r\n\r\n").status,
      200
  );
  certificate.make("b");
  rig.server().reload_certificate();
  TestClient later(rig.port(), true);
  ASSERT_TRUE(later.connected());
  EXPECT_EQ(name_seen(later), "b");
  EXPECT_EQ(client.ask(post("/echo", "old")).body, "old");
  EXPECT_EQ(later.ask(post("/echo", "new", "Connection: close\r\n")).body, "new");
  EXPECT_TRUE(later.is_closed_by_peer());
}

TEST(ServerTls, DoesNotWaitForAHandshake) {
  const Certificate certificate;
  auto options = hasty();
  options.tls = certificate.files();
  Rig rig(options);
  TestClient silent(rig.port());
  EXPECT_EQ(silent.receive().status, 0);
  TestClient plain(rig.port());
  EXPECT_EQ(plain.ask(post("/echo", "x")).status, 0);
  TestClient idle(rig.port(), true);
  EXPECT_TRUE(idle.is_closed_by_peer());
  EXPECT_TRUE(soon([&] { return rig.server().connections() == 0; }));
}

TEST(ServerTls, StopUnderLoadCutsNoRequest) {
  const Certificate certificate;
  ServerOptions options;
  options.tls = certificate.files();
  Rig rig(options);
  std::atomic<int> cut{0};
  std::atomic<int> served{0};
  std::vector<std::thread> clients;
  for (int i = 0; i < 6; ++i) {
    clients.emplace_back([&] {
      for (;;) {
        TestClient client(rig.port(), true);
        if (!client.connected()) return;
        for (int n = 0; n < 5; ++n) {
          const auto reply = client.ask(post("/slow?ms=2", "b"));
          if (reply.status == 200) ++served;
          if (reply.status != 200) ++cut;
          if (reply.status != 200 || reply.headers.find("Connection") == "close") break;
        }
      }
    });
  }
  std::this_thread::sleep_for(300ms);
  EXPECT_EQ(rig.stop(10s), 0u);
  for (auto& client : clients) client.join();
  EXPECT_EQ(cut, 0);
  EXPECT_GT(served, 0);
}

TEST(ServerTls, SaysWhatIsWrongWithItsFiles) {
  const Certificate certificate;
  asio::io_context io;
  const auto check = [&](TlsFiles files, const std::string& word) {
    ServerOptions options;
    options.tls = std::move(files);
    try {
      const Server server(io, options, echo, limits_of);
      FAIL() << "must throw";
    } catch (const std::runtime_error& error) {
      EXPECT_NE(std::string(error.what()).find(word), std::string::npos) << error.what();
    }
  };
  check({"/nowhere/cert.pem", certificate.files().private_key}, "/nowhere/cert.pem");
  check({certificate.files().certificate_chain, "/nowhere/key.pem"}, "/nowhere/key.pem");
}

TEST(Server, SaysWhyItCannotListen) {
  Rig rig;
  asio::io_context io;
  const auto check = [&](const std::string& address, std::uint16_t port) {
    ServerOptions options;
    options.address = address;
    options.port = port;
    EXPECT_THROW(
        { const Server server(io, options, echo, limits_of); }, std::runtime_error
    ) << address;
  };
  check("127.0.0.1", rig.port());
  check("not an address", 0);
}

}  // namespace
}  // namespace selfsame::http
