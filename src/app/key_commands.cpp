// SPDX-License-Identifier: Apache-2.0
// selfsame key, ledger.
#include <fmt/format.h>

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "app/commands.h"
#include "app/store_setup.h"
#include "app/terminal.h"
#include "base/clock.h"

namespace selfsame::app {
namespace {

namespace json = boost::json;

/// `not_found` when the customer has no key: a typo must not pass for a customer.
Result<void> require_customer(storage::Database& database, const std::string& name) {
  SELFSAME_TRY(keys, database.access_keys().list());
  if (std::ranges::any_of(keys, [&](const auto& key) { return key.customer == name; })) return {};
  return fail(Errc::not_found, fmt::format("no customer \"{}\"; see: selfsame key list", name));
}

std::string revealed(const Secret& secret) {
  return std::string(text_of(secret.reveal()));
}

json::object key_json(const storage::AccessKey& key) {
  json::object object{
      {"access_key_id", key.access_key_id},
      {"name", key.customer},
      {"enabled", !key.disabled_at.has_value()},
      {"created_at", rfc3339(key.created_at)},
      {"disabled_at", nullptr}
  };
  if (key.disabled_at) object["disabled_at"] = rfc3339(*key.disabled_at);
  return object;
}

}  // namespace

int key_create(const Settings& settings, const std::string& name, bool as_json) {
  auto stores = open_stores(settings);
  if (!stores) return complain("key create", stores.error());
  const auto key = stores->database->access_keys().create(name, SystemClock{}.now());
  if (!key) return complain("key create", key.error());
  if (as_json) {
    print_json(json::object{
        {"access_key_id", key->key.access_key_id},
        {"access_key_secret", revealed(key->access_key_secret)},
        {"appcode", revealed(key->appcode)},
        {"name", key->key.customer},
        {"created_at", rfc3339(key->key.created_at)}
    });
    return kDone;
  }
  fmt::print(
      "Access key of {}. The secrets are shown this once; keep them safe.\n"
      "  access_key_id      {}\n  access_key_secret  {}\n  appcode            {}\n",
      key->key.customer,
      key->key.access_key_id,
      revealed(key->access_key_secret),
      revealed(key->appcode)
  );
  return kDone;
}

int key_list(const Settings& settings, const std::string& name, bool as_json) {
  auto stores = open_existing_stores(settings);
  if (!stores) return complain("key list", stores.error());
  auto keys = stores->database->access_keys().list();
  if (!keys) return complain("key list", keys.error());
  if (!name.empty()) std::erase_if(*keys, [&](const auto& key) { return key.customer != name; });
  if (as_json) {
    json::array array;
    for (const auto& key : *keys) array.push_back(key_json(key));
    print_json(json::object{{"keys", std::move(array)}});
    return kDone;
  }
  if (keys->empty()) fmt::print("No keys. Make one: selfsame key create --name NAME\n");
  for (const auto& key : *keys) {
    fmt::print(
        "{}  {}  {}  {}\n",
        key.access_key_id,
        rfc3339(key.created_at),
        key.disabled_at ? "disabled" : "enabled ",
        key.customer
    );
  }
  return kDone;
}

int key_disable(const Settings& settings, const std::string& name, bool as_json) {
  auto stores = open_existing_stores(settings);
  if (!stores) return complain("key disable", stores.error());
  storage::AccessKeys& access_keys = stores->database->access_keys();
  const auto keys = access_keys.list();
  if (!keys) return complain("key disable", keys.error());
  json::array disabled;
  for (const auto& key : *keys) {
    if (key.customer == name && !key.disabled_at) disabled.emplace_back(key.access_key_id);
  }
  const auto count = access_keys.disable(name, SystemClock{}.now());
  if (!count && count.error().code == Errc::not_found) {
    return complain(
        "key disable",
        {Errc::not_found, fmt::format("no key of \"{}\"; see: selfsame key list", name)}
    );
  }
  if (!count) return complain("key disable", count.error());
  if (as_json) {
    print_json(json::object{{"disabled", std::move(disabled)}});
  } else {
    fmt::print("{} key(s) of {} disabled\n", *count, name);
  }
  return kDone;
}

int ledger_list(const Settings& settings, const std::string& name, bool as_json) {
  auto stores = open_existing_stores(settings);
  if (!stores) return complain("ledger", stores.error());
  if (const auto known = require_customer(*stores->database, name); !known) {
    return complain("ledger", known.error());
  }
  const auto entries = stores->database->outcomes().ledger(name);
  if (!entries) return complain("ledger", entries.error());
  if (entries->empty() && !as_json) fmt::print("No billed calls of {}.\n", name);
  json::array array;
  for (const auto& entry : *entries) {
    array.push_back(json::object{
        {"outcome_id", entry.outcome_id},
        {"product", entry.product},
        {"code", entry.code},
        {"units", entry.units},
        {"price_minor", entry.price_minor},
        {"currency", entry.currency},
        {"billed_at", rfc3339(entry.billed_at)}
    });
    if (!as_json) {
      fmt::print(
          "{}  {}  {}  {}\n", rfc3339(entry.billed_at), entry.outcome_id, entry.product, entry.code
      );
    }
  }
  if (as_json) print_json(json::object{{"entries", std::move(array)}});
  return kDone;
}

}  // namespace selfsame::app
