// SPDX-License-Identifier: Apache-2.0
// The blocking half of flows/verification.h: jobs of the storage pools. Inside of it.
#pragma once

#include <atomic>
#include <cstddef>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <type_traits>
#include <vector>

#include "base/result.h"
#include "core/customer.h"
#include "core/verification.h"
#include "flows/capture_judgement.h"
#include "flows/capture_room.h"
#include "flows/reference_photos.h"
#include "flows/verification.h"
#include "storage/verification_repositories.h"

namespace selfsame::flows {

/// Sessions whose picture is being read here: a device gets one at a time. Thread-safe.
class PicturesBeingRead {
 public:
  [[nodiscard]] bool begin(const std::string& session);
  void end(const std::string& session);

 private:
  std::mutex mutex_;
  std::set<std::string> sessions_;
};

/// What the members of Verifications and the judging that goes on share.
struct VerificationParts {
  const vision::FaceEngine& engine;
  storage::Database& database;
  storage::BlobStore& blobs;
  InferencePool& inference_pool;
  WorkerPool& storage_pool;
  WorkerPool& blob_pool;
  const Clock& clock;
  boost::asio::any_io_executor executor;
  core::VerificationPolicy policy;
  VerificationKeys keys;
  VerificationOptions options;
  std::shared_ptr<std::atomic<std::size_t>> judging;  // sessions
  std::shared_ptr<PicturesBeingRead> pictures = std::make_shared<PicturesBeingRead>();
  CaptureRoom room{options.limits.waiting_bytes_max};
};

/// A session whose evidence is sealed, on its way to the verdict.
struct SealedSession {
  storage::VerificationRecord session;
  ReferencePhotos photos;
  vision::CaptureSamples samples;
  core::Customer customer;  // what is settled now
  CapturePlace place;       // of its bytes
};

/// A session that waits for a picture, and what is settled with its customer.
struct AwaitedPicture {
  storage::VerificationRecord session;
  core::Customer customer;
};

/// A picture on its way in, and what was seen in it.
struct SeenPicture {
  core::DocumentSighting seen;  // but for numbers_differ
  DocumentSide side;
  Bytes portrait_jpeg;
};

class VerificationSteps {
 public:
  using Session = storage::VerificationRecord;

  explicit VerificationSteps(const VerificationParts& parts) : parts_(parts) {}

  /// Stores the order as a session.
  /// @param photos  ReferencePhotos, packed; empty: none
  [[nodiscard]] Result<OpenedVerification> open(const VerificationOrder& order, const Bytes& photos)
      const;

  /// Both let it expire first, where its time is over.
  [[nodiscard]] Result<Session> find(const std::string& customer, const std::string& id) const;
  [[nodiscard]] Result<Session> find_by_token(const std::string& token) const;

  [[nodiscard]] Result<SessionOutline> outline(const std::string& token) const;
  [[nodiscard]] Result<std::string> claim(
      const std::string& token, const std::string& key, const std::string& proposed
  ) const;
  [[nodiscard]] Result<bool> check_device(const std::string& token, const std::string& key) const;
  [[nodiscard]] Result<ChallengeForDevice> challenge(
      const std::string& token, const core::DeviceFacts& device
  ) const;
  [[nodiscard]] Result<AwaitedPicture> await_picture(
      const std::string& token, const std::string& side
  ) const;
  [[nodiscard]] Result<Session> take_picture(const Session& session, SeenPicture picture) const;
  [[nodiscard]] Result<Session> confirm_document(
      const std::string& token, const std::vector<DocumentEdit>& edits
  ) const;
  [[nodiscard]] Result<DocumentCase> document_of(const Session& session) const;
  [[nodiscard]] Result<PartStatus> upload(const std::string& token, const EvidenceChunk& chunk)
      const;
  [[nodiscard]] Result<std::vector<PartStatus>> arrived(const std::string& token) const;
  [[nodiscard]] Result<SealedSession> seal(
      const std::string& token, const EvidenceManifest& manifest
  ) const;
  [[nodiscard]] Result<Session> end(const std::string& token, core::EndReason reason) const;

  /// Takes the step that the judgement makes, with its outcome and charge when it decides.
  [[nodiscard]] Result<Session> settle(const Session& session, const CaptureJudgement& judgement)
      const;
  [[nodiscard]] Result<Session> settle_failure(const Session& session, Errc cause) const;

  /// The evidence of a session that is in progress, from the store.
  [[nodiscard]] Result<SealedSession> load(Session session) const;
  /// Nobody else resumes this session for a while; false when somebody else just did.
  [[nodiscard]] Result<bool> claim(const Session& session) const;
  /// Erases what was kept of a decided session for as long as its result is.
  [[nodiscard]] Result<void> forget_samples(const Session& session) const;

 private:
  struct Decision {
    storage::OutcomeRecord outcome;
    std::optional<storage::LedgerEntry> charge;
  };

  /// Blobs that a step puts in the place of others; none: they stay.
  struct NewBlobs {
    std::optional<std::string> document;
    std::optional<std::string> reference;
  };

  [[nodiscard]] Result<Session> take(
      Session session,
      core::VerificationTransition transition,
      const Decision* decision = nullptr,
      std::optional<std::int64_t> evidence_bytes = {},
      const NewBlobs& blobs = {}
  ) const;
  /// The same for a step of the document, with what it decides.
  [[nodiscard]] Result<Session> take_document_step(
      const Session& session,
      const core::VerificationTransition& transition,
      const DocumentCase* document,
      const Bytes& portrait_jpeg
  ) const;
  [[nodiscard]] Result<Session> let_expire(Session session) const;
  [[nodiscard]] Result<void> note_attack(const Session& session, Timestamp now) const;
  [[nodiscard]] Result<void> admit_app(
      const std::string& token, const Session& session, const core::DeviceClient& app
  ) const;
  [[nodiscard]] Result<Session> issue(Session session, const core::DeviceFacts& device) const;
  /// What is settled with the customer now; `forbidden` where that lets none of its sessions go on.
  [[nodiscard]] Result<core::Customer> customer_of(const Session& session) const;
  [[nodiscard]] Decision decision_of(
      const Session& session, const core::VerificationFinding& finding, Timestamp now
  ) const;
  [[nodiscard]] Result<ReferencePhotos> photos_of(const Session& session) const;
  [[nodiscard]] std::optional<Decision> attempt_of(
      const Session& session, const core::VerificationFinding& finding, Timestamp now
  ) const;
  [[nodiscard]] Bytes token_hash(const std::string& token) const;
  [[nodiscard]] std::string signature_of(
      const Session& session, const core::IssuedChallenge& issued
  ) const;
  [[nodiscard]] std::optional<Timestamp> due_at(
      const Session& session, const core::VerificationProgress& progress
  ) const;
  [[nodiscard]] std::optional<std::chrono::milliseconds> samples_kept(const Session& session) const;
  /// Stores `content`, if there is any, and lets `refer(blob id)` store the row that refers to it;
  /// where that fails the blob goes again.
  template <class Refer>
  [[nodiscard]] std::invoke_result_t<Refer, std::string> put(ByteView content, Refer refer) const;
  [[nodiscard]] std::chrono::milliseconds lease() const;
  void erase(const std::vector<std::string>& blobs) const;

  const VerificationParts& parts_;
};

/// What a session of these terms is judged by.
[[nodiscard]] core::VerificationPolicy policy_for(
    const VerificationParts& parts,
    const core::VerificationTerms& terms,
    const core::Customer& customer
);

[[nodiscard]] DeviceView device_view(const storage::VerificationRecord& session);
[[nodiscard]] VerificationView customer_view(storage::VerificationRecord session);

}  // namespace selfsame::flows
