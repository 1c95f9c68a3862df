// SPDX-License-Identifier: Apache-2.0
// What the answers of the native API are made from.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/json/object.hpp>
#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

#include "flows/admission.h"
#include "flows/authentication.h"
#include "flows/comparison_records.h"
#include "flows/document_reading.h"
#include "flows/idempotency.h"
#include "flows/photo_comparison.h"
#include "flows/verification.h"
#include "flows/webhooks.h"
#include "http/message.h"

namespace selfsame::adapters::native {

struct NativeOptions {
  std::size_t image_bytes_max = 10u << 20;
  // Calls of one customer, and of one session's device, in the long run; ten times as many at once.
  // 0: no bound.
  int customer_calls_per_second = 0;
  int device_calls_per_second = 0;
  std::string public_url;  // by which devices reach us, without a slash at its end
};

/// All thread-safe; everything outlives the API.
struct Services {
  const flows::Authentication& authentication;
  const flows::Admission& admission;
  const flows::PhotoComparison& comparison;
  const flows::ComparisonRecords& records;
  const flows::Documents& documents;
  const flows::Verifications& verifications;
  const flows::Webhooks& webhooks;
  const flows::Idempotency& idempotency;
  /// Whether a customer may have its events sent there; the error's detail is for the customer.
  std::function<Result<void>(const std::string& url)> check_webhook_url;
  NativeOptions options;
};

/// A request whose credential, method and path were right.
struct Call {
  http::Request request;
  flows::Caller caller;      // nobody where the credential is a session's token
  flows::Admitted admitted;  // likewise
  std::string name;          // the part of the path that varies: an id, or a token
};

using Answer = boost::asio::awaitable<http::Response>;
using Handler = Answer (*)(const Services& services, Call call);

[[nodiscard]] http::Response json_response(const boost::json::object& object, int status = 200);
[[nodiscard]] http::Response no_content();

/// The problem of a caller who was not admitted.
[[nodiscard]] http::Response refusal(
    const flows::NotAdmitted& not_admitted, std::string_view request_id
);
/// The problem that stands for a flow's error, in words of ours.
[[nodiscard]] http::Response refusal(const Error& error, std::string_view request_id);
/// The same for an error whose detail is a text of ours for the caller.
[[nodiscard]] http::Response refusal_as_said(const Error& error, std::string_view request_id);

}  // namespace selfsame::adapters::native
