# SPDX-License-Identifier: Apache-2.0
"""Photos whose truth is known, and the lists they come from."""

import hashlib
import subprocess

import numpy as np
import pytest
import torch

from export import export
from prepare import trimmed
from selfsame_pad.generator import SPECIES
from selfsame_pad.listed import listed, photo
from selfsame_pad.metrics import wilson
from selfsame_pad.network import Probabilities, Student, keep_normalisations, load_exported
from selfsame_pad.shards import write_shard
from selfsame_pad.truths import Truths, colour_of, greyed, paled

BONA, MONO, SCREEN = (SPECIES.index(name) for name in ("bona", "mono", "screen"))


@pytest.fixture
def coloured():
    return np.random.default_rng(1).integers(0, 256, (6, 2, 80, 80, 3)).astype(np.uint8)


def test_a_grey_print_has_one_tint_all_over(coloured):
    grey = greyed(np.random.default_rng(2), coloured)
    ratio = grey[..., 2].mean((1, 2, 3)) / grey[..., 0].mean((1, 2, 3))
    left = grey[..., 2] - ratio[:, None, None, None] * grey[..., 0]
    assert np.abs(left).mean() < 8 < np.abs(coloured[..., 2].astype(float) - coloured[..., 0]).mean()


def test_a_paled_photo_keeps_a_share_of_its_colour(coloured):
    before = colour_of(coloured)
    after = colour_of(paled(np.random.default_rng(3), coloured, 0.15, 0.15))
    assert np.allclose(after, 0.15 * before, rtol=0.05)


def test_the_last_rows_of_a_batch_become_photos_of_known_truth(tmp_path, coloured):
    black_and_white = np.repeat(coloured[:1, ..., :1], 3, -1)
    write_shard(tmp_path / "live.npy", np.concatenate([coloured, black_and_white])[:, None], [BONA] * 7)
    write_shard(tmp_path / "attacks.npy", coloured[:2, None], [SCREEN] * 2)
    truths = Truths(tmp_path / "live.npy", [tmp_path / "attacks.npy"], (0.2, 0.1, 0.1), pale=0.5)
    assert len(truths.live) == 6
    stored, kinds = np.zeros((20, 2, 80, 80, 3), np.uint8), np.full(20, 9)
    stored, kinds, count = truths.replace(np.random.default_rng(4), stored, kinds)
    assert count == 8 and not stored[:12].any() and (kinds[:12] == 9).all()
    assert list(kinds[12:]) == [BONA] * 4 + [MONO] * 2 + [SCREEN] * 2
    assert all(row.any() for row in stored[12:])


def test_a_batch_without_shares_stays_as_it_is(tmp_path, coloured):
    write_shard(tmp_path / "live.npy", coloured[:, None], [BONA] * 6)
    truths = Truths(tmp_path / "live.npy", shares=(0.0, 0.0, 0.0))
    stored, kinds, count = truths.replace(np.random.default_rng(4), coloured.copy(), np.full(6, 9))
    assert count == 0 and (stored == coloured).all() and (kinds == 9).all()


def test_training_goes_on_from_an_exported_network(tmp_path):
    torch.manual_seed(1)
    network = Student()
    network(torch.rand(8, 3, 80, 80) * 255)  # moves the normalisations
    shipped = export(network.eval(), tmp_path / "network.onnx", "a test")
    again = Student().train()
    load_exported(again, tmp_path / "network.onnx")
    keep_normalisations(again)
    again.drop.eval()
    pixels = torch.rand(4, 3, 80, 80) * 255
    with torch.no_grad():
        assert torch.allclose(Probabilities(again)(pixels), shipped(pixels), atol=1e-5)


def test_black_bars_are_cut_off():
    picture = np.zeros((60, 60, 3), np.uint8)
    picture[10:50, 20:40] = 200
    assert trimmed(picture).shape == (40, 20, 3)
    assert trimmed(np.zeros((5, 5, 3), np.uint8)).shape == (5, 5, 3)


def test_wilson_interval():
    assert wilson(0, 0) == (0.0, 1.0)
    assert np.allclose(wilson(0, 10), (0, 0.2775), atol=1e-3)
    assert np.allclose(wilson(5, 10), (0.2366, 0.7634), atol=1e-3)


def test_a_listed_photo_must_be_the_listed_one(tmp_path):
    clone = tmp_path / "someone+faces"
    clone.mkdir()
    (clone / "face.ppm").write_bytes(b"P6 2 1 255\n" + bytes(range(6)))
    git = ["git", "-C", str(clone), "-c", "user.name=a", "-c", "user.email=a@localhost"]
    for words in (["init", "-q"], ["add", "."], ["commit", "-q", "-m", "a face"]):
        subprocess.run([*git, *words], check=True)
    commit = subprocess.run([*git, "rev-parse", "HEAD"], check=True, capture_output=True, text=True).stdout.strip()
    digest = hashlib.sha256((clone / "face.ppm").read_bytes()).hexdigest()
    table = tmp_path / "list.tsv"
    table.write_text(f"repository\tcommit\tpath\tsha256\nsomeone/faces\t{commit}\tface.ppm\t{digest}\n")
    row, = listed(table)
    assert photo(tmp_path, row).shape == (1, 2, 3)
    with pytest.raises(SystemExit):
        photo(tmp_path, row | {"sha256": "0" * 64})
