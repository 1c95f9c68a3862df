// SPDX-License-Identifier: Apache-2.0
#include "core/outcome.h"

namespace selfsame::core {

const char* name_of(Outcome outcome) noexcept {
  switch (outcome) {
    case Outcome::match:
      return "match";
    case Outcome::non_match:
      return "non_match";
    case Outcome::reference_no_face:
      return "reference_no_face";
    case Outcome::reference_several_faces:
      return "reference_several_faces";
    case Outcome::reference_poor_quality:
      return "reference_poor_quality";
    case Outcome::reference_wrong_size:
      return "reference_wrong_size";
    case Outcome::video_undecodable:
      return "video_undecodable";
    case Outcome::video_too_short:
      return "video_too_short";
    case Outcome::video_no_face:
      return "video_no_face";
    case Outcome::video_several_faces:
      return "video_several_faces";
    case Outcome::video_poor_quality:
      return "video_poor_quality";
    case Outcome::video_mask_worn:
      return "video_mask_worn";
    case Outcome::attack:
      return "attack";
    case Outcome::liveness_unsure:
      return "liveness_unsure";
  }
  return "unknown";
}

bool is_attempt(Outcome outcome) noexcept {
  switch (outcome) {
    case Outcome::reference_no_face:
    case Outcome::reference_several_faces:
    case Outcome::reference_poor_quality:
    case Outcome::reference_wrong_size:
    case Outcome::video_undecodable:
    case Outcome::video_too_short:
      return false;
    case Outcome::match:
    case Outcome::non_match:
    case Outcome::video_no_face:
    case Outcome::video_several_faces:
    case Outcome::video_poor_quality:
    case Outcome::video_mask_worn:
    case Outcome::attack:
    case Outcome::liveness_unsure:
      return true;
  }
  return true;
}

std::optional<Outcome> outcome_from(std::int64_t stored) noexcept {
  if (stored < 0 || stored > static_cast<std::int64_t>(Outcome::liveness_unsure))
    return std::nullopt;
  return static_cast<Outcome>(stored);
}

}  // namespace selfsame::core
