// SPDX-License-Identifier: Apache-2.0
#include "evaluation/labels_fix.h"

#include <filesystem>
#include <vector>

#include "evaluation/text_lines.h"

namespace selfsame::evaluation {

Result<LabelsFix> LabelsFix::parse(std::string_view text) {
  LabelsFix fix;
  for (const Line& line : lines_of(text)) {
    auto fields = fields_of(line.text);
    while (!fields.empty() && fields.back().empty()) fields.pop_back();
    if (fields.size() == 2 && fields[0] == "omit" && !fields[1].empty()) {
      fix.omitted_.emplace(fields[1]);
    } else if (fields.size() == 3 && fields[0] == "same" && !fields[1].empty()) {
      const std::string a = fix.person_of(std::string(fields[1]));
      const std::string b = fix.person_of(std::string(fields[2]));
      if (a != b) fix.merged_into_[b] = a;
    } else {
      return fail_line(line, "expected `omit IMAGE` or `same NAME OTHER`");
    }
  }
  return fix;
}

bool LabelsFix::omits(std::string_view image) const {
  return omitted_.contains(std::filesystem::path(image).stem().string());
}

std::string LabelsFix::person_of(const std::string& identity) const {
  std::string name = identity;
  for (auto next = merged_into_.find(name); next != merged_into_.end();
       next = merged_into_.find(name)) {
    name = next->second;
  }
  return name;
}

}  // namespace selfsame::evaluation
