// SPDX-License-Identifier: Apache-2.0
#include "adapters/native/json_reader.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/basic_parser_impl.hpp>
#include <boost/json/value_stack.hpp>
#include <cmath>
#include <cstdint>

namespace selfsame::adapters::native {
namespace {

namespace json = boost::json;

std::size_t members_in(const json::value& value) {
  std::size_t count = 0;
  if (const json::object* object = value.if_object()) {
    count += object->size();
    for (const auto& member : *object) count += members_in(member.value());
  } else if (const json::array* array = value.if_array()) {
    for (const json::value& item : *array) count += members_in(item);
  }
  return count;
}

/// Boost.JSON's event handler that builds the value and counts what came: an object keeps the last
/// of two members of one name.
class Builder {
 public:
  static constexpr std::size_t max_array_size = static_cast<std::size_t>(-1);
  static constexpr std::size_t max_object_size = static_cast<std::size_t>(-1);
  static constexpr std::size_t max_string_size = static_cast<std::size_t>(-1);
  static constexpr std::size_t max_key_size = 128;

  explicit Builder(const JsonLimits& limits) : limits_(limits) { stack_.reset(); }

  json::value release() { return stack_.release(); }
  [[nodiscard]] std::size_t members() const { return members_; }

  static bool on_document_begin(json::error_code&) { return true; }
  static bool on_document_end(json::error_code&) { return true; }
  bool on_object_begin(json::error_code& ec) { return has_room(ec); }
  bool on_object_end(std::size_t count, json::error_code& ec) {
    members_ += count;
    stack_.push_object(count);
    return count <= limits_.items_max || stop(ec);
  }
  bool on_array_begin(json::error_code& ec) { return has_room(ec); }
  bool on_array_end(std::size_t count, json::error_code& ec) {
    stack_.push_array(count);
    return count <= limits_.items_max || stop(ec);
  }
  bool on_key_part(std::string_view part, std::size_t, json::error_code&) {
    stack_.push_chars(part);
    return true;
  }
  bool on_key(std::string_view part, std::size_t, json::error_code&) {
    stack_.push_key(part);
    return true;
  }
  bool on_string_part(std::string_view part, std::size_t size, json::error_code& ec) {
    stack_.push_chars(part);
    return size <= limits_.string_bytes_max || stop(ec);
  }
  bool on_string(std::string_view part, std::size_t size, json::error_code& ec) {
    stack_.push_string(part);
    return (size <= limits_.string_bytes_max && has_room(ec)) || stop(ec);
  }
  static bool on_number_part(std::string_view, json::error_code&) { return true; }
  bool on_int64(std::int64_t value, std::string_view, json::error_code& ec) {
    if (!has_room(ec)) return false;
    stack_.push_int64(value);
    return true;
  }
  bool on_uint64(std::uint64_t value, std::string_view, json::error_code& ec) {
    if (!has_room(ec)) return false;
    stack_.push_uint64(value);
    return true;
  }
  bool on_double(double value, std::string_view, json::error_code& ec) {
    if (!has_room(ec)) return false;
    stack_.push_double(value);
    return true;
  }
  bool on_bool(bool value, json::error_code& ec) {
    if (!has_room(ec)) return false;
    stack_.push_bool(value);
    return true;
  }
  bool on_null(json::error_code& ec) {
    if (!has_room(ec)) return false;
    stack_.push_null();
    return true;
  }
  static bool on_comment_part(std::string_view, json::error_code&) { return true; }
  static bool on_comment(std::string_view, json::error_code&) { return true; }

 private:
  static bool stop(json::error_code& ec) {
    ec = json::error::exception;
    return false;
  }
  /// An array is only counted when it ends: what never ends must not fill the memory.
  bool has_room(json::error_code& ec) {
    return ++values_ <= limits_.items_max * limits_.items_max || stop(ec);
  }

  JsonLimits limits_;
  json::value_stack stack_;
  std::size_t members_ = 0;
  std::size_t values_ = 0;
};

std::size_t characters_in(std::string_view utf8) {
  return static_cast<std::size_t>(std::ranges::count_if(utf8, [](char c) {
    return (static_cast<unsigned char>(c) & 0xc0) != 0x80;
  }));
}

std::optional<double> number_of(const json::value& value) {
  if (value.is_double()) return value.get_double();
  if (value.is_int64()) return static_cast<double>(value.get_int64());
  if (value.is_uint64()) return static_cast<double>(value.get_uint64());
  return std::nullopt;
}

std::optional<std::string_view> text_in(const json::value& value, std::size_t characters_max) {
  const json::string* text = value.if_string();
  if (text == nullptr || text->find('\0') != json::string::npos) return std::nullopt;
  if (characters_in(*text) > characters_max) return std::nullopt;
  return std::string_view(*text);
}

}  // namespace

Result<json::object> parse_object(std::string_view text, const JsonLimits& limits) {
  json::parse_options options;
  options.max_depth = limits.depth_max;
  json::basic_parser<Builder> parser(options, limits);
  json::error_code ec;
  const std::size_t used = parser.write_some(false, text.data(), text.size(), ec);
  if (ec || used != text.size()) return fail(Errc::malformed_request, "The body is not JSON.");
  json::value value = parser.handler().release();
  if (!value.is_object()) return fail(Errc::malformed_request, "Send a JSON object.");
  if (members_in(value) != parser.handler().members()) {
    return fail(Errc::malformed_request, "A member comes twice.");
  }
  return std::move(value.get_object());
}

const json::value* JsonReader::find(std::string_view name) {
  return has(name) ? object_.if_contains(name) : nullptr;
}

bool JsonReader::has(std::string_view name) {
  if (std::ranges::find(known_, name) == known_.end()) known_.push_back(name);
  return object_.contains(name);
}

void JsonReader::require(std::initializer_list<std::string_view> names) {
  for (const std::string_view name : names) {
    if (fault_ || object_.contains(name)) continue;
    fault_ = Error{Errc::missing_parameter, fmt::format("`{}{}` is missing.", where_, name)};
  }
}

void JsonReader::refuse(std::string_view name, std::string_view want) {
  if (fault_) return;
  fault_ = Error{Errc::invalid_parameter, fmt::format("`{}{}` is {}.", where_, name, want)};
}

void JsonReader::boolean(std::string_view name, bool& into) {
  std::optional<bool> given;
  boolean(name, given);
  into = given.value_or(into);
}

void JsonReader::boolean(std::string_view name, std::optional<bool>& into) {
  const json::value* value = find(name);
  if (value == nullptr) return;
  if (!value->is_bool()) return refuse(name, "true or false");
  into = value->get_bool();
}

void JsonReader::integer(std::string_view name, int& into, int least, int most) {
  std::optional<int> given;
  integer(name, given, least, most);
  into = given.value_or(into);
}

void JsonReader::integer(std::string_view name, std::optional<int>& into, int least, int most) {
  const json::value* value = find(name);
  if (value == nullptr) return;
  if (!value->is_int64() || value->get_int64() < least || value->get_int64() > most) {
    return refuse(name, fmt::format("a whole number, {} to {}", least, most));
  }
  into = static_cast<int>(value->get_int64());
}

void JsonReader::number(std::string_view name, double& into, double least, double most) {
  std::optional<double> given;
  number(name, given, least, most);
  into = given.value_or(into);
}

void JsonReader::number(
    std::string_view name, std::optional<double>& into, double least, double most
) {
  const json::value* value = find(name);
  if (value == nullptr) return;
  const auto given = number_of(*value);
  if (!given || !(*given >= least && *given <= most)) {
    return refuse(name, fmt::format("a number, {} to {}", least, most));
  }
  into = *given;
}

void JsonReader::text(std::string_view name, std::string& into, std::size_t characters_max) {
  const json::value* value = find(name);
  if (value == nullptr) return;
  const auto given = text_in(*value, characters_max);
  if (!given) {
    return refuse(name, fmt::format("a string of at most {} characters", characters_max));
  }
  into = *given;
}

void JsonReader::texts(
    std::string_view name,
    std::vector<std::string>& into,
    std::size_t count_max,
    std::size_t characters_max
) {
  const json::value* value = find(name);
  if (value == nullptr) return;
  const auto wrong = [&] {
    refuse(
        name,
        fmt::format("an array of at most {} strings of {} characters", count_max, characters_max)
    );
  };
  const json::array* array = value->if_array();
  if (array == nullptr || array->size() > count_max) return wrong();
  into.clear();
  for (const json::value& item : *array) {
    const auto given = text_in(item, characters_max);
    if (!given) return wrong();
    into.emplace_back(*given);
  }
}

void JsonReader::numbers(
    std::string_view name,
    std::vector<double>& into,
    std::size_t count_max,
    double least,
    double most
) {
  const json::value* value = find(name);
  if (value == nullptr) return;
  const auto wrong = [&] {
    refuse(name, fmt::format("an array of at most {} numbers, {} to {}", count_max, least, most));
  };
  const json::array* array = value->if_array();
  if (array == nullptr || array->size() > count_max) return wrong();
  into.clear();
  for (const json::value& item : *array) {
    const auto given = number_of(item);
    if (!given || !(*given >= least && *given <= most)) return wrong();
    into.push_back(*given);
  }
}

void JsonReader::object(
    std::string_view name, const std::function<Result<void>(JsonReader&)>& read
) {
  const json::value* value = find(name);
  if (value == nullptr) return;
  if (!value->is_object()) return refuse(name, "an object");
  JsonReader inner(value->get_object(), fmt::format("{}{}.", where_, name));
  if (const auto taken = read(inner); !taken && !fault_) fault_ = taken.error();
}

void JsonReader::objects(
    std::string_view name,
    std::size_t count_max,
    const std::function<Result<void>(JsonReader&)>& read
) {
  const json::value* value = find(name);
  if (value == nullptr) return;
  const json::array* array = value->if_array();
  if (array == nullptr || array->size() > count_max) {
    return refuse(name, fmt::format("an array of at most {} objects", count_max));
  }
  for (const json::value& item : *array) {
    if (!item.is_object()) return refuse(name, "an array of objects");
    JsonReader inner(item.get_object(), fmt::format("{}[].", name));
    if (const auto taken = read(inner); !taken && !fault_) fault_ = taken.error();
  }
}

Result<void> JsonReader::done() const {
  if (fault_) return tl::unexpected(*fault_);
  for (const auto& member : object_) {
    if (std::ranges::find(known_, std::string_view(member.key())) != known_.end()) continue;
    return fail(
        Errc::unknown_parameter,
        fmt::format("A member of another name; known here: {}.", fmt::join(known_, ", "))
    );
  }
  return {};
}

}  // namespace selfsame::adapters::native
