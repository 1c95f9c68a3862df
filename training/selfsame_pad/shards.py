# SPDX-License-Identifier: Apache-2.0
"""Shards of renders on disk, read by memory map, in a fixed order while they still arrive.

`NAME.npy` holds uint8 [renders, views, 2, 80, 80, 3], the wide and the near crop of each
view; `NAME.species.npy` the species of each render.
"""

import time
from pathlib import Path

import numpy as np


def read_shard(path):
    """(crops, species) of one shard; the crops stay on disk."""
    path = Path(path)
    return np.load(path, mmap_mode="r"), np.load(path.with_suffix(".species.npy"))


def write_shard(path, crops, species):
    """The crops appear last and at once, so that a reader never sees half a shard."""
    path = Path(path)
    np.save(path.with_suffix(".species.npy"), np.asarray(species, np.uint8))
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
        """(crops [count, 2, 80, 80, 3], species [count]); half from the newest fifth."""
        self._advance()
        newest = max(1, len(self.open) // 5)
        crops, species = [], []
        for index in range(count):
            if index % 2:
                shard = int(self.random.integers(len(self.open)))
            else:
                shard = len(self.open) - 1 - int(self.random.integers(newest))
            pictures, kinds = self.open[shard]
            render = int(self.random.integers(len(pictures)))
            crops.append(pictures[render, int(self.random.integers(pictures.shape[1]))])
            species.append(kinds[render])
        self.views += count
        return np.stack(crops), np.array(species, np.int64)
