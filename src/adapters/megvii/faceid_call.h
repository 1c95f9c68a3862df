// SPDX-License-Identifier: Apache-2.0
// get_biz_token and get_result: what both know of their request, and what they answer.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/json/object.hpp>
#include <functional>
#include <string>
#include <string_view>

#include "adapters/megvii/errors.h"
#include "adapters/megvii/parameters.h"
#include "adapters/megvii/services.h"
#include "base/clock.h"
#include "core/customer.h"
#include "flows/admission.h"
#include "flows/authentication.h"
#include "flows/worker_pool.h"

namespace selfsame::adapters::megvii {

inline constexpr auto kFaceIdProduct = core::Product::megvii_faceid;

/// An authenticated request of a customer. Whether it may use the product is for the call to say.
struct Call {
  flows::Caller caller;
  std::string client_address;  // as in http::Request
  Timestamp received_at;
  flows::Deadline deadline;
  std::function<bool()> is_abandoned;  // as in flows::Turn

  [[nodiscard]] flows::AdmissionRequest entrance() const {
    return {
        .caller = caller,
        .product = kFaceIdProduct,
        .client_address = client_address,
        .device = {},
        .deadline = deadline
    };
  }
};

/// What the answer says beside request_id and time_used.
using Fields = boost::json::object;

}  // namespace selfsame::adapters::megvii
