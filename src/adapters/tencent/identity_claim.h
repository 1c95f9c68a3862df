// SPDX-License-Identifier: Apache-2.0
// What the actions that ask the authoritative register have in common: the identity that is
// claimed, what is wrong with it, and the request to the flow.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "adapters/tencent/call.h"
#include "adapters/tencent/error_codes.h"
#include "adapters/tencent/parameters.h"
#include "adapters/tencent/response.h"
#include "core/customer.h"
#include "core/register_record.h"
#include "flows/identity_check.h"

namespace selfsame::adapters::tencent {

inline constexpr core::Product kRegisterProduct = core::Product::tencent_register;

/// What is wrong with what is claimed, in the order in which it is found.
enum class IdentityFault : std::uint8_t { none, number, name, validity };

/// The identity that is claimed, or what is wrong with it.
struct IdentityClaim {
  IdentityFault fault = IdentityFault::none;
  core::RegisterQuery query;
};

/// @param sandbox  a magic name is one
[[nodiscard]] IdentityClaim claim_of(std::string_view number, std::string_view name, bool sandbox);

/// Billed are those of a number and a name: 0 and -1.
[[nodiscard]] flows::IdentityCheckRequest identity_request(
    const Call& call, std::string_view action, IdentityClaim claim
);

/// What the register found, as far as it is known: of a stored answer only the outcome is left, and
/// only two of them are stored without a photo.
[[nodiscard]] core::RegisterFinding finding_of(const flows::IdentityCheckResult& result) noexcept;

/// `Result` and `Description`.
[[nodiscard]] Success identity_success(std::string request_id, const ResultCode& code);

/// Has a request members of `Encryption`? Nothing is decrypted here.
[[nodiscard]] bool is_encrypted(const Parameters& parameters);

}  // namespace selfsame::adapters::tencent
