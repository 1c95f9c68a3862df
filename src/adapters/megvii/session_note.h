// SPDX-License-Identifier: Apache-2.0
// What get_biz_token leaves for get_result with the session: its metadata.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "core/register_record.h"

namespace selfsame::adapters::megvii {

struct SessionNote {
  std::string biz_no;
  bool compares_attacks = false;
  std::vector<std::string> photo_names;  // of the further photos, in their order: "ref1", "ref2"
  // Of the enquiry about the number and the name.
  core::RegisterFinding finding = core::RegisterFinding::source_error;
  std::string number_mark;  // flows::NumberWatch::mark_of
};

[[nodiscard]] std::string text_of(const SessionNote& note);
/// number_mark of what text_of() made; "" for everything else.
[[nodiscard]] std::string number_mark_in(std::string_view text);
/// `integrity_failure` for what text_of() did not make.
[[nodiscard]] Result<SessionNote> session_note_from(std::string_view text);

}  // namespace selfsame::adapters::megvii
