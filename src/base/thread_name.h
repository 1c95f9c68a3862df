// SPDX-License-Identifier: Apache-2.0
// Names of threads, for `top -H`, perf and bench/server.
#pragma once

#include <pthread.h>

#include <array>

namespace selfsame {

/// Gives threads a name: all those that this thread starts while `make` runs. At most 15 characters.
/// @return what `make` returns, built in place
template <class Make>
auto with_threads_named(const char* name, Make make) {
  struct Restore {
    std::array<char, 16> own{};
    Restore() { ::pthread_getname_np(::pthread_self(), own.data(), own.size()); }
    Restore(const Restore&) = delete;
    Restore& operator=(const Restore&) = delete;
    ~Restore() { ::pthread_setname_np(::pthread_self(), own.data()); }
  };
  const Restore restore;
  ::pthread_setname_np(::pthread_self(), name);  // inherited by what is started
  return make();
}

}  // namespace selfsame
