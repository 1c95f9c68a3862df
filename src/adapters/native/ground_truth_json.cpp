// SPDX-License-Identifier: Apache-2.0
#include "adapters/native/ground_truth_json.h"

#include <boost/json/basic_parser_impl.hpp>
#include <cstdint>
#include <optional>
#include <string>

#include "adapters/native/json_values.h"

namespace selfsame::adapters::native {
namespace {

namespace json = boost::json;

constexpr std::string_view kMember = "same_person";

/// Boost.JSON's event handler that takes one object of one Boolean, and stops at anything else.
class StatementReader {
 public:
  static constexpr std::size_t max_array_size = 0;
  static constexpr std::size_t max_object_size = 2;
  static constexpr std::size_t max_string_size = 64;
  static constexpr std::size_t max_key_size = 64;

  std::optional<Error> error;
  std::optional<bool> same_person;

  static bool on_document_begin(json::error_code&) { return true; }
  static bool on_document_end(json::error_code&) { return true; }
  bool on_object_begin(json::error_code& ec) {
    if (open_) return wrong_type(ec);
    open_ = true;
    return true;
  }
  static bool on_object_end(std::size_t, json::error_code&) { return true; }
  bool on_array_begin(json::error_code& ec) { return wrong_type(ec); }
  static bool on_array_end(std::size_t, json::error_code&) { return true; }

  bool on_key_part(std::string_view part, std::size_t, json::error_code&) {
    key_.append(part);
    return true;
  }
  bool on_key(std::string_view part, std::size_t, json::error_code& ec) {
    key_.append(part);
    if (key_ != kMember)
      return stop(Errc::unknown_parameter, "Only `same_person` is known here.", ec);
    if (same_person) return stop(Errc::malformed_request, "`same_person` comes twice.", ec);
    key_.clear();
    return true;
  }
  bool on_bool(bool value, json::error_code& ec) {
    if (!open_) return wrong_type(ec);
    same_person = value;
    return true;
  }

  bool on_string_part(std::string_view, std::size_t, json::error_code& ec) {
    return wrong_type(ec);
  }
  bool on_string(std::string_view, std::size_t, json::error_code& ec) { return wrong_type(ec); }
  bool on_number_part(std::string_view, json::error_code& ec) { return wrong_type(ec); }
  bool on_int64(std::int64_t, std::string_view, json::error_code& ec) { return wrong_type(ec); }
  bool on_uint64(std::uint64_t, std::string_view, json::error_code& ec) { return wrong_type(ec); }
  bool on_double(double, std::string_view, json::error_code& ec) { return wrong_type(ec); }
  bool on_null(json::error_code& ec) { return wrong_type(ec); }
  static bool on_comment_part(std::string_view, json::error_code&) { return true; }
  static bool on_comment(std::string_view, json::error_code&) { return true; }

 private:
  bool stop(Errc code, const char* detail, json::error_code& ec) {
    error = Error{code, detail};
    ec = json::error::exception;
    return false;
  }
  bool wrong_type(json::error_code& ec) {
    return open_ ? stop(Errc::invalid_parameter, "`same_person` is true or false.", ec)
                 : stop(Errc::malformed_request, "Send a JSON object.", ec);
  }

  std::string key_;
  bool open_ = false;
};

}  // namespace

Result<bool> parse_ground_truth(std::string_view body) {
  json::basic_parser<StatementReader> parser(json::parse_options{});
  json::error_code ec;
  const std::size_t used = parser.write_some(false, body.data(), body.size(), ec);
  const StatementReader& read = parser.handler();
  if (read.error) return tl::unexpected(*read.error);
  if (ec || used != body.size()) return fail(Errc::malformed_request, "The body is not JSON.");
  if (!read.same_person) return fail(Errc::missing_parameter, "`same_person` is missing.");
  return *read.same_person;
}

json::object comparison_record_json(const flows::ComparisonRecord& record) {
  const storage::OutcomeRecord& outcome = record.outcome;
  json::object object{
      {"id", outcome.id},
      {"operation", outcome.operation},
      {"outcome", core::name_of(outcome.outcome)},
      {"cosine", number_or_null(outcome.cosine)},
      {"calibration", outcome.calibration},
      {"decided_at", rfc3339(outcome.decided_at)},
      {"ground_truth", nullptr}
  };
  if (record.ground_truth) {
    object["ground_truth"] = {
        {"same_person", record.ground_truth->same_person},
        {"stated_at", rfc3339(record.ground_truth->stated_at)}
    };
  }
  return object;
}

}  // namespace selfsame::adapters::native
