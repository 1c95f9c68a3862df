// SPDX-License-Identifier: Apache-2.0
// Untrusted: the body of ApplyWebVerificationBizTokenIntl. What is accepted has a URL that the page
// may send its user to, and terms that a session may have.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "adapters/page_urls.h"
#include "adapters/tencent/fields.h"
#include "adapters/tencent/session_order.h"
#include "adapters/tencent/web_verification.h"

namespace adapters = selfsame::adapters;
namespace tencent = selfsame::adapters::tencent;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view body(reinterpret_cast<const char*>(data), size);
  const auto parameters = tencent::Parameters::from_json(body);
  if (!parameters) return 0;
  const auto fields = tencent::apply_web_verification_biz_token_intl_fields();
  if (!tencent::check_fields(parameters->all(), fields)) return 0;
  const auto order = tencent::parse_apply_web_verification(*parameters, tencent::Call());
  if (!order) return 0;
  const auto kept = tencent::kept_from(order->metadata);
  const bool is_sound =
      selfsame::core::check(order->terms) && kept &&
      adapters::is_redirect_url(kept->redirect_url) &&
      adapters::is_redirect_url(adapters::with_token(kept->redirect_url, "token", "T"));
  // Near the limit the token makes it too long, and nothing else.
  const bool is_long = kept && kept->redirect_url.size() + 8 > selfsame::core::kRedirectUrlBytesMax;
  if (!is_sound && !is_long) std::abort();
  return 0;
}
