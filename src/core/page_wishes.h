// SPDX-License-Identifier: Apache-2.0
// How the page of a session shows itself to the person: as the customer ordered this one, and as is
// settled with the customer for all of them. Nothing of it decides anything.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

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

/// Of all pages of a customer.
struct PageLook {
  std::string name;                          // whose page it is, as people know it; "": ours
  std::string colour;                        // "#rrggbb", where a session wishes no other; "": ours
  std::string logo;                          // a data URL of PNG, SVG or WebP; "": none
  std::vector<std::string> frame_ancestors;  // origins that may show the page in a frame
  std::map<std::string, std::string> texts;  // wording of its own, by "LANGUAGE/KEY"

  auto operator<=>(const PageLook&) const = default;
};

inline constexpr std::size_t kPageTextsMax = 200;

// What each member may be.
/// BCP 47 in form, or "".
[[nodiscard]] bool is_language_tag(std::string_view text);
[[nodiscard]] bool is_page_name(std::string_view text);
[[nodiscard]] bool is_page_colour(std::string_view text);
[[nodiscard]] bool is_page_logo(std::string_view text);
/// "https://shop.example[:PORT]": nothing that could end a directive of a policy.
[[nodiscard]] bool is_page_origin(std::string_view text);
/// "zh-Hans/ready.title": of web/src/texts.
[[nodiscard]] bool is_page_text_key(std::string_view text);

/// `invalid_parameter` says which. Whether the URL is one is the adapters' affair.
[[nodiscard]] Result<void> check(const PageWishes& wishes);

}  // namespace selfsame::core
