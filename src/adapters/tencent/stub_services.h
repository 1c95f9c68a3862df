// SPDX-License-Identifier: Apache-2.0
// For tests: the real flows over an engine and a database that say what a test wants.
#pragma once

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "adapters/tencent/compare_face_liveness.h"
#include "adapters/tencent/identity_actions.h"
#include "adapters/tencent/liveness_answer.h"
#include "adapters/tencent/session_codes.h"
#include "adapters/tencent/tencent_api.h"
#include "base/clock.h"

namespace selfsame::adapters::tencent::testing {

inline constexpr std::string_view kKeyId = "AKIDexample";
inline constexpr std::string_view kSecret = "SecretExample";
inline constexpr std::string_view kCustomer = "acme";
inline constexpr std::string_view kRequestId = "11111111-2222-4333-8444-555555555555";
inline const Timestamp kNow{std::chrono::seconds{1767225600}};
inline constexpr core::VerificationPolicy kPolicy = {
    .pad = {.bona_fide_threshold = 0.5, .retry_threshold = 0.4},
    .comparison = {.match_threshold = 0.3}
};

/// Gives the measurements that core::decide turns into `outcome`, or the error.
class StubEngine final : public vision::FaceEngine {
 public:
  core::Outcome outcome = core::Outcome::match;
  std::optional<Errc> error;
  double duration_s = 3;  // of every video
  mutable int runs = 0;

  Result<vision::FacePhoto> read_photo(ByteView, const vision::PhotoOptions&) const override {
    ++runs;
    if (error) return fail(*error);
    vision::FacePhoto photo;
    photo.defect = reference_defect();
    return photo;
  }
  Result<vision::FacePhoto> read_image(const vision::Image&, const vision::PhotoOptions&)
      const override {
    return fail(Errc::unsupported);
  }
  Result<core::SimilarityScore> compare(const vision::FaceTemplates&, const vision::FaceTemplates&)
      const override {
    return core::SimilarityScore{.cosine = outcome == core::Outcome::match ? 0.3 : 0.15};
  }
  Result<vision::LivenessMeasurement> measure_photo_liveness(ByteView) const override {
    if (error) return fail(*error);
    return measure_video_liveness({});
  }
  Result<vision::CaptureMeasurement> measure_capture(
      const vision::CaptureSamples& samples, const core::Challenge& challenge
  ) const override {
    auto liveness = measure_video_liveness(samples.video);
    if (!liveness) return tl::unexpected(liveness.error());
    core::ChallengeEvidence evidence;
    evidence.framing = framing_fault();
    if (!challenge.actions.empty()) evidence.action = actions_seen(challenge);
    if (!challenge.flashes.empty()) evidence.reflection = reflection_seen(challenge);
    if (!challenge.digits.empty()) evidence.speech = speech_heard(challenge);
    return vision::CaptureMeasurement{.liveness = std::move(*liveness), .challenge = evidence};
  }
  Result<vision::LivenessMeasurement> measure_video_liveness(ByteView) const override {
    vision::LivenessMeasurement measured;
    measured.evidence.defect = video_defect();
    if (measured.evidence.defect) return measured;
    const bool attack = outcome == core::Outcome::attack;
    const bool unsure = outcome == core::Outcome::liveness_unsure;
    measured.evidence.pad = core::PadScore{.value = attack ? 0.1 : unsure ? 0.45 : 0.9};
    measured.evidence.continuous = true;
    measured.evidence.same_face_throughout = true;
    measured.evidence.in_colour = true;
    measured.best_frame = {.width_px = 1, .height_px = 1, .bgr = {1, 2, 3}};
    measured.best_frame_templates = {{1.0F}};
    measured.next_best_frames.resize(4, measured.best_frame);
    measured.duration_s = duration_s;
    return measured;
  }
  Bytes encode_jpeg(const vision::Image&, int) const override {
    constexpr std::string_view kFrame = "best frame";
    return {kFrame.begin(), kFrame.end()};
  }
  const core::ComparisonCalibration& calibration() const noexcept override { return calibration_; }
  const core::PadPolicy& pad_policy() const noexcept override { return kPolicy.pad; }
  std::vector<vision::NetworkFacts> networks() const override { return {}; }
  Result<void> self_test(const std::string&) const override { return {}; }

 private:
  std::optional<core::FramingFault> framing_fault() const {
    using core::FramingFault;
    using core::Outcome;
    static const std::map<Outcome, FramingFault> kFaults = {
        {Outcome::video_face_incomplete, FramingFault::incomplete},
        {Outcome::video_too_close, FramingFault::too_close},
        {Outcome::video_too_far, FramingFault::too_far},
        {Outcome::video_off_left, FramingFault::too_far_left},
        {Outcome::video_off_right, FramingFault::too_far_right},
        {Outcome::video_too_dark, FramingFault::too_dark},
        {Outcome::video_too_bright, FramingFault::too_bright}
    };
    const auto it = kFaults.find(outcome);
    return it == kFaults.end() ? std::nullopt : std::optional(it->second);
  }
  core::ActionEvidence actions_seen(const core::Challenge& challenge) const {
    using core::Outcome;
    core::ActionEvidence seen;
    seen.moved = outcome != Outcome::action_no_movement;
    const bool missing = outcome == Outcome::action_no_blink ||
                         outcome == Outcome::action_missing ||
                         outcome == Outcome::action_no_open_mouth;
    if (missing) return seen;
    double at_s = 1;
    for (const core::ActionPrompt& prompt : challenge.actions) {
      seen.events.push_back({prompt.action, at_s, at_s + 0.2, at_s + 0.4});
      at_s += outcome == Outcome::action_out_of_turn ? -0.7 : 1;
    }
    std::ranges::sort(seen.events, {}, &core::ActionEvent::begin_s);
    return seen;
  }
  core::ReflectionEvidence reflection_seen(const core::Challenge& challenge) const {
    return {
        .samples = static_cast<int>(challenge.flashes.size()),
        .flashes_seen = static_cast<int>(challenge.flashes.size()),
        .correlation = outcome == core::Outcome::reflection_mismatch ? 0.1 : 0.9,
        .rank = outcome == core::Outcome::reflection_too_weak ? 0.5 : 1,
        .lag_s = 0.1,
        .lag_spread_s = 0.01,
        .relief = outcome == core::Outcome::reflection_flat ? 0.0 : 0.8,
        .relief_correlation = 0.8,
        .relief_of_weaker_side = 0.8,
        .gloss = 0,
        .response = 10,
        .too_bright = outcome == core::Outcome::reflection_too_bright
    };
  }
  core::SpeechEvidence speech_heard(const core::Challenge& challenge) const {
    using core::Outcome;
    return {
        .has_sound = outcome != Outcome::speech_no_sound,
        .loudness_dbfs = outcome == Outcome::speech_too_quiet ? -70.0 : -20.0,
        .voiced_s = 2,
        .heard = outcome == Outcome::speech_not_recognised ? "" : challenge.digits,
        .likelihood_ratio = 5,
        .lip_movement = outcome == Outcome::lips_still ? 1.0 : 3.0,
        .lip_range = 0.3,
        .sync = outcome == Outcome::lips_out_of_step ? 0.0 : 0.6
    };
  }
  std::optional<core::CaptureDefect> reference_defect() const {
    using core::CaptureDefect;
    using core::Outcome;
    static const std::map<Outcome, CaptureDefect> kDefects = {
        {Outcome::reference_no_face, CaptureDefect::no_face},
        {Outcome::reference_several_faces, CaptureDefect::several_faces},
        {Outcome::reference_poor_quality, CaptureDefect::poor_quality},
        {Outcome::reference_wrong_size, CaptureDefect::wrong_size}
    };
    const auto it = kDefects.find(outcome);
    return it == kDefects.end() ? std::nullopt : std::optional(it->second);
  }
  std::optional<core::CaptureDefect> video_defect() const {
    using core::CaptureDefect;
    using core::Outcome;
    static const std::map<Outcome, CaptureDefect> kDefects = {
        {Outcome::video_undecodable, CaptureDefect::undecodable},
        {Outcome::video_too_short, CaptureDefect::too_short},
        {Outcome::video_no_face, CaptureDefect::no_face},
        {Outcome::video_several_faces, CaptureDefect::several_faces},
        {Outcome::video_poor_quality, CaptureDefect::poor_quality},
        {Outcome::video_mask_worn, CaptureDefect::mask_worn}
    };
    const auto it = kDefects.find(outcome);
    return it == kDefects.end() ? std::nullopt : std::optional(it->second);
  }

  core::ComparisonCalibration calibration_{
      .threshold = {0.3, 0.4, 0.5, 0.6}, .precision = "f32", .version = "test"
  };
};

class StubBlobs final : public storage::BlobStore {
 public:
  std::optional<Errc> error;  // of every reading

  Result<std::string> put(ByteView content) override {
    const std::lock_guard lock(mutex_);
    std::string id = "blob" + std::to_string(++count_);
    blobs_[id] = Bytes(content.begin(), content.end());
    return id;
  }
  Result<Bytes> get(const std::string& id) override {
    const std::lock_guard lock(mutex_);
    if (error) return fail(*error);
    return blobs_.at(id);
  }
  Result<void> erase(const std::string& id) override {
    const std::lock_guard lock(mutex_);
    blobs_.erase(id);
    return {};
  }
  Result<storage::BlobPage> list(const std::string&) override { return storage::BlobPage(); }
  std::size_t remove_drafts() override { return 0; }

 private:
  std::mutex mutex_;
  int count_ = 0;
  std::map<std::string, Bytes> blobs_;
};

/// One key, one customer. Used by one worker thread only.
class StubDatabase final : public storage::Database,
                           private storage::AccessKeys,
                           private storage::Customers,
                           private storage::Outcomes,
                           private storage::SeenRequests,
                           private storage::Uploads {
 public:
  core::Customer customer;
  std::int64_t balance_minor = 0;
  std::vector<storage::OutcomeRecord> outcomes_stored;
  std::vector<storage::LedgerEntry> charges;

  storage::AccessKeys& access_keys() override { return *this; }
  storage::Customers& customers() override { return *this; }
  storage::Outcomes& outcomes() override { return *this; }
  storage::SeenRequests& seen_requests() override { return *this; }
  storage::VerificationSessions& verifications() override { throw std::logic_error("not here"); }
  storage::WebhookQueue& webhooks() override { throw std::logic_error("not here"); }
  storage::IdempotentRequests& idempotent_requests() override {
    throw std::logic_error("not here");
  }
  storage::Uploads& uploads() override { return *this; }
  storage::RegisterRecords& register_records() override { throw std::logic_error("not here"); }
  storage::NumberHistory& number_history() override { throw std::logic_error("not here"); }
  storage::SmsMessages& sms_messages() override { throw std::logic_error("not here"); }
  Result<void> ping() override { return {}; }

 private:
  Result<storage::AccessKeyWithSecrets> create(std::string, Timestamp) override {
    return fail(Errc::unsupported);
  }
  Result<storage::AccessKeyWithSecrets> find(const std::string& access_key_id) override {
    if (access_key_id != kKeyId) return fail(Errc::unknown_key);
    return storage::AccessKeyWithSecrets{
        .key = {.access_key_id = access_key_id, .customer = std::string(kCustomer)},
        .access_key_secret = Secret(kSecret),
        .appcode = Secret()
    };
  }
  Result<storage::AccessKey> find_by_appcode(const Secret&) override {
    return fail(Errc::unknown_key);
  }
  Result<std::vector<storage::AccessKey>> list() override { return fail(Errc::unsupported); }
  Result<int> disable(const std::string&, Timestamp) override { return fail(Errc::unsupported); }

  Result<storage::CustomerStanding> standing(const std::string&) override {
    return storage::CustomerStanding{
        .version = 1, .settings = customer, .balance_minor = balance_minor
    };
  }
  Result<void> settle(const storage::CustomerVersion&) override { return fail(Errc::unsupported); }
  Result<std::vector<storage::CustomerVersion>> history(const std::string&) override {
    return fail(Errc::unsupported);
  }
  Result<std::vector<std::string>> names() override { return fail(Errc::unsupported); }
  Result<std::int64_t> credit(const storage::CustomerCredit&) override {
    return fail(Errc::unsupported);
  }
  Result<std::vector<storage::CustomerCredit>> credits(const std::string&) override {
    return fail(Errc::unsupported);
  }
  Result<bool> use(const std::string&, core::Product, std::int64_t, std::int64_t per_day) override {
    if (used_ >= per_day) return false;
    ++used_;
    return true;
  }
  Result<std::int64_t> used(const std::string&, core::Product, std::int64_t) override {
    return used_;
  }

  Result<storage::OutcomeRecord> commit(
      const storage::OutcomeRecord& outcome, const std::optional<storage::LedgerEntry>& charge
  ) override {
    outcomes_stored.push_back(outcome);
    if (charge) charges.push_back(*charge);
    return outcome;
  }
  Result<std::optional<storage::OutcomeRecord>> find_by_fingerprint(
      const std::string&, const std::string& fingerprint
  ) override {
    for (const auto& stored : outcomes_stored) {
      if (stored.request_fingerprint == fingerprint) return std::optional(stored);
    }
    return std::optional<storage::OutcomeRecord>{};
  }
  Result<storage::OutcomeRecord> find(const std::string&, const std::string&) override {
    return fail(Errc::not_found);
  }
  Result<void> set_ground_truth(const std::string&, const std::string&, storage::GroundTruth)
      override {
    return fail(Errc::unsupported);
  }
  Result<std::optional<storage::GroundTruth>> ground_truth(const std::string&, const std::string&)
      override {
    return fail(Errc::unsupported);
  }
  Result<std::vector<std::string>> referenced_blobs(const std::vector<std::string>&) override {
    return std::vector<std::string>();
  }
  Result<std::vector<storage::LedgerEntry>> ledger(const storage::LedgerQuery&) override {
    return charges;
  }

  Result<bool> remember(const std::string& fingerprint, Timestamp, Timestamp) override {
    return seen_.emplace(fingerprint, true).second;
  }

  Result<std::vector<std::string>> add(const storage::UploadRecord& record, Timestamp) override {
    uploads_.push_back(record);
    return std::vector<std::string>();
  }
  Result<std::vector<std::string>> forget_expired(Timestamp) override {
    return std::vector<std::string>();
  }
  Result<void> check_open(const std::string& upload_hash, Timestamp now) override {
    for (const storage::UploadRecord& each : uploads_) {
      if (each.upload_hash != upload_hash || each.expires_at <= now) continue;
      if (!each.blob.empty()) return fail(Errc::conflict);
      return {};
    }
    return fail(Errc::not_found);
  }
  Result<void> fill(const std::string& upload_hash, const std::string& blob, Timestamp now)
      override {
    if (auto open = check_open(upload_hash, now); !open) return open;
    std::ranges::find(uploads_, upload_hash, &storage::UploadRecord::upload_hash)->blob = blob;
    return {};
  }
  Result<storage::UploadRecord> find(const std::string& file_hash, Timestamp now) override {
    for (const storage::UploadRecord& each : uploads_) {
      if (each.file_hash == file_hash && each.expires_at > now && !each.blob.empty()) return each;
    }
    return fail(Errc::not_found);
  }

  std::int64_t used_ = 0;
  std::map<std::string, bool> seen_;
  std::vector<storage::UploadRecord> uploads_;
};

/// Knows some URLs; the others cannot be reached.
class StubFetcher final : public flows::UrlFetcher {
 public:
  std::map<std::string, tl::expected<Bytes, flows::FetchFailure>> answers;

  boost::asio::awaitable<tl::expected<Bytes, flows::FetchFailure>> fetch(
      std::string url, std::size_t bytes_max, flows::Deadline
  ) const override {
    const auto it = answers.find(url);
    if (it == answers.end()) co_return tl::unexpected(flows::FetchFailure::not_allowed);
    if (it->second && it->second->size() > bytes_max) {
      co_return tl::unexpected(flows::FetchFailure::too_large);
    }
    co_return it->second;
  }
};

/// Finds what a test wants.
class StubRegister final : public flows::Register {
 public:
  core::RegisterFinding finding = core::RegisterFinding::found;
  mutable std::vector<core::RegisterQuery> queries;

  boost::asio::awaitable<Result<flows::RegisterAnswer>> look_up(
      core::RegisterQuery query, flows::Deadline
  ) const override {
    queries.push_back(std::move(query));
    co_return flows::RegisterAnswer{.finding = finding, .photo = {1}};
  }
};

/// Reads what a test wants.
class StubReader {
 public:
  vision::DocumentReading reading;
  std::optional<Errc> error;
  int readings = 0;

  flows::DocumentSource source() {
    const auto read = [this](const vision::Image&, const vision::DocumentOptions&)
        -> Result<vision::DocumentReading> {
      ++readings;
      if (error) return fail(*error);
      return reading;
    };
    return {
        .types = {"MainlandIDCard", "HKIDCard", "SingaporeIDCard"},
        .read = read,
        .forms =
            {{"MainlandIDCard", "front", {"document_number", "full_name"}},
             {"HKIDCard", "front", {"document_number", "full_name", "full_name_local"}},
             {"SingaporeIDCard", "front", {"document_number", "full_name"}},
             {"SingaporeIDCard", "back", {"address"}}}
    };
  }
};

/// The surface over all of it.
class StubServer {
 public:
  StubEngine engine;
  StubDatabase database;
  StubBlobs blobs;
  StubFetcher fetcher;
  StubRegister registry;
  StubReader reader;
  ManualClock clock{kNow};

  /// @param sessions  where verification sessions are stored; null: there are none. Outlives this.
  explicit StubServer(TencentSettings settings = {}, storage::Database* sessions = nullptr)
      : sessions_(sessions), api_(services_, std::move(settings)) {}

  /// What a device does, and the sweep.
  [[nodiscard]] const flows::Verifications& verifications() const { return verifications_; }
  /// Also lets what it began come to its end.
  template <class T>
  T await(boost::asio::awaitable<T> work) {
    std::optional<T> done;
    io_.restart();
    boost::asio::co_spawn(io_, put_into(std::move(work), &done), boost::asio::detached);
    io_.run();
    return std::move(done).value();
  }

  http::Response ask(http::Request request) {
    std::optional<http::Response> response;
    io_.restart();
    boost::asio::co_spawn(
        io_, ask_into(&api_, std::move(request), &response), boost::asio::detached
    );
    io_.run();
    return std::move(response).value();
  }

 private:
  template <class T>
  static boost::asio::awaitable<void> put_into(
      boost::asio::awaitable<T> work, std::optional<T>* done
  ) {
    *done = co_await std::move(work);
  }
  static boost::asio::awaitable<void> ask_into(
      const TencentApi* api, http::Request request, std::optional<http::Response>* response
  ) {
    *response = co_await api->handle(std::move(request));
  }

  flows::VerificationOptions verification_options() {
    flows::VerificationOptions options;
    options.documents = &documents_;
    options.ask_register = [this](auto caller, auto query, bool sandbox, auto deadline) {
      return identity_check_.enquire(std::move(caller), std::move(query), sandbox, deadline);
    };
    options.limits.chunk_bytes_min = 1;
    options.limits.waiting_bytes_max = 1;  // one at a time
    options.kept = [](const std::string& operation) { return kept_for(operation); };
    options.billed_code = billed_session_code;
    return options;
  }

  storage::Database* sessions_;
  boost::asio::io_context io_;  // before the pools: their threads may still be waking it
  flows::WorkerPool storage_pool_{1, 4};
  flows::InferencePool inference_pool_{1, 4};
  flows::Authentication authentication_{database, storage_pool_, clock};
  flows::Admission admission_{database, storage_pool_, clock};
  flows::LivenessComparison comparison_{
      engine, database, blobs, inference_pool_, storage_pool_, clock, kPolicy
  };
  flows::PresentationCheck presentation_check_{engine, inference_pool_, kPolicy.pad};
  flows::NumberWatch numbers_{database, storage_pool_, clock};
  flows::IdentityCheck identity_check_{
      engine,
      database,
      registry,
      numbers_,
      inference_pool_,
      storage_pool_,
      clock,
      kPolicy.comparison,
      0
  };
  flows::Documents documents_{reader.source(), database, inference_pool_, storage_pool_, clock};
  flows::Uploads uploads_{database, blobs, storage_pool_, clock};
  Secret sequence_key_{std::string_view("a key of 32 bytes, for tests only")};
  Secret token_key_{std::string_view("another key of 32 bytes, a test.")};
  flows::Verifications verifications_{
      engine,
      sessions_ != nullptr ? *sessions_ : database,
      blobs,
      inference_pool_,
      storage_pool_,
      storage_pool_,
      clock,
      io_.get_executor(),
      kPolicy,
      {.challenge = Secret(std::string_view("challenge")),
       .token = Secret(std::string_view("token"))},
      verification_options()
  };
  flows::Webhooks webhooks_{
      sessions_ != nullptr ? *sessions_ : database,
      storage_pool_,
      clock,
      Secret(std::string_view("a third key of 32 bytes, a test."))
  };
  std::string public_url_ = "https://id.example.com";
  Services services_{
      .authentication = authentication_,
      .admission = admission_,
      .liveness_comparison = comparison_,
      .presentation_check = presentation_check_,
      .identity_check = identity_check_,
      .documents = documents_,
      .uploads = uploads_,
      .verifications = verifications_,
      .webhooks = webhooks_,
      .check_webhook_url = [](const std::string&) { return Result<void>(); },
      .fetcher = fetcher,
      .clock = clock,
      .sequence_key = sequence_key_,
      .token_key = token_key_,
      .public_url = public_url_
  };
  TencentApi api_;
};

/// "POST / HTTP/1.1", header lines, an empty line, the body; line ends are "\n".
inline http::Request parse_request(std::string_view text) {
  http::Request request;
  const auto take_line = [&text] {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    return line;
  };
  const std::string_view first = take_line();
  const std::size_t space = std::min(first.find(' '), first.size());
  request.method = first.substr(0, space);
  request.target = first.substr(std::min(space + 1, first.size()));
  request.target = request.target.substr(0, request.target.find(' '));
  for (std::string_view line = take_line(); !line.empty(); line = take_line()) {
    const std::size_t colon = std::min(line.find(": "), line.size());
    request.headers.add(
        std::string(line.substr(0, colon)),
        std::string(line.substr(std::min(colon + 2, line.size())))
    );
  }
  request.body = text;
  request.request_id = kRequestId;
  request.received_at = kNow;
  request.deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  return request;
}

}  // namespace selfsame::adapters::tencent::testing
