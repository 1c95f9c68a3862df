// SPDX-License-Identifier: Apache-2.0
// One request of this surface before and after its signature is checked.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "adapters/alibaba/errors.h"
#include "adapters/alibaba/parameters.h"
#include "adapters/alibaba/signature_acs3.h"
#include "base/bytes.h"
#include "base/clock.h"
#include "http/message.h"

namespace selfsame::adapters::alibaba {

/// How far a signature's time stamp may be from ours, either way.
inline constexpr std::chrono::minutes kSignatureWindow{15};

enum class Scheme : std::uint8_t { rpc, acs3 };
enum class Format : std::uint8_t { xml, json };

/// The path is `/`, and there is a header x-acs-action, an ACS3 authorization or an AccessKeyId in
/// query or form. What was not read (too large, no memory) counts when the client says in its
/// headers that it is one of the vendor's.
[[nodiscard]] bool is_for_us(const http::Request& request);

/// What the answer is to be written in: JSON for ACS3, else as the parameter Format says, XML
/// without one. Works on every request, so that errors are written right too.
[[nodiscard]] Format format_of(const http::Request& request);

/// The vendor's typed Go client: it alone decodes objects where all others want JSON in a string.
[[nodiscard]] bool is_typed_go_client(const http::Request& request);

/// Which key is said to have signed, and everything needed to check that. Holds views into the HTTP
/// request, which must neither move nor end before it.
class SignedRequest {
 public:
  /// RequestEntityTooLarge, ServiceUnavailable; IncompleteSignature; Missing…; InvalidParameter.
  [[nodiscard]] static Answer<SignedRequest> read(const http::Request& request);

  [[nodiscard]] Scheme scheme() const noexcept { return scheme_; }
  [[nodiscard]] std::string_view access_key_id() const noexcept { return access_key_id_; }
  [[nodiscard]] std::string_view action() const noexcept { return action_; }
  [[nodiscard]] std::string_view version() const noexcept { return version_; }

  /// InvalidTimeStamp.Expired outside the window, IllegalTimestamp for one that is none.
  [[nodiscard]] Answer<void> check_time(Timestamp now) const;

  /// SignatureDoesNotMatch with our string to sign; IncompleteSignature for a body that is not the
  /// one that was hashed. An answer that depends on `secret` says so by one bit only.
  [[nodiscard]] Answer<void> check_signature(ByteView secret) const;

  /// A name for the nonce of this key, to be refused when it comes again before expires_at().
  [[nodiscard]] std::string nonce_name() const;
  [[nodiscard]] Timestamp expires_at(Timestamp now) const;

  /// Query and form, the common parameters among them. Call it once, after the signature was found
  /// right.
  [[nodiscard]] Parameters take_parameters() { return std::move(parameters_); }

 private:
  explicit SignedRequest(const http::Request& request) : request_(&request) {}

  [[nodiscard]] Answer<void> read_rpc();
  [[nodiscard]] Answer<void> read_acs3(std::string_view authorization);

  const http::Request* request_;
  Scheme scheme_ = Scheme::rpc;
  Acs3Authorization acs3_;
  Parameters parameters_;
  std::string_view access_key_id_;
  std::string_view action_;
  std::string_view version_;
  std::string_view timestamp_;
  std::string_view nonce_;
};

}  // namespace selfsame::adapters::alibaba
