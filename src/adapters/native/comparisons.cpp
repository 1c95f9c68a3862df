// SPDX-License-Identifier: Apache-2.0
#include "adapters/native/comparisons.h"

#include <array>
#include <optional>
#include <string_view>
#include <utility>

#include "adapters/native/ground_truth_json.h"
#include "adapters/native/measurements_json.h"
#include "http/multipart.h"

namespace selfsame::adapters::native {
namespace {

struct Photos {
  Bytes a;
  Bytes b;
};

/// The error's detail is for the caller.
Result<Photos> read_photos(const http::Request& request, std::size_t image_bytes_max) {
  const auto parts =
      http::parse_multipart(request.headers.find("content-type").value_or(""), request.body);
  if (!parts) {
    return fail(
        Errc::malformed_request, "Send multipart/form-data with the image files `a` and `b`."
    );
  }
  std::array<std::optional<std::string_view>, 2> found;
  for (const http::Part& part : *parts) {
    if (part.name != "a" && part.name != "b") {
      return fail(Errc::unknown_parameter, "Only `a` and `b` are known here.");
    }
    auto& slot = found.at(part.name == "a" ? 0 : 1);
    if (slot) return fail(Errc::invalid_parameter, "A photo was sent twice.");
    if (part.content.size() > image_bytes_max)
      return fail(Errc::image_too_large, "A photo is too large.");
    slot = part.content;
  }
  if (!found[0] || found[0]->empty())
    return fail(Errc::missing_parameter, "The file `a` is missing.");
  if (!found[1] || found[1]->empty())
    return fail(Errc::missing_parameter, "The file `b` is missing.");
  return Photos{
      .a = Bytes(found[0]->begin(), found[0]->end()), .b = Bytes(found[1]->begin(), found[1]->end())
  };
}

}  // namespace

Answer compare(const Services& services, Call call) {
  const std::string id = call.request.request_id;
  if (services.comparison.refuses(call.caller)) co_return refusal({Errc::overloaded, {}}, id);
  auto photos = read_photos(call.request, services.options.image_bytes_max);
  if (!photos) co_return refusal_as_said(photos.error(), id);
  const auto deadline = call.request.deadline;
  auto is_abandoned = std::move(call.request.is_abandoned);
  const bool sandbox = call.admitted.customer->sandbox;
  call.request = {};  // the body is not needed any more: give its memory back
  auto result = co_await services.comparison.run(
      std::move(call.caller),
      id,
      std::move(photos->a),
      std::move(photos->b),
      deadline,
      std::move(is_abandoned),
      sandbox
  );
  if (!result) co_return refusal(result.error(), id);
  boost::json::object answer = comparison_json(*result);
  answer["request_id"] = id;
  co_return json_response(answer);
}

Answer show_comparison(const Services& services, Call call) {
  const auto record = co_await services.records.find(
      std::move(call.caller), std::move(call.name), call.request.deadline
  );
  if (!record) co_return refusal(record.error(), call.request.request_id);
  co_return json_response(comparison_record_json(*record));
}

Answer state_ground_truth(const Services& services, Call call) {
  const auto same_person = parse_ground_truth(call.request.body);
  if (!same_person) co_return refusal_as_said(same_person.error(), call.request.request_id);
  const auto stated = co_await services.records.state_ground_truth(
      std::move(call.caller), std::move(call.name), *same_person, call.request.deadline
  );
  if (!stated) co_return refusal(stated.error(), call.request.request_id);
  co_return no_content();
}

}  // namespace selfsame::adapters::native
