// SPDX-License-Identifier: Apache-2.0
#include "adapters/tencent/create_upload_url.h"

#include <array>
#include <string>

#include "adapters/tencent/files.h"

namespace selfsame::adapters::tencent {
namespace {

// Those that take URLs.
constexpr std::array<std::string_view, 5> kTargets = {
    "ApplyWebVerificationToken",
    "DetectReflectLivenessAndCompare",
    "GenerateReflectSequence",
    "LivenessCompare",
    "VideoLivenessCompare"
};

constexpr std::array<Field, 1> kFields = {{
    {.name = "TargetAction", .required = true, .max_bytes = 64, .allowed = kTargets},
}};

}  // namespace

std::span<const Field> create_upload_url_fields() {
  return kFields;
}

boost::asio::awaitable<Answer<Success>> create_upload_url(
    const Services* services, Parameters parameters, Call call
) {
  const auto ticket = co_await services->uploads.open(
      call.caller.customer, std::string(parameters.value("TargetAction")), call.deadline
  );
  if (!ticket) co_return refuse(ticket.error());
  const auto expires_s =
      std::chrono::floor<std::chrono::seconds>(ticket->expires_at).time_since_epoch().count();
  Success success{.request_id = call.request_id, .fields = {}};
  success.fields.text("UploadUrl", upload_url(*services, *ticket));
  success.fields.text("ResourceUrl", file_url(*services, *ticket));
  success.fields.integer("ExpiredTimestamp", expires_s);
  co_return success;
}

}  // namespace selfsame::adapters::tencent
