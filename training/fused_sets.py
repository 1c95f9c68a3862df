#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Thresholds and figures of sets of liveness networks, for the model cards.

The people kept out of training are parted in two by their names: one half chooses the retry
threshold, the other and the clips only judge. A face counts as live from 0.5, where every network
decides by itself. The rule of evaluate.py for the retry threshold asks which faces the pair
accepts, which is no question to a set with the pair in it: there, as many drawn attacks of the
choosing half may lie above it as do in the packaged set above its own. Weights are a mean of
opinions (a pair is one) and are not searched.
"""

import argparse
import hashlib
import json
from pathlib import Path

import cv2
import numpy as np

from evaluate import (ACCEPT, VALIDATION_SEED, agreement, clip_figures, columns, held_out_figures,
                      score_clips, scorers, verdict)
from selfsame_pad.generator import SHARES, SPECIES, render
from selfsame_pad.photos import Library

SETS = {"own": ("own",),
        "own + fr_liveness": ("own", "fr_liveness"),
        "own + teacher pair": ("own", "teacher pair"),
        "own + fr_liveness + teacher pair": ("own", "fr_liveness", "teacher pair")}

SHIPPED_RETRY = {"own": 0.28, "own + fr_liveness": 0.44}  # models/networks.toml
LIKE = {"own + teacher pair": "own", "own + fr_liveness + teacher pair": "own + fr_liveness"}


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--network", type=Path, required=True)
    parser.add_argument("--detector", type=Path, required=True, help="YuNet 2023mar")
    parser.add_argument("--second", type=Path, required=True, help="fr_liveness.onnx")
    parser.add_argument("--teachers", type=Path, required=True, help="folder of the MiniVision pair")
    parser.add_argument("--clips", type=Path, required=True, help="folder with live, attack, ...")
    parser.add_argument("--work", type=Path, required=True, help="folder that prepare.py filled")
    parser.add_argument("--context", type=Path, required=True)
    parser.add_argument("--excluded", type=Path, required=True)
    parser.add_argument("--renders", type=int, default=600, help="for each half")
    parser.add_argument("--out", type=Path)
    return parser.parse_args()


def with_sets(scores):
    return {name: sum(scores[part] for part in parts) / len(parts) for name, parts in SETS.items()
            } | {"teacher pair": scores["teacher pair"]}


def half_of(name):
    return int(hashlib.md5(f"half {name}".encode()).hexdigest(), 16) % 2


def score_half(options, networks, half):
    """(portraits, renders, species) of half of the held-out people."""
    library = Library(options.work / "lfw", options.work / "lfw-faces.npz",
                      options.context, options.excluded, "validation")
    library.portraits = [p for p in library.portraits if half_of(p[3]) == half]
    portraits = [[network(cv2.imread(str(library.lfw / file)), box) for network in networks.values()]
                 for file, box, _, _ in library.portraits]
    random = np.random.default_rng(VALIDATION_SEED + 1 + half)
    made, kinds = [], []
    while len(kinds) < options.renders:
        species = SPECIES[int(random.choice(len(SPECIES), p=SHARES))]
        drawn = render(random, library, species)
        if drawn is not None:
            made.append([network(drawn[0], drawn[1]) for network in networks.values()])
            kinds.append(species)
    return (with_sets(columns(networks, portraits)), with_sets(columns(networks, made)), np.array(kinds))


def retry_of(choose, name):
    if name in SHIPPED_RETRY:
        return SHIPPED_RETRY[name]
    attack = choose[2] != "bona"
    share = (choose[1][LIKE[name]][attack] >= SHIPPED_RETRY[LIKE[name]]).mean()
    return min(ACCEPT, round(float(np.quantile(choose[1][name][attack], 1 - share)), 2))


def main():
    options = arguments()
    cv2.setNumThreads(1)
    networks = {name: network for name, network in scorers(options).items() if name != "trial"}
    choose, judge = (score_half(options, networks, half) for half in (0, 1))
    scores, clips, _ = score_clips(options, networks)
    scores = with_sets(scores)
    report = {}
    for name in SETS:
        retry = retry_of(choose, name)
        figures = clip_figures(scores[name], clips)
        kinds = np.array([clip.split("/")[0] for clip in clips])
        live, attack = np.isin(kinds, ("live", "talking")), kinds == "attack"
        figures["attack_frames_passed"] = int((scores[name][attack] >= ACCEPT).sum())
        figures["live_frames_refused"] = int((scores[name][live] < ACCEPT).sum())
        figures["live_frames_below_retry"] = int((scores[name][live] < retry).sum())
        figures["verdicts"] = {clip: verdict(median, retry, ACCEPT)
                               for clip, median in figures["medians"].items()}
        attacks = judge[1][name][judge[2] != "bona"]
        figures["judged_attacks_above_retry"] = int((attacks >= retry).sum())
        figures |= {"accept": ACCEPT, "retry": retry,
                    "judged": held_out_figures(judge[0][name], judge[1][name], judge[2], retry, ACCEPT),
                    "judged_attacks": len(attacks), "judged_attacks_passed": int((attacks >= ACCEPT).sum()),
                    "agreement": agreement(*judge, name)}
        report[name] = figures
        print(f"{name}: {json.dumps(figures)}", flush=True)
    if options.out:
        options.out.write_text(json.dumps(report, indent=1) + "\n")


if __name__ == "__main__":
    main()
