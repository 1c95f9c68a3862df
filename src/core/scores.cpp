// SPDX-License-Identifier: Apache-2.0
#include "core/scores.h"

namespace selfsame::core {

const char* name_of(AttackClass attack_class) noexcept {
  switch (attack_class) {
    case AttackClass::none:
      return "none";
    case AttackClass::print:
      return "print";
    case AttackClass::screen_replay:
      return "screen_replay";
    case AttackClass::mask:
      return "mask";
    case AttackClass::synthetic:
      return "synthetic";
    case AttackClass::injected:
      return "injected";
    case AttackClass::unsure:
      return "unsure";
  }
  return "unsure";
}

const char* name_of(CaptureDefect defect) noexcept {
  switch (defect) {
    case CaptureDefect::no_face:
      return "no_face";
    case CaptureDefect::several_faces:
      return "several_faces";
    case CaptureDefect::wrong_size:
      return "wrong_size";
    case CaptureDefect::poor_quality:
      return "poor_quality";
    case CaptureDefect::mask_worn:
      return "mask_worn";
    case CaptureDefect::too_close:
      return "too_close";
    case CaptureDefect::too_short:
      return "too_short";
    case CaptureDefect::undecodable:
      return "undecodable";
    case CaptureDefect::eyes_hidden:
      return "eyes_hidden";
    case CaptureDefect::mouth_hidden:
      return "mouth_hidden";
  }
  return "poor_quality";
}

}  // namespace selfsame::core
