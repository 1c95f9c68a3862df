// SPDX-License-Identifier: Apache-2.0
#include "app/sms_setup.h"

#include <gtest/gtest.h>

namespace selfsame::app {
namespace {

constexpr const char* kGood = R"(
[[route]]
name = "main"
prefixes = ["62", "852"]
host = "smsc.example"
port = 2776
system_id = "id"
password_file = "/etc/selfsame/smsc.password"
system_type = "OTP"
binds = 2
window = 50
per_second = 12.5

[[route]]
name = "rest"
prefixes = [""]
host = "other.example"
system_id = "id"
password_file = "p"
)";

TEST(SmsRoutesTest, ReadsRoutes) {
  const auto routes = parse_sms_routes(kGood);
  ASSERT_TRUE(routes) << routes.error().detail;
  ASSERT_EQ(routes->size(), 2u);
  EXPECT_EQ((*routes)[0].window, 50);
  EXPECT_EQ((*routes)[0].port, 2776);
  EXPECT_EQ((*routes)[1].port, 2775);
  EXPECT_TRUE(parse_sms_routes("")->empty());

  const auto options = sms_order_options({}, *routes);
  EXPECT_EQ(flows::route_for("628131234567", options.routes), "main");
  EXPECT_EQ(flows::route_for("85261234567", options.routes), "main");
  EXPECT_EQ(flows::route_for("4917012345678", options.routes), "rest");
  EXPECT_EQ(flows::route_for("4917012345678", {options.routes[0]}), "");
}

TEST(SmsRoutesTest, SaysWhatIsWrong) {
  const std::string good = kGood;
  const auto with = [&](std::string_view from, std::string_view to) {
    std::string text = good;
    return text.replace(text.find(from), from.size(), to);
  };
  const std::vector<std::pair<std::string, std::string>> cases = {
      {with("\"main\"", "\"Main\""), "name"},
      {with("\"main\"", "\"rest\""), "two of that name"},
      {with("\"852\"", "\"+852\""), "prefixes"},
      {with("\"852\"", "\"\""), "has the prefix"},
      {with("[\"62\", \"852\"]", "[]"), "prefixes"},
      {with("2776", "70000"), "port"},
      {with("window = 50", "window = 0"), "window"},
      {with("binds = 2", "binds = 17"), "binds"},
      {with("12.5", "-1.0"), "per_second"},
      {with("12.5", "nan"), "per_second"},
      {with("system_type", "sytem_type"), "sytem_type is not a known key"},
      {with("host = \"smsc.example\"", ""), "host is missing"},
      {"[route", "sms.routes_file"},
      {"route = 1", "route"},
  };
  for (const auto& [text, words] : cases) {
    const auto routes = parse_sms_routes(text);
    ASSERT_FALSE(routes) << text;
    EXPECT_NE(routes.error().detail.find(words), std::string::npos) << routes.error().detail;
  }
}

}  // namespace
}  // namespace selfsame::app
