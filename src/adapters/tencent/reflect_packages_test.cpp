// SPDX-License-Identifier: Apache-2.0
#include "adapters/tencent/reflect_packages.h"

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "base/crypto.h"

namespace selfsame::adapters::tencent {
namespace {

namespace json = boost::json;

const Secret kKey{std::string_view("a key of 32 bytes, for tests only")};

ReflectSequence sequence() {
  return {
      .id = "11111111-2222-4333-8444-555555555555",
      .expires_at_s = 1'767'226'200,
      .challenge = in_milliseconds(core::draw_challenge(plan_of_level(4, {}), random_below))
  };
}

json::object live_with(const std::string& document) {
  return {
      {"format", "selfsame-live-1"},
      {"sequence", json::parse(document)},
      {"video", "AAAA"},
      {"stills", json::array{json::object{{"time_ms", 10}, {"image", "AAAA"}}}},
      {"flash_shown_at_ms", json::array{1, 2, 3, 4, 5, 6, 7, 8}}
  };
}

Result<LiveData> read(const json::object& live, std::string_view customer = "bank") {
  return read_live_data(bytes_of(json::serialize(live)), customer, kKey);
}

TEST(ReflectPackagesTest, ASequenceComesBackAsItWas) {
  const ReflectSequence sent = sequence();
  const auto live = read(live_with(write_sequence(sent, "bank", kKey)));
  ASSERT_TRUE(live) << live.error().detail;
  EXPECT_EQ(live->sequence.id, sent.id);
  EXPECT_EQ(live->sequence.expires_at_s, sent.expires_at_s);
  const core::Challenge& read = live->sequence.challenge;
  ASSERT_EQ(read.flashes.size(), 8u);
  ASSERT_EQ(read.actions.size(), 1u);
  EXPECT_EQ(read.actions[0].action, core::FaceAction::blink);
  EXPECT_EQ(read.actions[0].window->begin_s, sent.challenge.actions[0].window->begin_s);
  EXPECT_EQ(read.flashes_begin_s, sent.challenge.flashes_begin_s);
  EXPECT_EQ(read.duration_s, sent.challenge.duration_s);
  for (std::size_t i = 0; i < 8; ++i) {
    EXPECT_EQ(read.flashes[i].green, sent.challenge.flashes[i].green);
    EXPECT_EQ(read.flashes[i].duration_ms, sent.challenge.flashes[i].duration_ms);
  }
  EXPECT_EQ(live->samples.video.size(), 3u);
  EXPECT_EQ(live->samples.stills[0].time_s, 0.01);
  EXPECT_EQ(live->samples.flash_shown_at_s.back(), 0.008);
}

TEST(ReflectPackagesTest, AnyChangeOfASequenceIsRefused) {
  const json::object good = live_with(write_sequence(sequence(), "bank", kKey));
  ASSERT_TRUE(read(good));
  EXPECT_EQ(read(good, "another bank").error().code, Errc::unauthenticated);
  EXPECT_EQ(
      read_live_data(bytes_of(json::serialize(good)), "bank", Secret(std::string_view("other")))
          .error()
          .code,
      Errc::unauthenticated
  );
  const auto changed = [&](std::string_view name, const json::value& value) {
    json::object live = good;
    live["sequence"].as_object()[name] = value;
    return read(live).error().code;
  };
  EXPECT_EQ(changed("id", "21111111-2222-4333-8444-555555555555"), Errc::unauthenticated);
  EXPECT_EQ(changed("expires_at", 1'767'226'201), Errc::unauthenticated);
  EXPECT_EQ(changed("duration_ms", 1), Errc::unauthenticated);
  EXPECT_EQ(changed("mirrored", true), Errc::unauthenticated);
  EXPECT_EQ(changed("actions", json::array()), Errc::unauthenticated);
  EXPECT_EQ(changed("flashes", json::array()), Errc::unauthenticated);
  EXPECT_EQ(changed("flashes_begin_ms", 1), Errc::unauthenticated);
  EXPECT_EQ(changed("signature", ""), Errc::unauthenticated);
  EXPECT_EQ(changed("format", "selfsame-sequence-2"), Errc::malformed_request);
  EXPECT_EQ(changed("more", 1), Errc::malformed_request);
}

TEST(ReflectPackagesTest, ADeviceMayWriteItAgainInItsOwnOrder) {
  json::object live = live_with(write_sequence(sequence(), "bank", kKey));
  const json::object& sequence = live["sequence"].as_object();
  json::object turned;
  for (auto it = sequence.end(); it != sequence.begin();) {
    --it;
    turned[it->key()] = it->value();
  }
  live["sequence"] = turned;
  EXPECT_TRUE(read(live));
}

TEST(ReflectPackagesTest, LimitsOfWhatWasRecorded) {
  const json::object good = live_with(write_sequence(sequence(), "bank", kKey));
  const auto changed = [&](std::string_view name, const json::value& value) {
    json::object live = good;
    live[name] = value;
    const auto outcome = read(live);
    return !outcome && outcome.error().code == Errc::malformed_request;
  };
  const auto still = [](const json::value& time_ms, const json::value& image) {
    return json::object{{"time_ms", time_ms}, {"image", image}};
  };
  EXPECT_TRUE(changed("format", "selfsame-live-2"));
  EXPECT_TRUE(changed("sequence", "x"));
  EXPECT_TRUE(changed("video", "no base64"));
  EXPECT_TRUE(changed("video", json::string(12'000'000, 'A')));
  EXPECT_TRUE(changed("stills", 1));
  EXPECT_TRUE(changed("stills", json::array(65, still(1, "AAAA"))));
  EXPECT_TRUE(changed("stills", json::array{still(2, "AAAA"), still(1, "AAAA")}));
  EXPECT_TRUE(changed("stills", json::array{still(-1, "AAAA")}));
  EXPECT_TRUE(changed("stills", json::array{still(120'001, "AAAA")}));
  EXPECT_TRUE(changed("stills", json::array{still(1.5, "AAAA")}));
  EXPECT_TRUE(changed("stills", json::array{still(1, json::string(1'400'000, 'A'))}));
  EXPECT_TRUE(changed("flash_shown_at_ms", json::array{1, 2}));
  EXPECT_TRUE(changed("flash_shown_at_ms", json::array{8, 7, 6, 5, 4, 3, 2, 1}));
  EXPECT_TRUE(changed("passed", true)) << "nothing that a device claims";
  json::object nothing = good;
  nothing.erase("video");
  EXPECT_TRUE(read(nothing)) << "stills suffice";
  nothing.erase("stills");
  EXPECT_FALSE(read(nothing));
}

TEST(ReflectPackagesTest, DeviceData) {
  const auto mirrored = [](std::string_view text) { return read_device_data(bytes_of(text)); };
  EXPECT_FALSE(mirrored(R"({"format":"selfsame-device-1"})")->mirrored);
  EXPECT_TRUE(mirrored(R"({"format":"selfsame-device-1","mirrored":true})")->mirrored);
  for (const char* wrong :
       {"",
        "x",
        "[]",
        "{}",
        R"({"format":"selfsame-device-2"})",
        R"({"format":"selfsame-device-1","mirrored":1})",
        R"({"format":"selfsame-device-1","passed":true})"}) {
    EXPECT_FALSE(mirrored(wrong)) << wrong;
  }
  EXPECT_FALSE(
      mirrored(R"({"format":"selfsame-device-1"})" + std::string(std::size_t{64} << 10, ' '))
  );
}

}  // namespace
}  // namespace selfsame::adapters::tencent
