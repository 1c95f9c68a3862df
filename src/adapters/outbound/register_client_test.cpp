// SPDX-License-Identifier: Apache-2.0
// The client of an operator's register against a server of this test on the loopback.
#include "adapters/outbound/register_client.h"

#include <gtest/gtest.h>

#include <atomic>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>
#include <mutex>
#include <thread>

namespace selfsame::adapters::outbound {
namespace {

using boost::asio::ip::tcp;
using core::RegisterFinding;

/// Answers every connection with what it was told last; keeps the last request.
class Source {
 public:
  Source() : thread_([this] { run(); }) {}
  ~Source() {
    stopping_ = true;
    boost::system::error_code ignored;
    tcp::socket last(io_);
    last.connect(acceptor_.local_endpoint(), ignored);
    thread_.join();
  }
  void say(int status, const std::string& body) {
    const std::lock_guard lock(mutex_);
    answer_ = "HTTP/1.1 " + std::to_string(status) +
              " X\r\nContent-Length: " + std::to_string(body.size()) +
              "\r\nConnection: close\r\n\r\n" + body;
  }
  void hang() {
    const std::lock_guard lock(mutex_);
    answer_.clear();
  }
  std::string last_request() {
    const std::lock_guard lock(mutex_);
    return request_;
  }
  [[nodiscard]] std::string url() const {
    return "http://127.0.0.1:" + std::to_string(acceptor_.local_endpoint().port()) + "/people";
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
      boost::asio::read_until(socket, boost::asio::dynamic_buffer(request), "}", ignored);
      ++requests;
      const std::lock_guard lock(mutex_);
      request_ = request;
      if (answer_.empty()) {
        kept.push_back(std::move(socket));
      } else {
        boost::asio::write(socket, boost::asio::buffer(answer_), ignored);
      }
    }
  }

  std::mutex mutex_;
  std::string answer_;
  std::string request_;
  boost::asio::io_context io_;
  tcp::acceptor acceptor_{io_, {boost::asio::ip::make_address("127.0.0.1"), 0}};
  std::atomic<bool> stopping_ = false;
  std::thread thread_;
};

core::RegisterQuery query(bool wants_photo = false) {
  return {
      .number = "11010519491231002X", .name = "韦小宝", .validity = {}, .wants_photo = wants_photo
  };
}

flows::RegisterAnswer look_up(const HttpRegister& where, const core::RegisterQuery& asked) {
  // Outlives the worker that brings the answer: it may still be leaving the context when the answer
  // is there.
  static boost::asio::io_context io;
  io.restart();
  std::optional<Result<flows::RegisterAnswer>> result;
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  boost::asio::co_spawn(
      io,
      where.look_up(asked, deadline),
      [&](std::exception_ptr, Result<flows::RegisterAnswer> value) { result = std::move(value); }
  );
  io.run();
  return result->value();
}

RegisterSource source_at(const std::string& url) {
  RegisterSource source;
  source.url = url;
  source.token = Secret("a-token");
  source.timeout = std::chrono::milliseconds(300);
  source.failures_max = 3;
  source.pause = std::chrono::milliseconds(400);
  return source;
}

class HttpRegisterTest : public ::testing::Test {
 protected:
  RegisterFinding finding(const core::RegisterQuery& asked = query()) {
    return look_up(register_, asked).finding;
  }

  Source source_;
  flows::WorkerPool pool_{2, 8};
  HttpRegister register_{source_at(source_.url()), pool_};
};

TEST_F(HttpRegisterTest, AsksByTheContract) {
  source_.say(200, R"({"found": true, "name_matches": true})");
  EXPECT_EQ(finding(), RegisterFinding::found);
  const std::string request = source_.last_request();
  EXPECT_TRUE(request.starts_with("POST /people HTTP/1.1\r\n")) << request;
  EXPECT_NE(request.find("\r\nContent-Type: application/json\r\n"), std::string::npos);
  EXPECT_NE(request.find("\r\nAuthorization: Bearer a-token\r\n"), std::string::npos);
  EXPECT_TRUE(
      request.ends_with(R"({"number":"11010519491231002X","name":"韦小宝","wants_photo":false})")
  ) << request;
}

TEST_F(HttpRegisterTest, WhatIsNoAnswerIsAFailureOfTheSource) {
  source_.say(200, R"({"found": false})");
  EXPECT_EQ(finding(), RegisterFinding::no_such_number);
  for (const int status : {204, 302, 404, 500}) {
    source_.say(status, R"({"found": true, "name_matches": true})");
    EXPECT_EQ(finding(), RegisterFinding::source_error) << status;
    source_.say(200, R"({"found": false})");
    EXPECT_EQ(finding(), RegisterFinding::no_such_number);
  }
  source_.hang();
  const auto began = std::chrono::steady_clock::now();
  EXPECT_EQ(finding(), RegisterFinding::source_error);
  EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds(3));
}

TEST_F(HttpRegisterTest, ASourceThatFailsAgainAndAgainIsLeftAlone) {
  source_.say(500, "");
  for (int i = 0; i < 3; ++i) EXPECT_EQ(finding(), RegisterFinding::source_error);
  source_.say(200, R"({"found": false})");
  for (int i = 0; i < 5; ++i) EXPECT_EQ(finding(), RegisterFinding::source_unavailable);
  EXPECT_EQ(source_.requests, 3);
  std::this_thread::sleep_for(std::chrono::milliseconds(450));
  EXPECT_EQ(finding(), RegisterFinding::no_such_number);
  EXPECT_EQ(finding(), RegisterFinding::no_such_number);
}

TEST(HttpRegister, ASourceThatIsNotThereFails) {
  std::string url;
  {
    const Source gone;
    url = gone.url();
  }
  flows::WorkerPool pool(1, 2);
  const HttpRegister there(source_at(url), pool);
  EXPECT_EQ(look_up(there, query()).finding, RegisterFinding::source_error);
  const HttpRegister nowhere(source_at("no url"), pool);
  EXPECT_EQ(look_up(nowhere, query()).finding, RegisterFinding::source_error);
}

TEST(CircuitBreaker, LetsOneTryAfterThePause) {
  using std::chrono::milliseconds;
  const CircuitBreaker::Time start{};
  CircuitBreaker breaker(2, milliseconds(100));
  breaker.note(false, start);
  EXPECT_TRUE(breaker.admits(start));
  breaker.note(true, start);  // not in a row
  breaker.note(false, start);
  EXPECT_TRUE(breaker.admits(start));
  breaker.note(false, start);
  EXPECT_FALSE(breaker.admits(start + milliseconds(99)));
  EXPECT_TRUE(breaker.admits(start + milliseconds(100)));
  EXPECT_FALSE(breaker.admits(start + milliseconds(100)));
  breaker.note(false, start + milliseconds(110));
  EXPECT_FALSE(breaker.admits(start + milliseconds(209)));
  EXPECT_TRUE(breaker.admits(start + milliseconds(210)));
  breaker.note(true, start + milliseconds(211));
  EXPECT_TRUE(breaker.admits(start + milliseconds(211)));
}

TEST(RegisterAnswer, IsReadByTheContractOrNotAtAll) {
  const auto finding = [](std::string_view body, const core::RegisterQuery& asked) {
    const auto answer = parse_register_answer(body, asked);
    return answer ? std::optional(answer->finding) : std::nullopt;
  };
  using enum RegisterFinding;
  EXPECT_EQ(finding(R"({"found":false,"more":1})", query()), no_such_number);
  EXPECT_EQ(finding(R"({"found":true,"name_matches":false})", query()), number_name_mismatch);
  EXPECT_EQ(finding(R"({"found":true,"name_matches":true})", query(true)), no_photo);
  EXPECT_EQ(finding(R"({"found":true,"name_matches":true,"photo":null})", query(true)), no_photo);
  EXPECT_EQ(
      finding(R"({"found":true,"name_matches":true,"photo":"a"})", query(true)), photo_format
  );
  const auto with_photo =
      parse_register_answer(R"({"found":true,"name_matches":true,"photo":"/9j/"})", query(true));
  ASSERT_TRUE(with_photo);
  EXPECT_EQ(with_photo->finding, found);
  EXPECT_EQ(with_photo->photo, (Bytes{0xff, 0xd8, 0xff}));

  core::RegisterQuery dated = query();
  dated.validity = core::validity_from("20160607", "00000000");
  const auto valid = [&](std::string_view from, std::string_view until) {
    return finding(
        R"({"found":true,"name_matches":true,"valid_from":")" + std::string(from) +
            R"(","valid_until":")" + std::string(until) + "\"}",
        dated
    );
  };
  EXPECT_EQ(valid("20160607", "00000000"), found);
  EXPECT_EQ(valid("20160607", "20260607"), validity_mismatch);
  EXPECT_EQ(finding(R"({"found":true,"name_matches":true})", dated), validity_unknown);
  EXPECT_EQ(valid("2016-06-07", "00000000"), std::nullopt);
  EXPECT_EQ(valid("20160607", ""), std::nullopt);

  for (const char* none :
       {"",
        "[]",
        "{",
        "{}",
        R"({"found":1})",
        R"({"found":"true"})",
        R"({"found":true})",
        R"({"found":true,"name_matches":1})",
        R"({"found":true,"name_matches":true,"photo":1})",
        R"({"found":true,"name_matches":true,"valid_from":20160607})",
        R"({"found":false} x)",
        "{\"found\":false,\"x\":\"\xff\"}",
        R"({"found":false,"x":[[[[[[[[[[1]]]]]]]]]]})"}) {
    EXPECT_EQ(finding(none, query()), std::nullopt) << none;
  }
}

}  // namespace
}  // namespace selfsame::adapters::outbound
