#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Train a student on the shards of `render.py`; see README.md.

Teachers and student see exactly the same pixels. What is kept is the moving average of
the weights.

Photos of people as they were taken (`--photos`) are live, whatever the teachers say of them; without
colour they are attacks, and so are photos of real attacks.

The length is counted in views, so the same seed, shards, versions and device repeat the run.
"""

import argparse
import json
import time
from pathlib import Path

import numpy as np
import torch

from selfsame_pad.augment import MIXED_SHARE, batch_views
from selfsame_pad.generator import SPECIES
from selfsame_pad.loss import MapMatching, corrected, divergence, label_loss
from selfsame_pad.network import LIVE, Student, keep_normalisations, load_exported
from selfsame_pad.shards import GrowingShards, read_shard
from selfsame_pad.teacher import MAPS, NEAR, WIDE, Teachers
from selfsame_pad.truths import Truths

SPECIES_CLASS = np.array([1, 0, 2, 2, 2, 2])  # bona fide, screen, print, mono, cut-out, mask
WARM_UP = 100
AT_ONCE = 256


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shards", type=Path, required=True, help="folder of the renders")
    parser.add_argument("--count", type=int, required=True, help="how many shards there are or will be")
    parser.add_argument("--validation", type=Path, nargs="+", required=True, help="held-out shards")
    parser.add_argument("--teachers", type=Path, required=True, help="folder of the two MiniFASNets")
    parser.add_argument("--out", type=Path, required=True, help="weights (.pt) to write")
    parser.add_argument("--device", default="cpu", help="cpu or cuda")
    parser.add_argument("--crop", choices=("wide", "near"), default="wide", help="4.0 or 2.7")
    parser.add_argument("--near", type=float, default=0.5,
                        help="weight of the near crop's teacher in the answer to imitate")
    parser.add_argument("--views", type=int, default=1_300_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rate", type=float, default=2e-3)
    parser.add_argument("--batch", type=int, default=256)
    parser.add_argument("--answer-weight", type=float, default=1.0)
    parser.add_argument("--map-weight", type=float, default=0.5)
    parser.add_argument("--label-weight", type=float, default=0.0)
    parser.add_argument("--correction", type=float, default=0.0,
                        help="how far the answer is drawn to the label where the teachers err")
    parser.add_argument("--photos", type=Path, help="shard of photos of living people, as they were taken")
    parser.add_argument("--photo-share", type=float, default=0.0,
                        help="of each batch, taken from --photos and taught as live whatever the teachers say")
    parser.add_argument("--pale", type=float, default=0.0, help="of these, paled")
    parser.add_argument("--mono-share", type=float, default=0.0,
                        help="of each batch, the same photos without colour, taught as attacks")
    parser.add_argument("--attacks", type=Path, nargs="*", default=(), help="shards of photos of real attacks")
    parser.add_argument("--attack-share", type=float, default=0.0, help="of each batch, taken from --attacks")
    parser.add_argument("--start", type=Path, help="exported network to go on from, its normalisations kept as they are")
    parser.add_argument("--reports", type=int, default=10)
    return parser.parse_args()


class Average:
    """Exponential moving average of all weights, quick at the start."""

    def __init__(self, network, decay=0.998):
        self.decay = decay
        self.state = {k: v.clone() for k, v in network.state_dict().items()}

    @torch.no_grad()
    def update(self, network, step):
        decay = min(self.decay, (1 + step) / (10 + step))
        state = network.state_dict()
        exact = [k for k, v in state.items() if v.dtype.is_floating_point]
        torch._foreach_mul_([self.state[k] for k in exact], decay)
        torch._foreach_add_([self.state[k] for k in exact], [state[k] for k in exact], alpha=1 - decay)
        for name in state.keys() - set(exact):
            self.state[name].copy_(state[name])


class HeldOut:
    """One held-out shard, with the teachers' answers."""

    def __init__(self, path, teachers, options):
        crops, self.species = read_shard(path)
        self.name = path.stem
        views = np.ascontiguousarray(crops[:, 0].transpose(0, 1, 4, 2, 3))
        self.views = torch.from_numpy(views)
        self.crop, self.device = options.crop, options.device
        self.teacher_live = torch.cat([
            teachers(part.to(self.device).float(), options.crop)[0][:, LIVE].cpu()
            for part in self.views.split(AT_ONCE)]).numpy()

    @torch.no_grad()
    def figures(self, network):
        """Pass rates by species, and the mean distance to the teachers."""
        network.eval()
        live = torch.cat([torch.softmax(network(part[:, self.crop].to(self.device).float()), 1)[:, LIVE].cpu()
                          for part in self.views.split(AT_ONCE)]).numpy()
        found = {"distance": float(np.abs(live - self.teacher_live).mean())}
        for number, name in enumerate(SPECIES):
            chosen = self.species == number
            if chosen.any():
                found[name] = float((live[chosen] >= 0.5).mean())
        return {f"{self.name} {key}": value for key, value in found.items()}


def step_of(options, step, steps):
    """The learning rate: warm-up, then one cosine to nothing."""
    cooled = 0.5 + 0.5 * np.cos(np.pi * step / steps) + 0.005
    return options.rate * min(1, (step + 1) / WARM_UP) * cooled


def losses(options, logits, maps, matching, taught, labels, mixed, photos):
    """The three weighted terms; of the last `photos` of the batch the label is known, and taught."""
    answer = corrected(taught[0], labels, ~mixed, options.correction)
    if photos:
        answer = torch.cat([answer[:-photos], corrected(taught[0], labels, ~mixed, 1.0)[-photos:]])
    return torch.stack([options.answer_weight * divergence(logits, answer),
                        options.map_weight * matching(maps, taught[1]),
                        options.label_weight * label_loss(logits, labels, ~mixed)])


def main():
    options = arguments()
    options.crop = {"wide": WIDE, "near": NEAR}[options.crop]
    torch.set_num_threads(1)
    torch.manual_seed(options.seed)
    random = np.random.default_rng(options.seed)
    noise = torch.Generator(options.device).manual_seed(options.seed)
    paths = [options.shards / f"train{i:04d}.npy" for i in range(options.count)]
    source = GrowingShards(paths, options.views * 4 // 5 // options.count, random)
    teachers = Teachers(options.teachers / "minifasnet_v1se_4.0_80.onnx",
                        options.teachers / "minifasnet_v2_2.7_80.onnx", options.device)
    network, averaged = Student(), Student().to(options.device)
    if options.start:
        load_exported(network, options.start)
    network = network.to(options.device)
    matching = MapMatching(network.map_channels, [channels for _, channels in MAPS]).to(options.device)
    network = network.to(memory_format=torch.channels_last)
    parameters = list(network.parameters()) + list(matching.parameters())
    optimiser = torch.optim.AdamW(parameters, lr=options.rate, weight_decay=0.02)
    average = Average(network)
    held_out = [HeldOut(path, teachers, options) for path in options.validation]
    classes = torch.from_numpy(SPECIES_CLASS).to(options.device)

    truths = options.photos and Truths(options.photos, options.attacks,
                                       (options.photo_share, options.mono_share, options.attack_share), options.pale)
    photos = 0

    steps = options.views // options.batch
    started, log, running = time.time(), [], torch.zeros(3, device=options.device)
    for step in range(steps):
        for group in optimiser.param_groups:
            group["lr"] = step_of(options, step, steps)
        stored, kinds = source.batch(options.batch)
        if truths:
            stored, kinds, photos = truths.replace(random, stored, kinds)
        views, mixed = batch_views(random, noise, torch.from_numpy(stored).to(options.device), MIXED_SHARE)
        taught = teachers(views, options.crop, options.near)
        inputs = views[:, options.crop].contiguous(memory_format=torch.channels_last)
        network.train()
        if options.start:
            keep_normalisations(network)
        with torch.autocast(torch.device(options.device).type, torch.bfloat16):
            logits, maps = network(inputs, maps=True)
        terms = losses(options, logits.float(), [m.float() for m in maps], matching, taught,
                       classes[torch.from_numpy(kinds).to(options.device)], mixed, photos)
        optimiser.zero_grad(set_to_none=True)
        terms.sum().backward()
        torch.nn.utils.clip_grad_norm_(parameters, 5.0)
        optimiser.step()
        average.update(network, step)
        running = 0.99 * running + 0.01 * terms.detach()
        if (step + 1) % (steps // options.reports) == 0:
            averaged.load_state_dict(average.state)
            figures = {"views": (step + 1) * options.batch, "seconds": round(time.time() - started),
                       "waited": source.waited, "terms": [round(v, 3) for v in running.tolist()]}
            for shard in held_out:
                figures |= {k: round(v, 3) for k, v in shard.figures(averaged).items()}
            log.append(figures)
            print(json.dumps(figures), flush=True)
            torch.save({k: v.cpu() for k, v in average.state.items()}, options.out)
    options.out.with_suffix(".json").write_text(json.dumps(log, indent=1))


if __name__ == "__main__":
    main()
