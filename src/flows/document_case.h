// SPDX-License-Identifier: Apache-2.0
// What a verification session keeps of a document: what was read, what the person corrected, the
// pictures. Kept as one blob, encrypted like every other.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "core/document_mapping.h"
#include "storage/blob_store.h"

namespace selfsame::flows {

/// One side, as its picture was read.
struct DocumentSide {
  std::string type;
  std::string side;
  core::DocumentFields fields;  // without lines and confidence
  std::vector<std::string> mrz_lines;
  Bytes picture;   // as it was sent
  Bytes cut_jpeg;  // the document alone, straightened
};

/// A value that the person gave in place of what was read.
struct DocumentEdit {
  std::string field;
  std::string read;  // empty: nothing was
  std::string given;
};

struct DocumentCase {
  std::vector<DocumentSide> sides;  // front, back
  Bytes portrait_jpeg;              // cut out of the front; empty: none was found
  std::vector<DocumentEdit> edits;

  [[nodiscard]] const DocumentSide* find(std::string_view side) const noexcept;
  /// In place of the one before.
  void put(DocumentSide side);
  /// The fields of both sides, the front's before the back's, with the edits in them.
  [[nodiscard]] core::DocumentFields fields() const;
  /// What was read of a field; empty: nothing.
  [[nodiscard]] std::string read_value(std::string_view field) const;
};

[[nodiscard]] Bytes pack(const DocumentCase& document);
/// `integrity_failure` for what pack() did not make.
[[nodiscard]] Result<DocumentCase> unpack_document(ByteView packed);
/// From its blob; blocking. `not_found` for an empty name.
[[nodiscard]] Result<DocumentCase> load_document(
    storage::BlobStore& blobs, const std::string& blob
);

}  // namespace selfsame::flows
