// SPDX-License-Identifier: Apache-2.0
// The law: measurements in, verdict out. No clock, no randomness, no I/O.
#pragma once

#include <optional>
#include <vector>

#include "core/challenge_evidence.h"
#include "core/client_suspicion.h"
#include "core/outcome.h"
#include "core/scores.h"

namespace selfsame::core {

/// Operating point of presentation attack detection. 0 < retry <= bona_fide < 1.
struct PadPolicy {
  double bona_fide_threshold = 1;  // at or above: live
  double retry_threshold = 1;      // at or above, but below bona_fide_threshold: ask again
};

struct ComparisonPolicy {
  double match_threshold = 1;  // cosine; at or above: the same person
};

/// What the capture of a living person showed. Everything optional may be missing; what is missing
/// never accepts.
struct LivenessEvidence {
  std::optional<CaptureDefect> defect;  // set: there was nothing to judge
  std::optional<PadScore> pad;
  bool continuous = false;  // one take of a camera: no cut, no frozen or repeated stretch, no photo
                            // moved by software; true for a still photo
  bool same_face_throughout = false;  // true for a still photo
  bool in_colour = false;             // not a grey or one-toned copy
};

enum class LivenessVerdict : std::uint8_t { live, unsure, attack, not_judged };

/// `not_judged` when there is a defect or the score is missing; `attack` when the capture is not
/// one continuous take of one face in colour, whatever its score; a NaN score is an attack, never
/// live.
[[nodiscard]] LivenessVerdict decide_liveness(
    const LivenessEvidence& evidence, const PadPolicy& policy
) noexcept;

struct ComparisonEvidence {
  std::optional<CaptureDefect> reference_defect;
  LivenessEvidence video;
  ChallengeEvidence challenge = {};
  std::optional<SimilarityScore> similarity;  // reference against the video's best frame
  bool taken_after_challenge = true;  // false: it is longer than the time since the challenge
  std::vector<ClientSuspicion> suspicions = {};  // of the device; none speaks for nothing
};

struct VerificationPolicy {
  PadPolicy pad;
  ComparisonPolicy comparison;
  bool compares = true;  // false: only "is this a live person", there is no reference
  bool refuses_suspect_clients = true;  // any ClientSuspicion is an attack
};

/// The one decision on "live, and the same person". Reference first, then capture, then attack
/// (also a capture from before its challenge; of another face in an otherwise sound take:
/// `face_changed`), then what the device says of itself, then the answer to the challenge, then the
/// retry band, then identity. Nothing when a measurement that this outcome needs is missing: the
/// caller answers with an error, because no verdict is better than a wrong one.
[[nodiscard]] std::optional<Outcome> decide(
    const ComparisonEvidence& evidence, const Challenge& challenge, const VerificationPolicy& policy
);

/// The decision on a caller's photo and one that is known to be of the person: the defect of the
/// caller's first; `match` or `non_match`. Nothing when neither defect nor similarity was measured.
[[nodiscard]] std::optional<Outcome> decide_photo(
    const std::optional<CaptureDefect>& defect,
    const std::optional<SimilarityScore>& similarity,
    const ComparisonPolicy& policy
) noexcept;

}  // namespace selfsame::core
