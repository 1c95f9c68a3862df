// SPDX-License-Identifier: Apache-2.0
#include "storage/verification_text.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace selfsame::storage {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr Timestamp kNow{std::chrono::milliseconds(1'800'000'000'123)};

core::IssuedChallenge issued() {
  core::IssuedChallenge issued;
  issued.id = "c \"1\"";
  issued.attempt = 2;
  issued.challenge.actions = {
      {.action = core::FaceAction::turn_right, .window = core::TimeWindow{0.8, 3.4}},
      {.action = core::FaceAction::blink, .window = std::nullopt}
  };
  issued.challenge.flashes = {{1, 2, 255, 400}, {0, 0, 0, 599}};
  issued.challenge.flashes_begin_s = 0.1 + 0.2;
  issued.challenge.digits = "0042";
  issued.challenge.speech = core::TimeWindow{1.0 / 3, 5};
  issued.challenge.mirrored = true;
  issued.challenge.duration_s = 7;
  issued.issued_at = kNow;
  issued.expires_at = kNow + std::chrono::seconds(120);
  issued.fallback = core::FallbackReason::too_bright_twice;
  return issued;
}

core::VerificationFinding finding() {
  core::VerificationFinding finding;
  finding.outcome = core::Outcome::recording_spoofed;
  finding.attack_class = core::AttackClass::unsure;
  finding.reasons = {"cut", "face_changed"};
  finding.evidence.reference_defect = core::CaptureDefect::no_face;
  finding.evidence.video = {
      .defect = core::CaptureDefect::undecodable,
      .pad = core::PadScore{kNaN},
      .continuous = true,
      .same_face_throughout = true,
      .in_colour = true
  };
  finding.evidence.challenge.framing = core::FramingFault::too_bright;
  finding.evidence.challenge.action = core::ActionEvidence{
      .events = {{.action = core::FaceAction::nod, .begin_s = 1e-300, .peak_s = 2, .end_s = 3}},
      .moved = true
  };
  finding.evidence.challenge.reflection = core::ReflectionEvidence{
      .samples = 9,
      .stills_fault = core::StillsFault::unfit,
      .correlation = -kInfinity,
      .rank = 0.99
  };
  finding.evidence.challenge.speech = core::SpeechEvidence{.heard = "0815", .sync = kNaN};
  finding.evidence.similarity = core::SimilarityScore{0.1 + 0.2};
  finding.evidence.taken_after_challenge = false;
  finding.evidence.suspicions = {
      core::ClientSuspicion::virtual_camera, core::ClientSuspicion::edited_video
  };
  finding.policy.refuses_suspect_clients = false;
  finding.policy.pad = {.bona_fide_threshold = 0.6, .retry_threshold = 0.5};
  finding.policy.compares = false;
  finding.calibration = "face@7/bf16";
  finding.further_cosines = {1.0 / 3, kNaN};
  return finding;
}

/// Text, value, and the same text again.
template <class Event>
Event there_and_back(const Event& event) {
  const core::VerificationEvent any(event);
  const std::string text = text_of(any);
  const auto read = event_from(static_cast<std::int64_t>(any.index()), text);
  if (!read) throw std::runtime_error(read.error().detail + ": " + text);
  EXPECT_EQ(text_of(*read), text);
  return std::get<Event>(*read);
}

TEST(VerificationText, EventsComeBackWithoutLoss) {
  const auto challenge = there_and_back(core::ChallengeIssued{issued()});
  EXPECT_EQ(challenge.issued.id, "c \"1\"");
  EXPECT_EQ(challenge.issued.challenge.flashes_begin_s, 0.1 + 0.2);
  EXPECT_EQ(challenge.issued.challenge.speech->begin_s, 1.0 / 3);
  EXPECT_FALSE(challenge.issued.challenge.actions[1].window);
  EXPECT_EQ(challenge.issued.challenge.flashes[0].blue, 255);
  EXPECT_EQ(challenge.issued.fallback, core::FallbackReason::too_bright_twice);

  const auto judged = there_and_back(core::Judged{finding()});
  EXPECT_TRUE(std::isnan(judged.finding.evidence.video.pad->value));
  EXPECT_EQ(judged.finding.evidence.challenge.reflection->correlation, -kInfinity);
  EXPECT_EQ(judged.finding.evidence.challenge.action->events[0].begin_s, 1e-300);
  EXPECT_FALSE(judged.finding.evidence.taken_after_challenge);
  EXPECT_EQ(judged.finding.further_cosines.at(0), 1.0 / 3);
  EXPECT_TRUE(std::isnan(judged.finding.further_cosines.at(1)));

  core::EvidenceSealed evidence;
  evidence.stills = {{.part = "still-1", .time_s = 0.5}};
  evidence.flash_shown_at_s = {0.1, 0.7};
  evidence.hints = {
      .camera_labels = {"/path/OBS"},
      .user_agent = "x",
      .frame_rate_hz = 29.97,
      .width_px = 640,
      .height_px = 480,
      .mirrored = false
  };
  const auto sealed = there_and_back(evidence);
  EXPECT_EQ(sealed.stills[0].part, "still-1");
  EXPECT_EQ(sealed.hints.frame_rate_hz, 29.97);
  EXPECT_EQ(sealed.hints.mirrored, false);

  EXPECT_EQ(there_and_back(core::JudgingFailed{Errc::expired}).cause, Errc::expired);
  EXPECT_EQ(
      there_and_back(core::EndedByDevice{core::EndReason::other}).reason, core::EndReason::other
  );
  there_and_back(core::TimePassed{});
  EXPECT_EQ(there_and_back(core::DeviceClaimed{.key_hash = "ab"}).key_hash, "ab");
}

TEST(VerificationText, WhatWasSeenOfADocumentComesBackWithoutLoss) {
  core::DocumentPictured event;
  event.calibration = "sandbox";
  event.seen.asked_side = "front";
  event.seen.type = "HKIDCard";
  event.seen.side = "back";
  event.seen.has_back = true;
  event.seen.is_readable = true;
  event.seen.warnings = {core::DocumentWarning::recapture, core::DocumentWarning::consistency};
  event.seen.has_portrait = true;
  event.seen.portrait_defect = core::CaptureDefect::no_face;
  event.seen.register_finding = core::RegisterFinding::no_such_number;
  const auto back = there_and_back(event);
  EXPECT_EQ(text_of(back), text_of(event));
  EXPECT_EQ(back.seen.warnings, event.seen.warnings);
  EXPECT_EQ(back.seen.register_finding, event.seen.register_finding);
  const core::DocumentConfirmed confirmed{.edited = {"full_name"}, .calibration = {}};
  EXPECT_EQ(there_and_back(confirmed).edited, confirmed.edited);

  core::VerificationTerms terms;
  terms.judges_liveness = false;
  terms.document.emplace();
  terms.document->types = {"HKIDCard"};
  terms.document->stopping = {core::DocumentWarning::copy};
  terms.document->asks_register = true;
  const auto read = terms_from(text_of(terms));
  ASSERT_TRUE(read);
  EXPECT_EQ(text_of(*read), text_of(terms));
  EXPECT_EQ(read->document->stopping, terms.document->stopping);
  // What an older program wrote asks for no document, and for liveness.
  const auto older = terms_from(R"({"compares":true})");
  ASSERT_TRUE(older);
  EXPECT_FALSE(older->document);
  EXPECT_TRUE(older->judges_liveness);
}

TEST(VerificationText, TermsComeBackWithoutLoss) {
  core::VerificationTerms terms;
  terms.compares = false;
  terms.allowed_actions = {core::FaceAction::shake};
  terms.answer_within = std::chrono::milliseconds(1'001);
  terms.match_fmr = 3;
  terms.page = {
      .language = "zh-Hans",
      .theme_colour = "#0a84ff",
      .redirect_url = "https://shop.example/?a=1",
      .token_parameter = "token",
      .skips_consent = true,
      .skips_start = true,
      .skips_result = true
  };
  const auto read = terms_from(text_of(terms));
  ASSERT_TRUE(read) << read.error().detail;
  EXPECT_FALSE(read->compares);
  EXPECT_EQ(read->allowed_actions, terms.allowed_actions);
  EXPECT_EQ(read->match_fmr, 3);
  EXPECT_EQ(read->answer_within, terms.answer_within);
  EXPECT_EQ(text_of(*read), text_of(terms));
}

TEST(VerificationText, StoredMeasurementsDecideAgainAsTheyDid) {
  core::VerificationFinding live;
  live.evidence.video = {
      .defect = std::nullopt,
      .pad = core::PadScore{0.6},
      .continuous = true,
      .same_face_throughout = true,
      .in_colour = true
  };
  live.evidence.similarity = core::SimilarityScore{0.36};
  live.policy.pad = {.bona_fide_threshold = 0.6, .retry_threshold = 0.5};
  live.policy.comparison = {.match_threshold = 0.36};
  live.outcome = *core::decide(live.evidence, {}, live.policy);
  ASSERT_EQ(live.outcome, core::Outcome::match) << "on both thresholds exactly";
  const auto again = there_and_back(core::Judged{live}).finding;
  EXPECT_EQ(core::decide(again.evidence, {}, again.policy), again.outcome);
}

TEST(VerificationText, AnythingElseIsRefused) {
  const std::string good = text_of(core::VerificationEvent(core::EndedByDevice{}));
  EXPECT_TRUE(event_from(4, good));
  for (const char* text :
       {"",
        "{",
        "[]",
        "null",
        R"({"reason":26})",
        R"({"reason":-1})",
        R"({"reason":"0"})",
        R"({"reason":0,"more":0})",
        R"({"reason":0}x)"}) {
    const auto read = event_from(4, text);
    EXPECT_FALSE(read) << text;
    EXPECT_EQ(read.error().code, Errc::integrity_failure) << text;
  }
  EXPECT_FALSE(event_from(6, good));
  EXPECT_FALSE(event_from(-1, good));
  EXPECT_FALSE(event_from(0, good)) << "of another kind";
  EXPECT_FALSE(event_from(5, std::string(100'000, '['))) << "deep";
}

TEST(VerificationText, ASignatureCoversEveryPartOfAChallenge) {
  const std::string text = text_of(issued());
  const auto differs = [&](auto change) {
    core::IssuedChallenge other = issued();
    change(other);
    return text_of(other) != text;
  };
  EXPECT_FALSE(differs([](core::IssuedChallenge&) {}));
  EXPECT_TRUE(differs([](core::IssuedChallenge& c) { c.attempt = 3; }));
  EXPECT_TRUE(differs([](core::IssuedChallenge& c) { c.challenge.digits = "0043"; }));
  EXPECT_TRUE(differs([](core::IssuedChallenge& c) { c.challenge.flashes[0].red = 0; }));
  EXPECT_TRUE(differs([](core::IssuedChallenge& c) {
    std::swap(c.challenge.actions[0], c.challenge.actions[1]);
  }));
  EXPECT_TRUE(differs([](core::IssuedChallenge& c) { c.expires_at += std::chrono::hours(1); }));
}

}  // namespace
}  // namespace selfsame::storage
