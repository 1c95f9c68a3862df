// SPDX-License-Identifier: Apache-2.0
#include "app/settings.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <sstream>
#include <string>

namespace selfsame::app {
namespace {

const Environment kNothing = [](const std::string&) { return std::nullopt; };

class SettingsFile : public ::testing::Test {
 protected:
  LoadedSettings load(const std::string& text, const Environment& environment = kNothing) {
    std::ofstream(path_) << text;
    return load_settings(path_, environment);
  }
  void TearDown() override { std::remove(path_.c_str()); }

  // One file a process: ctest runs the tests beside each other.
  std::string path_ =
      ::testing::TempDir() + "selfsame_settings_test." + std::to_string(::getpid()) + ".toml";
};

TEST_F(SettingsFile, ReadsEveryKindAndKeepsDefaults) {
  const auto loaded = load(
      "listen = '0.0.0.0:9000'\n[http]\nmax_connections = 7\n[models]\nsecond_opinion = false\n"
      "[tencent]\nregions = ['ap-tokyo']\n"
  );
  ASSERT_TRUE(loaded.errors.empty()) << loaded.errors[0].message;
  EXPECT_EQ(loaded.settings.listen, "0.0.0.0:9000");
  EXPECT_EQ(loaded.settings.max_connections, 7);
  EXPECT_FALSE(loaded.settings.second_opinion);
  EXPECT_EQ(loaded.settings.tencent_regions, std::vector<std::string>{"ap-tokyo"});
  EXPECT_EQ(loaded.settings.match_fmr, "1e-3");
}

TEST_F(SettingsFile, AnUnknownKeyIsAnErrorThatNamesTheNearestOne) {
  const auto loaded = load("[http]\nmax_conections = 7\n");
  ASSERT_EQ(loaded.errors.size(), 1u);
  EXPECT_EQ(loaded.errors[0].key, "http.max_conections");
  EXPECT_EQ(loaded.errors[0].nearest, "http.max_connections");
  EXPECT_EQ(loaded.errors[0].line, 2);
}

TEST_F(SettingsFile, WrongTypesAndRangesAreErrors) {
  for (const char* text :
       {"listen = 8080",
        "[http]\nmax_connections = 0",
        "[http]\nmax_connections = '7'",
        "[policy]\nmatch_fmr = '1e-2'",
        "[tencent]\nregions = 'ap-tokyo'",
        "listen = ",
        "[tls]\ncertificate_file = 'a.pem'"}) {
    EXPECT_EQ(load(text).errors.size(), 1u) << text;
  }
}

TEST_F(SettingsFile, TheEnvironmentOverridesTheFile) {
  const Environment environment = [](const std::string& name) -> std::optional<std::string> {
    if (name == "SELFSAME_HTTP_MAX_CONNECTIONS") return "9";
    if (name == "SELFSAME_TENCENT_REGIONS") return "a,b";
    return std::nullopt;
  };
  const auto loaded = load("[http]\nmax_connections = 7\n", environment);
  EXPECT_EQ(loaded.settings.max_connections, 9);
  EXPECT_EQ(loaded.settings.tencent_regions, (std::vector<std::string>{"a", "b"}));
}

TEST_F(SettingsFile, APasswordInTheDatabaseUrlIsNeverShown) {
  for (const char* url :
       {"postgresql://me:s3cret@db.example/rows?sslmode=require",
        "postgresql://db.example/rows?user=me&password=s3cret&sslpassword=s3cret",
        "postgresql://me:s3cret@db.example/rows?nonsense=1",
        "postgresql://me:s3cret%@db.example/rows",
        "postgresql://me:s3cret@[db.example/rows",
        "mysql://me:s3cret@db.example/rows"}) {
    const auto loaded = load(std::string("[database]\nurl = '") + url + "'\n");
    std::string shown;
    for (const auto& error : loaded.errors) shown += describe(error, path_) + "\n";
    for (const auto& [key, value] : describe(loaded.settings)) shown += key + "=" + value + "\n";
    EXPECT_EQ(shown.find("s3cret"), std::string::npos) << shown;
    const bool names_it = shown.find("host=db.example") != std::string::npos;
    EXPECT_TRUE(names_it || shown.find("database.url=***") != std::string::npos) << shown;
  }
  EXPECT_TRUE(load("[database]\nurl = 'postgresql://me:s3cret@db.example/rows'").errors.empty());
}

TEST_F(SettingsFile, TheDatabaseUrlIsCheckedAndHasOnePassword) {
  for (const char* text :
       {"url = 'rows.db'",
        "url = 'host=db.example dbname=rows'",
        "url = 'postgresql://db.example/rows?nonsense=1'",
        "password_file = 'password'",
        "url = 'postgresql://me:s3cret@db.example/rows'\npassword_file = 'password'"}) {
    EXPECT_EQ(load(std::string("[database]\n") + text).errors.size(), 1u) << text;
  }
  for (const char* text :
       {"url = ''",
        "url = 'postgres:///rows?host=/run/postgresql'",
        "url = 'postgresql://me@one.example,two.example/rows?target_session_attrs=read-write'\n"
        "password_file = 'password'"}) {
    EXPECT_TRUE(load(std::string("[database]\n") + text).errors.empty()) << text;
  }
}

TEST_F(SettingsFile, AMissingFileIsAnError) {
  EXPECT_EQ(load_settings(path_ + ".none", kNothing).errors.size(), 1u);
}

TEST(SettingsDocs, AreInStepWithTheTable) {
  std::ifstream file(SELFSAME_SOURCE_DIR "/docs/configuration.md");
  std::ostringstream text;
  text << file.rdbuf();
  EXPECT_EQ(text.str(), settings_markdown())
      << "run: selfsame check-config --markdown > docs/configuration.md";
}

}  // namespace
}  // namespace selfsame::app
