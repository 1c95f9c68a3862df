// SPDX-License-Identifier: Apache-2.0
// What a line of text says (PP-OCR's recogniser, connectionist temporal classification).
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "vision/document/quad.h"
#include "vision/model_cards.h"
#include "vision/network.h"

namespace selfsame::vision {

struct ReadText {
  std::string text;      // UTF-8, no blanks around it
  float confidence = 0;  // mean over its characters, 0..1; 0 for no text
};

enum class CharacterSet : std::uint8_t {
  all,
  many_strokes,      // all, Han signs above all: never narrowed
  machine_readable,  // A-Z 0-9 <
};

/// Immutable and thread-safe.
class TextReader {
 public:
  /// @param dictionary  the file's text: one character a line
  /// @return `engine_failed` when network and dictionary do not belong together
  [[nodiscard]] static Result<TextReader> create(
      std::unique_ptr<Network> network, std::string_view dictionary
  );

  /// @param line  in the direction of reading: from its first corner to the second
  [[nodiscard]] Result<ReadText> read(
      const PixelView& picture, const Quad& line, CharacterSet set = CharacterSet::all
  ) const;

  [[nodiscard]] const Network& network() const noexcept { return *network_; }

 private:
  [[nodiscard]] ReadText decoded(std::span<const float> answer, CharacterSet set) const;

  std::unique_ptr<Network> network_;
  std::vector<std::string> characters_;        // by class; 0: nothing
  std::vector<std::size_t> machine_readable_;  // those classes, 0 included
};

}  // namespace selfsame::vision
