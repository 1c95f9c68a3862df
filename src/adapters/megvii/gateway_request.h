// SPDX-License-Identifier: Apache-2.0
// One request to the API gateway before and after its credential is checked.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/megvii/errors.h"
#include "adapters/megvii/parameters.h"
#include "base/bytes.h"
#include "base/clock.h"
#include "http/message.h"

namespace selfsame::adapters::megvii {

inline constexpr std::string_view kFaceIdPath = "/face/v1.2/sdk/";
inline constexpr std::size_t kRequestBytesMax = 20u << 20;   // of a body
inline constexpr std::chrono::minutes kTimestampWindow{15};  // either way
inline constexpr std::chrono::minutes kNonceKept{15};

/// The path has kFaceIdPath in it, behind whatever prefix.
[[nodiscard]] bool is_for_gateway(const http::Request& request);

/// How the errors of this request are worded; unknown calls as get_biz_token.
[[nodiscard]] FaceIdCall call_of(const http::Request& request);

/// Who is said to call, and everything needed to check that. Holds views into the HTTP request,
/// which must neither move nor end before it.
class GatewayRequest {
 public:
  /// 413; CONCURRENCY_LIMIT_EXCEEDED for what was not read; I400… of the gateway for what does not
  /// parse.
  [[nodiscard]] static Answer<GatewayRequest> read(const http::Request& request);

  /// Set: the request carries this bearer credential and no signature.
  [[nodiscard]] std::string_view appcode() const noexcept { return appcode_; }
  [[nodiscard]] std::string_view app_key() const noexcept { return app_key_; }

  /// Only for signed requests. S403TE outside the window, I400HD for what is no time.
  [[nodiscard]] Answer<void> check_time(Timestamp now) const;
  /// A403IS with our string to sign; I400MD for a body that is not the one that was hashed.
  [[nodiscard]] Answer<void> check_signature(ByteView secret) const;
  /// A name for the nonce of this key, to be refused when it comes again before expires_at().
  [[nodiscard]] std::string nonce_name() const;
  [[nodiscard]] Timestamp expires_at(Timestamp now) const;

  [[nodiscard]] const Parameters& parameters() const noexcept { return parameters_; }

 private:
  explicit GatewayRequest(const http::Request& request) : request_(&request) {}

  [[nodiscard]] Answer<void> read_credential();
  [[nodiscard]] Result<void> read_parameters();

  const http::Request* request_;
  std::string_view appcode_;
  std::string_view app_key_;
  std::string_view nonce_;
  std::vector<std::string> signed_headers_;
  Parameters parameters_;
  bool is_form_ = true;
};

}  // namespace selfsame::adapters::megvii
