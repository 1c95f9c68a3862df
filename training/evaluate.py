#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Measure the network beside its teachers, the trial network and the packaged fr_liveness.

Three kinds of data: real clips (never trained on), portraits of people kept out of
training, and renders of those people. The threshold is the teachers' own, the retry
threshold comes from the last two; the clips only check both. Frames of a clip are alike:
the interval draws whole clips.
"""

import argparse
import json
from pathlib import Path

import cv2
import numpy as np

from selfsame_pad.crop import as_input, face_crop
from selfsame_pad.detect import Detector, cpu_model
from selfsame_pad.generator import SHARES, SPECIES, render
from selfsame_pad.metrics import auc, clustered_interval, equal_error
from selfsame_pad.photos import Library

FRAMES_A_SECOND = 3
MOST_BELIEVED_RATE = 120
VALIDATION_SEED = 3_000_000
ACCEPT = 0.5  # where the teachers decide
RETRY_SHARE = 0.05  # of the held-out live faces that the teachers accept, below the retry threshold


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--network", type=Path, required=True)
    parser.add_argument("--detector", type=Path, required=True, help="YuNet 2023mar")
    parser.add_argument("--clips", type=Path, required=True, help="folder with live, attack, ...")
    parser.add_argument("--second", type=Path, help="fr_liveness.onnx")
    parser.add_argument("--teachers", type=Path, help="folder of MiniFASNets and trial network;\n"
                        "needed with --work")
    parser.add_argument("--work", type=Path, help="folder that prepare.py filled")
    parser.add_argument("--context", type=Path)
    parser.add_argument("--excluded", type=Path)
    parser.add_argument("--renders", type=int, default=600)
    parser.add_argument("--out", type=Path, help="figures as JSON")
    parser.add_argument("--scores", type=Path, help="all scores as .npz, for a closer look")
    return parser.parse_args()


class Scorer:
    """Live probability of a face by one network and its crop."""

    def __init__(self, path, live, scale=4.0, size=80, trim=0, softmax=False):
        self.model = cpu_model(path)
        self.live, self.scale, self.size = live, scale, size
        self.trim, self.softmax = trim, softmax

    def __call__(self, image, box):
        crop = face_crop(image, box, self.scale, self.size)
        if self.trim:
            crop = crop[self.trim:-self.trim, self.trim:-self.trim]
        answer = np.array(self.model(as_input([crop]))[0])[0]
        if self.softmax:
            answer = np.exp(answer - answer.max())
            answer = answer / answer.sum()
        return float(answer[self.live])


def scorers(options):
    """The networks by name, as far as their files were given."""
    found = {"own": Scorer(options.network, 1)}
    if options.second:
        found["fr_liveness"] = Scorer(options.second, 0, size=128, softmax=True)
    if options.teachers:
        folder = options.teachers
        found["teacher 4.0"] = Scorer(folder / "minifasnet_v1se_4.0_80.onnx", 1)
        found["teacher 2.7"] = Scorer(folder / "minifasnet_v2_2.7_80.onnx", 1, scale=2.7)
        found["trial"] = Scorer(folder / "pad_trial_80.onnx", 1, size=88, trim=4, softmax=True)
    return found


def with_fusions(scores):
    """Add the plain means; no weight is searched."""
    for name, parts in (("own + fr_liveness", ("own", "fr_liveness")),
                        ("teacher pair", ("teacher 4.0", "teacher 2.7")),
                        ("own + teacher pair", ("own", "teacher pair"))):
        if all(part in scores for part in parts):
            scores[name] = (scores[parts[0]] + scores[parts[1]]) / 2
    return scores


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
    return columns(networks, rows), np.array(clips), left_out


def columns(networks, rows):
    table = np.array(rows)
    return with_fusions({name: table[:, i] for i, name in enumerate(networks)})


def score_held_out(options, networks):
    """(scores of held-out portraits, scores of renders of these people, species)."""
    library = Library(options.work / "lfw", options.work / "lfw-faces.npz",
                      options.context, options.excluded, "validation")
    portraits = []
    for file, box, _, _ in library.portraits:
        image = cv2.imread(str(library.lfw / file))
        portraits.append([network(image, box) for network in networks.values()])
    random = np.random.default_rng(VALIDATION_SEED)
    made, kinds = [], []
    while len(kinds) < options.renders:
        species = SPECIES[int(random.choice(len(SPECIES), p=SHARES))]
        drawn = render(random, library, species)
        if drawn is None:
            continue
        made.append([network(drawn[0], drawn[1]) for network in networks.values()])
        kinds.append(species)
    return columns(networks, portraits), columns(networks, made), np.array(kinds)


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
            "attack_frames": int((labels[judged] == 0).sum()),
            "medians": {clip: round(float(np.median(scores[clips == clip])), 3)
                        for clip in sorted(set(clips))}}


def retry_threshold(portraits, made, kinds, name):
    """Below it, a capture is refused without another try.

    Held-out live faces are the portraits and the live renders that the teacher pair
    accepts; a twentieth of them may fall below.
    """
    live = np.concatenate([portraits[name][portraits["teacher pair"] >= ACCEPT],
                           made[name][(made["teacher pair"] >= ACCEPT) & (kinds == "bona")]])
    return min(ACCEPT, round(float(np.quantile(live, RETRY_SHARE)), 2))


def agreement(portraits, made, kinds, name):
    """Errors against the teacher pair where its answer is also the true one."""
    pair = made["teacher pair"]
    live = np.concatenate([portraits[name][portraits["teacher pair"] >= ACCEPT],
                           made[name][(pair >= ACCEPT) & (kinds == "bona")]])
    attacks = made[name][(pair < ACCEPT) & (kinds != "bona")]
    return {"live": len(live), "live_refused": round(float((live < ACCEPT).mean()), 4),
            "attacks": len(attacks), "attacks_passed": round(float((attacks >= ACCEPT).mean()), 4)}


def held_out_figures(portraits, made, kinds, retry, accept):
    """Refusal of live portraits and pass rates of renders at the thresholds."""
    return {"portraits": len(portraits),
            "portraits_below_accept": round(float((portraits < accept).mean()), 4),
            "portraits_below_retry": round(float((portraits < retry).mean()), 4),
            "renders": len(made),
            "renders_auc": round(auc(made, kinds == "bona"), 4),
            "passed_by_species": {species: round(float((made[kinds == species] >= accept).mean()), 3)
                                  for species in SPECIES if (kinds == species).any()},
            "renders_by_species": {s: int((kinds == s).sum()) for s in SPECIES}}


def save_scores(path, scores, clips, held_out):
    """Every score, by part and network."""
    parts = {f"clips/{name}": values for name, values in scores.items()} | {"clips": clips}
    if held_out:
        for part, values in zip(("portraits", "renders"), held_out):
            parts |= {f"{part}/{name}": scores for name, scores in values.items()}
        parts["species"] = held_out[2]
    np.savez(path, **parts)


def verdict(score, retry, accept):
    return "pass" if score >= accept else "retry" if score >= retry else "refuse"


def main():
    options = arguments()
    cv2.setNumThreads(1)
    networks = scorers(options)
    scores, clips, left_out = score_clips(options, networks)
    report = {"frames_left_out": left_out, "networks": {}}
    held_out = score_held_out(options, networks) if options.work else None
    for name, values in scores.items():
        figures = clip_figures(values, clips)
        if held_out:
            portraits, made, kinds = held_out[0][name], held_out[1][name], held_out[2]
            retry = retry_threshold(*held_out, name)
            figures.update(retry=retry, accept=ACCEPT)
            figures["held_out"] = held_out_figures(portraits, made, kinds, retry, ACCEPT)
            figures["agreement"] = agreement(*held_out, name)
            figures["verdicts"] = {clip: verdict(median, retry, ACCEPT)
                                   for clip, median in figures["medians"].items()}
        report["networks"][name] = figures
        print(f"{name}: {json.dumps(figures)}", flush=True)
    if options.scores:
        save_scores(options.scores, scores, clips, held_out)
    if options.out:
        options.out.write_text(json.dumps(report, indent=1) + "\n")


if __name__ == "__main__":
    main()
