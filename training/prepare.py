#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Unpack the photos and find their faces: WORK/lfw/..., WORK/lfw-faces.npz, WORK/photos/...

The photos that `photos.tsv` names are read from clones of their repositories.
"""

import argparse
import json
import tarfile
from pathlib import Path

import cv2
import numpy as np

from selfsame_pad.detect import Detector
from selfsame_pad.generator import SPECIES, crops_of
from selfsame_pad.listed import listed, photo
from selfsame_pad.shards import write_shard

CENTRE = 125  # LFW photos are 250x250 with the named person in the middle
REACH = 45
LONG_SIDE = 960
LEAST_HEIGHT = 50
DARK, LEAST_LIT = 16, 0.01


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


def prepare_context(options):
    """The listed photos, reduced, with an index of their larger faces."""
    detector = Detector(options.detector, LONG_SIDE, threshold=0.8)
    folder = options.work / "photos"
    folder.mkdir(exist_ok=True)
    index = []
    for row in listed(options.photos):
        image = photo(options.clones, row)
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


def trimmed(image):
    """The picture without the black bars around it that some lists' photos were filled up with."""
    lit = image.max(2) > DARK
    rows, columns = (np.flatnonzero(lit.mean(axis) > LEAST_LIT) for axis in (1, 0))
    return image[rows[0]:rows[-1] + 1, columns[0]:columns[-1] + 1] if len(rows) and len(columns) else image


def prepare_attacks(options):
    """Shards of the listed photos of real attacks that have one face: WORK/attacks-SPLIT.npy."""
    detector, random = Detector(options.detector), np.random.default_rng(0)
    crops, kinds, splits = [], [], []
    for row in listed(options.attacks):
        image = np.ascontiguousarray(trimmed(photo(options.clones, row)))
        faces = detector.faces(image)
        if len(faces) == 1:
            crops.append(crops_of(random, image, faces[0].box, 1))
            kinds.append(SPECIES.index(row["kind"]))
            splits.append(row["split"])
    for split in sorted(set(splits)):
        chosen = [i for i, s in enumerate(splits) if s == split]
        write_shard(options.work / f"attacks-{split}.npy", [crops[i] for i in chosen], [kinds[i] for i in chosen])
    print(f"{len(kinds)} real attacks")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lfw-tar", type=Path, required=True)
    parser.add_argument("--photos", type=Path, required=True, help="photos.tsv")
    parser.add_argument("--attacks", type=Path, help="list of photos of real attacks")
    parser.add_argument("--clones", type=Path, required=True, help="folder of the repositories")
    parser.add_argument("--detector", type=Path, required=True)
    parser.add_argument("--work", type=Path, required=True)
    options = parser.parse_args()
    cv2.setNumThreads(1)
    options.work.mkdir(parents=True, exist_ok=True)
    if not (options.work / "lfw-faces.npz").exists():
        prepare_portraits(options)
    prepare_context(options)
    if options.attacks:
        prepare_attacks(options)


if __name__ == "__main__":
    main()
