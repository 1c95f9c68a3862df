// SPDX-License-Identifier: Apache-2.0
#include "storage/postgres/target.h"

#include <libpq-fe.h>

#include <memory>
#include <string_view>

namespace selfsame::storage::postgres {
namespace {

struct FreeOptions {
  void operator()(PQconninfoOption* options) const noexcept { PQconninfoFree(options); }
};
using Options = std::unique_ptr<PQconninfoOption, FreeOptions>;

bool is_url(std::string_view text) {
  return text.starts_with("postgresql://") || text.starts_with("postgres://");
}

/// Nothing when `url` does not parse. libpq's own words for why quote the whole of it.
Options parse(const std::string& url) {
  if (!is_url(url) || url.find('\0') != std::string::npos) return nullptr;
  char* complaint = nullptr;
  Options options(PQconninfoParse(url.c_str(), &complaint));
  if (complaint != nullptr) PQfreemem(complaint);
  return options;
}

/// "*" marks what libpq would not show while it is typed.
bool is_secret(const PQconninfoOption& option) {
  return option.dispchar != nullptr && std::string_view(option.dispchar) == "*";
}

}  // namespace

Result<void> check_url(const std::string& url) {
  if (!is_url(url)) {
    return fail(Errc::invalid_parameter, "must be empty or postgresql://[USER@]HOST[:PORT]/NAME");
  }
  if (parse(url) != nullptr) return {};
  return fail(
      Errc::invalid_parameter,
      "is not a URL that libpq takes: a reserved character that is not percent-encoded, or an"
      " unknown parameter after the question mark"
  );
}

std::string without_secrets(const std::string& url) {
  const Options options = parse(url);
  if (!options) return "***";
  std::string shown = "postgresql://";
  char separator = '?';
  for (const PQconninfoOption* option = options.get(); option->keyword != nullptr; ++option) {
    if (option->val == nullptr) continue;
    shown += separator;
    shown += option->keyword;
    shown += '=';
    shown += is_secret(*option) ? "***" : option->val;
    separator = '&';
  }
  return shown;
}

bool has_password(const std::string& url) {
  const Options options = parse(url);
  for (const PQconninfoOption* option = options.get(); option && option->keyword; ++option) {
    if (std::string_view(option->keyword) == "password" && option->val != nullptr) return true;
  }
  return false;
}

}  // namespace selfsame::storage::postgres
