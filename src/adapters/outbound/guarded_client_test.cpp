// SPDX-License-Identifier: Apache-2.0
// The guarded client against a server of this test on the loopback.
#include "adapters/outbound/guarded_client.h"

#include <gtest/gtest.h>

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>
#include <thread>

namespace selfsame::adapters::outbound {
namespace {

using boost::asio::ip::tcp;
using flows::FetchFailure;

/// Answers every connection with the same bytes, or (empty) never.
class FixedServer {
 public:
  explicit FixedServer(std::string answer)
      : answer_(std::move(answer)), thread_([this] { run(); }) {}
  ~FixedServer() {
    stopping_ = true;
    boost::system::error_code ignored;
    tcp::socket last(io_);
    last.connect(acceptor_.local_endpoint(), ignored);
    thread_.join();
  }
  [[nodiscard]] std::string url(const std::string& path = "/") const {
    return "http://127.0.0.1:" + std::to_string(acceptor_.local_endpoint().port()) + path;
  }
  std::atomic<int> requests = 0;

 private:
  void run() {
    std::vector<tcp::socket> kept;
    while (!stopping_) {
      tcp::socket socket = acceptor_.accept();
      if (stopping_) return;
      std::string request;
      boost::system::error_code ignored;
      boost::asio::read_until(socket, boost::asio::dynamic_buffer(request), "\r\n\r\n", ignored);
      ++requests;
      if (answer_.empty()) {
        kept.push_back(std::move(socket));
      } else {
        boost::asio::write(socket, boost::asio::buffer(answer_), ignored);
      }
    }
  }

  std::string answer_;
  boost::asio::io_context io_;
  tcp::acceptor acceptor_{io_, {boost::asio::ip::make_address("127.0.0.1"), 0}};
  std::atomic<bool> stopping_ = false;
  std::thread thread_;
};

const GuardPolicy kHere = {.hosts = {"127.0.0.1"}, .private_addresses = true};

GuardedRequest get(std::string url) {
  GuardedRequest request;
  request.url = std::move(url);
  request.timeout = std::chrono::milliseconds(500);
  request.answer_bytes_max = 100;
  return request;
}

TEST(GuardedClientTest, FetchesFromAListedHost) {
  const FixedServer server("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello");
  const auto answer = GuardedClient(kHere).send(get(server.url()));
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 200);
  EXPECT_EQ(text_of(answer->body), "hello");
}

TEST(GuardedClientTest, PrivateAddressesAreNotConnectedTo) {
  const FixedServer server("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello");
  GuardPolicy policy = kHere;
  policy.private_addresses = false;
  policy.hosts.emplace_back("localhost");
  const GuardedClient client(policy);
  std::string by_name = server.url();
  by_name.replace(by_name.find("127.0.0.1"), 9, "localhost");
  for (const std::string& url : {server.url(), by_name}) {
    const auto answer = client.send(get(url));
    ASSERT_FALSE(answer) << url;
    EXPECT_EQ(answer.error(), FetchFailure::not_allowed) << url;
  }
  EXPECT_EQ(server.requests, 0);
}

TEST(GuardedClientTest, OtherHostsSchemesAndCredentialsAreRefused) {
  const GuardedClient client(kHere);
  for (const char* url :
       {"http://127.0.0.2/",
        "http://example.com/",
        "http://127.0.0.1.example.com/",
        "file:///etc/passwd",
        "ftp://127.0.0.1/",
        "gopher://127.0.0.1/",
        "http://a:b@127.0.0.1/",
        "http://a@127.0.0.1/",
        "//127.0.0.1/",
        "",
        "http://",
        "http:///x",
        "http://[::1]/",
        "http://127.0.0.1@evil/"}) {
    const auto answer = client.send(get(url));
    ASSERT_FALSE(answer) << url;
    EXPECT_EQ(answer.error(), FetchFailure::not_allowed) << url;
  }
}

TEST(GuardedClientTest, ARedirectIsAnAnswerAndIsNotFollowed) {
  const FixedServer target("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello");
  const FixedServer server(
      "HTTP/1.1 302 Found\r\nLocation: " + target.url() + "\r\nContent-Length: 0\r\n\r\n"
  );
  const auto answer = GuardedClient(kHere).send(get(server.url()));
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 302);
  EXPECT_EQ(target.requests, 0);
}

TEST(GuardedClientTest, LargeLateAndBrokenAnswersHaveTheirOwnFailures) {
  const auto failure = [](std::string answer) {
    const FixedServer server(std::move(answer));
    return GuardedClient(kHere).send(get(server.url())).error();
  };
  const std::string large(101, 'x');
  EXPECT_EQ(
      failure("HTTP/1.1 200 OK\r\nContent-Length: 101\r\n\r\n" + large), FetchFailure::too_large
  );
  EXPECT_EQ(
      failure(
          "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n65\r\n" + large + "\r\n0\r\n\r\n"
      ),
      FetchFailure::too_large
  );
  EXPECT_EQ(failure(""), FetchFailure::timed_out);
  EXPECT_EQ(failure("HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhello"), FetchFailure::failed);
  EXPECT_EQ(failure("what?\r\n\r\n"), FetchFailure::failed);
  EXPECT_EQ(GuardedClient(kHere).send(get("http://127.0.0.1:1/")).error(), FetchFailure::failed);
}

TEST(GuardedClientTest, HostsAreListedWholeOrByTheirEnd) {
  const std::vector<std::string> allowed = {"files.example.com", ".cdn.example"};
  EXPECT_TRUE(is_listed("files.example.com", allowed));
  EXPECT_TRUE(is_listed("FILES.example.com.", allowed));
  EXPECT_TRUE(is_listed("a.cdn.example", allowed));
  EXPECT_TRUE(is_listed("a.b.CDN.example", allowed));
  for (const char* host :
       {"",
        ".",
        "example.com",
        "xfiles.example.com",
        "files.example.com.evil",
        "cdn.example",
        ".cdn.example",
        "xcdn.example",
        "files.example.com@evil",
        "127.0.0.1"}) {
    EXPECT_FALSE(is_listed(host, allowed)) << host;
  }
  EXPECT_FALSE(is_listed("files.example.com", {}));
}

TEST(GuardedClientTest, NoTimeIsTooLate) {
  GuardedRequest request = get("http://127.0.0.1:1/");
  request.timeout = std::chrono::milliseconds(0);
  EXPECT_EQ(GuardedClient(kHere).send(request).error(), FetchFailure::timed_out);
}

}  // namespace
}  // namespace selfsame::adapters::outbound
