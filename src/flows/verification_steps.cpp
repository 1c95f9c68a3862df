// SPDX-License-Identifier: Apache-2.0
#include "flows/verification_steps.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/crypto.h"
#include "core/id_number.h"
#include "flows/verification_document.h"
#include "flows/verification_evidence.h"
#include "storage/customer_repositories.h"
#include "storage/register_repositories.h"
#include "storage/verification_text.h"

namespace selfsame::flows {
namespace {

using core::VerificationState;

constexpr std::size_t kTokenCharacters = 43;
constexpr std::size_t kReferenceBytesMax = 10u << 20;

/// At most, of a capture in memory.
std::size_t size_of(const std::vector<storage::EvidencePartRecord>& parts, bool has_reference) {
  std::size_t bytes = has_reference ? kReferenceBytesMax : 0;
  for (const auto& part : parts) bytes += static_cast<std::size_t>(part.total_bytes);
  return bytes;
}

std::int64_t arrived_bytes(const std::vector<storage::EvidencePartRecord>& parts) {
  std::int64_t bytes = 0;
  for (const auto& part : parts) bytes += part.received_bytes();
  return bytes;
}

const char* event_of(VerificationState state) {
  switch (state) {
    case VerificationState::decided:
      return "verification.decided";
    case VerificationState::expired:
      return "verification.expired";
    case VerificationState::cancelled:
      return "verification.cancelled";
    case VerificationState::created:
    case VerificationState::challenged:
    case VerificationState::in_progress:
      return "";
  }
  return "";
}

/// Samples are kept while they are to be judged, and afterwards where somebody was looked at.
bool keeps_samples(const core::VerificationTransition& transition) {
  if (transition.to == VerificationState::in_progress) return true;
  const auto* const judged = std::get_if<core::Judged>(&transition.event);
  return transition.to == VerificationState::decided && judged != nullptr &&
         core::is_attempt(judged->finding.outcome);
}

/// Of a person who went on to a verdict; nobody's who did not.
bool keeps_document(
    const storage::VerificationRecord& session, const core::VerificationProgress& progress
) {
  return progress.state == VerificationState::decided &&
         core::need_of(session.terms.document, progress.document) == core::DocumentNeed::nothing;
}

bool is_attack(core::Outcome outcome) {
  using core::Outcome;
  constexpr std::array kAttacks = {
      Outcome::attack,
      Outcome::face_changed,
      Outcome::reflection_mismatch,
      Outcome::reflection_flat,
      Outcome::lips_out_of_step,
      Outcome::recording_spoofed
  };
  return std::ranges::find(kAttacks, outcome) != kAttacks.end();
}

bool is_key(const std::string& key, const std::string& key_hash) {
  return equal_in_constant_time(bytes_of(to_hex(sha256(bytes_of(key)))), bytes_of(key_hash));
}

core::EndReason end_reason_of(core::RefusalCause of_app) {
  if (of_app == core::RefusalCause::sdk_too_old) return core::EndReason::client_too_old;
  if (of_app == core::RefusalCause::device_not_supported) {
    return core::EndReason::unsupported_device;
  }
  return core::EndReason::bundle_not_allowed;
}

Result<void> check_current(
    const storage::VerificationRecord& session, const std::string& challenge_id, Timestamp now
) {
  const core::VerificationProgress& progress = session.progress;
  if (progress.state == VerificationState::expired) return fail(Errc::expired, "the session");
  if (progress.state != VerificationState::challenged || !progress.challenge ||
      progress.challenge->id != challenge_id) {
    return fail(Errc::conflict, "not the current challenge");
  }
  if (now >= progress.challenge->expires_at) return fail(Errc::expired, "the challenge");
  return {};
}

/// Where both sides have the number of the document.
bool numbers_differ(const DocumentSide* other, const DocumentSide& side) {
  constexpr std::string_view kNumber = "document_number";
  if (other == nullptr) return false;
  const core::FieldValue* const theirs = other->fields.find(kNumber);
  const core::FieldValue* const mine = side.fields.find(kNumber);
  if (theirs == nullptr || mine == nullptr) return false;
  const auto number = core::normal_id_number(mine->value);
  return !number || number != core::normal_id_number(theirs->value);
}

std::string calibration_of(const core::DocumentSighting& seen) {
  return seen.sandbox ? kSandboxCalibration : "";
}

}  // namespace

Result<OpenedVerification> VerificationSteps::open(
    const VerificationOrder& order, const Bytes& photos
) const {
  storage::VerificationRecord session;
  session.customer = order.caller.customer;
  session.access_key_id = order.caller.access_key_id;
  session.surface = order.surface;
  session.operation = order.operation;
  session.product = order.product;
  session.terms = order.terms;
  session.metadata = order.metadata;
  session.created_at = parts_.clock.now();
  session.id = ordered_uuid(session.created_at);
  session.progress.created_at = session.created_at;
  const std::string token = order.token.empty() ? random_token(kTokenCharacters) : order.token;
  session.token_hash = token_hash(token);
  const auto start_by = core::expires_at(session.terms, session.progress);
  SELFSAME_CHECK(put(photos, [&](std::string blob) {
    session.reference_blob = std::move(blob);
    return parts_.database.verifications().create(session, start_by);
  }));
  return OpenedVerification{
      .reference_defect = std::nullopt,
      .id = session.id,
      .token = token,
      .start_by = start_by.value_or(session.created_at),
      .end_by = session.created_at + session.terms.end_within
  };
}

Result<storage::VerificationRecord> VerificationSteps::find(
    const std::string& customer, const std::string& id
) const {
  SELFSAME_TRY(session, parts_.database.verifications().find(customer, id));
  return let_expire(std::move(session));
}

Result<storage::VerificationRecord> VerificationSteps::find_by_token(const std::string& token
) const {
  SELFSAME_TRY(found, parts_.database.verifications().find_by_token(token_hash(token)));
  SELFSAME_TRY(session, let_expire(std::move(found)));
  const auto kept = samples_kept(session).value_or(parts_.options.result_kept);
  const bool over = core::is_final(session.progress.state) &&
                    parts_.clock.now() >= session.progress.changed_at + kept;
  if (over) return fail(Errc::expired, "the result is no longer kept for its token");
  return std::move(session);
}

Result<storage::VerificationRecord> VerificationSteps::let_expire(Session session) const {
  const Timestamp now = parts_.clock.now();
  const auto over_at = core::expires_at(session.terms, session.progress);
  if (!over_at || now < *over_at) return session;
  SELFSAME_TRY(transition, core::advance(session.terms, session.progress, core::TimePassed{}, now));
  auto expired = take(session, std::move(transition));
  const bool raced = !expired && expired.error().code == Errc::conflict;
  if (raced) return parts_.database.verifications().find(session.customer, session.id);
  return expired;
}

Result<SessionOutline> VerificationSteps::outline(const std::string& token) const {
  SELFSAME_TRY(session, find_by_token(token));
  SELFSAME_TRY(standing, parts_.database.customers().standing(session.customer));
  SessionOutline outline;
  outline.look = std::move(standing.settings.page);
  outline.state = session.progress.state;
  outline.attempts_left = device_view(session).attempts_left;
  outline.is_claimed = !session.progress.device_key_hash.empty();
  outline.start_by = session.created_at + session.terms.start_within;
  outline.end_by = session.created_at + session.terms.end_within;
  outline.terms = std::move(session.terms);
  return outline;
}

Result<std::string> VerificationSteps::claim(
    const std::string& token, const std::string& key, const std::string& proposed
) const {
  SELFSAME_TRY(session, find_by_token(token));
  const std::string& held_by = session.progress.device_key_hash;
  for (const std::string& own : {key, proposed}) {
    if (!held_by.empty() && is_key(own, held_by)) return own;
  }
  std::string fresh = proposed.empty() ? random_token(kTokenCharacters) : proposed;
  SELFSAME_TRY(
      transition,
      core::advance(
          session.terms,
          session.progress,
          core::DeviceClaimed{.key_hash = to_hex(sha256(bytes_of(fresh)))},
          parts_.clock.now()
      )
  );
  SELFSAME_CHECK(take(std::move(session), std::move(transition)));
  return fresh;
}

Result<bool> VerificationSteps::check_device(const std::string& token, const std::string& key)
    const {
  SELFSAME_TRY(session, find_by_token(token));
  const std::string& held_by = session.progress.device_key_hash;
  if (held_by.empty()) return false;
  if (is_key(key, held_by)) return true;
  return fail(Errc::conflict, "another device has the session");
}

/// Ends the session of an app that its customer's lists refuse.
Result<void> VerificationSteps::admit_app(
    const std::string& token, const Session& session, const core::DeviceClient& app
) const {
  if (!core::is_answered_by_app(session.product)) return {};
  SELFSAME_TRY(standing, parts_.database.customers().standing(session.customer));
  const auto admitted = core::admit_device(standing.settings, app);
  if (admitted) return {};
  if (!core::is_final(session.progress.state)) {
    SELFSAME_CHECK(end(token, end_reason_of(admitted.error())));
  }
  return fail(Errc::forbidden, core::name_of(admitted.error()));
}

Result<ChallengeForDevice> VerificationSteps::challenge(
    const std::string& token, const core::DeviceFacts& device
) const {
  SELFSAME_TRY(session, find_by_token(token));
  SELFSAME_CHECK(admit_app(token, session, device.app));
  auto issued = issue(session, device);
  if (!issued && issued.error().code == Errc::conflict) {
    // A call beside this one was first: its challenge is the current one for both.
    SELFSAME_TRY(again, find_by_token(token));
    issued = issue(std::move(again), device);
  }
  if (!issued) return tl::unexpected(std::move(issued).error());
  const core::IssuedChallenge& current = *issued->progress.challenge;
  return ChallengeForDevice{.issued = current, .signature = signature_of(*issued, current)};
}

Result<core::Customer> VerificationSteps::customer_of(const Session& session) const {
  SELFSAME_TRY(standing, parts_.database.customers().standing(session.customer));
  const auto product = core::product_from(session.product);
  if (!product) return fail(Errc::forbidden, "a product of nobody");
  core::Customer settled = standing.settings;
  settled.networks.clear();  // of its servers; phones are anywhere
  const core::RequestFacts facts{
      .access_key_id = session.access_key_id, .client_address = {}, .device = {}
  };
  const auto allowed = core::admit(settled, standing.balance_minor, *product, facts);
  // The phone need not know which it is.
  if (!allowed) return fail(Errc::forbidden, core::name_of(allowed.error()));
  return std::move(standing.settings);
}

/// The session with a current challenge.
Result<storage::VerificationRecord> VerificationSteps::issue(
    Session session, const core::DeviceFacts& device
) const {
  const Timestamp now = parts_.clock.now();
  const core::VerificationProgress& progress = session.progress;
  const bool is_out = progress.state == VerificationState::challenged && progress.challenge &&
                      now < progress.challenge->expires_at;
  if (is_out) return session;
  SELFSAME_CHECK(customer_of(session));
  SELFSAME_TRY(planned, core::plan_challenge(session.terms, progress, device));
  core::ChallengeIssued event;
  event.issued.id = random_uuid();
  event.issued.attempt = progress.attempt + 1;
  event.issued.challenge = core::draw_challenge(planned.plan, random_below);
  event.issued.issued_at = now;
  event.issued.expires_at =
      std::min(now + session.terms.answer_within, session.created_at + session.terms.end_within);
  event.issued.fallback = planned.fallback;
  SELFSAME_TRY(transition, core::advance(session.terms, progress, std::move(event), now));
  return take(std::move(session), std::move(transition));
}

Result<AwaitedPicture> VerificationSteps::await_picture(
    const std::string& token, const std::string& side
) const {
  SELFSAME_TRY(session, find_by_token(token));
  const bool waits = session.progress.state == VerificationState::created ||
                     session.progress.state == VerificationState::challenged;
  if (session.progress.state == VerificationState::expired) {
    return fail(Errc::expired, "the session");
  }
  if (!waits) return fail(Errc::conflict, "the session waits for no picture");
  SELFSAME_CHECK(core::check_picture(session.terms.document, session.progress.document, side));
  SELFSAME_TRY(customer, customer_of(session));
  return AwaitedPicture{.session = std::move(session), .customer = std::move(customer)};
}

Result<storage::VerificationRecord> VerificationSteps::take_picture(
    const Session& session, SeenPicture picture
) const {
  DocumentCase document;
  if (!session.document_blob.empty()) {
    SELFSAME_TRY(before, document_of(session));
    document = std::move(before);
  }
  const bool is_front = picture.seen.asked_side == core::kFrontSide;
  picture.seen.numbers_differ =
      picture.seen.numbers_differ ||
      numbers_differ(document.find(is_front ? core::kBackSide : core::kFrontSide), picture.side);
  core::DocumentPictured event{.seen = picture.seen, .calibration = calibration_of(picture.seen)};
  SELFSAME_TRY(
      transition,
      core::advance(session.terms, session.progress, std::move(event), parts_.clock.now())
  );
  const bool is_refused =
      core::fault_of(*session.terms.document, session.progress.document, picture.seen).has_value();
  if (is_refused) return take_document_step(session, transition, nullptr, {});
  document.put(std::move(picture.side));
  Bytes reference;
  if (is_front) {
    document.portrait_jpeg = std::move(picture.portrait_jpeg);
    if (session.terms.document->compares_portrait) reference = document.portrait_jpeg;
  }
  return take_document_step(session, transition, &document, reference);
}

Result<storage::VerificationRecord> VerificationSteps::confirm_document(
    const std::string& token, const std::vector<DocumentEdit>& edits
) const {
  SELFSAME_TRY(session, find_by_token(token));
  const core::DocumentProgress& progress = session.progress.document;
  if (core::need_of(session.terms.document, progress) != core::DocumentNeed::confirmation) {
    return fail(Errc::conflict, "nothing is to be confirmed");
  }
  SELFSAME_CHECK(customer_of(session));
  SELFSAME_TRY(document, document_of(session));
  SELFSAME_TRY(
      checked, checked_edits(*parts_.options.documents, *session.terms.document, document, edits)
  );
  core::DocumentConfirmed event;
  event.calibration = calibration_of(*progress.front);
  std::ranges::transform(checked, std::back_inserter(event.edited), &DocumentEdit::field);
  document.edits = std::move(checked);
  SELFSAME_TRY(
      transition,
      core::advance(session.terms, session.progress, std::move(event), parts_.clock.now())
  );
  const bool is_as_read = document.edits.empty();
  return take_document_step(session, transition, is_as_read ? nullptr : &document, {});
}

Result<DocumentCase> VerificationSteps::document_of(const Session& session) const {
  return load_document(parts_.blobs, session.document_blob);
}

/// @param document       empty: as it is
/// @param portrait_jpeg  to be the reference; empty: as it is
Result<storage::VerificationRecord> VerificationSteps::take_document_step(
    const Session& session,
    const core::VerificationTransition& transition,
    const DocumentCase* document,
    const Bytes& portrait_jpeg
) const {
  std::optional<Decision> decision;
  if (transition.to == VerificationState::decided) {
    const auto then = core::after(session.terms, session.progress, transition);
    if (!then.finding) return fail(Errc::engine_failed, "a decision without a finding");
    decision = decision_of(session, *then.finding, transition.at);
  }
  const auto named = [](std::string blob) {
    return blob.empty() ? std::nullopt : std::optional(std::move(blob));
  };
  return put(document == nullptr ? Bytes() : pack(*document), [&](std::string document_blob) {
    return put(portrait_jpeg, [&](std::string reference_blob) {
      const NewBlobs blobs{
          .document = named(std::move(document_blob)), .reference = named(std::move(reference_blob))
      };
      return take(session, transition, decision ? &*decision : nullptr, std::nullopt, blobs);
    });
  });
}

Result<PartStatus> VerificationSteps::upload(const std::string& token, const EvidenceChunk& chunk)
    const {
  SELFSAME_CHECK(check_chunk(chunk, parts_.options.limits));
  SELFSAME_TRY(session, find_by_token(token));
  SELFSAME_CHECK(check_current(session, chunk.challenge_id, parts_.clock.now()));
  storage::EvidenceArrival arrival;
  arrival.id = session.id;
  arrival.challenge_id = chunk.challenge_id;
  arrival.chunk.part = chunk.part;
  arrival.chunk.offset = static_cast<std::int64_t>(chunk.offset);
  arrival.chunk.length = static_cast<std::int64_t>(chunk.content.size());
  arrival.total_bytes = static_cast<std::int64_t>(chunk.total_bytes);
  arrival.sha256 = chunk.sha256;
  arrival.evidence_bytes_max = static_cast<std::int64_t>(parts_.options.limits.evidence_bytes_max);
  SELFSAME_CHECK(put(chunk.content, [&](std::string blob) {
    arrival.chunk.blob = std::move(blob);
    return parts_.database.verifications().add_chunk(arrival);
  }));
  return PartStatus{
      .part = chunk.part,
      .received_bytes = chunk.offset + chunk.content.size(),
      .total_bytes = chunk.total_bytes,
      .sha256 = chunk.sha256
  };
}

Result<std::vector<PartStatus>> VerificationSteps::arrived(const std::string& token) const {
  SELFSAME_TRY(session, find_by_token(token));
  SELFSAME_TRY(parts, parts_.database.verifications().parts(session.id));
  std::vector<PartStatus> statuses;
  std::ranges::transform(parts, std::back_inserter(statuses), status_of);
  return statuses;
}

Result<SealedSession> VerificationSteps::seal(
    const std::string& token, const EvidenceManifest& manifest
) const {
  SELFSAME_TRY(session, find_by_token(token));
  SELFSAME_CHECK(check_current(session, manifest.challenge_id, parts_.clock.now()));
  const core::IssuedChallenge& issued = *session.progress.challenge;
  const std::string signature = signature_of(session, issued);
  if (!equal_in_constant_time(bytes_of(signature), bytes_of(manifest.signature))) {
    return fail(Errc::unauthenticated, "not the challenge's signature");
  }
  SELFSAME_TRY(parts, parts_.database.verifications().parts(session.id));
  SELFSAME_CHECK(check_manifest(manifest, issued.challenge, parts));
  core::EvidenceSealed event{
      .challenge_id = manifest.challenge_id,
      .stills = manifest.stills,
      .flash_shown_at_s = manifest.flash_shown_at_s,
      .hints = manifest.hints
  };
  SealedSession sealed;
  SELFSAME_TRY(customer, customer_of(session));
  sealed.customer = std::move(customer);
  sealed.place =
      parts_.room.take(session.customer, size_of(parts, !session.reference_blob.empty()));
  if (!sealed.place) return fail(Errc::overloaded, "too many captures wait for their verdict");
  SELFSAME_TRY(loaded, load_evidence(parts_.blobs, parts, event));
  if (!loaded.odd_part.empty()) {
    SELFSAME_TRY(
        forgotten,
        parts_.database.verifications().forget_part(
            session.id, manifest.challenge_id, loaded.odd_part, loaded.odd_sha256
        )
    );
    erase(forgotten);
    return fail(
        Errc::invalid_parameter,
        "`" + loaded.odd_part + "` is not what its `sha256` announced; send it again."
    );
  }
  sealed.samples = std::move(loaded.samples);
  SELFSAME_TRY(photos, photos_of(session));
  sealed.photos = std::move(photos);
  SELFSAME_TRY(
      transition,
      core::advance(session.terms, session.progress, std::move(event), parts_.clock.now())
  );
  // What arrived while these were loaded is not what is judged.
  SELFSAME_TRY(
      moved, take(std::move(session), std::move(transition), nullptr, arrived_bytes(parts))
  );
  sealed.session = std::move(moved);
  return sealed;
}

Result<storage::VerificationRecord> VerificationSteps::end(
    const std::string& token, core::EndReason reason
) const {
  SELFSAME_TRY(session, find_by_token(token));
  const core::EndedByDevice event{.reason = reason};
  SELFSAME_TRY(
      transition, core::advance(session.terms, session.progress, event, parts_.clock.now())
  );
  return take(std::move(session), std::move(transition));
}

/// Under the number that the session's surface knows, if any.
Result<void> VerificationSteps::note_attack(const Session& session, Timestamp now) const {
  if (!parts_.options.number_mark) return {};
  const auto mark = from_hex(parts_.options.number_mark(session.surface, session.metadata));
  if (!mark || mark->empty()) return {};
  return parts_.database.number_history().note_attack(*mark, now);
}

Result<storage::VerificationRecord> VerificationSteps::settle(
    const Session& session, const CaptureJudgement& judgement
) const {
  const core::ComparisonCalibration& calibration = parts_.engine.calibration();
  core::VerificationFinding finding;
  finding.outcome = judgement.outcome;
  finding.attack_class = judgement.attack_class;
  finding.reasons = judgement.reasons;
  finding.evidence = judgement.evidence;
  finding.policy = judgement.policy;
  finding.calibration =
      judgement.sandbox ? kSandboxCalibration : calibration.version + "/" + calibration.precision;
  finding.further_cosines = judgement.further_cosines;
  const Timestamp now = parts_.clock.now();
  const core::Judged event{.finding = finding};
  SELFSAME_TRY(transition, core::advance(session.terms, session.progress, event, now));
  if (transition.to != VerificationState::decided) {
    const auto attempt = attempt_of(session, finding, now);
    return take(session, std::move(transition), attempt ? &*attempt : nullptr);
  }
  if (is_attack(finding.outcome) && !judgement.sandbox) {
    SELFSAME_CHECK(note_attack(session, now));
  }
  Decision decision = decision_of(session, finding, now);
  return put(judgement.best_frame_jpeg, [&](std::string blob) {
    decision.outcome.best_frame_blob = std::move(blob);
    return take(session, transition, &decision);
  });
}

Result<storage::VerificationRecord> VerificationSteps::settle_failure(
    const Session& session, Errc cause
) const {
  const core::JudgingFailed event{.cause = cause};
  SELFSAME_TRY(
      transition, core::advance(session.terms, session.progress, event, parts_.clock.now())
  );
  return take(session, std::move(transition));
}

Result<SealedSession> VerificationSteps::load(Session session) const {
  if (!session.progress.evidence) return fail(Errc::conflict, "nothing is being judged");
  SealedSession sealed;
  SELFSAME_TRY(parts, parts_.database.verifications().parts(session.id));
  SELFSAME_TRY(standing, parts_.database.customers().standing(session.customer));
  sealed.customer = std::move(standing.settings);
  sealed.place =
      parts_.room.take(session.customer, size_of(parts, !session.reference_blob.empty()));
  if (!sealed.place) return fail(Errc::overloaded, "too many captures wait for their verdict");
  SELFSAME_TRY(loaded, load_evidence(parts_.blobs, parts, *session.progress.evidence));
  if (!loaded.odd_part.empty()) return fail(Errc::integrity_failure, "sealed evidence has changed");
  sealed.samples = std::move(loaded.samples);
  SELFSAME_TRY(photos, photos_of(session));
  sealed.photos = std::move(photos);
  sealed.session = std::move(session);
  return sealed;
}

Result<bool> VerificationSteps::claim(const Session& session) const {
  const Timestamp now = parts_.clock.now();
  return parts_.database.verifications().postpone(
      session.id, session.progress.number, now, now + lease()
  );
}

Result<void> VerificationSteps::forget_samples(const Session& session) const {
  SELFSAME_TRY(
      forgotten,
      parts_.database.verifications().forget_samples(
          session.id, session.progress.number, parts_.clock.now()
      )
  );
  erase(forgotten);
  return {};
}

/// Stores the transition with all that goes with it, erases what it leaves without a reference.
Result<storage::VerificationRecord> VerificationSteps::take(
    Session session,
    core::VerificationTransition transition,
    const Decision* decision,
    std::optional<std::int64_t> evidence_bytes,
    const NewBlobs& blobs
) const {
  core::VerificationProgress progress = core::after(session.terms, session.progress, transition);
  storage::VerificationStep step;
  step.id = session.id;
  step.challenge_id = progress.challenge ? progress.challenge->id : "";
  step.due_at = due_at(session, progress);
  step.evidence_bytes = evidence_bytes;
  step.forget_evidence = !keeps_samples(transition);
  step.forget_reference = core::is_final(transition.to) && step.forget_evidence;
  step.forget_document = core::is_final(transition.to) && !keeps_document(session, progress);
  step.document_blob = blobs.document;
  step.reference_blob = blobs.reference;
  step.event = event_of(transition.to);
  if (!step.event.empty()) step.delivery_id = ordered_uuid(transition.at);
  if (decision != nullptr) {
    step.outcome = decision->outcome;
    step.charge = decision->charge;
    if (step.forget_reference) step.outcome->reference_blob.clear();
    if (transition.to == VerificationState::decided) session.outcome_id = decision->outcome.id;
  }
  step.transition = transition;
  SELFSAME_TRY(forgotten, parts_.database.verifications().take_step(step));
  erase(forgotten);
  if (blobs.reference) session.reference_blob = *blobs.reference;
  if (blobs.document) session.document_blob = *blobs.document;
  if (step.forget_reference) session.reference_blob.clear();
  if (step.forget_document) session.document_blob.clear();
  session.progress = std::move(progress);
  session.history.push_back(std::move(transition));
  return session;
}

VerificationSteps::Decision VerificationSteps::decision_of(
    const Session& session, const core::VerificationFinding& finding, Timestamp now
) const {
  Decision decision;
  storage::OutcomeRecord& outcome = decision.outcome;
  outcome.id = session.id;
  outcome.customer = session.customer;
  outcome.access_key_id = session.access_key_id;
  outcome.surface = session.surface;
  outcome.operation = session.operation;
  outcome.outcome = finding.outcome;
  outcome.attack_class = finding.attack_class;
  const core::ComparisonEvidence& evidence = finding.evidence;
  const bool compared =
      finding.outcome == core::Outcome::match || finding.outcome == core::Outcome::non_match;
  if (compared && evidence.similarity) outcome.cosine = evidence.similarity->cosine;
  if (evidence.video.pad) outcome.pad_score = evidence.video.pad->value;
  outcome.calibration = finding.calibration;
  outcome.reference_blob = session.reference_blob;
  outcome.decided_at = now;
  if (!parts_.options.billed_code) return decision;
  if (auto code = parts_.options.billed_code(session.product, finding.outcome)) {
    decision.charge = storage::LedgerEntry{
        .outcome_id = session.id,
        .customer = session.customer,
        .product = session.product,
        .code = std::move(*code),
        .billed_at = now
    };
  }
  return decision;
}

Result<ReferencePhotos> VerificationSteps::photos_of(const Session& session) const {
  if (session.reference_blob.empty() && !session.terms.compares) return ReferencePhotos();
  return parts_.blobs.get(session.reference_blob).and_then(unpack);
}

/// The record of an attempt that is billed though the session goes on; its id is the challenge's.
std::optional<VerificationSteps::Decision> VerificationSteps::attempt_of(
    const Session& session, const core::VerificationFinding& finding, Timestamp now
) const {
  Decision attempt = decision_of(session, finding, now);
  if (!attempt.charge) return std::nullopt;
  attempt.outcome.id = session.progress.challenge->id;
  attempt.outcome.reference_blob.clear();
  attempt.charge->outcome_id = attempt.outcome.id;
  return attempt;
}

Bytes VerificationSteps::token_hash(const std::string& token) const {
  const Sha256Digest digest = hmac_sha256(parts_.keys.token.reveal(), bytes_of(token));
  return {digest.begin(), digest.end()};
}

std::string VerificationSteps::signature_of(
    const Session& session, const core::IssuedChallenge& issued
) const {
  const std::string text = session.id + "\n" + storage::text_of(issued);
  return to_hex(hmac_sha256(parts_.keys.challenge.reveal(), bytes_of(text)));
}

/// Beyond the judging's own limit: then a server that judged it has gone.
std::chrono::milliseconds VerificationSteps::lease() const {
  return parts_.options.judging_limit * 3 / 2;
}

/// When the sweep has to look at it.
std::optional<Timestamp> VerificationSteps::due_at(
    const Session& session, const core::VerificationProgress& progress
) const {
  if (progress.state == VerificationState::in_progress) {
    return progress.changed_at + lease();
  }
  if (progress.state == VerificationState::decided) {
    const auto kept = samples_kept(session);
    return kept ? std::optional(progress.changed_at + *kept) : std::nullopt;
  }
  return core::expires_at(session.terms, progress);
}

std::optional<std::chrono::milliseconds> VerificationSteps::samples_kept(const Session& session
) const {
  return parts_.options.kept ? parts_.options.kept(session.operation) : std::nullopt;
}

template <class Refer>
std::invoke_result_t<Refer, std::string> VerificationSteps::put(ByteView content, Refer refer)
    const {
  if (content.empty()) return refer("");
  const Timestamp began = parts_.clock.now();
  SELFSAME_TRY(blob, parts_.blobs.put(content));
  if (parts_.clock.now() - began > storage::kBlobCommitWithin) {
    erase({blob});
    return fail(Errc::deadline_exceeded, "storing a sample took so long that it may be swept");
  }
  auto referred = refer(blob);
  // After a COMMIT without answer the row may be there: then the sweep of orphans finds out.
  if (!referred && referred.error().code != Errc::storage_unavailable) erase({blob});
  return referred;
}

void VerificationSteps::erase(const std::vector<std::string>& blobs) const {
  // Nothing refers to them; what cannot be erased now is left to the sweep of orphans.
  for (const std::string& blob : blobs) static_cast<void>(parts_.blobs.erase(blob));
}

core::VerificationPolicy policy_for(
    const VerificationParts& parts,
    const core::VerificationTerms& terms,
    const core::Customer& customer
) {
  core::VerificationPolicy policy = parts.policy;
  policy.compares = terms.compares;
  if (terms.match_fmr) {
    policy.comparison.match_threshold =
        parts.engine.calibration().threshold.at(static_cast<std::size_t>(*terms.match_fmr));
  }
  if (terms.document && terms.document->compares_portrait) {
    policy.comparison.match_threshold = std::max(
        policy.comparison.match_threshold,
        parts.engine.calibration().threshold.at(core::kPortraitMatchFmr)
    );
  }
  return core::stricter(policy, customer, parts.engine.calibration().threshold);
}

DeviceView device_view(const storage::VerificationRecord& session) {
  const core::VerificationProgress& progress = session.progress;
  DeviceView view;
  view.state = progress.state;
  if (progress.finding) view.outcome = progress.finding->outcome;
  view.passed = progress.state == VerificationState::decided &&
                view.outcome == core::wanted_outcome(session.terms);
  view.wants_document = session.terms.document.has_value();
  view.document_fault = progress.document.fault;
  if (!core::is_final(progress.state)) {
    view.attempts_left = session.terms.attempts_max - progress.attempt;
    view.document_need = core::need_of(session.terms.document, progress.document);
    if (session.terms.document) {
      view.pictures_left = session.terms.document->tries_max - progress.document.tries;
    }
  }
  return view;
}

VerificationView customer_view(storage::VerificationRecord session) {
  VerificationView view;
  const auto& finding = session.progress.finding;
  view.has_best_frame = session.progress.state == VerificationState::decided && finding &&
                        core::is_live(finding->outcome);
  view.document_blob = std::move(session.document_blob);
  view.id = std::move(session.id);
  view.customer = std::move(session.customer);
  view.surface = std::move(session.surface);
  view.operation = std::move(session.operation);
  view.product = std::move(session.product);
  view.metadata = std::move(session.metadata);
  view.terms = std::move(session.terms);
  view.progress = std::move(session.progress);
  view.history = std::move(session.history);
  return view;
}

}  // namespace selfsame::flows
