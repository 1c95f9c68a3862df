// SPDX-License-Identifier: Apache-2.0
// From settings to a reader of documents.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "app/settings.h"
#include "base/result.h"
#include "flows/document_reading.h"
#include "vision/document/document_reader.h"
#include "vision/model_cards.h"

namespace selfsame::app {

/// @param cache_dir  keeps compiled networks; empty: none
[[nodiscard]] Result<std::unique_ptr<vision::DocumentReader>> load_document_reader(
    const Settings& settings, const std::string& cache_dir = {}
);

/// The first file of the cards' documents section that is not there; nothing: all are. What is in
/// them is looked at when they are loaded.
[[nodiscard]] std::optional<std::string> missing_document_file(
    const vision::ModelCards& cards, const std::string& models_dir
);

/// What a server reads documents with, by `models.documents`: a reader that loads and proves itself
/// when the first photo comes (whoever comes meanwhile waits; a failure stays one,
/// `engine_failed`), or at once. Says in the log why none is read. `engine_failed` when one is
/// wanted at the start that cannot be had.
[[nodiscard]] Result<flows::DocumentSource> document_source(
    const Settings& settings, const std::string& cache_dir
);

/// UTC.
[[nodiscard]] std::chrono::year_month_day today();

}  // namespace selfsame::app
