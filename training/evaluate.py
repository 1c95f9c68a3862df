#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Measure the network beside its teachers and the packaged fr_liveness, and sets of them.

Four kinds of data: real clips, photos and frames of attacks and of living people that other
projects took (`other.tsv`; neither taught), and of two halves of the people kept out of training
their portraits and renders. One half ("choice") chooses the thresholds; all else only judges. Weights are a mean of opinions (the pair
is one) and are not searched. Frames of a clip are alike: the interval draws whole
clips, and of other projects whole people.
"""

import argparse
import json
from pathlib import Path

import cv2
import numpy as np

from selfsame_pad.crop import NEAR_SCALE, as_input, face_crop
from selfsame_pad.detect import Detector, cpu_model
from selfsame_pad.generator import SHARES, SPECIES, render
from selfsame_pad.listed import listed, photo
from selfsame_pad.metrics import auc, clustered_interval, equal_error, wilson
from selfsame_pad.photos import Library
from selfsame_pad.truths import as_pixels, greyed, paled

FRAMES_A_SECOND = 3
MOST_BELIEVED_RATE = 120
SEEDS = {"choice": 4_000_000, "judgement": 5_000_000}
ACCEPT = 0.5  # where every network decides by itself
PALE = 0.15  # of the colour is left to a pale portrait
DARK, GRAIN = 0.3, 4.0  # of light and colour is left to a dark portrait; deviation of its noise, of 255
RETRY_SHARE = 0.02  # of the choosing half's live renders that the pair accepts, below the retry threshold
SETS = {"own": ("own",),
        "former": ("former",),
        "fr_liveness": ("fr_liveness",),
        "own + fr_liveness": ("own", "fr_liveness"),
        "teacher 4.0": ("teacher 4.0",),
        "teacher 2.7": ("teacher 2.7",),
        "teacher pair": ("teacher pair",),
        "own + teacher pair": ("own", "teacher pair"),
        "own + fr_liveness + teacher pair": ("own", "fr_liveness", "teacher pair")}
WITHOUT_PAIR = {"own + teacher pair": "own", "own + fr_liveness + teacher pair": "own + fr_liveness"}


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--network", type=Path, required=True)
    parser.add_argument("--former", type=Path, help="another of its kind, to compare with")
    parser.add_argument("--detector", type=Path, required=True, help="YuNet 2023mar")
    parser.add_argument("--clips", type=Path, required=True, help="folder with live, attack, ...")
    parser.add_argument("--second", type=Path, required=True, help="fr_liveness.onnx")
    parser.add_argument("--teachers", type=Path, required=True, help="folder of the MiniFASNets")
    parser.add_argument("--other", type=Path, help="list of other projects' photos")
    parser.add_argument("--clones", type=Path, help="folder of their repositories, as OWNER+NAME")
    parser.add_argument("--work", type=Path, help="folder that prepare.py filled")
    parser.add_argument("--context", type=Path, nargs="+")
    parser.add_argument("--excluded", type=Path)
    parser.add_argument("--renders", type=int, default=800, help="for each half")
    parser.add_argument("--out", type=Path, help="figures as JSON")
    return parser.parse_args()


class Scorer:
    """Live probability of a face by one network and its crop."""

    def __init__(self, path, live, scale=4.0, size=80, softmax=False):
        self.model = cpu_model(path)
        self.live, self.scale, self.size, self.softmax = live, scale, size, softmax

    def __call__(self, image, box):
        crop = face_crop(image, box, self.scale, self.size)
        answer = np.array(self.model(as_input([crop]))[0])[0]
        if self.softmax:
            answer = np.exp(answer - answer.max())
            answer = answer / answer.sum()
        return float(answer[self.live])


def scorers(options):
    """The networks by name."""
    former = {"former": Scorer(options.former, 1)} if options.former else {}
    return {"own": Scorer(options.network, 1), **former,
            "fr_liveness": Scorer(options.second, 0, size=128, softmax=True),
            "teacher 4.0": Scorer(options.teachers / "minifasnet_v1se_4.0_80.onnx", 1),
            "teacher 2.7": Scorer(options.teachers / "minifasnet_v2_2.7_80.onnx", 1, NEAR_SCALE)}


def set_scores(networks, rows):
    """Scores of every set, of rows with a column for each network."""
    table = np.array(rows)
    scores = {name: table[:, i] for i, name in enumerate(networks)}
    scores["teacher pair"] = (scores["teacher 4.0"] + scores["teacher 2.7"]) / 2
    return {name: sum(scores[part] for part in parts) / len(parts) for name, parts in SETS.items()
            if all(part in scores for part in parts)}


def frames_of(path):
    """Frames of a clip at about three a second, or the one picture of a still."""
    if path.suffix != ".mp4":
        yield cv2.imread(str(path))
        return
    clip = cv2.VideoCapture(str(path))
    rate = clip.get(cv2.CAP_PROP_FPS)
    if not 1 <= rate <= MOST_BELIEVED_RATE:
        rate = 30.0
    due, number = 0.0, 0
    while True:
        read, frame = clip.read()
        if not read:
            return
        if number / rate + 1e-6 >= due:
            due += 1 / FRAMES_A_SECOND
            yield frame
        number += 1


def score_clips(options, networks):
    """Scores by network, the clip of each row, and how many frames were left out."""
    detector = Detector(options.detector)
    rows, clips, left_out = [], [], {}
    for path in sorted(options.clips.glob("*/*")):
        clip = f"{path.parent.name}/{path.name}"
        for frame in frames_of(path):
            faces = detector.faces(frame)
            if len(faces) != 1:
                kind = "no face" if not faces else "several faces"
                left_out[f"{clip}: {kind}"] = left_out.get(f"{clip}: {kind}", 0) + 1
                continue
            rows.append([network(frame, faces[0].box) for network in networks.values()])
            clips.append(clip)
    return set_scores(networks, rows), np.array(clips), left_out


def score_other(options, networks):
    """(scores by network, the list's row of each, how many photos were left out)."""
    detector = Detector(options.detector)
    scored, rows, left_out = [], [], 0
    for row in listed(options.other):
        image = photo(options.clones, row)
        faces = detector.faces(image)
        if len(faces) != 1:
            left_out += 1
            continue
        scored.append([network(image, faces[0].box) for network in networks.values()])
        rows.append(row)
    return set_scores(networks, scored), rows, left_out


def score_half(options, networks, split):
    """Of one half: scores of the portraits as they are, pale, dark and as grey prints; of renders; their species."""
    library = Library(options.work / "lfw", options.work / "lfw-faces.npz",
                      options.context, options.excluded, split)
    random = np.random.default_rng(SEEDS[split] + 1)
    looks = {"as taken": lambda photo: photo,
             "pale": lambda photo: as_pixels(paled(random, photo[None, None], PALE, PALE))[0, 0],
             "grey": lambda photo: as_pixels(greyed(random, photo[None, None]))[0, 0],
             "dark": lambda photo: as_pixels(DARK * paled(random, photo[None, None], DARK, DARK)[0, 0]
                                             + random.normal(0, GRAIN, photo.shape))}
    portraits = {look: set_scores(networks, [[network(picture, box) for network in networks.values()]
                                             for picture, box in ((change(cv2.imread(str(library.lfw / file))), box)
                                                                  for file, box, _, _ in library.portraits)])
                 for look, change in looks.items()}
    random = np.random.default_rng(SEEDS[split])
    made, kinds = [], []
    while len(kinds) < options.renders:
        species = SPECIES[int(random.choice(len(SPECIES), p=SHARES))]
        drawn = render(random, library, species)
        if drawn is not None:
            made.append([network(drawn[0], drawn[1]) for network in networks.values()])
            kinds.append(species)
    return portraits, set_scores(networks, made), np.array(kinds)


def clip_figures(scores, clips):
    """AUC, equal error and medians of one network on the real clips."""
    kinds = np.array([clip.split("/")[0] for clip in clips])
    judged = kinds != "masked"
    labels = np.isin(kinds, ("live", "talking")).astype(int)
    rate, threshold = equal_error(scores[judged], labels[judged])
    interval = clustered_interval(scores[judged], labels[judged], clips[judged])
    return {"auc": round(auc(scores[judged], labels[judged]), 4),
            "auc_interval": [round(v, 3) for v in interval],
            "eer": round(rate, 4), "eer_threshold": round(threshold, 3),
            "live_frames": int(labels[judged].sum()),
            "live_frames_refused": int((scores[judged & (labels == 1)] < ACCEPT).sum()),
            "attack_frames": int((labels[judged] == 0).sum()),
            "attack_frames_passed": int((scores[judged & (labels == 0)] >= ACCEPT).sum()),
            "medians": {clip: round(float(np.median(scores[clips == clip])), 3)
                        for clip in sorted(set(clips))}}


def other_figures(scores, rows):
    """Of one network on other projects' photos: by when they were first looked at and what for, and each project."""
    projects = np.array([row["repository"].split("/")[0] for row in rows])
    kinds = np.array([row["kind"] for row in rows])
    people = np.array([f"{row['repository']} {row['person']} {row['kind'] == 'live'}" for row in rows])
    groups = np.array([f"{row['looked_at']} {row['half']}" for row in rows])

    def figures(chosen):
        live = kinds == "live"
        passed, refused = scores[chosen & ~live] >= ACCEPT, scores[chosen & live] < ACCEPT
        found = {"live": int((chosen & live).sum()), "people_live": len(set(people[chosen & live])),
                 "attacks": int((chosen & ~live).sum()), "people_attacks": len(set(people[chosen & ~live])),
                 "apcer": shares(passed), "bpcer": shares(refused),
                 "passed_by_kind": {kind: shares(scores[chosen & (kinds == kind)] >= ACCEPT)
                                    for kind in sorted(set(kinds[chosen])) if kind != "live"}}
        if len(passed) and len(refused):
            interval = clustered_interval(scores[chosen], live[chosen].astype(int), people[chosen])
            found |= {"auc": round(auc(scores[chosen], live[chosen].astype(int)), 4),
                      "auc_interval": [round(v, 3) for v in interval],
                      "eer": round(equal_error(scores[chosen], live[chosen].astype(int))[0], 4)}
        return found

    return ({name: figures(groups == name) for name in sorted(set(groups))}
            | {name: figures(projects == name) for name in sorted(set(projects))})


def shares(wrong):
    """Count, number, and Wilson's 95 % interval of the share."""
    count, number = int(wrong.sum()), len(wrong)
    return [count, number, *(round(v, 3) for v in wilson(count, number))]


def retry_threshold(choice, name):
    """Below it, a capture is refused without another try; from the choosing half.

    One in fifty of the live renders that the pair accepts may lie below (photos as they are
    taken are taught). That is no question to a set with the pair in it: there, as many drawn attacks may
    lie above as do in the same set without the pair.
    """
    _, made, kinds = choice
    if name in WITHOUT_PAIR:
        other, attack = WITHOUT_PAIR[name], kinds != "bona"
        share = (made[other][attack] >= retry_threshold(choice, other)).mean()
        chosen = np.quantile(made[name][attack], 1 - share)
    else:
        accepted = (made["teacher pair"] >= ACCEPT) & (kinds == "bona")
        chosen = np.quantile(made[name][accepted], RETRY_SHARE)
    return min(ACCEPT, round(float(chosen), 2))


def held_out_figures(half, name, retry):
    """Refusal of live faces and pass rates of drawn attacks, of one half."""
    portraits, made, kinds = half[0]["as taken"][name], half[1][name], half[2]
    live, attacks = made[kinds == "bona"], made[kinds != "bona"]
    return {"portraits": len(portraits),
            "portraits_refused": round(float((portraits < ACCEPT).mean()), 4),
            "pale_portraits_refused": shares(half[0]["pale"][name] < ACCEPT),
            "dark_portraits_refused": shares(half[0]["dark"][name] < ACCEPT),
            "grey_portraits_passed": shares(half[0]["grey"][name] >= ACCEPT),
            "portraits_below_retry": round(float((portraits < retry).mean()), 4),
            "renders_auc": round(auc(made, kinds == "bona"), 4),
            "live_renders": len(live), "live_renders_refused": round(float((live < ACCEPT).mean()), 4),
            "attacks": len(attacks), "attacks_passed": round(float((attacks >= ACCEPT).mean()), 4),
            "attacks_above_retry": round(float((attacks >= retry).mean()), 4),
            "passed_by_species": {species: round(float((made[kinds == species] >= ACCEPT).mean()), 3)
                                  for species in SPECIES[1:] if (kinds == species).any()},
            "renders_by_species": {s: int((kinds == s).sum()) for s in SPECIES}}


def verdict(score, retry):
    return "pass" if score >= ACCEPT else "retry" if score >= retry else "refuse"


def main():
    options = arguments()
    cv2.setNumThreads(1)
    networks = scorers(options)
    scores, clips, left_out = score_clips(options, networks)
    halves = {split: score_half(options, networks, split) for split in SEEDS} if options.work else {}
    report = {"frames_left_out": left_out, "sets": {}}
    if options.other:
        others, rows, report["others_left_out"] = score_other(options, networks)
    for name, values in scores.items():
        figures = clip_figures(values, clips)
        if halves:
            retry = retry_threshold(halves["choice"], name)
            figures |= {"accept": ACCEPT, "retry": retry}
            figures |= {split: held_out_figures(half, name, retry) for split, half in halves.items()}
            figures["verdicts"] = {clip: verdict(median, retry)
                                   for clip, median in figures["medians"].items()}
        if options.other:
            figures["other"] = other_figures(others[name], rows)
        report["sets"][name] = figures
        print(f"{name}: {json.dumps(figures)}", flush=True)
    if options.out:
        options.out.write_text(json.dumps(report, indent=1) + "\n")


if __name__ == "__main__":
    main()
