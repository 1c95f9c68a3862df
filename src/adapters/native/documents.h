// SPDX-License-Identifier: Apache-2.0
// /v1/documents: what stands on an identity document? docs/native.md is the page for users.
#pragma once

#include "adapters/native/call.h"

namespace selfsame::adapters::native {

/// multipart/form-data with the image file `image` and, optionally, the text `type`; 200 with
/// schemas/document.json. A picture without a document that is known is 200 as well: `type` is
/// null. `unsupported` where the server has no networks that read documents.
[[nodiscard]] Answer read_document(const Services& services, Call call);

}  // namespace selfsame::adapters::native
