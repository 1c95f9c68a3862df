// SPDX-License-Identifier: Apache-2.0
// The configuration: one table of keys (settings.cpp) gives the parser, `selfsame check-config`
// and docs/configuration.md. Constant after start.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace selfsame::app {

struct Settings {
  std::string listen = "127.0.0.1:8080";
  std::string admin_listen = "127.0.0.1:8081";
  std::string public_url;
  std::string tls_certificate_file;
  std::string tls_private_key_file;
  bool tls_self_signed = false;
  std::string data_dir = "data";
  std::string master_key_file;
  std::string database_url;  // may hold a password: never print it, describe() does not
  std::string database_password_file;
  std::string s3_endpoint;
  std::string s3_bucket;
  std::string s3_prefix;
  std::string s3_region = "us-east-1";
  std::string s3_addressing = "path";
  std::string s3_access_key_id;
  std::string s3_secret_file;
  std::string s3_ca_file;
  std::int64_t s3_connect_timeout_ms = 2'000;
  std::int64_t s3_stall_timeout_ms = 5'000;
  std::int64_t s3_total_timeout_ms = 10'000;
  std::int64_t blob_threads = 8;
  std::int64_t sweep_interval_hours = 24;
  std::int64_t sweep_age_hours = 24;
  std::string models_dir;
  std::string fixtures_dir;
  std::string precision = "auto";
  bool second_opinion = true;
  std::string documents = "first-use";
  std::string comparator;
  std::int64_t inference_threads = 0;
  std::int64_t inference_queue = 32;
  std::int64_t storage_threads = 32;
  std::int64_t storage_queue = 1024;
  std::int64_t request_deadline_ms = 30'000;
  std::int64_t header_timeout_ms = 10'000;
  std::int64_t body_timeout_ms = 60'000;
  std::int64_t idle_timeout_ms = 60'000;
  std::int64_t stop_grace_ms = 30'000;
  std::int64_t max_connections = 1024;
  std::int64_t max_connections_per_client = 512;
  std::int64_t buffered_bytes_max = 512LL << 20;
  std::vector<std::string> trusted_proxies;
  std::string proxy_field = "X-Forwarded-For";
  std::int64_t native_body_bytes_max = 21LL << 20;
  std::int64_t native_customer_calls_per_second = 1'000;
  std::int64_t native_device_calls_per_second = 20;
  std::int64_t verification_result_kept_hours = 72;
  std::int64_t verification_judging_limit_s = 60;
  std::int64_t verification_sweep_interval_s = 30;
  std::vector<std::string> webhook_hosts;
  bool webhook_private_networks = false;
  std::int64_t webhook_attempts_max = 12;
  std::int64_t webhook_first_pause_ms = 5'000;
  std::int64_t webhook_timeout_ms = 10'000;
  std::int64_t webhook_kept_days = 30;
  std::string register_url;
  std::string register_token_file;
  std::string register_ca_file;
  std::int64_t register_timeout_ms = 5'000;
  std::int64_t register_failures_max = 5;
  std::int64_t register_pause_ms = 30'000;
  std::int64_t register_enquiries_per_day = 50;
  std::string match_fmr = "1e-3";
  std::vector<std::string> tencent_regions = {"ap-hongkong", "ap-singapore"};
  std::int64_t tencent_v1_body_bytes_max = 10LL << 20;
  std::vector<std::string> tencent_url_hosts;
  bool tencent_url_private_addresses = false;
  std::string sms_routes_file;
  std::int64_t sms_number_per_hour = 100;
  std::int64_t sms_number_per_day = 300;
  std::int64_t sms_customer_per_day = 0;
  std::int64_t sms_validity_s = 86'400;
  std::int64_t sms_kept_days = 30;
  std::string log_level = "info";
};

/// What is wrong with one key, for people.
struct SettingError {
  std::string key;  // dotted; empty: the file itself
  std::string message;
  std::optional<int> line;
  std::string nearest;  // for an unknown key: the known one that looks most like it
};

struct LoadedSettings {
  Settings settings;
  std::vector<SettingError> errors;  // empty: usable
};

using Environment = std::function<std::optional<std::string>(const std::string& name)>;

/// Reads `file` (TOML; empty: none), then SELFSAME_<KEY> variables over it ("http.max_connections"
/// is SELFSAME_HTTP_MAX_CONNECTIONS), and checks every value. Never throws on bad input.
[[nodiscard]] LoadedSettings load_settings(const std::string& file, const Environment& environment);

/// The process's environment.
[[nodiscard]] Environment process_environment();

/// "file.toml:3: http.idle: no such setting; did you mean ...?", for people.
[[nodiscard]] std::string describe(const SettingError& error, const std::string& file);

/// Key and effective value as text, in the order of the table.
[[nodiscard]] std::vector<std::pair<std::string, std::string>> describe(const Settings& settings);

/// docs/configuration.md.
[[nodiscard]] std::string settings_markdown();

}  // namespace selfsame::app
