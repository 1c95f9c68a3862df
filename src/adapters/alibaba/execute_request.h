// SPDX-License-Identifier: Apache-2.0
// ExecuteRequest, Service intl_face_verify (guide "ID Verification", 2019-08-27): a photo of a face
// against the photo of a document. Everything about the business travels with HTTP 200 and a
// numeric Code.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <optional>
#include <string>

#include "adapters/alibaba/call.h"
#include "base/result.h"
#include "core/customer.h"
#include "flows/photo_verification.h"

namespace selfsame::adapters::alibaba {

inline constexpr core::Product kIdVerificationProduct = core::Product::alibaba_id_verification;

[[nodiscard]] boost::asio::awaitable<Answer<Fields>> execute_request(
    const Services* services, Parameters parameters, Call call
);

/// The answer to two photos that were looked at, or could not be: Code 200 with its Data, or Code
/// 500 when we failed. `score` is 60, 70, 80, 90 at FMR 1e-3, 1e-4, 1e-5, 1e-6 [our choice].
/// @param data_as_object  for the client that decodes no string (request.h, is_typed_go_client)
[[nodiscard]] Fields fields_of(
    const Result<flows::PhotoVerificationResult>& verified, bool data_as_object
);

/// A verdict was given: "200".
[[nodiscard]] std::optional<std::string> billed_code_of_verification(core::Outcome outcome);

}  // namespace selfsame::adapters::alibaba
