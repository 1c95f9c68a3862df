# SPDX-License-Identifier: Apache-2.0
"""Shards of renders on disk, read by memory map, in a fixed order while they still arrive.

`NAME.npy` holds uint8 [renders, crops, 80, 80, 3]; `NAME.facts.npz` the scale that each
crop achieved and the species of each render.
"""

import time
from pathlib import Path

import numpy as np


def read_shard(path):
    """(crops, scales, species) of one shard; the crops stay on disk."""
    path = Path(path)
    facts = np.load(path.with_suffix(".facts.npz"))
    return np.load(path, mmap_mode="r"), facts["scales"], facts["species"]


def write_shard(path, crops, scales, species):
    """The crops appear last and at once, so that a reader never sees half a shard."""
    path = Path(path)
    np.savez(path.with_suffix(".facts.npz"), scales=np.asarray(scales, np.float32),
             species=np.asarray(species, np.uint8))
    partial = path.with_suffix(".partial")
    with partial.open("wb") as stream:
        np.save(stream, np.asarray(crops, np.uint8))
    partial.rename(path)


class GrowingShards:
    """Draws batches from shards 0..k, where k grows with the number of views drawn.

    Which shard is in use depends on the views alone, so the run is the same whether the
    renders were all there at the start or came while it trained (then it waits).
    """

    def __init__(self, paths, views_per_shard, random):
        self.paths = [Path(p) for p in paths]
        self.views_per_shard = views_per_shard
        self.random = random
        self.open = []
        self.views = 0
        self.waited = 0.0

    def _advance(self):
        wanted = min(len(self.paths), 1 + self.views // self.views_per_shard)
        while len(self.open) < wanted:
            path = self.paths[len(self.open)]
            while not path.exists():
                time.sleep(1)
                self.waited += 1
            self.open.append(read_shard(path))

    def batch(self, count):
        """(crops, scales, species) of `count` renders; half from the newest fifth."""
        self._advance()
        newest = max(1, len(self.open) // 5)
        crops, achieved, species = [], [], []
        for index in range(count):
            if index % 2:
                shard = int(self.random.integers(len(self.open)))
            else:
                shard = len(self.open) - 1 - int(self.random.integers(newest))
            pictures, scales, kinds = self.open[shard]
            render = int(self.random.integers(len(pictures)))
            crop = int(self.random.integers(pictures.shape[1]))
            crops.append(np.asarray(pictures[render, crop]))
            achieved.append(scales[render, crop])
            species.append(kinds[render])
        self.views += count
        return crops, np.array(achieved), np.array(species, np.int64)
