// SPDX-License-Identifier: Apache-2.0
// One request of this surface before and after its signature is checked.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "adapters/tencent/error_codes.h"
#include "adapters/tencent/parameters.h"
#include "adapters/tencent/signature_tc3.h"
#include "base/bytes.h"
#include "base/clock.h"
#include "http/message.h"

namespace selfsame::adapters::tencent {

/// Bytes on the wire (guide 002 and the API 3.0 request structure).
struct SizeLimits {
  std::size_t tc3_body_bytes = std::size_t{10} << 20;
  // The vendor takes 1 MB; the stock Node client signs photos and videos with v1.
  std::size_t v1_body_bytes = std::size_t{10} << 20;
  std::size_t get_target_bytes = std::size_t{32} << 10;
};

/// How far a signature's time stamp may be from ours, either way.
inline constexpr std::chrono::seconds kSignatureWindow{300};

enum class Scheme : std::uint8_t { tc3, v1 };

/// What every action is told, beside its own fields. Views into the HTTP request.
struct CommonParameters {
  std::string_view action;
  std::string_view version;
  std::string_view region;
  std::string_view token;
  std::string_view timestamp;
};

/// The path is `/`, and there is a header X-TC-Action or a SecretId in query or form. A form that
/// was not read (too large, no memory) counts unless it is marked by a header of another surface.
[[nodiscard]] bool is_for_us(const http::Request& request);

/// Which key is said to have signed, and everything needed to check that. Holds views into the
/// HTTP request, which must neither move nor end before it.
class SignedRequest {
 public:
  /// Checks the size, then reads the credential (v1: the whole form). RequestSizeLimitExceeded or
  /// the v1 text; UnsupportedProtocol; AuthFailure.InvalidAuthorization; MissingParameter;
  /// InvalidParameter for a form that does not parse.
  [[nodiscard]] static Answer<SignedRequest> read(
      const http::Request& request, const SizeLimits& limits
  );

  [[nodiscard]] Scheme scheme() const noexcept { return scheme_; }
  [[nodiscard]] std::string_view secret_id() const noexcept { return secret_id_; }
  [[nodiscard]] const CommonParameters& common() const noexcept { return common_; }

  /// AuthFailure.SignatureExpire outside the window; MissingParameter and InvalidParameter for a
  /// time stamp that is none.
  [[nodiscard]] Answer<void> check_time(Timestamp now) const;

  /// When nothing else of this time stamp can be valid any more. Call it after check_time.
  [[nodiscard]] Timestamp expires_at() const;

  /// A name for exactly this signed request when `secret` signed it: two requests share it only if
  /// key, signature, time, action and body are the same (TC3: the action is not signed, so that two
  /// calls in one second may share a signature), or key and signature (v1: nonce and time are in
  /// the signed text, however it is split into fields). Nothing when the signature is not of
  /// `secret`.
  [[nodiscard]] std::optional<std::string> fingerprint_if_signed(ByteView secret) const;

  /// The action's own parameters: JSON body or query (TC3), form or query without the common ones
  /// (v1). Call it once, after the signature was found right.
  [[nodiscard]] Answer<Parameters> take_parameters();

 private:
  explicit SignedRequest(const http::Request& request) : request_(&request) {}

  [[nodiscard]] Answer<void> read_tc3(std::string_view authorization);
  [[nodiscard]] Answer<void> read_v1();

  const http::Request* request_;
  Scheme scheme_ = Scheme::tc3;
  std::string_view secret_id_;
  CommonParameters common_;
  Tc3Authorization tc3_;
  Parameters form_;  // v1
};

}  // namespace selfsame::adapters::tencent
