// SPDX-License-Identifier: Apache-2.0
// Decoded frames (YUV of many kinds) to upright BGR.
#pragma once

#include <array>
#include <memory>

#include "base/bytes.h"
#include "base/result.h"
#include "vision/image.h"

struct AVFrame;
struct SwsContext;

namespace selfsame::vision {

/// Keeps its tables between frames of the same two sizes: what is looked at in every frame and what
/// is sampled. One thread.
class FrameConverter {
 public:
  /// @param max_side_px  shrinks so that the long side is at most this; 0: does not
  [[nodiscard]] Result<Image> convert(const AVFrame& frame, int max_side_px, int rotation_deg);

 private:
  struct ContextFreer {
    void operator()(SwsContext* context) const noexcept;
  };
  using Context = std::unique_ptr<SwsContext, ContextFreer>;
  struct Scaler {
    int max_side_px = 0;
    Context context;
  };
  [[nodiscard]] Context& context_for(int max_side_px);

  std::array<Scaler, 2> scalers_;  // the one used last comes first
  Bytes padded_;
};

}  // namespace selfsame::vision
