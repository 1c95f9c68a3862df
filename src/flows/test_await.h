// SPDX-License-Identifier: Apache-2.0
// For tests: runs a coroutine to its end.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <exception>
#include <list>
#include <mutex>
#include <optional>
#include <utility>

namespace selfsame::flows::testing {

/// A context that lives as long as the program: the thread of a pool that has brought a coroutine
/// home may still be waking it when the coroutine has ended.
inline boost::asio::io_context& lasting_context() {
  static std::mutex mutex;
  static std::list<boost::asio::io_context> contexts;
  const std::scoped_lock lock(mutex);
  return contexts.emplace_back();
}

template <class T>
T await(boost::asio::awaitable<T> awaitable) {
  boost::asio::io_context& io = lasting_context();
  std::optional<T> result;
  std::exception_ptr failure;
  boost::asio::co_spawn(io, std::move(awaitable), [&](std::exception_ptr thrown, T value) {
    failure = thrown;
    result.emplace(std::move(value));
  });
  io.run();
  if (failure) std::rethrow_exception(failure);
  return std::move(*result);
}

}  // namespace selfsame::flows::testing
