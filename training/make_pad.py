#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Make models/pad_selfsame_80.onnx: prepare, render, train in three stages, export, evaluate.

Renders and training run at the same time, one thread each. Whatever is already in the
work folder is kept, so a broken run goes on where it was (training starts again).
"""

import argparse
import os
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
QUIET = {"OMP_NUM_THREADS": "1", "OMP_WAIT_POLICY": "PASSIVE",
         # Keep freed memory: a training step otherwise spends a third of its time on page faults.
         "MALLOC_MMAP_THRESHOLD_": "1073741824", "MALLOC_TRIM_THRESHOLD_": "8589934592",
         "MALLOC_TOP_PAD_": "268435456"}

SHARDS = 58
LABEL_WEIGHT = 0.25
# Two stages at a high rate, each left early, and one that cools down to nothing.
STAGE_ONE = ("--seed", 1, "--rate", 2e-3, "--views", 400_000, "--stop-after", 99_000,
             "--reports", 40, "--count", 100)
STAGE_TWO = ("--seed", 5, "--rate", 1.2e-3, "--views", 130_000, "--stop-after", 38_000,
             "--reports", 10, "--count", SHARDS)
STAGE_THREE = ("--rate", 8e-4, "--views", 40_000, "--reports", 4, "--count", SHARDS)
SEEDS = (7, 8)


def arguments():
    shared = Path(os.environ.get("SELFSAME_SHARED", ROOT.parent / "shared"))
    build = ROOT / "build"
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=Path, default=shared, help="photos, teachers, clips")
    parser.add_argument("--work", type=Path, default=build / "pad", help="scratch, about 4 GB")
    parser.add_argument("--detector", type=Path,
                        default=build / "models" / "face_detection_yunet_2023mar.onnx")
    parser.add_argument("--second", type=Path, default=build / "models" / "fr_liveness.onnx")
    parser.add_argument("--out", type=Path, default=ROOT / "models" / "pad_selfsame_80.onnx")
    parser.add_argument("--seeds", type=int, nargs="+", default=list(SEEDS),
                        help="last-stage runs from one start; their weights are averaged")
    parser.add_argument("--share", type=float, default=1.0,
                        help="of renders and views, to try the whole way quickly (0.01)")
    options = parser.parse_args()
    if not 0 < options.share <= 1:
        parser.error("--share must be above 0 and at most 1")
    return options


def scaled(stage, share):
    """The stage with fewer views; the other words stay."""
    words = list(stage)
    for name in ("--views", "--stop-after"):
        if name in words:
            at = words.index(name) + 1
            words[at] = max(640, int(words[at] * share))
    return words


def script(name, *words):
    """Command line of one of the scripts beside this one."""
    return [sys.executable, str(HERE / name), *map(str, words)]


def run(name, *words):
    print(f"== {name}", flush=True)
    started = time.time()
    subprocess.run(script(name, *words), check=True)
    print(f"== {name}: {time.time() - started:.0f} s", flush=True)


def main():
    options = arguments()
    os.environ.update(QUIET)
    shared, work = options.shared, options.work
    excluded = shared / "prototypes" / "pad" / "exclude_names.txt"
    context = shared / "traindata" / "context"
    photos = ["--work", work, "--context", context, "--excluded", excluded]
    shards = work / "shards"

    if not (work / "lfw-faces.npz").exists():
        run("prepare.py", "--lfw-tar", shared / "evaldata" / "face" / "lfw-view2.tar",
            "--detector", options.detector, "--work", work)
    run("render.py", "--split", "validation", *photos, "--out", shards, "--count", 1,
        "--renders", max(60, int(2000 * options.share)))
    renderer = subprocess.Popen(script("render.py", "--split", "train", *photos, "--out", shards,
                                       "--count", SHARDS,
                                       "--renders", max(60, int(1000 * options.share))))
    common = ["--shards", shards, "--validation", shards / "validation0000.npy",
              "--teachers", shared / "models", "--label-weight", LABEL_WEIGHT]
    first, second, weights = work / "stage1.pt", work / "stage2.pt", []
    try:
        run("train.py", *common, *scaled(STAGE_ONE, options.share), "--out", first,
            "--init", shared / "models" / "pad_trial_80.pt")
        run("train.py", *common, *scaled(STAGE_TWO, options.share), "--out", second, "--init", first)
        for seed in options.seeds:
            weights.append(work / f"stage3-seed{seed}.pt")
            run("train.py", *common, *scaled(STAGE_THREE, options.share), "--seed", seed, "--out", weights[-1],
                "--init", second)
    finally:
        renderer.terminate()
        renderer.wait()
    run("export.py", *weights, "--out", options.out)
    run("evaluate.py", "--network", options.out, "--detector", options.detector,
        "--clips", shared / "evaldata" / "liveness", "--second", options.second,
        "--teachers", shared / "models", *photos, "--out", work / "figures.json")


if __name__ == "__main__":
    main()
