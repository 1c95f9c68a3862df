// SPDX-License-Identifier: Apache-2.0
// selfsame serve: the parts list. Each part is built from the previous ones and they go in reverse.
#include <fmt/format.h>
#include <malloc.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include <atomic>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <charconv>
#include <csignal>
#include <map>
#include <thread>
#include <vector>

#include "adapters/alibaba/alibaba_api.h"
#include "adapters/megvii/faceid_api.h"
#include "adapters/megvii/raw_api.h"
#include "adapters/native/native_api.h"
#include "adapters/native/verification_json.h"
#include "adapters/outbound/file_fetcher.h"
#include "adapters/outbound/register_client.h"
#include "adapters/outbound/webhook_post.h"
#include "adapters/page/files.h"
#include "adapters/page/page_api.h"
#include "adapters/tencent/files.h"
#include "adapters/tencent/tencent_api.h"
#include "app/commands.h"
#include "app/document_setup.h"
#include "app/engine_setup.h"
#include "app/metrics.h"
#include "app/self_signed.h"
#include "app/sms_setup.h"
#include "app/store_setup.h"
#include "app/terminal.h"
#include "app/verification_setup.h"
#include "base/thread_name.h"
#include "flows/admission.h"
#include "flows/authentication.h"
#include "flows/blob_sweep.h"
#include "flows/capture_check.h"
#include "flows/comparison_records.h"
#include "flows/counted_register.h"
#include "flows/document_reading.h"
#include "flows/idempotency.h"
#include "flows/identity_check.h"
#include "flows/liveness_comparison.h"
#include "flows/number_watch.h"
#include "flows/photo_comparison.h"
#include "flows/photo_verification.h"
#include "flows/presentation_check.h"
#include "flows/reference_photos.h"
#include "flows/register.h"
#include "flows/uploads.h"
#include "flows/verification.h"
#include "flows/webhooks.h"
#include "http/server.h"

namespace selfsame::app {
namespace {

namespace asio = boost::asio;
using adapters::alibaba::AlibabaApi;
using adapters::megvii::FaceIdApi;
using adapters::megvii::RawApi;
using adapters::native::NativeApi;
using adapters::outbound::WebhookPost;
using adapters::page::PageApi;
using adapters::tencent::TencentApi;

using Labels = std::map<std::string, std::string>;

constexpr int kIoThreads = 2;
constexpr std::int64_t kOutboundThreads = 8;
// For the answers of message centres to what has left.
constexpr std::chrono::milliseconds kSmsGrace{5'000};
constexpr const char* kFirstCustomer = "default";
// WIRE.md section 3: two base64 images in the query of one request line.
constexpr std::size_t kRpcRequestLineBytes = 24u << 20;
// The largest limit of the surfaces that share the path "/"; each checks its own.
constexpr std::size_t kRpcBodyBytes = 10u << 20;

struct Endpoint {
  std::string address;
  std::uint16_t port = 0;
};

/// "127.0.0.1:8080", "localhost:8080", "[::1]:8080", ":8080" (all IPv4 addresses).
Result<Endpoint> parse_endpoint(const std::string& text) {
  const auto wrong = [&] {
    return fail(Errc::invalid_parameter, fmt::format("\"{}\" is not HOST:PORT", text));
  };
  const auto colon = text.rfind(':');
  if (colon == std::string::npos) return wrong();
  std::string host = text.substr(0, colon);
  if (host.empty()) host = "0.0.0.0";
  if (host == "localhost") host = "127.0.0.1";
  if (host.front() == '[' && host.back() == ']') host = host.substr(1, host.size() - 2);
  unsigned port = 0;
  const char* end = text.data() + text.size();
  const auto [last, error] = std::from_chars(text.data() + colon + 1, end, port);
  if (error != std::errc{} || last != end || port > 65535) return wrong();
  return Endpoint{.address = std::move(host), .port = static_cast<std::uint16_t>(port)};
}

spdlog::level::level_enum level_of(const std::string& name) {
  if (name == "debug") return spdlog::level::debug;
  if (name == "warning") return spdlog::level::warn;
  if (name == "error") return spdlog::level::err;
  return spdlog::level::info;
}

void set_up_log(const Settings& settings) {
  spdlog::set_default_logger(spdlog::stderr_logger_mt("selfsame"));
  spdlog::set_pattern("%Y-%m-%dT%H:%M:%S.%e%z %l %v");
  spdlog::set_level(level_of(settings.log_level));
}

std::size_t inference_threads(const Settings& settings) {
  if (settings.inference_threads > 0) return static_cast<std::size_t>(settings.inference_threads);
  return std::max(1u, std::thread::hardware_concurrency());
}

std::size_t index_of_fmr(const std::string& name) {
  const auto* it = std::ranges::find(core::kCalibratedFmrNames, name);
  return static_cast<std::size_t>(it - core::kCalibratedFmrNames.begin());
}

core::VerificationPolicy policy_of(const vision::FaceEngine& engine, const Settings& settings) {
  return {
      .pad = engine.pad_policy(),
      .comparison =
          {.match_threshold = engine.calibration().threshold.at(index_of_fmr(settings.match_fmr))}
  };
}

std::string public_url_of(const Settings& settings) {
  if (!settings.public_url.empty()) return settings.public_url;
  const std::string host = settings.listen.starts_with(':') ? "localhost" : "";
  return (settings.tls_certificate_file.empty() ? "http://" : "https://") + host + settings.listen;
}

http::ProxyTrust proxy_trust(const Settings& settings) {
  http::ProxyTrust proxies;
  if (settings.proxy_field == "Forwarded") proxies.field = http::ForwardedField::forwarded;
  std::vector<core::IpNetwork> networks;
  for (const std::string& text : settings.trusted_proxies) {
    if (const auto network = core::network_from(text)) networks.push_back(*network);
  }
  if (networks.empty()) return proxies;
  proxies.trusts = [networks = std::move(networks)](std::string_view text) {
    const auto address = core::network_from(text);
    return address && std::ranges::any_of(networks, [&](const core::IpNetwork& network) {
             return network.contains(address->address);
           });
  };
  return proxies;
}

http::ServerOptions server_options(const Settings& settings, const Endpoint& endpoint) {
  http::ServerOptions options;
  options.address = endpoint.address;
  options.port = endpoint.port;
  if (!settings.tls_certificate_file.empty()) {
    options.tls = http::TlsFiles{
        .certificate_chain = settings.tls_certificate_file,
        .private_key = settings.tls_private_key_file
    };
  }
  options.idle_timeout = std::chrono::milliseconds(settings.idle_timeout_ms);
  options.header_timeout = std::chrono::milliseconds(settings.header_timeout_ms);
  options.body_timeout = std::chrono::milliseconds(settings.body_timeout_ms);
  options.request_deadline = std::chrono::milliseconds(settings.request_deadline_ms);
  options.connections_max = static_cast<std::size_t>(settings.max_connections);
  options.connections_per_client_max =
      static_cast<std::size_t>(settings.max_connections_per_client);
  options.buffered_bytes_max = static_cast<std::size_t>(settings.buffered_bytes_max);
  options.proxies = proxy_trust(settings);
  return options;
}

adapters::native::NativeOptions native_options(const Settings& settings) {
  return {
      .customer_calls_per_second = static_cast<int>(settings.native_customer_calls_per_second),
      .device_calls_per_second = static_cast<int>(settings.native_device_calls_per_second),
      .public_url = public_url_of(settings)
  };
}

http::Response not_found() {
  http::Response response;
  response.status = 404;
  response.content_type = "application/problem+json";
  response.body = R"({"type":"about:blank","title":"Not Found","status":404,"code":"not_found"})";
  return response;
}

/// For a request line that was dropped, so that nobody knows whose it is.
http::Response no_room() {
  http::Response response;
  response.status = 503;
  response.content_type = "application/problem+json";
  response.body =
      R"({"type":"about:blank","title":"Service Unavailable","status":503,"code":"overloaded"})";
  return response;
}

/// One port for all surfaces: which of them a request belongs to (WIRE.md section 0).
struct Surfaces {
  const PageApi& page;
  const NativeApi& native;
  const FaceIdApi& faceid;
  const RawApi& raw;
  const TencentApi& tencent;
  const AlibabaApi& alibaba;

  [[nodiscard]] asio::awaitable<http::Response> handle(http::Request request) const {
    if (PageApi::claims(request)) co_return co_await page.answer(std::move(request));
    if (NativeApi::claims(request)) co_return co_await native.handle(std::move(request));
    if (FaceIdApi::claims(request)) co_return co_await faceid.handle(std::move(request));
    if (RawApi::claims(request)) co_return co_await raw.handle(std::move(request));
    if (AlibabaApi::claims(request)) co_return co_await alibaba.handle(std::move(request));
    if (TencentApi::claims(request)) co_return co_await tencent.handle(std::move(request));
    co_return request.overloaded ? no_room() : not_found();
  }
};

http::LimitsFor limits_for(const Settings& settings) {
  const auto native_body = static_cast<std::size_t>(settings.native_body_bytes_max);
  return [native_body](std::string_view, std::string_view path, const http::Headers*) {
    http::Limits limits;
    if (path == "/") {
      limits.request_line_bytes = kRpcRequestLineBytes;
      limits.body_bytes = kRpcBodyBytes;
      limits.handler_answers_too_large = true;
      limits.handler_answers_overloaded = true;
    } else if (path.find(adapters::megvii::kFaceIdPath) != std::string_view::npos ||
               path.starts_with(adapters::megvii::kRawPath)) {
      limits.body_bytes = adapters::megvii::kRequestBytesMax;
      limits.handler_answers_too_large = true;
      limits.handler_answers_overloaded = true;
    } else if (path.starts_with(adapters::tencent::kFilesPath)) {
      limits.body_bytes = adapters::tencent::kUploadBytesMax;
    } else if (path.starts_with("/v1/")) {
      limits.body_bytes = adapters::native::body_bytes_max(path, native_body);
      limits.handler_answers_too_large = true;
      limits.handler_answers_overloaded = true;
    }
    return limits;
  };
}

/// /livez: the process answers. /readyz: it can do its work. /metrics.
class AdminApi {
 public:
  AdminApi(Metrics& metrics, storage::Database& database, flows::WorkerPool& storage_pool)
      : metrics_(metrics), database_(database), storage_pool_(storage_pool) {}

  void set_ready(bool ready) { ready_ = ready; }

  [[nodiscard]] asio::awaitable<http::Response> handle(http::Request request) {
    http::Response response;
    response.content_type = "text/plain; charset=utf-8";
    if (request.path() == "/livez") {
      response.body = "ok\n";
    } else if (request.path() == "/readyz") {
      const auto ping = [](storage::Database* database) { return database->ping(); };
      const bool database_answers =
          ready_ && (co_await storage_pool_.run(request.deadline, ping, &database_)).has_value();
      response.status = database_answers ? 200 : 503;
      response.body = database_answers ? "ready\n" : "not ready\n";
    } else if (request.path() == "/metrics") {
      response.content_type = "text/plain; version=0.0.4; charset=utf-8";
      response.body = metrics_.text();
    } else {
      response.status = 404;
      response.body = "no such page; there are /livez, /readyz and /metrics\n";
    }
    co_return response;
  }

 private:
  Metrics& metrics_;
  storage::Database& database_;
  flows::WorkerPool& storage_pool_;
  std::atomic<bool> ready_ = false;
};

/// What the inference pool holds, refuses and reckons with. Never by customer.
void add_inference_gauges(Metrics& metrics, const flows::InferencePool& inference) {
  using Load = flows::InferencePool::Load;
  const auto gauge = [&](const char* name, const char* help, auto of, Labels labels = {}) {
    const auto read = [&inference, of] { return static_cast<double>(of(inference.load())); };
    metrics.add_gauge(name, help, read, labels);
  };
  gauge("selfsame_inference_running", "Inference jobs running", [](const Load& load) {
    return load.running;
  });
  gauge("selfsame_inference_waiting", "Inference jobs waiting", [](const Load& load) {
    return load.waiting;
  });
  gauge(
      "selfsame_inference_busy",
      "Share of the workers in use lately, 0 to 1",
      [](const Load& load) { return load.busy; }
  );
  using Refused = flows::InferencePool::Refused;
  static constexpr std::pair<const char*, std::size_t Refused::*> kCauses[] = {
      {"customer_share", &Refused::share},
      {"queue_full", &Refused::full},
      {"deadline", &Refused::deadline},
      {"client_gone", &Refused::abandoned},
  };
  for (const auto& [cause, member] : kCauses) {
    gauge(
        "selfsame_inference_refused",
        "Inference jobs that were not done, by cause",
        [of = member](const Load& load) { return load.refused.*of; },
        {{"cause", cause}}
    );
  }
  static constexpr std::pair<const char*, flows::Work> kKinds[] = {
      {"photo_comparison", flows::Work::photo_comparison},
      {"video_liveness", flows::Work::video_liveness},
      {"document_reading", flows::Work::document_reading},
  };
  for (const auto& [name, kind] : kKinds) {
    gauge(
        "selfsame_inference_cost_seconds",
        "What a job of a kind took lately",
        [at = static_cast<std::size_t>(kind)](const Load& load) { return load.costs_s.at(at); },
        {{"kind", name}}
    );
  }
}

/// A server that nobody can call is of no use: the first start makes a key and shows it once.
Result<void> make_first_key(storage::Database& database) {
  SELFSAME_TRY(keys, database.access_keys().list());
  if (!keys.empty()) return {};
  SELFSAME_TRY(key, database.access_keys().create(kFirstCustomer, SystemClock{}.now()));
  fmt::print(
      "First access key, of customer \"{}\". Its secrets are shown this once:\n"
      "  access_key_id      {}\n  access_key_secret  {}\n  appcode            {}\n",
      kFirstCustomer,
      key.key.access_key_id,
      text_of(key.access_key_secret.reveal()),
      text_of(key.appcode.reveal())
  );
  std::fflush(stdout);
  return {};
}

void log_exchange(const http::Exchange& exchange) {
  spdlog::info(
      "request {} {} {} {:.1f} ms in {} out {}",
      exchange.request_id,
      exchange.method,
      exchange.status,
      exchange.seconds * 1000,
      exchange.bytes_in,
      exchange.bytes_out
  );
}

void add_gauges(
    Metrics& metrics,
    const flows::InferencePool& inference,
    const flows::WorkerPool& storage,
    const flows::WorkerPool& blobs,
    const http::Server& server
) {
  const auto gauge = [&](const char* name, const char* help, auto read) {
    metrics.add_gauge(name, help, [read] { return static_cast<double>(read()); });
  };
  gauge("selfsame_inference_jobs", "Inference jobs running or waiting", [&] {
    return inference.in_flight();
  });
  add_inference_gauges(metrics, inference);
  gauge("selfsame_storage_jobs", "Storage jobs running or waiting", [&] {
    return storage.in_flight();
  });
  gauge("selfsame_storage_refused", "Storage jobs refused because the queue was full", [&] {
    return storage.refused();
  });
  gauge("selfsame_blob_jobs", "Blob jobs running or waiting", [&] { return blobs.in_flight(); });
  gauge("selfsame_blob_refused", "Blob jobs refused because the queue was full", [&] {
    return blobs.refused();
  });
  gauge("selfsame_http_connections", "Open connections", [&] { return server.connections(); });
  gauge("selfsame_http_buffered_bytes", "Request bytes in memory", [&] {
    return server.buffered_bytes();
  });
}

struct Stop {
  asio::signal_set& signals;
  AdminApi& admin_api;
  http::Server& server;
  http::Server* admin;
  const flows::Verifications& verifications;
  std::chrono::milliseconds grace;
};

/// Verdicts have no client that waits: they get what is left of the grace.
asio::awaitable<void> let_judge(
    const flows::Verifications* verifications, std::chrono::steady_clock::time_point limit
) {
  asio::steady_timer timer(co_await asio::this_coro::executor);
  while (verifications->judging() > 0 && std::chrono::steady_clock::now() < limit) {
    timer.expires_after(std::chrono::milliseconds(20));
    co_await timer.async_wait(asio::use_awaitable);
  }
}

asio::awaitable<void> stop_on_signal(Stop stop, asio::io_context* io) {
  const int signal = co_await stop.signals.async_wait(asio::use_awaitable);
  spdlog::info("stopping on signal {}: requests in flight have {} ms", signal, stop.grace.count());
  stop.admin_api.set_ready(false);
  const auto limit = std::chrono::steady_clock::now() + stop.grace;
  const std::size_t left = co_await stop.server.stop(stop.grace);
  if (left > 0) spdlog::warn("{} requests did not end in time and were cut", left);
  co_await let_judge(&stop.verifications, limit);
  if (stop.admin != nullptr) co_await stop.admin->stop(std::chrono::milliseconds(500));
  io->stop();
}

bool drained(const auto& pool) {
  constexpr auto kPatience = std::chrono::seconds(2);
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  while (pool.in_flight() > 0 && std::chrono::steady_clock::now() < deadline) {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  return pool.in_flight() == 0;
}

/// What became of the orphans, for /metrics.
struct Swept {
  std::atomic<std::size_t> blobs = 0;
  std::atomic<std::size_t> failures = 0;
};

void note_sweep(const flows::SweepReport& report, Swept& swept) {
  swept.blobs += report.erased;
  if (report.failure) {
    ++swept.failures;
    spdlog::warn("sweep: {}: {}", name_of(report.failure->code), report.failure->detail);
  }
  spdlog::info(
      "sweep: {} blobs, {} without an outcome, {} erased",
      report.blobs,
      report.orphans,
      report.erased
  );
}

/// Sweeps in the background; nothing when it is switched off.
std::unique_ptr<flows::PeriodicSweep> start_sweeping(
    const Settings& settings, Stores& stores, const Clock& clock, Swept& swept
) {
  if (settings.sweep_interval_hours == 0) return nullptr;
  return std::make_unique<flows::PeriodicSweep>(
      *stores.database,
      *stores.blobs,
      clock,
      flows::SweepOptions{.age = std::chrono::hours(settings.sweep_age_hours)},
      std::chrono::hours(settings.sweep_interval_hours),
      [&swept](const flows::SweepReport& report) { note_sweep(report, swept); }
  );
}

/// Tells customers what became of their verifications, in the background.
std::unique_ptr<flows::WebhookWorker> start_delivering(
    const Settings& settings, Stores& stores, WebhookPost& post, const Clock& clock
) {
  return with_threads_named("webhooks", [&] {
    return std::make_unique<flows::WebhookWorker>(
        *stores.database,
        post,
        clock,
        webhook_sealing_key(*stores.master_key),
        [&blobs = *stores.blobs](
            const storage::WebhookDelivery& delivery, const flows::VerificationView& view
        ) {
          // Where it cannot be had (now, or any more), the event says all else.
          const auto document = flows::load_document(blobs, view.document_blob);
          return adapters::native::webhook_event_text(
              delivery, view, document ? &*document : nullptr
          );
        },
        webhook_options(settings)
    );
  });
}

/// The process holds the master key and faces: no core dump, no reading by other processes.
void keep_memory_private() {
  const rlimit none{.rlim_cur = 0, .rlim_max = 0};
  static_cast<void>(setrlimit(RLIMIT_CORE, &none));
  static_cast<void>(prctl(PR_SET_DUMPABLE, 0));
}

/// Bodies and pictures of many megabytes go back to the system when they are done with. By itself
/// glibc would raise the first bound to the largest of them, and keep 200 MB after a crowd.
void give_large_memory_back() {
  constexpr int kAlone_bytes = 4 << 20;
  constexpr int kKept_bytes = 16 << 20;
  mallopt(M_MMAP_THRESHOLD, kAlone_bytes);
  mallopt(M_TRIM_THRESHOLD, kKept_bytes);
}

/// Each connection is a file: takes as many as the system allows.
void allow_files(std::int64_t connections_max) {
  constexpr rlim_t kOtherFiles = 256;
  const rlim_t wanted = static_cast<rlim_t>(connections_max) + kOtherFiles;
  rlimit files{};
  if (getrlimit(RLIMIT_NOFILE, &files) != 0 || files.rlim_cur >= wanted) return;
  files.rlim_cur = std::min(wanted, files.rlim_max);
  static_cast<void>(setrlimit(RLIMIT_NOFILE, &files));
  if (files.rlim_cur < wanted) {
    spdlog::warn(
        "{} files may be open, and http.max_connections asks for {}: raise the limit (ulimit -n)",
        files.rlim_cur,
        wanted
    );
  }
}

/// The register that the settings name: a source of the operator's, or the imported one.
Result<std::unique_ptr<const flows::Register>> open_register(
    const Settings& settings,
    Stores& stores,
    flows::WorkerPool& blob_pool,
    flows::WorkerPool& outbound_pool
) {
  if (settings.register_url.empty()) {
    return std::make_unique<flows::LocalRegister>(*stores.database, *stores.blobs, blob_pool);
  }
  adapters::outbound::RegisterSource source;
  source.url = settings.register_url;
  source.ca_file = settings.register_ca_file;
  source.timeout = std::chrono::milliseconds(settings.register_timeout_ms);
  source.failures_max = static_cast<int>(settings.register_failures_max);
  source.pause = std::chrono::milliseconds(settings.register_pause_ms);
  if (!settings.register_token_file.empty()) {
    SELFSAME_TRY(token, secret_from(settings.register_token_file));
    source.token = std::move(token);
  }
  return std::make_unique<adapters::outbound::HttpRegister>(std::move(source), outbound_pool);
}

/// Binds, proves the engine, serves until a signal.
int run_server(
    const Settings& settings,
    const Endpoint& endpoint,
    const std::vector<SmsRouteCard>& sms_routes,
    Stores& stores
) {
  const SystemClock clock;
  auto engine = with_threads_named("inference", [&] {
    return load_engine(settings, settings.data_dir + "/model-cache");
  });
  if (!engine) return complain("serve", engine.error());
  const vision::FaceEngine& face_engine = **engine;
  for (const auto& network : face_engine.networks()) {
    spdlog::info("network {} ({}, {})", network.name, network.role, network.precision);
  }
  // The engine starts more threads when it first computes.
  const auto proven =
      with_threads_named("inference", [&] { return prove_engine(face_engine, settings); });
  if (!proven) {
    return complain("serve: the networks do not prove themselves", proven.error());
  }

  flows::InferencePool inference_pool = with_threads_named("inference", [&] {
    return flows::InferencePool(
        inference_threads(settings), static_cast<std::size_t>(settings.inference_queue)
    );
  });
  const auto pool_of = [&](const char* name, std::int64_t threads) {
    return with_threads_named(name, [&] {
      return flows::WorkerPool(
          static_cast<std::size_t>(threads), static_cast<std::size_t>(settings.storage_queue)
      );
    });
  };
  flows::WorkerPool storage_pool = pool_of("storage", settings.storage_threads);
  // A blob store that hangs must not hold up those who only want rows: its requests wait here.
  flows::WorkerPool blob_pool = pool_of("blobs", settings.blob_threads);
  const flows::Authentication authentication(*stores.database, storage_pool, clock);
  const flows::Admission admission(*stores.database, storage_pool, clock);
  const flows::PhotoComparison photo_comparison(
      face_engine, *stores.database, inference_pool, storage_pool, clock
  );
  const flows::ComparisonRecords comparison_records(*stores.database, storage_pool, clock);
  const flows::LivenessComparison liveness_comparison(
      face_engine,
      *stores.database,
      *stores.blobs,
      inference_pool,
      blob_pool,
      clock,
      policy_of(face_engine, settings)
  );
  auto document_networks = document_source(settings, settings.data_dir + "/model-cache");
  if (!document_networks) return complain("serve: models.documents", document_networks.error());
  const flows::Documents documents(
      std::move(*document_networks), *stores.database, inference_pool, storage_pool, clock
  );
  // Strangers' hosts may be slow: what waits for them waits here.
  flows::WorkerPool outbound_pool = pool_of("outbound", kOutboundThreads);
  const auto identity_register = open_register(settings, stores, blob_pool, outbound_pool);
  if (!identity_register) return complain("serve: register", identity_register.error());
  const flows::NumberWatch numbers(*stores.database, storage_pool, clock);
  const flows::IdentityCheck identity_check(
      face_engine,
      *stores.database,
      **identity_register,
      numbers,
      inference_pool,
      storage_pool,
      clock,
      policy_of(face_engine, settings).comparison,
      settings.register_enquiries_per_day
  );
  asio::io_context io(kIoThreads);
  const flows::Verifications verifications(
      face_engine,
      *stores.database,
      *stores.blobs,
      inference_pool,
      storage_pool,
      blob_pool,
      clock,
      io.get_executor(),
      policy_of(face_engine, settings),
      verification_keys(*stores.master_key),
      verification_options(settings, documents, identity_check)
  );
  const flows::Webhooks webhooks(
      *stores.database,
      storage_pool,
      clock,
      webhook_sealing_key(*stores.master_key),
      std::chrono::days(settings.webhook_kept_days)
  );
  const flows::Idempotency idempotency(
      *stores.database, storage_pool, clock, answer_sealing_key(*stores.master_key)
  );
  WebhookPost webhook_post(webhook_targets(settings));
  const NativeApi native(
      {.authentication = authentication,
       .admission = admission,
       .comparison = photo_comparison,
       .records = comparison_records,
       .documents = documents,
       .verifications = verifications,
       .webhooks = webhooks,
       .idempotency = idempotency,
       .check_webhook_url = [&](const std::string& url) { return webhook_post.check(url); },
       .options = native_options(settings)}
  );
  const flows::PresentationCheck presentation_check(
      face_engine, inference_pool, face_engine.pad_policy()
  );
  const flows::Uploads uploads(*stores.database, *stores.blobs, blob_pool, clock);
  const adapters::outbound::FileFetcher fetcher(
      {.hosts = settings.tencent_url_hosts,
       .private_addresses = settings.tencent_url_private_addresses},
      outbound_pool
  );
  const Secret sequence_key = stores.master_key->derive("tencent reflect sequence");
  const Secret token_key = stores.master_key->derive("tencent tokens and result files");
  const std::string public_url = public_url_of(settings);
  const TencentApi tencent(
      {.authentication = authentication,
       .admission = admission,
       .liveness_comparison = liveness_comparison,
       .presentation_check = presentation_check,
       .identity_check = identity_check,
       .documents = documents,
       .uploads = uploads,
       .verifications = verifications,
       .webhooks = webhooks,
       .check_webhook_url = [&](const std::string& url) { return webhook_post.check(url); },
       .fetcher = fetcher,
       .clock = clock,
       .sequence_key = sequence_key,
       .token_key = token_key,
       .public_url = public_url},
      {.sizes = {.v1_body_bytes = static_cast<std::size_t>(settings.tencent_v1_body_bytes_max)},
       .regions = settings.tencent_regions}
  );
  const flows::PhotoVerification photo_verification(
      face_engine,
      *stores.database,
      inference_pool,
      storage_pool,
      clock,
      policy_of(face_engine, settings)
  );
  const flows::SmsVault text_vault = sms_vault(*stores.master_key);
  const flows::SmsOrders text_messages(
      *stores.database, storage_pool, clock, text_vault, sms_order_options(settings, sms_routes)
  );
  const AlibabaApi alibaba(
      {.authentication = authentication,
       .admission = admission,
       .photo_verification = photo_verification,
       .sms = text_messages}
  );
  const flows::PhotoCheck photo_check(face_engine, inference_pool);
  const flows::CountedRegister counted_register(
      **identity_register, numbers, settings.register_enquiries_per_day
  );
  const FaceIdApi faceid(
      {.authentication = authentication,
       .admission = admission,
       .verifications = verifications,
       .photo_check = photo_check,
       .authoritative_register = counted_register,
       .numbers = numbers,
       .calibration = face_engine.calibration(),
       .clock = clock}
  );
  const flows::CaptureCheck capture_check(
      face_engine,
      *stores.database,
      inference_pool,
      storage_pool,
      clock,
      policy_of(face_engine, settings)
  );
  const RawApi raw(
      {.authentication = authentication,
       .admission = admission,
       .capture_check = capture_check,
       .uploads = uploads,
       .authoritative_register = counted_register,
       .numbers = numbers,
       .clock = clock}
  );
  const PageApi page(
      adapters::page::page_files(),
      [&verifications](
          std::string token, flows::Deadline deadline
      ) -> asio::awaitable<std::vector<std::string>> {
        auto outline = co_await verifications.outline(std::move(token), deadline);
        co_return outline ? std::move(outline->look.frame_ancestors) : std::vector<std::string>();
      }
  );
  const Surfaces surfaces{
      .page = page,
      .native = native,
      .faceid = faceid,
      .raw = raw,
      .tencent = tencent,
      .alibaba = alibaba
  };

  Metrics metrics;
  AdminApi admin_api(metrics, *stores.database, storage_pool);
  http::Server server(
      io,
      server_options(settings, endpoint),
      [&](http::Request request) { return surfaces.handle(std::move(request)); },
      limits_for(settings),
      [&](const http::Exchange& exchange) {
        metrics.count(exchange);
        log_exchange(exchange);
      }
  );
  add_gauges(metrics, inference_pool, storage_pool, blob_pool, server);
  auto text_service = SmsService::start(
      sms_routes,
      *stores.database,
      storage_pool,
      clock,
      text_vault,
      std::chrono::days(settings.sms_kept_days)
  );
  if (!text_service) return complain("serve: sms", text_service.error());
  (*text_service)->add_gauges(metrics);
  Swept swept;
  metrics.add_gauge("selfsame_blobs_swept", "Orphaned blobs erased since the start", [&] {
    return static_cast<double>(swept.blobs);
  });
  metrics.add_gauge("selfsame_blob_sweeps_failed", "Sweeps that could not end", [&] {
    return static_cast<double>(swept.failures);
  });
  std::unique_ptr<http::Server> admin;
  if (!settings.admin_listen.empty()) {
    const auto admin_endpoint = parse_endpoint(settings.admin_listen);
    if (!admin_endpoint) return complain("serve: admin.listen", admin_endpoint.error());
    http::ServerOptions options;
    options.address = admin_endpoint->address;
    options.port = admin_endpoint->port;
    admin = std::make_unique<http::Server>(
        io,
        options,
        [&](http::Request request) { return admin_api.handle(std::move(request)); },
        [](std::string_view, std::string_view, const http::Headers*) { return http::Limits{}; }
    );
    admin->start();
  }
  asio::signal_set signals(io, SIGINT, SIGTERM);
  Stop stop{
      .signals = signals,
      .admin_api = admin_api,
      .server = server,
      .admin = admin.get(),
      .verifications = verifications,
      .grace = std::chrono::milliseconds(settings.stop_grace_ms)
  };
  std::exception_ptr failure;
  asio::co_spawn(io, stop_on_signal(stop, &io), [&](std::exception_ptr thrown) {
    failure = std::move(thrown);
    io.stop();
  });
  server.start();
  admin_api.set_ready(true);
  auto sweeping = start_sweeping(settings, stores, clock, swept);
  auto expiring = std::make_unique<PeriodicExpiry>(
      verifications,
      uploads,
      webhooks,
      stores.database->idempotent_requests(),
      std::chrono::seconds(settings.verification_sweep_interval_s)
  );
  auto delivering = start_delivering(settings, stores, webhook_post, clock);
  spdlog::info(
      "serving {}://{}:{}; admin on {}",
      settings.tls_certificate_file.empty() ? "http" : "https",
      endpoint.address,
      server.port(),
      admin ? fmt::format("port {}", admin->port()) : "no port"
  );

  auto threads = with_threads_named("io", [&io] {
    std::vector<std::thread> started;
    for (int i = 1; i < kIoThreads; ++i) started.emplace_back([&io] { io.run(); });
    return started;
  });
  io.run();
  for (std::thread& thread : threads) thread.join();
  (*text_service)->stop(std::min(kSmsGrace, std::chrono::milliseconds(settings.stop_grace_ms)));
  sweeping.reset();
  expiring.reset();
  delivering.reset();
  // What the grace did not let finish has lost its client: it must not hold up the stop for long.
  if (!drained(inference_pool) || !drained(storage_pool) || !drained(blob_pool) ||
      !drained(outbound_pool)) {
    spdlog::warn("stopped with work unfinished; it was not acknowledged");
    spdlog::shutdown();
    std::_Exit(kFailed);
  }
  inference_pool.join();
  storage_pool.join();
  blob_pool.join();
  outbound_pool.join();
  if (failure) std::rethrow_exception(failure);
  spdlog::info("stopped");
  return kDone;
}

}  // namespace

int serve(Settings settings) {
  keep_memory_private();
  give_large_memory_back();
  set_up_log(settings);
  allow_files(settings.max_connections);
  const auto endpoint = parse_endpoint(settings.listen);
  if (!endpoint) {
    complain("serve: listen", endpoint.error());
    return kUsage;
  }
  const auto sms_routes = load_sms_routes(settings);
  if (!sms_routes) {
    complain("serve", sms_routes.error());
    return kUsage;
  }
  auto stores = with_threads_named("writer", [&] { return open_stores(settings); });
  if (!stores) return complain("serve", stores.error());
  if (stores->master_key_created) {
    fmt::print(
        "Made the master key {}. Without it nothing that is stored can be read: keep a copy.\n",
        settings.master_key_file.empty() ? settings.data_dir + "/master.key"
                                         : settings.master_key_file
    );
    std::fflush(stdout);
  }
  if (const auto made = make_first_key(*stores->database); !made) {
    return complain("serve", made.error());
  }
  if (const auto used = use_self_signed(settings, SystemClock().now()); !used) {
    return complain("serve: tls.self_signed", used.error());
  }
  return run_server(settings, *endpoint, *sms_routes, *stores);
}

}  // namespace selfsame::app
