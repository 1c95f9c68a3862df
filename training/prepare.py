#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Unpack the LFW photos and find their faces: WORK/lfw/... and WORK/lfw-faces.npz."""

import argparse
import tarfile
from pathlib import Path

import cv2
import numpy as np

from selfsame_pad.detect import Detector

CENTRE = 125  # LFW photos are 250x250 with the named person in the middle
REACH = 45


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lfw-tar", type=Path, required=True)
    parser.add_argument("--detector", type=Path, required=True)
    parser.add_argument("--work", type=Path, required=True)
    options = parser.parse_args()
    cv2.setNumThreads(1)
    options.work.mkdir(parents=True, exist_ok=True)
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


if __name__ == "__main__":
    main()
