// SPDX-License-Identifier: Apache-2.0
// selfsame check-config, doctor, version.
#include <fmt/format.h>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <filesystem>
#include <thread>

#include "app/commands.h"
#include "app/engine_setup.h"
#include "app/file_check.h"
#include "app/store_setup.h"
#include "app/terminal.h"
#include "base/crypto.h"
#include "storage/postgres_database.h"

namespace selfsame::app {
namespace {

namespace json = boost::json;

struct Check {
  std::string name;
  std::string status;  // "ok", "warning", "failed"
  std::string detail;
  std::string advice;
};

std::string text_of_error(const Error& error) {
  return error.detail.empty() ? name_of(error.code) : error.detail;
}

Check check_models(const Settings& settings) {
  const auto paths = find_models(settings);
  if (!paths) return {"models", "failed", text_of_error(paths.error()), "run tools/fetch.py"};
  const auto cards = load_cards(*paths, settings);
  if (!cards)
    return {
        "models",
        "failed",
        text_of_error(cards.error()),
        "see \"When it does not start\" in docs/operations.md"
    };
  for (const auto& card : cards->networks) {
    const FileCheck file =
        check_file(std::filesystem::path(paths->models_dir) / card.file, card.sha256);
    if (file.status != "ok") {
      return {
          "models", "failed", fmt::format("{} is {}", card.file, file.status), "run tools/fetch.py"
      };
    }
  }
  return {"models", "ok", fmt::format("{} networks unchanged", cards->networks.size()), ""};
}

Check check_engine(const Settings& settings) {
  const auto engine = load_engine(settings, "");
  if (!engine) return {"engine", "failed", text_of_error(engine.error()), "see docs/operations.md"};
  if (const auto proven = prove_engine(**engine, settings); !proven) {
    return {
        "engine", "failed", text_of_error(proven.error()), "the networks or their cards are wrong"
    };
  }
  const auto& calibration = (*engine)->calibration();
  return {
      "engine",
      "ok",
      fmt::format(
          "every network separates; {} thresholds {}", calibration.precision, calibration.version
      ),
      ""
  };
}

Check check_data(const Settings& settings) {
  const std::filesystem::path data(settings.data_dir);
  std::error_code error;
  if (!std::filesystem::exists(data, error)) {
    return {
        "data", "ok", fmt::format("{} does not exist yet; `serve` makes it", data.string()), ""
    };
  }
  const auto stores =
      settings.database_url.empty() ? open_stores(settings) : open_existing_stores(settings);
  if (!stores) {
    return {"data", "failed", text_of_error(stores.error()), "see docs/operations.md"};
  }
  return {"data", "ok", fmt::format("{} opens", data.string()), ""};
}

Result<storage::PostgresState> look_at_database(const Settings& settings) {
  SELFSAME_TRY(target, postgres_target(settings));
  return storage::inspect_postgres(target);
}

Check check_database(const Settings& settings) {
  const auto state = look_at_database(settings);
  if (!state) {
    return {"database", "failed", text_of_error(state.error()), "see docs/operations.md"};
  }
  const std::string detail = state->server + (state->is_empty ? "; `serve` sets it up" : "");
  if (!state->in_clear) return {"database", "ok", detail, ""};
  return {
      "database",
      "warning",
      detail + ": what is sent over the network can be read there",
      "add sslmode=verify-full to database.url"
  };
}

/// Writes, reads and erases a small blob, under a key that nobody keeps.
Result<void> probe(storage::BlobStore& blobs) {
  const Bytes content = random_bytes(32);
  SELFSAME_TRY(id, blobs.put(content));
  const auto back = blobs.get(id);
  SELFSAME_CHECK(blobs.erase(id));
  if (!back) return tl::unexpected(back.error());
  if (*back == content) return {};
  return fail(Errc::integrity_failure, "the store gives back other bytes than it was given");
}

Check check_blobs(const Settings& settings) {
  const bool folder = settings.s3_endpoint.empty();
  std::error_code error;
  if (folder && !std::filesystem::exists(settings.data_dir, error)) {
    return {"blobs", "ok", "in data.dir; `serve` makes it", ""};
  }
  const char* advice =
      folder ? "make data.dir writable" : "see blobs.s3.* in docs/configuration.md";
  const storage::MasterKey nobodys(Secret(random_bytes(32)));
  const auto blobs = open_blobs(settings, nobodys);
  if (!blobs) return {"blobs", "failed", text_of_error(blobs.error()), advice};
  if (const auto works = probe(**blobs); !works) {
    return {"blobs", "failed", text_of_error(works.error()), advice};
  }
  const std::string where =
      folder ? "a folder" : fmt::format("bucket {} of an object store", settings.s3_bucket);
  return {"blobs", "ok", where + ": wrote, read and erased a blob", ""};
}

Check check_disk(const Settings& settings) {
  constexpr std::uintmax_t kLow = 1ULL << 30;
  std::error_code error;
  std::filesystem::path place = std::filesystem::absolute(settings.data_dir, error);
  while (!std::filesystem::exists(place, error) && place.has_parent_path())
    place = place.parent_path();
  const auto space = std::filesystem::space(place, error);
  if (error) return {"disk", "failed", error.message(), "make data.dir readable"};
  const std::string detail =
      fmt::format("{:.1f} GB free", static_cast<double>(space.available) / 1e9);
  if (space.available >= kLow) return {"disk", "ok", detail, ""};
  return {"disk", "warning", detail, "a full disk stops all verdicts: make room"};
}

Check check_cpu() {
  const unsigned cores = std::thread::hardware_concurrency();
  return {"cpu", "ok", fmt::format("{} cores", cores), ""};
}

}  // namespace

int check_config(const std::string& config_file, bool as_json, bool markdown) {
  if (markdown) {
    fmt::print("{}", settings_markdown());
    return kDone;
  }
  const LoadedSettings loaded = load_settings(config_file, process_environment());
  const bool ok = loaded.errors.empty();
  json::array errors;
  for (const SettingError& error : loaded.errors) {
    json::object object{{"key", error.key}, {"message", error.message}};
    if (error.line) object["line"] = *error.line;
    if (!error.nearest.empty()) object["nearest"] = error.nearest;
    errors.push_back(std::move(object));
    if (!as_json) fmt::print("{}\n", describe(error, config_file));
  }
  json::object settings;
  for (const auto& [key, value] : describe(loaded.settings)) {
    settings[key] = value;
    if (!as_json && ok) fmt::print("{} = {}\n", key, value);
  }
  if (!as_json && ok) fmt::print("OK\n");
  if (as_json) {
    json::object object{{"ok", ok}, {"file", nullptr}, {"errors", std::move(errors)}};
    if (!config_file.empty()) object["file"] = config_file;
    object["settings"] = std::move(settings);
    print_json(object);
  }
  return ok ? kDone : kUsage;
}

int doctor(const Settings& settings, bool as_json) {
  std::vector<Check> checks = {
      check_cpu(), check_disk(settings), check_models(settings), check_engine(settings)
  };
  if (!settings.database_url.empty()) checks.push_back(check_database(settings));
  const bool can_open = settings.database_url.empty() || checks.back().status != "failed";
  if (can_open) checks.push_back(check_data(settings));
  checks.push_back(check_blobs(settings));
  bool ok = true;
  json::array array;
  for (const Check& check : checks) {
    ok = ok && check.status != "failed";
    json::object object{{"name", check.name}, {"status", check.status}, {"detail", check.detail}};
    if (!check.advice.empty()) object["advice"] = check.advice;
    array.push_back(std::move(object));
    if (!as_json) {
      fmt::print("{:<8} {:<8} {}\n", check.status, check.name, check.detail);
      if (!check.advice.empty()) fmt::print("{:17} {}\n", "", check.advice);
    }
  }
  if (as_json) {
    print_json(json::object{{"ok", ok}, {"version", SELFSAME_VERSION}, {"checks", std::move(array)}}
    );
  }
  return ok ? kDone : kFailed;
}

int version(bool as_json) {
  if (as_json) {
    print_json(json::object{
        {"name", "selfsame"},
        {"version", SELFSAME_VERSION},
        {"compiler", __VERSION__},
        {"build", SELFSAME_BUILD_TYPE},
        {"licence", "Apache-2.0"}
    });
  } else {
    fmt::print("selfsame {}\n", SELFSAME_VERSION);
  }
  return kDone;
}

}  // namespace selfsame::app
