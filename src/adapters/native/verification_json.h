// SPDX-License-Identifier: Apache-2.0
// How a verification is shown: to its customer everything, to the device only what helps a person
// to do better.
#pragma once

#include <boost/json/object.hpp>
#include <optional>
#include <string>

#include "core/outcome.h"
#include "flows/verification.h"
#include "flows/webhooks.h"

namespace selfsame::adapters::native {

// Each is a schema of the same name in openapi.json.

/// Verification.
/// @param document  what is kept of its document; null: nothing
[[nodiscard]] boost::json::object verification_json(
    const flows::VerificationView& view, const flows::DocumentCase* document = nullptr
);
/// OpenedVerification.
[[nodiscard]] boost::json::object opened_json(const flows::OpenedVerification& opened);
/// DeviceChallenge.
/// The names of the modes that are on.
[[nodiscard]] boost::json::array modes_json(const core::VerificationTerms& terms);
[[nodiscard]] boost::json::object challenge_json(const flows::ChallengeForDevice& challenge);
/// Session.
[[nodiscard]] boost::json::object device_json(const flows::DeviceView& view);
/// EvidencePart.
[[nodiscard]] boost::json::object part_json(const flows::PartStatus& part);
/// WebhookDelivery.
[[nodiscard]] boost::json::object delivery_json(const storage::WebhookDelivery& delivery);

/// WebhookEvent: the body that is delivered and signed.
[[nodiscard]] std::string webhook_event_text(
    const storage::WebhookDelivery& delivery,
    const flows::VerificationView& view,
    const flows::DocumentCase* document = nullptr
);

/// What a person can do about it, as a word: "too_dark". Nothing where there is no advice, or where
/// it would be advice to an attacker.
[[nodiscard]] std::optional<const char*> hint_of(core::Outcome outcome) noexcept;

}  // namespace selfsame::adapters::native
