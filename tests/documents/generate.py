#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Draws identity documents of invented people, photographs them and writes what is on them: README.md."""

import argparse
import hashlib
import json
import multiprocessing
import os
import pathlib
import sys

import cv2
import numpy as np

import camera
import cards_east
import cards_islands
import cards_philippines
import cards_thailand
import travel
import vendor

TYPES = {
    "HKIDCard": cards_east.hkid, "MLIDCard": cards_islands.mykad, "MLDrivingLicense": cards_islands.malaysian_licence,
    "IndonesiaIDCard": cards_islands.ktp, "IndonesiaDrivingLicense": cards_islands.sim,
    "PhilippinesVoteID": cards_philippines.voter, "PhilippinesDrivingLicense": cards_philippines.licence,
    "PhilippinesTinID": cards_philippines.tin, "PhilippinesSSSID": cards_philippines.sss,
    "PhilippinesUMID": cards_philippines.umid, "PhilippinesIDCard": cards_philippines.philsys,
    "ThailandIDCard": cards_thailand.identity, "ThailandDrivingLicense": cards_thailand.licence,
    "SingaporeIDCard": cards_islands.nric, "SingaporeDrivingLicense": cards_islands.singapore_licence,
    "JapanIDCard": cards_east.japan, "JapaneseDrivingLicense": cards_east.japanese_licence,
    "MainlandIDCard": cards_east.mainland, "InternationalIDPassport": travel.passport}
ZONES = {"TD1": travel.td1, "TD2": travel.td2, "MRVA": travel.mrv_a, "MRVB": travel.mrv_b}
DRAWINGS = TYPES | ZONES
TWO_SIDED = ("SingaporeIDCard", "MainlandIDCard", "PhilippinesIDCard")


def stream(*words):
    """A generator of its own for every purpose, so that another condition shows the same person."""
    return np.random.default_rng(list(hashlib.sha256(repr(words).encode()).digest()))


def sides(kind):
    return ("front", "back") if kind in TWO_SIDED else ("front",)


def rounded(points):
    return [[round(float(x), 1), round(float(y), 1)] for x, y in points]


def specimen(kind, seed, index, side, condition, flat=False):
    """The picture's bytes and its truth."""
    card = DRAWINGS[kind](stream(seed, kind, index, "person"), stream(seed, kind, index, "style", side), side)
    picture, opacity = card.finished()
    if flat:
        height, width = picture.shape[:2]
        size = (round(card.width_mm * 300 / 25.4), round(card.height_mm * 300 / 25.4))
        homography = np.diag([size[0] / width, size[1] / height, 1.0])
        data = cv2.imencode(".jpg", cv2.resize(picture, size, interpolation=cv2.INTER_AREA),
                            [cv2.IMWRITE_JPEG_QUALITY, 92])[1].tobytes()
        done = {"name": "flat", "warnings": []}
    else:
        data, homography, done = camera.photograph(stream(seed, kind, index, "camera", side, condition), picture, opacity,
                                                   [line["box"] for line in card.lines], condition)

    def seen(box):
        return rounded(camera.moved(camera.box_quad(box), homography))

    height, width = picture.shape[:2]
    name = f"{kind}-{index:04}-{side}"
    truth = {
        "version": 1, "seed": seed, "index": index, "file": name + ".jpg", "type": kind,
        "variant": getattr(card, "variant", None), "side": side,
        "quad": rounded(camera.moved(camera.corners(width, height), homography)), "fields": card.fields,
        "printed": {key: lines for key, lines in card.printed.items() if lines},
        "lines": [{"text": line["text"], "field": line["field"], "quad": seen(line["box"])} for line in card.lines],
        "mrz": card.mrz and {"format": card.mrz["format"], "lines": card.mrz["lines"], "quad": seen(card.mrz["box"])},
        "portrait": card.person and {"person": card.person.rstrip("3"), "photo": card.person,
                                     "quad": seen(card.portrait_box)}, "conditions": done}
    truth["vendor"] = vendor.structures(truth)
    return name, data, truth


def write(job):
    folder, *what = job
    name, data, truth = specimen(*what)
    (folder / f"{name}.jpg").write_bytes(data)
    (folder / f"{name}.json").write_text(json.dumps(truth, ensure_ascii=False, indent=1) + "\n")
    return name


def quiet():
    """In every process: one thread, which keeps sums in one order, and no chatter of libpng about a fixture's profile."""
    cv2.setNumThreads(1)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)


def arguments(words):
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--types", default="all", help="with commas: names, all (the 19), mrz (TD1, TD2, MRVA, MRVB)")
    parser.add_argument("--count", type=int, default=1, help="documents a type")
    parser.add_argument("--first", type=int, default=0, help="number of the first document")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--conditions", default="plain",
                        help=f"names with commas, taken in turn, or all: {', '.join(camera.CONDITIONS)}")
    parser.add_argument("--flat", action="store_true", help="the flat document at 300 dpi, not photographed")
    parser.add_argument("--jobs", type=int, default=len(os.sched_getaffinity(0)))
    given = parser.parse_args(words)
    groups = {"all": list(TYPES), "mrz": list(ZONES)}
    given.types = [kind for name in given.types.split(",") for kind in groups.get(name, [name])]
    given.conditions = list(camera.CONDITIONS) if given.conditions == "all" else given.conditions.split(",")
    for name, known in [(each, DRAWINGS) for each in given.types] + [(each, camera.CONDITIONS) for each in given.conditions]:
        if name not in known:
            parser.error(f"{name} is none of: {', '.join(known)}")
    return given


def main(words=None):
    given = arguments(words)
    given.folder.mkdir(parents=True, exist_ok=True)
    jobs = [(given.folder, kind, given.seed, index, side, given.conditions[index % len(given.conditions)], given.flat)
            for kind in given.types for index in range(given.first, given.first + given.count) for side in sides(kind)]
    with multiprocessing.get_context("fork").Pool(given.jobs, quiet) as pool:
        done = sum(1 for _ in pool.imap_unordered(write, jobs, chunksize=4))
    print(f"{done} pictures of {len(given.types)} types in {given.folder}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
