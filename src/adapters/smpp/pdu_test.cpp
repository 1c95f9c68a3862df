// SPDX-License-Identifier: Apache-2.0
#include "adapters/smpp/pdu.h"

#include <gtest/gtest.h>

#include "adapters/smpp/receipt.h"

namespace selfsame::adapters::smpp {
namespace {

ShortMessage submit() {
  ShortMessage message;
  message.source = {.type = 5, .plan = 0, .text = "VERIFY"};
  message.destination = {.type = 1, .plan = 1, .text = "491700000001"};
  message.esm_class = kHasHeader;
  message.validity_period = relative_time(90);
  message.registered_delivery = 1;
  message.data_coding = 8;
  message.short_message = {5, 0, 3, 1, 2, 1, 0x4E, 0x2D};
  message.optional = {{0x0204, {0, 7}}};
  return message;
}

ShortMessage receipt(std::string_view text) {
  ShortMessage message;
  message.source.text = "491700000001";
  message.esm_class = 4;
  message.short_message.assign(text.begin(), text.end());
  return message;
}

TEST(SmppPduTest, WritesWhatTheSpecificationShows) {
  // Section 3.2.3: bind_transmitter's example, here as a transceiver of version 3.4.
  const auto body = encode_body(BindRequest{"SMPP3TEST", "secret08", "SUBMIT1"});
  ASSERT_TRUE(body);
  const Pdu pdu{.command = Command::bind_transceiver, .sequence = 1, .body = *body};
  EXPECT_EQ(
      to_hex(encode(pdu)),
      "0000002f000000090000000000000001"
      "534d50503354455354007365637265743038005355424d4954310034000000"
  );
  const auto read = parse_bind(*body);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->password, "secret08");
}

TEST(SmppPduTest, ReadsBackWhatItWrote) {
  const ShortMessage message = submit();
  const auto body = encode_body(message);
  ASSERT_TRUE(body);
  EXPECT_EQ(*parse_short_message(*body), message);
  // A body that is cut anywhere is none, but for the parameters at its end.
  for (std::size_t length = 0; length < body->size(); ++length) {
    const auto cut = parse_short_message(ByteView(*body).first(length));
    const bool is_before_parameters = length == body->size() - 6;
    EXPECT_EQ(cut.has_value(), is_before_parameters) << length;
  }
}

TEST(SmppPduTest, RefusesFieldsThatAreTooLong) {
  ShortMessage message = submit();
  message.short_message.resize(255);
  EXPECT_FALSE(encode_body(message));
  message = submit();
  message.destination.text.assign(21, '1');
  EXPECT_FALSE(encode_body(message));
  EXPECT_FALSE(encode_body(BindRequest{"0123456789012345", "", ""}));
  EXPECT_FALSE(encode_body(BindRequest{"id", "nine char", ""}));
  EXPECT_FALSE(encode_body(BindRequest{std::string("a\0b", 3), "", ""}));
}

TEST(SmppSplitterTest, FindsPdusHoweverTheStreamIsCut) {
  Bytes stream;
  for (std::uint32_t sequence = 1; sequence <= 3; ++sequence) {
    const Bytes one = encode(
        {.command = Command::submit_sm_resp,
         .status = sequence,
         .sequence = sequence,
         .body = encode_id("id" + std::to_string(sequence))}
    );
    stream.insert(stream.end(), one.begin(), one.end());
  }
  for (std::size_t step = 1; step <= stream.size(); ++step) {
    Splitter splitter;
    std::vector<Pdu> found;
    for (std::size_t at = 0; at < stream.size(); at += step) {
      splitter.add(ByteView(stream).subspan(at, std::min(step, stream.size() - at)));
      for (;;) {
        auto next = splitter.next();
        ASSERT_TRUE(next);
        if (!*next) break;
        found.push_back(std::move(**next));
      }
    }
    ASSERT_EQ(found.size(), 3u) << step;
    EXPECT_EQ(found[2].sequence, 3u);
    EXPECT_EQ(*parse_id(found[2].body), "id3");
  }
}

TEST(SmppSplitterTest, RefusesLengthsThatAreNone) {
  for (const char* hex :
       {"0000000f0000000900000000000000010000",
        "0001000100000009000000000000000100",
        "ffffffff000000090000000000000001",
        "00000000000000000000000000000000"}) {
    Splitter splitter;
    splitter.add(*from_hex(hex));
    EXPECT_FALSE(splitter.next()) << hex;
  }
}

TEST(SmppPduTest, ReadsIdsThatMayBeMissing) {
  EXPECT_EQ(*parse_id({}), "");
  EXPECT_EQ(*parse_id(encode_id("53e9d30d")), "53e9d30d");
  EXPECT_FALSE(parse_id(bytes_of("no end")));
  EXPECT_FALSE(parse_id(encode_id(std::string(65, '1'))));
}

TEST(SmppTimeTest, IsRelative) {
  EXPECT_EQ(relative_time(90), "000000000130000R");
  EXPECT_EQ(relative_time(3 * 24 * 3600 + 3661), "000003010101000R");
  EXPECT_EQ(relative_time(40 * 24 * 3600), "000110000000000R");
  EXPECT_EQ(relative_time(-5), "000000000000000R");
  EXPECT_EQ(relative_time(std::int64_t{1} << 60), "000203000000000R");
}

TEST(SmppReceiptTest, ReadsTextAndParameters) {
  const auto delivered = receipt_of(receipt(
      "id:1407832845 sub:001 dlvrd:001 submit date:2601010000 done date:2601010001 stat:DELIVRD "
      "err:000 text:id:7"
  ));
  ASSERT_TRUE(delivered);
  EXPECT_EQ(delivered->centre_id, "1407832845");
  EXPECT_EQ(delivered->to, "491700000001");
  EXPECT_TRUE(delivered->is_final && delivered->delivered);
  const auto failed =
      receipt_of(receipt("ID:ab SUB:001 STAT:UNDELIV ERR:0a\x01"
                         "b"));
  ASSERT_TRUE(failed);
  EXPECT_FALSE(failed->delivered);
  EXPECT_EQ(failed->error, "UNDELIV 0ab");
  EXPECT_FALSE(receipt_of(receipt("id:1 stat:ENROUTE"))->is_final);

  ShortMessage by_parameters = receipt("");
  by_parameters.optional = {
      {tag::kReceiptedMessageId, {'5', '3', 'e', 0}}, {tag::kMessageState, {5}}
  };
  const auto undelivered = receipt_of(by_parameters);
  ASSERT_TRUE(undelivered);
  EXPECT_EQ(undelivered->centre_id, "53e");
  EXPECT_TRUE(undelivered->is_final);
  EXPECT_FALSE(undelivered->delivered);
}

TEST(SmppReceiptTest, TakesNothingElseForOne) {
  ShortMessage from_phone = receipt("id:1 stat:DELIVRD");
  from_phone.esm_class = 0;
  EXPECT_FALSE(receipt_of(from_phone));
  for (const char* text : {"", "id:1", "stat:DELIVRD", "id: stat:DELIVRD", "id:1 stat:DELIVERED"}) {
    EXPECT_FALSE(receipt_of(receipt(text))) << text;
  }
}

TEST(SmppReceiptTest, ReadsWhatPhonesWrite) {
  ShortMessage message;
  message.source.text = "491700000001";
  message.destination.text = "1234";
  message.short_message = {'S', 't', 'o', 'p'};
  EXPECT_EQ(reply_of(message).text, "Stop");
  message.data_coding = 8;
  message.esm_class = kHasHeader;
  message.short_message = {5, 0, 3, 1, 2, 1, 0x4E, 0x2D};
  EXPECT_EQ(reply_of(message).text, "\u4E2D");
  message.short_message = {200, 1};
  EXPECT_EQ(reply_of(message).text, "");
}

}  // namespace
}  // namespace selfsame::adapters::smpp
