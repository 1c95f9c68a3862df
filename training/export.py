#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Export trained weights as one ONNX file (opset 17, softmax inside) with its facts."""

import argparse
import hashlib
import json
from pathlib import Path

import numpy as np
import onnx
import torch

from selfsame_pad.crop import SCALE, SIZE
from selfsame_pad.detect import cpu_model
from selfsame_pad.network import CLASSES, LIVE, Probabilities, Student

OPSET = 17
MOST_BYTES = 4 * 1024 * 1024
MOST_DIFFERENCE = 1e-3


def golden_pattern():
    """The fixed picture whose answer is written down: (7x + 13y + 29c) mod 256."""
    c, y, x = np.mgrid[0:3, 0:SIZE, 0:SIZE]
    return ((7 * x + 13 * y + 29 * c) % 256).astype(np.float32)[None]


def export(network, path, description):
    """Write the ONNX file and check it."""
    shipped = Probabilities(network).eval()
    torch.onnx.export(shipped, torch.zeros(2, 3, SIZE, SIZE), str(path), opset_version=OPSET,
                      input_names=["input"], output_names=["probabilities"],
                      dynamic_axes={"input": {0: "batch"}, "probabilities": {0: "batch"}})
    model = onnx.load(str(path))
    model.producer_name, model.producer_version = "selfsame", "1"
    model.doc_string = description
    for key, value in (("input", f"BGR, raw 0..255, {SIZE}x{SIZE}"),
                       ("crop", f"face box enlarged {SCALE} times, clamped into the picture"),
                       ("classes", ", ".join(CLASSES)), ("live_index", str(LIVE))):
        entry = model.metadata_props.add()
        entry.key, entry.value = key, value
    onnx.checker.check_model(model)
    onnx.save(model, str(path))
    return shipped


def difference(shipped, path):
    """Largest difference between the framework and OpenVINO on patterned and random input."""
    random = np.random.default_rng(0)
    pixels = np.concatenate([golden_pattern(), random.uniform(0, 255, (32, 3, SIZE, SIZE))])
    pixels = pixels.astype(np.float32)
    with torch.no_grad():
        wanted = shipped(torch.from_numpy(pixels)).numpy()
    model = cpu_model(path)
    got = np.array(model(pixels)[0])
    singly = np.concatenate([np.array(model(pixels[i:i + 1])[0]) for i in range(4)])
    return max(np.abs(wanted - got).max(), np.abs(singly - got[:4]).max())


def facts(path, name, worst):
    """The machine-readable card."""
    data = Path(path).read_bytes()
    answer = np.array(cpu_model(path)(golden_pattern())[0])[0]
    return {
        "name": name,
        "file": Path(path).name,
        "sha256": hashlib.sha256(data).hexdigest(),
        "bytes": len(data),
        "licence": "Apache-2.0",
        "input": {"name": "input", "shape": ["N", 3, SIZE, SIZE], "type": "float32",
                  "channels": "BGR", "range": "raw 0..255, normalised inside the graph"},
        "crop": {"scale": SCALE, "size": SIZE, "box": "YuNet face box x, y, w, h",
                 "clamp": "scale = min(scale, (H-1)/h, (W-1)/w); enlarge about the centre; "
                          "shift inside the picture; never pad; truncate corners to whole "
                          "pixels; both corners inclusive",
                 "resize": "area where both sides are at least 80, bilinear otherwise"},
        "output": {"name": "probabilities", "shape": ["N", 3], "softmax": "inside the graph",
                   "classes": list(CLASSES), "live_index": LIVE},
        "opset": OPSET,
        "golden": {"pattern": "p(c,y,x) = (7*x + 13*y + 29*c) mod 256",
                   "probabilities": [round(float(v), 6) for v in answer], "tolerance": 0.001},
        "difference_to_framework": float(f"{worst:.1e}"),
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("weights", type=Path)
    parser.add_argument("--out", type=Path, required=True, help="the ONNX file to write")
    parser.add_argument("--description", default="Selfsame presentation attack detection")
    options = parser.parse_args()
    torch.set_num_threads(1)
    network = Student()
    network.load_state_dict(torch.load(options.weights))
    shipped = export(network.eval(), options.out, options.description)
    worst = difference(shipped, options.out)
    size = options.out.stat().st_size
    if worst > MOST_DIFFERENCE or size > MOST_BYTES:
        raise SystemExit(f"not fit to ship: {size} bytes, difference {worst:.2g}")
    card = options.out.with_suffix(".json")
    kept = json.loads(card.read_text()) if card.exists() else {}
    written = facts(options.out, options.out.stem, worst)
    for key in ("decision", "fusion", "training"):  # what evaluate.py and people added
        if key in kept:
            written[key] = kept[key]
    card.write_text(json.dumps(written, indent=2) + "\n")
    print(f"{options.out.name}: {size} bytes, difference to the framework {worst:.1e}")


if __name__ == "__main__":
    main()
