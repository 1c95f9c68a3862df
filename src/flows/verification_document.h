// SPDX-License-Identifier: Apache-2.0
// A picture of the document of a session: read, judged by the terms, kept. Inside of
// flows/verification.h.
#pragma once

#include <memory>
#include <string>

#include "flows/verification_steps.h"

namespace selfsame::flows {

[[nodiscard]] asio::awaitable<Result<DocumentForDevice>> take_document_picture(
    std::shared_ptr<const VerificationParts> parts,
    std::string token,
    DocumentPicture picture,
    Deadline deadline
);

/// `invalid_parameter` unless each edit is of a field that the document has, each field once, and
/// none is what a register was asked about. What was read is filled in; an edit that gives it again
/// is left out.
[[nodiscard]] Result<std::vector<DocumentEdit>> checked_edits(
    const Documents& documents,
    const core::DocumentTerms& terms,
    const DocumentCase& document,
    std::vector<DocumentEdit> edits
);

}  // namespace selfsame::flows
