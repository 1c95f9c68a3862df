#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Train the student on the shards of `render.py`; see README.md.

Teachers and student see exactly the same pixels. What is kept is the moving average of
the weights.

The length is counted in views, so the same seed, shards and versions repeat the run.
"""

import argparse
import json
import time
from pathlib import Path

import numpy as np
import torch

from selfsame_pad.augment import batch_views
from selfsame_pad.loss import MapMatching, divergence, label_loss
from selfsame_pad.network import Student
from selfsame_pad.shards import GrowingShards, read_shard
from selfsame_pad.teacher import MAPS, Teachers

SPECIES_CLASS = np.array([1, 0, 2, 2, 2, 2])  # bona fide, screen, print, mono, cut-out, mask
WARM_UP = 100


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shards", type=Path, required=True, help="folder of the renders")
    parser.add_argument("--first", type=int, default=0, help="number of the first shard")
    parser.add_argument("--count", type=int, required=True, help="how many shards there are or will be")
    parser.add_argument("--validation", type=Path, required=True, help="the validation shard")
    parser.add_argument("--teachers", type=Path, required=True, help="folder of the two MiniFASNets")
    parser.add_argument("--out", type=Path, required=True, help="weights (.pt) to write")
    parser.add_argument("--views", type=int, default=800_000)
    parser.add_argument("--stop-after", type=int, help="views after which to stop early")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--init", type=Path, help="weights to start from")
    parser.add_argument("--rate", type=float, default=3e-3)
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--map-weight", type=float, default=0.5)
    parser.add_argument("--label-weight", type=float, default=0.3)
    parser.add_argument("--reports", type=int, default=10)
    return parser.parse_args()


def load_weights(network, path):
    """Take what fits; the trial network has no learned pooling, which then starts as the average."""
    state = {k: v for k, v in torch.load(path).items() if k in network.state_dict()}
    network.load_state_dict(state, strict=False)


class Average:
    """Exponential moving average of all weights, quick at the start."""

    def __init__(self, network, decay=0.998):
        self.decay = decay
        self.state = {k: v.clone() for k, v in network.state_dict().items()}

    @torch.no_grad()
    def update(self, network, step):
        decay = min(self.decay, (1 + step) / (10 + step))
        for name, value in network.state_dict().items():
            if value.dtype.is_floating_point:
                self.state[name].mul_(decay).add_(value, alpha=1 - decay)
            else:
                self.state[name].copy_(value)


@torch.no_grad()
def probabilities(network, pixels):
    network.eval()
    parts = [torch.softmax(network(torch.from_numpy(pixels[i:i + 128])), 1)
             for i in range(0, len(pixels), 128)]
    return torch.cat(parts).numpy()


def validate(network, pixels, species, teacher_live):
    """Pass rates by species, and the mean distance to the teacher."""
    live = probabilities(network, pixels)[:, 1]
    figures = {"teacher_distance": float(np.abs(live - teacher_live).mean())}
    for number, name in enumerate(("bona", "screen", "print", "mono", "cutout", "mask")):
        chosen = species == number
        if chosen.any():
            figures[name] = float((live[chosen] >= 0.5).mean())
    return figures


def main():
    options = arguments()
    torch.set_num_threads(1)
    torch.manual_seed(options.seed)
    random = np.random.default_rng(options.seed)
    paths = [options.shards / f"train{options.first + i:04d}.npy" for i in range(options.count)]
    source = GrowingShards(paths, options.views * 4 // 5 // options.count, random)
    teachers = Teachers(options.teachers / "minifasnet_v1se_4.0_80.onnx",
                        options.teachers / "minifasnet_v2_2.7_80.onnx", options.batch)
    network = Student()
    if options.init:
        load_weights(network, options.init)
    matching = MapMatching((Student.EARLY, Student.MIDDLE, Student.LATE, Student.LATE),
                           [channels for _, channels in MAPS])
    network = network.to(memory_format=torch.channels_last)
    parameters = list(network.parameters()) + list(matching.parameters())
    optimiser = torch.optim.AdamW(parameters, lr=options.rate, weight_decay=0.02)
    average, averaged = Average(network), Student()

    crops, scales, species = read_shard(options.validation)
    pixels = np.ascontiguousarray(np.asarray(crops[:, 0]).transpose(0, 3, 1, 2).astype(np.float32))
    teacher_live = teachers.probabilities(pixels, scales[:, 0])[:, 1]

    steps = options.views // options.batch
    started, log, running = time.time(), [], np.zeros(3)
    for step in range(steps):
        progress = step / steps
        rate = options.rate * min(1, (step + 1) / WARM_UP) * (0.5 + 0.5 * np.cos(np.pi * progress) + 0.005)
        for group in optimiser.param_groups:
            group["lr"] = rate
        stored, scales, kinds = source.batch(options.batch)
        views, mixed = batch_views(random, stored)
        teacher_logits, teacher_maps = teachers(views, np.where(mixed, np.inf, scales))
        inputs = torch.from_numpy(views).to(memory_format=torch.channels_last)
        network.train()
        with torch.autocast("cpu", torch.bfloat16):
            logits, maps = network(inputs, maps=True)
        logits, maps = logits.float(), [m.float() for m in maps]
        labels = torch.from_numpy(SPECIES_CLASS[kinds])
        terms = (divergence(logits, torch.from_numpy(teacher_logits)),
                 matching(maps, [torch.from_numpy(m) for m in teacher_maps]),
                 label_loss(logits, labels, torch.from_numpy(~mixed)))
        loss = terms[0] + options.map_weight * terms[1] + options.label_weight * terms[2]
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(parameters, 5.0)
        optimiser.step()
        average.update(network, step)
        running = 0.99 * running + 0.01 * np.array([float(t.detach()) for t in terms])
        if (step + 1) % (steps // options.reports) == 0:
            averaged.load_state_dict(average.state)
            figures = validate(averaged, pixels, species, teacher_live)
            figures.update(views=(step + 1) * options.batch, seconds=round(time.time() - started),
                           waited=source.waited, kl=running[0], maps=running[1], labels=running[2])
            log.append(figures)
            print(json.dumps({k: round(v, 3) for k, v in figures.items()}), flush=True)
            torch.save(average.state, options.out)
            if options.stop_after and figures["views"] >= options.stop_after:
                break
    torch.save(average.state, options.out)
    options.out.with_suffix(".json").write_text(json.dumps(log, indent=1))


if __name__ == "__main__":
    main()
