// SPDX-License-Identifier: Apache-2.0
// Untrusted: the form of a v1 request.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "adapters/tencent/request.h"
#include "adapters/tencent/signature_v1.h"
#include "base/base64.h"
#include "base/crypto.h"

namespace tencent = selfsame::adapters::tencent;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const selfsame::ByteView secret = selfsame::bytes_of("secret");
  selfsame::http::Request request;
  request.method = "POST";
  request.target = "/";
  request.headers.add("Host", "h:1");
  request.headers.add("Content-Type", "application/x-www-form-urlencoded");
  request.body.assign(reinterpret_cast<const char*>(data), size);
  auto read = tencent::SignedRequest::read(request, {});
  if (!read) return 0;
  static_cast<void>(read->check_time({}));
  // A signature is accepted only if it is the one that we would have made.
  const auto form = tencent::Parameters::from_form(request.body);
  if (!form) std::abort();
  const std::string text = tencent::v1_string_to_sign("POST", "h:1", *form);
  const bool is_sha256 = form->value("SignatureMethod") == "HmacSHA256";
  const std::string ours =
      is_sha256 ? selfsame::to_base64(selfsame::hmac_sha256(secret, selfsame::bytes_of(text)))
                : selfsame::to_base64(selfsame::hmac_sha1(secret, selfsame::bytes_of(text)));
  const bool accepted = read->fingerprint_if_signed(secret).has_value();
  if (accepted && form->value("Signature") != ours) std::abort();
  static_cast<void>(read->take_parameters());
  return 0;
}
