// SPDX-License-Identifier: Apache-2.0
#include "adapters/tencent/response.h"

#include <array>
#include <boost/json/serialize.hpp>
#include <boost/json/string.hpp>
#include <charconv>

#include "base/base64.h"

namespace selfsame::adapters::tencent {
namespace {

constexpr std::size_t kMaxTraceIdBytes = 256;

std::string quoted(std::string_view text) {
  return boost::json::serialize(boost::json::string(text.data(), text.size()));
}

std::string envelope(const Fields& fields, std::string_view request_id) {
  Fields last;
  last.text("RequestId", request_id);
  std::string body;
  body.reserve(fields.json().size() + last.json().size() + 16);
  body.append(R"({"Response":{)").append(fields.json());
  if (!fields.json().empty()) body.push_back(',');
  body.append(last.json()).append("}}");
  return body;
}

std::string error_envelope(const ApiError& error, std::string_view request_id) {
  Fields inner;
  inner.text("Code", error.code);
  inner.text("Message", error.message);
  Fields last;
  last.text("RequestId", request_id);
  return R"({"Response":{"Error":{)" + inner.json() + "}," + last.json() + "}}";
}

}  // namespace

void Fields::raw(std::string_view name, std::string_view json) {
  if (!json_.empty()) json_.push_back(',');
  json_.append("\"").append(name).append("\":").append(json);
}

void Fields::text(std::string_view name, std::string_view value) {
  raw(name, quoted(value));
}

void Fields::decimal(std::string_view name, double value) {
  std::array<char, 32> digits{};
  const auto end = std::to_chars(
      digits.data(), digits.data() + digits.size(), value, std::chars_format::fixed, 2
  );
  raw(name, std::string_view(digits.data(), end.ptr));
}

void Fields::null(std::string_view name) {
  raw(name, "null");
}

void Fields::object(std::string_view name, const Fields& members) {
  raw(name, "{" + members.json() + "}");
}

void Fields::object_list(std::string_view name, std::span<const Fields> list) {
  std::string json = "[";
  for (const Fields& members : list) {
    if (json.size() > 1) json.push_back(',');
    json.append("{").append(members.json()).append("}");
  }
  raw(name, json + "]");
}

void Fields::integer(std::string_view name, std::int64_t value) {
  raw(name, std::to_string(value));
}

void Fields::boolean(std::string_view name, bool value) {
  raw(name, value ? "true" : "false");
}

void Fields::text_list(std::string_view name, std::span<const std::string> list) {
  std::string json = "[";
  for (const std::string& text : list) {
    if (json.size() > 1) json.push_back(',');
    json.append(quoted(text));
  }
  raw(name, json + "]");
}

void Fields::integer_list(std::string_view name, std::span<const int> list) {
  std::string json = "[";
  for (const int number : list) {
    if (json.size() > 1) json.push_back(',');
    json.append(std::to_string(number));
  }
  raw(name, json + "]");
}

void Fields::base64(std::string_view name, ByteView bytes) {
  if (bytes.empty()) {
    null(name);
  } else {
    raw(name, quoted(to_base64(bytes)));
  }
}

void Fields::base64_list(std::string_view name, std::span<const Bytes> list) {
  std::string json = "[";
  for (const Bytes& bytes : list) {
    if (json.size() > 1) json.push_back(',');
    json.append("\"").append(to_base64(bytes)).append("\"");
  }
  raw(name, json + "]");
}

http::Response render(
    const Answer<Success>& answer, std::string_view request_id, std::string_view trace_id
) {
  http::Response response;
  response.status = 200;
  response.content_type = "application/json";
  if (!trace_id.empty() && trace_id.size() <= kMaxTraceIdBytes) {
    response.headers.add("X-TC-TraceId", std::string(trace_id));
  }
  response.body = answer ? envelope(answer->fields, answer->request_id)
                         : error_envelope(answer.error(), request_id);
  return response;
}

}  // namespace selfsame::adapters::tencent
