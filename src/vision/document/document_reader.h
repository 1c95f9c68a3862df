// SPDX-License-Identifier: Apache-2.0
// From a photo of an identity document to its text, its type and its fields.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "core/document_mapping.h"
#include "core/document_step.h"
#include "core/document_template.h"
#include "core/mrz.h"
#include "vision/document/quad.h"
#include "vision/face_engine.h"
#include "vision/image.h"
#include "vision/model_cards.h"

namespace selfsame::vision {

struct DocumentLine {
  std::string text;
  double confidence = 0;  // 0..1
  Quad quad{};            // in pixels of the picture, in the direction of reading
};

struct DocumentReading {
  int width_px = 0;  // of the picture, upright by EXIF
  int height_px = 0;
  Quad card{};  // of the document, its top left corner first; about the text where none was found
  bool card_found = false;
  std::vector<DocumentLine> lines;  // top to bottom
  std::string type;                 // empty: none that is known
  std::string side;
  double type_score = 0;  // 0..1
  core::DocumentFields fields;
  std::optional<core::Mrz> mrz;
  std::optional<Quad> mrz_quad;                         // about its lines
  std::vector<core::DocumentWarning> picture_warnings;  // vision/document/picture_check.h
  std::optional<Quad> portrait;                         // about head and shoulders, upright
};

struct DocumentOptions {
  std::string type;  // only templates of this type; empty: all
  std::chrono::year_month_day today{};
};

/// Immutable and thread-safe. Calls block for whole inferences: make them on the inference pool.
class DocumentReader {
 public:
  /// Loads the networks of the cards' documents section. `engine_failed` names what is missing or
  /// changed. About 130 MB.
  [[nodiscard]] static Result<std::unique_ptr<DocumentReader>> create(
      const ModelCards& cards,
      std::vector<core::DocumentTemplate> templates,
      const EngineOptions& options
  );
  ~DocumentReader();

  /// `image_undecodable`, `image_too_large`: see decode_image(). A picture without text, or of no
  /// known type, is a finding.
  [[nodiscard]] Result<DocumentReading> read(ByteView encoded, const DocumentOptions& options)
      const;
  [[nodiscard]] Result<DocumentReading> read(const Image& image, const DocumentOptions& options)
      const;

  /// Proves that it reads here: drawn letters come back, upside down too, and nothing is read where
  /// nothing is written. `engine_failed` otherwise.
  [[nodiscard]] Result<void> self_test() const;

 private:
  struct Parts;
  explicit DocumentReader(std::unique_ptr<Parts> parts) noexcept;
  std::unique_ptr<Parts> parts_;
};

}  // namespace selfsame::vision
