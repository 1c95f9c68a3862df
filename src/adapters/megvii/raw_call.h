// SPDX-License-Identifier: Apache-2.0
// What every call of Raw knows of its request.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/json/object.hpp>
#include <functional>
#include <string>

#include "adapters/megvii/raw_errors.h"
#include "adapters/megvii/raw_form.h"
#include "base/clock.h"
#include "flows/authentication.h"
#include "flows/capture_check.h"
#include "flows/number_watch.h"
#include "flows/register.h"
#include "flows/uploads.h"

namespace selfsame::adapters::megvii {

inline constexpr const char* kRawVideoProduct = "megvii.raw-video";
inline constexpr const char* kRawSelfieProduct = "megvii.raw-selfie";
inline constexpr const char* kRawRegisterProduct = "megvii.raw-register";
inline constexpr const char* kRawCompareProduct = "megvii.raw-compare";

/// All of it thread-safe; must outlive the surface.
struct RawServices {
  const flows::Authentication& authentication;
  const flows::CaptureCheck& capture_check;
  const flows::Uploads& uploads;
  const flows::Register& authoritative_register;
  const flows::NumberWatch& numbers;
  const Clock& clock;
};

/// An authenticated request.
struct RawCall {
  flows::Caller caller;
  std::string request_id;
  Timestamp received_at;
  flows::Deadline deadline;
  std::function<bool()> is_abandoned;  // as in flows::Turn

  [[nodiscard]] flows::Turn turn(flows::Work kind) const {
    return {
        .customer = caller.customer,
        .kind = kind,
        .deadline = deadline,
        .is_abandoned = is_abandoned
    };
  }
};

/// What the answer says beside request_id, time_used and biz_no.
using RawFields = boost::json::object;
using RawRun = boost::asio::awaitable<RawAnswer<RawFields>> (*)(
    const RawServices* services, const RawForm* form, RawCall call
);

}  // namespace selfsame::adapters::megvii
