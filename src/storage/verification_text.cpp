// SPDX-License-Identifier: Apache-2.0
#include "storage/verification_text.h"

#include <algorithm>
#include <array>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <charconv>
#include <concepts>
#include <limits>
#include <optional>
#include <type_traits>
#include <utility>
#include <vector>

#include "storage/stored_numbers.h"

namespace selfsame::storage {
namespace {

namespace json = boost::json;

// The members of each type, once for both directions. The structured bindings keep the lists
// complete: a new member does not compile until it has a name here.
template <class T, class Plain>
concept Is = std::same_as<std::remove_const_t<T>, Plain>;

template <class Archive, Is<core::TimeWindow> T>
void describe(Archive& archive, T& value) {
  auto& [begin_s, end_s] = value;
  archive("begin_s", begin_s);
  archive("end_s", end_s);
}

template <class Archive, Is<core::ActionPrompt> T>
void describe(Archive& archive, T& value) {
  auto& [action, window] = value;
  archive("action", action);
  archive("window", window);
}

template <class Archive, Is<core::Flash> T>
void describe(Archive& archive, T& value) {
  auto& [red, green, blue, duration_ms] = value;
  archive("red", red);
  archive("green", green);
  archive("blue", blue);
  archive("duration_ms", duration_ms);
}

template <class Archive, Is<core::Challenge> T>
void describe(Archive& archive, T& value) {
  auto& [actions, flashes, flashes_begin_s, digits, speech, mirrored, duration_s] = value;
  archive("actions", actions);
  archive("flashes", flashes);
  archive("flashes_begin_s", flashes_begin_s);
  archive("digits", digits);
  archive("speech", speech);
  archive("mirrored", mirrored);
  archive("duration_s", duration_s);
}

template <class Archive, Is<core::PageWishes> T>
void describe(Archive& archive, T& value) {
  auto& [language, colour, url, parameter, consent, start, result] = value;
  archive("language", language);
  archive("theme_colour", colour);
  archive("redirect_url", url);
  archive("token_parameter", parameter);
  archive("skips_consent", consent);
  archive("skips_start", start);
  archive("skips_result", result);
}

template <class Archive, Is<core::VerificationTerms> T>
void describe(Archive& archive, T& value) {
  auto& [compares, actions, allowed, flashes, digits, fallback, attempts, fmr, start, answer, end, page, document, judges_liveness] =
      value;
  archive("compares", compares);
  archive("actions", actions);
  archive("allowed_actions", allowed);
  archive("flashes", flashes);
  archive("digits", digits);
  archive("fallback_actions", fallback);
  archive("attempts_max", attempts);
  archive("match_fmr", fmr);
  archive("start_within_ms", start);
  archive("answer_within_ms", answer);
  archive("end_within_ms", end);
  archive("page", page);
  archive("document", document);
  archive("judges_liveness", judges_liveness);
}

template <class Archive, Is<core::DocumentTerms> T>
void describe(Archive& archive, T& value) {
  auto& [types, both_sides, may_edit, stopping, portrait, expired, asks_register, tries] = value;
  archive("types", types);
  archive("both_sides", both_sides);
  archive("may_edit", may_edit);
  archive("stopping", stopping);
  archive("compares_portrait", portrait);
  archive("refuses_expired", expired);
  archive("asks_register", asks_register);
  archive("tries_max", tries);
}

template <class Archive, Is<core::DocumentSighting> T>
void describe(Archive& archive, T& value) {
  auto& [asked, type, side, has_back, readable, differ, warnings, expired, has_portrait, defect, finding, sandbox] =
      value;
  archive("asked_side", asked);
  archive("type", type);
  archive("side", side);
  archive("has_back", has_back);
  archive("is_readable", readable);
  archive("numbers_differ", differ);
  archive("warnings", warnings);
  archive("is_expired", expired);
  archive("has_portrait", has_portrait);
  archive("portrait_defect", defect);
  archive("register_finding", finding);
  archive("sandbox", sandbox);
}

template <class Archive, Is<core::IssuedChallenge> T>
void describe(Archive& archive, T& value) {
  auto& [id, attempt, challenge, issued_at, expires_at, fallback] = value;
  archive("id", id);
  archive("attempt", attempt);
  archive("challenge", challenge);
  archive("issued_at", issued_at);
  archive("expires_at", expires_at);
  archive("fallback", fallback);
}

template <class Archive, Is<core::ClientHints> T>
void describe(Archive& archive, T& value) {
  auto& [camera_labels, user_agent, frame_rate_hz, width_px, height_px, mirrored] = value;
  archive("camera_labels", camera_labels);
  archive("user_agent", user_agent);
  archive("frame_rate_hz", frame_rate_hz);
  archive("width_px", width_px);
  archive("height_px", height_px);
  archive("mirrored", mirrored);
}

template <class Archive, Is<core::PadScore> T>
void describe(Archive& archive, T& value) {
  auto& [score] = value;
  archive("value", score);
}

template <class Archive, Is<core::SimilarityScore> T>
void describe(Archive& archive, T& value) {
  auto& [cosine] = value;
  archive("cosine", cosine);
}

template <class Archive, Is<core::LivenessEvidence> T>
void describe(Archive& archive, T& value) {
  auto& [defect, pad, continuous, same_face_throughout, in_colour] = value;
  archive("defect", defect);
  archive("pad", pad);
  archive("continuous", continuous);
  archive("same_face_throughout", same_face_throughout);
  archive("in_colour", in_colour);
}

template <class Archive, Is<core::ActionEvent> T>
void describe(Archive& archive, T& value) {
  auto& [action, begin_s, peak_s, end_s, clear] = value;
  archive("action", action);
  archive("begin_s", begin_s);
  archive("peak_s", peak_s);
  archive("end_s", end_s);
  archive("clear", clear);
}

template <class Archive, Is<core::ActionEvidence> T>
void describe(Archive& archive, T& value) {
  auto& [events, moved] = value;
  archive("events", events);
  archive("moved", moved);
}

template <class Archive, Is<core::ReflectionEvidence> T>
void describe(Archive& archive, T& value) {
  auto& [samples, flashes_seen, from_video, stills_fault, timing_refused, correlation, rank, lag_s, lag_spread_s, relief, relief_correlation, relief_of_weaker_side, gloss, response, too_bright] =
      value;
  archive("samples", samples);
  archive("flashes_seen", flashes_seen);
  archive("from_video", from_video);
  archive("stills_fault", stills_fault);
  archive("timing_refused", timing_refused);
  archive("correlation", correlation);
  archive("rank", rank);
  archive("lag_s", lag_s);
  archive("lag_spread_s", lag_spread_s);
  archive("relief", relief);
  archive("relief_correlation", relief_correlation);
  archive("relief_of_weaker_side", relief_of_weaker_side);
  archive("gloss", gloss);
  archive("response", response);
  archive("too_bright", too_bright);
}

template <class Archive, Is<core::SpeechEvidence> T>
void describe(Archive& archive, T& value) {
  auto& [has_sound, loudness, voiced_s, heard, likelihood, movement, range, sync, sync_lag_s] =
      value;
  archive("has_sound", has_sound);
  archive("loudness_dbfs", loudness);
  archive("voiced_s", voiced_s);
  archive("heard", heard);
  archive("likelihood_ratio", likelihood);
  archive("lip_movement", movement);
  archive("lip_range", range);
  archive("sync", sync);
  archive("sync_lag_s", sync_lag_s);
}

template <class Archive, Is<core::ChallengeEvidence> T>
void describe(Archive& archive, T& value) {
  auto& [framing, action, reflection, speech] = value;
  archive("framing", framing);
  archive("action", action);
  archive("reflection", reflection);
  archive("speech", speech);
}

template <class Archive, Is<core::ComparisonEvidence> T>
void describe(Archive& archive, T& value) {
  auto& [reference_defect, video, challenge, similarity, after_challenge, suspicions] = value;
  archive("reference_defect", reference_defect);
  archive("video", video);
  archive("challenge", challenge);
  archive("similarity", similarity);
  archive("taken_after_challenge", after_challenge);
  archive("suspicions", suspicions);
}

template <class Archive, Is<core::PadPolicy> T>
void describe(Archive& archive, T& value) {
  auto& [bona_fide_threshold, retry_threshold] = value;
  archive("bona_fide_threshold", bona_fide_threshold);
  archive("retry_threshold", retry_threshold);
}

template <class Archive, Is<core::ComparisonPolicy> T>
void describe(Archive& archive, T& value) {
  auto& [match_threshold] = value;
  archive("match_threshold", match_threshold);
}

template <class Archive, Is<core::VerificationPolicy> T>
void describe(Archive& archive, T& value) {
  auto& [pad, comparison, compares, refuses_suspect_clients] = value;
  archive("pad", pad);
  archive("comparison", comparison);
  archive("compares", compares);
  archive("refuses_suspect_clients", refuses_suspect_clients);
}

template <class Archive, Is<core::VerificationFinding> T>
void describe(Archive& archive, T& value) {
  auto& [outcome, attack_class, reasons, evidence, policy, calibration, further] = value;
  archive("outcome", outcome);
  archive("attack_class", attack_class);
  archive("reasons", reasons);
  archive("evidence", evidence);
  archive("policy", policy);
  archive("calibration", calibration);
  archive("further_cosines", further);
}

template <class Archive, Is<core::ChallengeIssued> T>
void describe(Archive& archive, T& value) {
  auto& [issued] = value;
  archive("issued", issued);
}

template <class Archive, Is<core::SealedStill> T>
void describe(Archive& archive, T& value) {
  auto& [part, time_s] = value;
  archive("part", part);
  archive("time_s", time_s);
}

template <class Archive, Is<core::EvidenceSealed> T>
void describe(Archive& archive, T& value) {
  auto& [challenge_id, stills, flash_shown_at_s, hints] = value;
  archive("challenge_id", challenge_id);
  archive("stills", stills);
  archive("flash_shown_at_s", flash_shown_at_s);
  archive("hints", hints);
}

template <class Archive, Is<core::Judged> T>
void describe(Archive& archive, T& value) {
  auto& [finding] = value;
  archive("finding", finding);
}

template <class Archive, Is<core::JudgingFailed> T>
void describe(Archive& archive, T& value) {
  auto& [cause] = value;
  archive("cause", cause);
}

template <class Archive, Is<core::EndedByDevice> T>
void describe(Archive& archive, T& value) {
  auto& [reason] = value;
  archive("reason", reason);
}

template <class Archive, Is<core::TimePassed> T>
void describe(Archive&, T&) {}

template <class Archive, Is<core::DeviceClaimed> T>
void describe(Archive& archive, T& value) {
  auto& [key_hash] = value;
  archive("key_hash", key_hash);
}

template <class Archive, Is<core::DocumentPictured> T>
void describe(Archive& archive, T& value) {
  auto& [seen, calibration] = value;
  archive("seen", seen);
  archive("calibration", calibration);
}

template <class Archive, Is<core::DocumentConfirmed> T>
void describe(Archive& archive, T& value) {
  auto& [edited, calibration] = value;
  archive("edited", edited);
  archive("calibration", calibration);
}

// Without default: a new enumerator does not compile until it is here.
bool is_known(core::FaceAction value) {
  switch (value) {
    case core::FaceAction::open_mouth:
    case core::FaceAction::blink:
    case core::FaceAction::nod:
    case core::FaceAction::shake:
    case core::FaceAction::turn_left:
    case core::FaceAction::turn_right:
      return true;
  }
  return false;
}

bool is_known(core::CaptureDefect value) {
  switch (value) {
    case core::CaptureDefect::no_face:
    case core::CaptureDefect::several_faces:
    case core::CaptureDefect::wrong_size:
    case core::CaptureDefect::poor_quality:
    case core::CaptureDefect::mask_worn:
    case core::CaptureDefect::too_close:
    case core::CaptureDefect::too_short:
    case core::CaptureDefect::undecodable:
    case core::CaptureDefect::eyes_hidden:
    case core::CaptureDefect::mouth_hidden:
      return true;
  }
  return false;
}

bool is_known(core::ClientSuspicion value) {
  switch (value) {
    case core::ClientSuspicion::virtual_camera:
    case core::ClientSuspicion::edited_video:
    case core::ClientSuspicion::other_camera:
      return true;
  }
  return false;
}

bool is_known(core::FramingFault value) {
  switch (value) {
    case core::FramingFault::incomplete:
    case core::FramingFault::too_close:
    case core::FramingFault::too_far:
    case core::FramingFault::too_far_left:
    case core::FramingFault::too_far_right:
    case core::FramingFault::too_dark:
    case core::FramingFault::too_bright:
      return true;
  }
  return false;
}

bool is_known(core::StillsFault value) {
  switch (value) {
    case core::StillsFault::absent:
    case core::StillsFault::too_few:
    case core::StillsFault::undecodable:
    case core::StillsFault::untimely:
    case core::StillsFault::no_face:
    case core::StillsFault::unfit:
      return true;
  }
  return false;
}

bool is_known(core::FallbackReason value) {
  switch (value) {
    case core::FallbackReason::client_cannot_flash:
    case core::FallbackReason::no_stills:
    case core::FallbackReason::too_bright_twice:
      return true;
  }
  return false;
}

bool is_known(core::EndReason value) {
  return core::end_reason_from(core::name_of(value)) == value;
}

bool is_known(core::DocumentWarning value) {
  return core::document_warning_from(core::name_of(value)) == value;
}

bool is_known(core::RegisterFinding value) {
  switch (value) {
    case core::RegisterFinding::found:
    case core::RegisterFinding::no_such_number:
    case core::RegisterFinding::number_name_mismatch:
    case core::RegisterFinding::validity_mismatch:
    case core::RegisterFinding::validity_unknown:
    case core::RegisterFinding::no_photo:
    case core::RegisterFinding::photo_format:
    case core::RegisterFinding::no_face:
    case core::RegisterFinding::source_error:
    case core::RegisterFinding::source_unavailable:
    case core::RegisterFinding::too_many_enquiries:
      return true;
  }
  return false;
}

bool is_known(core::Outcome value) {
  return core::outcome_from(number_of(value)).has_value();
}

bool is_known(core::AttackClass value) {
  return attack_class_from(number_of(value)).has_value();
}

bool is_known(Errc value) {
  return value <= Errc::expired;
}

std::string text_of_number(double number) {
  std::array<char, 32> text{};
  const auto [end, error] = std::to_chars(text.data(), text.data() + text.size(), number);
  static_cast<void>(error);  // 32 characters hold every double
  return {text.data(), end};
}

class Writer {
 public:
  template <class T>
  void operator()(const char* name, const T& value) {
    object_[name] = value_of(value);
  }

  template <class T>
  static json::object object_of(const T& value) {
    Writer writer;
    describe(writer, value);
    return std::move(writer.object_);
  }

 private:
  static json::value value_of(bool value) { return value; }
  static json::value value_of(int value) { return value; }
  static json::value value_of(std::uint8_t value) { return value; }
  static json::value value_of(double value) { return json::string(text_of_number(value)); }
  static json::value value_of(const std::string& value) { return json::string(value); }
  static json::value value_of(Timestamp value) { return value.time_since_epoch().count(); }
  static json::value value_of(std::chrono::milliseconds value) { return value.count(); }
  template <class T>
    requires std::is_enum_v<T>
  static json::value value_of(T value) {
    return number_of(value);
  }
  template <class T>
  static json::value value_of(const std::optional<T>& value) {
    return value ? value_of(*value) : json::value();
  }
  template <class T>
  static json::value value_of(const std::vector<T>& values) {
    json::array array;
    for (const T& value : values) array.push_back(value_of(value));
    return array;
  }
  template <class T>
    requires std::is_class_v<T>
  static json::value value_of(const T& value) {
    return object_of(value);
  }

  json::object object_;
};

/// Takes the members that describe() names and no other, in whatever order. What an older program
/// did not write keeps its default.
class Reader {
 public:
  explicit Reader(const json::object& object) : object_(object) {}

  template <class T>
  void operator()(const char* name, T& value) {
    const json::value* const found = object_.if_contains(name);
    if (found == nullptr) return;
    ++members_;
    ok_ = ok_ && read(*found, value);
  }

  template <class T>
  static bool read_object(const json::value& from, T& value) {
    const json::object* const object = from.if_object();
    if (object == nullptr) return false;
    Reader reader(*object);
    describe(reader, value);
    return reader.ok_ && reader.members_ == object->size();
  }

 private:
  static bool read(const json::value& from, bool& value) {
    if (!from.is_bool()) return false;
    value = from.get_bool();
    return true;
  }
  template <std::integral T>
  static bool read(const json::value& from, T& value) {
    if (!from.is_int64()) return false;
    const std::int64_t number = from.get_int64();
    if (!std::in_range<T>(number)) return false;
    value = static_cast<T>(number);
    return true;
  }
  static bool read(const json::value& from, double& value) {
    const json::string* const text = from.if_string();
    if (text == nullptr) return false;
    const char* const end = text->data() + text->size();
    const auto [last, error] = std::from_chars(text->data(), end, value);
    return error == std::errc{} && last == end;
  }
  static bool read(const json::value& from, std::string& value) {
    const json::string* const text = from.if_string();
    if (text == nullptr) return false;
    value.assign(text->data(), text->size());
    return true;
  }
  static bool read(const json::value& from, Timestamp& value) {
    std::int64_t count = 0;
    if (!read(from, count)) return false;
    value = Timestamp(std::chrono::milliseconds(count));
    return true;
  }
  static bool read(const json::value& from, std::chrono::milliseconds& value) {
    std::int64_t count = 0;
    if (!read(from, count)) return false;
    value = std::chrono::milliseconds(count);
    return true;
  }
  template <class T>
    requires std::is_enum_v<T>
  static bool read(const json::value& from, T& value) {
    std::underlying_type_t<T> number{};
    if (!read(from, number)) return false;
    value = static_cast<T>(number);
    return is_known(value);
  }
  template <class T>
  static bool read(const json::value& from, std::optional<T>& value) {
    value.reset();
    return from.is_null() || read(from, value.emplace());
  }
  template <class T>
  static bool read(const json::value& from, std::vector<T>& values) {
    const json::array* const array = from.if_array();
    if (array == nullptr) return false;
    values.clear();
    return std::ranges::all_of(*array, [&](const json::value& element) {
      return read(element, values.emplace_back());
    });
  }
  template <class T>
    requires std::is_class_v<T>
  static bool read(const json::value& from, T& value) {
    return read_object(from, value);
  }

  const json::object& object_;
  std::size_t members_ = 0;
  bool ok_ = true;
};

template <class T>
Result<T> value_from(std::string_view text, const char* what) {
  json::error_code error;
  const json::value parsed = json::parse(text, error);
  T value{};
  if (!error && Reader::read_object(parsed, value)) return value;
  return fail(Errc::integrity_failure, std::string("a stored ") + what + " cannot be read");
}

template <std::size_t Kind = 0>
Result<core::VerificationEvent> event_of_kind(std::int64_t kind, std::string_view text) {
  if constexpr (Kind == std::variant_size_v<core::VerificationEvent>) {
    return fail(Errc::integrity_failure, "a stored event has an unknown kind");
  } else {
    if (kind != static_cast<std::int64_t>(Kind)) return event_of_kind<Kind + 1>(kind, text);
    using Event = std::variant_alternative_t<Kind, core::VerificationEvent>;
    return value_from<Event>(text, "event").map([](Event event) {
      return core::VerificationEvent(std::move(event));
    });
  }
}

}  // namespace

std::string text_of(const core::VerificationTerms& terms) {
  return json::serialize(Writer::object_of(terms));
}

std::string text_of(const core::IssuedChallenge& issued) {
  return json::serialize(Writer::object_of(issued));
}

std::string text_of(const core::VerificationEvent& event) {
  return std::visit([](const auto& one) { return json::serialize(Writer::object_of(one)); }, event);
}

Result<core::VerificationTerms> terms_from(std::string_view text) {
  return value_from<core::VerificationTerms>(text, "verification's terms");
}

Result<core::VerificationEvent> event_from(std::int64_t kind, std::string_view text) {
  return event_of_kind(kind, text);
}

}  // namespace selfsame::storage
