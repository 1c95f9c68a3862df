// SPDX-License-Identifier: Apache-2.0
// A secret in memory: moved, never copied or printed, wiped when it goes.
#pragma once

#include <utility>

#include "base/bytes.h"

namespace selfsame {

class Secret {
 public:
  Secret() = default;
  explicit Secret(Bytes bytes) noexcept : bytes_(std::move(bytes)) {}
  explicit Secret(std::string_view text) : bytes_(text.begin(), text.end()) {}
  Secret(const Secret&) = delete;
  Secret& operator=(const Secret&) = delete;
  Secret(Secret&& other) noexcept : bytes_(std::exchange(other.bytes_, {})) {}
  Secret& operator=(Secret&& other) noexcept {
    if (this != &other) {
      wipe();
      bytes_ = std::exchange(other.bytes_, {});
    }
    return *this;
  }
  ~Secret() { wipe(); }

  /// The bytes themselves. Look, do not keep.
  [[nodiscard]] ByteView reveal() const noexcept { return bytes_; }
  /// A deliberate copy, for the rare second owner.
  [[nodiscard]] Secret clone() const { return Secret(bytes_); }
  [[nodiscard]] bool empty() const noexcept { return bytes_.empty(); }

 private:
  void wipe() noexcept;

  Bytes bytes_;
};

}  // namespace selfsame
