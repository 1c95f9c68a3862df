// SPDX-License-Identifier: Apache-2.0
// What was read of a document, as JSON and as boxes in the picture.
#pragma once

#include <boost/json/object.hpp>

#include "vision/document/document_reader.h"

namespace selfsame::app {

[[nodiscard]] boost::json::object document_json(const vision::DocumentReading& reading);

}  // namespace selfsame::app
