// SPDX-License-Identifier: Apache-2.0
// The life of a verification session, as functions of values: which event may follow which, and
// what a stored history amounts to.
//
//   created ──► challenged ──► in_progress ──► decided
//                ▲  ▲               │
//   a document ──┘  └── once more ──┘          expired, cancelled
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "core/challenge.h"
#include "core/client_hints.h"
#include "core/customer.h"
#include "core/decision.h"
#include "core/document_step.h"
#include "core/outcome.h"
#include "core/page_wishes.h"

namespace selfsame::core {

/// The numbers are stored: do not change them.
enum class VerificationState : std::uint8_t {
  created = 0,      // nobody has asked for a challenge yet
  challenged = 1,   // a challenge is out, or the device may ask for the next one, or a document is
                    // being shown
  in_progress = 2,  // evidence is sealed and being judged
  decided = 3,
  expired = 4,
  cancelled = 5,
};

/// Why a device ended its session. The numbers are stored: do not change them, add at the end.
enum class EndReason : std::uint8_t {
  user_cancelled = 0,
  no_camera_permission = 1,
  no_camera = 2,
  camera_busy = 3,
  no_microphone_permission = 4,
  no_microphone = 5,
  timeout = 6,
  unsupported_browser = 7,
  unsupported_device = 8,
  network = 9,
  interrupted = 10,  // a call came in, the page went to the background, ...
  other = 11,
  no_sensor_permission = 12,  // motion sensors
  no_storage_permission = 13,
  token_refused = 14,          // the app took it for none of ours
  authentication_failed = 15,  // the app could not prove itself
  client_too_old = 16,
  bundle_not_allowed = 17,  // not one of the customer's apps
  no_configuration = 18,    // asked for it too often in vain
  invalid_parameter = 19,   // of the app's call
  detector_failed = 20,     // the face detector on the device did not start
  initialisation_failed = 21,
  liveness_failed = 22,    // the device's own check, before anything was sent
  signature_invalid = 23,  // the server refused what the device had signed: wrong,
  signature_expired = 24,  // too late,
  replayed = 25,           // or signed once before
};

/// Why the server asked for actions in place of a reflection. The numbers are stored.
enum class FallbackReason : std::uint8_t {
  client_cannot_flash = 0,  // it says so
  no_stills = 1,            // an attempt came without a still that could be used
  too_bright_twice = 2,
};

[[nodiscard]] const char* name_of(VerificationState state) noexcept;
[[nodiscard]] const char* name_of(EndReason reason) noexcept;
[[nodiscard]] const char* name_of(FallbackReason reason) noexcept;
[[nodiscard]] std::optional<EndReason> end_reason_from(std::string_view name) noexcept;

[[nodiscard]] constexpr bool is_final(VerificationState state) noexcept {
  return state == VerificationState::decided || state == VerificationState::expired ||
         state == VerificationState::cancelled;
}

/// What was agreed when the session was made. Silent liveness is part of it unless only a document
/// is wanted; a mode is on when its count is not 0.
struct VerificationTerms {
  bool compares = true;  // with a reference photo
  int actions = 0;       // 0..3
  std::vector<FaceAction> allowed_actions = ChallengePlan{}.allowed;
  int flashes = 0;           // 0, or 8..16
  int digits = 0;            // 0, or 4..6
  int fallback_actions = 0;  // 1..3: so many actions (or more, if more are asked for anyway) may
                             // take the place of the flashes; 0: nothing may
  int attempts_max = 3;      // 1..10; every challenge that is issued is an attempt
  std::optional<int> match_fmr = {};  // index of kCalibratedFmr, for this session; none: the
                                      // installation's
  std::chrono::milliseconds start_within = std::chrono::minutes(10);
  std::chrono::milliseconds answer_within = std::chrono::seconds(120);  // of each challenge
  std::chrono::milliseconds end_within = std::chrono::minutes(30);      // of the whole session
  PageWishes page = {};
  std::optional<DocumentTerms> document = {};  // to be shown before the first challenge
  bool judges_liveness = true;  // false: the session is decided once the document is there
};

/// `invalid_parameter` says which term is out of its range.
[[nodiscard]] Result<void> check(const VerificationTerms& terms);

/// A challenge as it went out.
struct IssuedChallenge {
  std::string id;
  int attempt = 0;  // 1..attempts_max
  Challenge challenge;
  Timestamp issued_at;
  Timestamp expires_at;
  std::optional<FallbackReason> fallback;
};

/// What an attempt came to, with all that the decision was made from: decide(evidence, challenge,
/// policy) gives `outcome` again.
struct VerificationFinding {
  Outcome outcome{};
  AttackClass attack_class = AttackClass::none;
  std::vector<std::string> reasons;  // short stable words, LivenessMeasurement::reasons
  ComparisonEvidence evidence;
  VerificationPolicy policy;
  std::string calibration;                   // version and precision that decided
  std::vector<double> further_cosines = {};  // of photos that are only reported on, in their order;
                                             // NaN: could not be compared
};

struct ChallengeIssued {
  IssuedChallenge issued;
};
/// A still among the parts of the evidence.
struct SealedStill {
  std::string part;   // "still-N", N = 1, 2, 3, ...
  double time_s = 0;  // since the challenge began on the device's display
};
/// All parts have arrived and are as the device said.
struct EvidenceSealed {
  std::string challenge_id;
  std::vector<SealedStill> stills;       // by time
  std::vector<double> flash_shown_at_s;  // vision::CaptureSamples
  ClientHints hints;
};
struct Judged {
  VerificationFinding finding;
};
/// The server could not judge. Never a verdict.
struct JudgingFailed {
  Errc cause{};
};
struct EndedByDevice {
  EndReason reason{};
};
struct TimePassed {};
/// A page holds the session from now on; devices without its key are turned away.
struct DeviceClaimed {
  std::string key_hash;  // SHA-256, lower-case hex
};
/// A picture of the document was looked at; whether it is taken follows from the terms.
struct DocumentPictured {
  DocumentSighting seen;
  std::string calibration;  // of the outcome, where this decides
};
/// The person has looked over what was read.
struct DocumentConfirmed {
  std::vector<std::string> edited;  // names of the fields that were corrected
  std::string calibration;
};

/// The order is stored: add at the end.
using VerificationEvent = std::variant<
    ChallengeIssued,
    EvidenceSealed,
    Judged,
    JudgingFailed,
    EndedByDevice,
    TimePassed,
    DeviceClaimed,
    DocumentPictured,
    DocumentConfirmed>;

struct VerificationTransition {
  int number = 0;  // 1, 2, 3, ... within its session
  VerificationState from{};
  VerificationState to{};
  Timestamp at;
  VerificationEvent event;
};

/// What a history amounts to.
struct VerificationProgress {
  VerificationState state = VerificationState::created;
  int number = 0;  // of the last transition
  Timestamp created_at;
  Timestamp changed_at;
  int attempt = 0;                             // challenges issued so far
  std::optional<IssuedChallenge> challenge;    // current one; none: the device may ask for the next
  std::optional<EvidenceSealed> evidence;      // while in_progress
  std::optional<VerificationFinding> finding;  // of the latest attempt that was judged
  std::optional<EndReason> end_reason;
  int too_bright = 0;           // attempts that ended so
  bool no_stills = false;       // an attempt asked for a reflection and had no still
  std::string device_key_hash;  // of the page that holds the session; "": none does
  DocumentProgress document = {};
};

/// What the terms were to end with: whoever is verified ends so.
[[nodiscard]] Outcome wanted_outcome(const VerificationTerms& terms) noexcept;

/// The outcome may be better at the next attempt. Attacks, and what was decided between two
/// persons, are final.
[[nodiscard]] bool is_retryable(Outcome outcome) noexcept;

/// The transition that `event` makes at `now`. `expired` when it comes too late, `conflict` when
/// the state forbids it: an event that is not explicitly allowed is refused.
[[nodiscard]] Result<VerificationTransition> advance(
    const VerificationTerms& terms,
    const VerificationProgress& progress,
    VerificationEvent event,
    Timestamp now
);

/// The progress after a transition that advance() made from it under these terms.
[[nodiscard]] VerificationProgress after(
    const VerificationTerms& terms,
    VerificationProgress progress,
    const VerificationTransition& transition
);

/// Folds a stored history. `integrity_failure` unless every transition follows from the ones before
/// it under the terms.
[[nodiscard]] Result<VerificationProgress> replay(
    const VerificationTerms& terms,
    Timestamp created_at,
    std::span<const VerificationTransition> history
);

/// When TimePassed is due; nothing: time alone changes nothing.
[[nodiscard]] std::optional<Timestamp> expires_at(
    const VerificationTerms& terms, const VerificationProgress& progress
);

/// What the device says before a challenge is drawn.
struct DeviceFacts {
  bool mirrored = false;  // its pictures are mirror images
  bool can_flash = true;
  DeviceClient app;
};

struct PlannedChallenge {
  ChallengePlan plan;
  std::optional<FallbackReason> fallback;
};

/// What to draw next. Gives up the reflection only for a reason of FallbackReason, and only where
/// the terms allow it: else `unsupported` for a device that cannot flash.
[[nodiscard]] Result<PlannedChallenge> plan_challenge(
    const VerificationTerms& terms, const VerificationProgress& progress, const DeviceFacts& device
);

}  // namespace selfsame::core
