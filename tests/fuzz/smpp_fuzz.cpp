// SPDX-License-Identifier: Apache-2.0
// Untrusted: the stream from a message centre.
#include <cstdint>
#include <cstdlib>

#include "adapters/smpp/pdu.h"
#include "adapters/smpp/receipt.h"

namespace smpp = selfsame::adapters::smpp;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  smpp::Splitter splitter;
  const selfsame::ByteView stream(data, size);
  splitter.add(stream.first(size / 2));
  splitter.add(stream.subspan(size / 2));
  for (;;) {
    const auto next = splitter.next();
    if (!next || !*next) return 0;
    const smpp::Pdu& pdu = **next;
    static_cast<void>(smpp::parse_id(pdu.body));
    static_cast<void>(smpp::parse_bind(pdu.body));
    const auto message = smpp::parse_short_message(pdu.body);
    if (!message) continue;
    static_cast<void>(smpp::receipt_of(*message));
    static_cast<void>(smpp::reply_of(*message));
    // What was read is written again, and reads as the same.
    const auto body = smpp::encode_body(*message);
    if (!body) continue;  // sm_length may say more than a segment holds
    const auto again = smpp::parse_short_message(*body);
    if (!again || *again != *message) std::abort();
  }
}
