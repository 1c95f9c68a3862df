// SPDX-License-Identifier: Apache-2.0
// A reading shown in its picture, for people.
#pragma once

#include "base/bytes.h"
#include "base/result.h"
#include "vision/document/document_reader.h"
#include "vision/image.h"

namespace selfsame::vision {

/// PNG: the document's outline (green), portrait (blue), machine-readable zone (red) and lines
/// (yellow: read for a field, grey: others). `engine_failed` when it cannot be written.
[[nodiscard]] Result<Bytes> drawn_reading(const Image& image, const DocumentReading& reading);

}  // namespace selfsame::vision
