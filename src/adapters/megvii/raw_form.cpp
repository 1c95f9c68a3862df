// SPDX-License-Identifier: Apache-2.0
#include "adapters/megvii/raw_form.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "base/base64.h"
#include "base/utf8.h"
#include "http/multipart.h"

namespace selfsame::adapters::megvii {
namespace {

constexpr std::size_t kBizNoCharactersMax = 128;
constexpr std::size_t kPartsMax = 32;

bool is_multipart(std::string_view content_type) {
  constexpr std::string_view kType = "multipart/form-data";
  return std::ranges::equal(content_type.substr(0, kType.size()), kType, [](char a, char b) {
    return (a >= 'A' && a <= 'Z' ? a - 'A' + 'a' : a) == b;
  });
}

Result<std::vector<Parameters::Pair>> pairs_of_multipart(
    std::string_view content_type, std::string_view body
) {
  SELFSAME_TRY(parts, http::parse_multipart(content_type, body, {.parts_max = kPartsMax}));
  std::vector<Parameters::Pair> pairs;
  for (const http::Part& part : parts) pairs.emplace_back(part.name, std::string(part.content));
  return pairs;
}

}  // namespace

RawAnswer<RawForm> RawForm::read(const http::Request& request) {
  if (request.overloaded) return raw_refuse(Error{Errc::overloaded, {}});
  if (request.body_too_large || request.target_too_large) return raw_size();
  const std::string_view type = request.headers.find("content-type").value_or(std::string_view{});
  RawForm form;
  form.is_multipart_ = is_multipart(type);
  auto pairs =
      form.is_multipart_ ? pairs_of_multipart(type, request.body) : pairs_of_form(request.body);
  if (!pairs) return raw_refuse(pairs.error());
  auto parameters = Parameters::from(std::move(*pairs));
  if (!parameters) return raw_refuse(parameters.error());
  form.parameters_ = std::move(*parameters);
  return form;
}

RawAnswer<Bytes> RawForm::file(std::string_view name) const {
  const std::string_view content = value(name);
  if (is_multipart_) return Bytes(content.begin(), content.end());
  auto decoded = from_base64(content);
  if (!decoded) return raw_bad(name);
  return std::move(*decoded);
}

std::optional<std::string_view> RawForm::biz_no() const {
  const auto text = parameters_.find("biz_no");
  if (!text) return std::nullopt;
  const auto characters = characters_of(*text);
  if (!characters || characters->size() > kBizNoCharactersMax) return std::nullopt;
  return text;
}

}  // namespace selfsame::adapters::megvii
