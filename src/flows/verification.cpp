// SPDX-License-Identifier: Apache-2.0
#include "flows/verification.h"

#include <algorithm>
#include <utility>

#include "core/sandbox.h"
#include "flows/reference_photos.h"
#include "flows/verification_document.h"
#include "flows/verification_evidence.h"
#include "flows/verification_judging.h"
#include "flows/verification_steps.h"

namespace selfsame::flows {
namespace {

using SharedParts = std::shared_ptr<const VerificationParts>;
using Session = storage::VerificationRecord;

constexpr std::size_t kReferenceBytesMost = 10u << 20;
constexpr std::size_t kMetadataBytesMost = 16'000;
constexpr std::size_t kTokenBytesMost = 128;
constexpr int kSweptAtOnce = 100;
constexpr std::size_t kResumedAtOnce = 4;
constexpr std::chrono::minutes kJudgingGivenUpAfter{15};
constexpr std::chrono::hours kFailedPutOff(1);

/// With a photo that comes with the order.
bool wants_reference(const core::VerificationTerms& terms) {
  return terms.compares && !(terms.document && terms.document->compares_portrait);
}

Result<void> check_document(
    const std::optional<core::DocumentTerms>& terms, const VerificationOptions& options
) {
  if (!terms) return {};
  if (options.documents == nullptr || !options.documents->are_read()) {
    return fail(Errc::unsupported, "no documents are read here");
  }
  if (terms->asks_register && !options.ask_register) {
    return fail(Errc::unsupported, "there is no register");
  }
  const bool known = std::ranges::all_of(terms->types, [&](const std::string& type) {
    return options.documents->knows(type);
  });
  return known ? Result<void>() : fail(Errc::invalid_parameter, "no such type of document");
}

Result<void> check(const VerificationOrder& order, const VerificationOptions& options) {
  SELFSAME_CHECK(core::check(order.terms));
  SELFSAME_CHECK(check_document(order.terms.document, options));
  if (order.metadata.size() > kMetadataBytesMost) {
    return fail(Errc::invalid_parameter, "metadata: at most 16,000 bytes");
  }
  if (order.token.size() > kTokenBytesMost) return fail(Errc::invalid_parameter, "token");
  if (order.further_photos.size() > kFurtherPhotosMax) {
    return fail(Errc::invalid_parameter, "further photos");
  }
  const bool wants_photo = wants_reference(order.terms);
  std::size_t photo_bytes = wants_photo ? order.reference_image.size() : 0;
  for (const Bytes& photo : order.further_photos) photo_bytes += photo.size();
  if (photo_bytes > kReferenceBytesMost) return fail(Errc::image_too_large, "the photos");
  if (wants_photo && order.reference_image.empty()) {
    return fail(Errc::missing_parameter, "the reference photo");
  }
  return {};
}

// Jobs of the pools. Tokens and what arrives live in the coroutine's frame.

Result<std::optional<core::CaptureDefect>> reference_defect(
    const SharedParts& parts, const std::shared_ptr<const Bytes>& image
) {
  SELFSAME_TRY(photo, parts->engine.read_photo(*image, vision::PhotoOptions{}));
  return photo.defect;
}

Result<OpenedVerification> open_session(
    const SharedParts& parts,
    const VerificationOrder& order,
    const std::shared_ptr<const Bytes>& image
) {
  return VerificationSteps(*parts).open(
      order, pack({.deciding = *image, .further = order.further_photos})
  );
}

Result<Session> find_session(
    const SharedParts& parts, const std::string& customer, const std::string& id
) {
  return VerificationSteps(*parts).find(customer, id);
}

Result<Session> find_by_token(const SharedParts& parts, const std::string& token) {
  return VerificationSteps(*parts).find_by_token(token);
}

Result<Bytes> read_best_frame(
    const SharedParts& parts, const std::string& customer, const std::string& id
) {
  SELFSAME_TRY(session, VerificationSteps(*parts).find(customer, id));
  if (session.outcome_id.empty()) return fail(Errc::not_found, "nothing is decided");
  SELFSAME_TRY(outcome, parts->database.outcomes().find(customer, session.outcome_id));
  if (outcome.best_frame_blob.empty()) return fail(Errc::not_found, "there is no best frame");
  return parts->blobs.get(outcome.best_frame_blob);
}

Result<Bytes> read_video(
    const SharedParts& parts, const std::string& customer, const std::string& id
) {
  SELFSAME_TRY(session, VerificationSteps(*parts).find(customer, id));
  if (session.outcome_id.empty()) return fail(Errc::not_found, "nothing is decided");
  SELFSAME_TRY(evidence, parts->database.verifications().parts(id));
  return load_video(parts->blobs, evidence);
}

Result<DocumentCase> read_document_case(
    const SharedParts& parts, const std::string& customer, const std::string& id
) {
  const VerificationSteps steps(*parts);
  SELFSAME_TRY(session, steps.find(customer, id));
  return steps.document_of(session);
}

Result<Session> confirm_in(
    const SharedParts& parts, const std::string& token, const std::vector<DocumentEdit>& edits
) {
  return VerificationSteps(*parts).confirm_document(token, edits);
}

Result<ChallengeForDevice> issue_challenge(
    const SharedParts& parts, const std::string& token, const core::DeviceFacts& device
) {
  return VerificationSteps(*parts).challenge(token, device);
}

Result<SessionOutline> outline_session(const SharedParts& parts, const std::string& token) {
  return VerificationSteps(*parts).outline(token);
}

Result<std::string> claim_session(
    const SharedParts& parts,
    const std::string& token,
    const std::string& key,
    const std::string& proposed
) {
  return VerificationSteps(*parts).claim(token, key, proposed);
}

Result<bool> check_holder(
    const SharedParts& parts, const std::string& token, const std::string& key
) {
  return VerificationSteps(*parts).check_device(token, key);
}

Result<PartStatus> keep_chunk(
    const SharedParts& parts, const std::string& token, const EvidenceChunk& chunk
) {
  return VerificationSteps(*parts).upload(token, chunk);
}

Result<std::vector<PartStatus>> list_parts(const SharedParts& parts, const std::string& token) {
  return VerificationSteps(*parts).arrived(token);
}

Result<SealedSession> seal_evidence(
    const SharedParts& parts, const std::string& token, const EvidenceManifest& manifest
) {
  return VerificationSteps(*parts).seal(token, manifest);
}

Result<Session> end_session(
    const SharedParts& parts, const std::string& token, core::EndReason reason
) {
  return VerificationSteps(*parts).end(token, reason);
}

/// Begins once more to judge what nobody judges any more; false when somebody else does.
Result<bool> resume(const SharedParts& parts, const VerificationSteps& steps, Session session) {
  SELFSAME_TRY(claimed, steps.claim(session));
  if (!claimed) return false;
  const bool given_up = parts->clock.now() >= session.progress.changed_at + kJudgingGivenUpAfter;
  auto sealed = steps.load(session);
  if (given_up) {  // because of what is still in the way, if anything is
    const Errc cause = sealed ? Errc::deadline_exceeded : sealed.error().code;
    return steps.settle_failure(session, cause).has_value();
  }
  if (sealed) {
    start_judging(parts, std::move(*sealed));
    return true;
  }
  if (sealed.error().code == Errc::storage_unavailable) return tl::unexpected(sealed.error());
  if (sealed.error().code == Errc::overloaded) return false;
  return steps.settle_failure(session, sealed.error().code).has_value();
}

/// False: it was left for the next time, or somebody else deals with it.
Result<bool> sweep_one(
    const SharedParts& parts, const storage::VerificationName& name, std::size_t& resumed
) {
  const VerificationSteps steps(*parts);
  SELFSAME_TRY(session, steps.find(name.customer, name.id));
  if (session.progress.state == core::VerificationState::decided) {
    SELFSAME_CHECK(steps.forget_samples(session));
    return true;
  }
  if (session.progress.state != core::VerificationState::in_progress) return true;  // it expired
  if (resumed >= kResumedAtOnce) return false;
  SELFSAME_TRY(mine, resume(parts, steps, std::move(session)));
  resumed += mine ? 1 : 0;
  return mine;
}

/// What cannot be dealt with now would stand before all others the next time.
Result<void> put_off(const VerificationParts& parts, const storage::VerificationName& name) {
  const Timestamp now = parts.clock.now();
  SELFSAME_CHECK(
      parts.database.verifications().postpone(name.id, name.number, now, now + kFailedPutOff)
  );
  return {};
}

}  // namespace

Verifications::Verifications(
    const vision::FaceEngine& engine,
    storage::Database& database,
    storage::BlobStore& blobs,
    InferencePool& inference_pool,
    WorkerPool& storage_pool,
    WorkerPool& blob_pool,
    const Clock& clock,
    boost::asio::any_io_executor executor,
    core::VerificationPolicy policy,
    VerificationKeys keys,
    VerificationOptions options
)
    : parts_(std::make_shared<const VerificationParts>(VerificationParts{
          .engine = engine,
          .database = database,
          .blobs = blobs,
          .inference_pool = inference_pool,
          .storage_pool = storage_pool,
          .blob_pool = blob_pool,
          .clock = clock,
          .executor = std::move(executor),
          .policy = policy,
          .keys = std::move(keys),
          .options = std::move(options),
          .judging = std::make_shared<std::atomic<std::size_t>>(0)
      })) {}

asio::awaitable<Result<OpenedVerification>> Verifications::open(
    VerificationOrder order, Deadline deadline
) const {
  if (const auto fits = check(order, parts_->options); !fits) {
    co_return tl::unexpected(fits.error());
  }
  if (!wants_reference(order.terms)) order.reference_image.clear();
  const auto image = std::make_shared<const Bytes>(std::move(order.reference_image));
  if (!image->empty() && !(order.sandbox && core::sandbox_answer({*image}))) {
    Turn turn{
        .customer = order.caller.customer,
        .kind = Work::photo_comparison,
        .deadline = deadline,
        .is_abandoned = {}
    };
    SELFSAME_CO_TRY(
        defect,
        co_await parts_->inference_pool.run(std::move(turn), reference_defect, parts_, image)
    );
    if (defect && order.wants_usable_reference) {
      OpenedVerification refused;
      refused.reference_defect = defect;
      co_return refused;
    }
  }
  // Without photos it is a row and nothing else.
  const bool stores_photos = !image->empty() || !order.further_photos.empty();
  WorkerPool& pool = stores_photos ? parts_->blob_pool : parts_->storage_pool;
  co_return co_await pool.run(deadline, open_session, parts_, std::move(order), image);
}

asio::awaitable<Result<VerificationView>> Verifications::show(
    Caller caller, std::string id, Deadline deadline
) const {
  SELFSAME_CO_TRY(
      session,
      co_await parts_->storage_pool.run(
          deadline, find_session, parts_, std::move(caller.customer), std::move(id)
      )
  );
  co_return customer_view(std::move(session));
}

asio::awaitable<Result<VerificationView>> Verifications::show_by_token(
    Caller caller, std::string token, Deadline deadline
) const {
  SELFSAME_CO_TRY(
      session, co_await parts_->storage_pool.run(deadline, find_by_token, parts_, std::move(token))
  );
  if (session.customer != caller.customer) co_return fail(Errc::not_found, "no such verification");
  co_return customer_view(std::move(session));
}

asio::awaitable<Result<Bytes>> Verifications::best_frame(
    Caller caller, std::string id, Deadline deadline
) const {
  co_return co_await parts_->blob_pool.run(
      deadline, read_best_frame, parts_, std::move(caller.customer), std::move(id)
  );
}

asio::awaitable<Result<Bytes>> Verifications::video(
    Caller caller, std::string id, Deadline deadline
) const {
  co_return co_await parts_->blob_pool.run(
      deadline, read_video, parts_, std::move(caller.customer), std::move(id)
  );
}

asio::awaitable<Result<SessionOutline>> Verifications::outline(std::string token, Deadline deadline)
    const {
  co_return co_await parts_->storage_pool.run(deadline, outline_session, parts_, std::move(token));
}

asio::awaitable<Result<std::string>> Verifications::claim(
    std::string token, std::string key, std::string proposed, Deadline deadline
) const {
  co_return co_await parts_->storage_pool.run(
      deadline, claim_session, parts_, std::move(token), std::move(key), std::move(proposed)
  );
}

asio::awaitable<Result<bool>> Verifications::check_device(
    std::string token, std::string key, Deadline deadline
) const {
  co_return co_await parts_->storage_pool.run(
      deadline, check_holder, parts_, std::move(token), std::move(key)
  );
}

asio::awaitable<Result<DocumentCase>> Verifications::document(
    Caller caller, std::string id, Deadline deadline
) const {
  co_return co_await parts_->blob_pool.run(
      deadline, read_document_case, parts_, std::move(caller.customer), std::move(id)
  );
}

asio::awaitable<Result<DocumentForDevice>> Verifications::show_document(
    std::string token, DocumentPicture picture, Deadline deadline
) const {
  co_return co_await take_document_picture(parts_, std::move(token), std::move(picture), deadline);
}

asio::awaitable<Result<DeviceView>> Verifications::confirm_document(
    std::string token, std::vector<DocumentEdit> edits, Deadline deadline
) const {
  SELFSAME_CO_TRY(
      session,
      co_await parts_->blob_pool.run(
          deadline, confirm_in, parts_, std::move(token), std::move(edits)
      )
  );
  co_return device_view(session);
}

asio::awaitable<Result<ChallengeForDevice>> Verifications::challenge(
    std::string token, core::DeviceFacts device, Deadline deadline
) const {
  co_return co_await parts_->storage_pool.run(
      deadline, issue_challenge, parts_, std::move(token), device
  );
}

asio::awaitable<Result<PartStatus>> Verifications::upload(
    std::string token, EvidenceChunk chunk, Deadline deadline
) const {
  co_return co_await parts_->blob_pool.run(
      deadline, keep_chunk, parts_, std::move(token), std::move(chunk)
  );
}

asio::awaitable<Result<std::vector<PartStatus>>> Verifications::arrived(
    std::string token, Deadline deadline
) const {
  co_return co_await parts_->storage_pool.run(deadline, list_parts, parts_, std::move(token));
}

asio::awaitable<Result<DeviceView>> Verifications::seal(
    std::string token, EvidenceManifest manifest, Deadline deadline
) const {
  SELFSAME_CO_TRY(
      sealed,
      co_await parts_->blob_pool.run(
          deadline, seal_evidence, parts_, std::move(token), std::move(manifest)
      )
  );
  const DeviceView view = device_view(sealed.session);
  start_judging(parts_, std::move(sealed));
  co_return view;
}

asio::awaitable<Result<DeviceView>> Verifications::result(std::string token, Deadline deadline)
    const {
  SELFSAME_CO_TRY(
      session, co_await parts_->storage_pool.run(deadline, find_by_token, parts_, std::move(token))
  );
  co_return device_view(session);
}

asio::awaitable<Result<DeviceView>> Verifications::end(
    std::string token, core::EndReason reason, Deadline deadline
) const {
  SELFSAME_CO_TRY(
      session,
      co_await parts_->storage_pool.run(deadline, end_session, parts_, std::move(token), reason)
  );
  co_return device_view(session);
}

std::size_t Verifications::judging() const noexcept {
  return parts_->judging->load();
}

Result<std::size_t> Verifications::sweep() const {
  SELFSAME_TRY(due, parts_->database.verifications().due(parts_->clock.now(), kSweptAtOnce));
  std::size_t done = 0;
  std::size_t resumed = 0;
  std::optional<Error> first_failure;
  for (const storage::VerificationName& name : due) {
    const auto swept = sweep_one(parts_, name, resumed);
    if (!swept && swept.error().code == Errc::storage_unavailable) {
      return tl::unexpected(swept.error());
    }
    if (!swept) SELFSAME_CHECK(put_off(*parts_, name));  // the others do not wait for it
    if (!swept && !first_failure) first_failure = swept.error();
    done += swept && *swept ? 1 : 0;
  }
  if (first_failure) return tl::unexpected(std::move(*first_failure));
  return done;
}

}  // namespace selfsame::flows
