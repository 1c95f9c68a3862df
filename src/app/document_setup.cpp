// SPDX-License-Identifier: Apache-2.0
#include "app/document_setup.h"

#include "app/document_types.h"
#include "app/engine_setup.h"

namespace selfsame::app {

Result<std::unique_ptr<vision::DocumentReader>> load_document_reader(const Settings& settings) {
  SELFSAME_TRY(paths, find_models(settings));
  SELFSAME_TRY(cards, load_cards(paths, settings));
  SELFSAME_TRY(types, read_document_types(paths.models_dir));
  return vision::DocumentReader::create(cards, std::move(types), engine_options(paths, settings));
}

std::chrono::year_month_day today() {
  return std::chrono::floor<std::chrono::days>(std::chrono::system_clock::now());
}

}  // namespace selfsame::app
