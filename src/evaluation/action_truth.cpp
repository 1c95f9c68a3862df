// SPDX-License-Identifier: Apache-2.0
#include "evaluation/action_truth.h"

#include <algorithm>
#include <initializer_list>
#include <sstream>

namespace selfsame::evaluation {
namespace {

bool read_range(std::istream& in, CountRange& range) {
  if (!(in >> range.least) || range.least < 0) return false;
  range.most = range.least;
  if (in.peek() != '-') return true;
  in.get();
  return static_cast<bool>(in >> range.most) && range.most >= range.least;
}

bool fits(
    const core::ActionEvidence& evidence,
    const CountRange& range,
    std::initializer_list<core::FaceAction> actions
) {
  const auto count = std::ranges::count_if(evidence.events, [actions](const auto& event) {
    return event.clear && std::ranges::find(actions, event.action) != actions.end();
  });
  return count >= range.least && count <= range.most;
}

}  // namespace

Result<std::map<std::string, ClipTruth>> read_action_truth(std::string_view text) {
  std::map<std::string, ClipTruth> truths;
  std::istringstream lines{std::string(text)};
  int number = 0;
  for (std::string line; std::getline(lines, line);) {
    ++number;
    line.erase(std::min(line.find('#'), line.size()));
    std::istringstream in(line);
    std::string file, rest;
    if (!(in >> file)) continue;
    ClipTruth truth;
    const bool good = read_range(in, truth.blinks) && read_range(in, truth.mouth_openings) &&
                      read_range(in, truth.turns) && !(in >> rest);
    if (!good) {
      return fail(
          Errc::invalid_parameter,
          "line " + std::to_string(number) + ": say FILE BLINKS MOUTH_OPENINGS TURNS"
      );
    }
    truths[file] = truth;
  }
  return truths;
}

bool is_as_known(const core::ActionEvidence& evidence, const ClipTruth& truth) {
  using core::FaceAction;
  return fits(evidence, truth.blinks, {FaceAction::blink}) &&
         fits(evidence, truth.mouth_openings, {FaceAction::open_mouth}) &&
         fits(evidence, truth.turns, {FaceAction::turn_left, FaceAction::turn_right});
}

}  // namespace selfsame::evaluation
