// SPDX-License-Identifier: Apache-2.0
#include "core/customer_fields.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <system_error>

#include "core/calibration.h"

namespace selfsame::core {
namespace {

constexpr std::int64_t kQuotaMax = 1'000'000'000;
constexpr std::int64_t kPriceMax_minor = 1'000'000'000;
constexpr std::array<std::string_view, 1> kCallbacks = {"megvii"};
constexpr std::string_view kEverything = "*";

Result<void> wrong(std::string_view what) {
  return fail(Errc::invalid_parameter, std::string(what));
}

bool is_printable(std::string_view text) {
  return std::ranges::none_of(text, [](unsigned char c) { return c < 0x20 || c == 0x7f; });
}

/// "a/b/c" as its first part; `rest` keeps what follows.
std::string_view take_part(std::string_view& rest) {
  const std::size_t end = std::min(rest.find('/'), rest.size());
  const std::string_view part = rest.substr(0, end);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return part;
}

template <class Each>
bool split(std::string_view list, Each each) {
  while (!list.empty()) {
    const std::size_t end = std::min(list.find(','), list.size());
    if (end == 0 || end + 1 == list.size() || !each(list.substr(0, end))) return false;
    list.remove_prefix(std::min(end + 1, list.size()));
  }
  return true;
}

template <class Range, class Text>
std::string joined(const Range& range, Text text) {
  std::string all;
  for (const auto& each : range) all.append(all.empty() ? "" : ",").append(text(each));
  return all;
}

std::optional<std::int64_t> integer_from(std::string_view text, std::int64_t most) {
  std::int64_t number = 0;
  const char* const end = text.data() + text.size();
  const auto [last, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc{} || last != end || number < 0 || number > most) return std::nullopt;
  return number;
}

Result<void> set_flag(bool& flag, bool otherwise, std::string_view value) {
  if (!value.empty() && value != "true" && value != "false") return wrong("true or false");
  flag = value.empty() ? otherwise : value == "true";
  return {};
}

Result<void> set_list(std::vector<std::string>& list, std::string_view value) {
  std::vector<std::string> read;
  const bool fine = split(value, [&](std::string_view each) {
    read.emplace_back(each);
    return true;
  });
  if (!fine) return wrong("a list, with commas between");
  list = std::move(read);
  return {};
}

Result<void> set_currency(Customer& customer, std::string_view value) {
  const bool fine =
      value.size() == 3 && std::ranges::all_of(value, [](char c) { return c >= 'A' && c <= 'Z'; });
  if (!value.empty() && !fine) return wrong("three letters of ISO 4217, such as EUR");
  customer.currency = value.empty() ? Customer().currency : std::string(value);
  return {};
}

Result<void> set_networks(Customer& customer, std::string_view value) {
  std::vector<IpNetwork> read;
  const bool fine = split(value, [&](std::string_view each) {
    const auto network = network_from(each);
    if (network) read.push_back(*network);
    return network.has_value();
  });
  if (!fine) return wrong("networks such as 192.0.2.0/24,2001:db8::/32, with commas between");
  customer.networks = std::move(read);
  return {};
}

Result<void> set_sdk_version(Customer& customer, std::string_view value) {
  if (!value.empty() && !is_at_least(value, "0")) return wrong("a version such as 3.2.1");
  customer.sdk_version_min = value;
  return {};
}

Result<void> set_match_fmr(Customer& customer, std::string_view value) {
  if (value.empty()) {
    customer.match_fmr.reset();
    return {};
  }
  const auto* const it = std::ranges::find(kCalibratedFmrNames, value);
  if (it == kCalibratedFmrNames.end()) return wrong("1e-3, 1e-4, 1e-5 or 1e-6");
  customer.match_fmr = static_cast<std::size_t>(it - kCalibratedFmrNames.begin());
  return {};
}

Result<void> set_bona_fide_min(Customer& customer, std::string_view value) {
  if (value.empty()) {
    customer.bona_fide_min.reset();
    return {};
  }
  double score = 0;
  const char* const end = value.data() + value.size();
  const auto [last, error] = std::from_chars(value.data(), end, score);
  if (error != std::errc{} || last != end || !(score >= 0 && score <= 1)) return wrong("0 to 1");
  customer.bona_fide_min = score;
  return {};
}

Result<Product> product_of(std::string_view name) {
  if (const auto product = product_from(name)) return *product;
  return fail(
      Errc::unknown_parameter,
      "no product \"" + std::string(name) + "\"; there are " +
          joined(product_names(), [](std::string_view each) { return std::string(each); })
  );
}

Result<void> set_state(Customer& customer, std::string_view name, std::string_view value) {
  SELFSAME_TRY(product, product_of(name));
  const auto state = account_state_from(value);
  if (!value.empty() && !state) {
    return wrong(joined(account_state_names(), [](std::string_view each) {
      return std::string(each);
    }));
  }
  if (!state || *state == AccountState::active) {
    customer.states.erase(product);
  } else {
    customer.states[product] = *state;
  }
  return {};
}

std::optional<std::int64_t>* quota_named(Quotas& quotas, std::string_view name) {
  if (name == "per_second") return &quotas.per_second;
  if (name == "at_once") return &quotas.at_once;
  if (name == "per_day") return &quotas.per_day;
  return nullptr;
}

Result<void> set_quota(Customer& customer, std::string_view path, std::string_view value) {
  std::string_view rest = path;
  const std::string_view name = take_part(rest);
  std::optional<Product> product;
  if (name != kEverything) {
    SELFSAME_TRY(named, product_of(name));
    product = named;
  }
  const auto number = integer_from(value, kQuotaMax);
  if (!value.empty() && !number) return wrong("a whole number, or nothing for no bound");
  const auto it = customer.quotas.find(product);
  Quotas quotas = it == customer.quotas.end() ? Quotas{} : it->second;
  auto* const quota = quota_named(quotas, rest);
  if (quota == nullptr) {
    return fail(Errc::unknown_parameter, "quota/PRODUCT/ and per_second, at_once or per_day");
  }
  *quota = number;
  if (quotas == Quotas{}) {
    customer.quotas.erase(product);
  } else {
    customer.quotas[product] = quotas;
  }
  return {};
}

Result<void> set_price(Customer& customer, std::string_view path, std::string_view value) {
  std::string_view code = path;
  SELFSAME_TRY(product, product_of(take_part(code)));
  const auto number = integer_from(value, kPriceMax_minor);
  if (!value.empty() && !number) return wrong("a whole number of the currency's smallest unit");
  const std::pair<Product, std::string> of(product, code);
  if (number) {
    customer.prices[of] = *number;
  } else {
    customer.prices.erase(of);
  }
  return {};
}

Result<void> set_callback(Customer& customer, std::string_view surface, std::string_view value) {
  if (std::ranges::find(kCallbacks, surface) == kCallbacks.end()) {
    return fail(Errc::unknown_parameter, "callback/megvii");
  }
  const bool is_url = value.starts_with("https://") || value.starts_with("http://");
  if (!value.empty() && (!is_url || value.find(' ') != std::string_view::npos)) {
    return wrong("a URL of http or https");
  }
  if (value.empty()) {
    customer.callbacks.erase(std::string(surface));
  } else {
    customer.callbacks[std::string(surface)] = value;
  }
  return {};
}

Result<void> set_key(Customer& customer, std::string_view key, std::string_view value) {
  constexpr std::string_view kNothing = "none";
  const bool fine_key =
      !key.empty() && key.size() <= 64 &&
      std::ranges::all_of(key, [](unsigned char c) { return std::isalnum(c) != 0; });
  if (!fine_key) return wrong("key/ and the id of an access key");
  if (value.empty()) {
    customer.key_rights.erase(std::string(key));
    return {};
  }
  std::set<Product> products;
  const bool fine = value == kNothing || split(value, [&](std::string_view each) {
                      const auto product = product_from(each);
                      if (product) products.insert(*product);
                      return product.has_value();
                    });
  if (!fine) return wrong("products with commas between, or none");
  customer.key_rights[std::string(key)] = std::move(products);
  return {};
}

Result<void> set_page_text(PageLook& page, std::string_view key, std::string_view value) {
  if (!is_page_text_key(key)) {
    return fail(
        Errc::unknown_parameter, "page/text/LANGUAGE/KEY, such as page/text/en/ready.title"
    );
  }
  if (value.empty()) {
    page.texts.erase(std::string(key));
    return {};
  }
  const bool is_new = !page.texts.contains(std::string(key));
  if (is_new && page.texts.size() >= kPageTextsMax) return wrong("too many texts");
  page.texts[std::string(key)] = value;
  return {};
}

Result<void> set_frame_ancestors(PageLook& page, std::string_view value) {
  std::vector<std::string> read;
  const bool fine = split(value, [&](std::string_view each) {
    read.emplace_back(each);
    return is_page_origin(each);
  });
  if (!fine) return wrong("origins such as https://shop.example, with commas between");
  page.frame_ancestors = std::move(read);
  return {};
}

Result<void> set_page(Customer& customer, std::string_view path, std::string_view value) {
  std::string_view rest = path;
  const std::string_view what = take_part(rest);
  if (what == "text") return set_page_text(customer.page, rest, value);
  if (!rest.empty()) return fail(Errc::unknown_parameter, "no field of a page has more parts");
  if (what == "frame_ancestors") return set_frame_ancestors(customer.page, value);
  if (what == "name") {
    if (!value.empty() && !is_page_name(value)) return wrong("at most 120 bytes");
    customer.page.name = value;
    return {};
  }
  if (what == "colour") {
    if (!value.empty() && !is_page_colour(value)) return wrong("#rrggbb");
    customer.page.colour = value;
    return {};
  }
  if (what == "logo") {
    if (!value.empty() && !is_page_logo(value)) {
      return wrong("data:image/svg+xml;base64,... (or png, webp), 2000 bytes at most");
    }
    customer.page.logo = value;
    return {};
  }
  return fail(Errc::unknown_parameter, "page/ and name, colour, logo, frame_ancestors or text/...");
}

using Setter = Result<void> (*)(Customer& customer, std::string_view path, std::string_view value);

/// `takes_path`: something follows the name, after a slash.
struct Field {
  std::string_view name;
  bool takes_path = false;
  Setter set = nullptr;
};

constexpr std::array<Field, 17> kFields = {{
    {"verified", false, [](Customer& c, auto, auto v) { return set_flag(c.verified, true, v); }},
    {"suspended", false, [](Customer& c, auto, auto v) { return set_flag(c.suspended, false, v); }},
    {"sandbox", false, [](Customer& c, auto, auto v) { return set_flag(c.sandbox, false, v); }},
    {"prepaid", false, [](Customer& c, auto, auto v) { return set_flag(c.prepaid, false, v); }},
    {"currency", false, [](Customer& c, auto, auto v) { return set_currency(c, v); }},
    {"networks", false, [](Customer& c, auto, auto v) { return set_networks(c, v); }},
    {"bundle_ids", false, [](Customer& c, auto, auto v) { return set_list(c.bundle_ids, v); }},
    {"sdk_version_min", false, [](Customer& c, auto, auto v) { return set_sdk_version(c, v); }},
    {"denied_devices",
     false,
     [](Customer& c, auto, auto v) { return set_list(c.denied_devices, v); }},
    {"match_fmr", false, [](Customer& c, auto, auto v) { return set_match_fmr(c, v); }},
    {"bona_fide_min", false, [](Customer& c, auto, auto v) { return set_bona_fide_min(c, v); }},
    {"state", true, set_state},
    {"quota", true, set_quota},
    {"price", true, set_price},
    {"callback", true, set_callback},
    {"key", true, set_key},
    {"page", true, set_page},
}};

constexpr std::array<FieldHelp, 22> kHelp = {{
    {"verified", "has the customer proven its identity: true or false"},
    {"suspended", "true: nothing is answered to it"},
    {"sandbox", "true: magic inputs decide, nothing is billed"},
    {"prepaid", "true: refused once the balance is below the dearest price of the product"},
    {"currency", "ISO 4217, of prices and balance"},
    {"networks", "from where it may call: 192.0.2.0/24,2001:db8::/32"},
    {"bundle_ids", "the apps that may call, with commas between"},
    {"sdk_version_min", "the oldest version of the app's SDK"},
    {"denied_devices", "models of phones, with commas between"},
    {"match_fmr", "at least as strict as this: 1e-3, 1e-4, 1e-5, 1e-6"},
    {"bona_fide_min", "live only at or above this PAD score, 0 to 1"},
    {"state/PRODUCT",
     "active, not_activated, activating, activation_failed, in_arrears, "
     "not_verified, unauthorized or denied"},
    {"quota/PRODUCT/KIND", "KIND: per_second, at_once, per_day; PRODUCT may be * for all others"},
    {"price/PRODUCT", "in the currency's smallest unit, of each billed attempt"},
    {"price/PRODUCT/CODE", "likewise, of this code alone"},
    {"callback/SURFACE", "URL, where a call names none; SURFACE: megvii"},
    {"key/ID", "the products that this access key may use, with commas between, or none"},
    {"page/name", "whose page it is, as people know it"},
    {"page/colour", "#rrggbb, where a session wishes no other"},
    {"page/logo", "data:image/svg+xml;base64,... (or png, webp), 2000 bytes at most"},
    {"page/frame_ancestors", "origins that may show the page in a frame, with commas between"},
    {"page/text/LANGUAGE/KEY", "wording of its own; the keys are those of web/src/texts"},
}};

/// Collects the fields that are set.
class Listing {
 public:
  void add(std::string name, std::string value) {
    if (!value.empty()) fields_.emplace_back(std::move(name), std::move(value));
  }
  void flag(std::string name, bool value, bool otherwise) {
    if (value != otherwise) add(std::move(name), value ? "true" : "false");
  }
  void list(std::string name, const std::vector<std::string>& values) {
    add(std::move(name), joined(values, [](const std::string& each) { return each; }));
  }
  void number(std::string name, std::optional<std::int64_t> value) {
    if (value) add(std::move(name), std::to_string(*value));
  }
  std::vector<std::pair<std::string, std::string>> take() { return std::move(fields_); }

 private:
  std::vector<std::pair<std::string, std::string>> fields_;
};

std::string shortest(double value) {
  std::array<char, 32> text{};
  const auto [end, error] = std::to_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc{} ? std::string(text.data(), end) : std::string();
}

std::string name_of_products(const std::set<Product>& products) {
  if (products.empty()) return "none";
  return joined(products, [](Product each) { return std::string(name_of(each)); });
}

void list_by_product(Listing& listing, const Customer& customer) {
  for (const auto& [product, state] : customer.states) {
    listing.add("state/" + std::string(name_of(product)), std::string(name_of(state)));
  }
  for (const auto& [product, quotas] : customer.quotas) {
    const std::string name = "quota/" + std::string(product ? name_of(*product) : kEverything);
    listing.number(name + "/per_second", quotas.per_second);
    listing.number(name + "/at_once", quotas.at_once);
    listing.number(name + "/per_day", quotas.per_day);
  }
  for (const auto& [of, price] : customer.prices) {
    const std::string code = of.second.empty() ? "" : "/" + of.second;
    listing.number("price/" + std::string(name_of(of.first)) + code, price);
  }
}

}  // namespace

Result<void> assign(Customer& customer, std::string_view name, std::string_view value) {
  if (value.size() > kFieldBytesMax || name.size() > 200) return wrong("too long");
  if (!is_printable(value) || !is_printable(name)) return wrong("printable characters alone");
  if (name.find('=') != std::string_view::npos) return wrong("a name without =");
  std::string_view path = name;
  const std::string_view first = take_part(path);
  const auto* const field = std::ranges::find(kFields, first, &Field::name);
  if (field == kFields.end() || field->takes_path != (first.size() < name.size())) {
    return fail(Errc::unknown_parameter, "no field \"" + std::string(name) + "\"");
  }
  return field->set(customer, path, value);
}

std::vector<std::pair<std::string, std::string>> fields_of(const Customer& customer) {
  const Customer plain;
  Listing listing;
  listing.flag("verified", customer.verified, plain.verified);
  listing.flag("suspended", customer.suspended, plain.suspended);
  listing.flag("sandbox", customer.sandbox, plain.sandbox);
  listing.flag("prepaid", customer.prepaid, plain.prepaid);
  if (customer.currency != plain.currency) listing.add("currency", customer.currency);
  listing.add("networks", joined(customer.networks, [](const IpNetwork& each) {
                return text_of(each);
              }));
  listing.list("bundle_ids", customer.bundle_ids);
  listing.add("sdk_version_min", customer.sdk_version_min);
  listing.list("denied_devices", customer.denied_devices);
  if (customer.match_fmr) listing.add("match_fmr", kCalibratedFmrNames.at(*customer.match_fmr));
  if (customer.bona_fide_min) listing.add("bona_fide_min", shortest(*customer.bona_fide_min));
  list_by_product(listing, customer);
  for (const auto& [surface, url] : customer.callbacks) listing.add("callback/" + surface, url);
  for (const auto& [key, products] : customer.key_rights) {
    listing.add("key/" + key, name_of_products(products));
  }
  listing.add("page/name", customer.page.name);
  listing.add("page/colour", customer.page.colour);
  listing.add("page/logo", customer.page.logo);
  listing.list("page/frame_ancestors", customer.page.frame_ancestors);
  for (const auto& [key, text] : customer.page.texts) listing.add("page/text/" + key, text);
  return listing.take();
}

std::string text_of(const Customer& customer) {
  std::string text;
  for (const auto& [name, value] : fields_of(customer)) {
    text.append(name).append("=").append(value).append("\n");
  }
  return text;
}

Result<Customer> customer_from(std::string_view text) {
  Customer customer;
  for (std::size_t lines = 0; !text.empty(); ++lines) {
    const std::size_t end = text.find('\n');
    const std::size_t equals = text.find('=');
    if (lines >= kFieldsMax || end == std::string_view::npos || equals >= end) {
      return fail(Errc::integrity_failure, "a stored customer does not read");
    }
    const auto set =
        assign(customer, text.substr(0, equals), text.substr(equals + 1, end - equals - 1));
    if (!set) return fail(Errc::integrity_failure, "a stored customer: " + set.error().detail);
    text.remove_prefix(end + 1);
  }
  return customer;
}

std::span<const FieldHelp> field_help() noexcept {
  return kHelp;
}

}  // namespace selfsame::core
