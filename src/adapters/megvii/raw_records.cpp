// SPDX-License-Identifier: Apache-2.0
#include "adapters/megvii/raw_records.h"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <cmath>
#include <utility>

#include "base/base64.h"

namespace selfsame::adapters::megvii {

namespace json = boost::json;

namespace {

Bytes bytes_of_json(const json::object& object) {
  const std::string text = json::serialize(object);
  return {text.begin(), text.end()};
}

auto broken() {
  return fail(Errc::integrity_failure, "a token's record");
}

Result<json::object> object_of(ByteView packed) {
  boost::system::error_code failed;
  json::value parsed = json::parse(text_of(packed), failed);
  if (failed || !parsed.is_object()) return broken();
  return std::move(parsed.get_object());
}

Result<std::string> text_in(const json::object& object, std::string_view name) {
  const json::value* const value = object.if_contains(name);
  if (value == nullptr || !value->is_string()) return broken();
  return std::string(value->get_string());
}

Result<std::int64_t> number_in(const json::object& object, std::string_view name) {
  const json::value* const value = object.if_contains(name);
  if (value == nullptr || !value->is_int64()) return broken();
  return value->get_int64();
}

Result<bool> truth_in(const json::object& object, std::string_view name) {
  const json::value* const value = object.if_contains(name);
  if (value == nullptr || !value->is_bool()) return broken();
  return value->get_bool();
}

std::string_view word_of(core::AttackClass attack_class) {
  switch (attack_class) {
    case core::AttackClass::mask:
      return "MASK";
    case core::AttackClass::synthetic:
    case core::AttackClass::injected:
      return "FACEGEN";
    case core::AttackClass::print:
    case core::AttackClass::screen_replay:
    // Nothing nearer was measured.
    case core::AttackClass::unsure:
    case core::AttackClass::none:
      return "SCREEN_REPLAY";
  }
  return "SCREEN_REPLAY";
}

std::optional<core::AttackClass> attack_class_from(std::int64_t number) {
  if (number < 0 || number > static_cast<std::int64_t>(core::AttackClass::unsure)) {
    return std::nullopt;
  }
  return static_cast<core::AttackClass>(number);
}

}  // namespace

Bytes pack(const RawNumber& number) {
  return bytes_of_json(
      {{"digits", number.digits}, {"issued_at", number.issued_at.time_since_epoch().count()}}
  );
}

Bytes pack(const RawCapture& capture) {
  json::object object{
      {"kind", static_cast<std::int64_t>(capture.kind)},
      {"procedure", capture.procedure},
      {"metadata_differ", capture.metadata_differ},
      {"outcome", static_cast<std::int64_t>(capture.outcome)},
      {"attack_class", static_cast<std::int64_t>(capture.attack_class)},
      {"face", to_base64(capture.face_jpeg)}
  };
  if (capture.pad_score) object["pad"] = *capture.pad_score;
  return bytes_of_json(object);
}

Result<RawNumber> raw_number_from(ByteView packed) {
  SELFSAME_TRY(object, object_of(packed));
  SELFSAME_TRY(digits, text_in(object, "digits"));
  SELFSAME_TRY(issued_at, number_in(object, "issued_at"));
  return RawNumber{.digits = digits, .issued_at = Timestamp(std::chrono::milliseconds(issued_at))};
}

Result<RawCapture> raw_capture_from(ByteView packed) {
  SELFSAME_TRY(object, object_of(packed));
  RawCapture capture;
  SELFSAME_TRY(kind, number_in(object, "kind"));
  SELFSAME_TRY(procedure, text_in(object, "procedure"));
  SELFSAME_TRY(metadata_differ, truth_in(object, "metadata_differ"));
  SELFSAME_TRY(outcome_number, number_in(object, "outcome"));
  SELFSAME_TRY(class_number, number_in(object, "attack_class"));
  SELFSAME_TRY(face_text, text_in(object, "face"));
  const auto outcome = core::outcome_from(outcome_number);
  const auto attack_class = attack_class_from(class_number);
  auto face = from_base64(face_text);
  if (kind < 0 || kind > 1 || !outcome || !attack_class || !face) return broken();
  capture.kind = static_cast<RawKind>(kind);
  capture.procedure = procedure;
  capture.metadata_differ = metadata_differ;
  capture.outcome = *outcome;
  capture.attack_class = *attack_class;
  capture.face_jpeg = std::move(*face);
  if (const json::value* const pad = object.if_contains("pad")) {
    if (!pad->is_number()) return broken();
    capture.pad_score = pad->to_number<double>();
  }
  return capture;
}

std::string_view procedure_of_video(
    const core::ComparisonEvidence& evidence, const core::Challenge& challenge
) {
  if (!evidence.challenge.speech) return "VIDEO_SR_ERROR";
  if (const auto fault = core::fault_of_speech(*evidence.challenge.speech, challenge)) {
    const bool is_of_lips =
        *fault == core::Outcome::lips_still || *fault == core::Outcome::lips_out_of_step;
    return is_of_lips ? "VIDEO_NOT_SYNCHRONIZED" : "VIDEO_SR_ERROR";
  }
  if (!evidence.video.same_face_throughout) return "VIDEO_FACE_INCONSISTENT";
  return "PASSED";
}

std::string_view procedure_of_asked(core::Outcome outcome) noexcept {
  using core::Outcome;
  const bool is_of_sound = outcome == Outcome::speech_no_sound ||
                           outcome == Outcome::speech_too_quiet ||
                           outcome == Outcome::speech_not_recognised;
  if (is_of_sound) return "VIDEO_SR_ERROR";
  if (outcome == Outcome::lips_still || outcome == Outcome::lips_out_of_step) {
    return "VIDEO_NOT_SYNCHRONIZED";
  }
  return outcome == Outcome::face_changed ? "VIDEO_FACE_INCONSISTENT" : "PASSED";
}

std::optional<double> deciding_pad(const core::ComparisonEvidence& evidence) {
  const core::LivenessEvidence& video = evidence.video;
  const bool is_one_take = video.continuous && video.same_face_throughout && video.in_colour;
  const bool is_told = is_one_take && evidence.taken_after_challenge &&
                       evidence.suspicions.empty() && !video.defect && video.pad;
  if (!is_told || !std::isfinite(video.pad->value)) return std::nullopt;
  return video.pad->value;
}

std::string_view genuineness_of(
    const RawCapture& capture, const core::PadPolicy& policy, bool is_strict
) {
  const double threshold =
      is_strict ? (1 + policy.bona_fide_threshold) / 2 : policy.bona_fide_threshold;
  if (capture.pad_score && *capture.pad_score >= threshold) return "PASSED";
  return word_of(capture.attack_class);
}

}  // namespace selfsame::adapters::megvii
