// SPDX-License-Identifier: Apache-2.0
// Strict reading of one TOML table: every key must be known, of the right type, and asked for once.
#pragma once

#include <fmt/format.h>
#include <toml++/toml.h>

#include <optional>
#include <set>
#include <string>
#include <vector>

namespace selfsame::app {

/// Collects the first thing that is wrong instead of throwing; check `error()` at the end.
class TomlReader {
 public:
  /// @param where  names the table in messages, for example "networks.toml [[network]] sface"
  TomlReader(const toml::table& table, std::string where)
      : table_(table), where_(std::move(where)) {}

  /// The value, or `fallback` when the key is absent.
  template <class T>
  T optional(std::string_view key, T fallback) {
    return read<T>(key).value_or(std::move(fallback));
  }

  /// The value; its absence is an error (and T{} is returned).
  template <class T>
  T required(std::string_view key) {
    auto value = read<T>(key);
    if (!value) complain(key, "is missing");
    return value.value_or(T{});
  }

  template <class T>
  std::vector<T> list(std::string_view key) {
    asked_.emplace(key);
    const toml::node* node = table_.get(key);
    return node == nullptr ? std::vector<T>{} : values_of<T>(key, *node);
  }

  /// A list of lists.
  template <class T>
  std::vector<std::vector<T>> lists(std::string_view key) {
    asked_.emplace(key);
    std::vector<std::vector<T>> found;
    const toml::node* node = table_.get(key);
    const toml::array* array = node == nullptr ? nullptr : node->as_array();
    if (array == nullptr) {
      complain(key, "is not an array");
      return found;
    }
    for (const toml::node& element : *array) found.push_back(values_of<T>(key, element));
    return found;
  }

  /// The tables of an array of tables; empty when absent.
  std::vector<const toml::table*> tables(std::string_view key) {
    asked_.emplace(key);
    std::vector<const toml::table*> found;
    const toml::node* node = table_.get(key);
    if (node == nullptr) return found;
    if (const toml::array* array = node->as_array()) {
      for (const toml::node& element : *array) {
        if (element.is_table()) {
          found.push_back(element.as_table());
        } else {
          complain(key, "is not an array of tables");
        }
      }
    } else {
      complain(key, "is not an array of tables");
    }
    return found;
  }

  const toml::table* table(std::string_view key) {
    asked_.emplace(key);
    const toml::node* node = table_.get(key);
    if (node == nullptr) return nullptr;
    if (!node->is_table()) complain(key, "is not a table");
    return node->as_table();
  }

  /// A key that is read by people or other programs only.
  void ignore(std::string_view key) { asked_.emplace(key); }

  void complain(std::string_view key, std::string_view what) {
    if (!error_) error_ = fmt::format("{}: {} {}", where_, key, what);
  }

  /// Nothing when all was well and no key is left over.
  [[nodiscard]] std::optional<std::string> error() {
    for (const auto& [key, node] : table_) {
      if (!asked_.contains(std::string(key.str()))) complain(key.str(), "is not a known key");
    }
    return error_;
  }

 private:
  template <class T>
  std::vector<T> values_of(std::string_view key, const toml::node& node) {
    std::vector<T> values;
    if (const toml::array* array = node.as_array()) {
      for (const toml::node& element : *array) {
        const auto value = element.value<T>();
        if (!value) complain(key, "holds a value of the wrong type");
        values.push_back(value.value_or(T{}));
      }
    } else {
      complain(key, "is not an array");
    }
    return values;
  }

  template <class T>
  std::optional<T> read(std::string_view key) {
    asked_.emplace(key);
    const toml::node* node = table_.get(key);
    if (node == nullptr) return std::nullopt;
    auto value = node->value<T>();
    if (!value) complain(key, "is of the wrong type");
    return value;
  }

  const toml::table& table_;
  std::string where_;
  std::set<std::string, std::less<>> asked_;
  std::optional<std::string> error_;
};

}  // namespace selfsame::app
