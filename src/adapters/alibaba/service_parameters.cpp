// SPDX-License-Identifier: Apache-2.0
#include "adapters/alibaba/service_parameters.h"

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <optional>
#include <utility>

#include "base/base64.h"

namespace selfsame::adapters::alibaba {
namespace {

namespace json = boost::json;

using Fault = tl::unexpected<ParametersFault>;

/// Its text; empty where it is absent or null, nothing where it is something else.
std::optional<std::string_view> text_in(const json::object& object, std::string_view name) {
  const json::value* value = object.if_contains(name);
  if (value == nullptr || value->is_null()) return std::string_view{};
  const json::string* text = value->if_string();
  if (text == nullptr) return std::nullopt;
  return std::string_view(*text);
}

tl::expected<Bytes, ParametersFault> photo_from(std::string_view text) {
  if (text.size() > kPhotoBytesMax / 3 * 4 + 4) return Fault(ParametersFault::over_limit);
  auto bytes = from_base64(text);
  if (!bytes) return Fault(ParametersFault::not_base64);
  if (bytes->size() > kPhotoBytesMax) return Fault(ParametersFault::over_limit);
  return std::move(*bytes);
}

}  // namespace

tl::expected<FacePhotos, ParametersFault> parse_service_parameters(std::string_view json_text) {
  constexpr std::size_t kDepth = 4;
  json::parse_options options;
  options.max_depth = kDepth;
  boost::system::error_code error;
  const json::value value = json::parse(json_text, error, {}, options);
  if (error || !value.is_object()) return Fault(ParametersFault::not_json);
  const auto reference = text_in(value.get_object(), "refFaceContent");
  const auto probe = text_in(value.get_object(), "authFaceContent");
  const auto code = text_in(value.get_object(), "resourceCode");
  if (!reference || !probe || !code) return Fault(ParametersFault::not_json);
  if (reference->empty() || probe->empty() || code->empty()) return Fault(ParametersFault::missing);
  auto reference_photo = photo_from(*reference);
  if (!reference_photo) return Fault(reference_photo.error());
  auto probe_photo = photo_from(*probe);
  if (!probe_photo) return Fault(probe_photo.error());
  return FacePhotos{
      .reference = std::move(*reference_photo),
      .probe = std::move(*probe_photo),
      .resource_code = std::string(*code)
  };
}

}  // namespace selfsame::adapters::alibaba
