# SPDX-License-Identifier: Apache-2.0
"""Same seed, same bytes; every species draws something. The photos are drawn too."""

import hashlib

import cv2
import numpy as np
import pytest

from selfsame_pad.generator import SPECIES, crops_of, renders
from selfsame_pad.photos import SPLITS, Photo, split_of
from selfsame_pad.shards import GrowingShards, read_shard, write_shard


class DrawnLibrary:
    """Stands in for the photos: ovals with eyes before a coloured wall."""

    context = [None]

    def portrait(self, random):
        image = np.full((250, 250, 3), random.integers(40, 200, 3), np.uint8)
        cv2.ellipse(image, (125, 125), (45, 60), 0, 0, 360, (120, 150, 210), -1)
        for x in (107, 143):
            cv2.circle(image, (x, 110), 6, (40, 40, 40), -1)
        points = [[107, 110], [143, 110], [125, 130], [112, 150], [138, 150]]
        return Photo(image, [80, 65, 90, 120], points, "drawn")

    def wide(self, random, least_scale=0.0):
        return self.portrait(random)


def digest(*arrays):
    return hashlib.sha256(b"".join(a.tobytes() for a in arrays)).hexdigest()


def test_same_seed_gives_the_same_bytes():
    first, second = (renders(7, DrawnLibrary(), 12) for _ in range(2))
    assert digest(*first) == digest(*second)


def test_another_seed_gives_other_bytes():
    assert digest(*renders(7, DrawnLibrary(), 4)) != digest(*renders(8, DrawnLibrary(), 4))


@pytest.mark.parametrize("species", SPECIES)
def test_every_species_is_drawn(species):
    pictures, kinds = renders(3, DrawnLibrary(), 4, species)
    assert pictures.shape == (4, 2, 2, 80, 80, 3) and pictures.dtype == np.uint8
    assert (kinds == SPECIES.index(species)).all()
    assert all(picture.std() > 1 for picture in pictures[:, 0, 0])


def test_near_crop_shows_the_face_larger():
    image = np.zeros((600, 600, 3), np.uint8)
    image[250:350, 250:350] = 255
    wide, near = crops_of(np.random.default_rng(0), image, np.array([250, 250, 100, 100]), 1)[0]
    assert 2 < near.mean() / wide.mean() < 2.4


def test_one_identity_in_twenty_chooses_and_another_judges():
    splits = [split_of(f"Person_{i}") for i in range(4000)]
    for split in SPLITS[1:]:
        assert 150 < splits.count(split) < 250


def test_shards_come_back_and_grow_with_the_views(tmp_path):
    paths = []
    for number in range(3):
        paths.append(tmp_path / f"train{number:04d}.npy")
        write_shard(paths[-1], np.full((5, 2, 2, 80, 80, 3), number), np.arange(5))
    crops, species = read_shard(paths[1])
    assert crops[0, 0, 0, 0, 0, 0] == 1 and list(species) == [0, 1, 2, 3, 4]
    source = GrowingShards(paths, 8, np.random.default_rng(0))
    seen = [{int(crop[0, 0, 0, 0]) for crop in source.batch(8)[0]} for _ in range(3)]
    assert seen[0] == {0} and max(seen[1]) == 1 and max(seen[2]) == 2
