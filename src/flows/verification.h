// SPDX-License-Identifier: Apache-2.0
// Use case: a verification session, from the customer's order to the verdict. Every surface with
// tokens stands on it.
//
// The customer creates it and gets a token; the device that has the token asks for a challenge,
// uploads what answers it in parts, seals them and asks for the result. core/verification.h is the
// law of its states. What is decided is stored before anybody learns of it, once.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/secret.h"
#include "core/verification.h"
#include "flows/authentication.h"
#include "flows/document_case.h"
#include "flows/document_reading.h"
#include "flows/inference_pool.h"
#include "flows/worker_pool.h"
#include "storage/blob_store.h"
#include "storage/repositories.h"
#include "vision/face_engine.h"

namespace selfsame::flows {

struct VerificationOrder {
  Caller caller;
  std::string surface = "native";
  std::string operation = "verifications";
  std::string product = "native.verifications";  // what is billed
  core::VerificationTerms terms;
  Bytes reference_image;  // wanted when terms.compares, unless with a document's portrait
  // A photo that cannot be compared with refuses the order; false: the verdict will say so.
  bool wants_usable_reference = true;
  std::vector<Bytes> further_photos;  // reported on (VerificationFinding::further_cosines); checked
                                      // by whoever asks (flows/reference_photos.h)
  std::string metadata;  // the customer's or the surface's own, at most 16,000 bytes; given back
                         // as it came
  std::string token;     // of the surface's own shape; empty: 43 characters A-Z a-z 0-9
  bool sandbox = false;  // of the caller's customer: a magic photo needs no face (core/sandbox.h)
};

struct OpenedVerification {
  // Set: the photo cannot be compared with, and nothing was opened.
  std::optional<core::CaptureDefect> reference_defect;
  std::string id;     // a UUID; the customer's name for it
  std::string token;  // the device's only credential; not stored, shown this once
  Timestamp start_by;
  Timestamp end_by;
};

/// For the customer: everything.
struct VerificationView {
  std::string id;
  std::string customer;
  std::string surface;
  std::string operation;
  std::string product;
  std::string metadata;
  core::VerificationTerms terms;
  core::VerificationProgress progress;
  std::vector<core::VerificationTransition> history;
  bool has_best_frame = false;
  std::string document_blob;  // a DocumentCase, packed; empty: none (yet, or any more)
};

/// For the device: nothing that would help an attacker. `outcome` is for a hint ("too dark").
struct DeviceView {
  core::VerificationState state{};
  bool passed = false;                   // decided as live or match
  std::optional<core::Outcome> outcome;  // of the latest attempt that was judged
  int attempts_left = 0;                 // challenges that may still be asked for
  bool wants_document = false;
  core::DocumentNeed document_need = core::DocumentNeed::nothing;  // what its step waits for
  std::optional<core::DocumentFault> document_fault;               // of the latest picture
  int pictures_left = 0;
};

struct DocumentPicture {
  std::string side;  // "front", "back"
  Bytes encoded;
  std::function<bool()> is_abandoned;  // as in Turn
};

/// What a device learns of its picture.
struct DocumentForDevice {
  DeviceView session;
  core::DocumentSighting seen;
  // What was read; nothing of it where the picture is not taken.
  core::DocumentFields fields;
};

/// What a page must know before it asks for a challenge.
struct SessionOutline {
  core::VerificationState state{};
  core::VerificationTerms terms;
  core::PageLook look;  // of its customer
  int attempts_left = 0;
  bool is_claimed = false;  // by some page
  Timestamp start_by;
  Timestamp end_by;
};

struct ChallengeForDevice {
  core::IssuedChallenge issued;
  std::string signature;  // lower-case hex; HMAC-SHA256 over session, attempt and content
};

/// One piece of a part. A part is named "video" or "still-N", N = 1, 2, 3, ...
struct EvidenceChunk {
  std::string challenge_id;
  std::string part;
  std::size_t offset = 0;  // must be what has arrived so far
  std::size_t total_bytes = 0;
  std::string sha256;  // of the whole part, lower-case hex
  Bytes content;
};

struct PartStatus {
  std::string part;
  std::size_t received_bytes = 0;  // the next chunk's offset
  std::size_t total_bytes = 0;
  std::string sha256;
};

/// What seals the parts. All parts that were begun must be whole; every still has its time.
struct EvidenceManifest {
  std::string challenge_id;
  std::string signature;
  std::vector<core::SealedStill> stills;  // by time
  std::vector<double> flash_shown_at_s;   // vision::CaptureSamples
  core::ClientHints hints;
};

struct VerificationLimits {
  std::size_t video_bytes_max = 24u << 20;
  std::size_t still_bytes_max = 2u << 20;
  std::size_t stills_max = 64;
  std::size_t evidence_bytes_max = 40u << 20;  // all parts of an attempt
  std::size_t waiting_bytes_max = 256u << 20;  // of sealed captures without a verdict, in memory
  std::size_t chunk_bytes_min = 64u << 10;     // but for the last of a part
};

/// Sub-keys of the master key (storage/master_key.h).
struct VerificationKeys {
  Secret challenge;  // signs
  Secret token;      // finds a session by its token, which is not stored
};

struct VerificationOptions {
  VerificationLimits limits;
  std::chrono::milliseconds result_kept = std::chrono::hours(72);  // for the token, once decided
  // For sessions of this operation instead, and then video, stills and photos are erased too;
  // nothing: result_kept, and they stay.
  std::function<std::optional<std::chrono::milliseconds>(const std::string& operation)> kept;
  std::chrono::milliseconds judging_limit = std::chrono::seconds(60);
  // The code under which an attempt with this outcome is billed for a product; nothing: it is not.
  std::function<std::optional<std::string>(const std::string& product, core::Outcome)> billed_code;
  // Of a session whose surface says whose number it is: NumberWatch::mark_of, to be noted when it
  // ends as an attack; "": it does not. Empty: none does.
  std::function<std::string(const std::string& surface, const std::string& metadata)> number_mark;
  const Documents* documents = nullptr;  // null: no session may ask for one
  // Whether a register knows the number under this name; empty: no session may ask for it.
  std::function<asio::awaitable<Result<core::RegisterFinding>>(
      Caller caller, core::RegisterQuery query, bool sandbox, Deadline deadline
  )>
      ask_register = {};
};

struct VerificationParts;  // flows/verification_steps.h

/// Thread-safe. Errors of every member: `overloaded`, `deadline_exceeded`, `storage_unavailable`,
/// `integrity_failure`, and those named beside it. An unknown token or id, also another customer's,
/// is `not_found`; a session, challenge or result whose time is over is `expired`; a step that the
/// state forbids is `conflict`.
class Verifications {
 public:
  /// @param executor  runs what goes on after an answer (judging); outlives this
  Verifications(
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
  );

  /// `invalid_parameter` for terms or metadata; `unsupported` for a document or a register where
  /// there is none; `image_undecodable`, `image_too_large`,
  /// `missing_parameter` for the photo; `conflict` when the token is taken.
  [[nodiscard]] asio::awaitable<Result<OpenedVerification>> open(
      VerificationOrder order, Deadline deadline
  ) const;

  [[nodiscard]] asio::awaitable<Result<VerificationView>> show(
      Caller caller, std::string id, Deadline deadline
  ) const;
  /// The same by the token, for surfaces whose customers have only that; `expired` once
  /// `result_kept` is over.
  [[nodiscard]] asio::awaitable<Result<VerificationView>> show_by_token(
      Caller caller, std::string token, Deadline deadline
  ) const;
  /// JPEG; `not_found` where the person was not found to be live.
  [[nodiscard]] asio::awaitable<Result<Bytes>> best_frame(
      Caller caller, std::string id, Deadline deadline
  ) const;
  /// Of the attempt that decided, as the device sent it; `not_found` where there is none.
  [[nodiscard]] asio::awaitable<Result<Bytes>> video(
      Caller caller, std::string id, Deadline deadline
  ) const;

  [[nodiscard]] asio::awaitable<Result<SessionOutline>> outline(
      std::string token, Deadline deadline
  ) const;
  /// Gives the session to one page, before anything has happened in it: the key that it must show
  /// from then on (check_device), which is `proposed` where there is one. Again with that, or with
  /// `key`, by whoever has it already, it is the same. `conflict`: another one has.
  /// @param proposed  32 to 64 random characters by the page, so that it may ask again when an
  ///                  answer was lost; empty: we draw one
  [[nodiscard]] asio::awaitable<Result<std::string>> claim(
      std::string token, std::string key, std::string proposed, Deadline deadline
  ) const;
  /// Whether the page that holds the session has this key; false where none holds it. `conflict`
  /// where another one does.
  [[nodiscard]] asio::awaitable<Result<bool>> check_device(
      std::string token, std::string key, Deadline deadline
  ) const;

  /// What is kept of its document; `not_found` where there is none (yet, or any more).
  [[nodiscard]] asio::awaitable<Result<DocumentCase>> document(
      Caller caller, std::string id, Deadline deadline
  ) const;

  /// Reads a picture of the document at once, and keeps it where it is what the terms ask for;
  /// durable on return. `conflict` when none is wanted (any more), when no try is left, or while
  /// another is being read; `image_undecodable` and `image_too_large` cost no try.
  [[nodiscard]] asio::awaitable<Result<DocumentForDevice>> show_document(
      std::string token, DocumentPicture picture, Deadline deadline
  ) const;
  /// The person has looked over what was read. An edit gives `field` and `given` alone.
  /// `invalid_parameter` for a field that the document does not have, that a register confirmed,
  /// or a value beyond its limits: then nothing is taken.
  [[nodiscard]] asio::awaitable<Result<DeviceView>> confirm_document(
      std::string token, std::vector<DocumentEdit> edits, Deadline deadline
  ) const;

  /// The current challenge, once the document is there; a new one, which is a new attempt, when
  /// there is none or its time is over. `unsupported`: the device cannot flash and the terms leave
  /// nothing else. `forbidden`: the customer's lists refuse the app, whose session ends with that.
  [[nodiscard]] asio::awaitable<Result<ChallengeForDevice>> challenge(
      std::string token, core::DeviceFacts device, Deadline deadline
  ) const;

  /// Keeps one more chunk of a part; durable on return. `conflict` when the challenge is not the
  /// current one, or the offset is not what has arrived (ask arrived() and go on from there);
  /// `invalid_parameter`, `payload_too_large` when it breaks a limit.
  [[nodiscard]] asio::awaitable<Result<PartStatus>> upload(
      std::string token, EvidenceChunk chunk, Deadline deadline
  ) const;
  [[nodiscard]] asio::awaitable<Result<std::vector<PartStatus>>> arrived(
      std::string token, Deadline deadline
  ) const;

  /// Seals what has arrived as the one answer to the current challenge and begins to judge it;
  /// returns before the verdict. A capture that is longer (by half a second) than the time since
  /// the challenge was issued was recorded before it: an attack, `older_than_challenge`. Of
  /// parallel calls exactly one succeeds. `unauthenticated`: the signature is not the challenge's;
  /// `invalid_parameter`: a part is missing, incomplete or not as it was announced (then it is to
  /// be uploaded again): nothing is sealed.
  [[nodiscard]] asio::awaitable<Result<DeviceView>> seal(
      std::string token, EvidenceManifest manifest, Deadline deadline
  ) const;

  [[nodiscard]] asio::awaitable<Result<DeviceView>> result(std::string token, Deadline deadline)
      const;

  /// Ends a session that waits for its device. `conflict` once evidence is sealed.
  [[nodiscard]] asio::awaitable<Result<DeviceView>> end(
      std::string token, core::EndReason reason, Deadline deadline
  ) const;

  /// Blocking, for a thread of its own now and then: expires what is over, erases samples whose
  /// time is over, begins once more to judge what a server that was killed has left. How many it
  /// dealt with; or, after all others, what is wrong with one that cannot be read.
  [[nodiscard]] Result<std::size_t> sweep() const;

  /// Sessions that this process judges now. What a stop does not wait for is judged again.
  [[nodiscard]] std::size_t judging() const noexcept;

 private:
  std::shared_ptr<const VerificationParts> parts_;  // shared with the judging that goes on
};

}  // namespace selfsame::flows
