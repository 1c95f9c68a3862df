// SPDX-License-Identifier: Apache-2.0
#include "adapters/tencent/reflect_liveness.h"

#include <array>
#include <string>
#include <utility>

#include "adapters/tencent/files.h"
#include "adapters/tencent/liveness_answer.h"
#include "adapters/tencent/reflect_packages.h"
#include "base/crypto.h"

namespace selfsame::adapters::tencent {
namespace {

constexpr std::size_t kUrlBytesMax = 4096;
constexpr std::size_t kMd5BytesMax = 64;
constexpr std::array<std::string_view, 4> kLevels = {"1", "2", "3", "4"};
constexpr int kDefaultLevel = 4;

constexpr std::array<Field, 3> kSequenceFields = {{
    {.name = "DeviceDataUrl", .required = true, .max_bytes = kUrlBytesMax},
    {.name = "DeviceDataMd5", .required = true, .max_bytes = kMd5BytesMax},
    {.name = "SecurityLevel", .allowed = kLevels},
}};

constexpr std::array<Field, 4> kDetectFields = {{
    {.name = "LiveDataUrl", .required = true, .max_bytes = kUrlBytesMax},
    {.name = "LiveDataMd5", .required = true, .max_bytes = kMd5BytesMax},
    {.name = "ImageUrl", .required = true, .max_bytes = kUrlBytesMax},
    {.name = "ImageMd5", .required = true, .max_bytes = kMd5BytesMax},
}};

std::int64_t seconds_of(Timestamp time) {
  return std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count();
}

/// A recording for a challenge that is not ours, not this customer's, or answered already.
tl::unexpected<ApiError> refuse_recording() {
  return refuse_outcome(core::Outcome::recording_spoofed);
}

boost::asio::awaitable<Answer<Bytes>> fetch_named(
    const Services* services,
    const Call* call,
    const Parameters* parameters,
    std::string_view what,
    MediaKind kind
) {
  const std::string md5_field = std::string(what) + "Md5";
  co_return co_await fetch_checked_media(
      services,
      call,
      std::string(parameters->value(std::string(what) + "Url")),
      std::string(parameters->value(md5_field)),
      md5_field,
      kind
  );
}

}  // namespace

std::span<const Field> generate_reflect_sequence_fields() {
  return kSequenceFields;
}

boost::asio::awaitable<Answer<Success>> generate_reflect_sequence(
    const Services* services, Parameters parameters, Call call
) {
  const auto package =
      co_await fetch_named(services, &call, &parameters, "DeviceData", MediaKind::package);
  if (!package) co_return tl::unexpected(package.error());
  const auto device = read_device_data(*package);
  if (!device) co_return refuse_download(false);
  const std::string_view level = parameters.value("SecurityLevel");
  const int security_level = level.empty() ? kDefaultLevel : level.front() - '0';
  const ReflectSequence sequence{
      .id = random_uuid(),
      .expires_at_s = seconds_of(services->clock.now() + kSequenceLifetime),
      .challenge =
          in_milliseconds(core::draw_challenge(plan_of_level(security_level, *device), random_below)
          )
  };
  const std::string document =
      write_sequence(sequence, call.caller.customer, services->sequence_key);
  const ByteView bytes = bytes_of(document);
  const auto ticket = co_await services->uploads.publish(
      call.caller.customer,
      std::string(kSequencePurpose),
      Bytes(bytes.begin(), bytes.end()),
      call.deadline
  );
  if (!ticket) co_return refuse(ticket.error());
  Success success{.request_id = call.request_id, .fields = {}};
  success.fields.text("ReflectSequenceUrl", file_url(*services, *ticket));
  success.fields.text("ReflectSequenceMd5", md5_hex(bytes));
  co_return success;
}

std::span<const Field> detect_reflect_liveness_and_compare_fields() {
  return kDetectFields;
}

boost::asio::awaitable<Answer<Success>> detect_reflect_liveness_and_compare(
    const Services* services, Parameters parameters, Call call
) {
  const auto package =
      co_await fetch_named(services, &call, &parameters, "LiveData", MediaKind::package);
  if (!package) co_return tl::unexpected(package.error());
  auto live = read_live_data(*package, call.caller.customer, services->sequence_key);
  if (!live && live.error().code == Errc::unauthenticated) co_return refuse_recording();
  if (!live) co_return refuse_download(false);
  if (live->sequence.expires_at_s <= seconds_of(services->clock.now())) {
    co_return refuse_outcome(core::Outcome::action_out_of_turn);
  }
  const Timestamp expires_at(std::chrono::seconds(live->sequence.expires_at_s));
  const Timestamp issued_at = expires_at - kSequenceLifetime;
  const std::chrono::duration<double> available = services->clock.now() - issued_at;
  auto image = co_await fetch_named(services, &call, &parameters, "Image", MediaKind::image);
  if (!image) co_return tl::unexpected(std::move(image).error());

  const LivenessType type{
      .mode = live->sequence.challenge.modes().back(), .challenge = live->sequence.challenge
  };
  auto request = liveness_request(call, "DetectReflectLivenessAndCompare", type);
  request.reference_image = std::move(*image);
  request.samples = std::move(live->samples);
  request.single_use = "tencent/sequence/" + live->sequence.id;
  request.single_use_until = expires_at;
  request.available_s = available.count();
  const auto& flow = services->liveness_comparison;
  const auto result = co_await flow.run(std::move(request));
  if (!result && result.error().code == Errc::replayed) co_return refuse_recording();
  if (!result && result.error().code == Errc::expired) {
    co_return refuse_outcome(core::Outcome::action_out_of_turn);
  }
  if (!result) co_return refuse(result.error());
  Success success = render_liveness(*result, flow.calibration(), type.mode);
  std::string url;
  std::string md5;
  if (!result->best_frame_jpeg.empty()) {
    const auto published = co_await publish_best_frame(services, &call, result->best_frame_jpeg);
    if (!published) co_return refuse(published.error());
    url = *published;
    md5 = md5_hex(result->best_frame_jpeg);
  }
  success.fields.text("BestFrameUrl", url);
  success.fields.text("BestFrameMd5", md5);
  co_return success;
}

}  // namespace selfsame::adapters::tencent
