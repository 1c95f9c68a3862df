// SPDX-License-Identifier: Apache-2.0
#include "app/settings.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <toml++/toml.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <limits>
#include <variant>

#include "core/customer.h"
#include "storage/postgres/target.h"

namespace selfsame::app {
namespace {

struct Range {
  std::int64_t least = 0;
  std::int64_t most = std::numeric_limits<std::int64_t>::max();
};
using Choice = std::vector<std::string>;
struct DatabaseUrl {};  // empty, or what libpq takes; may hold a password
struct WebAddress {};   // empty, or http(s):// without a slash at its end
struct Networks {};     // each as core::network_from
using Member = std::variant<
    std::string Settings::*,
    std::int64_t Settings::*,
    bool Settings::*,
    std::vector<std::string> Settings::*>;

struct Setting {
  const char* key;
  Member member;
  std::variant<std::monostate, Range, Choice, DatabaseUrl, WebAddress, Networks> rule;
  const char* doc;
};

constexpr std::int64_t kHour_ms = 3'600'000;

const std::vector<Setting>& table() {
  static const std::vector<Setting> settings = {
      {"listen", &Settings::listen, {}, "HOST:PORT on which all surfaces are served"},
      {"admin.listen",
       &Settings::admin_listen,
       {},
       "HOST:PORT of /livez, /readyz and /metrics; empty: not served"},
      {"public_url",
       &Settings::public_url,
       WebAddress{},
       "http(s)://HOST[:PORT][/PATH] by which callers and their devices reach `listen`; what we "
       "send "
       "them to begins with it. Empty: `listen` itself"},
      {"tls.certificate_file",
       &Settings::tls_certificate_file,
       {},
       "PEM chain; together with tls.private_key_file it makes `listen` speak TLS"},
      {"tls.private_key_file", &Settings::tls_private_key_file, {}, "PEM private key"},
      {"tls.self_signed",
       &Settings::tls_self_signed,
       {},
       "make a certificate for this machine's names and addresses, in data.dir, and speak TLS with "
       "it: for trials with phones in a local network"},
      {"data.dir", &Settings::data_dir, {}, "folder of the database, the blobs and the master key"},
      {"data.master_key_file",
       &Settings::master_key_file,
       {},
       "32 random bytes, mode 0600. Empty: `master.key` in data.dir, made at the first start"},
      {"database.url",
       &Settings::database_url,
       DatabaseUrl{},
       "postgresql://USER@HOST:PORT/NAME[?sslmode=verify-full&sslrootcert=FILE...]: rows are kept "
       "in this PostgreSQL. Empty: in SQLite, in data.dir"},
      {"database.password_file",
       &Settings::database_password_file,
       {},
       "file that holds the password for database.url"},
      {"blobs.s3.endpoint",
       &Settings::s3_endpoint,
       {},
       "https://HOST[:PORT] of an S3-compatible object store for photos and videos. Empty: the "
       "folder `blobs` in data.dir"},
      {"blobs.s3.bucket", &Settings::s3_bucket, {}, "its bucket, which must exist; without versions"
      },
      {"blobs.s3.prefix",
       &Settings::s3_prefix,
       {},
       "of every key, for example `selfsame/`; nothing else may be kept under it"},
      {"blobs.s3.region", &Settings::s3_region, {}, "region that requests are signed for"},
      {"blobs.s3.addressing",
       &Settings::s3_addressing,
       Choice{"path", "virtual"},
       "path: HOST/BUCKET/KEY; virtual: BUCKET.HOST/KEY"},
      {"blobs.s3.access_key_id", &Settings::s3_access_key_id, {}, "may read, write, delete and list"
      },
      {"blobs.s3.secret_file",
       &Settings::s3_secret_file,
       {},
       "file with its secret access key; only its owner may read it"},
      {"blobs.s3.ca_file",
       &Settings::s3_ca_file,
       {},
       "PEM, against which the store's certificate is verified. Empty: the system's"},
      {"blobs.s3.connect_timeout_ms",
       &Settings::s3_connect_timeout_ms,
       Range{10, kHour_ms},
       "to connect, TLS included"},
      {"blobs.s3.stall_timeout_ms",
       &Settings::s3_stall_timeout_ms,
       Range{1'000, kHour_ms},
       "an answer that does not move for that long is given up and tried again"},
      {"blobs.s3.total_timeout_ms",
       &Settings::s3_total_timeout_ms,
       Range{100, 120'000},
       "of one read or write, retries included"},
      {"blobs.threads",
       &Settings::blob_threads,
       Range{1, 256},
       "threads for requests that store photos and videos, which wait for the blob store"},
      {"blobs.sweep_interval_hours",
       &Settings::sweep_interval_hours,
       Range{0, 8'760},
       "how often blobs that no outcome refers to are looked for and erased; 0: never"},
      {"blobs.sweep_age_hours",
       &Settings::sweep_age_hours,
       Range{1, 87'600},
       "younger ones are left alone: their outcome may be on its way"},
      {"models.dir",
       &Settings::models_dir,
       {},
       "folder of the networks and their cards. Empty: looked for beside the program"},
      {"models.fixtures_dir",
       &Settings::fixtures_dir,
       {},
       "pictures on which every network proves at start that it separates. Empty: `fixtures` "
       "beside "
       "models.dir"},
      {"models.precision",
       &Settings::precision,
       Choice{"auto", "f32", "bf16"},
       "what networks compute in; auto: bf16 where the CPU has it"},
      {"models.second_opinion",
       &Settings::second_opinion,
       {},
       "let the packaged second presentation-attack network vote (see its card for its provenance)"
      },
      {"models.documents",
       &Settings::documents,
       Choice{"first-use", "start", "never"},
       "when the networks that read identity documents are loaded (some 500 MB). first-use: with "
       "the "
       "first photo of one; start: a server that cannot read them does not start"},
      {"models.comparator",
       &Settings::comparator,
       {},
       "name of the added model whose comparator decides (docs/models.md). Empty: the packaged one"
      },
      {"inference.threads",
       &Settings::inference_threads,
       Range{0, 1024},
       "threads for decoding and networks; 0: one per core"},
      {"inference.queue",
       &Settings::inference_queue,
       Range{0, 100'000},
       "jobs that may wait for such a thread in a burst; under lasting load one per thread, shared "
       "fairly between customers. One more is refused at once"},
      {"storage.threads", &Settings::storage_threads, Range{1, 256}, "threads for the database"},
      {"storage.queue",
       &Settings::storage_queue,
       Range{1, 1'000'000},
       "storage jobs that may wait; one more is refused at once"},
      {"http.request_deadline_ms",
       &Settings::request_deadline_ms,
       Range{100, kHour_ms},
       "a request that is not measured by then is given up"},
      {"http.header_timeout_ms",
       &Settings::header_timeout_ms,
       Range{100, kHour_ms},
       "from the first byte of a request to the end of its header"},
      {"http.body_timeout_ms",
       &Settings::body_timeout_ms,
       Range{100, kHour_ms},
       "from the end of the header to the end of the body"},
      {"http.idle_timeout_ms",
       &Settings::idle_timeout_ms,
       Range{100, kHour_ms},
       "how long a connection is kept between requests"},
      {"http.stop_grace_ms",
       &Settings::stop_grace_ms,
       Range{0, kHour_ms},
       "how long requests in flight may take after SIGTERM"},
      {"http.max_connections",
       &Settings::max_connections,
       Range{1, 1'000'000},
       "connections at once; further ones are answered 503"},
      {"http.max_connections_per_client",
       &Settings::max_connections_per_client,
       Range{0, 1'000'000},
       "of them, how many may come from one IPv4 address or IPv6 /64 network. 0: all, for a server "
       "behind a proxy, whose address all clients share"},
      {"http.buffered_bytes_max",
       &Settings::buffered_bytes_max,
       Range{1 << 20, 1LL << 40},
       "bytes of request lines and bodies held at once, over all connections"},
      {"http.trusted_proxies",
       &Settings::trusted_proxies,
       Networks{},
       "networks (`10.0.0.0/8`, an address alone) of the proxies before this server. What one of "
       "them says of who called it is believed; of everybody else nothing is. Empty: there is none"
      },
      {"http.proxy_field",
       &Settings::proxy_field,
       Choice{"X-Forwarded-For", "Forwarded"},
       "the header field that they append the caller's address to; the other one is not read"},
      {"native.body_bytes_max",
       &Settings::native_body_bytes_max,
       Range{1 << 10, 1 << 30},
       "largest body on /v1/"},
      {"native.customer_calls_per_second",
       &Settings::native_customer_calls_per_second,
       Range{0, 1'000'000},
       "calls of one customer on /v1/ in the long run, ten times as many at once; more are "
       "answered "
       "429. 0: no bound"},
      {"native.device_calls_per_second",
       &Settings::native_device_calls_per_second,
       Range{0, 1'000'000},
       "the same for the device of one verification session"},
      {"verifications.result_kept_hours",
       &Settings::verification_result_kept_hours,
       Range{1, 8'760},
       "how long a session's token shows what was decided"},
      {"verifications.judging_limit_s",
       &Settings::verification_judging_limit_s,
       Range{1, 600},
       "how long evidence may wait for its verdict; half as long again, and any server begins anew"
      },
      {"verifications.sweep_interval_s",
       &Settings::verification_sweep_interval_s,
       Range{1, 3'600},
       "how often sessions whose time is over are looked for, their videos erased"},
      {"webhooks.hosts",
       &Settings::webhook_hosts,
       {},
       "hosts, in lower case, that customers may have their events sent to. Empty: any"},
      {"webhooks.private_networks",
       &Settings::webhook_private_networks,
       {},
       "let these be in private networks too, this machine among them: set it only where you trust "
       "every customer, or with webhooks.hosts"},
      {"webhooks.attempts_max",
       &Settings::webhook_attempts_max,
       Range{1, 100},
       "how often an event is sent before it is given up"},
      {"webhooks.first_pause_ms",
       &Settings::webhook_first_pause_ms,
       Range{10, kHour_ms},
       "before the second attempt; each further pause is twice as long, up to half a day"},
      {"webhooks.timeout_ms", &Settings::webhook_timeout_ms, Range{100, 60'000}, "of one attempt"},
      {"webhooks.kept_days",
       &Settings::webhook_kept_days,
       Range{1, 3'650},
       "how long the log of deliveries keeps what was delivered or given up"},
      {"register.url",
       &Settings::register_url,
       WebAddress{},
       "http(s)://HOST[:PORT][/PATH] of a source of your own that is asked in place of the "
       "imported "
       "register (docs/register.md). Empty: the imported one"},
      {"register.token_file",
       &Settings::register_token_file,
       {},
       "file with the bearer token that the source wants; only its owner may read it"},
      {"register.ca_file",
       &Settings::register_ca_file,
       {},
       "PEM, against which the source's certificate is verified. Empty: the system's"},
      {"register.timeout_ms",
       &Settings::register_timeout_ms,
       Range{100, 30'000},
       "of one enquiry, names and TLS included; it is not repeated"},
      {"register.failures_max",
       &Settings::register_failures_max,
       Range{1, 1'000},
       "enquiries that fail in a row before the source is left alone for a while"},
      {"register.pause_ms",
       &Settings::register_pause_ms,
       Range{100, kHour_ms},
       "for that long; then one enquiry tries it again"},
      {"register.enquiries_per_day",
       &Settings::register_enquiries_per_day,
       Range{0, 1'000'000},
       "how often the register is asked about one number in a day (UTC), over all customers. 0: no "
       "bound"},
      {"policy.match_fmr",
       &Settings::match_fmr,
       Choice{"1e-3", "1e-4", "1e-5", "1e-6"},
       "false match rate at which two faces count as the same person"},
      {"tencent.regions",
       &Settings::tencent_regions,
       {},
       "regions served on the Tencent surface; a request without one is served too"},
      {"tencent.v1_body_bytes_max",
       &Settings::tencent_v1_body_bytes_max,
       Range{1 << 10, 10 << 20},
       "largest body signed with HmacSHA1 or HmacSHA256 (the vendor: 1 MB; its stock Node client "
       "needs more)"},
      {"tencent.url_hosts",
       &Settings::tencent_url_hosts,
       {},
       "hosts from which photos and videos named by a URL are fetched; `.example.com` means all "
       "names below it. Empty: only files that were uploaded here"},
      {"tencent.url_private_addresses",
       &Settings::tencent_url_private_addresses,
       {},
       "fetch also from private addresses, when such a host has one"},
      {"sms.routes_file",
       &Settings::sms_routes_file,
       {},
       "TOML file of the message centres and the numbers they serve (docs/sms.md). Empty: all "
       "messages go to the outbox"},
      {"sms.number_per_hour",
       &Settings::sms_number_per_hour,
       Range{0, 1'000'000'000},
       "text messages of one customer to one number in an hour; 0: no bound"},
      {"sms.number_per_day",
       &Settings::sms_number_per_day,
       Range{0, 1'000'000'000},
       "the same in 24 hours"},
      {"sms.customer_per_day",
       &Settings::sms_customer_per_day,
       Range{0, 1'000'000'000},
       "text messages of one customer in 24 hours; 0: no bound"},
      {"sms.validity_s",
       &Settings::sms_validity_s,
       Range{60, 5'000'000},
       "how long a text message may wait to be sent and delivered; customers may ask for less"},
      {"sms.kept_days",
       &Settings::sms_kept_days,
       Range{1, 3'650},
       "how long messages are kept once they are no longer in the queue"},
      {"log.level",
       &Settings::log_level,
       Choice{"debug", "info", "warning", "error"},
       "least severity that is logged"},
  };
  return settings;
}

const Setting* find_setting(std::string_view key) {
  const auto it = std::ranges::find_if(table(), [&](const Setting& s) { return key == s.key; });
  return it == table().end() ? nullptr : &*it;
}

/// Levenshtein distance, for suggestions only.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({replaced, row[j] + 1, row[j - 1] + 1});
    }
  }
  return row[b.size()];
}

std::string nearest_key(std::string_view key) {
  const auto it =
      std::ranges::min_element(table(), {}, [&](const Setting& s) { return distance(key, s.key); });
  return it->key;
}

std::optional<std::string> broken_rule(const Setting& setting, const Settings& settings) {
  if (const auto* range = std::get_if<Range>(&setting.rule)) {
    const std::int64_t value = settings.*std::get<std::int64_t Settings::*>(setting.member);
    if (value >= range->least && value <= range->most) return std::nullopt;
    return fmt::format("must be {} to {}", range->least, range->most);
  }
  if (const auto* choice = std::get_if<Choice>(&setting.rule)) {
    const std::string& value = settings.*std::get<std::string Settings::*>(setting.member);
    if (std::ranges::find(*choice, value) != choice->end()) return std::nullopt;
    return fmt::format("must be one of {}", fmt::join(*choice, ", "));
  }
  if (std::holds_alternative<DatabaseUrl>(setting.rule)) {
    const std::string& value = settings.*std::get<std::string Settings::*>(setting.member);
    const auto checked = value.empty() ? Result<void>() : storage::postgres::check_url(value);
    if (!checked) return checked.error().detail;
  }
  if (std::holds_alternative<WebAddress>(setting.rule)) {
    const std::string& value = settings.*std::get<std::string Settings::*>(setting.member);
    const bool is_web = value.starts_with("http://") || value.starts_with("https://");
    const bool is_plain = value.find_first_of(" ?#@") == std::string::npos;
    if (value.empty() || (is_web && is_plain && !value.ends_with('/'))) return std::nullopt;
    return "must be http(s)://HOST[:PORT][/PATH], without a slash at its end";
  }
  if (std::holds_alternative<Networks>(setting.rule)) {
    const auto& values = settings.*std::get<std::vector<std::string> Settings::*>(setting.member);
    const bool are_networks = std::ranges::all_of(values, [](const std::string& text) {
      return core::network_from(text).has_value();
    });
    if (!are_networks) return "must be networks such as 10.0.0.0/8, or addresses";
  }
  return std::nullopt;
}

std::optional<std::string> wrong_type(const char* wanted) {
  return fmt::format("must be {}", wanted);
}

/// What is wrong, or nothing.
std::optional<std::string> assign(
    Settings& settings, const Setting& setting, const toml::node& node
) {
  if (const auto* text = std::get_if<std::string Settings::*>(&setting.member)) {
    const auto value = node.value_exact<std::string>();
    if (!value) return wrong_type("a string");
    settings.*(*text) = *value;
  } else if (const auto* number = std::get_if<std::int64_t Settings::*>(&setting.member)) {
    const auto value = node.value_exact<std::int64_t>();
    if (!value) return wrong_type("a whole number");
    settings.*(*number) = *value;
  } else if (const auto* flag = std::get_if<bool Settings::*>(&setting.member)) {
    const auto value = node.value_exact<bool>();
    if (!value) return wrong_type("true or false");
    settings.*(*flag) = *value;
  } else {
    const toml::array* array = node.as_array();
    if (array == nullptr) return wrong_type("an array of strings");
    std::vector<std::string> values;
    for (const toml::node& element : *array) {
      const auto value = element.value_exact<std::string>();
      if (!value) return wrong_type("an array of strings");
      values.push_back(*value);
    }
    settings.*std::get<std::vector<std::string> Settings::*>(setting.member) = std::move(values);
  }
  return broken_rule(setting, settings);
}

std::vector<std::string> split_list(std::string_view text) {
  std::vector<std::string> parts;
  while (!text.empty()) {
    const auto comma = text.find(',');
    if (comma != 0) parts.emplace_back(text.substr(0, comma));
    text = comma == std::string_view::npos ? std::string_view{} : text.substr(comma + 1);
  }
  return parts;
}

std::optional<std::string> assign_text(
    Settings& settings, const Setting& setting, const std::string& text
) {
  if (const auto* string = std::get_if<std::string Settings::*>(&setting.member)) {
    settings.*(*string) = text;
  } else if (const auto* number = std::get_if<std::int64_t Settings::*>(&setting.member)) {
    std::int64_t value = 0;
    const char* end = text.data() + text.size();
    const auto [last, error] = std::from_chars(text.data(), end, value);
    if (error != std::errc{} || last != end) return wrong_type("a whole number");
    settings.*(*number) = value;
  } else if (const auto* flag = std::get_if<bool Settings::*>(&setting.member)) {
    if (text != "true" && text != "false") return wrong_type("true or false");
    settings.*(*flag) = text == "true";
  } else {
    settings.*std::get<std::vector<std::string> Settings::*>(setting.member) = split_list(text);
  }
  return broken_rule(setting, settings);
}

void read_table(LoadedSettings& loaded, const toml::table& toml_table, const std::string& prefix) {
  for (const auto& [name, node] : toml_table) {
    const std::string key = prefix + std::string(name.str());
    const int line = static_cast<int>(node.source().begin.line);
    const Setting* setting = find_setting(key);
    if (setting == nullptr && node.is_table()) {
      read_table(loaded, *node.as_table(), key + ".");
      continue;
    }
    if (setting == nullptr) {
      loaded.errors.push_back(
          {.key = key, .message = "no such setting", .line = line, .nearest = nearest_key(key)}
      );
      continue;
    }
    if (auto wrong = assign(loaded.settings, *setting, node)) {
      loaded.errors.push_back(
          {.key = key, .message = std::move(*wrong), .line = line, .nearest = {}}
      );
    }
  }
}

void read_file(LoadedSettings& loaded, const std::string& file) {
  try {
    read_table(loaded, toml::parse_file(file), "");
  } catch (const toml::parse_error& error) {
    const auto line = static_cast<int>(error.source().begin.line);
    loaded.errors.push_back(
        {.key = "",
         .message = std::string(error.description()),
         .line = line > 0 ? std::optional(line) : std::nullopt,
         .nearest = {}}
    );
  }
}

std::string variable_name(std::string_view key) {
  std::string name = "SELFSAME_";
  for (const char c : key) {
    name.push_back(c == '.' ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(c))));
  }
  return name;
}

void read_environment(LoadedSettings& loaded, const Environment& environment) {
  for (const Setting& setting : table()) {
    const std::string name = variable_name(setting.key);
    const auto text = environment(name);
    if (!text) continue;
    if (auto wrong = assign_text(loaded.settings, setting, *text)) {
      loaded.errors.push_back(
          {.key = setting.key,
           .message = fmt::format("{} (from {})", *wrong, name),
           .line = std::nullopt,
           .nearest = {}}
      );
    }
  }
}

/// As it may be shown.
std::string text_of_member(const Settings& settings, const Setting& setting) {
  const Member& member = setting.member;
  if (const auto* text = std::get_if<std::string Settings::*>(&member)) {
    const std::string& value = settings.*(*text);
    const bool is_url = std::holds_alternative<DatabaseUrl>(setting.rule);
    return is_url && !value.empty() ? storage::postgres::without_secrets(value) : value;
  }
  if (const auto* number = std::get_if<std::int64_t Settings::*>(&member)) {
    return fmt::format("{}", settings.*(*number));
  }
  if (const auto* flag = std::get_if<bool Settings::*>(&member)) {
    return settings.*(*flag) ? "true" : "false";
  }
  return fmt::format(
      "{}", fmt::join(settings.*std::get<std::vector<std::string> Settings::*>(member), ",")
  );
}

std::string rule_text(const Setting& setting) {
  if (const auto* range = std::get_if<Range>(&setting.rule)) {
    return fmt::format("{}..{}", range->least, range->most);
  }
  if (const auto* choice = std::get_if<Choice>(&setting.rule)) {
    return fmt::format("{}", fmt::join(*choice, ", "));
  }
  if (std::holds_alternative<bool Settings::*>(setting.member)) return "true, false";
  if (std::holds_alternative<std::vector<std::string> Settings::*>(setting.member)) {
    return "array of strings";
  }
  return "string";
}

}  // namespace

LoadedSettings load_settings(const std::string& file, const Environment& environment) {
  LoadedSettings loaded;
  if (!file.empty()) read_file(loaded, file);
  read_environment(loaded, environment);
  const Settings& s = loaded.settings;
  const auto complain = [&loaded](const char* key, const char* message) {
    loaded.errors.push_back({.key = key, .message = message, .line = std::nullopt, .nearest = {}});
  };
  if (s.tls_certificate_file.empty() != s.tls_private_key_file.empty()) {
    complain("tls.certificate_file", "needs tls.private_key_file, and the other way round");
  }
  if (s.tls_self_signed && !s.tls_certificate_file.empty()) {
    complain("tls.self_signed", "not beside tls.certificate_file");
  }
  if (!s.database_password_file.empty() && s.database_url.empty()) {
    complain("database.password_file", "needs database.url");
  }
  if (!s.database_password_file.empty() && storage::postgres::has_password(s.database_url)) {
    complain("database.password_file", "database.url holds a password already");
  }
  if (s.register_url.empty() && !s.register_token_file.empty()) {
    complain("register.token_file", "needs register.url");
  }
  const bool whole =
      !s.s3_bucket.empty() && !s.s3_access_key_id.empty() && !s.s3_secret_file.empty();
  if (!s.s3_endpoint.empty() && !whole) {
    loaded.errors.push_back(
        {.key = "blobs.s3.endpoint",
         .message = "needs blobs.s3.bucket, blobs.s3.access_key_id and blobs.s3.secret_file",
         .line = std::nullopt,
         .nearest = {}}
    );
  }
  return loaded;
}

Environment process_environment() {
  return [](const std::string& name) -> std::optional<std::string> {
    // NOLINTNEXTLINE(concurrency-mt-unsafe): read before any thread is started
    const char* value = std::getenv(name.c_str());
    return value == nullptr ? std::nullopt : std::optional<std::string>(value);
  };
}

std::string describe(const SettingError& error, const std::string& file) {
  return fmt::format(
      "{}{}: {}{}",
      file.empty() ? "environment" : file,
      error.line ? fmt::format(":{}", *error.line) : "",
      error.key.empty() ? error.message : error.key + ": " + error.message,
      error.nearest.empty() ? "" : fmt::format("; did you mean {}?", error.nearest)
  );
}

std::vector<std::pair<std::string, std::string>> describe(const Settings& settings) {
  std::vector<std::pair<std::string, std::string>> described;
  for (const Setting& setting : table()) {
    described.emplace_back(setting.key, text_of_member(settings, setting));
  }
  return described;
}

std::string settings_markdown() {
  std::string text =
      "# Configuration\n\n"
      "Made by `selfsame check-config --markdown` from the table in `src/app/settings.cpp`; a test "
      "keeps it true.\n\n"
      "One TOML file (`selfsame serve --config FILE`). A key with dots is a key inside a table: "
      "`http.max_connections = 100` or `[http]` and `max_connections = 100`. Environment variables "
      "override the file, command-line options override both. An unknown key is an error.\n\n"
      "| key | variable | default | values | what |\n|---|---|---|---|---|\n";
  const Settings defaults;
  for (const Setting& setting : table()) {
    const std::string value = text_of_member(defaults, setting);
    text += fmt::format(
        "| `{}` | `{}` | {} | {} | {} |\n",
        setting.key,
        variable_name(setting.key),
        value.empty() ? "" : "`" + value + "`",
        rule_text(setting),
        setting.doc
    );
  }
  return text;
}

}  // namespace selfsame::app
