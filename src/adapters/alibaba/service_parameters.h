// SPDX-License-Identifier: Apache-2.0
// The JSON in ExecuteRequest's ServiceParameters.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "base/bytes.h"

namespace selfsame::adapters::alibaba {

/// Decoded; [our choice] the vendor's guide names no limit.
inline constexpr std::size_t kPhotoBytesMax = std::size_t{5} << 20;

struct FacePhotos {
  Bytes reference;  // refFaceContent, of the document
  Bytes probe;      // authFaceContent, taken now
  std::string resource_code;
};

enum class ParametersFault : std::uint8_t {
  missing,     // one of the three, or all that is to hold them
  not_json,    // or not an object of strings
  not_base64,  // also with a `data:` prefix or white space in it
  over_limit,  // a photo is larger than kPhotoBytesMax
};

/// Members that are not known are passed over: the vendor's service does not name what else it
/// takes.
[[nodiscard]] tl::expected<FacePhotos, ParametersFault> parse_service_parameters(
    std::string_view json
);

}  // namespace selfsame::adapters::alibaba
