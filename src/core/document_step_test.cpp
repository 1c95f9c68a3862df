// SPDX-License-Identifier: Apache-2.0
#include "core/document_step.h"

#include <gtest/gtest.h>

#include <functional>

#include "core/verification.h"

namespace selfsame::core {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using State = VerificationState;

constexpr Timestamp kStart{milliseconds(1'800'000'000'000)};

DocumentTerms everything() {
  DocumentTerms terms;
  terms.types = {"HKIDCard", "SingaporeIDCard"};
  terms.both_sides = true;
  terms.stopping = {DocumentWarning::copy};
  terms.compares_portrait = true;
  terms.refuses_expired = true;
  terms.asks_register = true;
  return terms;
}

DocumentSighting good(std::string side = "front", std::string type = "SingaporeIDCard") {
  DocumentSighting seen;
  seen.asked_side = side;
  seen.type = std::move(type);
  seen.side = std::move(side);
  seen.has_back = true;
  seen.is_readable = true;
  seen.has_portrait = true;
  seen.register_finding = RegisterFinding::found;
  return seen;
}

TEST(DocumentStep, APictureIsTakenOnlyWhereNothingSpeaksAgainstIt) {
  struct Case {
    DocumentFault fault;
    std::function<void(DocumentSighting&)> spoil;
  };
  const Case cases[] = {
      {DocumentFault::not_found, [](DocumentSighting& s) { s.type = ""; }},
      {DocumentFault::other_type, [](DocumentSighting& s) { s.type = "MLIDCard"; }},
      {DocumentFault::other_side, [](DocumentSighting& s) { s.side = "back"; }},
      {DocumentFault::unreadable, [](DocumentSighting& s) { s.is_readable = false; }},
      {DocumentFault::warned,
       [](DocumentSighting& s) { s.warnings = {DocumentWarning::copy, DocumentWarning::blur}; }},
      {DocumentFault::expired, [](DocumentSighting& s) { s.is_expired = true; }},
      {DocumentFault::no_portrait, [](DocumentSighting& s) { s.has_portrait = false; }},
      {DocumentFault::portrait_unfit,
       [](DocumentSighting& s) { s.portrait_defect = CaptureDefect::several_faces; }},
      {DocumentFault::register_disagrees,
       [](DocumentSighting& s) { s.register_finding = RegisterFinding::number_name_mismatch; }},
      {DocumentFault::register_disagrees,
       [](DocumentSighting& s) { s.register_finding = std::nullopt; }},
  };
  EXPECT_EQ(fault_of(everything(), {}, good()), std::nullopt);
  for (const Case& one : cases) {
    DocumentSighting seen = good();
    one.spoil(seen);
    EXPECT_EQ(fault_of(everything(), {}, seen), one.fault) << name_of(one.fault);
    EXPECT_EQ(document_fault_from(name_of(one.fault)), one.fault);
  }
  // A sighting of which nothing is known is nothing.
  EXPECT_EQ(fault_of(DocumentTerms{}, {}, DocumentSighting{}), DocumentFault::not_found);
}

TEST(DocumentStep, WhatWasNotAskedForDoesNotStop) {
  DocumentSighting seen = good();
  seen.warnings = {DocumentWarning::format};
  seen.is_expired = true;
  seen.has_portrait = false;
  seen.register_finding = std::nullopt;
  EXPECT_EQ(fault_of(DocumentTerms{}, {}, seen), std::nullopt);
  EXPECT_EQ(document_warning_from("recapture"), DocumentWarning::recapture);
  EXPECT_EQ(document_warning_from("beautiful"), std::nullopt);
}

TEST(DocumentStep, SidesBelongTogether) {
  const DocumentTerms terms = everything();
  const DocumentProgress front = after_picture(terms, {}, good());
  EXPECT_EQ(need_of(terms, front), DocumentNeed::back);
  EXPECT_EQ(fault_of(terms, front, good("back")), std::nullopt);
  EXPECT_EQ(fault_of(terms, front, good("back", "HKIDCard")), DocumentFault::other_type);
  DocumentSighting other = good("back");
  other.numbers_differ = true;
  EXPECT_EQ(fault_of(terms, front, other), DocumentFault::sides_differ);
  // The front once more, of another card than the back that is there.
  const DocumentProgress both = after_picture(terms, front, good("back"));
  EXPECT_EQ(fault_of(terms, both, good("front", "HKIDCard")), DocumentFault::other_type);
}

TEST(DocumentStep, TheBackComesAfterTheFrontAndWhereThereIsOne) {
  DocumentTerms terms = everything();
  EXPECT_FALSE(check_picture(terms, {}, "back"));
  EXPECT_FALSE(check_picture(terms, {}, "top"));
  EXPECT_TRUE(check_picture(terms, {}, "front"));
  EXPECT_FALSE(check_picture(std::nullopt, {}, "front"));
  DocumentSighting one_sided = good("front", "HKIDCard");
  one_sided.has_back = false;
  EXPECT_EQ(need_of(terms, after_picture(terms, {}, one_sided)), DocumentNeed::nothing);
  terms.both_sides = false;
  EXPECT_EQ(need_of(terms, after_picture(terms, {}, good())), DocumentNeed::nothing);
}

TEST(DocumentStep, TermsHaveLimits) {
  EXPECT_TRUE(check(everything()));
  for (const auto& spoil : std::initializer_list<std::function<void(DocumentTerms&)>>{
           [](DocumentTerms& t) { t.types.assign(33, "A"); },
           [](DocumentTerms& t) { t.types = {""}; },
           [](DocumentTerms& t) { t.types = {std::string(65, 'A')}; },
           [](DocumentTerms& t) { t.stopping.assign(9, DocumentWarning::blur); },
           [](DocumentTerms& t) { t.tries_max = 0; },
           [](DocumentTerms& t) { t.tries_max = 21; },
       }) {
    DocumentTerms terms = everything();
    spoil(terms);
    EXPECT_EQ(check(terms).error().code, Errc::invalid_parameter);
  }
  VerificationTerms session;
  session.judges_liveness = false;
  EXPECT_FALSE(check(session)) << "nothing is left to do";
  session.document.emplace();
  EXPECT_FALSE(check(session)) << "a comparison with nobody";
  session.compares = false;
  EXPECT_TRUE(check(session));
  session.document->compares_portrait = true;
  EXPECT_FALSE(check(session));
}

/// A session with a document, that the tests drive by its events.
struct Session {
  VerificationTerms terms;
  VerificationProgress progress = {.created_at = kStart, .changed_at = kStart};
  std::vector<VerificationTransition> history;
  Timestamp now = kStart;

  explicit Session(bool judges_liveness) {
    terms.judges_liveness = judges_liveness;
    terms.compares = judges_liveness;
    terms.document.emplace();
    terms.document->tries_max = 2;
  }
  std::optional<Errc> take(VerificationEvent event) {
    auto transition = advance(terms, progress, std::move(event), now);
    if (!transition) return transition.error().code;
    progress = after(terms, progress, *transition);
    history.push_back(*transition);
    return std::nullopt;
  }
  std::optional<Errc> picture(const DocumentSighting& seen) {
    return take(DocumentPictured{.seen = seen, .calibration = {}});
  }
  std::optional<Errc> challenge() {
    ChallengeIssued event;
    event.issued.id = "a";
    event.issued.attempt = progress.attempt + 1;
    event.issued.issued_at = now;
    event.issued.expires_at = now + terms.answer_within;
    return take(event);
  }
};

TEST(DocumentSession, NoChallengeWhileADocumentIsOwed) {
  Session session(true);
  session.terms.document->may_edit = true;
  EXPECT_EQ(session.challenge(), Errc::conflict);
  EXPECT_EQ(session.picture(good()), std::nullopt);
  EXPECT_EQ(session.progress.state, State::challenged);
  EXPECT_EQ(session.challenge(), Errc::conflict) << "it is not confirmed";
  EXPECT_EQ(session.take(DocumentConfirmed{.edited = {"full_name"}}), std::nullopt);
  EXPECT_EQ(session.progress.document.edited, std::vector<std::string>{"full_name"});
  EXPECT_EQ(session.challenge(), std::nullopt);
  // The other way round nothing of the document comes any more.
  EXPECT_EQ(session.picture(good()), Errc::conflict);
  EXPECT_EQ(session.take(DocumentConfirmed{}), Errc::conflict);
}

TEST(DocumentSession, ADocumentAloneDecides) {
  Session session(false);
  EXPECT_EQ(session.picture(good()), std::nullopt);
  EXPECT_EQ(session.progress.state, State::decided);
  EXPECT_EQ(session.progress.finding->outcome, Outcome::document_read);
  EXPECT_EQ(wanted_outcome(session.terms), Outcome::document_read);
  EXPECT_EQ(session.picture(good()), Errc::conflict);
}

TEST(DocumentSession, TheLastPictureInVainDecides) {
  for (const bool judges_liveness : {true, false}) {
    Session session(judges_liveness);
    DocumentSighting other = good();
    other.type = "";
    EXPECT_EQ(session.picture(other), std::nullopt);
    EXPECT_EQ(session.progress.state, State::challenged);
    EXPECT_EQ(session.picture(other), std::nullopt);
    EXPECT_EQ(session.progress.state, State::decided);
    EXPECT_EQ(session.progress.finding->outcome, Outcome::document_refused);
    EXPECT_EQ(session.progress.finding->reasons, std::vector<std::string>{"not_found"});
    EXPECT_NE(session.progress.finding->outcome, wanted_outcome(session.terms));
  }
}

TEST(DocumentSession, WhatTheRegisterSaidIsTheOutcome) {
  Session session(true);
  session.terms.document->asks_register = true;
  session.terms.document->tries_max = 1;
  DocumentSighting seen = good();
  seen.register_finding = RegisterFinding::no_such_number;
  EXPECT_EQ(session.picture(seen), std::nullopt);
  EXPECT_EQ(session.progress.finding->outcome, Outcome::register_no_number);
}

TEST(DocumentSession, AnotherPictureInVainLeavesWhatIsThere) {
  Session session(false);
  session.terms.document->may_edit = true;
  EXPECT_EQ(session.picture(good()), std::nullopt);
  DocumentSighting blurred = good();
  blurred.is_readable = false;
  EXPECT_EQ(session.picture(blurred), std::nullopt);
  EXPECT_EQ(session.progress.state, State::challenged);
  EXPECT_EQ(session.picture(good()), Errc::conflict) << "no try is left";
  EXPECT_EQ(session.take(DocumentConfirmed{}), std::nullopt);
  EXPECT_EQ(session.progress.finding->outcome, Outcome::document_read);
}

TEST(DocumentSession, ItsHistoryIsTheSession) {
  Session session(false);
  session.terms.document->may_edit = true;
  EXPECT_EQ(session.picture(good()), std::nullopt);
  EXPECT_EQ(session.take(DocumentConfirmed{}), std::nullopt);
  const auto again = replay(session.terms, kStart, session.history);
  ASSERT_TRUE(again) << again.error().detail;
  EXPECT_EQ(again->state, State::decided);
  // Under other terms, or with another sighting, it is none.
  auto stricter = session.terms;
  stricter.document->refuses_expired = true;
  auto forged = session.history;
  std::get<DocumentPictured>(forged.front().event).seen.type = "";
  EXPECT_FALSE(replay(session.terms, kStart, forged));
  std::get<DocumentPictured>(session.history.front().event).seen.is_expired = true;
  EXPECT_FALSE(replay(stricter, kStart, session.history));
}

TEST(DocumentSession, EndsWithItsTime) {
  Session session(true);
  EXPECT_EQ(session.picture(good()), std::nullopt);
  session.now = kStart + minutes(30);
  EXPECT_EQ(session.take(TimePassed{}), std::nullopt);
  EXPECT_EQ(session.progress.state, State::expired);
  Session late(true);
  late.now = kStart + minutes(10);
  EXPECT_EQ(late.picture(good()), Errc::expired);
}

}  // namespace
}  // namespace selfsame::core
