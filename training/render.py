#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Render shards of bona fide views and attacks: OUT/SPLITnnnn.npy, one seed each."""

import argparse
import time
from pathlib import Path

import cv2

from selfsame_pad.generator import renders
from selfsame_pad.photos import Library
from selfsame_pad.shards import write_shard

SPLIT_SEED = {"train": 1_000_000, "validation": 2_000_000}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--split", choices=SPLIT_SEED, required=True)
    parser.add_argument("--work", type=Path, required=True, help="folder that prepare.py filled")
    parser.add_argument("--context", type=Path, required=True, help="folder of the context photos")
    parser.add_argument("--excluded", type=Path, required=True, help="names that never teach")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--first", type=int, default=0, help="number of the first shard")
    parser.add_argument("--count", type=int, required=True, help="how many shards")
    parser.add_argument("--step", type=int, default=1, help="every so many (for two processes)")
    parser.add_argument("--renders", type=int, default=1000, help="renders in a shard")
    options = parser.parse_args()
    cv2.setNumThreads(1)
    options.out.mkdir(parents=True, exist_ok=True)
    library = Library(options.work / "lfw", options.work / "lfw-faces.npz",
                      options.context, options.excluded, options.split)
    print(f"{len(library.portraits)} portraits, {len(library.context)} context faces", flush=True)
    for number in range(options.first, options.first + options.count, options.step):
        path = options.out / f"{options.split}{number:04d}.npy"
        if path.exists():
            continue
        started = time.time()
        pictures, scales, kinds = renders(SPLIT_SEED[options.split] + number, library, options.renders)
        write_shard(path, pictures, scales, kinds)
        spent = 1000 * (time.time() - started) / options.renders
        print(f"{path.name} {spent:.1f} ms a render", flush=True)


if __name__ == "__main__":
    main()
