// SPDX-License-Identifier: Apache-2.0
// The actions GenerateReflectSequence and DetectReflectLivenessAndCompare: a challenge of ours on
// its way out, and the recording that answers it.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <span>

#include "adapters/tencent/call.h"
#include "adapters/tencent/fields.h"
#include "adapters/tencent/response.h"
#include "adapters/tencent/services.h"

namespace selfsame::adapters::tencent {

/// A sequence is answered within this time, or not.
inline constexpr std::chrono::minutes kSequenceLifetime{10};

[[nodiscard]] std::span<const Field> generate_reflect_sequence_fields();

/// ReflectSequenceUrl and ReflectSequenceMd5: a document (reflect_packages.h) for this customer.
/// FailedOperation.DownLoadError for DeviceData that is none.
[[nodiscard]] boost::asio::awaitable<Answer<Success>> generate_reflect_sequence(
    const Services* services, Parameters parameters, Call call
);

[[nodiscard]] std::span<const Field> detect_reflect_liveness_and_compare_fields();

/// Result, Description, Sim, BestFrameUrl and BestFrameMd5 (empty when nothing was compared).
/// Errors: FailedOperation.DownLoadError for LiveData that is none, LivessDetectFake for a sequence
/// that is not ours, another customer's or used before (an attempt uses it up, whatever comes of
/// it), LivessDetectFail for one that has expired.
[[nodiscard]] boost::asio::awaitable<Answer<Success>> detect_reflect_liveness_and_compare(
    const Services* services, Parameters parameters, Call call
);

}  // namespace selfsame::adapters::tencent
