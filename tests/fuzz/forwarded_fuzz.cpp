// SPDX-License-Identifier: Apache-2.0
// What proxies say of clients: an address in its usual form, or nothing. Lines are header fields;
// the first byte says which field is read.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "http/forwarded.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace selfsame::http;
  std::string_view input(reinterpret_cast<const char*>(data), size);
  if (input.empty()) return 0;
  const bool is_old = input.front() % 2 == 0;
  input.remove_prefix(1);
  Headers headers;
  while (!input.empty()) {
    const auto end = input.find('\n');
    headers.add(is_old ? "X-Forwarded-For" : "Forwarded", std::string(input.substr(0, end)));
    input = end == std::string_view::npos ? std::string_view() : input.substr(end + 1);
  }
  const ProxyTrust proxies{
      .trusts = [](std::string_view address) { return address.starts_with("10."); },
      .field = is_old ? ForwardedField::x_forwarded_for : ForwardedField::forwarded
  };
  const std::string client = client_of("10.0.0.1", headers, proxies);
  if (!client.empty() && address_in(client) != client) std::abort();
  return 0;
}
