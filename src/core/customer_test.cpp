// SPDX-License-Identifier: Apache-2.0
#include "core/customer.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "core/customer_fields.h"

namespace selfsame::core {
namespace {

constexpr Product kProduct = Product::tencent_pure_api;

Customer customer_with(std::initializer_list<std::pair<const char*, const char*>> fields) {
  Customer customer;
  for (const auto& [name, value] : fields) {
    const auto set = assign(customer, name, value);
    EXPECT_TRUE(set) << name << ": " << set.error().detail;
  }
  return customer;
}

std::optional<RefusalCause> cause(
    const Customer& customer, const RequestFacts& facts = {}, std::int64_t balance = 0
) {
  const auto admitted = admit(customer, balance, kProduct, facts);
  return admitted ? std::nullopt : std::optional(admitted.error());
}

TEST(Customer, MayDoEverythingUntilSomethingIsSettled) {
  for (std::size_t i = 0; i < product_names().size(); ++i) {
    const auto product = static_cast<Product>(i);
    EXPECT_TRUE(admit(Customer{}, 0, product, {})) << name_of(product);
    EXPECT_EQ(product_from(name_of(product)), product);
  }
  EXPECT_TRUE(fields_of(Customer{}).empty());
  EXPECT_FALSE(product_from("tencent"));
  EXPECT_FALSE(product_from(""));
}

TEST(Customer, EveryStateHasItsCause) {
  const std::pair<const char*, std::optional<RefusalCause>> kCauses[] = {
      {"active", std::nullopt},
      {"not_activated", RefusalCause::not_activated},
      {"activating", RefusalCause::activating},
      {"activation_failed", RefusalCause::activation_failed},
      {"in_arrears", RefusalCause::in_arrears},
      {"not_verified", RefusalCause::customer_not_verified},
      {"unauthorized", RefusalCause::unauthorized},
      {"denied", RefusalCause::denied},
  };
  for (const auto& [state, expected] : kCauses) {
    const auto customer = customer_with({{"state/tencent.pure-api", state}});
    EXPECT_EQ(cause(customer), expected) << state;
    EXPECT_TRUE(admit(customer, 0, Product::native_comparisons, {})) << "another product";
  }
}

TEST(Customer, ASuspendedOrUnverifiedCustomerGetsNothing) {
  EXPECT_EQ(cause(customer_with({{"suspended", "true"}})), RefusalCause::suspended);
  EXPECT_EQ(cause(customer_with({{"verified", "false"}})), RefusalCause::customer_not_verified);
}

TEST(Customer, CallsFromItsNetworksAlone) {
  const auto customer = customer_with({{"networks", "192.0.2.0/24,2001:db8::/32,10.1.2.3"}});
  const auto from = [&](const char* address) {
    return cause(customer, {.client_address = address});
  };
  for (const char* inside :
       {"192.0.2.0", "192.0.2.255", "2001:db8:1::2", "10.1.2.3", "::ffff:10.1.2.3"}) {
    EXPECT_FALSE(from(inside)) << inside;
  }
  for (const char* outside :
       {"192.0.3.0", "192.0.1.255", "2001:db9::1", "10.1.2.4", "::1", "", "nonsense", "10.1.2.3/8"
       }) {
    EXPECT_EQ(from(outside), RefusalCause::address_not_allowed) << outside;
  }
  EXPECT_FALSE(cause(customer_with({{"networks", "0.0.0.0/0"}}), {.client_address = "8.8.8.8"}));
  EXPECT_TRUE(cause(customer_with({{"networks", "0.0.0.0/0"}}), {.client_address = "::1"}));
  EXPECT_FALSE(cause(customer_with({{"networks", "::/0"}}), {.client_address = "8.8.8.8"}));
}

TEST(Customer, NetworksReadAsTheyAreWritten) {
  for (const char* text :
       {"0.0.0.0/0", "10.0.0.0/8", "10.1.2.3/32", "::/0", "2001:db8::/33", "::1/128"}) {
    const auto network = network_from(text);
    ASSERT_TRUE(network) << text;
    EXPECT_EQ(text_of(*network), text);
  }
  for (const char* text :
       {"",
        "/8",
        "10.0.0.0/",
        "10.0.0.0/33",
        "10.0.0.1/8",
        "::/129",
        "::/-1",
        "1.2.3",
        "a",
        "::1/64",
        "10.0.0.0/8 "}) {
    EXPECT_FALSE(network_from(text)) << text;
  }
}

TEST(Customer, AKeyMayHaveFewerRights) {
  const auto customer = customer_with({{"key/AK1", "native.comparisons"}, {"key/AK2", "none"}});
  EXPECT_EQ(cause(customer, {.access_key_id = "AK1"}), RefusalCause::key_without_right);
  EXPECT_TRUE(admit(customer, 0, Product::native_comparisons, {.access_key_id = "AK1"}));
  EXPECT_FALSE(admit(customer, 0, Product::native_comparisons, {.access_key_id = "AK2"}));
  EXPECT_FALSE(cause(customer, {.access_key_id = "AK3"}));
}

TEST(Customer, APrepaidCustomerNeedsABalanceForTheDearestCode) {
  auto customer =
      customer_with({{"price/tencent.pure-api", "10"}, {"price/tencent.pure-api/Success", "25"}});
  EXPECT_FALSE(cause(customer, {}, -1'000)) << "whoever pays later";
  ASSERT_TRUE(assign(customer, "prepaid", "true"));
  EXPECT_EQ(cause(customer, {}, 24), RefusalCause::balance_not_enough);
  EXPECT_FALSE(cause(customer, {}, 25));
  EXPECT_TRUE(admit(customer, 0, Product::native_comparisons, {})) << "costs nothing";
  EXPECT_FALSE(admit(customer, -1, Product::native_comparisons, {})) << "owes something";
  ASSERT_TRUE(assign(customer, "sandbox", "true"));
  EXPECT_FALSE(cause(customer, {}, -5));
}

TEST(Customer, PricesAreByCodeThenByProduct) {
  auto customer =
      customer_with({{"price/tencent.pure-api", "10"}, {"price/tencent.pure-api/Success", "25"}});
  EXPECT_EQ(price_of(customer, "tencent.pure-api", "Success", 1), 25);
  EXPECT_EQ(price_of(customer, "tencent.pure-api", "FailedOperation.CompareLowSimilarity", 1), 10);
  EXPECT_EQ(price_of(customer, "tencent.pure-api", "Success", 3), 75);
  EXPECT_EQ(price_of(customer, "tencent.pure-api", "Success", 0), 0);
  EXPECT_EQ(price_of(customer, "tencent.pure-api", "Success", -2), 0);
  EXPECT_EQ(price_of(customer, "native.comparisons", "Success", 1), 0);
  EXPECT_EQ(price_of(customer, "nothing of ours", "Success", 1), 0);
  ASSERT_TRUE(assign(customer, "sandbox", "true"));
  EXPECT_EQ(price_of(customer, "tencent.pure-api", "Success", 1), 0);
}

TEST(Customer, DevicesSayWhatTheListsAskFor) {
  const auto customer = customer_with(
      {{"sdk_version_min", "3.9.1"},
       {"denied_devices", "Old Phone,Older"},
       {"bundle_ids", "com.bank"}}
  );
  const auto of = [&](DeviceClient device) {
    return cause(customer, {.device = std::move(device)});
  };
  const DeviceClient fine{.sdk_version = "3.10", .model = "New", .bundle_id = "com.bank"};
  EXPECT_FALSE(of(fine));
  for (const char* version : {"3.9.0", "3.9", "2.99.99", "", "x", "3.9.1-beta", "9999999999"}) {
    DeviceClient device = fine;
    device.sdk_version = version;
    EXPECT_EQ(of(device), RefusalCause::sdk_too_old) << version;
  }
  for (const char* model : {"Old Phone", "Older", ""}) {
    DeviceClient device = fine;
    device.model = model;
    EXPECT_EQ(of(device), RefusalCause::device_not_supported) << model;
  }
  for (const char* bundle : {"com.bank2", ""}) {
    DeviceClient device = fine;
    device.bundle_id = bundle;
    EXPECT_EQ(of(device), RefusalCause::bundle_not_allowed) << bundle;
  }
  EXPECT_FALSE(cause(customer)) << "a server's request names no device";
  EXPECT_FALSE(cause(Customer{}, {.device = DeviceClient{}}));
}

TEST(Customer, VersionsCompareByNumbers) {
  EXPECT_TRUE(is_at_least("3.10", "3.9.1"));
  EXPECT_TRUE(is_at_least("3", "3.0.0"));
  EXPECT_TRUE(is_at_least("3.0", "3"));
  EXPECT_FALSE(is_at_least("3.9", "3.10"));
  for (const char* odd : {"", ".", "1.", ".1", "1..2", "-1", "1.2a", "1 .2"}) {
    EXPECT_FALSE(is_at_least(odd, "0")) << odd;
    EXPECT_FALSE(is_at_least("1", odd)) << odd;
  }
}

TEST(Customer, QuotasOfAProductTakeThePlaceOfThoseOfAll) {
  const auto customer = customer_with(
      {{"quota/*/per_second", "7"}, {"quota/*/at_once", "2"}, {"quota/alibaba.sms/per_day", "9"}}
  );
  EXPECT_EQ(customer.quotas_of(kProduct), (Quotas{.per_second = 7, .at_once = 2, .per_day = {}}));
  EXPECT_EQ(
      customer.quotas_of(Product::alibaba_sms),
      (Quotas{.per_second = {}, .at_once = {}, .per_day = 9})
  );
}

TEST(Customer, APolicyIsNeverWeaker) {
  constexpr std::array<double, 4> kThresholds = {0.3, 0.4, 0.5, 0.6};
  const VerificationPolicy installed{
      .pad = {.bona_fide_threshold = 0.6, .retry_threshold = 0.5},
      .comparison = {.match_threshold = 0.45}
  };
  const auto strict = customer_with({{"match_fmr", "1e-5"}, {"bona_fide_min", "0.9"}});
  EXPECT_EQ(stricter(installed, strict, kThresholds).comparison.match_threshold, 0.5);
  EXPECT_EQ(stricter(installed, strict, kThresholds).pad.bona_fide_threshold, 0.9);
  EXPECT_EQ(stricter(installed, strict, kThresholds).pad.retry_threshold, 0.5);
  const auto lax = customer_with({{"match_fmr", "1e-3"}, {"bona_fide_min", "0.1"}});
  EXPECT_EQ(stricter(installed, lax, kThresholds).comparison.match_threshold, 0.45);
  EXPECT_EQ(stricter(installed, lax, kThresholds).pad.bona_fide_threshold, 0.6);
}

// Fields

constexpr std::pair<const char*, const char*> kOneOfEach[] = {
    {"verified", "false"},
    {"suspended", "true"},
    {"sandbox", "true"},
    {"prepaid", "true"},
    {"currency", "VND"},
    {"networks", "10.0.0.0/8,2001:db8::/32"},
    {"bundle_ids", "com.bank,com.bank.test"},
    {"sdk_version_min", "3.2.1"},
    {"denied_devices", "Phone=1,Phone 2"},
    {"match_fmr", "1e-5"},
    {"bona_fide_min", "0.875"},
    {"state/tencent.pure-api", "in_arrears"},
    {"quota/*/per_second", "5"},
    {"quota/*/at_once", "2"},
    {"quota/alibaba.id-verification/per_day", "1000"},
    {"price/tencent.pure-api", "12"},
    {"price/tencent.pure-api/FailedOperation.CompareLowSimilarity", "6"},
    {"callback/megvii", "https://bank.example/notify?a=b"},
    {"key/AK1", "native.comparisons,native.verifications"},
    {"key/AK2", "none"},
    {"page/name", "Bank of Examples"},
    {"page/colour", "#0a84ff"},
    {"page/logo", "data:image/svg+xml;base64,PHN2Zy8+"},
    {"page/frame_ancestors", "https://shop.example,https://app.example:8443"},
    {"page/text/zh-Hans/ready.title", "您好"},
};

TEST(CustomerFields, ComeBackAsTheyWereSet) {
  Customer customer;
  for (const auto& [name, value] : kOneOfEach) {
    const auto set = assign(customer, name, value);
    ASSERT_TRUE(set) << name << ": " << set.error().detail;
  }
  const std::string text = text_of(customer);
  const auto fields = fields_of(customer);
  const std::set<std::pair<std::string, std::string>> found(fields.begin(), fields.end());
  const std::set<std::pair<std::string, std::string>> expected(
      std::begin(kOneOfEach), std::end(kOneOfEach)
  );
  EXPECT_EQ(found, expected);
  const auto again = customer_from(text);
  ASSERT_TRUE(again) << again.error().detail;
  EXPECT_EQ(text_of(*again), text);
  for (const auto& [name, value] : kOneOfEach) ASSERT_TRUE(assign(customer, name, "")) << name;
  EXPECT_EQ(text_of(customer), "") << "defaults";
}

TEST(CustomerFields, WhatIsWrongChangesNothing) {
  Customer customer = customer_with({{"currency", "EUR"}});
  const std::pair<const char*, const char*> kWrong[] = {
      {"verified", "yes"},
      {"currency", "euro"},
      {"currency", "eur"},
      {"networks", "10.0.0.1/8"},
      {"networks", "10.0.0.0/8,"},
      {"networks", ",10.0.0.0/8"},
      {"bundle_ids", "a,,b"},
      {"sdk_version_min", "3.x"},
      {"match_fmr", "1e-2"},
      {"bona_fide_min", "1.5"},
      {"bona_fide_min", "nan"},
      {"state/tencent.pure-api", "happy"},
      {"state/tencent", "denied"},
      {"state", "denied"},
      {"state/", "denied"},
      {"verified/x", "true"},
      {"quota/*/per_second", "-1"},
      {"quota/*/per_second", "1.5"},
      {"quota/*/per_year", "1"},
      {"quota/*", "1"},
      {"price/tencent.pure-api", "1000000001"},
      {"price/*", "1"},
      {"callback/megvii", "ftp://x"},
      {"callback/other", "https://x"},
      {"key/", "none"},
      {"key/a b", "none"},
      {"key/AK1", "nothing"},
      {"colour", "red"},
      {"", "red"},
      {"bundle_ids", "a\nb"},
      {"price/tencent.pure-api/a=b", "1"},
      {"page/colour", "red"},
      {"page/logo", "https://example.com/logo.png"},
      {"page/logo", "data:image/svg+xml;base64,"},
      {"page/logo", "data:image/svg+xml;base64,PHN2Zy8+\" onload"},
      {"page/logo", "data:text/html;base64,PHN2Zy8+"},
      {"page/frame_ancestors", "http://shop.example"},
      {"page/frame_ancestors", "https://*"},
      {"page/frame_ancestors", "https://shop.example; script-src *"},
      {"page/frame_ancestors", "https://shop.example,"},
      {"page/text/en", "x"},
      {"page/text/en/../x", "x"},
      {"page/text//ready", "x"},
      {"page/name/x", "x"},
      {"page", "x"},
  };
  for (const auto& [name, value] : kWrong) {
    EXPECT_FALSE(assign(customer, name, value)) << name << "=" << value;
    EXPECT_EQ(text_of(customer), "currency=EUR\n") << name << "=" << value;
  }
  EXPECT_FALSE(assign(customer, "bundle_ids", std::string(kFieldBytesMax + 1, 'a')));
}

TEST(CustomerFields, StoredTextsThatAreOddAreNotGuessed) {
  for (const char* text :
       {"verified=false", "verified\n", "=\n", "\n", "colour=red\n", "a=b\nverified=true\n"}) {
    const auto read = customer_from(text);
    ASSERT_FALSE(read) << text;
    EXPECT_EQ(read.error().code, Errc::integrity_failure);
  }
  std::string many;
  for (std::size_t i = 0; i <= kFieldsMax; ++i) many += "verified=true\n";
  EXPECT_FALSE(customer_from(many));
}

TEST(CustomerFields, HelpNamesEveryField) {
  for (const auto& [name, value] : kOneOfEach) {
    const std::string_view first =
        std::string_view(name).substr(0, std::string_view(name).find('/'));
    const auto help = field_help();
    EXPECT_TRUE(std::ranges::any_of(help, [&](const FieldHelp& each) {
      return each.name.substr(0, each.name.find('/')) == first;
    })) << name;
  }
}

}  // namespace
}  // namespace selfsame::core
