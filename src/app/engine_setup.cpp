// SPDX-License-Identifier: Apache-2.0
#include "app/engine_setup.h"

#include <fmt/format.h>

#include <filesystem>
#include <vector>

#include "app/added_models.h"
#include "app/model_manifest.h"

namespace selfsame::app {
namespace {

namespace fs = std::filesystem;

fs::path program_dir() {
  std::error_code error;
  return fs::read_symlink("/proc/self/exe", error).parent_path();
}

vision::Precision precision_of(const std::string& name) {
  if (name == "f32") return vision::Precision::f32;
  if (name == "bf16") return vision::Precision::bf16;
  return vision::Precision::automatic;
}

/// What is in there is run: nobody else may write it, whatever the umask says.
Result<void> make_private(const std::string& folder) {
  if (folder.empty()) return {};
  std::error_code error;
  const bool is_new = fs::create_directories(folder, error);
  const fs::perms others = error ? fs::perms::none : fs::status(folder, error).permissions();
  const bool is_open =
      (others & (fs::perms::group_write | fs::perms::others_write)) != fs::perms::none;
  if (!error && (is_new || is_open)) fs::permissions(folder, fs::perms::owner_all, error);
  if (error) return fail(Errc::storage_unavailable, folder + ": " + error.message());
  return {};
}

}  // namespace

Result<ModelPaths> find_models(const Settings& settings) {
  std::vector<fs::path> candidates;
  if (!settings.models_dir.empty()) {
    candidates.emplace_back(settings.models_dir);
  } else {
    candidates = {
        program_dir() / ".." / "models", program_dir() / ".." / "share" / "selfsame" / "models"
    };
  }
  std::string looked;
  for (const fs::path& candidate : candidates) {
    std::error_code error;
    const fs::path models = candidate.lexically_normal();
    if (fs::exists(models / "networks.toml", error)) {
      const fs::path fixtures = settings.fixtures_dir.empty() ? models.parent_path() / "fixtures"
                                                              : fs::path(settings.fixtures_dir);
      return ModelPaths{.models_dir = models.string(), .fixtures_dir = fixtures.string()};
    }
    looked += " " + models.string();
  }
  return fail(
      Errc::not_found,
      fmt::format("no networks.toml in{}; run tools/fetch.py, or say --models DIR", looked)
  );
}

Result<vision::ModelCards> load_cards(const ModelPaths& paths, const Settings& settings) {
  SELFSAME_TRY(cards, read_model_cards(paths.models_dir));
  SELFSAME_TRY(added, read_added_models(settings.data_dir));
  SELFSAME_CHECK(join(cards, added, settings.comparator));
  if (!settings.second_opinion) cards.pad.use_second_opinion = false;
  return std::move(cards);
}

vision::EngineOptions engine_options(const ModelPaths& paths, const Settings& settings) {
  vision::EngineOptions options;
  options.models_dir = paths.models_dir;
  options.precision = precision_of(settings.precision);
  return options;
}

Result<std::unique_ptr<vision::FaceEngine>> load_engine(
    const Settings& settings, const std::string& cache_dir
) {
  SELFSAME_TRY(paths, find_models(settings));
  SELFSAME_TRY(cards, load_cards(paths, settings));
  vision::EngineOptions options = engine_options(paths, settings);
  options.cache_dir = cache_dir;
  SELFSAME_CHECK(make_private(cache_dir));
  return vision::FaceEngine::create(cards, options);
}

Result<std::unique_ptr<vision::FaceEngine>> load_engine_to_measure(const Settings& settings) {
  SELFSAME_TRY(paths, find_models(settings));
  SELFSAME_TRY(cards, load_cards(paths, settings));
  vision::EngineOptions options = engine_options(paths, settings);
  options.measure_only = true;
  return vision::FaceEngine::create(cards, options);
}

Result<void> prove_engine(const vision::FaceEngine& engine, const Settings& settings) {
  SELFSAME_TRY(paths, find_models(settings));
  return engine.self_test(paths.fixtures_dir);
}

}  // namespace selfsame::app
