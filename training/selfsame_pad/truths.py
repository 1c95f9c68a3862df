# SPDX-License-Identifier: Apache-2.0
"""Photos whose truth is known, as the last rows of every batch: no drawing, so the label is to be believed.

Live are photos of people as they were taken; some of them lose most of their colour, as in the
dark. Mono are the same photos without any colour, as a camera sees a grey print of them.
Attacks are photos of real screens and prints.
"""

import cv2
import numpy as np

from .generator import SPECIES
from .shards import read_shard

LEAST_COLOUR = 3.0  # mean distance of a pixel's channels to their mean; below, a photo was black and white
PALEST, PALE = 0.1, 0.6  # how much of its colour a paled photo keeps
LUMA = np.array([0.114, 0.587, 0.299], np.float32)


def colour_of(crops):
    """Mean distance of the channels to their mean, for each of uint8 [N, 2, 80, 80, 3]."""
    return np.array([np.abs(c - c.mean(-1, keepdims=True)).mean() for c in crops.astype(np.float32)])


def paled(random, crops, least=PALEST, most=PALE):
    """Float pixels that keep a share of their colour, one for each photo."""
    grey = (crops.astype(np.float32) @ LUMA)[..., None]
    kept = random.uniform(least, most, (len(crops), 1, 1, 1, 1)).astype(np.float32)
    return grey + (crops - grey) * kept


def greyed(random, crops):
    """Float pixels as of grey prints: one tint all over, fewer tones, some light from aside, blur and grain."""
    count, size = len(crops), crops.shape[-2]
    shape = (count, 1, 1, 1, 1)
    grey = (crops.astype(np.float32) @ LUMA)[..., None]
    black, white = random.uniform(0, 50, shape), random.uniform(170, 255, shape)
    grey = black + grey / 255 * (white - black)
    tint = random.normal(1, 0.04, (count, 1, 1, 1, 3))
    angle = random.uniform(0, 2 * np.pi, (count, 1, 1, 1, 1))
    rows, columns = np.mgrid[0:size, 0:size] / size - 0.5
    side = columns[..., None] * np.cos(angle) + rows[..., None] * np.sin(angle)
    lit = grey * tint * (1 + random.uniform(-0.3, 0.3, shape) * side)
    grain = random.normal(0, 1, (count, 1, size, size, 3)) * random.uniform(0, 3, shape)
    lit = (lit + grain).astype(np.float32)
    for photo in np.flatnonzero(random.random(count) < 0.3):
        for crop in lit[photo]:
            cv2.GaussianBlur(crop, (0, 0), random.uniform(0.3, 1.0), dst=crop)
    return lit


class Truths:
    """Replaces the last rows of a batch by photos of known truth; `shares` are of the batch."""

    def __init__(self, live, attacks=(), shares=(0.08, 0.0, 0.0), pale=0.0):
        crops, _ = read_shard(live)
        crops = np.asarray(crops[:, 0])
        self.live = crops[colour_of(crops) >= LEAST_COLOUR]
        parts = [read_shard(path) for path in attacks]
        self.attacks = np.concatenate([np.asarray(c[:, 0]) for c, _ in parts]) if parts else None
        self.kinds = np.concatenate([kinds for _, kinds in parts]) if parts else None
        self.shares, self.pale = shares, pale

    def replace(self, random, stored, kinds):
        """(crops, species, how many of the last rows are photos); changes its arguments."""
        live, mono, attacks = (int(share * len(kinds)) for share in self.shares)
        end = len(kinds) - live - mono - attacks
        if live:
            chosen = self.live[random.integers(len(self.live), size=live)]
            pale = random.random(live) < self.pale
            if pale.any():
                chosen[pale] = as_pixels(paled(random, chosen[pale]))
            stored[end:end + live], kinds[end:end + live] = chosen, SPECIES.index("bona")
        if mono:
            chosen = self.live[random.integers(len(self.live), size=mono)]
            rows = slice(end + live, end + live + mono)
            stored[rows], kinds[rows] = as_pixels(greyed(random, chosen)), SPECIES.index("mono")
        if attacks:
            chosen = random.integers(len(self.kinds), size=attacks)
            stored[-attacks:], kinds[-attacks:] = self.attacks[chosen], self.kinds[chosen]
        return stored, kinds, live + mono + attacks


def as_pixels(values):
    return np.clip(np.rint(values), 0, 255).astype(np.uint8)
