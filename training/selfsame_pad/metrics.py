# SPDX-License-Identifier: Apache-2.0
"""Figures of merit; a score says how live, labels are 1 for live and 0 for attack."""

import numpy as np


def auc(scores, labels):
    """Chance that a live frame scores above an attack frame; ties count half."""
    scores, labels = np.asarray(scores, float), np.asarray(labels)
    live, attack = np.sort(scores[labels == 1]), scores[labels == 0]
    below = np.searchsorted(live, attack, "left")
    upto = np.searchsorted(live, attack, "right")
    return float((len(live) - (below + upto) / 2).mean() / len(live))


def equal_error(scores, labels):
    """(equal error rate, its threshold); the middle of the best thresholds."""
    scores, labels = np.asarray(scores, float), np.asarray(labels)
    values = np.unique(scores)
    thresholds = np.concatenate([values, (values[1:] + values[:-1]) / 2])
    passed = np.array([(scores[labels == 0] >= t).mean() for t in thresholds])
    refused = np.array([(scores[labels == 1] < t).mean() for t in thresholds])
    gap = np.abs(passed - refused) + 1e-9 * (passed + refused)
    best = np.flatnonzero(gap <= gap.min() + 1e-12)
    middle = best[np.argsort(thresholds[best])[len(best) // 2]]
    return float((passed[middle] + refused[middle]) / 2), float(thresholds[middle])


def clustered_interval(scores, labels, clips, rounds=1000, seed=0):
    """95 % interval of the AUC, drawing whole clips again, live and attack apart."""
    scores, labels, clips = map(np.asarray, (scores, labels, clips))
    random = np.random.default_rng(seed)
    members = {label: [np.flatnonzero(clips == c) for c in np.unique(clips[labels == label])]
               for label in (0, 1)}
    drawn = []
    for _ in range(rounds):
        rows = np.concatenate([members[label][i] for label in (0, 1)
                               for i in random.integers(0, len(members[label]), len(members[label]))])
        drawn.append(auc(scores[rows], labels[rows]))
    low, high = np.quantile(drawn, [0.025, 0.975])
    return float(low), float(high)


def wilson(count, number, deviations=1.96):
    """95 % interval of a share by Wilson's score; (0, 1) of nothing."""
    if not number:
        return 0.0, 1.0
    share, square = count / number, deviations ** 2
    middle = (share + square / (2 * number)) / (1 + square / number)
    reach = deviations / (1 + square / number) * np.sqrt(share * (1 - share) / number + square / (4 * number ** 2))
    return float(max(0, middle - reach)), float(min(1, middle + reach))
