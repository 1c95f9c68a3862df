// SPDX-License-Identifier: Apache-2.0
// Known label errors of a data set: images to leave out, persons under two names.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>

#include "base/result.h"

namespace selfsame::evaluation {

class LabelsFix {
 public:
  LabelsFix() = default;

  /// Lines of tab-separated fields: `omit IMAGE` (file name without extension) and
  /// `same NAME OTHER` (two identities are one). '#' starts a comment line.
  /// `malformed_request` names the line.
  [[nodiscard]] static Result<LabelsFix> parse(std::string_view text);

  /// Is the image to be left out? `image` is a path; its folder and extension do not matter.
  [[nodiscard]] bool omits(std::string_view image) const;
  /// One name for all names of a person.
  [[nodiscard]] std::string person_of(const std::string& identity) const;

 private:
  std::set<std::string, std::less<>> omitted_;
  std::map<std::string, std::string> merged_into_;
};

}  // namespace selfsame::evaluation
