// SPDX-License-Identifier: Apache-2.0
#include "core/customer.h"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <ranges>

namespace selfsame::core {
namespace {

using Address = std::array<std::uint8_t, 16>;

constexpr std::array<std::string_view, 16> kProductNames = {
    "tencent.pure-api",
    "tencent.callers-challenge",
    "tencent.web",
    "tencent.app-sdk",
    "tencent.identity-app-sdk",
    "tencent.register",
    "alibaba.id-verification",
    "alibaba.sms",
    "megvii.faceid",
    "megvii.raw-video",
    "megvii.raw-selfie",
    "megvii.raw-register",
    "megvii.raw-compare",
    "native.comparisons",
    "native.verifications",
    "native.documents",
};
static_assert(kProductNames.size() == static_cast<std::size_t>(Product::native_documents) + 1);

constexpr std::array<std::string_view, 8> kStateNames = {
    "active",
    "not_activated",
    "activating",
    "activation_failed",
    "in_arrears",
    "not_verified",
    "unauthorized",
    "denied",
};
static_assert(kStateNames.size() == static_cast<std::size_t>(AccountState::denied) + 1);

template <class Enum>
std::optional<Enum> named(std::span<const std::string_view> names, std::string_view name) {
  const auto it = std::ranges::find(names, name);
  if (it == names.end()) return std::nullopt;
  return static_cast<Enum>(it - names.begin());
}

/// An IPv6 address, or an IPv4 address as one; whether it was IPv4.
std::optional<std::pair<Address, bool>> address_from(std::string_view text) {
  const std::string terminated(text);
  Address address{};
  if (inet_pton(AF_INET6, terminated.c_str(), address.data()) == 1) return {{address, false}};
  address[10] = address[11] = 0xff;
  if (inet_pton(AF_INET, terminated.c_str(), address.data() + 12) == 1) return {{address, true}};
  return std::nullopt;
}

constexpr int kIpv4Offset_bits = 96;

bool is_ipv4(const IpNetwork& network) {
  static constexpr Address kMapped = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
  return network.prefix_bits >= kIpv4Offset_bits &&
         std::equal(kMapped.begin(), kMapped.begin() + 12, network.address.begin());
}

template <class Number>
std::optional<Number> number_from(std::string_view text) {
  Number number{};
  const char* const end = text.data() + text.size();
  const auto [last, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc{} || last != end) return std::nullopt;
  return number;
}

bool is_in(const std::vector<IpNetwork>& networks, std::string_view address) {
  const auto parsed = address_from(address);
  return parsed && std::ranges::any_of(networks, [&](const IpNetwork& network) {
           return network.contains(parsed->first);
         });
}

bool has_right(const Customer& customer, std::string_view access_key_id, Product product) {
  const auto it = customer.key_rights.find(std::string(access_key_id));
  return it == customer.key_rights.end() || it->second.contains(product);
}

std::optional<RefusalCause> cause_of(AccountState state) {
  switch (state) {
    case AccountState::active:
      return std::nullopt;
    case AccountState::not_activated:
      return RefusalCause::not_activated;
    case AccountState::activating:
      return RefusalCause::activating;
    case AccountState::activation_failed:
      return RefusalCause::activation_failed;
    case AccountState::in_arrears:
      return RefusalCause::in_arrears;
    case AccountState::not_verified:
      return RefusalCause::customer_not_verified;
    case AccountState::unauthorized:
      return RefusalCause::unauthorized;
    case AccountState::denied:
      return RefusalCause::denied;
  }
  return RefusalCause::denied;
}

/// The most that one unit of the product may cost.
std::int64_t dearest(const Customer& customer, Product product) {
  std::int64_t most = 0;
  for (const auto& [of, price] : customer.prices) {
    if (of.first == product) most = std::max(most, price);
  }
  return most;
}

bool has_enough(const Customer& customer, std::int64_t balance_minor, Product product) {
  if (!customer.prepaid || customer.sandbox) return true;
  return balance_minor >= dearest(customer, product);
}

std::optional<RefusalCause> refused_device(const Customer& customer, const DeviceClient& device) {
  if (!customer.sdk_version_min.empty() &&
      !is_at_least(device.sdk_version, customer.sdk_version_min)) {
    return RefusalCause::sdk_too_old;
  }
  const auto& denied = customer.denied_devices;
  const bool supported =
      denied.empty() ||
      (!device.model.empty() && std::ranges::find(denied, device.model) == denied.end());
  if (!supported) return RefusalCause::device_not_supported;
  const auto& bundles = customer.bundle_ids;
  if (!bundles.empty() && std::ranges::find(bundles, device.bundle_id) == bundles.end()) {
    return RefusalCause::bundle_not_allowed;
  }
  return std::nullopt;
}

/// Takes the next number off a version; nothing when there is none.
std::optional<std::uint32_t> take_number(std::string_view& version) {
  constexpr std::size_t kDigitsMax = 9;
  const std::size_t end = std::min(version.find('.'), version.size());
  if (end == 0 || end > kDigitsMax) return std::nullopt;
  const auto number = number_from<std::uint32_t>(version.substr(0, end));
  version.remove_prefix(end);
  return number;
}

std::optional<std::vector<std::uint32_t>> numbers_of(std::string_view version) {
  std::vector<std::uint32_t> numbers;
  for (;;) {
    const auto number = take_number(version);
    if (!number) return std::nullopt;
    numbers.push_back(*number);
    if (version.empty()) break;
    version.remove_prefix(1);
  }
  while (!numbers.empty() && numbers.back() == 0) numbers.pop_back();  // 3.0 is 3
  return numbers;
}

}  // namespace

std::span<const std::string_view> product_names() noexcept {
  return kProductNames;
}

std::string_view name_of(Product product) noexcept {
  return kProductNames.at(static_cast<std::size_t>(product));
}

std::optional<Product> product_from(std::string_view name) noexcept {
  return named<Product>(kProductNames, name);
}

std::span<const std::string_view> account_state_names() noexcept {
  return kStateNames;
}

std::string_view name_of(AccountState state) noexcept {
  return kStateNames.at(static_cast<std::size_t>(state));
}

std::optional<AccountState> account_state_from(std::string_view name) noexcept {
  return named<AccountState>(kStateNames, name);
}

bool IpNetwork::contains(const Address& other) const noexcept {
  const auto whole = static_cast<std::size_t>(prefix_bits / 8);
  if (!std::equal(address.begin(), address.begin() + prefix_bits / 8, other.begin())) return false;
  const int rest = prefix_bits % 8;
  return rest == 0 || ((address.at(whole) ^ other.at(whole)) >> (8 - rest)) == 0;
}

std::optional<IpNetwork> network_from(std::string_view text) {
  const std::size_t slash = std::min(text.find('/'), text.size());
  const auto address = address_from(text.substr(0, slash));
  if (!address) return std::nullopt;
  const int offset = address->second ? kIpv4Offset_bits : 0;
  IpNetwork network{.address = address->first, .prefix_bits = 128};
  if (slash < text.size()) {
    const auto bits = number_from<int>(text.substr(slash + 1));
    if (!bits || *bits < 0 || *bits > 128 - offset) return std::nullopt;
    network.prefix_bits = *bits + offset;
  }
  for (int bit = network.prefix_bits; bit < 128; ++bit) {
    const auto byte = network.address.at(static_cast<std::size_t>(bit / 8));
    if (((byte >> (7 - bit % 8)) & 1) != 0) return std::nullopt;
  }
  return network;
}

std::string text_of(const IpNetwork& network) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  const bool v4 = is_ipv4(network);
  const std::uint8_t* const from = network.address.data() + (v4 ? 12 : 0);
  inet_ntop(v4 ? AF_INET : AF_INET6, from, text.data(), text.size());
  return std::string(text.data()) + "/" +
         std::to_string(network.prefix_bits - (v4 ? kIpv4Offset_bits : 0));
}

AccountState Customer::state_of(Product product) const {
  const auto it = states.find(product);
  return it == states.end() ? AccountState::active : it->second;
}

Quotas Customer::quotas_of(Product product) const {
  const auto own = quotas.find(product);
  if (own != quotas.end()) return own->second;
  const auto other = quotas.find(std::nullopt);
  return other == quotas.end() ? Quotas{} : other->second;
}

const char* name_of(RefusalCause cause) noexcept {
  switch (cause) {
    case RefusalCause::suspended:
      return "suspended";
    case RefusalCause::address_not_allowed:
      return "address_not_allowed";
    case RefusalCause::customer_not_verified:
      return "customer_not_verified";
    case RefusalCause::key_without_right:
      return "key_without_right";
    case RefusalCause::not_activated:
      return "not_activated";
    case RefusalCause::activating:
      return "activating";
    case RefusalCause::activation_failed:
      return "activation_failed";
    case RefusalCause::in_arrears:
      return "in_arrears";
    case RefusalCause::unauthorized:
      return "unauthorized";
    case RefusalCause::denied:
      return "denied";
    case RefusalCause::balance_not_enough:
      return "balance_not_enough";
    case RefusalCause::sdk_too_old:
      return "sdk_too_old";
    case RefusalCause::device_not_supported:
      return "device_not_supported";
    case RefusalCause::bundle_not_allowed:
      return "bundle_not_allowed";
    case RefusalCause::too_many_per_second:
      return "too_many_per_second";
    case RefusalCause::too_many_at_once:
      return "too_many_at_once";
    case RefusalCause::daily_quota_used:
      return "daily_quota_used";
  }
  return "denied";
}

tl::expected<void, RefusalCause> may_use(
    const Customer& customer, Product product, std::string_view access_key_id
) {
  if (!has_right(customer, access_key_id, product)) {
    return tl::unexpected(RefusalCause::key_without_right);
  }
  if (const auto cause = cause_of(customer.state_of(product))) return tl::unexpected(*cause);
  return {};
}

tl::expected<void, RefusalCause> admit(
    const Customer& customer, std::int64_t balance_minor, Product product, const RequestFacts& facts
) {
  const auto refuse = [](RefusalCause cause) { return tl::unexpected<RefusalCause>(cause); };
  if (customer.suspended) return refuse(RefusalCause::suspended);
  if (!customer.networks.empty() && !is_in(customer.networks, facts.client_address)) {
    return refuse(RefusalCause::address_not_allowed);
  }
  if (!customer.verified) return refuse(RefusalCause::customer_not_verified);
  if (const auto may = may_use(customer, product, facts.access_key_id); !may) return may;
  if (!has_enough(customer, balance_minor, product)) {
    return refuse(RefusalCause::balance_not_enough);
  }
  if (facts.device) {
    if (const auto cause = refused_device(customer, *facts.device)) return refuse(*cause);
  }
  return {};
}

tl::expected<void, RefusalCause> admit_device(
    const Customer& customer, const DeviceClient& device
) {
  if (const auto cause = refused_device(customer, device)) return tl::unexpected(*cause);
  return {};
}

bool is_answered_by_app(std::string_view product) noexcept {
  constexpr std::array kByApps = {
      Product::tencent_app_sdk,
      Product::tencent_identity_app_sdk,
      Product::megvii_faceid,
      Product::native_verifications
  };
  const auto known = product_from(product);
  return known && std::ranges::find(kByApps, *known) != kByApps.end();
}

std::int64_t price_of(
    const Customer& customer, std::string_view product, std::string_view code, std::int64_t units
) {
  const auto known = product_from(product);
  if (!known || customer.sandbox || units <= 0) return 0;
  auto it = customer.prices.find({*known, std::string(code)});
  if (it == customer.prices.end()) it = customer.prices.find({*known, std::string()});
  return it == customer.prices.end() ? 0 : it->second * units;
}

VerificationPolicy stricter(
    VerificationPolicy policy, const Customer& customer, std::span<const double> match_thresholds
) {
  double& match = policy.comparison.match_threshold;
  if (customer.match_fmr) match = std::max(match, match_thresholds[*customer.match_fmr]);
  double& live = policy.pad.bona_fide_threshold;
  if (customer.bona_fide_min) live = std::max(live, *customer.bona_fide_min);
  return policy;
}

bool is_at_least(std::string_view version, std::string_view minimum) {
  const auto have = numbers_of(version);
  const auto want = numbers_of(minimum);
  return have && want && *have >= *want;
}

}  // namespace selfsame::core
