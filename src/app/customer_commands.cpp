// SPDX-License-Identifier: Apache-2.0
// selfsame customers, account, billing.
#include <fmt/format.h>
#include <pwd.h>
#include <unistd.h>

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <chrono>
#include <map>
#include <optional>
#include <set>
#include <tuple>

#include "app/commands.h"
#include "app/store_setup.h"
#include "app/terminal.h"
#include "base/clock.h"
#include "core/customer_fields.h"
#include "storage/customer_repositories.h"

namespace selfsame::app {
namespace {

namespace json = boost::json;

std::string who(const std::string& by) {
  if (!by.empty()) return by;
  const passwd* const user = getpwuid(geteuid());
  return user == nullptr ? "uid " + std::to_string(geteuid()) : user->pw_name;
}

/// All about whom something is settled or who have a key.
Result<std::set<std::string>> all_customers(storage::Database& database) {
  SELFSAME_TRY(keys, database.access_keys().list());
  SELFSAME_TRY(names, database.customers().names());
  std::set<std::string> all(names.begin(), names.end());
  for (const auto& key : keys) all.insert(key.customer);
  return all;
}

/// A typo must not make a customer.
Result<void> require_customer(storage::Database& database, const std::string& name) {
  SELFSAME_TRY(all, all_customers(database));
  if (all.contains(name)) return {};
  return fail(
      Errc::not_found, fmt::format("no customer \"{}\"; see: selfsame customers list", name)
  );
}

Result<storage::CustomerStanding> standing_of(
    storage::Database& database, const std::string& name
) {
  SELFSAME_CHECK(require_customer(database, name));
  return database.customers().standing(name);
}

Result<void> assign_all(core::Customer& customer, const std::vector<std::string>& assignments) {
  for (const std::string& assignment : assignments) {
    const std::size_t equals = std::min(assignment.find('='), assignment.size());
    if (equals == assignment.size()) {
      return fail(Errc::invalid_parameter, fmt::format("\"{}\" is not NAME=VALUE", assignment));
    }
    const std::string name = assignment.substr(0, equals);
    const auto set = core::assign(customer, name, assignment.substr(equals + 1));
    if (!set) return fail(set.error().code, name + ": " + set.error().detail);
  }
  return {};
}

Result<int> settle(
    storage::Database& database,
    const std::string& name,
    const storage::CustomerStanding& before,
    const std::vector<std::string>& assignments,
    const std::string& by
) {
  storage::CustomerVersion next{
      .customer = name,
      .version = before.version + 1,
      .settings = before.settings,
      .set_at = SystemClock{}.now(),
      .set_by = who(by)
  };
  SELFSAME_CHECK(assign_all(next.settings, assignments));
  SELFSAME_CHECK(database.customers().settle(next));
  return next.version;
}

bool is_usage(const Error& error) {
  return error.code == Errc::invalid_parameter || error.code == Errc::unknown_parameter;
}

int complain_about(const char* command, const Error& error) {
  complain(command, error);
  return is_usage(error) ? kUsage : kFailed;
}

int say_version(const std::string& name, int version, bool as_json) {
  if (as_json) {
    print_json(json::object{{"name", name}, {"version", version}});
  } else {
    fmt::print("{}: version {}\n", name, version);
  }
  return kDone;
}

json::object settings_json(const core::Customer& customer) {
  json::object object;
  for (const auto& [name, value] : core::fields_of(customer)) object[name] = value;
  return object;
}

std::string amount_text(std::int64_t amount_minor, const std::string& currency) {
  return fmt::format("{} {} (smallest unit)", amount_minor, currency);
}

json::array history_json(const std::vector<storage::CustomerVersion>& history) {
  json::array array;
  for (const auto& version : history) {
    array.push_back(json::object{
        {"version", version.version},
        {"set_at", rfc3339(version.set_at)},
        {"set_by", version.set_by},
        {"settings", settings_json(version.settings)}
    });
  }
  return array;
}

json::array credits_json(const std::vector<storage::CustomerCredit>& credits) {
  json::array array;
  for (const auto& credit : credits) {
    array.push_back(json::object{
        {"amount_minor", credit.amount_minor},
        {"note", credit.note},
        {"credited_at", rfc3339(credit.credited_at)},
        {"credited_by", credit.credited_by}
    });
  }
  return array;
}

void print_customer(
    const std::string& name,
    const storage::CustomerStanding& standing,
    const std::vector<storage::CustomerVersion>& history
) {
  fmt::print(
      "{}: version {}, balance {}\n",
      name,
      standing.version,
      amount_text(standing.balance_minor, standing.settings.currency)
  );
  for (const auto& [field, value] : core::fields_of(standing.settings)) {
    fmt::print("  {} = {}\n", field, value);
  }
  for (const auto& version : history) {
    fmt::print("  version {} {} by {}\n", version.version, rfc3339(version.set_at), version.set_by);
  }
}

/// "2026-11-01" as the beginning of that day, UTC.
Result<Timestamp> day_from(const std::string& text) {
  int year = 0;
  unsigned month = 0;
  unsigned day = 0;
  char rest = 0;
  if (std::sscanf(text.c_str(), "%4d-%2u-%2u%c", &year, &month, &day, &rest) == 3) {
    const std::chrono::year_month_day date{
        std::chrono::year(year), std::chrono::month(month), std::chrono::day(day)
    };
    if (date.ok() && text.size() == 10) return std::chrono::sys_days(date);
  }
  return fail(Errc::invalid_parameter, fmt::format("\"{}\" is not a day as 2026-11-01", text));
}

/// RFC 4180.
std::string csv_field(std::string_view text) {
  if (text.find_first_of(",\"\r\n") == std::string_view::npos) return std::string(text);
  std::string quoted = "\"";
  for (const char c : text) quoted.append(c == '"' ? "\"\"" : std::string(1, c));
  return quoted + "\"";
}

void print_csv(const storage::LedgerEntry& entry) {
  fmt::print(
      "{},{},{},{},{},{},{},{}\r\n",
      rfc3339(entry.billed_at),
      csv_field(entry.customer),
      csv_field(entry.outcome_id),
      csv_field(entry.product),
      csv_field(entry.code),
      entry.units,
      entry.price_minor,
      csv_field(entry.currency)
  );
}

/// What the report adds up: customer, product, code, currency.
using Line = std::tuple<std::string, std::string, std::string, std::string>;
struct Sum {
  std::int64_t count = 0;
  std::int64_t units = 0;
  std::int64_t price_minor = 0;
};

/// Calls `each` for every entry, page by page.
template <class Each>
Result<void> for_each_entry(storage::Outcomes& outcomes, storage::LedgerQuery query, Each each) {
  for (;;) {
    SELFSAME_TRY(page, outcomes.ledger(query));
    if (page.empty()) return {};
    std::ranges::for_each(page, each);
    query.after_entry = page.back().entry;
  }
}

Result<storage::LedgerQuery> ledger_query(const BillingReportOptions& options) {
  storage::LedgerQuery query{
      .customer = options.customer, .from = Timestamp{}, .to = Timestamp::max()
  };
  if (!options.from.empty()) {
    SELFSAME_TRY(from, day_from(options.from));
    query.from = from;
  }
  if (!options.to.empty()) {
    SELFSAME_TRY(to, day_from(options.to));
    query.to = to;
  }
  return query;
}

void print_sums(const std::map<Line, Sum>& sums, bool as_json) {
  json::array array;
  for (const auto& [line, sum] : sums) {
    const auto& [customer, product, code, currency] = line;
    array.push_back(json::object{
        {"customer", customer},
        {"product", product},
        {"code", code},
        {"count", sum.count},
        {"units", sum.units},
        {"price_minor", sum.price_minor},
        {"currency", currency}
    });
    if (!as_json) {
      fmt::print(
          "{}  {}  {}  {} billed, {} units, {}\n",
          customer,
          product,
          code,
          sum.count,
          sum.units,
          amount_text(sum.price_minor, currency)
      );
    }
  }
  if (as_json) print_json(json::object{{"lines", std::move(array)}});
}

}  // namespace

int customers_add(
    const Settings& settings,
    const std::string& name,
    const std::vector<std::string>& assignments,
    const std::string& by,
    bool as_json
) {
  auto stores = open_stores(settings);
  if (!stores) return complain("customers add", stores.error());
  const auto all = all_customers(*stores->database);
  if (!all) return complain("customers add", all.error());
  if (all->contains(name)) {
    return complain(
        "customers add", {Errc::conflict, fmt::format("there is a customer \"{}\" already", name)}
    );
  }
  if (const auto fits = storage::check_customer_name(name); !fits) {
    return complain_about("customers add", fits.error());
  }
  const auto version = settle(*stores->database, name, {}, assignments, by);
  if (!version) return complain_about("customers add", version.error());
  return say_version(name, *version, as_json);
}

int customers_set(
    const Settings& settings,
    const std::string& name,
    const std::vector<std::string>& assignments,
    const std::string& by,
    bool as_json
) {
  auto stores = open_existing_stores(settings);
  if (!stores) return complain("customers set", stores.error());
  const auto before = standing_of(*stores->database, name);
  if (!before) return complain("customers set", before.error());
  const auto version = settle(*stores->database, name, *before, assignments, by);
  if (!version) return complain_about("customers set", version.error());
  return say_version(name, *version, as_json);
}

int customers_list(const Settings& settings, bool as_json) {
  auto stores = open_existing_stores(settings);
  if (!stores) return complain("customers list", stores.error());
  const auto all = all_customers(*stores->database);
  if (!all) return complain("customers list", all.error());
  json::array array;
  for (const std::string& name : *all) {
    const auto standing = stores->database->customers().standing(name);
    if (!standing) return complain("customers list", standing.error());
    array.push_back(json::object{
        {"name", name},
        {"version", standing->version},
        {"balance_minor", standing->balance_minor},
        {"currency", standing->settings.currency},
        {"sandbox", standing->settings.sandbox},
        {"suspended", standing->settings.suspended}
    });
    if (!as_json) fmt::print("{}  version {}\n", name, standing->version);
  }
  if (as_json) print_json(json::object{{"customers", std::move(array)}});
  if (!as_json && all->empty()) fmt::print("No customers. Make one: selfsame customers add NAME\n");
  return kDone;
}

int customers_show(const Settings& settings, const std::string& name, bool as_json) {
  auto stores = open_existing_stores(settings);
  if (!stores) return complain("customers show", stores.error());
  storage::Customers& customers = stores->database->customers();
  const auto standing = standing_of(*stores->database, name);
  if (!standing) return complain("customers show", standing.error());
  const auto history = customers.history(name);
  if (!history) return complain("customers show", history.error());
  const auto credits = customers.credits(name);
  if (!credits) return complain("customers show", credits.error());
  if (!as_json) {
    print_customer(name, *standing, *history);
    return kDone;
  }
  print_json(json::object{
      {"name", name},
      {"version", standing->version},
      {"balance_minor", standing->balance_minor},
      {"currency", standing->settings.currency},
      {"settings", settings_json(standing->settings)},
      {"history", history_json(*history)},
      {"credits", credits_json(*credits)}
  });
  return kDone;
}

int customers_fields() {
  for (const auto& field : core::field_help()) fmt::print("{:<24} {}\n", field.name, field.takes);
  fmt::print("\nPRODUCT is one of:\n");
  for (const std::string_view product : core::product_names()) fmt::print("  {}\n", product);
  return kDone;
}

int customers_credit(const Settings& settings, const CreditOptions& options) {
  auto stores = open_existing_stores(settings);
  if (!stores) return complain("customers credit", stores.error());
  if (const auto known = require_customer(*stores->database, options.name); !known) {
    return complain("customers credit", known.error());
  }
  const auto balance = stores->database->customers().credit(
      {.customer = options.name,
       .amount_minor = options.amount_minor,
       .note = options.note,
       .credited_at = SystemClock{}.now(),
       .credited_by = who(options.by)}
  );
  if (!balance) return complain("customers credit", balance.error());
  if (options.json) {
    print_json(json::object{{"name", options.name}, {"balance_minor", *balance}});
  } else {
    fmt::print("{}: balance {}\n", options.name, *balance);
  }
  return kDone;
}

int account_set(
    const Settings& settings,
    const std::string& name,
    const std::string& product,
    const std::string& state
) {
  auto stores = open_existing_stores(settings);
  if (!stores) return complain("account set", stores.error());
  const auto before = standing_of(*stores->database, name);
  if (!before) return complain("account set", before.error());
  const auto version =
      settle(*stores->database, name, *before, {fmt::format("state/{}={}", product, state)}, "");
  return version ? kDone : complain_about("account set", version.error());
}

int billing_report(const Settings& settings, const BillingReportOptions& options) {
  const auto query = ledger_query(options);
  if (!query) return complain_about("billing report", query.error());
  auto stores = open_existing_stores(settings);
  if (!stores) return complain("billing report", stores.error());
  if (!options.customer.empty()) {
    if (const auto known = require_customer(*stores->database, options.customer); !known) {
      return complain("billing report", known.error());
    }
  }
  std::map<Line, Sum> sums;
  if (options.csv) {
    fmt::print("billed_at,customer,id,product,code,units,price_minor,currency\r\n");
  }
  const auto read =
      for_each_entry(stores->database->outcomes(), *query, [&](const storage::LedgerEntry& entry) {
        if (options.csv) return print_csv(entry);
        Sum& sum = sums[Line(entry.customer, entry.product, entry.code, entry.currency)];
        sum.count += 1;
        sum.units += entry.units;
        sum.price_minor += entry.price_minor;
      });
  if (!read) return complain("billing report", read.error());
  if (!options.csv) print_sums(sums, options.json);
  return kDone;
}

}  // namespace selfsame::app
