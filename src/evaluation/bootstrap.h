// SPDX-License-Identifier: Apache-2.0
// Intervals by resampling people: comparisons that share a person are not independent.
#pragma once

#include "evaluation/error_rates.h"

namespace selfsame::evaluation {

/// Fills the intervals of rates.operating_points.
///
/// Each replicate draws as many identities as there are, with replacement. A genuine comparison
/// weighs what its identity weighs, an impostor comparison the product of its two (so that a person
/// is never an impostor to its own copy); threshold and FNMR are found anew, by the point's own
/// method. The interval is the middle `confidence` of the replicates. It stays empty when the kept
/// scores do not reach far enough in more than a tenth of them.
void add_intervals(
    const ScoreDistribution& scores, const BootstrapOptions& options, ErrorRates& rates
);

}  // namespace selfsame::evaluation
