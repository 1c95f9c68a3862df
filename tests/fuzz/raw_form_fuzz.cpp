// SPDX-License-Identifier: Apache-2.0
// Untrusted: the Content-Type, on a line of its own, and the body of a request to Raw.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "adapters/megvii/raw_form.h"
#include "adapters/megvii/raw_verify.h"
#include "base/utf8.h"

namespace megvii = selfsame::adapters::megvii;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const std::size_t end = std::min(text.find('\n'), text.size());
  selfsame::http::Request request;
  request.method = "POST";
  request.target = "/faceid/lite/raw/verify";
  request.headers.add("Content-Type", std::string(text.substr(0, end)));
  request.body = text.substr(std::min(end + 1, text.size()));
  const auto form = megvii::RawForm::read(request);
  if (!form) return 0;
  const auto biz_no = form->biz_no();
  if (biz_no && !selfsame::is_utf8(*biz_no)) std::abort();
  const auto parsed = megvii::parse_raw_verify(*form);
  if (!parsed) return 0;
  if (parsed->photos.size() != parsed->photo_names.size()) std::abort();
  return 0;
}
