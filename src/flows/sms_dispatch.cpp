// SPDX-License-Identifier: Apache-2.0
#include "flows/sms_dispatch.h"

#include <algorithm>
#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <exception>
#include <utility>

#include "core/sms.h"

namespace selfsame::flows {
namespace {

constexpr std::chrono::milliseconds kStoragePause{500};
constexpr std::chrono::seconds kStoragePatience{30};
constexpr std::size_t kBatch = 500;

// What phones answer to be left alone, or not.
constexpr std::array<std::string_view, 4> kStopWords = {"STOP", "STOPALL", "UNSUBSCRIBE", "QUIT"};
constexpr std::array<std::string_view, 2> kStartWords = {"START", "UNSTOP"};

Deadline storage_deadline() {
  return std::chrono::steady_clock::now() + kStoragePatience;
}

Result<std::vector<storage::ClaimedSms>> claim_in(
    storage::Database* database,
    const std::string& route,
    Timestamp now,
    Timestamp leased_until,
    int limit
) {
  return database->sms_messages().claim(route, now, leased_until, limit);
}

Result<void> note_segments_in(
    storage::Database* database, const std::vector<storage::SegmentNote>& notes, Timestamp now
) {
  return database->sms_messages().note(notes, now);
}

Result<std::vector<bool>> note_receipts_in(
    storage::Database* database, const std::vector<storage::ReceiptNote>& receipts, Timestamp now
) {
  return database->sms_messages().note(receipts, now);
}

Result<void> opt_out_in(storage::Database* database, const storage::SmsOptOut& number) {
  return database->sms_messages().opt_out(number);
}

Result<void> opt_in_in(storage::Database* database, const Bytes& number_hash) {
  auto done = database->sms_messages().opt_in(number_hash);
  if (!done && done.error().code == Errc::not_found) return {};
  return done;
}

/// The one word that a reply is, in upper case.
std::string word_of(std::string_view text) {
  std::string word;
  for (const char c : text) {
    if (c == ' ' || c == '\r' || c == '\n' || c == '.' || c == '!') continue;
    word.push_back(c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c);
  }
  return word;
}

/// The same for all segments of a message, and for those that are sent later.
std::uint8_t reference_of(const storage::SmsRecord& message) {
  return message.number_hash.empty()
             ? std::uint8_t{0}
             : static_cast<std::uint8_t>(message.number_hash[0] ^ message.id.back());
}

SmsSegment segment_of(
    const storage::SmsRecord& message,
    const SmsContent& content,
    const core::SmsText& text,
    int number,
    Timestamp now
) {
  const auto total = static_cast<std::uint8_t>(text.segments.size());
  SmsSegment segment;
  segment.from = content.from;
  segment.to = content.to;
  segment.encoding = text.encoding;
  if (total > 1) {
    segment.payload =
        core::concatenation_header(reference_of(message), total, static_cast<std::uint8_t>(number));
    segment.has_header = true;
  }
  const Bytes& part = text.segments.at(static_cast<std::size_t>(number) - 1);
  segment.payload.insert(segment.payload.end(), part.begin(), part.end());
  if (message.valid_until) {
    segment.validity = std::chrono::ceil<std::chrono::seconds>(*message.valid_until - now);
  }
  return segment;
}

}  // namespace

/// A receipt, until it is noted.
struct SmsDispatcher::Waiting {
  explicit Waiting(const asio::any_io_executor& executor) : answered(executor) {
    answered.expires_at(asio::steady_timer::time_point::max());
  }
  storage::ReceiptNote note;
  int tries = 0;
  bool is_kept = false;
  asio::steady_timer answered;
};

SmsDispatcher::SmsDispatcher(
    asio::any_io_executor executor,
    storage::Database& database,
    WorkerPool& storage_pool,
    const Clock& clock,
    const SmsVault& vault,
    SmsDispatchOptions options
)
    : executor_(std::move(executor)),
      database_(database),
      pool_(storage_pool),
      clock_(clock),
      vault_(vault),
      options_(std::move(options)),
      room_(executor_),
      arrived_(executor_),
      ended_(executor_) {}

asio::awaitable<void> SmsDispatcher::wait(
    asio::steady_timer* timer, std::chrono::milliseconds time
) {
  timer->expires_after(time);
  co_await timer->async_wait(asio::as_tuple(asio::use_awaitable));
}

SmsArrivals SmsDispatcher::arrivals() {
  return {
      .receipt = [this](SmsReceipt receipt) { return take_receipt(std::move(receipt)); },
      .reply = [this](SmsReply reply) { return take_reply(std::move(reply)); }
  };
}

asio::awaitable<void> SmsDispatcher::run(SmsSender* link) {
  running_ = 2;
  const auto end = [this](const std::exception_ptr& thrown) {
    --running_;
    ended_.cancel();
    if (thrown) std::rethrow_exception(thrown);
  };
  asio::co_spawn(executor_, note_all(), end);
  asio::co_spawn(executor_, claim_all(link), end);
  while (running_ > 0) co_await wait(&ended_, std::chrono::hours(1));
}

asio::awaitable<void> SmsDispatcher::stop() {
  stopping_ = true;
  room_.cancel();
  arrived_.cancel();
  while (running_ > 0) co_await wait(&ended_, std::chrono::milliseconds(10));
}

asio::awaitable<void> SmsDispatcher::claim_all(SmsSender* link) {
  while (!stopping_) {
    // In handfuls: each costs a transaction.
    if (!link->is_up() || in_hand_ > options_.in_hand_max / 2) {
      co_await wait(&room_, options_.look_every);
      continue;
    }
    const Timestamp now = clock_.now();
    auto claimed = co_await pool_.run(
        storage_deadline(),
        claim_in,
        &database_,
        options_.route,
        now,
        Timestamp(now + options_.lease),
        static_cast<int>(options_.in_hand_max - in_hand_)
    );
    if (!claimed || claimed->empty()) {
      co_await wait(&room_, claimed ? options_.look_every : kStoragePause);
      continue;
    }
    for (storage::ClaimedSms& each : *claimed) {
      ++in_hand_;
      asio::co_spawn(executor_, send(link, std::move(each)), [this](const std::exception_ptr&) {
        --in_hand_;
        if (in_hand_ <= options_.in_hand_max / 2) room_.cancel();
        if (stopping_) arrived_.cancel();
      });
    }
  }
}

asio::awaitable<void> SmsDispatcher::send(SmsSender* link, storage::ClaimedSms claimed) {
  const storage::SmsRecord& message = claimed.message;
  const auto content = vault_.open(message);
  const auto text = content ? core::cut_into_segments(content->text)
                            : Result<core::SmsText>(tl::unexpected(content.error()));
  bool goes_on = true;
  for (const int number : claimed.segments) {
    SubmitResult result{.fate = SubmitFate::not_sent};
    if (!text || static_cast<std::size_t>(number) > text->segments.size()) {
      result.fate = SubmitFate::refused;
    } else if (goes_on) {
      const Timestamp now = clock_.now();
      SmsSegment segment = segment_of(message, *content, *text, number, now);
      result = co_await link->submit(std::move(segment));
    }
    goes_on = result.fate == SubmitFate::accepted || result.fate == SubmitFate::in_doubt;
    add(note_of(message, number, result));
  }
}

storage::SegmentNote SmsDispatcher::note_of(
    const storage::SmsRecord& message, int segment, const SubmitResult& result
) const {
  storage::SegmentNote note;
  note.message_id = message.id;
  note.segment = segment;
  switch (result.fate) {
    case SubmitFate::accepted:
      note.state = core::SegmentState::accepted;
      note.centre_id = core::normal_centre_id(result.centre_id);
      break;
    case SubmitFate::refused:
      note.state = core::SegmentState::refused;
      note.error = "REFUSED " + std::to_string(result.status);
      break;
    case SubmitFate::in_doubt:
      note.state = core::SegmentState::in_doubt;
      break;
    case SubmitFate::not_sent:
      note.state = core::SegmentState::waiting;
      break;
    case SubmitFate::try_later: {
      note.state = core::SegmentState::waiting;
      auto pause = options_.first_pause;
      for (int i = 1; i < message.attempts && pause < options_.longest_pause; ++i) pause *= 2;
      note.next_at = clock_.now() + std::min(pause, options_.longest_pause);
      break;
    }
  }
  return note;
}

void SmsDispatcher::add(storage::SegmentNote note) {
  notes_.push_back(std::move(note));
  arrived_.cancel();
}

asio::awaitable<void> SmsDispatcher::note_all() {
  while (!stopping_ || in_hand_ > 0 || !notes_.empty()) {
    if (notes_.empty() && receipts_.empty()) {
      co_await wait(&arrived_, std::chrono::hours(1));
      continue;
    }
    // Segments first: a receipt that came after an answer finds the id that was in it.
    co_await note_segments();
    co_await note_receipts();
  }
  for (const auto& receipt : std::exchange(receipts_, {})) receipt->answered.cancel();
}

asio::awaitable<void> SmsDispatcher::note_segments() {
  if (notes_.empty()) co_return;
  const auto count = static_cast<std::ptrdiff_t>(std::min(notes_.size(), kBatch));
  std::vector<storage::SegmentNote> batch(notes_.begin(), notes_.begin() + count);
  notes_.erase(notes_.begin(), notes_.begin() + count);
  for (;;) {
    const auto noted =
        co_await pool_.run(storage_deadline(), note_segments_in, &database_, batch, clock_.now());
    if (noted) co_return;
    // It must not be forgotten; when we are stopped without a database, it will be in doubt.
    if (stopping_) co_return;
    co_await wait(&arrived_, kStoragePause);
  }
}

asio::awaitable<void> SmsDispatcher::note_receipts() {
  if (receipts_.empty()) co_return;
  const auto count = static_cast<std::ptrdiff_t>(std::min(receipts_.size(), kBatch));
  const std::vector<std::shared_ptr<Waiting>> batch(receipts_.begin(), receipts_.begin() + count);
  receipts_.erase(receipts_.begin(), receipts_.begin() + count);
  std::vector<storage::ReceiptNote> notes;
  for (const auto& receipt : batch) {
    receipt->note.settles_doubt = ++receipt->tries >= options_.receipt_tries;
    notes.push_back(receipt->note);
  }
  const auto known = co_await pool_.run(
      storage_deadline(), note_receipts_in, &database_, std::move(notes), clock_.now()
  );
  for (std::size_t i = 0; i < batch.size(); ++i) {
    const bool is_last = batch[i]->note.settles_doubt;
    if (known && !(*known)[i] && !is_last) {
      asio::co_spawn(executor_, try_again_later(batch[i]), asio::detached);
      continue;
    }
    if (known && !(*known)[i]) ++counts_.receipts_unknown;
    batch[i]->is_kept = known.has_value();
    batch[i]->answered.cancel();
  }
}

asio::awaitable<void> SmsDispatcher::try_again_later(std::shared_ptr<Waiting> receipt) {
  asio::steady_timer timer(executor_);
  co_await wait(&timer, options_.receipt_pause);
  receipts_.push_back(std::move(receipt));
  arrived_.cancel();
}

asio::awaitable<bool> SmsDispatcher::take_receipt(SmsReceipt receipt) {
  if (!receipt.is_final) co_return true;
  if (receipt.to.starts_with('+')) receipt.to.erase(0, 1);
  const auto waiting = std::make_shared<Waiting>(executor_);
  waiting->note = storage::ReceiptNote{
      .route = options_.route,
      .centre_ids = core::readings_of_centre_id(receipt.centre_id),
      .number_hash = vault_.hash_of_number(receipt.to),
      .delivered = receipt.delivered,
      .error = std::move(receipt.error)
  };
  receipts_.push_back(waiting);
  arrived_.cancel();
  co_await waiting->answered.async_wait(asio::as_tuple(asio::use_awaitable));
  co_return waiting->is_kept;
}

asio::awaitable<bool> SmsDispatcher::take_reply(SmsReply reply) {
  const auto number = core::phone_number_from(reply.from);
  const std::string word = word_of(reply.text);
  const bool stops = std::ranges::find(kStopWords, word) != kStopWords.end();
  const bool starts = std::ranges::find(kStartWords, word) != kStartWords.end();
  if (!number || (!stops && !starts)) co_return true;
  Bytes hash = vault_.hash_of_number(number->digits);
  if (starts) {
    co_return (co_await pool_.run(storage_deadline(), opt_in_in, &database_, std::move(hash)))
        .has_value();
  }
  storage::SmsOptOut entry;
  entry.number_hash = std::move(hash);
  entry.sealed = vault_.seal_number(number->digits);
  entry.added_at = clock_.now();
  ++counts_.opted_out;
  co_return (co_await pool_.run(storage_deadline(), opt_out_in, &database_, std::move(entry)))
      .has_value();
}

}  // namespace selfsame::flows
