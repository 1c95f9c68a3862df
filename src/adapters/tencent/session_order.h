// SPDX-License-Identifier: Apache-2.0
// What the actions that issue a token have in common: their words for liveness, the photo, the
// customer's own text, the token itself, and how the session's result is found again.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/json/object.hpp>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "adapters/tencent/call.h"
#include "adapters/tencent/parameters.h"
#include "adapters/tencent/response.h"
#include "adapters/tencent/services.h"
#include "flows/verification.h"

namespace selfsame::adapters::tencent {

/// Text of letters, or a number that `fields()` has checked to be one.
[[nodiscard]] std::optional<std::int64_t> integer_of(
    const Parameters& parameters, std::string_view name
);
/// `fallback` when there is none.
[[nodiscard]] bool flag_of(const Parameters& parameters, std::string_view name, bool fallback);

/// How liveness is to be shown.
struct LivenessTerms {
  int level = 4;                  // 1 silent, 2 actions, 3 colours, 4 both
  std::string_view action_list;   // "blink,mouth"; empty: blink
  std::string_view actions_name;  // of that field, for the error
  bool may_fall_back = true;      // to actions, where a device cannot show colours
};

/// The vendor's list names one or two actions; we draw the order. InvalidParameterValue for another
/// list, and for a list at a level without actions.
[[nodiscard]] Answer<core::VerificationTerms> terms_of(const LivenessTerms& wanted);

/// InvalidParameterValue when it is not UTF-8 or has more characters.
[[nodiscard]] Answer<void> check_text(
    const Parameters& parameters, std::string_view name, std::size_t characters_max
);

/// Base64 of a photo; MissingParameter when it is empty, InvalidParameterValue when it is not plain
/// base64.
[[nodiscard]] Answer<Bytes> photo_of(const Parameters& parameters, std::string_view name);

/// With the caller, the action and its product; a photo that cannot be compared with is a result.
[[nodiscard]] flows::VerificationOrder order_of(
    const Call& call, std::string_view action, core::Product product
);

/// What the order keeps of the request.
struct KeptRequest {
  std::string extra;
  std::string redirect_url;
  bool tells_tags = false;     // LivenessInfoTag
  boost::json::object config;  // for the page
};
[[nodiscard]] std::string kept_text_of(const KeptRequest& kept);
[[nodiscard]] Result<KeptRequest> kept_from(std::string_view text);

/// Opens the session and gives its token. The same signed request gets the same token, and opens
/// nothing again.
[[nodiscard]] boost::asio::awaitable<Answer<std::string>> issue_token(
    const Services* services, const Call* call, flows::VerificationOrder order
);

/// A session that one of these actions opened for this customer: BizTokenIllegal for any other
/// token, BizTokenExpired when nobody began with it in time or its result is no longer kept.
struct FoundSession {
  flows::VerificationView view;
  KeptRequest kept;
};
[[nodiscard]] boost::asio::awaitable<Answer<FoundSession>> find_session(
    const Services* services, const Call* call, std::string token, std::string_view action
);

/// A best frame, or a video: empty when there is none.
[[nodiscard]] boost::asio::awaitable<Answer<Bytes>> best_frame_of(
    const Services* services, const Call* call, const flows::VerificationView* view
);
[[nodiscard]] boost::asio::awaitable<Answer<Bytes>> video_of(
    const Services* services, const Call* call, const flows::VerificationView* view
);

/// An answer with the caller's request id.
[[nodiscard]] Success success_of(const Call& call);
/// Null when it is empty.
void text_or_null(Fields& fields, std::string_view name, std::string_view text);

/// 0..100, where the attempt was compared.
[[nodiscard]] std::optional<double> similarity_of(
    const Services& services, const core::VerificationFinding* finding
);

}  // namespace selfsame::adapters::tencent
