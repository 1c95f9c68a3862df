// SPDX-License-Identifier: Apache-2.0
#include "adapters/native/verification_json.h"

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value_from.hpp>
#include <chrono>
#include <type_traits>
#include <variant>

#include "adapters/native/json_values.h"
#include "adapters/native/verification_document_json.h"

namespace selfsame::adapters::native {
namespace {

namespace json = boost::json;
using core::Outcome;

json::value time_or_null(const std::optional<Timestamp>& time) {
  return time ? json::value(rfc3339(*time)) : json::value(nullptr);
}

template <class Value>
json::value name_or_null(const std::optional<Value>& value) {
  return value ? json::value(name_of(*value)) : json::value(nullptr);
}

json::value window_json(const std::optional<core::TimeWindow>& window) {
  if (!window) return nullptr;
  return {{"begin_s", window->begin_s}, {"end_s", window->end_s}};
}

json::object terms_json(const core::VerificationTerms& terms) {
  json::array allowed;
  for (const core::FaceAction action : terms.allowed_actions) allowed.emplace_back(name_of(action));
  const auto seconds = [](std::chrono::milliseconds time) {
    return std::chrono::duration_cast<std::chrono::seconds>(time).count();
  };
  return {
      {"compare", terms.compares},
      {"modes", modes_json(terms)},
      {"actions", terms.actions},
      {"allowed_actions", std::move(allowed)},
      {"flashes", terms.flashes},
      {"digits", terms.digits},
      {"fallback_actions", terms.fallback_actions},
      {"attempts_max", terms.attempts_max},
      {"start_within_s", seconds(terms.start_within)},
      {"answer_within_s", seconds(terms.answer_within)},
      {"end_within_s", seconds(terms.end_within)},
      {"liveness", terms.judges_liveness},
      {"document",
       terms.document ? json::value(document_terms_json(*terms.document)) : json::value(nullptr)}
  };
}

json::object issued_json(const core::IssuedChallenge& issued) {
  const core::Challenge& challenge = issued.challenge;
  json::array modes;
  for (const core::LivenessMode mode : challenge.modes()) modes.emplace_back(name_of(mode));
  json::array actions;
  for (const core::ActionPrompt& prompt : challenge.actions) {
    actions.push_back({{"action", name_of(prompt.action)}, {"window", window_json(prompt.window)}});
  }
  json::array flashes;
  for (const core::Flash& flash : challenge.flashes) {
    flashes.push_back(
        {{"red", flash.red},
         {"green", flash.green},
         {"blue", flash.blue},
         {"duration_ms", flash.duration_ms}}
    );
  }
  return {
      {"challenge_id", issued.id},
      {"attempt", issued.attempt},
      {"issued_at", rfc3339(issued.issued_at)},
      {"expires_at", rfc3339(issued.expires_at)},
      {"modes", std::move(modes)},
      {"actions", std::move(actions)},
      {"flashes", std::move(flashes)},
      {"flashes_begin_s", challenge.flashes_begin_s},
      {"digits", challenge.digits},
      {"speech", window_json(challenge.speech)},
      {"mirrored", challenge.mirrored},
      {"duration_s", challenge.duration_s},
      {"fallback", name_or_null(issued.fallback)}
  };
}

json::value action_json(const std::optional<core::ActionEvidence>& evidence) {
  if (!evidence) return nullptr;
  json::array events;
  for (const core::ActionEvent& event : evidence->events) {
    events.push_back(
        {{"action", name_of(event.action)},
         {"begin_s", number_or_null(event.begin_s)},
         {"peak_s", number_or_null(event.peak_s)},
         {"end_s", number_or_null(event.end_s)}}
    );
  }
  return {{"moved", evidence->moved}, {"events", std::move(events)}};
}

json::value reflection_json(const std::optional<core::ReflectionEvidence>& evidence) {
  if (!evidence) return nullptr;
  return {
      {"samples", evidence->samples},
      {"flashes_seen", evidence->flashes_seen},
      {"from_video", evidence->from_video},
      {"stills_fault", name_or_null(evidence->stills_fault)},
      {"timing_refused", evidence->timing_refused},
      {"correlation", number_or_null(evidence->correlation)},
      {"rank", number_or_null(evidence->rank)},
      {"lag_s", number_or_null(evidence->lag_s)},
      {"lag_spread_s", number_or_null(evidence->lag_spread_s)},
      {"relief", number_or_null(evidence->relief)},
      {"relief_correlation", number_or_null(evidence->relief_correlation)},
      {"relief_of_weaker_side", number_or_null(evidence->relief_of_weaker_side)},
      {"gloss", number_or_null(evidence->gloss)},
      {"response", number_or_null(evidence->response)},
      {"too_bright", evidence->too_bright}
  };
}

json::value speech_json(const std::optional<core::SpeechEvidence>& evidence) {
  if (!evidence) return nullptr;
  return {
      {"has_sound", evidence->has_sound},
      {"loudness_dbfs", number_or_null(evidence->loudness_dbfs)},
      {"voiced_s", number_or_null(evidence->voiced_s)},
      {"heard", evidence->heard},
      {"likelihood_ratio", number_or_null(evidence->likelihood_ratio)},
      {"lip_movement", number_or_null(evidence->lip_movement)},
      {"lip_range", number_or_null(evidence->lip_range)},
      {"sync", number_or_null(evidence->sync)},
      {"sync_lag_s", number_or_null(evidence->sync_lag_s)}
  };
}

json::array suspicions_json(const std::vector<core::ClientSuspicion>& suspicions) {
  json::array names;
  for (const auto suspicion : suspicions) names.emplace_back(core::name_of(suspicion));
  return names;
}

json::object finding_json(const core::VerificationFinding& finding) {
  const core::ComparisonEvidence& evidence = finding.evidence;
  const auto& pad = evidence.video.pad;
  const auto& similarity = evidence.similarity;
  return {
      {"outcome", name_of(finding.outcome)},
      {"attack_class", name_of(finding.attack_class)},
      {"reasons", json::value_from(finding.reasons)},
      {"scores",
       {{"pad", number_or_null(pad ? std::optional(pad->value) : std::nullopt)},
        {"pad_threshold", finding.policy.pad.bona_fide_threshold},
        {"cosine", number_or_null(similarity ? std::optional(similarity->cosine) : std::nullopt)},
        {"match_threshold", finding.policy.comparison.match_threshold},
        {"calibration", finding.calibration}}},
      {"evidence",
       {{"continuous", evidence.video.continuous},
        {"same_face_throughout", evidence.video.same_face_throughout},
        {"in_colour", evidence.video.in_colour},
        {"suspicions", suspicions_json(evidence.suspicions)},
        {"action", action_json(evidence.challenge.action)},
        {"reflection", reflection_json(evidence.challenge.reflection)},
        {"speech", speech_json(evidence.challenge.speech)}}}
  };
}

template <class... Cases>
struct Overloaded : Cases... {
  using Cases::operator()...;
};

/// What caused a transition, with what an auditor wants to see of it.
json::object cause_json(const core::VerificationEvent& event) {
  return std::visit(
      Overloaded{
          [](const core::ChallengeIssued& issued) -> json::object {
            return {{"cause", "challenge_issued"}, {"challenge_id", issued.issued.id}};
          },
          [](const core::EvidenceSealed& sealed) -> json::object {
            return {
                {"cause", "evidence_sealed"},
                {"challenge_id", sealed.challenge_id},
                {"stills", sealed.stills.size()}
            };
          },
          [](const core::Judged& judged) -> json::object {
            return {{"cause", "judged"}, {"outcome", name_of(judged.finding.outcome)}};
          },
          [](const core::JudgingFailed& failed) -> json::object {
            return {{"cause", "judging_failed"}, {"error", name_of(failed.cause)}};
          },
          [](const core::EndedByDevice& ended) -> json::object {
            return {{"cause", "ended_by_device"}, {"reason", name_of(ended.reason)}};
          },
          [](const core::TimePassed&) -> json::object { return {{"cause", "time_passed"}}; },
          [](const core::DeviceClaimed&) -> json::object { return {{"cause", "device_claimed"}}; },
          [](const core::DocumentPictured& pictured) -> json::object {
            return {{"cause", "document_pictured"}, {"side", pictured.seen.asked_side}};
          },
          [](const core::DocumentConfirmed& confirmed) -> json::object {
            return {{"cause", "document_confirmed"}, {"edited", confirmed.edited.size()}};
          },
      },
      event
  );
}

json::array transitions_json(const std::vector<core::VerificationTransition>& history) {
  json::array transitions;
  for (const core::VerificationTransition& transition : history) {
    json::object object{
        {"number", transition.number},
        {"from", name_of(transition.from)},
        {"to", name_of(transition.to)},
        {"at", rfc3339(transition.at)}
    };
    for (auto& member : cause_json(transition.event)) {
      object[member.key()] = std::move(member.value());
    }
    transitions.emplace_back(std::move(object));
  }
  return transitions;
}

/// One for each challenge that was issued, with what came of it.
json::array attempts_json(const std::vector<core::VerificationTransition>& history) {
  json::array attempts;
  for (const core::VerificationTransition& transition : history) {
    if (const auto* issued = std::get_if<core::ChallengeIssued>(&transition.event)) {
      attempts.push_back({{"challenge", issued_json(issued->issued)}, {"finding", nullptr}});
    } else if (const auto* judged = std::get_if<core::Judged>(&transition.event);
               judged != nullptr && !attempts.empty()) {
      attempts.back().get_object()["finding"] = finding_json(judged->finding);
    }
  }
  return attempts;
}

std::optional<Outcome> decided_outcome(const core::VerificationProgress& progress) {
  const bool is_decided = progress.state == core::VerificationState::decided;
  if (!is_decided || !progress.finding) return std::nullopt;
  return progress.finding->outcome;
}

bool has_passed(const flows::VerificationView& view) {
  const auto outcome = decided_outcome(view.progress);
  return outcome == core::wanted_outcome(view.terms);
}

/// What the event and the full view have in common.
json::object summary_json(
    const flows::VerificationView& view, const flows::DocumentCase* document
) {
  const auto& progress = view.progress;
  const auto outcome = decided_outcome(progress);
  json::object object{
      {"id", view.id},
      {"state", name_of(progress.state)},
      {"passed", has_passed(view)},
      {"outcome", name_or_null(outcome)},
      {"attack_class", nullptr},
      {"end_reason", name_or_null(progress.end_reason)},
      {"metadata", view.metadata},
      {"created_at", rfc3339(progress.created_at)},
      {"changed_at", rfc3339(progress.changed_at)},
      {"document", verification_document_json(view, document)}
  };
  if (outcome) object["attack_class"] = name_of(progress.finding->attack_class);
  return object;
}

const char* name_of(storage::DeliveryState state) noexcept {
  switch (state) {
    case storage::DeliveryState::waiting:
      return "waiting";
    case storage::DeliveryState::delivered:
      return "delivered";
    case storage::DeliveryState::given_up:
      return "given_up";
  }
  return "unknown";
}

}  // namespace

json::object verification_json(
    const flows::VerificationView& view, const flows::DocumentCase* document
) {
  json::object object = summary_json(view, document);
  object["policy"] = terms_json(view.terms);
  object["has_best_frame"] = view.has_best_frame;
  object["attempts"] = attempts_json(view.history);
  object["transitions"] = transitions_json(view.history);
  return object;
}

json::object opened_json(const flows::OpenedVerification& opened) {
  return {
      {"id", opened.id},
      {"token", opened.token},
      {"state", name_of(core::VerificationState::created)},
      {"start_by", rfc3339(opened.start_by)},
      {"end_by", rfc3339(opened.end_by)}
  };
}

json::array modes_json(const core::VerificationTerms& terms) {
  json::array modes{name_of(core::LivenessMode::silent)};
  if (terms.actions > 0) modes.emplace_back(name_of(core::LivenessMode::action));
  if (terms.flashes > 0) modes.emplace_back(name_of(core::LivenessMode::reflection));
  if (terms.digits > 0) modes.emplace_back(name_of(core::LivenessMode::lip));
  return modes;
}

json::object challenge_json(const flows::ChallengeForDevice& challenge) {
  json::object object = issued_json(challenge.issued);
  object["signature"] = challenge.signature;
  return object;
}

json::object device_json(const flows::DeviceView& view) {
  const bool may_retry = view.state == core::VerificationState::challenged &&
                         view.outcome.has_value() && view.attempts_left > 0;
  json::object object{
      {"state", name_of(view.state)},
      {"passed", view.passed},
      {"retry", may_retry},
      {"hint", nullptr},
      {"attempts_left", view.attempts_left},
      {"document", session_document_json(view)}
  };
  const auto hint = view.outcome ? hint_of(*view.outcome) : std::nullopt;
  if (hint) object["hint"] = *hint;
  return object;
}

json::object part_json(const flows::PartStatus& part) {
  return {
      {"part", part.part},
      {"received_bytes", part.received_bytes},
      {"total_bytes", part.total_bytes},
      {"sha256", part.sha256}
  };
}

json::object delivery_json(const storage::WebhookDelivery& delivery) {
  const bool waits = delivery.state == storage::DeliveryState::waiting;
  json::object object{
      {"id", delivery.id},
      {"event", delivery.event},
      {"verification_id", delivery.verification_id},
      {"state", name_of(delivery.state)},
      {"attempts", delivery.attempts},
      {"last_status", nullptr},
      {"last_error", nullptr},
      {"created_at", rfc3339(delivery.created_at)},
      {"next_at", time_or_null(waits ? std::optional(delivery.next_at) : std::nullopt)},
      {"ended_at", time_or_null(delivery.ended_at)}
  };
  if (delivery.last_status) object["last_status"] = *delivery.last_status;
  if (!delivery.last_error.empty()) object["last_error"] = delivery.last_error;
  return object;
}

std::string webhook_event_text(
    const storage::WebhookDelivery& delivery,
    const flows::VerificationView& view,
    const flows::DocumentCase* document
) {
  const json::object object{
      {"id", delivery.id},
      {"event", delivery.event},
      {"created_at", rfc3339(delivery.created_at)},
      {"verification", summary_json(view, document)}
  };
  return json::serialize(object);
}

std::optional<const char*> hint_of(Outcome outcome) noexcept {
  switch (outcome) {
    case Outcome::video_undecodable:
      return "unreadable";
    case Outcome::video_too_short:
      return "too_short";
    case Outcome::video_no_face:
      return "no_face";
    case Outcome::video_several_faces:
      return "several_faces";
    case Outcome::video_poor_quality:
    case Outcome::video_low_definition:
      return "poor_quality";
    case Outcome::video_mask_worn:
      return "mask_worn";
    case Outcome::video_too_close:
      return "too_close";
    case Outcome::video_too_far:
      return "too_far";
    case Outcome::video_off_left:
      return "too_far_left";
    case Outcome::video_off_right:
      return "too_far_right";
    case Outcome::video_too_dark:
      return "too_dark";
    case Outcome::video_too_bright:
    case Outcome::reflection_too_bright:
      return "too_bright";
    case Outcome::video_face_incomplete:
      return "face_incomplete";
    case Outcome::video_eyes_hidden:
      return "eyes_hidden";
    case Outcome::video_mouth_hidden:
      return "mouth_hidden";
    case Outcome::action_no_movement:
      return "no_movement";
    case Outcome::action_no_blink:
    case Outcome::action_no_open_mouth:
    case Outcome::action_missing:
      return "action_not_seen";
    case Outcome::action_out_of_turn:
      return "follow_the_prompts";
    case Outcome::reflection_too_weak:
      return "screen_too_dim";
    case Outcome::speech_no_sound:
      return "no_sound";
    case Outcome::speech_too_quiet:
      return "too_quiet";
    case Outcome::speech_not_recognised:
      return "digits_not_heard";
    case Outcome::lips_still:
      return "lips_not_seen";
    case Outcome::match:
    case Outcome::non_match:
    case Outcome::live:
    case Outcome::attack:
    case Outcome::liveness_unsure:
    case Outcome::face_changed:
    case Outcome::no_best_frame:
    case Outcome::reflection_mismatch:
    case Outcome::reflection_flat:
    case Outcome::lips_out_of_step:
    case Outcome::recording_spoofed:
    case Outcome::reference_no_face:
    case Outcome::reference_several_faces:
    case Outcome::reference_poor_quality:
    case Outcome::reference_wrong_size:
    case Outcome::identity_confirmed:
    case Outcome::identity_mismatch:
    case Outcome::register_no_number:
    case Outcome::register_no_photo:
    case Outcome::register_photo_unreadable:
    case Outcome::register_photo_no_face:
    case Outcome::register_failed:
    case Outcome::document_read:
    case Outcome::document_refused:
      return std::nullopt;
  }
  return std::nullopt;
}

}  // namespace selfsame::adapters::native
