# SPDX-License-Identifier: Apache-2.0
"""The loss, the network's shape and the figures of merit."""

import cv2
import numpy as np
import pytest
import torch

from selfsame_pad.augment import batch_views, compressed
from selfsame_pad.loss import MapMatching, corrected, divergence, label_loss
from selfsame_pad.metrics import auc, clustered_interval, equal_error
from selfsame_pad.network import Probabilities, Student
from selfsame_pad.teacher import Graph


def test_divergence_is_zero_for_the_teachers_own_answer():
    logits = torch.randn(8, 3, generator=torch.Generator().manual_seed(0))
    answer = torch.softmax(logits, 1)
    assert abs(float(divergence(logits + 5, answer))) < 1e-5
    assert float(divergence(logits.flip(1), answer)) > 0.1


def test_answer_is_drawn_to_the_label_only_where_the_teachers_err():
    answer = torch.tensor([[0.1, 0.8, 0.1], [0.1, 0.8, 0.1], [0.1, 0.8, 0.1]])
    counted = torch.tensor([True, True, False])
    drawn = corrected(answer, torch.tensor([1, 0, 0]), counted, 0.5)
    assert torch.equal(drawn[0], answer[0]) and torch.equal(drawn[2], answer[2])
    assert torch.allclose(drawn.sum(1), torch.ones(3)) and drawn[1, 0] > 0.5 > drawn[1, 1]
    assert torch.equal(corrected(answer, torch.tensor([1, 0, 0]), counted, 0.0), answer)


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


def views_of_seed(crops):
    return batch_views(np.random.default_rng(1), torch.Generator().manual_seed(1), crops)


def test_views_stay_pixels_and_repeat_with_the_seed():
    crops = (torch.arange(16, dtype=torch.uint8) * 10).view(16, 1, 1, 1, 1).expand(16, 2, 80, 80, 3)
    first, mixed = views_of_seed(crops)
    second, _ = views_of_seed(crops)
    assert first.shape == (16, 2, 3, 80, 80) and torch.equal(first, second)
    assert first.min() >= 0 and first.max() <= 255 and mixed.sum() == 5


def test_both_crops_of_a_render_change_alike():
    crops = torch.randint(0, 256, (16, 1, 80, 80, 3), dtype=torch.uint8).expand(16, 2, 80, 80, 3)
    views, _ = views_of_seed(crops)
    assert torch.allclose(views[:, 0], views[:, 1], atol=1e-3)


@pytest.mark.parametrize("quality", (40, 75, 94))
def test_compression_looks_like_jpeg(quality):
    rows, columns = np.mgrid[0:80, 0:80]
    image = np.stack([rows * 3, columns * 3, 120 + 100 * np.sin(rows / 5 + columns / 7)], 2)
    image = np.clip(image + np.random.default_rng(0).normal(0, 8, image.shape), 0, 255).astype(np.uint8)
    coded = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
    wanted = cv2.imdecode(coded, cv2.IMREAD_COLOR).astype(np.float32)
    pixels = torch.from_numpy(image.transpose(2, 0, 1)[None].astype(np.float32))
    got = compressed(pixels, np.array([quality]))[0].permute(1, 2, 0).numpy()
    assert np.abs(got - wanted).mean() < 0.5 * np.abs(image - wanted).mean()


def test_graph_computes_what_the_file_says(tmp_path):
    torch.manual_seed(0)
    network = torch.nn.Sequential(torch.nn.Conv2d(3, 4, 3, 2, 1), torch.nn.PReLU(4), torch.nn.Flatten(),
                                  torch.nn.Linear(64, 3), torch.nn.Softmax(1)).eval()
    pixels = torch.rand(2, 3, 8, 8)
    torch.onnx.export(network, pixels, str(tmp_path / "small.onnx"), output_names=["prob"])
    assert torch.allclose(Graph(tmp_path / "small.onnx", "cpu")(pixels)["prob"], network(pixels), atol=1e-5)


def test_figures_of_merit():
    scores, labels = [0.1, 0.2, 0.8, 0.9], [0, 0, 1, 1]
    assert auc(scores, labels) == 1.0 and equal_error(scores, labels)[0] == 0.0
    assert auc([0.5] * 4, labels) == 0.5
    assert clustered_interval(scores, labels, ["a", "b", "c", "d"], rounds=20) == (1.0, 1.0)
