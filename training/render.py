#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Render shards of bona fide views and attacks: OUT/SPLITnnnn.npy, one seed each.

Beside them OUT/SPLIT-portraits.npy, the people's photos as they are; of people who do not teach also with
little colour (-pale) and with none, as grey prints (-grey).
"""

import argparse
import multiprocessing
import time
from pathlib import Path

import cv2
import numpy as np

from selfsame_pad.generator import SCREEN_EXTRAS, SPECIES, crops_of, renders
from selfsame_pad.photos import SPLITS, Library
from selfsame_pad.shards import write_shard
from selfsame_pad.truths import as_pixels, greyed, paled

PALE = 0.15  # of the colour
SPLIT_SEED = dict(zip(SPLITS, (1_000_000, 2_000_000, 3_000_000)))


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--split", choices=SPLITS, required=True)
    parser.add_argument("--work", type=Path, required=True, help="folder that prepare.py filled")
    parser.add_argument("--context", type=Path, nargs="+", required=True, help="folders of photos")
    parser.add_argument("--excluded", type=Path, required=True, help="names that never teach")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--count", type=int, required=True, help="how many shards")
    parser.add_argument("--renders", type=int, default=1000, help="renders in a shard")
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--without", choices=SCREEN_EXTRAS, nargs="+", default=(),
                        help="looks of a screen to leave out, to see what they are worth")
    return parser.parse_args()


def library_of(options):
    return Library(options.work / "lfw", options.work / "lfw-faces.npz",
                   options.context, options.excluded, options.split)


def begin(options):
    """What each process keeps."""
    global kept_options, kept_library
    cv2.setNumThreads(1)
    SCREEN_EXTRAS.update(dict.fromkeys(options.without, 0.0))
    kept_options, kept_library = options, library_of(options)


def draw(number):
    """One shard, unless it is there."""
    options = kept_options
    path = options.out / f"{options.split}{number:04d}.npy"
    if path.exists():
        return f"{path.name} was there"
    started = time.time()
    write_shard(path, *renders(SPLIT_SEED[options.split] + number, kept_library, options.renders))
    return f"{path.name} {1000 * (time.time() - started) / options.renders:.1f} ms a render"


def write_portraits(library, folder, split):
    random = np.random.default_rng(0)
    views = np.array([crops_of(random, cv2.imread(str(library.lfw / file)), box, 1)
                      for file, box, _, _ in library.portraits], np.uint8)
    write_shard(folder / f"{split}-portraits.npy", views, [SPECIES.index("bona")] * len(views))
    if split != "train":
        pale = as_pixels(paled(random, views[:, 0], PALE, PALE))[:, None]
        write_shard(folder / f"{split}-pale.npy", pale, [SPECIES.index("bona")] * len(views))
        grey = as_pixels(greyed(random, views[:, 0]))[:, None]
        write_shard(folder / f"{split}-grey.npy", grey, [SPECIES.index("mono")] * len(views))


def main():
    options = arguments()
    options.out.mkdir(parents=True, exist_ok=True)
    library = library_of(options)
    print(f"{len(library.portraits)} portraits, {len(library.context)} context faces", flush=True)
    write_portraits(library, options.out, options.split)
    with multiprocessing.Pool(options.processes, begin, (options,)) as pool:
        for line in pool.imap_unordered(draw, range(options.count)):
            print(line, flush=True)


if __name__ == "__main__":
    main()
