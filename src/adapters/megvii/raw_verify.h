// SPDX-License-Identifier: Apache-2.0
// verify: what validate_video or validate_side_face saw, beside photos.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "adapters/megvii/raw_call.h"
#include "core/register_record.h"

namespace selfsame::adapters::megvii {

enum class RawPreference : std::uint8_t { none, selfie_no_metadata_check, video_strict };

struct RawVerifyRequest {
  std::string token;
  bool with_register = false;  // comparison_type 1
  RawPreference preference = RawPreference::none;
  std::string idcard_name;               // with a register
  std::string idcard_number;             // likewise
  std::string uuid;                      // without
  std::vector<std::string> photo_names;  // "image_ref1", ...: those that were sent
  std::vector<Bytes> photos;             // beside them
  bool searches_rotation = false;
};

/// The first parameter in the guide's order that is missing or wrong; a photo's bytes are not
/// looked at.
[[nodiscard]] RawAnswer<RawVerifyRequest> parse_raw_verify(const RawForm& form);

/// Of an enquiry that brought no photo; billed where the register answered.
[[nodiscard]] std::optional<RawRefusal> refusal_of(core::RegisterFinding finding);

[[nodiscard]] boost::asio::awaitable<RawAnswer<RawFields>> raw_verify(
    const RawServices* services, const RawForm* form, RawCall call
);

}  // namespace selfsame::adapters::megvii
