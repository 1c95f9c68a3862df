// SPDX-License-Identifier: Apache-2.0
// What the ledger takes is what the guide's tables say (tests/tencent/codes/faceid.tsv).
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <string>

#include "adapters/tencent/error_codes.h"
#include "adapters/tencent/services.h"
#include "adapters/tencent/session_codes.h"

namespace selfsame::adapters::tencent {
namespace {

/// "surface name" -> is it billed?
std::map<std::string, bool> read_table() {
  std::map<std::string, bool> billed;
  std::ifstream file(std::filesystem::path(SELFSAME_SOURCE_DIR) / "tests/tencent/codes/faceid.tsv");
  for (std::string line; std::getline(file, line);) {
    std::istringstream fields(line);
    std::string surface;
    std::string place;
    std::string name;
    std::string charge;
    std::getline(fields, surface, '\t');
    std::getline(fields, place, '\t');
    std::getline(fields, name, '\t');
    std::getline(fields, charge, '\t');
    billed[surface + " " + name] = charge == "Y";
  }
  return billed;
}

TEST(BilledCodes, AreThoseOfTheGuidesTables) {
  const auto table = read_table();
  ASSERT_GT(table.size(), 130U);
  const auto check = [&](const std::string& code, bool is_billed) {
    const auto row = table.find(code);
    ASSERT_NE(row, table.end()) << code;
    EXPECT_EQ(is_billed, row->second) << code;
  };
  int outcomes = 0;
  for (; const auto outcome = core::outcome_from(outcomes); ++outcomes) {
    if (*outcome >= core::Outcome::identity_confirmed) continue;  // of no session and no video
    const auto result = result_code_of(*outcome, core::LivenessMode::silent).code;
    check("pure-api " + std::string(result), billed_code_of(*outcome).has_value());
    const auto number = [&](core::Product product) {
      return std::to_string(app_code_of(*outcome, core::name_of(product)).number);
    };
    const auto is_billed = [&](core::Product product) {
      return billed_session_code(core::name_of(product), *outcome).has_value();
    };
    check("h5 " + std::to_string(web_code_of(*outcome).number), is_billed(kWebProduct));
    check("app-sdk " + number(kAppProduct), is_billed(kAppProduct));
    check("identity-verification-app-sdk " + number(kIdentityProduct), is_billed(kIdentityProduct));
  }
  EXPECT_GT(outcomes, 40);
}

}  // namespace
}  // namespace selfsame::adapters::tencent
