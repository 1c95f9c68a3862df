// SPDX-License-Identifier: Apache-2.0
// Use case: read a photo of an identity document. The photo is not kept.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "core/document_step.h"
#include "core/outcome.h"
#include "flows/authentication.h"
#include "flows/inference_pool.h"
#include "flows/worker_pool.h"
#include "storage/repositories.h"
#include "vision/document/document_reader.h"

namespace selfsame::flows {

/// What a side of a type may hold.
struct DocumentForm {
  std::string type;
  std::string side;
  std::vector<std::string> fields;

  [[nodiscard]] bool has(std::string_view field) const noexcept;
};

/// What an installation reads documents with.
struct DocumentSource {
  std::vector<std::string> types;  // that it knows
  // Blocking and thread-safe, as vision::DocumentReader::read; empty: no documents are read here.
  std::function<
      Result<vision::DocumentReading>(const vision::Image&, const vision::DocumentOptions&)>
      read;
  std::vector<DocumentForm> forms = {};  // of those types
};

/// The document that a magic photo invents, but for its name.
struct InventedDocument {
  std::string type = "MainlandIDCard";
  std::string side = "front";
};

struct DocumentPhoto {
  std::string customer;
  Bytes encoded;
  std::string type;             // one of the known types; empty: any
  bool wants_portrait = false;  // cut out, too
  bool sandbox = false;         // a magic photo decides (core/sandbox.h)
  Deadline deadline;
  std::function<bool()> is_abandoned;  // as in Turn
  bool wants_cut = false;              // the document alone, too
  InventedDocument invented = {};
};

struct DocumentFinding {
  vision::DocumentReading reading;  // without a type: no document that is known
  Bytes portrait_jpeg;              // where it was wanted and found
  bool sandbox = false;             // a magic photo decided: nothing was read
  Bytes cut_jpeg = {};              // the document, straightened; where it was wanted
  // Of a magic photo `document/FAULT`: what a session is to refuse its picture for.
  std::optional<core::DocumentFault> asked_fault = {};
};

/// Who asks on which surface, and what is billed.
struct DocumentCall {
  Caller caller;
  std::string surface;
  std::string operation;
  std::string product;
  std::string request_id;  // becomes the outcome's id
};

/// Thread-safe.
class Documents {
 public:
  Documents(
      DocumentSource source,
      storage::Database& database,
      InferencePool& inference_pool,
      WorkerPool& storage_pool,
      const Clock& clock
  )
      : source_(std::move(source)),
        database_(database),
        inference_pool_(inference_pool),
        storage_pool_(storage_pool),
        clock_(clock) {}

  /// False: every call is answered `unsupported`.
  [[nodiscard]] bool are_read() const noexcept { return source_.read != nullptr; }
  [[nodiscard]] bool knows(std::string_view type) const noexcept;
  /// Null where the type has no such side.
  [[nodiscard]] const DocumentForm* form_of(std::string_view type, std::string_view side)
      const noexcept;

  /// Reads, and stores nothing. `unsupported` where no documents are read, `invalid_parameter` for
  /// a type that is not known, `image_undecodable`, `overloaded`, `engine_failed`,
  /// `deadline_exceeded`.
  [[nodiscard]] asio::awaitable<Result<DocumentFinding>> read(DocumentPhoto photo) const;

  /// The same; a document of a known type is stored as an outcome with its charge (code
  /// "document_read") before it is answered: that it was read, nothing of what it says. What has no
  /// type leaves no row. Also `storage_unavailable`.
  [[nodiscard]] asio::awaitable<Result<DocumentFinding>> run(DocumentCall call, DocumentPhoto photo)
      const;

  /// read() would answer `overloaded` now.
  [[nodiscard]] bool refuses(const Caller& caller) const {
    return inference_pool_.refuses(caller.customer);
  }

 private:
  DocumentSource source_;
  storage::Database& database_;
  InferencePool& inference_pool_;
  WorkerPool& storage_pool_;
  const Clock& clock_;
};

}  // namespace selfsame::flows
