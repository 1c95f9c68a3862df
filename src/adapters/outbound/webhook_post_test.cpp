// SPDX-License-Identifier: Apache-2.0
#include "adapters/outbound/webhook_post.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <string>
#include <thread>

namespace selfsame::adapters::outbound {
namespace {

using namespace std::chrono_literals;

/// Answers one connection on 127.0.0.1 and keeps what it was sent.
class Receiver {
 public:
  explicit Receiver(std::string answer) : answer_(std::move(answer)) {
    socket_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(bind(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    EXPECT_EQ(listen(socket_, 1), 0);
    socklen_t size = sizeof address;
    EXPECT_EQ(getsockname(socket_, reinterpret_cast<sockaddr*>(&address), &size), 0);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { serve(); });
  }
  ~Receiver() {
    shutdown(socket_, SHUT_RDWR);
    thread_.join();
    close(socket_);
  }
  Receiver(const Receiver&) = delete;
  Receiver& operator=(const Receiver&) = delete;

  [[nodiscard]] std::string url(const std::string& host = "127.0.0.1") const {
    return "http://" + host + ":" + std::to_string(port_) + "/hook?key=canary";
  }
  [[nodiscard]] const std::string& received() const { return received_; }

 private:
  void serve() {
    const int peer = accept(socket_, nullptr, nullptr);
    if (peer < 0) return;
    char buffer[4096];
    while (received_.find("{}") == std::string::npos) {
      const ssize_t some = read(peer, buffer, sizeof buffer);
      if (some <= 0) break;
      received_.append(buffer, static_cast<std::size_t>(some));
    }
    if (answer_.empty()) {
      std::this_thread::sleep_for(500ms);
    } else {
      EXPECT_GE(send(peer, answer_.data(), answer_.size(), MSG_NOSIGNAL), 0);
    }
    close(peer);
  }

  std::string answer_;
  int socket_ = -1;
  int port_ = 0;
  std::string received_;
  std::thread thread_;
};

std::string answered(int status, const std::string& more = "") {
  return "HTTP/1.1 " + std::to_string(status) + " X\r\nConnection: close\r\n" + more + "\r\n";
}

flows::WebhookMessage message_to(std::string url) {
  return {
      .url = std::move(url),
      .body = "{}",
      .headers = {{"Selfsame-Signature", "v1=0"}},
      .timeout = 5s
  };
}

TEST(WebhookPost, PostsOnceAndTellsTheStatus) {
  WebhookPost post({.private_networks = true});
  for (const int status : {200, 204, 400, 500}) {
    Receiver receiver(answered(status));
    const auto sent = post.post(message_to(receiver.url()));
    ASSERT_TRUE(sent) << sent.error().detail;
    EXPECT_EQ(*sent, status);
    EXPECT_TRUE(receiver.received().starts_with("POST /hook?key=canary HTTP/1.1\r\n"));
    EXPECT_NE(receiver.received().find("Selfsame-Signature: v1=0\r\n"), std::string::npos);
    EXPECT_NE(receiver.received().find("Content-Type: application/json\r\n"), std::string::npos);
  }
}

TEST(WebhookPost, FollowsNoRedirect) {
  WebhookPost post({.private_networks = true});
  Receiver elsewhere(answered(200));
  {
    Receiver receiver(answered(307, "Location: " + elsewhere.url() + "\r\n"));
    EXPECT_EQ(post.post(message_to(receiver.url())).value(), 307);
  }
  EXPECT_TRUE(elsewhere.received().empty());
}

TEST(WebhookPost, DoesNotReadForEver) {
  WebhookPost post({.private_networks = true});
  Receiver receiver(answered(200) + std::string(1 << 20, 'x'));
  EXPECT_EQ(post.post(message_to(receiver.url())).value(), 200);
}

TEST(WebhookPost, DoesNotWaitForEver) {
  WebhookPost post({.private_networks = true});
  Receiver receiver("");
  auto message = message_to(receiver.url());
  message.timeout = 100ms;
  const auto sent = post.post(message);
  ASSERT_FALSE(sent);
  EXPECT_EQ(sent.error().code, Errc::deadline_exceeded);
  EXPECT_EQ(sent.error().detail.find("canary"), std::string::npos);
}

TEST(WebhookPost, NobodyThereIsNoAnswer) {
  WebhookPost post({.private_networks = true});
  const auto sent = post.post(message_to("http://127.0.0.1:1/"));
  ASSERT_FALSE(sent);
  EXPECT_EQ(sent.error().code, Errc::storage_unavailable);
}

/// curl resolves names under "localhost" by itself, to this machine: what is connected to decides.
TEST(WebhookPost, ANameThatLeadsInsideIsNotCalled) {
  WebhookPost post({});
  Receiver receiver(answered(200));
  EXPECT_TRUE(post.check(receiver.url("hook.localhost")));
  for (const char* host :
       {"hook.localhost", "127.0.0.1", "localhost", "2130706433", "0x7f.1", "[::1]"}) {
    const auto sent = post.post(message_to(receiver.url(host)));
    ASSERT_FALSE(sent) << host;
    EXPECT_EQ(sent.error().code, Errc::forbidden) << host << ": " << sent.error().detail;
  }
  EXPECT_TRUE(receiver.received().empty());
}

TEST(WebhookPost, ChecksWhatACustomerNames) {
  const WebhookPost post({});
  for (const char* url :
       {"https://example.com",
        "https://example.com/a?b=c",
        "http://example.com:8080/",
        "HTTPS://EXAMPLE.COM/",
        "https://[2606:4700::1111]/",
        "https://1.1.1.1/"}) {
    EXPECT_TRUE(post.check(url)) << url;
  }
  for (const char* url :
       {"",
        "example.com",
        "/hook",
        "https://",
        "ftp://example.com/",
        "file:///etc/passwd",
        "gopher://example.com/",
        "javascript:alert(1)",
        "https://user@example.com/",
        "https://user:secret@example.com/",
        "https://example.com/#a",
        "https://exa mple.com/",
        "https://example.com/\r\nX: y",
        "https://b\xc3\xbc.example/",
        "https://127.0.0.1/",
        "https://2130706433/",
        "https://0x7f.1/",
        "https://[::1]/",
        "https://[::ffff:10.0.0.1]/",
        "https://169.254.169.254/latest/",
        "https://localhost/",
        "https://localhost./",
        "https://127.0.0.1./",
        "https://LOCALHOST/",
        "https://example.com:99999/"}) {
    const auto checked = post.check(url);
    ASSERT_FALSE(checked) << url;
    EXPECT_EQ(checked.error().code, Errc::invalid_parameter) << url;
  }
  EXPECT_FALSE(post.check("https://example.com/" + std::string(3000, 'a')));
}

TEST(WebhookPost, TheOperatorMayNameTheHosts) {
  const WebhookPost post({.hosts = {"hooks.example.com", "10.0.0.1"}});
  EXPECT_TRUE(post.check("https://hooks.example.com/"));
  EXPECT_TRUE(post.check("https://Hooks.Example.com:8443/x"));
  EXPECT_FALSE(post.check("https://example.com/"));
  EXPECT_FALSE(post.check("https://hooks.example.com.evil.example/"));
  EXPECT_FALSE(post.check("https://10.0.0.1/"));
  EXPECT_TRUE(
      WebhookPost({.hosts = {"10.0.0.1"}, .private_networks = true}).check("http://10.0.0.1/")
  );
}

}  // namespace
}  // namespace selfsame::adapters::outbound
