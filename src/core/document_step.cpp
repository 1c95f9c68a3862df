// SPDX-License-Identifier: Apache-2.0
#include "core/document_step.h"

#include <algorithm>
#include <array>
#include <utility>

namespace selfsame::core {
namespace {

constexpr std::size_t kTypesMost = 32;
constexpr std::size_t kTypeBytesMost = 64;
constexpr int kTriesMost = 20;

constexpr std::array kWarnings = {
    DocumentWarning::incomplete,
    DocumentWarning::copy,
    DocumentWarning::recapture,
    DocumentWarning::tampered,
    DocumentWarning::glare,
    DocumentWarning::blur,
    DocumentWarning::format,
    DocumentWarning::consistency,
};
constexpr std::array kFaults = {
    DocumentFault::not_found,
    DocumentFault::other_type,
    DocumentFault::other_side,
    DocumentFault::unreadable,
    DocumentFault::sides_differ,
    DocumentFault::warned,
    DocumentFault::expired,
    DocumentFault::no_portrait,
    DocumentFault::portrait_unfit,
    DocumentFault::register_disagrees,
};

template <class Value, std::size_t kCount>
std::optional<Value> value_named(const std::array<Value, kCount>& values, std::string_view name) {
  const auto it = std::ranges::find_if(values, [&](Value value) { return name == name_of(value); });
  return it == values.end() ? std::nullopt : std::optional(*it);
}

bool is_wanted(const DocumentTerms& terms, const std::string& type) {
  return terms.types.empty() || std::ranges::find(terms.types, type) != terms.types.end();
}

bool is_stopped(const DocumentTerms& terms, const DocumentSighting& seen) {
  return std::ranges::any_of(seen.warnings, [&](DocumentWarning warning) {
    return std::ranges::find(terms.stopping, warning) != terms.stopping.end();
  });
}

/// The side that this one must belong to, where it is there.
const std::optional<DocumentSighting>& other_side(
    const DocumentProgress& progress, const DocumentSighting& seen
) {
  return seen.asked_side == kFrontSide ? progress.back : progress.front;
}

/// Of what is wanted from the front alone.
std::optional<DocumentFault> fault_of_front(
    const DocumentTerms& terms, const DocumentSighting& seen
) {
  if (terms.compares_portrait && !seen.has_portrait) return DocumentFault::no_portrait;
  if (terms.compares_portrait && seen.portrait_defect) return DocumentFault::portrait_unfit;
  if (terms.asks_register && seen.register_finding != RegisterFinding::found) {
    return DocumentFault::register_disagrees;
  }
  return std::nullopt;
}

}  // namespace

const char* name_of(DocumentWarning warning) noexcept {
  switch (warning) {
    case DocumentWarning::incomplete:
      return "incomplete";
    case DocumentWarning::copy:
      return "copy";
    case DocumentWarning::recapture:
      return "recapture";
    case DocumentWarning::tampered:
      return "tampered";
    case DocumentWarning::glare:
      return "glare";
    case DocumentWarning::blur:
      return "blur";
    case DocumentWarning::format:
      return "format";
    case DocumentWarning::consistency:
      return "consistency";
  }
  return "unknown";
}

const char* name_of(DocumentFault fault) noexcept {
  switch (fault) {
    case DocumentFault::not_found:
      return "not_found";
    case DocumentFault::other_type:
      return "other_type";
    case DocumentFault::other_side:
      return "other_side";
    case DocumentFault::unreadable:
      return "unreadable";
    case DocumentFault::sides_differ:
      return "sides_differ";
    case DocumentFault::warned:
      return "warned";
    case DocumentFault::expired:
      return "expired";
    case DocumentFault::no_portrait:
      return "no_portrait";
    case DocumentFault::portrait_unfit:
      return "portrait_unfit";
    case DocumentFault::register_disagrees:
      return "register_disagrees";
  }
  return "unknown";
}

const char* name_of(DocumentNeed need) noexcept {
  switch (need) {
    case DocumentNeed::nothing:
      return "nothing";
    case DocumentNeed::front:
      return "front";
    case DocumentNeed::back:
      return "back";
    case DocumentNeed::confirmation:
      return "confirmation";
  }
  return "unknown";
}

std::optional<DocumentWarning> document_warning_from(std::string_view name) noexcept {
  return value_named(kWarnings, name);
}

std::optional<DocumentFault> document_fault_from(std::string_view name) noexcept {
  return value_named(kFaults, name);
}

Result<void> check(const DocumentTerms& terms) {
  const auto wrong = [](const char* what) { return fail(Errc::invalid_parameter, what); };
  const bool fit = std::ranges::all_of(terms.types, [](const std::string& type) {
    return !type.empty() && type.size() <= kTypeBytesMost;
  });
  if (!fit || terms.types.size() > kTypesMost) return wrong("document types: at most 32");
  if (terms.stopping.size() > kWarnings.size()) return wrong("document warnings: each once");
  if (terms.tries_max < 1 || terms.tries_max > kTriesMost) return wrong("document tries: 1 to 20");
  return {};
}

DocumentNeed need_of(
    const std::optional<DocumentTerms>& terms, const DocumentProgress& progress
) noexcept {
  if (!terms) return DocumentNeed::nothing;
  if (!progress.front) return DocumentNeed::front;
  if (terms->both_sides && progress.front->has_back && !progress.back) return DocumentNeed::back;
  if (terms->may_edit && !progress.confirmed) return DocumentNeed::confirmation;
  return DocumentNeed::nothing;
}

std::optional<DocumentFault> fault_of(
    const DocumentTerms& terms, const DocumentProgress& progress, const DocumentSighting& seen
) {
  if (seen.type.empty()) return DocumentFault::not_found;
  const auto& other = other_side(progress, seen);
  if (!is_wanted(terms, seen.type) || (other && other->type != seen.type)) {
    return DocumentFault::other_type;
  }
  if (seen.side != seen.asked_side) return DocumentFault::other_side;
  if (!seen.is_readable) return DocumentFault::unreadable;
  if (other && seen.numbers_differ) return DocumentFault::sides_differ;
  if (is_stopped(terms, seen)) return DocumentFault::warned;
  if (terms.refuses_expired && seen.is_expired) return DocumentFault::expired;
  return seen.side == kFrontSide ? fault_of_front(terms, seen) : std::nullopt;
}

Result<void> check_picture(
    const std::optional<DocumentTerms>& terms,
    const DocumentProgress& progress,
    std::string_view asked_side
) {
  if (!terms) return fail(Errc::conflict, "no document is wanted");
  if (need_of(terms, progress) == DocumentNeed::nothing) {
    return fail(Errc::conflict, "the document is there");
  }
  if (progress.tries >= terms->tries_max) return fail(Errc::conflict, "no picture is left");
  const bool takes_back = terms->both_sides && progress.front && progress.front->has_back;
  if (asked_side == kFrontSide || (asked_side == kBackSide && takes_back)) return {};
  return fail(Errc::conflict, "this side is not wanted");
}

DocumentProgress after_picture(
    const DocumentTerms& terms, DocumentProgress progress, const DocumentSighting& seen
) {
  progress.fault = fault_of(terms, progress, seen);
  progress.latest = seen;
  ++progress.tries;
  if (progress.fault) return progress;
  (seen.asked_side == kFrontSide ? progress.front : progress.back) = seen;
  return progress;
}

bool has_failed(const DocumentTerms& terms, const DocumentProgress& progress) noexcept {
  const DocumentNeed need = need_of(terms, progress);
  const bool owes_side = need == DocumentNeed::front || need == DocumentNeed::back;
  return owes_side && progress.tries >= terms.tries_max;
}

}  // namespace selfsame::core
