// SPDX-License-Identifier: Apache-2.0
// One neural network, run on the CPU. The engine behind it (OpenVINO) is not visible here.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "vision/face_engine.h"
#include "vision/model_cards.h"
#include "vision/pixels.h"

namespace selfsame::vision {

/// What one run answered. Holds the run's buffers: keep it only while reading, then let it go.
class Outputs {
 public:
  class Lease;  // an infer request on loan
  explicit Outputs(std::unique_ptr<Lease> lease) noexcept;
  Outputs(Outputs&&) noexcept;
  Outputs& operator=(Outputs&&) noexcept;
  ~Outputs();

  [[nodiscard]] std::size_t count() const noexcept;
  /// Output tensor by index, flattened, row-major. `index` < count().
  [[nodiscard]] std::span<const float> operator[](std::size_t index) const;

 private:
  std::unique_ptr<Lease> lease_;
};

/// Immutable and thread-safe. Every concurrent run has its own infer request, made on first need
/// and reused. A run is one thread's work and the caller waits for it; more callers at once than
/// EngineOptions::concurrency wait for each other.
class Network {
 public:
  class Engine;
  explicit Network(std::unique_ptr<Engine> engine) noexcept;
  ~Network();

  /// Runs on one picture, converted as the card says (channel order, value range, layout).
  /// @param picture  exactly the card's input size; a side that the card leaves open has any
  ///                 length up to 4096 px: it is padded with 0 at the right or bottom to a
  ///                 multiple of 32
  /// @return `engine_failed` when the run fails, an output is not finite, or the size is wrong
  [[nodiscard]] Result<Outputs> run(const PixelView& picture) const;

  /// Index of the output tensor of that name.
  [[nodiscard]] std::optional<std::size_t> output_named(std::string_view name) const;

  [[nodiscard]] const NetworkCard& card() const noexcept;
  [[nodiscard]] NetworkFacts facts() const;

 private:
  std::unique_ptr<Engine> engine_;
};

/// The inference engine, shared by all networks. Thread-safe.
class InferenceRuntime {
 public:
  /// Decides the precision: `automatic` becomes bf16 where the CPU computes in it, else f32.
  /// `engine_failed` when bf16 is demanded and the CPU lacks it.
  [[nodiscard]] static Result<std::unique_ptr<InferenceRuntime>> create(const EngineOptions& options
  );
  ~InferenceRuntime();

  /// Loads the card's file (ONNX or TFLite) after checking its sha256, and compiles it for one
  /// thread per run. `engine_failed` names the file that is missing, changed or unfit.
  [[nodiscard]] Result<std::unique_ptr<Network>> load(const NetworkCard& card) const;

  /// "f32" or "bf16".
  [[nodiscard]] const std::string& precision() const noexcept;

 private:
  struct State;
  explicit InferenceRuntime(std::unique_ptr<State> state) noexcept;
  std::unique_ptr<State> state_;
};

}  // namespace selfsame::vision
