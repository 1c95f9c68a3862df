// SPDX-License-Identifier: Apache-2.0
// How the page of a session shows itself to the person, as the customer ordered it. Nothing of it
// decides anything.
#pragma once

#include <cstddef>
#include <string>

#include "base/result.h"

namespace selfsame::core {

inline constexpr std::size_t kRedirectUrlBytesMax = 2048;

struct PageWishes {
  std::string language;      // a BCP 47 tag, such as "zh-Hans"; "": the browser's
  std::string theme_colour;  // "#rrggbb"; "": ours
  std::string redirect_url;  // where the person goes at the end, as the customer gave it, without
                             // the token; "": nowhere
  std::string token_parameter;  // of the redirect URL's query, to hold the token; "": none
  bool skips_consent = false;
  bool skips_start = false;
  bool skips_result = false;  // after a success only
};

/// `invalid_parameter` says which. Whether the URL is one is the adapters' affair.
[[nodiscard]] Result<void> check(const PageWishes& wishes);

}  // namespace selfsame::core
