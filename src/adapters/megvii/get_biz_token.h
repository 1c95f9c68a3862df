// SPDX-License-Identifier: Apache-2.0
// get_biz_token: opens a verification session that a device answers over the native session API.
#pragma once

#include "adapters/megvii/faceid_call.h"
#include "base/bytes.h"
#include "core/verification.h"

namespace selfsame::adapters::megvii {

/// What the caller asks for.
struct BizTokenRequest {
  std::string idcard_name;
  std::string idcard_number;
  std::vector<std::string> photo_names;  // "image_ref1", "image_ref2": those that were sent
  std::vector<Bytes> photos;             // beside them
  std::string biz_no;                    // at most 128 bytes
  bool compares_attacks = false;         // force_compare
  bool searches_rotation = true;         // multi_oriented_detection
  core::VerificationTerms terms;
};

/// The first parameter in the guide's order that is missing or wrong; a photo's bytes are not
/// looked at.
[[nodiscard]] Answer<BizTokenRequest> parse_biz_token_request(const Parameters& parameters);

[[nodiscard]] boost::asio::awaitable<Answer<Fields>> get_biz_token(
    const Services* services, const Parameters* parameters, Call call
);

}  // namespace selfsame::adapters::megvii
