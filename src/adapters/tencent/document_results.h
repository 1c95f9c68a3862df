// SPDX-License-Identifier: Apache-2.0
// The document of a session in the vendor's results: OCRResult of the web flow, CardVerifyResults
// of the app SDK.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <string>
#include <vector>

#include "adapters/tencent/call.h"
#include "adapters/tencent/response.h"
#include "adapters/tencent/services.h"
#include "adapters/tencent/session_order.h"
#include "flows/document_case.h"

namespace selfsame::adapters::tencent {

/// What is kept of the session's document; without sides where that is nothing.
[[nodiscard]] boost::asio::awaitable<Answer<flows::DocumentCase>> document_of(
    const Services* services, const Call* call, const flows::VerificationView* view
);

/// OCRResult: null unless a picture was read; one element with what became of it.
void ocr_result_field(
    Fields& fields, const FoundSession& found, const flows::DocumentCase& document
);

/// An element for each picture that was read, in their order; what was read and the picture are in
/// the last that was taken as the front.
[[nodiscard]] std::vector<Fields> card_verify_results(
    const Services& services, const FoundSession& found, const flows::DocumentCase& document
);

/// CardInfoOcrJson: what was read, as it was read.
[[nodiscard]] std::string ocr_json(const flows::DocumentCase& document);

}  // namespace selfsame::adapters::tencent
