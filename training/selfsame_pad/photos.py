# SPDX-License-Identifier: Apache-2.0
"""The photos that renders are made from, and who is kept for choosing and judging."""

import hashlib
import json
from pathlib import Path

import cv2
import numpy as np

SPLITS = ("train", "choice", "judgement")


class Photo:
    """A picture with one chosen face."""

    def __init__(self, image, box, landmarks, name):
        self.image = image
        self.box = np.asarray(box, np.float64)
        self.landmarks = np.asarray(landmarks, np.float64)
        self.name = name

    def scaled(self, factor):
        image = cv2.resize(self.image, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
        return Photo(image, self.box * factor, self.landmarks * factor, self.name)


def digest(text):
    return int(hashlib.md5(text.encode()).hexdigest(), 16)


def split_of(name):
    """One identity in ten, by a hash of the name, never teaches.

    Of these one half chooses (when to stop, which run, thresholds), the other only judges.
    """
    if digest(name) % 10:
        return "train"
    return SPLITS[1 + digest(f"half {name}") % 2]


class Library:
    """LFW faces (at most `per_person` of a person) and photos with wide context.

    `contexts` are folders with an `index.json`, which may say for a photo that it belongs
    to another split than "train".
    """

    def __init__(self, lfw, lfw_index, contexts, excluded_names, split, per_person=4):
        self.lfw = Path(lfw)
        excluded = set(Path(excluded_names).read_text().split())
        index = np.load(lfw_index)
        seen, self.portraits = {}, []
        for file, box, landmarks, score in zip(
                index["files"], index["boxes"], index["landmarks"], index["scores"]):
            name = file.split("/")[0]
            if name in excluded or score < 0.8 or split_of(name) != split:
                continue
            seen[name] = seen.get(name, 0) + 1
            if seen[name] <= per_person:
                self.portraits.append((file, box, landmarks, name))
        self.context = []
        for folder in map(Path, contexts):
            for entry in json.loads((folder / "index.json").read_text()):
                if entry.get("split", "train") == split:
                    self.context.append(entry | {"path": folder / entry["file"]})
        self._decoded = {}

    def portrait(self, random):
        """A random LFW photo."""
        file, box, landmarks, name = self.portraits[random.integers(len(self.portraits))]
        return Photo(cv2.imread(str(self.lfw / file)), box, landmarks, name)

    def wide(self, random, least_scale=0.0):
        """A random context photo whose crop can be at least so many face boxes wide.

        Where there is none, a portrait.
        """
        fitting = [e for e in self.context if e["seff"] >= least_scale]
        if not fitting:
            return self.portrait(random)
        entry = fitting[random.integers(len(fitting))]
        path = entry["path"]
        if path not in self._decoded:
            self._decoded[path] = cv2.imread(str(path))
        return Photo(self._decoded[path], entry["box"], entry["lmk"], entry["file"])
