#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Make models/pad_selfsame_80.onnx: prepare, render, train twice, export, evaluate.

First on renders and photos of living people; then, shortly and gently, with photos that are
known to be no living person as well: grey prints and real attacks.

Whatever is already in the work folder is kept, so a broken run goes on where it was
(training starts again).
"""

import argparse
import os
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
QUIET = {"OMP_NUM_THREADS": "1", "OMP_WAIT_POLICY": "PASSIVE"}

SHARDS = 160
VIEWS = 2_600_000
PHOTO_SHARE = 0.08  # of a batch: photos of living people as they were taken
SECOND = {"count": 48, "views": 400_000, "rate": 5e-4, "map-weight": 0, "near": 0.55,
          "pale": 0.5, "mono-share": 0.06, "attack-share": 0.08}


def arguments():
    shared = Path(os.environ.get("SELFSAME_SHARED", ROOT.parent / "shared"))
    build = ROOT / "build"
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=Path, default=shared, help="photos, teachers, clips")
    parser.add_argument("--clones", type=Path, required=True,
                        help="folder of the repositories of the three lists, as OWNER+NAME")
    parser.add_argument("--work", type=Path, default=build / "pad", help="scratch, about 14 GB")
    parser.add_argument("--detector", type=Path,
                        default=build / "models" / "face_detection_yunet_2023mar.onnx")
    parser.add_argument("--second", type=Path, default=build / "models" / "fr_liveness.onnx")
    parser.add_argument("--out", type=Path, default=ROOT / "models" / "pad_selfsame_80.onnx")
    parser.add_argument("--device", default="cpu", help="cpu or cuda; on cpu it takes a night")
    parser.add_argument("--processes", type=int, default=os.cpu_count(), help="that render")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--share", type=float, default=1.0,
                        help="of renders and views, to try the whole way quickly (0.01)")
    options = parser.parse_args()
    if not 0 < options.share <= 1:
        parser.error("--share must be above 0 and at most 1")
    return options


def run(name, *words):
    """One of the scripts beside this one."""
    print(f"== {name}", flush=True)
    started = time.time()
    subprocess.run([sys.executable, str(HERE / name), *map(str, words)], check=True)
    print(f"== {name}: {time.time() - started:.0f} s", flush=True)


def main():
    options = arguments()
    os.environ.update(QUIET)
    shared, work, share = options.shared, options.work, options.share
    shards, weights, first = work / "shards", work / "pad.pt", work / "first.onnx"
    photos = ["--work", work, "--context", shared / "traindata" / "context", work / "photos",
              "--excluded", shared / "prototypes" / "pad" / "exclude_names.txt"]
    render = [*photos, "--out", shards, "--renders", max(60, int(1000 * share)),
              "--processes", options.processes]

    run("prepare.py", "--lfw-tar", shared / "evaldata" / "face" / "lfw-view2.tar", "--work", work,
        "--photos", HERE / "photos.tsv", "--attacks", HERE / "attacks.tsv", "--clones", options.clones,
        "--detector", options.detector)
    run("render.py", "--split", "choice", "--count", 2, *render)
    run("render.py", "--split", "train", "--count", SHARDS, *render)
    train = ["--shards", shards, "--teachers", shared / "models", "--validation",
             *(shards / f"choice{i:04d}.npy" for i in range(2)),
             *(shards / f"choice-{name}.npy" for name in ("portraits", "pale", "grey")), work / "attacks-choice.npy",
             "--photos", shards / "train-portraits.npy", "--photo-share", PHOTO_SHARE,
             "--seed", options.seed, "--device", options.device]
    run("train.py", *train, "--count", SHARDS, "--views", max(2560, int(VIEWS * share)), "--out", weights)
    run("export.py", weights, "--out", first)
    second = SECOND | {"views": max(2560, int(SECOND["views"] * share))}
    run("train.py", *train, "--start", first, "--attacks", work / "attacks-train.npy", "--out", weights,
        *(word for name, value in second.items() for word in (f"--{name}", value)))
    run("export.py", weights, "--out", options.out)
    run("evaluate.py", "--network", options.out, "--detector", options.detector,
        "--clips", shared / "evaldata" / "liveness", "--second", options.second,
        "--teachers", shared / "models", "--other", HERE / "other.tsv", "--clones", options.clones,
        *photos, "--renders", max(40, int(600 * share)),
        "--out", work / "figures.json")


if __name__ == "__main__":
    main()
