// SPDX-License-Identifier: Apache-2.0
// Our errors in the words of the gateway and of the service behind it. docs/api/megvii-faceid.md
// lists every code with its cause.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "base/result.h"
#include "flows/admission.h"
#include "flows/reference_photos.h"

namespace selfsame::adapters::megvii {

/// The two calls name and number some errors differently.
enum class FaceIdCall : std::uint8_t { get_biz_token, get_result };

struct Refusal {
  int status = 400;             // of HTTP
  std::string error;            // the service's, in a JSON body (413: as plain text); empty: the
                                // gateway alone answers, without a body
  std::string gateway_code;     // X-Ca-Error-Code; empty: the gateway let it through
  std::string gateway_message;  // X-Ca-Error-Message; printable ASCII
};

template <class T>
using Answer = tl::expected<T, Refusal>;

[[nodiscard]] tl::unexpected<Refusal> refuse_missing(std::string_view parameter);
[[nodiscard]] tl::unexpected<Refusal> refuse_bad(std::string_view parameter);
[[nodiscard]] tl::unexpected<Refusal> refuse_photo(
    std::string_view parameter, flows::PhotoFault fault
);
/// A request over 20 MB or a photo over 2 MB.
[[nodiscard]] tl::unexpected<Refusal> refuse_size();

/// What the gateway itself refuses. `message` for the client's programmer, without secrets.
[[nodiscard]] tl::unexpected<Refusal> refuse_at_gateway(
    int status, std::string_view code, std::string_view message
);
/// Told by gateway and service alike, with what we signed: line ends as `#`, cut where it is long.
[[nodiscard]] tl::unexpected<Refusal> refuse_signature(
    FaceIdCall call, std::string_view string_to_sign
);

/// An error of a flow. Its detail belongs to the log and is not sent.
[[nodiscard]] tl::unexpected<Refusal> refuse(FaceIdCall call, const Error& error);

/// The same for a caller who was not admitted.
[[nodiscard]] tl::unexpected<Refusal> refuse(FaceIdCall call, const flows::NotAdmitted& refused);

}  // namespace selfsame::adapters::megvii
