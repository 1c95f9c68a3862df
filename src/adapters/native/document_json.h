// SPDX-License-Identifier: Apache-2.0
// What was read of a document as JSON: what the native API and `selfsame document --json` show
// (schemas/document.json).
#pragma once

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "flows/document_reading.h"

namespace selfsame::adapters::native {

/// schemas/document.json without `request_id`.
[[nodiscard]] boost::json::object document_json(const vision::DocumentReading& reading);

/// Its values by their keys.
[[nodiscard]] boost::json::object document_fields_json(const core::DocumentFields& fields);
/// What speaks against them: code, field, sure.
[[nodiscard]] boost::json::array document_findings_json(const core::DocumentFields& fields);

}  // namespace selfsame::adapters::native
