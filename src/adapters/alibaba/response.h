// SPDX-License-Identifier: Apache-2.0
// The vendor's answers: one flat object, as JSON or as XML.
#pragma once

#include <boost/json/object.hpp>
#include <string>
#include <string_view>

#include "adapters/alibaba/errors.h"
#include "adapters/alibaba/request.h"
#include "http/message.h"

namespace selfsame::adapters::alibaba {

/// What an action says beside its RequestId: strings (UTF-8), integers, booleans and objects of
/// them, in this order. Nothing named `Code` unless it is a number (ExecuteRequest): clients throw
/// on it.
using Fields = boost::json::object;

/// What an answer is written with.
struct Rendering {
  Format format = Format::xml;
  std::string request_id;  // in upper case
  std::string host_id;     // of errors: the host that was called
};

[[nodiscard]] Rendering rendering_of(const http::Request& request);

/// HTTP 200; in XML the root is `<ActionResponse>`.
[[nodiscard]] http::Response render(
    const Fields& fields, std::string_view action, const Rendering& rendering
);

/// Its own HTTP status; in XML the root is `<Error>`.
[[nodiscard]] http::Response render(const ApiError& error, const Rendering& rendering);

}  // namespace selfsame::adapters::alibaba
