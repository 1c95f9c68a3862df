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
#include "core/customer.h"
#include "flows/admission.h"
#include "flows/authentication.h"
#include "flows/capture_check.h"
#include "flows/number_watch.h"
#include "flows/register.h"
#include "flows/uploads.h"

namespace selfsame::adapters::megvii {

inline constexpr auto kRawVideoProduct = core::Product::megvii_raw_video;
inline constexpr auto kRawSelfieProduct = core::Product::megvii_raw_selfie;
inline constexpr auto kRawRegisterProduct = core::Product::megvii_raw_register;
inline constexpr auto kRawCompareProduct = core::Product::megvii_raw_compare;

/// All of it thread-safe; must outlive the surface.
struct RawServices {
  const flows::Authentication& authentication;
  const flows::Admission& admission;
  const flows::CaptureCheck& capture_check;
  const flows::Uploads& uploads;
  const flows::Register& authoritative_register;
  const flows::NumberWatch& numbers;
  const Clock& clock;
};

/// An authenticated request.
struct RawCall {
  flows::Caller caller;
  std::string client_address;  // as in http::Request
  std::string request_id;
  Timestamp received_at;
  flows::Deadline deadline;
  std::function<bool()> is_abandoned;  // as in flows::Turn

  [[nodiscard]] flows::AdmissionRequest entrance(core::Product product) const {
    return {
        .caller = caller,
        .product = product,
        .client_address = client_address,
        .device = {},
        .deadline = deadline
    };
  }

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
