// SPDX-License-Identifier: Apache-2.0
// selfsame models add: copy aside, try, install.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "app/added_models.h"
#include "app/commands.h"
#include "app/engine_setup.h"
#include "app/model_manifest.h"
#include "app/model_standing.h"
#include "app/terminal.h"
#include "vision/card_trial.h"
#include "vision/network.h"

namespace selfsame::app {
namespace {

namespace json = boost::json;

struct Addition {
  AddedModel model;
  bool replaces = false;
  std::vector<vision::CardTrial> trials;
  std::vector<Standing> standings;  // in the order of the networks
  std::string pad_set;
};

template <class Part>
Result<Part> load_packaged(
    const vision::ModelCards& cards,
    const std::string& name,
    const vision::InferenceRuntime& runtime
) {
  const vision::NetworkCard* card = cards.find(name);
  if (card == nullptr) return fail(Errc::engine_failed, "no card for the network " + name);
  SELFSAME_TRY(network, runtime.load(*card));
  return Part::create(std::move(network));
}

/// The networks by themselves, then all that would decide together.
Result<std::vector<vision::CardTrial>> try_model(
    const AddedModel& model, const vision::ModelCards& joined, const vision::TrialBench& bench
) {
  std::vector<vision::CardTrial> trials;
  for (const auto& network : model.card.networks) {
    const auto member =
        std::ranges::find(model.card.pad, network.name, &vision::PadMember::network);
    SELFSAME_TRY(
        trial,
        vision::try_card(
            *joined.find(network.name),
            member == model.card.pad.end() ? vision::PadMember{} : *member,
            bench
        )
    );
    trials.push_back(std::move(trial));
  }
  if (!model.card.pad.empty()) {
    SELFSAME_TRY(pad, vision::PadEnsemble::create(joined, bench.runtime));
    SELFSAME_CHECK(vision::check_pad(bench.detector, pad, joined, bench.fixtures_dir));
  }
  if (!model.card.comparator.empty()) {
    vision::ModelCards compared = joined;
    compared.comparator = model.card.comparator;
    SELFSAME_TRY(comparator, vision::FaceComparator::create(compared, bench.runtime));
    SELFSAME_CHECK(
        vision::check_recognisers(bench.detector, comparator, bench.self_test, bench.fixtures_dir)
    );
  }
  return trials;
}

Result<std::vector<AddedModel>> others_than(
    const AddedModel& model, const Settings& settings, bool replace, bool& replaces
) {
  SELFSAME_TRY(added, read_added_models(settings.data_dir));
  const auto same = std::ranges::find_if(added, [&](const AddedModel& other) {
    return other.card.name == model.card.name;
  });
  replaces = same != added.end();
  if (replaces && !replace) {
    return fail(
        Errc::conflict,
        fmt::format("{} was added before; say --replace, and calibrate again", model.card.name)
    );
  }
  if (replaces) added.erase(same);
  return std::move(added);
}

Result<Addition> add(
    ModelInstaller& installer, const Settings& settings, const std::string& folder, bool replace
) {
  Addition addition;
  SELFSAME_TRY(paths, find_models(settings));
  SELFSAME_TRY(cards, read_model_cards(paths.models_dir));
  if (!settings.second_opinion) cards.pad.use_second_opinion = false;
  SELFSAME_TRY(model, installer.stage(folder));
  SELFSAME_TRY(added, others_than(model, settings, replace, addition.replaces));
  const std::string comparator = settings.comparator;
  added.push_back(model);
  SELFSAME_CHECK(join(cards, added, comparator));

  const vision::EngineOptions options = engine_options(paths, settings);
  SELFSAME_TRY(runtime, vision::InferenceRuntime::create(options));
  SELFSAME_TRY(detector, load_packaged<vision::FaceDetector>(cards, cards.detector, *runtime));
  const vision::TrialBench bench{
      .runtime = *runtime,
      .detector = detector,
      .self_test = cards.self_test,
      .fixtures_dir = paths.fixtures_dir
  };
  SELFSAME_TRY(trials, try_model(model, cards, bench));
  SELFSAME_CHECK(installer.install(model));
  addition.trials = std::move(trials);
  addition.pad_set = vision::pad_set_name(cards);
  for (const auto& network : model.card.networks) {
    addition.standings.push_back(standing_of(network, cards, added, runtime->precision()));
  }
  addition.model = std::move(model);
  return addition;
}

json::object addition_json(const Addition& addition) {
  json::array networks;
  for (std::size_t i = 0; i < addition.trials.size(); ++i) {
    const auto& card = addition.model.card.networks[i];
    const auto& trial = addition.trials[i];
    json::object object{
        {"name", card.name},
        {"role", card.role},
        {"sha256", card.sha256},
        {"licence", card.licence},
        {"wanted", trial.separation.wanted},
        {"unwanted", trial.separation.unwanted},
        {"wrong_wirings_refused",
         json::array(trial.wrong_wirings.begin(), trial.wrong_wirings.end())},
        {"decides", addition.standings[i].decides}
    };
    if (!addition.standings[i].decides) object["why_not"] = addition.standings[i].why_not;
    networks.push_back(std::move(object));
  }
  return {
      {"name", addition.model.card.name},
      {"added_at", addition.model.added_at},
      {"added_by", addition.model.added_by},
      {"card_sha256", addition.model.card_sha256},
      {"replaced", addition.replaces},
      {"networks", std::move(networks)},
      {"pad_set", addition.pad_set}
  };
}

void print_addition(const Addition& addition) {
  for (std::size_t i = 0; i < addition.trials.size(); ++i) {
    const auto& card = addition.model.card.networks[i];
    const auto& trial = addition.trials[i];
    const bool pad = card.role == "pad";
    fmt::print(
        "{} ({}, {}): {} {:.3f}, {} at most {:.3f}; refused when wired wrong: {}\n",
        card.name,
        card.role,
        card.licence,
        pad ? "the portrait is live with" : "one person",
        trial.separation.wanted,
        pad ? "drawn attacks" : "two persons",
        trial.separation.unwanted,
        fmt::join(trial.wrong_wirings, ", ")
    );
    if (!addition.standings[i].decides) {
      fmt::print("  does not decide: {}\n", addition.standings[i].why_not);
    }
  }
  if (!addition.model.card.pad.empty()) fmt::print("Liveness: {}\n", addition.pad_set);
  fmt::print(
      "{} {}. A running server takes it up at its next start.\n",
      addition.replaces ? "Replaced" : "Added",
      addition.model.card.name
  );
}

}  // namespace

int models_add(const Settings& settings, const std::string& folder, bool replace, bool as_json) {
  auto installer = ModelInstaller::open(settings.data_dir);
  if (!installer) return complain("models add", installer.error());
  const auto addition = add(*installer, settings, folder, replace);
  if (!addition) return complain("models add", addition.error());
  if (as_json) {
    print_json(addition_json(*addition));
  } else {
    print_addition(*addition);
  }
  return kDone;
}

}  // namespace selfsame::app
