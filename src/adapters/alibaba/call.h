// SPDX-License-Identifier: Apache-2.0
// What every action knows of the request that called it, and what an action is.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "adapters/alibaba/errors.h"
#include "adapters/alibaba/parameters.h"
#include "adapters/alibaba/response.h"
#include "adapters/alibaba/services.h"
#include "flows/authentication.h"

namespace selfsame::adapters::alibaba {

/// A signed request that was never shown before. Whether the customer may use the product is for
/// the action to ask: each product says so in words of its own.
struct Call {
  flows::Caller caller;
  std::string client_address;  // as in http::Request
  std::string request_id;      // in upper case, as the answer carries it
  flows::Deadline deadline;
  std::function<bool()> is_abandoned;  // as in flows::Turn
  bool is_typed_go_client = false;     // request.h
};

using Run = boost::asio::awaitable<Answer<Fields>> (*)(
    const Services* services, Parameters parameters, Call call
);

struct Action {
  std::string_view name;
  Run run = nullptr;
};

}  // namespace selfsame::adapters::alibaba
