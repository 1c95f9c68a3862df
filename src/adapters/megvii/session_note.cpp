// SPDX-License-Identifier: Apache-2.0
#include "adapters/megvii/session_note.h"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <optional>

namespace selfsame::adapters::megvii {

namespace json = boost::json;

namespace {

std::optional<core::RegisterFinding> finding_from(std::string_view name) {
  constexpr int kLast = static_cast<int>(core::RegisterFinding::too_many_enquiries);
  for (int i = 0; i <= kLast; ++i) {
    const auto finding = static_cast<core::RegisterFinding>(i);
    if (core::name_of(finding) == name) return finding;
  }
  return std::nullopt;
}

}  // namespace

std::string text_of(const SessionNote& note) {
  json::object object{{"biz_no", note.biz_no}, {"force_compare", note.compares_attacks}};
  json::array names;
  for (const std::string& name : note.photo_names) names.emplace_back(name);
  object["photos"] = std::move(names);
  object["register"] = core::name_of(note.finding);
  if (!note.number_mark.empty()) object["number"] = note.number_mark;
  return json::serialize(object);
}

Result<SessionNote> session_note_from(std::string_view text) {
  const auto broken = [] { return fail(Errc::integrity_failure, "a session's note"); };
  boost::system::error_code failed;
  const json::value parsed = json::parse(text, failed);
  if (failed || !parsed.is_object()) return broken();
  const json::object& object = parsed.get_object();
  const json::value* const biz_no = object.if_contains("biz_no");
  const json::value* const force = object.if_contains("force_compare");
  const json::value* const photos = object.if_contains("photos");
  const json::value* const found = object.if_contains("register");
  const bool is_whole = biz_no != nullptr && biz_no->is_string() && force != nullptr &&
                        force->is_bool() && photos != nullptr && photos->is_array() &&
                        found != nullptr && found->is_string();
  if (!is_whole) return broken();
  SessionNote note;
  note.biz_no = std::string(biz_no->get_string());
  note.compares_attacks = force->get_bool();
  for (const json::value& name : photos->get_array()) {
    if (!name.is_string()) return broken();
    note.photo_names.emplace_back(name.get_string());
  }
  const auto finding = finding_from(std::string_view(found->get_string()));
  if (!finding) return broken();
  note.finding = *finding;
  const json::value* const mark = object.if_contains("number");
  if (mark != nullptr && !mark->is_string()) return broken();
  if (mark != nullptr) note.number_mark = std::string(mark->get_string());
  return note;
}

std::string number_mark_in(std::string_view text) {
  const auto note = session_note_from(text);
  return note ? note->number_mark : "";
}

}  // namespace selfsame::adapters::megvii
