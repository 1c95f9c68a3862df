#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Turns a block-quantised ONNX file into a plain float32 one: fold_bq.py IN OUT

The recogniser is packaged with int8 weights and blockwise DequantizeLinear nodes (opset 21), a form
that neither OpenVINO nor ONNX Runtime loads. The weights are constants, so the dequantisation is
worked out here once, the nodes go away, the batch dimension becomes free and the file is opset 17.
The same input gives the same bytes: models/lock.toml pins their SHA-256.
"""

import sys

import numpy as np
import onnx
from onnx import numpy_helper


def attributes(node):
    return {each.name: onnx.helper.get_attribute_value(each) for each in node.attribute}


def dequantise(values, scale, zero, block, axis):
    """(values - zero) * scale; scale and zero hold one number per block, per channel or in all."""
    values, scale, zero = (np.asarray(each).astype(np.float32) for each in (values, scale, zero))

    def widen(each):
        if each.ndim == 0:
            return each
        if block:
            return np.take(np.repeat(each, block, axis=axis), range(values.shape[axis]), axis=axis)
        if each.ndim == 1 and values.ndim > 1:
            return each.reshape([-1 if i == axis else 1 for i in range(values.ndim)])
        return each

    return (values - widen(zero)) * widen(scale)


def fold(model):
    graph = model.graph
    constants = {each.name: numpy_helper.to_array(each) for each in graph.initializer}
    kept = []
    for node in graph.node:
        if node.op_type == "Constant" and node.attribute[0].name == "value":
            constants[node.output[0]] = numpy_helper.to_array(node.attribute[0].t)
            kept.append(node)
        elif node.op_type == "Reshape" and all(name in constants for name in node.input):
            constants[node.output[0]] = constants[node.input[0]].reshape(constants[node.input[1]])
        elif node.op_type == "DequantizeLinear" and all(name in constants for name in node.input if name):
            given = [constants[name] for name in node.input]
            zero = given[2] if len(given) > 2 else 0
            settings = attributes(node)
            constants[node.output[0]] = dequantise(
                given[0], given[1], zero, settings.get("block_size", 0), settings.get("axis", 1)
            )
        else:
            kept.append(node)
    used = {name for node in kept for name in node.input}
    made = {name for node in kept for name in node.output}
    del graph.node[:]
    graph.node.extend(kept)
    del graph.initializer[:]
    graph.initializer.extend(
        numpy_helper.from_array(np.ascontiguousarray(value), name)
        for name, value in constants.items()
        if name in used and name not in made
    )
    weights = {each.name for each in graph.initializer}
    inputs = [each for each in graph.input if each.name in used and each.name not in weights]
    del graph.input[:]
    graph.input.extend(inputs)
    for each in [*graph.input, *graph.output]:
        each.type.tensor_type.shape.dim[0].dim_param = "N"
    del graph.value_info[:]
    if any(node.op_type == "DequantizeLinear" for node in kept):
        raise SystemExit("fold_bq: a DequantizeLinear of non-constants is left; this file is not weight-only")
    model.opset_import[0].version = min(model.opset_import[0].version, 17)


def main():
    if len(sys.argv) != 3:
        raise SystemExit(__doc__)
    model = onnx.load(sys.argv[1])
    fold(model)
    onnx.save(model, sys.argv[2])


if __name__ == "__main__":
    main()
