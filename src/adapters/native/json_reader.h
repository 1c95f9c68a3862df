// SPDX-License-Identifier: Apache-2.0
// JSON objects that others send us, read strictly: no member twice, none that is unknown, no null,
// types and ranges as stated. Nothing of what was sent is repeated in an error's text.
#pragma once

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace selfsame::adapters::native {

struct JsonLimits {
  std::size_t depth_max = 4;
  std::size_t items_max = 256;  // of an array or object
  std::size_t string_bytes_max = 4096;
};

/// `malformed_request` when the text is no JSON object, breaks a limit or has a member twice.
[[nodiscard]] Result<boost::json::object> parse_object(
    std::string_view text, const JsonLimits& limits = {}
);

/// Reads members one by one and keeps the first fault; call done() at the end. A member that is
/// absent leaves what it would be read into as it is. The object must outlive the reader.
class JsonReader {
 public:
  /// @param where  names the object in texts: "", or "hints."
  explicit JsonReader(const boost::json::object& object, std::string where = {})
      : object_(object), where_(std::move(where)) {}

  /// Whether it is there. Asking makes it known.
  bool has(std::string_view name);
  /// `missing_parameter` unless all of them are there.
  void require(std::initializer_list<std::string_view> names);

  void boolean(std::string_view name, bool& into);
  void boolean(std::string_view name, std::optional<bool>& into);
  void integer(std::string_view name, int& into, int least, int most);
  void integer(std::string_view name, std::optional<int>& into, int least, int most);
  /// Finite; whole numbers too.
  void number(std::string_view name, double& into, double least, double most);
  void number(std::string_view name, std::optional<double>& into, double least, double most);
  /// UTF-8 without U+0000, at most so many characters.
  void text(std::string_view name, std::string& into, std::size_t characters_max);
  void texts(
      std::string_view name,
      std::vector<std::string>& into,
      std::size_t count_max,
      std::size_t characters_max
  );
  void numbers(
      std::string_view name,
      std::vector<double>& into,
      std::size_t count_max,
      double least,
      double most
  );
  void object(std::string_view name, const std::function<Result<void>(JsonReader&)>& read);
  void objects(
      std::string_view name,
      std::size_t count_max,
      const std::function<Result<void>(JsonReader&)>& read
  );
  /// `invalid_parameter`: this member is `want`.
  void refuse(std::string_view name, std::string_view want);

  /// The first fault; `unknown_parameter` for a member that nobody has asked for.
  [[nodiscard]] Result<void> done() const;

 private:
  const boost::json::value* find(std::string_view name);

  const boost::json::object& object_;
  std::string where_;
  std::vector<std::string_view> known_;
  std::optional<Error> fault_;
};

}  // namespace selfsame::adapters::native
