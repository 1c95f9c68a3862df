// SPDX-License-Identifier: Apache-2.0
#include "storage/stored_numbers.h"

namespace selfsame::storage {
namespace {

template <class Enum>
Result<Enum> from(std::int64_t stored, Enum last, const char* what) {
  if (stored < 0 || stored > number_of(last)) {
    return fail(Errc::integrity_failure, std::string("stored ") + what + " has an unknown number");
  }
  return static_cast<Enum>(stored);
}

}  // namespace

Result<core::VerificationState> verification_state_from(std::int64_t stored) {
  return from(stored, core::VerificationState::cancelled, "verification state");
}

Result<DeliveryState> delivery_state_from(std::int64_t stored) {
  return from(stored, DeliveryState::given_up, "delivery state");
}

Result<core::SmsState> sms_state_from(std::int64_t stored) {
  return from(stored, core::SmsState::outbox, "message state");
}

Result<core::SegmentState> segment_state_from(std::int64_t stored) {
  return from(stored, core::SegmentState::undelivered, "segment state");
}

Result<core::Outcome> outcome_from(std::int64_t stored) {
  if (const auto outcome = core::outcome_from(stored)) return *outcome;
  return fail(Errc::integrity_failure, "stored outcome has an unknown number");
}

Result<core::AttackClass> attack_class_from(std::int64_t stored) {
  return from(stored, core::AttackClass::unsure, "attack class");
}

}  // namespace selfsame::storage
