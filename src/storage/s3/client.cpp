// SPDX-License-Identifier: Apache-2.0
#include "storage/s3/client.h"

#include <curl/curl.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <cstring>
#include <iterator>
#include <mutex>
#include <random>
#include <stdexcept>
#include <thread>
#include <utility>
#include <vector>

#include "base/crypto.h"
#include "storage/blob_envelope.h"
#include "storage/s3/answers.h"

namespace selfsame::storage::s3 {
namespace {

using std::chrono::milliseconds;
using SteadyTime = std::chrono::steady_clock::time_point;

constexpr int kAttempts = 4;
constexpr milliseconds kFirstPause{100};
constexpr milliseconds kTakeBackTimeout{2'000};
constexpr long kStallBytesPerSecond = 1'000;
constexpr milliseconds kContinuePatience{200};
constexpr long kTransferBufferBytes = 256L << 10;
constexpr std::size_t kErrorBytesMax = 64U << 10;
constexpr std::size_t kListingBytesMax = 4U << 20;
constexpr std::size_t kIdleHandlesMax = 64;

enum class Method : std::uint8_t { get, put, remove };

struct Request {
  Method method = Method::get;
  std::string path;   // "/BUCKET/KEY" or "/KEY"
  std::string query;  // encoded, in the order of the names
  std::span<const ByteView> body;
  std::string range;
  std::size_t answer_bytes_max = 0;
};

/// What came of one attempt.
struct Exchange {
  CURLcode code = CURLE_OK;
  long status = 0;
  Bytes body;
  bool too_long = false;
  bool of_a_range = false;

  [[nodiscard]] bool succeeded() const {
    constexpr long kRangeOfNothing = 416;  // to probe(): it is there, and empty
    return code == CURLE_OK && (status / 100 == 2 || (of_a_range && status == kRangeOfNothing));
  }
  [[nodiscard]] bool worth_repeating() const {
    if (too_long || code == CURLE_PEER_FAILED_VERIFICATION || code == CURLE_SSL_CACERT_BADFILE) {
      return false;
    }
    if (code != CURLE_OK) return true;
    return status == 408 || status == 429 || status / 100 == 5;
  }
};

struct CloseHandle {
  void operator()(CURL* handle) const noexcept { curl_easy_cleanup(handle); }
};
using Handle = std::unique_ptr<CURL, CloseHandle>;

/// Handles with their open connections; as many as there are calls at a time.
class Handles {
 public:
  Handle take() {
    {
      const std::lock_guard lock(mutex_);
      if (!idle_.empty()) {
        Handle handle = std::move(idle_.back());
        idle_.pop_back();
        return handle;
      }
    }
    Handle handle(curl_easy_init());
    if (!handle) throw std::runtime_error("curl: no handle");
    return handle;
  }

  void give_back(Handle handle) {
    const std::lock_guard lock(mutex_);
    if (idle_.size() < kIdleHandlesMax) idle_.push_back(std::move(handle));
  }

 private:
  std::mutex mutex_;
  std::vector<Handle> idle_;
};

/// The request's header lines.
class HeaderList {
 public:
  HeaderList() = default;
  HeaderList(const HeaderList&) = delete;
  HeaderList& operator=(const HeaderList&) = delete;
  ~HeaderList() { curl_slist_free_all(list_); }

  void add(const std::string& line) {
    curl_slist* longer = curl_slist_append(list_, line.c_str());
    if (longer == nullptr) throw std::runtime_error("curl: no memory");
    list_ = longer;
  }
  [[nodiscard]] curl_slist* get() const noexcept { return list_; }

 private:
  curl_slist* list_ = nullptr;
};

/// Where curl reads the body from.
struct Source {
  std::span<const ByteView> parts;
  std::size_t part = 0;
  std::size_t offset = 0;
};

std::size_t read_body(char* to, std::size_t size, std::size_t count, void* user) {
  auto& source = *static_cast<Source*>(user);
  const std::size_t room = size * count;
  std::size_t done = 0;
  while (done < room && source.part < source.parts.size()) {
    const ByteView rest = source.parts[source.part].subspan(source.offset);
    const std::size_t some = std::min(rest.size(), room - done);
    if (some > 0) std::memcpy(to + done, rest.data(), some);
    done += some;
    source.offset += some;
    if (source.offset == source.parts[source.part].size()) {
      ++source.part;
      source.offset = 0;
    }
  }
  return done;
}

/// curl sends the body again when a kept connection turned out to be closed.
int rewind_body(void* user, curl_off_t offset, int origin) {
  if (offset != 0 || origin != SEEK_SET) return CURL_SEEKFUNC_CANTSEEK;
  auto& source = *static_cast<Source*>(user);
  source.part = 0;
  source.offset = 0;
  return CURL_SEEKFUNC_OK;
}

/// Where curl writes the answer to.
struct Sink {
  CURL* handle;
  std::size_t bytes_max;
  Exchange& exchange;
};

/// Takes `some` bytes more, or says false: longer than allowed.
bool take(Sink& sink, const char* from, std::size_t some) {
  Bytes& body = sink.exchange.body;
  long status = 0;
  curl_easy_getinfo(sink.handle, CURLINFO_RESPONSE_CODE, &status);
  const std::size_t limit = status / 100 == 2 ? sink.bytes_max : kErrorBytesMax;
  if (some > limit - body.size()) {
    sink.exchange.too_long = status / 100 == 2;
    return !sink.exchange.too_long;  // the rest of an error answer is of no interest
  }
  if (body.empty()) {
    curl_off_t length = 0;
    curl_easy_getinfo(sink.handle, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &length);
    if (length > 0) body.reserve(std::min(static_cast<std::size_t>(length), limit));
  }
  body.insert(body.end(), from, from + some);
  return true;
}

std::size_t write_answer(char* from, std::size_t size, std::size_t count, void* user) noexcept {
  return take(*static_cast<Sink*>(user), from, size * count) ? size * count : CURL_WRITEFUNC_ERROR;
}

template <class Value>
void set(CURL* handle, CURLoption option, Value value) {
  if (const CURLcode code = curl_easy_setopt(handle, option, value); code != CURLE_OK) {
    throw std::runtime_error(std::string("curl: option: ") + curl_easy_strerror(code));
  }
}

/// Half of it for certain, the rest by chance: servers that failed together do not come back
/// together.
milliseconds jittered(milliseconds pause) {
  thread_local std::minstd_rand random{std::random_device{}()};
  return milliseconds(std::uniform_int_distribution(pause.count() / 2, pause.count())(random));
}

Error error_of(const Exchange& exchange) {
  if (exchange.too_long) {
    return {Errc::integrity_failure, "the object store holds more than anything we write"};
  }
  if (exchange.code != CURLE_OK) {
    // curl's text for the code only: its longer one names the host.
    return {
        Errc::storage_unavailable,
        std::string("the object store cannot be used: ") + curl_easy_strerror(exchange.code)
    };
  }
  const std::string code = error_code_of(exchange.body);
  if (exchange.status == 404 && code == "NoSuchKey") {
    return {Errc::not_found, "the object store has no such object"};
  }
  return {
      Errc::storage_unavailable,
      "the object store answered " + std::to_string(exchange.status) +
          (code.empty() ? "" : " " + code)
  };
}

constexpr std::string_view kLowerCaseAndDigits = "abcdefghijklmnopqrstuvwxyz0123456789";
constexpr std::string_view kUpperCase = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";

bool consists_of(std::string_view text, std::string_view more) {
  const std::string allowed = std::string(kLowerCaseAndDigits) + std::string(more);
  return text.find_first_not_of(allowed) == std::string_view::npos;
}

/// For an address, as the signature wants it.
std::string percent_encoded(std::string_view text, bool keep_slashes = false) {
  static constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string encoded;
  for (const char c : text) {
    if (consists_of({&c, 1}, "ABCDEFGHIJKLMNOPQRSTUVWXYZ-._~") || (keep_slashes && c == '/')) {
      encoded += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      encoded += {'%', kHex[byte >> 4], kHex[byte & 15]};
    }
  }
  return encoded;
}

/// No step of it may be empty, "." or "..": a proxy would fold it into another key.
bool is_prefix(const std::string& prefix) {
  const std::string steps = "/" + prefix;
  return prefix.size() <= 512 && consists_of(prefix, std::string(kUpperCase) + "._-/") &&
         steps.find("//") == std::string::npos && steps.find("/.") == std::string::npos;
}

bool is_access_key_id(const std::string& id) {
  return !id.empty() && id.size() <= 256 &&
         std::ranges::all_of(id, [](char c) { return c > ' ' && c < 0x7f && c != ':'; });
}

Result<void> check(const S3Options& options) {
  const auto wrong = [](const char* option, const char* want) {
    return fail(Errc::invalid_parameter, std::string("blobs.s3.") + option + " " + want);
  };
  if (options.bucket.size() < 3 || options.bucket.size() > 63 ||
      !consists_of(options.bucket, ".-")) {
    return wrong("bucket", "must be 3 to 63 of a-z, 0-9, . and -");
  }
  if (!is_prefix(options.prefix)) {
    return wrong("prefix", "must consist of letters, digits and ._-/ and not begin with /");
  }
  if (options.region.empty() || options.region.size() > 32 || !consists_of(options.region, "-")) {
    return wrong("region", "must consist of a-z, 0-9 and -");
  }
  if (!is_access_key_id(options.access_key_id)) {
    return wrong("access_key_id", "must be printable, without spaces and colons");
  }
  if (options.secret_access_key.empty()) return wrong("secret_file", "holds nothing");
  return {};
}

struct FreeUrl {
  void operator()(CURLU* url) const noexcept { curl_url_cleanup(url); }
};

std::string part_of(CURLU* url, CURLUPart part) {
  char* text = nullptr;
  if (curl_url_get(url, part, &text, 0) != CURLUE_OK) return {};
  std::string copy(text);
  curl_free(text);
  return copy;
}

/// "https://HOST[:PORT]", in virtual-host style with the bucket before HOST. Its text never goes
/// into the error: people put credentials there.
Result<std::string> base_of(const S3Options& options) {
  const auto wrong = [] {
    return fail(Errc::invalid_parameter, "blobs.s3.endpoint must be https://HOST[:PORT]");
  };
  const std::unique_ptr<CURLU, FreeUrl> url(curl_url());
  if (!url || curl_url_set(url.get(), CURLUPART_URL, options.endpoint.c_str(), 0) != CURLUE_OK) {
    return wrong();
  }
  const std::string scheme = part_of(url.get(), CURLUPART_SCHEME);
  const std::string host = part_of(url.get(), CURLUPART_HOST);
  const std::string path = part_of(url.get(), CURLUPART_PATH);
  if ((scheme != "https" && scheme != "http") || host.empty() || (!path.empty() && path != "/")) {
    return wrong();
  }
  for (const CURLUPart none :
       {CURLUPART_USER, CURLUPART_PASSWORD, CURLUPART_QUERY, CURLUPART_FRAGMENT}) {
    if (!part_of(url.get(), none).empty()) return wrong();
  }
  const std::string port = part_of(url.get(), CURLUPART_PORT);
  return scheme + "://" + (options.virtual_host ? options.bucket + "." : "") + host +
         (port.empty() ? "" : ":" + port);
}

/// Once per process, before the first handle.
void start_curl() {
  static const CURLcode started = curl_global_init(CURL_GLOBAL_DEFAULT);
  if (started != CURLE_OK) throw std::runtime_error("curl does not start");
}

long milliseconds_left(SteadyTime deadline) {
  const auto left = std::chrono::ceil<milliseconds>(deadline - std::chrono::steady_clock::now());
  return std::max<long>(1, static_cast<long>(left.count()));  // 0 would mean for ever
}

}  // namespace

struct Client::Impl {
  S3Options options;
  std::string base;
  Handles handles;

  [[nodiscard]] std::string path_of(const std::string& key) const {
    return (options.virtual_host ? "/" : "/" + options.bucket + "/") + percent_encoded(key, true);
  }

  void prepare(CURL* handle, const Request& request, SteadyTime deadline) const {
    curl_easy_reset(handle);  // keeps the connections
    const std::string url =
        base + request.path + (request.query.empty() ? "" : "?" + request.query);
    set(handle, CURLOPT_URL, url.c_str());
    set(handle, CURLOPT_PROTOCOLS_STR, "http,https");
    set(handle, CURLOPT_FOLLOWLOCATION, 0L);
    set(handle, CURLOPT_PROXY, "");
    set(handle, CURLOPT_NOSIGNAL, 1L);
    set(handle, CURLOPT_TCP_KEEPALIVE, 1L);
    set(handle, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
    set(handle, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
    if (!options.ca_file.empty()) set(handle, CURLOPT_CAINFO, options.ca_file.c_str());
    set(handle, CURLOPT_BUFFERSIZE, kTransferBufferBytes);
    set(handle, CURLOPT_UPLOAD_BUFFERSIZE, kTransferBufferBytes);

    const long left = milliseconds_left(deadline);
    set(handle, CURLOPT_TIMEOUT_MS, left);
    set(handle,
        CURLOPT_CONNECTTIMEOUT_MS,
        std::min(left, static_cast<long>(options.connect_timeout.count())));
    set(handle, CURLOPT_LOW_SPEED_LIMIT, kStallBytesPerSecond);
    const auto stall = std::chrono::ceil<std::chrono::seconds>(options.stall_timeout);
    set(handle, CURLOPT_LOW_SPEED_TIME, static_cast<long>(stall.count()));

    set(handle, CURLOPT_AWS_SIGV4, ("aws:amz:" + options.region + ":s3").c_str());
    set(handle, CURLOPT_USERNAME, options.access_key_id.c_str());
    const std::string secret(text_of(options.secret_access_key.reveal()));
    set(handle, CURLOPT_PASSWORD, secret.c_str());
  }

  Exchange attempt(const Request& request, const std::string& body_sha256, SteadyTime deadline) {
    Exchange exchange;
    exchange.of_a_range = !request.range.empty();
    Handle handle = handles.take();
    prepare(handle.get(), request, deadline);
    HeaderList headers;
    headers.add("x-amz-content-sha256: " + body_sha256);
    Source source{.parts = request.body};
    if (request.method == Method::put) {
      std::size_t size = 0;
      for (const ByteView part : request.body) size += part.size();
      headers.add("Content-Type: application/octet-stream");
      set(handle.get(), CURLOPT_UPLOAD, 1L);
      // "Expect: 100-continue" stays: curl 7.88 would sign the line that takes it away.
      set(handle.get(), CURLOPT_EXPECT_100_TIMEOUT_MS, static_cast<long>(kContinuePatience.count())
      );
      set(handle.get(), CURLOPT_INFILESIZE_LARGE, static_cast<curl_off_t>(size));
      set(handle.get(), CURLOPT_READFUNCTION, &read_body);
      set(handle.get(), CURLOPT_READDATA, &source);
      set(handle.get(), CURLOPT_SEEKFUNCTION, &rewind_body);
      set(handle.get(), CURLOPT_SEEKDATA, &source);
    } else if (request.method == Method::remove) {
      set(handle.get(), CURLOPT_CUSTOMREQUEST, "DELETE");
    }
    if (!request.range.empty()) set(handle.get(), CURLOPT_RANGE, request.range.c_str());
    set(handle.get(), CURLOPT_HTTPHEADER, headers.get());
    Sink sink{.handle = handle.get(), .bytes_max = request.answer_bytes_max, .exchange = exchange};
    set(handle.get(), CURLOPT_WRITEFUNCTION, &write_answer);
    set(handle.get(), CURLOPT_WRITEDATA, &sink);
    exchange.code = curl_easy_perform(handle.get());
    curl_easy_getinfo(handle.get(), CURLINFO_RESPONSE_CODE, &exchange.status);
    handles.give_back(std::move(handle));
    return exchange;
  }

  Result<Bytes> send(const Request& request) {
    const SteadyTime deadline = std::chrono::steady_clock::now() + options.total_timeout;
    const std::string body_sha256 = to_hex(sha256(request.body));
    milliseconds pause = kFirstPause;
    for (int attempts = 1;; ++attempts) {
      Exchange exchange = attempt(request, body_sha256, deadline);
      if (exchange.succeeded()) return std::move(exchange.body);
      const milliseconds wait = jittered(pause);
      if (attempts == kAttempts || !exchange.worth_repeating() ||
          std::chrono::steady_clock::now() + wait >= deadline) {
        return tl::unexpected(error_of(exchange));
      }
      std::this_thread::sleep_for(wait);
      pause *= 4;
    }
  }
};

Client::Client(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Client::Client(Client&&) noexcept = default;
Client::~Client() = default;

Result<Client> Client::make(S3Options options) {
  start_curl();
  SELFSAME_CHECK(check(options));
  SELFSAME_TRY(base, base_of(options));
  auto impl = std::make_unique<Impl>();
  impl->options = std::move(options);
  impl->base = std::move(base);
  return Client(std::move(impl));
}

Result<void> Client::put(const std::string& key, std::span<const ByteView> parts) {
  SELFSAME_CHECK(impl_->send(
      {.method = Method::put,
       .path = impl_->path_of(key),
       .body = parts,
       .answer_bytes_max = kErrorBytesMax}
  ));
  return {};
}

Result<Bytes> Client::get(const std::string& key, std::size_t max_bytes) {
  return impl_->send({.path = impl_->path_of(key), .answer_bytes_max = max_bytes});
}

Result<void> Client::probe(const std::string& key) {
  // Not HEAD: its 404 has no body and does not say whether the object or the bucket is missing.
  SELFSAME_CHECK(impl_->send(
      {.path = impl_->path_of(key),
       .range = "0-0",  // some stores send all of it nevertheless
       .answer_bytes_max = kMaxBlobBytes + kBlobEnvelopeBytes}
  ));
  return {};
}

Result<void> Client::remove(const std::string& key) {
  const auto removed = impl_->send(
      {.method = Method::remove, .path = impl_->path_of(key), .answer_bytes_max = kErrorBytesMax}
  );
  if (removed || removed.error().code == Errc::not_found) return {};
  return tl::unexpected(removed.error());
}

void Client::take_back(const std::string& key) {
  [[maybe_unused]] const Exchange whatever = impl_->attempt(
      {.method = Method::remove, .path = impl_->path_of(key), .answer_bytes_max = kErrorBytesMax},
      sha256_hex(""),
      std::chrono::steady_clock::now() + kTakeBackTimeout
  );
}

Result<Bytes> Client::list(const std::string& prefix, const std::string& after) {
  std::string query = "list-type=2&max-keys=1000";
  if (!prefix.empty()) query += "&prefix=" + percent_encoded(prefix);
  if (!after.empty()) query += "&start-after=" + percent_encoded(after);
  return impl_->send(
      {.path = impl_->options.virtual_host ? "/" : "/" + impl_->options.bucket,
       .query = std::move(query),
       .answer_bytes_max = kListingBytesMax}
  );
}

}  // namespace selfsame::storage::s3
