// SPDX-License-Identifier: Apache-2.0
// The three JSON documents of the reflection calls: what the device says of itself, the sequence
// that it gets, and what it recorded. The vendor's SDK has opaque packages in their place; ours are
// described in docs/tencent.md. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"
#include "base/secret.h"
#include "core/challenge.h"
#include "flows/liveness_comparison.h"

namespace selfsame::adapters::tencent {

/// {"format":"selfsame-device-1","mirrored":false}
struct DeviceData {
  bool mirrored = false;  // the camera's pictures are mirror images
};

/// A challenge on its way to a device. Times are whole milliseconds.
struct ReflectSequence {
  std::string id;  // UUID; used once
  std::int64_t expires_at_s = 0;
  core::Challenge challenge;
};

/// {"format":"selfsame-live-1","sequence":{...},"video":"base64","stills":[{"time_ms","image"}],
/// "flash_shown_at_ms":[...]}
struct LiveData {
  ReflectSequence sequence;
  vision::CaptureSamples samples;
};

/// What level 1 (silent), 2 (blink), 3 (colours) or 4 (both) asks for.
[[nodiscard]] core::ChallengePlan plan_of_level(int security_level, const DeviceData& device);

/// Whole milliseconds, so that a device that reads and writes the document again changes nothing.
[[nodiscard]] core::Challenge in_milliseconds(core::Challenge challenge);

/// With its signature: HMAC-SHA256 under `key` over customer, id, expiry and challenge.
[[nodiscard]] std::string write_sequence(
    const ReflectSequence& sequence, std::string_view customer, const Secret& key
);

/// `malformed_request` when it is not such a document.
[[nodiscard]] Result<DeviceData> read_device_data(ByteView json);

/// `malformed_request` when it is not such a document or breaks a limit (64 stills of 1 MB, a video
/// of 8 MB, times within two minutes and in order); `unauthenticated` when the sequence was not
/// issued by us to this customer.
[[nodiscard]] Result<LiveData> read_live_data(
    ByteView json, std::string_view customer, const Secret& key
);

}  // namespace selfsame::adapters::tencent
