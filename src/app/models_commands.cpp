// SPDX-License-Identifier: Apache-2.0
// selfsame models list, verify, remove. (add: models_add.cpp)
#include <fmt/format.h>

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <filesystem>

#include "app/added_models.h"
#include "app/commands.h"
#include "app/engine_setup.h"
#include "app/file_check.h"
#include "app/model_standing.h"
#include "app/terminal.h"
#include "vision/network.h"

namespace selfsame::app {
namespace {

namespace json = boost::json;

struct Models {
  ModelPaths paths;
  std::vector<AddedModel> added;
  vision::ModelCards cards;
};

Result<Models> read_models(const Settings& settings) {
  Models models;
  SELFSAME_TRY(paths, find_models(settings));
  models.paths = std::move(paths);
  SELFSAME_TRY(added, read_added_models(settings.data_dir));
  models.added = std::move(added);
  SELFSAME_TRY(cards, load_cards(models.paths, settings));
  models.cards = std::move(cards);
  return models;
}

json::object network_json(
    const vision::NetworkCard& card, const Standing& standing, std::uintmax_t bytes
) {
  json::object object{
      {"name", card.name},
      {"role", card.role},
      {"file", card.file},
      {"sha256", card.sha256},
      {"licence", card.licence},
      {"decides", standing.decides}
  };
  if (bytes > 0) object["bytes"] = bytes;
  if (!standing.decides) object["why_not"] = standing.why_not;
  if (!standing.model.empty()) object["model"] = standing.model;
  return object;
}

void print_network(
    const vision::NetworkCard& card, const Standing& standing, std::uintmax_t bytes
) {
  fmt::print(
      "{:<12} {:<20} {:<20} {:>14}  {}  {}\n",
      card.role,
      card.name,
      card.licence,
      bytes == 0 ? "missing" : fmt::format("{} bytes", bytes),
      card.sha256.substr(0, 16),
      standing.decides ? "decides" : "does not decide: " + standing.why_not
  );
}

json::array added_json(const std::vector<AddedModel>& added) {
  json::array models;
  for (const AddedModel& model : added) {
    json::array calibrated;
    for (const auto& calibration : model.calibrations) {
      calibrated.push_back(json::object{
          {"precision", calibration.thresholds.precision},
          {"version", calibration.thresholds.version}
      });
    }
    models.push_back(json::object{
        {"name", model.card.name},
        {"added_at", model.added_at},
        {"added_by", model.added_by},
        {"card_sha256", model.card_sha256},
        {"source", model.card.source},
        {"calibrations", std::move(calibrated)}
    });
  }
  return models;
}

}  // namespace

int models_list(const Settings& settings, bool as_json) {
  const auto models = read_models(settings);
  if (!models) return complain("models list", models.error());
  const auto runtime = vision::InferenceRuntime::create(engine_options(models->paths, settings));
  if (!runtime) return complain("models list", runtime.error());
  json::array networks;
  for (const auto& card : models->cards.networks) {
    std::error_code error;
    const auto size = std::filesystem::file_size(
        std::filesystem::path(models->paths.models_dir) / card.file, error
    );
    const std::uintmax_t bytes = error ? 0 : size;
    const Standing standing =
        standing_of(card, models->cards, models->added, (*runtime)->precision());
    networks.push_back(network_json(card, standing, bytes));
    if (!as_json) print_network(card, standing, bytes);
  }
  const std::string comparator = vision::comparator_name(models->cards.comparator);
  const std::string pad_set = vision::pad_set_name(models->cards);
  if (as_json) {
    print_json(json::object{
        {"networks", std::move(networks)},
        {"models_dir", models->paths.models_dir},
        {"added", added_json(models->added)},
        {"comparator", comparator},
        {"pad_set", pad_set},
        {"precision", (*runtime)->precision()}
    });
    return kDone;
  }
  for (const AddedModel& model : models->added) {
    fmt::print("added {} on {} by {}\n", model.card.name, model.added_at, model.added_by);
  }
  fmt::print("comparator: {}\nliveness: {}\n", comparator, pad_set);
  return kDone;
}

int models_verify(const Settings& settings, bool as_json) {
  const auto models = read_models(settings);
  if (!models) return complain("models verify", models.error());
  json::array networks;
  bool ok = true;
  const auto verify = [&](const std::string& name, const std::string& file, const auto& expected) {
    const FileCheck check =
        check_file(std::filesystem::path(models->paths.models_dir) / file, expected);
    ok = ok && check.status == "ok";
    json::object object{
        {"name", name},
        {"file", file},
        {"expected_sha256", expected},
        {"actual_sha256", nullptr},
        {"status", check.status}
    };
    if (!check.sha256.empty()) object["actual_sha256"] = check.sha256;
    networks.push_back(std::move(object));
    if (!as_json) fmt::print("{:<10} {}\n", check.status, file);
  };
  for (const auto& card : models->cards.networks) verify(card.name, card.file, card.sha256);
  for (const auto& model : models->added) {
    const auto card = std::filesystem::absolute(model.dir / "card.toml");
    verify(model.card.name, card.string(), model.card_sha256);
  }
  if (as_json) {
    print_json(json::object{{"ok", ok}, {"networks", std::move(networks)}});
  } else if (!ok) {
    fmt::print(
        "Packaged: tools/fetch.py fetches what is missing or changed. Added: add it again with "
        "--replace.\n"
    );
  }
  return ok ? kDone : kFailed;
}

int models_remove(const Settings& settings, const std::string& name, bool as_json) {
  std::error_code error;
  if (!is_model_name(name) ||
      !std::filesystem::exists(added_models_dir(settings.data_dir) / name, error)) {
    return complain(
        "models remove",
        {Errc::not_found,
         fmt::format(
             "no model named {} was added to {}", name, added_models_dir(settings.data_dir).string()
         )}
    );
  }
  auto installer = ModelInstaller::open(settings.data_dir);
  if (!installer) return complain("models remove", installer.error());
  if (const auto removed = installer->remove(name); !removed) {
    return complain("models remove", removed.error());
  }
  const bool needed = settings.comparator == name;
  if (as_json) {
    print_json(json::object{{"removed", name}, {"comparator_is_gone", needed}});
    return kDone;
  }
  fmt::print("Removed {}. A running server goes on with it until it is started again.\n", name);
  if (needed) fmt::print("models.comparator still names it: the server will not start.\n");
  return kDone;
}

}  // namespace selfsame::app
