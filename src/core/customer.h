// SPDX-License-Identifier: Apache-2.0
// What an operator has settled with a customer, and what follows for a request: may it go on, and
// what does its outcome cost.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <utility>
#include <vector>

#include "core/decision.h"
#include "core/page_wishes.h"

namespace selfsame::core {

/// What a customer is given or refused, and billed for, each by itself. Vendors' names stand here
/// as names of goods: nothing in core depends on which one it is.
enum class Product : std::uint8_t {
  tencent_pure_api,
  tencent_callers_challenge,  // a sequence that the caller brings itself
  tencent_web,
  tencent_app_sdk,
  tencent_identity_app_sdk,
  tencent_register,
  alibaba_id_verification,
  alibaba_sms,
  megvii_faceid,
  megvii_raw_video,
  megvii_raw_selfie,
  megvii_raw_register,
  megvii_raw_compare,
  native_comparisons,
  native_verifications,
  native_documents,
};

/// In the order of the enumeration, for example "tencent.pure-api". Stored: do not change them.
[[nodiscard]] std::span<const std::string_view> product_names() noexcept;
[[nodiscard]] std::string_view name_of(Product product) noexcept;
[[nodiscard]] std::optional<Product> product_from(std::string_view name) noexcept;

/// Whether a customer may use a product. The names are stored: do not change them.
enum class AccountState : std::uint8_t {
  active,
  not_activated,
  activating,
  activation_failed,
  in_arrears,
  not_verified,  // the customer has not proven its identity
  unauthorized,  // no right to this product
  denied,        // operation denied
};

[[nodiscard]] std::span<const std::string_view> account_state_names() noexcept;
[[nodiscard]] std::string_view name_of(AccountState state) noexcept;
[[nodiscard]] std::optional<AccountState> account_state_from(std::string_view name) noexcept;

/// An IPv4 or IPv6 network. An IPv4 address is the IPv6 address ::ffff:a.b.c.d.
struct IpNetwork {
  std::array<std::uint8_t, 16> address{};
  int prefix_bits = 128;

  [[nodiscard]] bool contains(const std::array<std::uint8_t, 16>& other) const noexcept;
  auto operator<=>(const IpNetwork&) const = default;
};

/// "10.0.0.0/8", "2001:db8::/32", or an address alone. Nothing when it is neither, or has bits set
/// behind its prefix.
[[nodiscard]] std::optional<IpNetwork> network_from(std::string_view text);
[[nodiscard]] std::string text_of(const IpNetwork& network);

/// How much of a product. Nothing: as much as the server can.
struct Quotas {
  std::optional<std::int64_t> per_second;  // in the long run; a second's worth at once. Each server
  std::optional<std::int64_t> at_once;     // requests under way. Each server
  std::optional<std::int64_t> per_day;     // UTC days. All servers together

  auto operator<=>(const Quotas&) const = default;
};

/// All of it has a value that changes nothing, so that a customer about whom nothing was settled
/// may use everything.
struct Customer {
  bool verified = true;             // has proven its identity
  bool suspended = false;           // no product at all
  bool sandbox = false;             // magic inputs decide (core/sandbox.h), and nothing is billed
  bool prepaid = false;             // refused once the balance is below what the product may cost
  std::string currency = "USD";     // ISO 4217, of prices and balance
  std::vector<IpNetwork> networks;  // from where it may call; empty: from anywhere
  std::vector<std::string> bundle_ids;      // the apps that may; empty: any
  std::string sdk_version_min;              // "3.2.1"; empty: any
  std::vector<std::string> denied_devices;  // models
  std::optional<std::size_t> match_fmr;     // index of kCalibratedFmr: at least as strict as this
  std::optional<double> bona_fide_min;      // a PAD score, 0 to 1: live only at or above it
  std::map<Product, AccountState> states;   // absent: active
  std::map<std::optional<Product>, Quotas> quotas;  // absent: those of std::nullopt, if any
  std::map<std::pair<Product, std::string>, std::int64_t> prices;  // of (product, code), in minor
                                                                   // units; "": of all other codes
  std::map<std::string, std::string> callbacks;                    // URL by surface
  std::map<std::string, std::set<Product>> key_rights;  // by access key; absent: all products
  PageLook page;

  [[nodiscard]] AccountState state_of(Product product) const;
  [[nodiscard]] Quotas quotas_of(Product product) const;
};

/// What the app on a phone says of itself. Empty: it does not say.
struct DeviceClient {
  std::string sdk_version;
  std::string model;
  std::string bundle_id;
};

struct RequestFacts {
  std::string_view access_key_id;
  std::string_view client_address;     // as text; "": not known, so in no list
  std::optional<DeviceClient> device;  // where the request comes from a phone
};

/// Why a request is refused before anything is looked at. Adapters map it without `default`.
enum class RefusalCause : std::uint8_t {
  suspended,
  address_not_allowed,
  customer_not_verified,
  key_without_right,
  not_activated,
  activating,
  activation_failed,
  in_arrears,
  unauthorized,
  denied,
  balance_not_enough,
  sdk_too_old,
  device_not_supported,
  bundle_not_allowed,
  too_many_per_second,
  too_many_at_once,
  daily_quota_used,
};

[[nodiscard]] const char* name_of(RefusalCause cause) noexcept;

/// May this request go on? The first cause in the order of RefusalCause. What the quotas say comes
/// after, from who counts (flows/admission.h). A device that does not say what a list asks for is
/// refused.
/// @param balance_minor  in minor units; looked at where the customer is prepaid
[[nodiscard]] tl::expected<void, RefusalCause> admit(
    const Customer& customer, std::int64_t balance_minor, Product product, const RequestFacts& facts
);

/// Of that, only what the lists say of the app on the phone.
[[nodiscard]] tl::expected<void, RefusalCause> admit_device(
    const Customer& customer, const DeviceClient& device
);

/// Sessions of this product are answered by an app, not by a page in a browser.
[[nodiscard]] bool is_answered_by_app(std::string_view product) noexcept;

/// Of that, only the rights of the key and the state of the product.
[[nodiscard]] tl::expected<void, RefusalCause> may_use(
    const Customer& customer, Product product, std::string_view access_key_id
);

/// In minor units, of `units` of what `code` bills (an attempt is one; of a text message, each
/// segment). 0 in the sandbox and for what has no price.
[[nodiscard]] std::int64_t price_of(
    const Customer& customer, std::string_view product, std::string_view code, std::int64_t units
);

/// The customer's policy over the installation's: each threshold is the stricter one.
[[nodiscard]] VerificationPolicy stricter(
    VerificationPolicy policy, const Customer& customer, std::span<const double> match_thresholds
);

/// Versions by their numbers, "3.10" after "3.9.1"; false when either has another character than
/// digits and dots, a number of more than nine digits, or nothing.
[[nodiscard]] bool is_at_least(std::string_view version, std::string_view minimum);

}  // namespace selfsame::core
