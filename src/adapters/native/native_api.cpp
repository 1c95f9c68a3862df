// SPDX-License-Identifier: Apache-2.0
#include "adapters/native/native_api.h"

#include <array>
#include <boost/json/serialize.hpp>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>

#include "adapters/native/ground_truth_json.h"
#include "adapters/native/measurements_json.h"
#include "adapters/native/problem.h"
#include "http/multipart.h"

namespace selfsame::adapters::native {
namespace {

constexpr std::string_view kComparisons = "/v1/comparisons";
constexpr std::string_view kGroundTruth = "/ground-truth";
constexpr const char* kProduct = "native.comparisons";  // of `selfsame account set`

/// A refusal with a text for the caller.
struct Refusal {
  Errc code;
  std::string detail;
};

/// What a path names.
struct Resource {
  enum class Kind : std::uint8_t { none, comparisons, comparison, ground_truth };
  Kind kind = Kind::none;
  std::string_view method = {};  // the one that it knows
  std::string_view id = {};      // of the comparison
};

struct Photos {
  Bytes a;
  Bytes b;
};

Resource resource_of(std::string_view path) {
  using Kind = Resource::Kind;
  if (path == kComparisons) return {.kind = Kind::comparisons, .method = "POST"};
  if (!path.starts_with(kComparisons)) return {};
  path.remove_prefix(kComparisons.size());
  if (!path.starts_with('/')) return {};
  Resource resource{.kind = Kind::comparison, .method = "GET", .id = path.substr(1)};
  if (resource.id.ends_with(kGroundTruth)) {
    resource.id.remove_suffix(kGroundTruth.size());
    resource.kind = Kind::ground_truth;
    resource.method = "PUT";
  }
  const bool is_id = !resource.id.empty() && resource.id.find('/') == std::string_view::npos;
  return is_id ? resource : Resource{};
}

/// The credential of `Authorization: Bearer X`; the scheme's case does not matter (RFC 9110).
std::optional<Secret> bearer_of(const http::Request& request) {
  const auto header = request.headers.find("authorization");
  constexpr std::string_view kScheme = "bearer ";
  if (!header || header->size() <= kScheme.size()) return std::nullopt;
  for (std::size_t i = 0; i < kScheme.size(); ++i) {
    const char c = (*header)[i];
    const char lower = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    if (lower != kScheme[i]) return std::nullopt;
  }
  return Secret(header->substr(kScheme.size()));
}

/// What to do about it; empty where the title says it all.
std::string_view explain(Errc code) {
  static constexpr std::pair<Errc, std::string_view> kTexts[] = {
      {Errc::unknown_key, "No such key, or it is disabled."},
      {Errc::not_found, "No such comparison."},
      {Errc::image_undecodable,
       "A photo is not a readable JPEG, PNG, WebP or HEIC picture, or exceeds the pixel limit."},
      {Errc::image_too_large, "A photo is too large."},
      {Errc::overloaded, "All workers are busy; try again in a moment."},
      {Errc::deadline_exceeded, "The work was not done in time; try again."},
      {Errc::storage_unavailable, "Whether the outcome was stored is not known; try again."},
  };
  for (const auto& [known, text] : kTexts) {
    if (known == code) return text;
  }
  return "";
}

tl::expected<Photos, Refusal> read_photos(
    const http::Request& request, std::size_t image_bytes_max
) {
  const auto refuse = [](Errc code, std::string detail) {
    return tl::unexpected(Refusal{code, std::move(detail)});
  };
  const auto parts =
      http::parse_multipart(request.headers.find("content-type").value_or(""), request.body);
  if (!parts) {
    return refuse(
        Errc::malformed_request, "Send multipart/form-data with the image files `a` and `b`."
    );
  }
  std::array<std::optional<std::string_view>, 2> found;
  for (const http::Part& part : *parts) {
    if (part.name != "a" && part.name != "b") {
      return refuse(Errc::unknown_parameter, "Only `a` and `b` are known here.");
    }
    auto& slot = found.at(part.name == "a" ? 0 : 1);
    if (slot) return refuse(Errc::invalid_parameter, "A photo was sent twice.");
    if (part.content.size() > image_bytes_max)
      return refuse(Errc::image_too_large, "A photo is too large.");
    slot = part.content;
  }
  if (!found[0] || found[0]->empty())
    return refuse(Errc::missing_parameter, "The file `a` is missing.");
  if (!found[1] || found[1]->empty())
    return refuse(Errc::missing_parameter, "The file `b` is missing.");
  return Photos{
      .a = Bytes(found[0]->begin(), found[0]->end()), .b = Bytes(found[1]->begin(), found[1]->end())
  };
}

}  // namespace

bool NativeApi::claims(const http::Request& request) noexcept {
  return request.path().starts_with("/v1/");
}

boost::asio::awaitable<http::Response> NativeApi::handle(http::Request request) const {
  const std::string id = request.request_id;
  const Resource resource = resource_of(request.path());
  if (resource.kind == Resource::Kind::none) {
    co_return problem(Errc::not_found, "No such resource.", id);
  }
  if (request.method != resource.method) co_return method_not_allowed(resource.method, id);
  if (request.body_too_large || request.target_too_large) {
    co_return problem(Errc::payload_too_large, "The request is too large.", id);
  }
  if (request.overloaded) co_return problem(Errc::overloaded, explain(Errc::overloaded), id);
  std::optional<Secret> bearer = bearer_of(request);
  if (!bearer) {
    co_return problem(Errc::unauthenticated, "Send `Authorization: Bearer APPCODE`.", id);
  }
  auto caller =
      co_await authentication_.admit_bearer(std::move(*bearer), kProduct, request.deadline);
  if (!caller) co_return problem(caller.error().code, explain(caller.error().code), id);

  std::string comparison_id(resource.id);
  switch (resource.kind) {
    case Resource::Kind::comparisons:
      co_return co_await compare(std::move(request), std::move(*caller));
    case Resource::Kind::comparison:
      co_return co_await show(std::move(request), std::move(*caller), std::move(comparison_id));
    case Resource::Kind::ground_truth:
      co_return co_await state_ground_truth(
          std::move(request), std::move(*caller), std::move(comparison_id)
      );
    case Resource::Kind::none:
      break;
  }
  throw std::logic_error("a resource without an answer");
}

NativeApi::Answer NativeApi::compare(http::Request request, flows::Caller caller) const {
  const std::string id = request.request_id;
  if (comparison_.refuses(caller)) {
    co_return problem(Errc::overloaded, explain(Errc::overloaded), id);
  }
  auto photos = read_photos(request, options_.image_bytes_max);
  if (!photos) co_return problem(photos.error().code, photos.error().detail, id);
  const auto deadline = request.deadline;
  auto is_abandoned = std::move(request.is_abandoned);
  request = {};  // the body is not needed any more: give its memory back
  auto result = co_await comparison_.run(
      std::move(caller),
      id,
      std::move(photos->a),
      std::move(photos->b),
      deadline,
      std::move(is_abandoned)
  );
  if (!result) co_return problem(result.error().code, explain(result.error().code), id);
  boost::json::object answer = comparison_json(*result);
  answer["request_id"] = id;
  http::Response response;
  response.body = boost::json::serialize(answer);
  co_return response;
}

NativeApi::Answer NativeApi::show(http::Request request, flows::Caller caller, std::string id)
    const {
  const auto record = co_await records_.find(std::move(caller), std::move(id), request.deadline);
  if (!record) {
    const Errc code = record.error().code;
    co_return problem(code, explain(code), request.request_id);
  }
  http::Response response;
  response.body = boost::json::serialize(comparison_record_json(*record));
  co_return response;
}

NativeApi::Answer NativeApi::state_ground_truth(
    http::Request request, flows::Caller caller, std::string id
) const {
  const auto same_person = parse_ground_truth(request.body);
  if (!same_person) {
    co_return problem(same_person.error().code, same_person.error().detail, request.request_id);
  }
  const auto stated = co_await records_.state_ground_truth(
      std::move(caller), std::move(id), *same_person, request.deadline
  );
  if (!stated) {
    const Errc code = stated.error().code;
    co_return problem(code, explain(code), request.request_id);
  }
  http::Response response;
  response.status = 204;
  response.content_type.clear();
  co_return response;
}

}  // namespace selfsame::adapters::native
