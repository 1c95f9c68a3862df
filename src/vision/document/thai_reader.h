// SPDX-License-Identifier: Apache-2.0
// Lines in Thai script (Tesseract), which PP-OCR has no characters for.
#pragma once

#include <memory>
#include <string>

#include "base/result.h"
#include "vision/document/text_reader.h"

namespace selfsame::vision {

/// Thread-safe: each concurrent call has an engine of its own (about 15 MB), made on first need.
class ThaiReader {
 public:
  /// @param folder  holds tha.traineddata with this SHA-256
  [[nodiscard]] static Result<std::unique_ptr<ThaiReader>> create(
      const std::string& folder, const std::string& sha256
  );
  ~ThaiReader();

  /// @param line  in the direction of reading
  /// @param figures  reads the numbers within it, which Tesseract mistakes: "14175" for "141/5"
  [[nodiscard]] Result<ReadText> read(
      const PixelView& picture, const Quad& line, const TextReader& figures
  ) const;

 private:
  struct Pool;
  explicit ThaiReader(std::unique_ptr<Pool> pool) noexcept;
  std::unique_ptr<Pool> pool_;
};

}  // namespace selfsame::vision
