// SPDX-License-Identifier: Apache-2.0
#include "base/thread_name.h"

#include <gtest/gtest.h>

#include <string>
#include <thread>

namespace selfsame {
namespace {

std::string own_name() {
  std::array<char, 16> name{};
  ::pthread_getname_np(::pthread_self(), name.data(), name.size());
  return name.data();
}

TEST(ThreadName, IsThatOfThreadsStartedMeanwhile) {
  const std::string before = own_name();
  std::string inside;
  auto thread =
      with_threads_named("worker", [&] { return std::thread([&inside] { inside = own_name(); }); });
  thread.join();
  EXPECT_EQ(inside, "worker");
  EXPECT_EQ(own_name(), before);
}

TEST(ThreadName, IsPutBackAfterAnException) {
  const std::string before = own_name();
  EXPECT_THROW(with_threads_named("worker", []() -> int { throw 1; }), int);
  EXPECT_EQ(own_name(), before);
}

}  // namespace
}  // namespace selfsame
