// SPDX-License-Identifier: Apache-2.0
// Use case: bring queued text messages to a message centre, and note what it says of them.
//
// Nothing is sent twice: before a segment may leave it is durably noted that somebody has it in
// hand, and from then on it goes back to the queue only on the link's word that it did not leave.
// What a dead server had in hand is in doubt, like what left without an answer; a receipt settles a
// doubt.
#pragma once

#include <atomic>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "flows/sms_sender.h"
#include "flows/sms_vault.h"
#include "flows/worker_pool.h"
#include "storage/repositories.h"
#include "storage/sms_repositories.h"

namespace selfsame::flows {

struct SmsDispatchOptions {
  std::string route;
  std::size_t in_hand_max = 20;                  // messages
  std::chrono::milliseconds look_every{200};     // for messages, while there are none
  std::chrono::milliseconds first_pause{1'000};  // before what was put off; then doubled
  std::chrono::milliseconds longest_pause{60'000};
  std::chrono::seconds lease{120};
  int receipt_tries =
      5;  // of one that nobody knows yet: another server may be about to note its id
  std::chrono::milliseconds receipt_pause{1'000};
};

/// Since the start. Read from any thread.
struct SmsDispatchCounts {
  std::atomic<std::uint64_t> receipts_unknown = 0;
  std::atomic<std::uint64_t> opted_out = 0;
};

/// For one link. Not thread-safe but for counts(): everything happens on the executor, which must
/// be one thread's and that of the link.
class SmsDispatcher {
 public:
  SmsDispatcher(
      asio::any_io_executor executor,
      storage::Database& database,
      WorkerPool& storage_pool,
      const Clock& clock,
      const SmsVault& vault,
      SmsDispatchOptions options
  );
  SmsDispatcher(const SmsDispatcher&) = delete;
  SmsDispatcher& operator=(const SmsDispatcher&) = delete;

  /// For the link, which is made after this.
  [[nodiscard]] SmsArrivals arrivals();

  /// Until stop(). Call it once; the link must outlive it.
  [[nodiscard]] asio::awaitable<void> run(SmsSender* link);

  /// Claims nothing more and returns when all that was in hand is noted: stop the link first.
  [[nodiscard]] asio::awaitable<void> stop();

  [[nodiscard]] const SmsDispatchCounts& counts() const noexcept { return counts_; }

 private:
  struct Waiting;

  [[nodiscard]] asio::awaitable<void> claim_all(SmsSender* link);
  [[nodiscard]] asio::awaitable<void> send(SmsSender* link, storage::ClaimedSms claimed);
  [[nodiscard]] asio::awaitable<void> note_all();
  [[nodiscard]] asio::awaitable<void> note_segments();
  [[nodiscard]] asio::awaitable<void> note_receipts();
  [[nodiscard]] asio::awaitable<void> try_again_later(std::shared_ptr<Waiting> receipt);
  [[nodiscard]] asio::awaitable<bool> take_receipt(SmsReceipt receipt);
  [[nodiscard]] asio::awaitable<bool> take_reply(SmsReply reply);
  [[nodiscard]] storage::SegmentNote note_of(
      const storage::SmsRecord& message, int segment, const SubmitResult& result
  ) const;
  void add(storage::SegmentNote note);
  [[nodiscard]] asio::awaitable<void> wait(
      asio::steady_timer* timer, std::chrono::milliseconds time
  );

  asio::any_io_executor executor_;
  storage::Database& database_;
  WorkerPool& pool_;
  const Clock& clock_;
  const SmsVault& vault_;
  SmsDispatchOptions options_;
  SmsDispatchCounts counts_;
  std::size_t in_hand_ = 0;
  int running_ = 0;  // coroutines of run()
  bool stopping_ = false;
  asio::steady_timer room_;     // for who claims
  asio::steady_timer arrived_;  // for who notes
  asio::steady_timer ended_;    // for who stops
  std::vector<storage::SegmentNote> notes_;
  std::vector<std::shared_ptr<Waiting>> receipts_;
};

}  // namespace selfsame::flows
