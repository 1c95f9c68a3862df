// SPDX-License-Identifier: Apache-2.0
// A request of Raw: texts and files, from multipart/form-data or a url-encoded form (where a file
// is base64).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "adapters/megvii/parameters.h"
#include "adapters/megvii/raw_errors.h"
#include "base/bytes.h"
#include "http/message.h"

namespace selfsame::adapters::megvii {

inline constexpr std::string_view kRawPath = "/faceid/lite/";
inline constexpr std::size_t kPhotoBytesMax = 2u << 20;

class RawForm {
 public:
  /// 413; CONCURRENCY_LIMIT_EXCEEDED for what was not read; BAD_ARGUMENTS:body for what does not
  /// parse.
  [[nodiscard]] static RawAnswer<RawForm> read(const http::Request& request);

  [[nodiscard]] const Parameters& parameters() const noexcept { return parameters_; }
  [[nodiscard]] std::string_view value(std::string_view name) const noexcept {
    return parameters_.value(name);
  }
  /// Empty when it was not sent. BAD_ARGUMENTS when it is no base64 in a url-encoded form.
  [[nodiscard]] RawAnswer<Bytes> file(std::string_view name) const;
  /// biz_no, when it was sent and may be echoed: UTF-8 of at most 128 characters.
  [[nodiscard]] std::optional<std::string_view> biz_no() const;

 private:
  Parameters parameters_;
  bool is_multipart_ = false;
};

}  // namespace selfsame::adapters::megvii
