// SPDX-License-Identifier: Apache-2.0
// From settings to what text messages need: the routes and what brings messages along them.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "adapters/smpp/link.h"
#include "app/metrics.h"
#include "app/settings.h"
#include "flows/sms_dispatch.h"
#include "flows/sms_orders.h"
#include "flows/sms_vault.h"
#include "storage/master_key.h"

namespace selfsame::app {

/// A [[route]] of the file that sms.routes_file names.
struct SmsRouteCard {
  std::string name;                   // 1 to 32 of a-z 0-9 - _
  std::vector<std::string> prefixes;  // digits; "" is all numbers
  std::string host;
  std::uint16_t port = 2775;
  std::string system_id;
  std::string password_file;
  std::string system_type;
  int binds = 1;
  int window = 10;
  double per_second = 0;  // of each bind; 0: as fast as it goes
  std::int64_t response_timeout_ms = 10'000;
  std::int64_t enquire_interval_ms = 30'000;
};

/// `invalid_parameter` that says where and what is wrong.
[[nodiscard]] Result<std::vector<SmsRouteCard>> parse_sms_routes(std::string_view toml);

/// None when no file is named.
[[nodiscard]] Result<std::vector<SmsRouteCard>> load_sms_routes(const Settings& settings);

[[nodiscard]] flows::SmsVault sms_vault(const storage::MasterKey& master_key);
[[nodiscard]] flows::SmsOrderOptions sms_order_options(
    const Settings& settings, const std::vector<SmsRouteCard>& routes
);

/// Brings messages along the routes on a thread of its own, from its making to stop(). Beside that
/// it ends what is over and forgets what is old.
class SmsService {
 public:
  /// What is given must outlive it. `not_found` and the like for a password file.
  [[nodiscard]] static Result<std::unique_ptr<SmsService>> start(
      const std::vector<SmsRouteCard>& routes,
      storage::Database& database,
      flows::WorkerPool& storage_pool,
      const Clock& clock,
      const flows::SmsVault& vault,
      std::chrono::hours kept
  );
  SmsService(const SmsService&) = delete;
  SmsService& operator=(const SmsService&) = delete;
  ~SmsService();

  /// Takes nothing new from the queue, waits so long for answers to what has left, and notes them.
  void stop(std::chrono::milliseconds patience);

  void add_gauges(Metrics& metrics) const;

 private:
  struct Bind;
  struct Housekeeping;

  SmsService();
  void run();
  [[nodiscard]] boost::asio::awaitable<void> stop_all(std::chrono::milliseconds patience);

  boost::asio::io_context io_{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_;
  std::unique_ptr<Housekeeping> housekeeping_;
  std::vector<std::unique_ptr<Bind>> binds_;
  std::thread thread_;
};

}  // namespace selfsame::app
