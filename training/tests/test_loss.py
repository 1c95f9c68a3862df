# SPDX-License-Identifier: Apache-2.0
"""The loss, the network's shape and the figures of merit."""

import numpy as np
import torch

from selfsame_pad.augment import batch_views
from selfsame_pad.loss import MapMatching, divergence, label_loss
from selfsame_pad.metrics import auc, clustered_interval, equal_error
from selfsame_pad.network import Probabilities, Student


def test_divergence_is_zero_for_the_teachers_own_answer():
    logits = torch.randn(8, 3, generator=torch.Generator().manual_seed(0))
    assert abs(float(divergence(logits, logits + 5))) < 1e-5
    assert float(divergence(logits, logits.flip(1))) > 0.1


def test_labels_count_half_on_live_and_not_at_all_on_mixed_views():
    logits = torch.zeros(2, 3)
    everything = torch.tensor([True, True])
    attack = float(label_loss(logits, torch.tensor([0, 2]), everything))
    live = float(label_loss(logits, torch.tensor([1, 1]), everything))
    assert abs(attack - np.log(3)) < 1e-5 and abs(live - attack / 2) < 1e-5
    assert float(label_loss(logits, torch.tensor([0, 1]), ~everything)) == 0


def test_map_matching_learns_only_the_projections():
    torch.manual_seed(0)
    matching = MapMatching((4, 6), (3, 5))
    mine, theirs = [torch.randn(8, 4, 5, 5), torch.randn(8, 6)], [torch.randn(8, 3, 5, 5), torch.randn(8, 5)]
    loss = matching(mine, theirs)
    loss.backward()
    assert float(loss) > 0
    assert all(p.grad is not None for p in matching.projections.parameters())


def test_network_answers_with_probabilities_for_any_batch():
    shipped = Probabilities(Student()).eval()
    for count in (1, 3):
        answer = shipped(torch.rand(count, 3, 80, 80) * 255)
        assert answer.shape == (count, 3)
        assert torch.allclose(answer.sum(1), torch.ones(count), atol=1e-5)


def test_views_stay_pixels_and_repeat_with_the_seed():
    crops = [np.full((80, 80, 3), 10 * i, np.uint8) for i in range(16)]
    first, mixed = batch_views(np.random.default_rng(1), crops)
    second, _ = batch_views(np.random.default_rng(1), crops)
    assert first.shape == (16, 3, 80, 80) and (first == second).all()
    assert first.min() >= 0 and first.max() <= 255 and mixed.sum() == 5


def test_figures_of_merit():
    scores, labels = [0.1, 0.2, 0.8, 0.9], [0, 0, 1, 1]
    assert auc(scores, labels) == 1.0 and equal_error(scores, labels)[0] == 0.0
    assert auc([0.5] * 4, labels) == 0.5
    assert clustered_interval(scores, labels, ["a", "b", "c", "d"], rounds=20) == (1.0, 1.0)
