#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Unpack the photos and find their faces: WORK/lfw/..., WORK/lfw-faces.npz, WORK/photos/...

The photos that `photos.tsv` names are read from clones of their repositories, which lie
in one folder as OWNER+NAME (a bare clone, or its git directory named repo inside).
"""

import argparse
import csv
import hashlib
import json
import subprocess
import tarfile
from pathlib import Path

import cv2
import numpy as np

from selfsame_pad.detect import Detector

CENTRE = 125  # LFW photos are 250x250 with the named person in the middle
REACH = 45
LONG_SIDE = 960
LEAST_HEIGHT = 50


def prepare_portraits(options):
    with tarfile.open(options.lfw_tar) as archive:
        archive.extractall(options.work)
    detector = Detector(options.detector)
    files, faces = [], []
    for path in sorted((options.work / "lfw").glob("*/*.jpg")):
        for face in detector.faces(cv2.imread(str(path))):
            middle = face.box[:2] + face.box[2:] / 2
            if np.abs(middle - CENTRE).max() < REACH:
                files.append(f"{path.parent.name}/{path.name}")
                faces.append(face)
                break
    np.savez(options.work / "lfw-faces.npz", files=np.array(files),
             boxes=np.array([f.box for f in faces]),
             landmarks=np.array([f.landmarks for f in faces]),
             scores=np.array([f.score for f in faces]))
    print(f"{len(files)} faces")


def fetched(clones, row):
    """The bytes of one listed photo."""
    clone = clones / row["repository"].replace("/", "+")
    clone = clone / "repo" if (clone / "repo").is_dir() else clone
    data = subprocess.run(["git", "-C", str(clone), "show", f"{row['commit']}:{row['path']}"],
                          check=True, capture_output=True).stdout
    if hashlib.sha256(data).hexdigest() != row["sha256"]:
        raise SystemExit(f"not the listed photo: {row['repository']} {row['path']}")
    return data


def prepare_context(options):
    """The listed photos, reduced, with an index of their larger faces."""
    detector = Detector(options.detector, LONG_SIDE, threshold=0.8)
    folder = options.work / "photos"
    folder.mkdir(exist_ok=True)
    index = []
    for row in csv.DictReader(options.photos.open(), delimiter="\t"):
        image = cv2.imdecode(np.frombuffer(fetched(options.clones, row), np.uint8), cv2.IMREAD_COLOR)
        factor = LONG_SIDE / max(image.shape[:2])
        if factor < 1:
            image = cv2.resize(image, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
        name = f"{row['repository']}/{row['path']}".replace("/", "_")
        cv2.imwrite(str(folder / name), image, [cv2.IMWRITE_JPEG_QUALITY, 95])
        height, width = image.shape[:2]
        faces = detector.faces(image)
        least = max([LEAST_HEIGHT] + [face.box[3] / 2 for face in faces])
        for face in faces:
            if face.box[3] >= least:
                widest = min((height - 1) / face.box[3], (width - 1) / face.box[2])
                index.append({"file": name, "box": face.box.tolist(), "seff": float(widest),
                              "lmk": face.landmarks.tolist(), "split": row["split"]})
    (folder / "index.json").write_text(json.dumps(index))
    print(f"{len(index)} faces with context")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lfw-tar", type=Path, required=True)
    parser.add_argument("--photos", type=Path, required=True, help="photos.tsv")
    parser.add_argument("--clones", type=Path, required=True, help="folder of the repositories")
    parser.add_argument("--detector", type=Path, required=True)
    parser.add_argument("--work", type=Path, required=True)
    options = parser.parse_args()
    cv2.setNumThreads(1)
    options.work.mkdir(parents=True, exist_ok=True)
    if not (options.work / "lfw-faces.npz").exists():
        prepare_portraits(options)
    prepare_context(options)


if __name__ == "__main__":
    main()
