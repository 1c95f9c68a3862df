// SPDX-License-Identifier: Apache-2.0
// Our errors in the words of Raw. docs/api/megvii-raw.md lists every code with its cause and
// whether it is billed.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "base/result.h"
#include "flows/admission.h"
#include "flows/reference_photos.h"

namespace selfsame::adapters::megvii {

struct RawRefusal {
  int status = 400;
  std::string message;     // error_message; of a 413 the whole body
  bool is_billed = false;  // the register was asked: the table says so
};

template <class T>
using RawAnswer = tl::expected<T, RawRefusal>;

/// With a space before the key, which the gateway's calls do not have.
[[nodiscard]] tl::unexpected<RawRefusal> raw_missing(std::string_view parameter);
[[nodiscard]] tl::unexpected<RawRefusal> raw_bad(std::string_view parameter);
/// "INVALID_TOKEN" and the like.
[[nodiscard]] tl::unexpected<RawRefusal> raw_refusal(std::string_view message);
/// Billed where the photo is the register's, "data_source".
[[nodiscard]] tl::unexpected<RawRefusal> raw_photo(
    std::string_view parameter, flows::PhotoFault fault
);
/// A photo over 2 MB, a request over 20 MB.
[[nodiscard]] tl::unexpected<RawRefusal> raw_size();
[[nodiscard]] tl::unexpected<RawRefusal> raw_unauthenticated();
[[nodiscard]] tl::unexpected<RawRefusal> raw_denied();

/// An error of a flow. Its detail belongs to the log and is not sent.
[[nodiscard]] tl::unexpected<RawRefusal> raw_refuse(const Error& error);
/// The same for a caller who was not admitted.
[[nodiscard]] tl::unexpected<RawRefusal> raw_refuse(const flows::NotAdmitted& refused);

}  // namespace selfsame::adapters::megvii
