// SPDX-License-Identifier: Apache-2.0
// The document of a verification, to its customer and to the device.
#pragma once

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <string>

#include "core/document_step.h"
#include "flows/document_case.h"
#include "flows/verification.h"

namespace selfsame::adapters::native {

// Schemas of openapi.json.

/// DocumentPolicy.
[[nodiscard]] boost::json::object document_terms_json(const core::DocumentTerms& terms);
/// VerificationDocument; null where none was asked for.
/// @param document  what is kept of it; null: nothing
[[nodiscard]] boost::json::value verification_document_json(
    const flows::VerificationView& view, const flows::DocumentCase* document
);
/// SessionDocument; null likewise.
[[nodiscard]] boost::json::value session_document_json(const flows::DeviceView& view);
/// DocumentAnswer.
[[nodiscard]] boost::json::object document_answer_json(const flows::DocumentForDevice& answer);

/// Of a picture that was decoded once, by its first bytes: "image/jpeg", ...
[[nodiscard]] std::string picture_type(ByteView picture);

}  // namespace selfsame::adapters::native
