// SPDX-License-Identifier: Apache-2.0
#include "flows/verification_judging.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <exception>
#include <utility>

namespace selfsame::flows {
namespace {

using SharedParts = std::shared_ptr<const VerificationParts>;
using SharedSession = std::shared_ptr<const SealedSession>;
using Session = storage::VerificationRecord;

constexpr std::chrono::milliseconds kPause{200};

/// From the challenge's way out to the evidence's way in, seconds.
double available_s(const core::VerificationProgress& progress) {
  const auto time = progress.changed_at - progress.challenge->issued_at;
  return std::chrono::duration<double>(time).count();
}

/// Of a document.
bool is_portrait(const core::VerificationTerms& terms) {
  return terms.document && terms.document->compares_portrait;
}

Result<CaptureJudgement> judge(const SharedParts& parts, const SharedSession& sealed) {
  const core::VerificationProgress& progress = sealed->session.progress;
  const CaptureContext context{
      .available_s = available_s(progress),
      .hints = progress.evidence->hints,
      .sandbox = sealed->customer.sandbox,
      .reference_is_portrait = is_portrait(sealed->session.terms)
  };
  try {
    return judge_capture(
        parts->engine,
        policy_for(*parts, sealed->session.terms, sealed->customer),
        progress.challenge->challenge,
        sealed->photos.deciding,
        sealed->samples,
        context,
        sealed->photos.further
    );
  } catch (const std::exception& thrown) {
    return fail(Errc::engine_failed, thrown.what());
  }
}

Result<Session> settle(
    const SharedParts& parts, const SharedSession& sealed, const Result<CaptureJudgement>& judged
) {
  const VerificationSteps steps(*parts);
  if (judged) return steps.settle(sealed->session, *judged);
  return steps.settle_failure(sealed->session, judged.error().code);
}

/// Room may be found a little later.
bool is_passing(const Error& error) {
  return error.code == Errc::overloaded || error.code == Errc::storage_unavailable;
}

asio::awaitable<void> pause() {
  asio::steady_timer timer(co_await asio::this_coro::executor, kPause);
  co_await timer.async_wait(asio::use_awaitable);
}

/// Counts a session as being judged.
class Judging {
 public:
  explicit Judging(std::shared_ptr<std::atomic<std::size_t>> count) : count_(std::move(count)) {
    count_->fetch_add(1);
  }
  Judging(const Judging&) = delete;
  Judging& operator=(const Judging&) = delete;
  ~Judging() { count_->fetch_sub(1); }

 private:
  std::shared_ptr<std::atomic<std::size_t>> count_;
};

asio::awaitable<void> judge_and_settle(
    SharedParts parts, SharedSession sealed, std::shared_ptr<const Judging> /* until the end */
) {
  const Deadline deadline = std::chrono::steady_clock::now() + parts->options.judging_limit;
  Result<CaptureJudgement> judged = fail(Errc::overloaded);
  for (;;) {
    Turn turn{
        .customer = sealed->session.customer,
        .kind = Work::video_liveness,
        .deadline = deadline,
        .is_abandoned = {}
    };
    judged = co_await parts->inference_pool.run(std::move(turn), judge, parts, sealed);
    if (judged || !is_passing(judged.error())) break;
    if (std::chrono::steady_clock::now() >= deadline) co_return;
    co_await pause();
  }
  if (!judged && judged.error().code == Errc::deadline_exceeded) co_return;
  // However late: begun anew it would come no sooner.
  const Deadline store_by = std::chrono::steady_clock::now() + parts->options.judging_limit;
  while (std::chrono::steady_clock::now() < store_by) {
    const auto settled = co_await parts->blob_pool.run(store_by, settle, parts, sealed, judged);
    if (settled || !is_passing(settled.error())) co_return;
    co_await pause();
  }
}

}  // namespace

void start_judging(std::shared_ptr<const VerificationParts> parts, SealedSession sealed) {
  const auto executor = parts->executor;
  auto counted = std::make_shared<const Judging>(parts->judging);
  auto shared = std::make_shared<const SealedSession>(std::move(sealed));
  asio::co_spawn(
      executor,
      judge_and_settle(std::move(parts), std::move(shared), std::move(counted)),
      asio::detached
  );
}

}  // namespace selfsame::flows
