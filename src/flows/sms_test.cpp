// SPDX-License-Identifier: Apache-2.0
// Orders and their dispatch over a real database, with a link that does what a test says.
#include <gtest/gtest.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <deque>
#include <map>

#include "flows/sms_dispatch.h"
#include "flows/sms_orders.h"
#include "flows/test_await.h"
#include "storage/sms_repositories.h"
#include "storage/sqlite_database.h"
#include "storage/test_places.h"

namespace selfsame::flows {
namespace {

using core::SmsState;
using std::chrono::milliseconds;
using std::chrono::seconds;

const Timestamp kNow{milliseconds(1'800'000'000'123)};
const Caller kBank{.customer = "bank", .access_key_id = "AK1"};

class StubLink final : public SmsSender {
 public:
  bool up = true;
  std::size_t size = 10;
  std::vector<SmsSegment> sent;
  std::function<SubmitResult(const SmsSegment&)> fate = [this](const SmsSegment&) {
    return SubmitResult{
        .fate = SubmitFate::accepted, .centre_id = "0" + std::to_string(sent.size()) + "AB"
    };
  };

  bool is_up() const override { return up; }
  std::size_t window() const override { return size; }
  asio::awaitable<SubmitResult> submit(SmsSegment segment) override {
    sent.push_back(segment);
    co_return fate(segment);
  }
};

class SmsFlows : public ::testing::Test {
 protected:
  SmsFlows() {
    options_.routes = {{"main", {"62"}}};
    dispatch_.route = "main";
    dispatch_.look_every = milliseconds(5);
    dispatch_.receipt_pause = milliseconds(20);
    dispatch_.receipt_tries = 3;
  }
  ~SmsFlows() override { stop(); }

  Result<std::vector<SmsVerdict>> order(std::vector<SmsOrder> orders, bool sandbox = false) {
    const SmsOrders taking(*database_, pool_, clock_, vault_, options_);
    return testing::await(taking.take(
        kBank,
        std::move(orders),
        {.product = "alibaba.sms", .code = "OK", .sandbox = sandbox},
        Deadline::max()
    ));
  }
  std::string taken(const std::string& text, const std::string& to = "+628131234567") {
    const auto verdicts =
        order({{.to = to, .from = "VERIFY", .text = text, .task_id = {}, .validity = {}}});
    return verdicts->at(0)->id;
  }
  storage::SmsRecord record(const std::string& id) {
    return *database_->sms_messages().find("bank", id);
  }
  SmsState state(const std::string& id) { return record(id).state; }

  void start() {
    dispatcher_ = std::make_unique<SmsDispatcher>(
        io_.get_executor(), *database_, pool_, clock_, vault_, dispatch_
    );
    arrivals_ = dispatcher_->arrivals();
    asio::co_spawn(io_, dispatcher_->run(&link_), [this](const std::exception_ptr& thrown) {
      EXPECT_FALSE(thrown);
      has_ended_ = true;
    });
  }
  void stop() {
    if (!dispatcher_) return;
    bool stopped = false;
    asio::co_spawn(io_, dispatcher_->stop(), [&](const std::exception_ptr&) { stopped = true; });
    run_until([&] { return stopped && has_ended_; });
    dispatcher_.reset();
  }
  template <class Condition>
  void run_until(Condition condition) {
    const auto end = std::chrono::steady_clock::now() + seconds(10);
    while (!condition() && std::chrono::steady_clock::now() < end) {
      io_.restart();
      io_.run_for(milliseconds(5));
    }
    EXPECT_TRUE(condition());
  }
  bool hand_up(const std::string& centre_id, bool delivered, const std::string& to) {
    SmsReceipt receipt{
        .centre_id = centre_id,
        .to = to,
        .is_final = true,
        .delivered = delivered,
        .error = delivered ? "" : "UNDELIV 001"
    };
    std::optional<bool> kept;
    asio::co_spawn(
        io_,
        arrivals_.receipt(std::move(receipt)),
        [&](const std::exception_ptr&, bool is_kept) { kept = is_kept; }
    );
    run_until([&] { return kept.has_value(); });
    return kept.value_or(false);
  }
  bool reply(const std::string& text) {
    std::optional<bool> kept;
    asio::co_spawn(
        io_,
        arrivals_.reply({.from = "628131234567", .to = "1234", .text = text}),
        [&](const std::exception_ptr&, bool is_kept) { kept = is_kept; }
    );
    run_until([&] { return kept.has_value(); });
    return kept.value_or(false);
  }

  asio::io_context& io_ = testing::lasting_context();
  storage::testing::TemporaryDirectory directory_;
  std::unique_ptr<storage::Database> database_ = std::move(
      *storage::open_database(directory_.path() / "selfsame.db", storage::testing::master_key_of(1))
  );
  WorkerPool pool_{2, 64};
  ManualClock clock_{kNow};
  SmsVault vault_{Secret(Bytes(32, 1)), Secret(Bytes(32, 2))};
  SmsOrderOptions options_;
  SmsDispatchOptions dispatch_;
  StubLink link_;
  SmsArrivals arrivals_;
  std::unique_ptr<SmsDispatcher> dispatcher_;
  bool has_ended_ = false;
};

TEST_F(SmsFlows, TakesOrdersAndBillsTheirSegments) {
  std::string long_text;
  for (int i = 0; i < 71; ++i) long_text += "\u4E2D";
  const auto verdicts = order({
      {.to = "+628131234567", .from = "VERIFY", .text = "hi", .task_id = {}, .validity = {}},
      {.to = "628131234568", .from = "", .text = long_text, .task_id = {}, .validity = {}},
      {.to = "4917012345678", .from = "", .text = "no route", .task_id = {}, .validity = {}},
      {.to = "123", .from = "", .text = "x", .task_id = {}, .validity = {}},
      {.to = "628131234567", .from = "a-b", .text = "x", .task_id = {}, .validity = {}},
      {.to = "628131234567", .from = "", .text = "", .task_id = {}, .validity = {}},
      {.to = "628131234567",
       .from = "",
       .text = std::string(3061, 'a'),
       .task_id = {},
       .validity = {}},
  });
  ASSERT_TRUE(verdicts);
  ASSERT_EQ(verdicts->size(), 7u);
  EXPECT_EQ(verdicts->at(1)->segments, 2);
  EXPECT_EQ(verdicts->at(0)->number.country, "Indonesia");
  EXPECT_EQ(verdicts->at(3).error(), SmsRefusal::number_illegal);
  EXPECT_EQ(verdicts->at(4).error(), SmsRefusal::sender_illegal);
  EXPECT_EQ(verdicts->at(5).error(), SmsRefusal::text_illegal);
  EXPECT_EQ(verdicts->at(6).error(), SmsRefusal::text_too_long);
  EXPECT_EQ(state(verdicts->at(0)->id), SmsState::queued);
  EXPECT_EQ(state(verdicts->at(2)->id), SmsState::outbox);
  const auto ledger = database_->outcomes().ledger("bank");
  ASSERT_EQ(ledger->size(), 2u) << "what goes nowhere costs nothing";
  EXPECT_EQ(ledger->at(1).units, 2);
  const auto tried =
      order({{.to = "628131234567", .from = {}, .text = "x", .task_id = {}, .validity = {}}}, true);
  EXPECT_EQ(state(tried->at(0)->id), SmsState::outbox);
}

TEST_F(SmsFlows, InTheSandboxAMagicTextIsAnswered) {
  const auto order_of = [](std::string_view word) {
    return std::vector<SmsOrder>{
        {.to = "628131234567",
         .from = {},
         .text = "hello selfsame-sandbox:" + std::string(word),
         .task_id = {},
         .validity = {}}
    };
  };
  ASSERT_EQ(
      sandbox_sms_words().size(), static_cast<std::size_t>(SmsRefusal::balance_not_enough) + 1
  );
  for (const auto& [word, refusal] : sandbox_sms_words()) {
    EXPECT_EQ(order(order_of(word), true)->at(0).error(), refusal) << word;
    EXPECT_TRUE(order(order_of(word))->at(0)) << "to a live customer it is a text";
  }
  EXPECT_EQ(order(order_of("error/overloaded"), true).error().code, Errc::overloaded);
  for (int number = 0; number <= static_cast<int>(SmsState::outbox); ++number) {
    const auto asked = static_cast<SmsState>(number);
    const auto verdicts = order(order_of(core::name_of(asked)), true);
    const SmsOrders orders(*database_, pool_, clock_, vault_, options_);
    const auto view = testing::await(orders.find(kBank, verdicts->at(0)->id, Deadline::max()));
    ASSERT_TRUE(view);
    EXPECT_EQ(view->record.state, SmsState::outbox);
    EXPECT_EQ(as_asked(*view).record.state, asked);
    EXPECT_EQ(as_asked(*view).record.ended_at.has_value(), number == 3 || number == 4);
  }
}

TEST_F(SmsFlows, SealsWhatIsPersonalForItsMessageOnly) {
  const std::string id = taken("secret code 1234");
  storage::SmsRecord stored = record(id);
  const std::string at_rest(stored.sealed.begin(), stored.sealed.end());
  EXPECT_EQ(at_rest.find("1234"), std::string::npos);
  EXPECT_EQ(vault_.open(stored)->text, "secret code 1234");
  EXPECT_EQ(vault_.open(stored)->to, "628131234567");
  stored.customer = "other";
  EXPECT_EQ(vault_.open(stored).error().code, Errc::integrity_failure);
}

TEST_F(SmsFlows, ChoosesTheRouteWithTheLongestPrefix) {
  const std::vector<SmsRoute> routes = {{"rest", {""}}, {"asia", {"6", "85"}}, {"id", {"62"}}};
  EXPECT_EQ(route_for("628131234567", routes), "id");
  EXPECT_EQ(route_for("658131234567", routes), "asia");
  EXPECT_EQ(route_for("498131234567", routes), "rest");
  EXPECT_EQ(route_for("498131234567", {routes[1]}), "");
}

TEST_F(SmsFlows, BringsAMessageToItsReceipt) {
  start();
  const std::string id = taken("hi");
  run_until([&] { return state(id) == SmsState::submitted; });
  ASSERT_EQ(link_.sent.size(), 1u);
  EXPECT_EQ(link_.sent[0].to, "628131234567");
  EXPECT_EQ(link_.sent[0].from, "VERIFY");
  EXPECT_FALSE(link_.sent[0].has_header);
  EXPECT_EQ(link_.sent[0].validity, seconds(24 * 3600));
  // "01AB" is 427; the receipt writes it in decimal.
  EXPECT_TRUE(hand_up("427", true, "+628131234567"));
  EXPECT_EQ(state(id), SmsState::delivered);
  EXPECT_EQ(dispatcher_->counts().receipts_unknown, 0u);
}

TEST_F(SmsFlows, SendsLongTextsInNumberedSegments) {
  std::string text;
  for (int i = 0; i < 600; ++i) text += "\u4E2D";
  start();
  const std::string id = taken(text);
  run_until([&] { return state(id) == SmsState::submitted; });
  ASSERT_EQ(link_.sent.size(), 9u);
  std::string whole;
  for (std::size_t i = 0; i < link_.sent.size(); ++i) {
    const SmsSegment& segment = link_.sent[i];
    ASSERT_TRUE(segment.has_header);
    EXPECT_EQ(segment.payload[3], link_.sent[0].payload[3]);
    EXPECT_EQ(segment.payload[4], 9);
    EXPECT_EQ(segment.payload[5], i + 1);
    EXPECT_LE(segment.payload.size(), 140u);
    whole += core::text_of_ucs2(ByteView(segment.payload).subspan(6));
  }
  EXPECT_EQ(whole, text);
}

TEST_F(SmsFlows, SendsAgainOnlyWhatDidNotLeave) {
  int call = 0;
  link_.fate = [&](const SmsSegment&) {
    ++call;
    if (call == 1) return SubmitResult{.fate = SubmitFate::accepted, .centre_id = "a"};
    if (call == 2) return SubmitResult{.fate = SubmitFate::in_doubt};
    if (call == 3) return SubmitResult{.fate = SubmitFate::not_sent};
    return SubmitResult{.fate = SubmitFate::accepted, .centre_id = "b" + std::to_string(call)};
  };
  start();
  const std::string id = taken(std::string(153 * 3 + 1, 'a'));  // 4 segments
  run_until([&] { return state(id) == SmsState::unknown; });
  // The third was tried twice, the fourth waited for it; the second never came again.
  std::vector<int> numbers;
  for (const SmsSegment& segment : link_.sent) numbers.push_back(segment.payload[5]);
  EXPECT_EQ(numbers, (std::vector<int>{1, 2, 3, 3, 4}));
  // A receipt whose id nobody knows settles it, after others had time to know it.
  EXPECT_TRUE(hand_up("ffff", true, "628131234567"));
  EXPECT_EQ(state(id), SmsState::submitted);
}

TEST_F(SmsFlows, PutsOffWithGrowingPausesAndGivesUpAtTheEnd) {
  // code: sms-query EXPIRED
  link_.fate = [](const SmsSegment&) { return SubmitResult{.fate = SubmitFate::try_later}; };
  start();
  const std::string id = taken("hi");
  run_until([&] { return record(id).attempts == 1 && state(id) == SmsState::queued; });
  EXPECT_EQ(record(id).next_at, kNow + seconds(1));
  clock_.advance(seconds(1));
  run_until([&] { return record(id).attempts == 2 && state(id) == SmsState::queued; });
  EXPECT_EQ(record(id).next_at, kNow + seconds(3));
  clock_.advance(std::chrono::hours(24));
  EXPECT_EQ(database_->sms_messages().expire(clock_.now()).value(), 1);
  EXPECT_EQ(state(id), SmsState::failed);
  EXPECT_EQ(record(id).error, "EXPIRED");
}

TEST_F(SmsFlows, SaysWhatTheMessageCentreRefused) {
  link_.fate = [](const SmsSegment&) {
    return SubmitResult{.fate = SubmitFate::refused, .centre_id = {}, .status = 11};
  };
  start();
  const std::string id = taken(std::string(200, 'a'));
  run_until([&] { return state(id) == SmsState::failed; });
  EXPECT_EQ(record(id).error, "REFUSED 11");
  EXPECT_EQ(link_.sent.size(), 1u) << "its other segment would be of no use";
  EXPECT_TRUE(hand_up("zz", false, "628131234567"));
  EXPECT_EQ(dispatcher_->counts().receipts_unknown, 1u);
}

TEST_F(SmsFlows, WaitsForTheLink) {
  link_.up = false;
  start();
  const std::string id = taken("hi");
  io_.restart();
  io_.run_for(milliseconds(60));
  EXPECT_EQ(state(id), SmsState::queued);
  link_.up = true;
  run_until([&] { return state(id) == SmsState::submitted; });
}

TEST_F(SmsFlows, HeedsThoseWhoWantNoMessages) {
  start();
  EXPECT_TRUE(reply("What is this?"));
  EXPECT_TRUE(database_->sms_messages().opt_outs()->empty());
  EXPECT_TRUE(reply(" Stop. "));
  const auto refused =
      order({{.to = "628131234567", .from = {}, .text = "x", .task_id = {}, .validity = {}}});
  EXPECT_EQ(refused->at(0).error(), SmsRefusal::opted_out);
  EXPECT_EQ(
      *vault_.open_number(database_->sms_messages().opt_outs()->at(0).sealed), "628131234567"
  );
  EXPECT_TRUE(reply("START"));
  EXPECT_TRUE(reply("START"));
  EXPECT_FALSE(taken("x").empty());
}

TEST_F(SmsFlows, FillsTemplatesOfTheCustomer) {
  ASSERT_TRUE(database_->sms_messages().set_template(
      {.customer = "bank", .code = "SMS_1", .text = "Code ${code}", .set_at = kNow}
  ));
  const SmsOrders orders(*database_, pool_, clock_, vault_, options_);
  const auto fill = [&](const Caller& caller, std::vector<std::pair<std::string, std::string>> v) {
    return testing::await(orders.fill(caller, "SMS_1", std::move(v), Deadline::max()));
  };
  EXPECT_EQ(*fill(kBank, {{"code", "7"}}), "Code 7");
  EXPECT_EQ(fill(kBank, {}).error().code, Errc::missing_parameter);
  EXPECT_EQ(fill({.customer = "shop", .access_key_id = {}}, {}).error().code, Errc::not_found);
}

}  // namespace
}  // namespace selfsame::flows
