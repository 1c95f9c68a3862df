// SPDX-License-Identifier: Apache-2.0
#include "adapters/native/routes.h"

#include <algorithm>
#include <array>
#include <optional>

#include "adapters/native/comparisons.h"
#include "adapters/native/documents.h"
#include "adapters/native/openapi.h"
#include "adapters/native/session_document.h"
#include "adapters/native/session_page.h"
#include "adapters/native/sessions.h"
#include "adapters/native/verifications.h"
#include "adapters/native/webhooks.h"

namespace selfsame::adapters::native {
namespace {

constexpr auto kCompares = core::Product::native_comparisons;
constexpr auto kReads = core::Product::native_documents;
constexpr auto kVerifies = core::Product::native_verifications;

using enum Access;
constexpr Body kNone = Body::none;
constexpr std::array<Route, 26> kRoutes = {{
    // clang-format off
    {"GET",    "/v1/openapi.json",                  anybody,  kNone,           show_openapi},

    {"POST",   "/v1/comparisons",                   customer, Body::photos,    compare,            kCompares, true},
    {"GET",    "/v1/comparisons/{}",                customer, kNone,           show_comparison,    kCompares},
    {"PUT",    "/v1/comparisons/{}/ground-truth",   customer, Body::statement, state_ground_truth, kCompares},

    {"POST",   "/v1/documents",                     customer, Body::photos,    read_document,      kReads, true},

    {"POST",   "/v1/verifications",                 customer, Body::photos,    open_verification,  kVerifies, true},
    {"GET",    "/v1/verifications/{}",              customer, kNone,           show_verification,  kVerifies},
    {"GET",    "/v1/verifications/{}/best-frame",   customer, kNone,           show_best_frame,    kVerifies},
    {"GET",    "/v1/verifications/{}/document/front",     customer, kNone,     show_document_front,     kVerifies},
    {"GET",    "/v1/verifications/{}/document/back",      customer, kNone,     show_document_back,      kVerifies},
    {"GET",    "/v1/verifications/{}/document/front-cut", customer, kNone,     show_document_front_cut, kVerifies},
    {"GET",    "/v1/verifications/{}/document/back-cut",  customer, kNone,     show_document_back_cut,  kVerifies},
    {"GET",    "/v1/verifications/{}/document/portrait",  customer, kNone,     show_document_portrait,  kVerifies},

    {"PUT",    "/v1/webhook",                       customer, Body::statement, set_webhook,        kVerifies},
    {"GET",    "/v1/webhook",                       customer, kNone,           show_webhook,       kVerifies},
    {"DELETE", "/v1/webhook",                       customer, kNone,           remove_webhook,     kVerifies},
    {"GET",    "/v1/webhook/deliveries",            customer, kNone,           list_deliveries,    kVerifies},

    {"GET",    "/v1/sessions/{}",                   page,     kNone,           show_session},
    {"POST",   "/v1/sessions/{}/claim",             page,     Body::statement, claim_session},
    {"POST",   "/v1/sessions/{}/document",          device,   Body::evidence,  take_document},
    {"POST",   "/v1/sessions/{}/document/confirm",  device,   Body::edits,     confirm_document},
    {"POST",   "/v1/sessions/{}/challenge",         device,   Body::statement, issue_challenge},
    {"POST",   "/v1/sessions/{}/evidence",          device,   Body::evidence,  take_evidence},
    {"GET",    "/v1/sessions/{}/evidence",          device,   kNone,           show_evidence},
    {"GET",    "/v1/sessions/{}/result",            device,   kNone,           show_result},
    {"POST",   "/v1/sessions/{}/end",               device,   Body::statement, end_session},
    // clang-format on
}};

/// What stands for "{}", or "" where the pattern has none; nothing: another path.
std::optional<std::string_view> match(std::string_view pattern, std::string_view path) {
  const auto hole = pattern.find("{}");
  if (hole == std::string_view::npos) {
    return pattern == path ? std::optional<std::string_view>("") : std::nullopt;
  }
  const std::string_view before = pattern.substr(0, hole);
  const std::string_view behind = pattern.substr(hole + 2);
  if (path.size() <= before.size() + behind.size()) return std::nullopt;
  if (!path.starts_with(before) || !path.ends_with(behind)) return std::nullopt;
  const std::string_view name =
      path.substr(before.size(), path.size() - before.size() - behind.size());
  return name.find('/') == std::string_view::npos ? std::optional(name) : std::nullopt;
}

std::size_t bytes_of_body(Body body, std::size_t photos_bytes_max) {
  switch (body) {
    case Body::none:
    case Body::statement:
      return std::size_t{4} << 10;
    case Body::edits:
      return std::size_t{64} << 10;
    case Body::evidence:
      return std::size_t{8} << 20;
    case Body::photos:
      return photos_bytes_max;
  }
  return 0;
}

}  // namespace

std::span<const Route> routes() noexcept {
  return kRoutes;
}

Found find_route(std::string_view method, std::string_view path) {
  Found found;
  for (const Route& route : kRoutes) {
    const auto name = match(route.path, path);
    if (!name) continue;
    found.allowed += (found.allowed.empty() ? "" : ", ") + std::string(route.method);
    if (route.method != method) continue;
    found.route = &route;
    found.name = *name;
  }
  return found;
}

std::size_t body_bytes_max(std::string_view path, std::size_t photos_bytes_max) {
  std::size_t most = 0;
  for (const Route& route : kRoutes) {
    if (!match(route.path, path)) continue;
    most = std::max(most, bytes_of_body(route.body, photos_bytes_max));
  }
  return most;
}

}  // namespace selfsame::adapters::native
