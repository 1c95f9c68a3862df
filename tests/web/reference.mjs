// SPDX-License-Identifier: Apache-2.0
// A network of web/guide/networks.mjs calculated as its file says, one value after another: what the kernels are held to.

function single(half) {
  const [exponent, fraction] = [(half >> 10) & 31, half & 1023];
  const value = exponent ? (1 + fraction / 1024) * 2 ** (exponent - 15) : (fraction / 1024) * 2 ** -14;
  return half & 0x8000 ? -value : value;
}

function convolve(to, shape, from, [, height, width, channels], weights, [, rows, columns], bias, { stride, valid, byChannel }) {
  const [, out_height, out_width, out_channels] = shape;
  const before = (size, window, out) => (valid ? 0 : Math.max(0, (out - 1) * stride + window - size) >> 1);
  const [top, left] = [before(height, rows, out_height), before(width, columns, out_width)];
  for (let at = 0; at < to.length; at += 1) {
    const [out, x, y] = [at % out_channels, Math.floor(at / out_channels) % out_width, Math.floor(at / out_channels / out_width)];
    let sum = bias[out];
    for (let tap = 0; tap < rows * columns; tap += 1) {
      const [row, column] = [y * stride - top + Math.floor(tap / columns), x * stride - left + (tap % columns)];
      if (row < 0 || column < 0 || row >= height || column >= width) continue;
      const here = (row * width + column) * channels;
      if (byChannel) sum += from[here + out] * weights[tap * channels + out];
      else for (let c = 0; c < channels; c += 1) sum += from[here + c] * weights[(out * rows * columns + tap) * channels + c];
    }
    to[at] = sum;
  }
}

/** @param network  of readNetwork; `input`: its floats */
export function calculate(network, input) {
  const { tensors, ops, inputs, outputs } = network;
  const values = new Map([[inputs[0], input]]);
  const shapeOf = (number) => tensors[number].shape;
  const STEPS = {
    widen: (to, { inputs: [from] }) => tensors[from].data.forEach((_, i, data) => i % 2 || (to[i / 2] = single(data.readUInt16LE(i)))),
    add: (to, _, a, b) => a.forEach((value, i) => (to[i] = value + b[i])),
    relu: (to, _, a) => a.forEach((value, i) => (to[i] = Math.max(0, value))),
    prelu: (to, _, a, slopes) => a.forEach((value, i) => (to[i] = value < 0 ? value * slopes[i % slopes.length] : value)),
    reshape: (to, _, a) => to.set(a),
    concat: (to, op, ...parts) => parts.reduce((at, part) => (to.set(part, at), at + part.length), 0),
    pad: (to, op, a) => {
      const [few, many] = [shapeOf(op.inputs[0])[3], shapeOf(op.outputs[0])[3]];
      a.forEach((value, i) => (to[Math.floor(i / few) * many + (i % few)] = value));
    },
    pooling: (to, op, a) => {
      const [, , width, channels] = shapeOf(op.inputs[0]);
      to.fill(-Infinity);
      a.forEach((value, i) => {
        const [x, y] = [Math.floor(i / channels) % width >> 1, Math.floor(i / channels / width) >> 1];
        const at = (y * (width / 2) + x) * channels + (i % channels);
        to[at] = Math.max(to[at], value);
      });
    },
    convolution: (to, op, a, weights, bias) => convolve(to, shapeOf(op.outputs[0]), a, shapeOf(op.inputs[0]), weights, shapeOf(op.inputs[1]), bias,
      { stride: op.options.int(1, 1), valid: op.options.byte(0) === 1, byChannel: false }),
    depthwise: (to, op, a, weights, bias) => convolve(to, shapeOf(op.outputs[0]), a, shapeOf(op.inputs[0]), weights, shapeOf(op.inputs[1]), bias,
      { stride: op.options.int(1, 1), valid: op.options.byte(0) === 1, byChannel: true }),
  };
  for (const op of ops) {
    const to = new Float32Array(shapeOf(op.outputs[0]).reduce((all, side) => all * side, 1));
    STEPS[op.name](to, op, ...op.inputs.map((number) => values.get(number)));
    values.set(op.outputs[0], to);
  }
  return outputs.map((number) => values.get(number));
}
