// SPDX-License-Identifier: Apache-2.0
// From settings to a reader of documents.
#pragma once

#include <chrono>
#include <memory>

#include "app/settings.h"
#include "base/result.h"
#include "vision/document/document_reader.h"

namespace selfsame::app {

[[nodiscard]] Result<std::unique_ptr<vision::DocumentReader>> load_document_reader(
    const Settings& settings
);

/// UTC.
[[nodiscard]] std::chrono::year_month_day today();

}  // namespace selfsame::app
