// SPDX-License-Identifier: Apache-2.0
#include "adapters/page/files.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>

namespace selfsame::adapters::page {
namespace {

bool has_file(std::string_view path) {
  return std::ranges::any_of(page_files(), [&](const PageFile& file) { return file.path == path; });
}

TEST(PageFiles, BeginWithTheDocumentAndHaveAllThatItNames) {
  ASSERT_FALSE(page_files().empty());
  EXPECT_EQ(page_files()[0].path, "index.html");
  const std::string_view document = text_of(page_files()[0].plain);
  EXPECT_TRUE(document.starts_with("<!doctype html>"));
  int named = 0;
  for (auto at = document.find("\"./"); at != document.npos; at = document.find("\"./", at + 1)) {
    const auto path = document.substr(at + 3, document.find('"', at + 1) - at - 3);
    EXPECT_TRUE(has_file(path)) << path;
    ++named;
  }
  EXPECT_GE(named, 2);
}

TEST(PageFiles, AreEachThereOnceAndNotAboveTheirPlainSize) {
  std::set<std::string_view> paths;
  std::set<std::string_view> tags;
  for (const PageFile& file : page_files()) {
    EXPECT_TRUE(paths.insert(file.path).second) << file.path;
    EXPECT_TRUE(tags.insert(file.etag).second) << file.path;
    EXPECT_LT(file.brotli.size(), file.plain.size()) << file.path;
    ASSERT_LT(file.gzip.size(), file.plain.size()) << file.path;
    if (file.gzip.empty()) continue;
    EXPECT_EQ(file.gzip[0], 0x1f) << file.path;
    EXPECT_EQ(file.gzip[1], 0x8b) << file.path;
  }
}

TEST(PageFiles, HoldNothingThatThePolicyOfThePageForbids) {
  const std::string_view document = text_of(page_files()[0].plain);
  for (const std::string_view forbidden :
       {"<style", " style=", " onload", "<script>", "http:", "https:"}) {
    EXPECT_EQ(document.find(forbidden), document.npos) << forbidden;
  }
}

}  // namespace
}  // namespace selfsame::adapters::page
