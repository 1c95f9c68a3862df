// SPDX-License-Identifier: Apache-2.0
#include "evaluation/comparator.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

namespace selfsame::evaluation {
namespace {

using vision::FaceTemplates;

constexpr double kTolerance = 1e-3;
constexpr std::size_t kSampledPairs = 200;

/// Templates of this shape that lie along one axis in every network.
FaceTemplates along(std::size_t axis, const FaceTemplates& shape) {
  FaceTemplates templates;
  for (const auto& each : shape) {
    vision::FaceTemplate& last = templates.emplace_back(each.size(), 0.0F);
    last[axis] = 1;
  }
  return templates;
}

/// Share of each network in the score: what two sides score that agree in this network alone.
Result<std::vector<double>> weights_of(
    const vision::FaceEngine& engine, const FaceTemplates& shape
) {
  for (const auto& each : shape) {
    if (each.size() < 2) return fail(Errc::engine_failed, "a template has no two dimensions");
  }
  const FaceTemplates reference = along(0, shape);
  const FaceTemplates elsewhere = along(1, shape);
  std::vector<double> weights;
  for (std::size_t network = 0; network < shape.size(); ++network) {
    FaceTemplates probe = elsewhere;
    probe[network] = reference[network];
    SELFSAME_TRY(score, engine.compare(reference, probe));
    if (!(score.cosine >= 0)) return fail(Errc::engine_failed, "a network has a negative weight");
    weights.push_back(score.cosine);
  }
  const double sum = std::accumulate(weights.begin(), weights.end(), 0.0);
  if (!(std::abs(sum - 1) < kTolerance)) {
    return fail(Errc::engine_failed, "the comparator is not a weighted mean of cosines");
  }
  return weights;
}

Result<void> append(
    const FaceTemplates& templates,
    const FaceTemplates& shape,
    const std::vector<double>& weights,
    std::vector<float>& values
) {
  if (templates.size() != shape.size()) return fail(Errc::engine_failed, "a template is missing");
  for (std::size_t network = 0; network < shape.size(); ++network) {
    const auto& each = templates[network];
    if (each.size() != shape[network].size()) {
      return fail(Errc::engine_failed, "templates differ in length");
    }
    double norm = 0;
    for (const float value : each) norm += double{value} * double{value};
    if (!(std::abs(norm - 1) < kTolerance)) {
      return fail(Errc::engine_failed, "a template is not of unit norm");
    }
    const auto factor = static_cast<float>(std::sqrt(weights[network]));
    std::ranges::transform(each, std::back_inserter(values), [&](float v) { return v * factor; });
  }
  return {};
}

/// Do row products and the engine agree on pairs spread over the set?
Result<void> check_sample(
    const vision::FaceEngine& engine,
    const std::vector<const FaceTemplates*>& templates,
    const TemplateSet& set
) {
  const std::size_t step = std::max<std::size_t>(1, set.count() / kSampledPairs);
  for (std::size_t a = 0; a < set.count(); a += step) {
    const std::size_t b = (a * 7919 + 1) % set.count();
    SELFSAME_TRY(score, engine.compare(*templates[a], *templates[b]));
    const float* row = set.values.data() + a * set.dimensions;
    const double product =
        std::inner_product(row, row + set.dimensions, set.values.data() + b * set.dimensions, 0.0);
    if (!(std::abs(product - score.cosine) < kTolerance)) {
      return fail(Errc::engine_failed, "the comparator is not a weighted mean of cosines");
    }
  }
  return {};
}

}  // namespace

Result<TemplateSet> flatten(
    const vision::FaceEngine& engine,
    const std::vector<const FaceTemplates*>& templates,
    std::vector<std::uint32_t> identity,
    std::uint32_t identities
) {
  TemplateSet set;
  set.identity = std::move(identity);
  set.identities = identities;
  if (templates.size() != set.count()) {
    return fail(Errc::invalid_parameter, "templates and identities differ in number");
  }
  if (templates.empty()) return fail(Errc::invalid_parameter, "no photo gave a template");
  const FaceTemplates& shape = *templates.front();
  SELFSAME_TRY(weights, weights_of(engine, shape));
  for (const auto& each : shape) set.dimensions += each.size();
  set.values.reserve(set.count() * set.dimensions);
  for (const FaceTemplates* each : templates) {
    SELFSAME_CHECK(append(*each, shape, weights, set.values));
  }
  SELFSAME_CHECK(check_sample(engine, templates, set));
  return set;
}

}  // namespace selfsame::evaluation
