// SPDX-License-Identifier: Apache-2.0
#include "app/document_setup.h"

#include <malloc.h>
#include <spdlog/spdlog.h>

#include <filesystem>
#include <mutex>
#include <utility>

#include "app/document_types.h"
#include "app/engine_setup.h"
#include "base/thread_name.h"

namespace selfsame::app {
namespace {

namespace fs = std::filesystem;

Result<std::unique_ptr<vision::DocumentReader>> load_proven(
    const Settings& settings, const std::string& cache_dir
) {
  // Networks start threads when they are loaded and when they first compute.
  return with_threads_named("inference", [&]() -> Result<std::unique_ptr<vision::DocumentReader>> {
    SELFSAME_TRY(reader, load_document_reader(settings, cache_dir));
    SELFSAME_CHECK(reader->self_test());
    return std::move(reader);
  });
}

/// Thread-safe.
class LazyReader {
 public:
  LazyReader(Settings settings, std::string cache_dir)
      : settings_(std::move(settings)), cache_dir_(std::move(cache_dir)) {}

  /// Loads, the first time.
  [[nodiscard]] Result<const vision::DocumentReader*> get() {
    std::call_once(once_, [this] {
      auto loaded = load_proven(settings_, cache_dir_);
      if (loaded) {
        reader_ = std::move(*loaded);
        spdlog::info("the networks that read documents are loaded");
        return;
      }
      failure_ = std::move(loaded.error().detail);
      spdlog::error("no documents are read until the next start: {}", failure_);
    });
    if (reader_ == nullptr) return fail(Errc::engine_failed, failure_);
    return reader_.get();
  }

 private:
  Settings settings_;
  std::string cache_dir_;
  std::once_flag once_;
  std::unique_ptr<vision::DocumentReader> reader_;  // written once, before anybody reads it
  std::string failure_;                             // likewise
};

std::vector<std::string> names_of(const std::vector<core::DocumentTemplate>& sides) {
  std::vector<std::string> names;
  for (const auto& side : sides) {
    if (names.empty() || names.back() != side.type) names.push_back(side.type);
  }
  return names;
}

std::vector<flows::DocumentForm> forms_of(const std::vector<core::DocumentTemplate>& sides) {
  std::vector<flows::DocumentForm> forms;
  for (const auto& side : sides) {
    flows::DocumentForm form{.type = side.type, .side = side.side, .fields = {}};
    for (const core::FieldRule& rule : side.fields) form.fields.push_back(rule.name);
    forms.push_back(std::move(form));
  }
  return forms;
}

}  // namespace

Result<std::unique_ptr<vision::DocumentReader>> load_document_reader(
    const Settings& settings, const std::string& cache_dir
) {
  SELFSAME_TRY(paths, find_models(settings));
  SELFSAME_TRY(cards, load_cards(paths, settings));
  SELFSAME_TRY(types, read_document_types(paths.models_dir));
  vision::EngineOptions options = engine_options(paths, settings);
  options.cache_dir = cache_dir;
  // Each inference at once keeps hundreds of megabytes of its own.
  options.concurrency = 1;
  return vision::DocumentReader::create(cards, std::move(types), options);
}

std::optional<std::string> missing_document_file(
    const vision::ModelCards& cards, const std::string& models_dir
) {
  const vision::DocumentCard& documents = cards.documents;
  if (documents.text_detector.empty()) return "[documents] of networks.toml";
  std::vector<std::string> files = {
      documents.quick_reader.dictionary, documents.full_reader.dictionary, documents.thai_data
  };
  for (const std::string& name :
       {documents.text_detector, documents.quick_reader.network, documents.full_reader.network}) {
    const vision::NetworkCard* card = cards.find(name);
    if (card == nullptr) return name;
    files.push_back(card->file);
  }
  for (const std::string& file : files) {
    std::error_code error;
    // A path that is absolute stays as it is.
    if (!file.empty() && !fs::exists(fs::path(models_dir) / file, error)) return file;
  }
  return std::nullopt;
}

Result<flows::DocumentSource> document_source(
    const Settings& settings, const std::string& cache_dir
) {
  flows::DocumentSource source;
  if (settings.documents == "never") return source;
  SELFSAME_TRY(paths, find_models(settings));
  SELFSAME_TRY(cards, load_cards(paths, settings));
  const auto missing = missing_document_file(cards, paths.models_dir);
  const bool at_start = settings.documents == "start";
  if (missing && at_start) return fail(Errc::engine_failed, *missing + " is missing");
  if (missing) {
    spdlog::warn("no documents are read: {} is missing", *missing);
    return source;
  }
  SELFSAME_TRY(types, read_document_types(paths.models_dir));
  source.types = names_of(types);
  source.forms = forms_of(types);
  const auto lazy = std::make_shared<LazyReader>(settings, cache_dir);
  if (at_start) {
    SELFSAME_CHECK(lazy->get());
  }
  source.read = [lazy](
                    const vision::Image& image, const vision::DocumentOptions& options
                ) -> Result<vision::DocumentReading> {
    SELFSAME_TRY(reader, lazy->get());
    auto reading = reader->read(image, options);
    // A network that meets a new size of input leaves as much behind in holes as it keeps: 100 MB.
    malloc_trim(0);
    return reading;
  };
  return source;
}

std::chrono::year_month_day today() {
  return std::chrono::floor<std::chrono::days>(std::chrono::system_clock::now());
}

}  // namespace selfsame::app
