// SPDX-License-Identifier: Apache-2.0
#include "adapters/tencent/parameters.h"

#include <algorithm>
#include <boost/json/basic_parser_impl.hpp>
#include <charconv>
#include <functional>
#include <optional>
#include <utility>

namespace selfsame::adapters::tencent {

namespace json = boost::json;

namespace {

constexpr std::size_t kMaxParameters = 256;
constexpr std::size_t kMaxNameBytes = 128;
constexpr std::size_t kMaxDepth = 8;

bool lies_in(std::string_view part, std::string_view whole) {
  const std::less_equal<const char*> not_after;
  return not_after(whole.data(), part.data()) &&
         not_after(part.data() + part.size(), whole.data() + whole.size());
}

std::optional<char> decode_hex(char high, char low) {
  const auto digit = [](char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
  };
  const int value = digit(high) * 16 + digit(low);
  if (digit(high) < 0 || digit(low) < 0) return std::nullopt;
  return static_cast<char>(static_cast<unsigned char>(value));
}

std::optional<std::string> decode_form_text(std::string_view encoded) {
  std::string text;
  text.reserve(encoded.size());
  for (std::size_t i = 0; i < encoded.size(); ++i) {
    if (encoded[i] == '+') {
      text.push_back(' ');
    } else if (encoded[i] != '%') {
      text.push_back(encoded[i]);
    } else {
      if (encoded.size() - i < 3) return std::nullopt;
      const std::optional<char> decoded = decode_hex(encoded[i + 1], encoded[i + 2]);
      if (!decoded) return std::nullopt;
      text.push_back(*decoded);
      i += 2;
    }
  }
  return text;
}

}  // namespace

/// Boost.JSON's event handler that writes the flat list.
class JsonReader {
 public:
  static constexpr std::size_t max_array_size = kMaxParameters;
  static constexpr std::size_t max_object_size = kMaxParameters;
  static constexpr std::size_t max_string_size = static_cast<std::size_t>(-1);
  static constexpr std::size_t max_key_size = kMaxNameBytes;

  JsonReader(std::string_view source, Parameters& into) : source_(source), into_(into) {}

  static bool on_document_begin(json::error_code&) { return true; }
  static bool on_document_end(json::error_code&) { return true; }

  bool on_object_begin(json::error_code& ec) { return open(ValueKind::object, ec); }
  bool on_object_end(std::size_t, json::error_code&) { return close(); }
  bool on_array_begin(json::error_code& ec) { return open(ValueKind::array, ec); }
  bool on_array_end(std::size_t, json::error_code&) { return close(); }

  bool on_key_part(std::string_view part, std::size_t, json::error_code&) {
    pending_.append(part);
    return true;
  }
  bool on_key(std::string_view part, std::size_t, json::error_code& ec) {
    pending_.append(part);
    Level& level = levels_.back();
    path_.resize(level.path_bytes);
    if (levels_.size() > 1) path_.push_back('.');
    path_.append(std::exchange(pending_, {}));
    return path_.size() <= kMaxNameBytes || stop(ec);
  }

  bool on_string_part(std::string_view part, std::size_t, json::error_code&) {
    pending_.append(part);
    return true;
  }
  bool on_string(std::string_view part, std::size_t, json::error_code& ec) {
    if (pending_.empty() && lies_in(part, source_)) return add(ValueKind::string, part, ec);
    pending_.append(part);
    return add(ValueKind::string, into_.keep(std::exchange(pending_, {})), ec);
  }

  static bool on_number_part(std::string_view, json::error_code&) { return true; }
  bool on_int64(std::int64_t value, std::string_view, json::error_code& ec) {
    return add(ValueKind::integer, into_.keep(std::to_string(value)), ec);
  }
  bool on_uint64(std::uint64_t value, std::string_view, json::error_code& ec) {
    return add(ValueKind::integer, into_.keep(std::to_string(value)), ec);
  }
  bool on_double(double value, std::string_view, json::error_code& ec) {
    return add(ValueKind::number, into_.keep(std::to_string(value)), ec);
  }
  bool on_bool(bool value, json::error_code& ec) {
    return add(ValueKind::boolean, value ? "true" : "false", ec);
  }
  bool on_null(json::error_code& ec) {
    step();
    return !levels_.empty() || stop(ec);
  }

  static bool on_comment_part(std::string_view, json::error_code&) { return true; }
  static bool on_comment(std::string_view, json::error_code&) { return true; }

 private:
  struct Level {
    bool is_array = false;
    std::size_t next_index = 0;
    std::size_t path_bytes = 0;
  };

  static bool stop(json::error_code& ec) {
    ec = json::error::exception;
    return false;
  }

  /// In an array, the path of the element that comes now; an object's key has set it already.
  void step() {
    if (levels_.empty() || !levels_.back().is_array) return;
    Level& level = levels_.back();
    path_.resize(level.path_bytes);
    path_.append(".").append(std::to_string(level.next_index++));
  }

  bool add(ValueKind kind, std::string_view value, json::error_code& ec) {
    step();
    if (levels_.empty() || !into_.has_room()) return stop(ec);
    into_.list_.push_back({.name = into_.keep(path_), .kind = kind, .value = value});
    return true;
  }

  bool open(ValueKind kind, json::error_code& ec) {
    if (levels_.empty()) {
      if (kind != ValueKind::object) return stop(ec);
    } else if (!add(kind, {}, ec)) {
      return false;
    }
    levels_.push_back(
        {.is_array = kind == ValueKind::array, .next_index = 0, .path_bytes = path_.size()}
    );
    return true;
  }

  bool close() {
    path_.resize(levels_.back().path_bytes);
    levels_.pop_back();
    return true;
  }

  std::string_view source_;
  Parameters& into_;
  std::vector<Level> levels_;
  std::string path_;
  std::string pending_;  // a key or string that comes in parts
};

bool Parameters::has_room() const noexcept {
  return list_.size() < kMaxParameters;
}

std::string_view Parameters::keep(std::string text) {
  return owned_.emplace_front(std::move(text));
}

Answer<void> Parameters::sort_and_check() {
  std::ranges::sort(list_, {}, &Parameter::name);
  const auto twice = std::ranges::adjacent_find(list_, {}, &Parameter::name);
  if (twice != list_.end()) return refuse(Errc::malformed_request, twice->name);
  return {};
}

Answer<Parameters> Parameters::from_json(std::string_view body) {
  Parameters parameters;
  if (body.empty()) return parameters;
  json::parse_options options;
  options.max_depth = kMaxDepth;
  json::basic_parser<JsonReader> parser(options, body, parameters);
  json::error_code ec;
  const std::size_t used = parser.write_some(false, body.data(), body.size(), ec);
  if (ec || used != body.size()) return refuse(Errc::malformed_request);
  SELFSAME_CHECK(parameters.sort_and_check());
  return parameters;
}

Answer<Parameters> Parameters::from_form(std::string_view encoded) {
  Parameters parameters;
  const auto decoded = [&](std::string_view part) -> std::optional<std::string_view> {
    if (part.find_first_of("%+") == std::string_view::npos) return part;
    std::optional<std::string> text = decode_form_text(part);
    if (!text) return std::nullopt;
    return parameters.keep(std::move(*text));
  };
  while (!encoded.empty()) {
    const std::string_view pair = encoded.substr(0, encoded.find('&'));
    encoded.remove_prefix(std::min(pair.size() + 1, encoded.size()));
    if (pair.empty()) continue;
    const std::size_t equals = std::min(pair.find('='), pair.size());
    const auto name = decoded(pair.substr(0, equals));
    const auto value = decoded(pair.substr(std::min(equals + 1, pair.size())));
    if (!name || !value || name->size() > kMaxNameBytes || !parameters.has_room()) {
      return refuse(Errc::malformed_request);
    }
    parameters.list_.push_back({.name = *name, .kind = ValueKind::text, .value = *value});
  }
  SELFSAME_CHECK(parameters.sort_and_check());
  return parameters;
}

void Parameters::erase(std::span<const std::string_view> names) {
  std::erase_if(list_, [&](const Parameter& parameter) {
    return std::ranges::find(names, parameter.name) != names.end();
  });
}

const Parameter* Parameters::find(std::string_view name) const noexcept {
  const auto it = std::ranges::lower_bound(list_, name, {}, &Parameter::name);
  return it != list_.end() && it->name == name ? &*it : nullptr;
}

std::string_view Parameters::value(std::string_view name) const noexcept {
  const Parameter* parameter = find(name);
  return parameter == nullptr ? std::string_view{} : parameter->value;
}

}  // namespace selfsame::adapters::tencent
