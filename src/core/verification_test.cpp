// SPDX-License-Identifier: Apache-2.0
#include "core/verification.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>

namespace selfsame::core {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;
using State = VerificationState;

constexpr Timestamp kStart{milliseconds(1'800'000'000'000)};
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

/// A session that the tests drive by its events.
struct Session {
  VerificationTerms terms = {.actions = 2, .flashes = 8, .fallback_actions = 2, .attempts_max = 2};
  VerificationProgress progress = {.created_at = kStart, .changed_at = kStart};
  std::vector<VerificationTransition> history;
  Timestamp now = kStart;

  /// The error, or nothing once the step is taken.
  std::optional<Errc> take(VerificationEvent event) {
    auto transition = advance(terms, progress, std::move(event), now);
    if (!transition) return transition.error().code;
    progress = after(terms, progress, *transition);
    history.push_back(*transition);
    return std::nullopt;
  }
  [[nodiscard]] ChallengeIssued challenge(const std::string& id) const {
    ChallengeIssued event;
    event.issued.id = id;
    event.issued.attempt = progress.attempt + 1;
    event.issued.issued_at = now;
    event.issued.expires_at = now + terms.answer_within;
    event.issued.challenge.flashes.resize(static_cast<std::size_t>(terms.flashes));
    return event;
  }
  static EvidenceSealed evidence(const std::string& challenge_id) {
    return {
        .challenge_id = challenge_id,
        .stills = {{.part = "still-1", .time_s = 1}},
        .flash_shown_at_s = {},
        .hints = {}
    };
  }
  static Judged judged(Outcome outcome) {
    Judged event;
    event.finding.outcome = outcome;
    return event;
  }
  /// To in_progress with the challenge `id`.
  void answer(const std::string& id) {
    ASSERT_EQ(take(challenge(id)), std::nullopt);
    ASSERT_EQ(take(evidence(id)), std::nullopt);
  }
};

TEST(Verification, GoesFromCreatedToDecided) {
  Session session;
  EXPECT_EQ(session.take(session.challenge("a")), std::nullopt);
  EXPECT_EQ(session.progress.state, State::challenged);
  EXPECT_EQ(session.progress.attempt, 1);
  session.now += seconds(10);
  EXPECT_EQ(session.take(Session::evidence("a")), std::nullopt);
  EXPECT_EQ(session.progress.state, State::in_progress);
  EXPECT_EQ(session.take(Session::judged(Outcome::match)), std::nullopt);
  EXPECT_EQ(session.progress.state, State::decided);
  EXPECT_EQ(session.progress.finding->outcome, Outcome::match);
  EXPECT_FALSE(expires_at(session.terms, session.progress));
}

TEST(Verification, IsClaimedByOneDeviceAndBeforeAnythingElse) {
  Session session;
  EXPECT_EQ(session.take(DeviceClaimed{.key_hash = ""}), Errc::conflict) << "a key of nobody";
  EXPECT_EQ(session.take(DeviceClaimed{.key_hash = "aa"}), std::nullopt);
  EXPECT_EQ(session.progress.state, State::created);
  EXPECT_EQ(session.progress.device_key_hash, "aa");
  EXPECT_EQ(session.take(DeviceClaimed{.key_hash = "bb"}), Errc::conflict);
  session.answer("a");
  EXPECT_EQ(session.take(DeviceClaimed{.key_hash = "bb"}), Errc::conflict);
  EXPECT_EQ(session.take(Session::judged(Outcome::match)), std::nullopt);
  EXPECT_EQ(session.progress.device_key_hash, "aa");
  EXPECT_TRUE(replay(session.terms, kStart, session.history));

  Session begun;
  EXPECT_EQ(begun.take(begun.challenge("a")), std::nullopt);
  EXPECT_EQ(begun.take(DeviceClaimed{.key_hash = "aa"}), Errc::conflict) << "somebody is at it";

  Session late;
  late.now += late.terms.start_within;
  EXPECT_EQ(late.take(DeviceClaimed{.key_hash = "aa"}), Errc::expired);
}

TEST(Verification, WhatMayBeBetterNextTimeIsAskedAgainUntilTheAttemptsAreUsedUp) {
  Session session;
  session.answer("a");
  EXPECT_EQ(session.take(Session::judged(Outcome::video_too_dark)), std::nullopt);
  EXPECT_EQ(session.progress.state, State::challenged);
  EXPECT_FALSE(session.progress.challenge) << "the old challenge must not be answered again";
  EXPECT_EQ(session.take(Session::evidence("a")), Errc::conflict);
  session.answer("b");
  EXPECT_EQ(session.take(Session::judged(Outcome::video_too_dark)), std::nullopt);
  EXPECT_EQ(session.progress.state, State::decided);
  EXPECT_EQ(session.take(session.challenge("c")), Errc::conflict);
}

TEST(Verification, AttacksAndPersonsDecideAtOnce) {
  for (const Outcome outcome :
       {Outcome::match,
        Outcome::non_match,
        Outcome::live,
        Outcome::attack,
        Outcome::face_changed,
        Outcome::reflection_mismatch,
        Outcome::reflection_flat,
        Outcome::lips_out_of_step,
        Outcome::recording_spoofed}) {
    Session session;
    session.answer("a");
    EXPECT_EQ(session.take(Session::judged(outcome)), std::nullopt);
    EXPECT_EQ(session.progress.state, State::decided) << name_of(outcome);
  }
}

/// Every event in every state: what is not in the table is refused, and changes nothing.
TEST(Verification, RefusesEveryEventThatAStateDoesNotHave) {
  const auto at = [](State state) {
    Session session;
    if (state == State::created) return session;
    if (state == State::expired) {
      session.now += minutes(10);
      EXPECT_EQ(session.take(TimePassed{}), std::nullopt);
      return session;
    }
    EXPECT_EQ(session.take(session.challenge("a")), std::nullopt);
    if (state == State::challenged) return session;
    if (state == State::cancelled) {
      EXPECT_EQ(session.take(EndedByDevice{EndReason::other}), std::nullopt);
      return session;
    }
    EXPECT_EQ(session.take(Session::evidence("a")), std::nullopt);
    if (state == State::in_progress) return session;
    EXPECT_EQ(session.take(Session::judged(Outcome::match)), std::nullopt);
    return session;
  };
  struct Row {
    State state;
    std::vector<std::size_t> allowed;  // indices of VerificationEvent
  };
  const Row rows[] = {
      {State::created, {0, 4}},
      {State::challenged, {1, 4}},  // a challenge is out: no second one
      {State::in_progress, {2, 3}},
      {State::decided, {}},
      {State::expired, {}},
      {State::cancelled, {}},
  };
  for (const Row& row : rows) {
    Session session = at(row.state);
    ASSERT_EQ(session.progress.state, row.state);
    const std::vector<VerificationEvent> events = {
        session.challenge("b"),
        Session::evidence("a"),
        Session::judged(Outcome::match),
        JudgingFailed{Errc::engine_failed},
        EndedByDevice{EndReason::user_cancelled},
        TimePassed{}
    };
    for (std::size_t i = 0; i < events.size(); ++i) {
      const bool allowed = std::ranges::find(row.allowed, i) != row.allowed.end();
      EXPECT_EQ(
          advance(session.terms, session.progress, events[i], session.now).has_value(), allowed
      ) << name_of(row.state)
        << ", event " << i;
    }
  }
}

TEST(Verification, EvidenceCountsOnlyForTheCurrentChallengeInItsTime) {
  Session session;
  ASSERT_EQ(session.take(session.challenge("a")), std::nullopt);
  EXPECT_EQ(session.take(Session::evidence("of another session")), Errc::conflict);
  session.now -= milliseconds(1);
  EXPECT_EQ(session.take(Session::evidence("a")), Errc::conflict) << "from before the challenge";
  session.now += session.terms.answer_within;
  EXPECT_TRUE(advance(session.terms, session.progress, Session::evidence("a"), session.now));
  session.now += milliseconds(1);
  EXPECT_EQ(session.take(Session::evidence("a")), Errc::expired);
  ASSERT_EQ(session.take(session.challenge("b")), std::nullopt) << "its time is over: the next one";
  EXPECT_EQ(session.take(Session::evidence("a")), Errc::conflict) << "the old one";
  EXPECT_EQ(session.take(Session::evidence("b")), std::nullopt);
  EXPECT_EQ(session.take(Session::evidence("b")), Errc::conflict) << "twice";
}

TEST(Verification, AChallengeIsTheNextOneAndNoLongerThanAgreed) {
  Session session;
  auto event = session.challenge("a");
  event.issued.attempt = 2;
  EXPECT_EQ(session.take(event), Errc::conflict);
  event = session.challenge("a");
  event.issued.expires_at += milliseconds(1);
  EXPECT_EQ(session.take(event), Errc::conflict);
  event = session.challenge("a");
  event.issued.issued_at -= milliseconds(1);
  EXPECT_EQ(session.take(event), Errc::conflict);
}

TEST(Verification, ExpiresWhenNobodyStartsAnswersOrEnds) {
  Session session;
  session.now = kStart + session.terms.start_within - milliseconds(1);
  EXPECT_EQ(session.take(TimePassed{}), Errc::conflict);
  session.now += milliseconds(1);
  EXPECT_EQ(session.take(session.challenge("a")), Errc::expired);
  EXPECT_EQ(session.take(EndedByDevice{EndReason::other}), Errc::expired);
  EXPECT_EQ(session.take(TimePassed{}), std::nullopt);
  EXPECT_EQ(session.progress.state, State::expired);

  Session last;  // the last challenge is not answered
  last.answer("a");
  ASSERT_EQ(last.take(Session::judged(Outcome::video_no_face)), std::nullopt);
  ASSERT_EQ(last.take(last.challenge("b")), std::nullopt);
  EXPECT_EQ(expires_at(last.terms, last.progress), kStart + last.terms.answer_within);

  Session whole;
  ASSERT_EQ(whole.take(whole.challenge("a")), std::nullopt);
  EXPECT_EQ(expires_at(whole.terms, whole.progress), kStart + whole.terms.end_within);
  whole.now = kStart + whole.terms.end_within;
  EXPECT_EQ(whole.take(whole.challenge("b")), Errc::expired);
}

TEST(Verification, WhatIsBeingJudgedNeitherExpiresNorIsCancelled) {
  Session session;
  session.answer("a");
  EXPECT_FALSE(expires_at(session.terms, session.progress));
  session.now += minutes(60);
  EXPECT_EQ(session.take(EndedByDevice{EndReason::user_cancelled}), Errc::conflict);
  EXPECT_EQ(session.take(TimePassed{}), Errc::conflict);
  // In the end time it is decided by what there is, even if it could be asked again.
  EXPECT_EQ(session.take(Session::judged(Outcome::video_too_dark)), std::nullopt);
  EXPECT_EQ(session.progress.state, State::decided);
}

TEST(Verification, AServerThatCannotJudgeGivesNoVerdict) {
  Session session;
  session.answer("a");
  EXPECT_EQ(session.take(JudgingFailed{Errc::engine_failed}), std::nullopt);
  EXPECT_EQ(session.progress.state, State::challenged);
  session.answer("b");
  EXPECT_EQ(session.take(JudgingFailed{Errc::engine_failed}), std::nullopt);
  EXPECT_EQ(session.progress.state, State::expired);
  EXPECT_FALSE(session.progress.finding);
}

TEST(Verification, AStoredHistoryFoldsToItsState) {
  Session session;
  session.answer("a");
  ASSERT_EQ(session.take(Session::judged(Outcome::reflection_too_bright)), std::nullopt);
  session.now += seconds(30);
  session.answer("b");
  ASSERT_EQ(session.take(Session::judged(Outcome::live)), std::nullopt);
  const auto folded = replay(session.terms, kStart, session.history);
  ASSERT_TRUE(folded) << folded.error().detail;
  EXPECT_EQ(folded->state, State::decided);
  EXPECT_EQ(folded->number, 6);
  EXPECT_EQ(folded->attempt, 2);
  EXPECT_EQ(folded->changed_at, session.now);
  EXPECT_EQ(folded->too_bright, 1);
  EXPECT_EQ(folded->finding->outcome, Outcome::live);
}

TEST(Verification, AHistoryThatWasTamperedWithIsNone) {
  Session session;
  session.answer("a");
  ASSERT_EQ(session.take(Session::judged(Outcome::attack)), std::nullopt);
  const auto broken = [&](auto change) {
    auto history = session.history;
    change(history);
    const auto folded = replay(session.terms, kStart, history);
    return !folded && folded.error().code == Errc::integrity_failure;
  };
  using History = std::vector<VerificationTransition>;
  EXPECT_FALSE(broken([](History&) {}));
  EXPECT_TRUE(broken([](History& h) { h.erase(h.begin() + 1); }));
  EXPECT_TRUE(broken([](History& h) { h[2].to = State::challenged; }));
  EXPECT_TRUE(broken([](History& h) { h[1].number = 3; }));
  EXPECT_TRUE(broken([](History& h) { h.push_back(h.back()); }));
  EXPECT_TRUE(broken([](History& h) { h[1].at += minutes(60); })) << "evidence after its time";
  EXPECT_TRUE(broken([](History& h) {
    h[2].event = JudgingFailed{};
    h[2].to = State::decided;
  }));
}

TEST(Verification, TheReflectionIsGivenUpOnlyForAReasonAndOnlyByTheTerms) {
  const DeviceFacts able;
  const DeviceFacts unable{.can_flash = false};
  Session session;
  auto planned = plan_challenge(session.terms, session.progress, able);
  EXPECT_EQ(planned->plan.flashes, 8);
  EXPECT_FALSE(planned->fallback);

  planned = plan_challenge(session.terms, session.progress, unable);
  EXPECT_EQ(planned->plan.flashes, 0);
  EXPECT_EQ(planned->plan.actions, 2);
  EXPECT_EQ(planned->fallback, FallbackReason::client_cannot_flash);

  session.progress.too_bright = 1;
  EXPECT_FALSE(plan_challenge(session.terms, session.progress, able)->fallback);
  session.progress.too_bright = 2;
  planned = plan_challenge(session.terms, session.progress, able);
  EXPECT_EQ(planned->fallback, FallbackReason::too_bright_twice);

  session.terms.fallback_actions = 0;
  EXPECT_EQ(plan_challenge(session.terms, session.progress, able)->plan.flashes, 8);
  EXPECT_EQ(
      plan_challenge(session.terms, session.progress, unable).error().code, Errc::unsupported
  );

  // Never fewer actions than agreed.
  session.terms.actions = 3;
  session.terms.fallback_actions = 1;
  EXPECT_EQ(plan_challenge(session.terms, session.progress, able)->plan.actions, 3);
}

TEST(Verification, AnAttemptWithoutStillsLeadsToActions) {
  Session session;
  ASSERT_EQ(session.take(session.challenge("a")), std::nullopt);
  auto evidence = Session::evidence("a");
  evidence.stills.clear();
  ASSERT_EQ(session.take(evidence), std::nullopt);
  ASSERT_EQ(session.take(Session::judged(Outcome::reflection_too_weak)), std::nullopt);
  const auto planned = plan_challenge(session.terms, session.progress, {});
  EXPECT_EQ(planned->fallback, FallbackReason::no_stills);
}

TEST(Verification, TermsHaveTheirRanges) {
  const auto refused = [](auto change) {
    VerificationTerms terms;
    change(terms);
    return !check(terms);
  };
  EXPECT_FALSE(refused([](VerificationTerms&) {}));
  EXPECT_TRUE(refused([](VerificationTerms& t) { t.actions = 4; }));
  EXPECT_TRUE(refused([](VerificationTerms& t) { t.actions = -1; }));
  EXPECT_TRUE(refused([](VerificationTerms& t) { t.flashes = 7; }));
  EXPECT_TRUE(refused([](VerificationTerms& t) { t.flashes = 17; }));
  EXPECT_TRUE(refused([](VerificationTerms& t) { t.digits = 3; }));
  EXPECT_TRUE(refused([](VerificationTerms& t) { t.digits = 7; }));
  EXPECT_TRUE(refused([](VerificationTerms& t) { t.attempts_max = 0; }));
  EXPECT_TRUE(refused([](VerificationTerms& t) { t.attempts_max = 11; }));
  EXPECT_TRUE(refused([](VerificationTerms& t) { t.fallback_actions = 4; }));
  EXPECT_TRUE(refused([](VerificationTerms& t) {
    t.actions = 2;
    t.allowed_actions = {FaceAction::nod};
  }));
  EXPECT_TRUE(refused([](VerificationTerms& t) {
    t.allowed_actions = {FaceAction::nod, FaceAction::nod};
  }));
  EXPECT_TRUE(refused([](VerificationTerms& t) { t.answer_within = milliseconds(999); }));
  EXPECT_TRUE(refused([](VerificationTerms& t) { t.end_within = std::chrono::hours(25); }));
}

TEST(Verification, HintsHaveTheirLimits) {
  EXPECT_TRUE(is_within_limits({}));
  EXPECT_FALSE(is_within_limits({.camera_labels = std::vector<std::string>(9)}));
  EXPECT_FALSE(is_within_limits({.camera_labels = {std::string(257, 'a')}}));
  EXPECT_FALSE(is_within_limits({.user_agent = std::string(513, 'a')}));
  EXPECT_TRUE(is_within_limits({.user_agent = "Mozilla/5.0 (X11; ~)"}));
  EXPECT_FALSE(is_within_limits({.user_agent = "\xff"}));
  EXPECT_FALSE(is_within_limits({.user_agent = "a\nb"}));
  EXPECT_FALSE(is_within_limits({.frame_rate_hz = 0}));
  EXPECT_FALSE(is_within_limits({.frame_rate_hz = kNaN}));
  EXPECT_FALSE(is_within_limits({.width_px = 0}));
}

}  // namespace
}  // namespace selfsame::core
