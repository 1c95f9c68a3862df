// SPDX-License-Identifier: Apache-2.0
#include "adapters/smpp/link.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <boost/asio/steady_timer.hpp>

#include "adapters/smpp/test_centre.h"

namespace selfsame::adapters::smpp {
namespace {

namespace asio = boost::asio;
using flows::SubmitFate;
using std::chrono::milliseconds;

/// A link to a centre, both on one context.
class LinkTest : public ::testing::Test {
 protected:
  void SetUp() override {
    options_.host = "127.0.0.1";
    options_.port = centre_.port();
    options_.system_id = "id";
    options_.password = Secret(std::string_view("secret"));
    options_.window = 3;
    options_.response_timeout = milliseconds(300);
    options_.connect_timeout = milliseconds(1000);
    options_.first_pause = milliseconds(10);
    options_.longest_pause = milliseconds(40);
  }

  void TearDown() override {
    if (link_) {
      bool stopped = false;
      asio::co_spawn(io_, link_->stop(milliseconds(50)), [&](const std::exception_ptr&) {
        stopped = true;
      });
      run_until([&] { return stopped && has_ended_; });
    }
    centre_.close();
    io_.run_for(milliseconds(20));
  }

  void start() {
    link_ = std::make_unique<Link>(
        io_.get_executor(),
        std::move(options_),
        std::move(arrivals_),
        [this](const auto& line) { notes_.push_back(line); }
    );
    asio::co_spawn(io_, link_->run(), [this](const std::exception_ptr& thrown) {
      EXPECT_FALSE(thrown);
      has_ended_ = true;
    });
  }

  void start_bound() {
    start();
    run_until([this] { return link_->is_up(); });
  }

  template <class Condition>
  void run_until(Condition condition, milliseconds limit = milliseconds(3000)) {
    const auto end = std::chrono::steady_clock::now() + limit;
    while (!condition() && std::chrono::steady_clock::now() < end) {
      io_.restart();
      io_.run_one_for(milliseconds(20));
    }
    EXPECT_TRUE(condition());
  }

  void submit(std::size_t payload_bytes = 2) {
    flows::SmsSegment segment{
        .from = "VERIFY", .to = "628131234567", .payload = Bytes(payload_bytes, 'a')
    };
    asio::co_spawn(
        io_,
        link_->submit(std::move(segment)),
        [this](const std::exception_ptr& thrown, flows::SubmitResult result) {
          EXPECT_FALSE(thrown);
          results_.push_back(std::move(result));
        }
    );
  }

  [[nodiscard]] long count(SubmitFate fate) const {
    return std::ranges::count(results_, fate, &flows::SubmitResult::fate);
  }

  asio::io_context io_;
  testing::Centre centre_{io_};
  LinkOptions options_;
  flows::SmsArrivals arrivals_;
  std::unique_ptr<Link> link_;
  std::vector<flows::SubmitResult> results_;
  std::vector<std::string> notes_;
  bool has_ended_ = false;
};

TEST_F(LinkTest, BindsAndSubmits) {
  centre_.on_pdu = [](testing::Client& client, const Pdu& pdu) {
    client.answer(pdu, status::kOk, "53e9d30d");
  };
  start_bound();
  submit();
  run_until([this] { return results_.size() == 1; });
  EXPECT_EQ(results_[0].fate, SubmitFate::accepted);
  EXPECT_EQ(results_[0].centre_id, "53e9d30d");
  const auto message = parse_short_message(centre_.heard.at(0).body);
  ASSERT_TRUE(message);
  EXPECT_EQ(message->destination, (Address{1, 1, "628131234567"}));
  EXPECT_EQ(message->source, (Address{5, 0, "VERIFY"}));
  EXPECT_EQ(message->registered_delivery, 1);
  EXPECT_EQ(link_->counts().accepted, 1u);
}

TEST_F(LinkTest, IsNotUpWithAWrongPassword) {
  options_.password = Secret(std::string_view("wrong"));
  start();
  run_until([this] { return centre_.binds >= 3; });
  EXPECT_FALSE(link_->is_up());
  EXPECT_EQ(notes_.at(0), "the bind was refused with status 13");
  submit();
  run_until([this] { return results_.size() == 1; });
  EXPECT_EQ(results_[0].fate, SubmitFate::not_sent);
}

TEST_F(LinkTest, KeepsToItsWindow) {
  std::vector<Pdu> unanswered;
  std::size_t most = 0;
  centre_.on_pdu = [&](testing::Client& client, const Pdu& pdu) {
    unanswered.push_back(pdu);
    most = std::max(most, unanswered.size());
    if (unanswered.size() < 3) return;
    for (const Pdu& each : unanswered) client.answer(each, status::kOk, "1");
    unanswered.clear();
  };
  start_bound();
  for (int i = 0; i < 30; ++i) submit();
  run_until([this] { return results_.size() == 30; });
  EXPECT_EQ(count(SubmitFate::accepted), 30);
  EXPECT_EQ(most, 3u);
}

TEST_F(LinkTest, TellsWhatLeftFromWhatDidNotWhenTheLinkIsCut) {
  centre_.on_pdu = [this](testing::Client& client, const Pdu&) {
    if (centre_.heard.size() == 3) client.cut();
  };
  start_bound();
  for (int i = 0; i < 10; ++i) submit();
  run_until([this] { return results_.size() == 10; });
  EXPECT_EQ(count(SubmitFate::in_doubt), 3) << "the window";
  EXPECT_EQ(count(SubmitFate::not_sent), 7);
  EXPECT_EQ(centre_.heard.size(), 3u);
  run_until([this] { return link_->is_up(); });
  EXPECT_EQ(link_->counts().binds, 2u);
}

TEST_F(LinkTest, IsInDoubtWithoutAnAnswerInTime) {
  start_bound();
  submit();
  run_until([this] { return results_.size() == 1; });
  EXPECT_EQ(results_[0].fate, SubmitFate::in_doubt);
  EXPECT_TRUE(link_->is_up()) << "the link itself lives";
}

TEST_F(LinkTest, NeverSendsWhatItSaidItHadNotSent) {
  // The peer does not read: what does not fit into the buffers is told apart, and then it reads.
  options_.window = 20'000;
  options_.response_timeout = milliseconds(600);
  centre_.take_in_no_more_than(4096);
  start_bound();
  centre_.latest->socket().cancel();  // its reader ends
  for (int i = 0; i < 20'000; ++i) submit(160);
  run_until([this] { return results_.size() == 20'000; }, milliseconds(8000));
  const auto left = count(SubmitFate::in_doubt);
  EXPECT_GT(count(SubmitFate::not_sent), 0);
  EXPECT_EQ(left + count(SubmitFate::not_sent), 20'000);
  // All that ever arrives is among those in doubt.
  std::size_t arrived = 0;
  std::array<std::uint8_t, 65536> buffer{};
  Splitter splitter;
  centre_.latest->socket().non_blocking(true);
  const auto end = std::chrono::steady_clock::now() + milliseconds(500);
  while (std::chrono::steady_clock::now() < end) {
    io_.restart();
    io_.run_for(milliseconds(1));
    boost::system::error_code error;
    const std::size_t count = centre_.latest->socket().read_some(asio::buffer(buffer), error);
    splitter.add(ByteView(buffer).first(count));
    for (auto next = splitter.next(); next && *next; next = splitter.next()) {
      if ((*next)->command == Command::submit_sm) ++arrived;
    }
  }
  EXPECT_GT(arrived, 0u);
  EXPECT_LE(arrived, static_cast<std::size_t>(left));
}

TEST_F(LinkTest, PutsOffWhenThrottledAndSlowsDown) {
  centre_.on_pdu = [this](testing::Client& client, const Pdu& pdu) {
    client.answer(pdu, centre_.heard.size() == 1 ? status::kThrottled : status::kOk, "1");
  };
  start_bound();
  submit();
  run_until([this] { return results_.size() == 1; });
  EXPECT_EQ(results_[0].fate, SubmitFate::try_later);
  const auto begin = std::chrono::steady_clock::now();
  submit();
  run_until([this] { return results_.size() == 2; });
  EXPECT_EQ(results_[1].fate, SubmitFate::accepted);
  EXPECT_GE(std::chrono::steady_clock::now() - begin, milliseconds(800));
}

TEST_F(LinkTest, SaysWhatWasRefused) {
  centre_.on_pdu = [](testing::Client& client, const Pdu& pdu) { client.answer(pdu, 0x0B); };
  start_bound();
  submit();
  run_until([this] { return results_.size() == 1; });
  EXPECT_EQ(results_[0].fate, SubmitFate::refused);
  EXPECT_EQ(results_[0].status, 0x0Bu);
}

TEST_F(LinkTest, GoesAtItsPace) {
  options_.per_second = 50;
  centre_.on_pdu = [](testing::Client& client, const Pdu& pdu) {
    client.answer(pdu, status::kOk, "1");
  };
  start_bound();
  const auto begin = std::chrono::steady_clock::now();
  for (int i = 0; i < 11; ++i) submit();
  run_until([this] { return results_.size() == 11; });
  EXPECT_GE(std::chrono::steady_clock::now() - begin, milliseconds(190));
}

TEST_F(LinkTest, NoticesAPeerThatIsGone) {
  options_.enquire_interval = milliseconds(50);
  options_.response_timeout = milliseconds(100);
  start_bound();
  run_until([this] { return centre_.enquiries >= 3; });
  EXPECT_TRUE(link_->is_up());
  centre_.answers_enquiries = false;
  run_until([this] { return centre_.binds == 2; });
}

TEST_F(LinkTest, AcknowledgesReceiptsOnceTheyAreKept) {
  int asked = 0;
  arrivals_.receipt = [&](flows::SmsReceipt receipt) -> asio::awaitable<bool> {
    EXPECT_EQ(receipt.centre_id, "ab");
    EXPECT_TRUE(receipt.delivered);
    co_return ++asked == 2;
  };
  arrivals_.reply = [](flows::SmsReply) -> asio::awaitable<bool> { co_return true; };
  start_bound();
  ShortMessage receipt;
  receipt.source.text = "628131234567";
  receipt.esm_class = 4;
  const std::string_view text = "id:ab stat:DELIVRD err:000";
  receipt.short_message.assign(text.begin(), text.end());
  std::vector<std::uint32_t> answers;
  centre_.on_pdu = [&](testing::Client&, const Pdu& pdu) { answers.push_back(pdu.status); };
  for (std::uint32_t sequence = 1; sequence <= 2; ++sequence) {
    centre_.latest->send(
        {.command = Command::deliver_sm, .sequence = sequence, .body = *encode_body(receipt)}
    );
    run_until([&] { return answers.size() == sequence; });
  }
  EXPECT_EQ(answers, (std::vector<std::uint32_t>{status::kReceiverTemporary, status::kOk}));
  // A body that is none is acknowledged: it would come again for ever.
  centre_.latest->send({.command = Command::deliver_sm, .sequence = 3, .body = {1, 2}});
  run_until([&] { return answers.size() == 3; });
  EXPECT_EQ(answers[2], status::kOk);
}

TEST_F(LinkTest, BindsAgainAfterGarbageAndAfterAnUnbind) {
  start_bound();
  centre_.latest->send({.command = Command::unbind, .sequence = 9});
  run_until([this] { return centre_.binds == 2 && link_->is_up(); });
  boost::system::error_code ignored;
  asio::write(centre_.latest->socket(), asio::buffer(std::string(64, '\xFF')), ignored);
  run_until([this] { return centre_.binds == 3 && link_->is_up(); });
}

TEST_F(LinkTest, StopsAfterTheAnswers) {
  std::optional<Pdu> held;
  centre_.on_pdu = [&](testing::Client&, const Pdu& pdu) {
    if (pdu.command == Command::submit_sm) held = pdu;
  };
  start_bound();
  submit();
  run_until([&] { return held.has_value(); });
  bool stopped = false;
  asio::co_spawn(io_, link_->stop(milliseconds(2000)), [&](const std::exception_ptr&) {
    stopped = true;
  });
  submit();  // too late
  run_until([this] { return results_.size() == 1; });
  EXPECT_EQ(results_[0].fate, SubmitFate::not_sent);
  EXPECT_FALSE(stopped);
  centre_.latest->answer(*held, status::kOk, "7");
  run_until([&] { return stopped && has_ended_; });
  EXPECT_EQ(results_.at(1).fate, SubmitFate::accepted);
  EXPECT_EQ(centre_.unbinds, 1);
}

}  // namespace
}  // namespace selfsame::adapters::smpp
