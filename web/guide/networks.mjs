// SPDX-License-Identifier: Apache-2.0
// Makes of a face network in TensorFlow's flat form the one that kernels.cpp runs. It knows what MediaPipe's two have:
// convolutions, 3×3 ones by channel, 2×2 maxima, sums and slopes, in half precision; anything else is refused.
//
// The result: 32-bit words, then the weights in half precision.
//   steps, weights, floats of the arena, input's place, side and floats a row, outputs; of each output its place, pixels
//   and channels; the steps, as kernels.cpp has them

const OPS = { 0: 'add', 2: 'concat', 3: 'convolution', 4: 'depthwise', 6: 'widen', 17: 'pooling', 19: 'relu', 22: 'reshape', 34: 'pad', 54: 'prelu' };
const KINDS = { convolution: 0, depthwise: 1, pooling: 2 };
const HALF = 1; // the type of a tensor

/** A table of FlatBuffers; fields by their number in TensorFlow's schema. */
class Table {
  constructor(bytes, at) {
    this.bytes = bytes;
    this.at = at;
    this.fields = at - bytes.readInt32LE(at);
  }

  #field(number) {
    const place = 4 + 2 * number;
    const offset = place < this.bytes.readUInt16LE(this.fields) ? this.bytes.readUInt16LE(this.fields + place) : 0;
    return offset ? this.at + offset : 0;
  }

  byte(number) {
    const at = this.#field(number);
    return at ? this.bytes.readInt8(at) : 0;
  }

  int(number, otherwise = 0) {
    const at = this.#field(number);
    return at ? this.bytes.readInt32LE(at) : otherwise;
  }

  table(number) {
    const at = this.#field(number);
    return at ? new Table(this.bytes, at + this.bytes.readUInt32LE(at)) : null;
  }

  content(number, size = 1) {
    const at = this.#field(number);
    if (!at) return Buffer.alloc(0);
    const start = at + this.bytes.readUInt32LE(at);
    return this.bytes.subarray(start + 4, start + 4 + size * this.bytes.readUInt32LE(start));
  }

  ints(number) {
    const content = this.content(number, 4);
    return Array.from({ length: content.length / 4 }, (_, i) => content.readInt32LE(4 * i));
  }

  tables(number) {
    const content = this.content(number, 4);
    return Array.from({ length: content.length / 4 }, (_, i) => {
      const at = content.byteOffset - this.bytes.byteOffset + 4 * i;
      return new Table(this.bytes, at + this.bytes.readUInt32LE(at));
    });
  }
}

/** { tensors: [{ shape, type, data }], ops: [{ name, inputs, outputs, options }], inputs, outputs } */
export function readNetwork(file) {
  const bytes = Buffer.from(file.buffer, file.byteOffset, file.length);
  const model = new Table(bytes, bytes.readUInt32LE(0));
  const codes = model.tables(1).map((code) => Math.max(code.byte(0), code.int(3)));
  const [graph] = model.tables(2);
  const buffers = model.tables(4);
  return {
    tensors: graph.tables(0).map((tensor) => ({
      shape: tensor.ints(0), type: tensor.byte(1), data: buffers[tensor.int(2)].content(0),
    })),
    ops: graph.tables(3).map((op) => {
      const code = codes[op.int(0)];
      if (!OPS[code]) throw new Error(`no kernel for operation ${code}`);
      return { name: OPS[code], inputs: op.ints(1), outputs: op.ints(2), options: op.table(4) };
    }),
    inputs: graph.ints(1),
    outputs: graph.ints(2),
  };
}

export const rounded = (channels) => Math.ceil(channels / 4) * 4;

/** As much at the beginning as at the end, the odd one at the end. */
export function paddingOf(valid, size, window, stride, out) {
  return valid ? 0 : Math.max(0, Math.floor(((out - 1) * stride + window - size) / 2));
}

class Weights {
  halves = [];

  #add(values) {
    const at = this.halves.length;
    for (const value of values) this.halves.push(value);
    while (this.halves.length % 4) this.halves.push(0);
    return at;
  }

  /** One for each channel. */
  channels(values, count) {
    return this.#add(Array.from({ length: rounded(count) }, (_, i) => values[i] ?? 0));
  }

  /** For each 8 channels (4 at the end): the window's values, each for these channels. `in` of `stored` channels count. */
  convolution(values, [out, height, width, input], stored) {
    const all = [];
    const wide = rounded(out);
    for (let from = 0; from < wide; from += 8) {
      const block = Math.min(8, wide - from);
      for (let at = 0; at < height * width * stored; at += 1) {
        const [tap, channel] = [Math.floor(at / stored), at % stored];
        for (let i = from; i < from + block; i += 1) {
          all.push(i < out && channel < input ? values[(i * height * width + tap) * input + channel] : 0);
        }
      }
    }
    return this.#add(all);
  }

  depthwise(values, channels) {
    return this.#add(Array.from({ length: 9 * rounded(channels) }, (_, at) => {
      const [tap, channel] = [Math.floor(at / rounded(channels)), at % rounded(channels)];
      return channel < channels ? values[tap * channels + channel] : 0;
    }));
  }
}

/** The steps, each { kind, from, to, ... } with tensors by their number; sums and slopes go into the convolution before them. */
class Translation {
  steps = [];
  weights = new Weights();
  #pending = new Map(); // tensor: its convolution, to which something may yet be added
  #same = new Map(); // tensor: the one that holds its values
  #padded = new Map(); // tensor: the one that has fewer channels

  constructor(network) {
    this.network = network;
    const narrow = new Map(network.ops.filter(({ name }) => name === 'widen').map(({ inputs, outputs }) => [outputs[0], inputs[0]]));
    this.halvesOf = (number) => {
      const tensor = network.tensors[narrow.get(number) ?? number];
      if (tensor.type !== HALF || tensor.data.length === 0) throw new Error('a weight that is not in half precision');
      return Array.from({ length: tensor.data.length / 2 }, (_, i) => tensor.data.readUInt16LE(2 * i));
    };
    for (const op of network.ops) if (op.name !== 'widen') this[op.name](op);
    this.outputs = network.outputs.flatMap((number) => this.#parts(number));
    for (const number of this.outputs) this.#use(number);
  }

  shape(number) {
    return this.network.tensors[number].shape;
  }

  #parts(number) {
    const joined = this.network.ops.find(({ name, outputs }) => name === 'concat' && outputs[0] === number);
    return (joined?.inputs ?? [number]).map((part) => this.#same.get(part) ?? part);
  }

  /** Its values are wanted: the step that makes it is complete. */
  #use(number) {
    const step = this.#pending.get(number);
    if (step) this.steps.push({ ...step, to: number });
    this.#pending.delete(number);
    return number;
  }

  convolution({ inputs: [from, weights, bias], outputs: [to], options }) {
    const [, height, width, channels] = this.shape(from);
    const [, out_height, out_width] = this.shape(to);
    const shape = this.shape(weights);
    const [out_channels, rows, columns] = shape;
    const stride = options.int(1, 1);
    const isInput = this.network.inputs.includes(from);
    if (options.byte(3) !== 0 || (isInput ? height !== width : options.byte(0) === 0 && rows > 1)) throw new Error('such a convolution is not known');
    const stored = isInput ? channels : rounded(channels);
    const flat = rows === 1 && stride === 1; // all pixels are one row
    const before = paddingOf(options.byte(0) === 1, width, columns, stride, out_width);
    const line = isInput ? ((out_width - 1) * stride + columns) * stored : width * stored;
    if (isInput) this.input = { number: from, side: width, before, line, rows: line / stored };
    this.#pending.set(to, {
      kind: 'convolution', from: this.#use(from), in_width: line, in_height: height, channels: stored,
      out_width: flat ? out_width * out_height : out_width, out_height: flat ? 1 : out_height, out_channels: rounded(out_channels),
      rows, run: columns * stored, line_step: stride * line, pixel_step: stride * stored, stride, top: 0, left: 0,
      weights: this.weights.convolution(this.halvesOf(weights), shape, stored),
      bias: this.weights.channels(this.halvesOf(bias), out_channels), slope: -1, added: -1, added_channels: 0,
    });
  }

  #sized({ inputs: [from], outputs: [to] }) {
    const [, in_height, in_width, channels] = this.shape(from);
    const [, out_height, out_width] = this.shape(to);
    return {
      from: this.#use(from), to, in_width, in_height, channels: rounded(channels), out_width, out_height, out_channels: rounded(channels),
      rows: 0, run: 0, line_step: 0, pixel_step: 0, stride: 2, top: 0, left: 0, weights: -1, bias: -1, slope: -1, added: -1, added_channels: 0,
    };
  }

  depthwise(op) {
    const sized = this.#sized(op);
    const [, rows, columns, channels] = this.shape(op.inputs[1]);
    const stride = op.options.int(1, 1);
    if (rows !== 3 || columns !== 3 || op.options.int(3) !== 1 || op.options.byte(4) !== 0) throw new Error('such a convolution by channel is not known');
    const before = (size, out) => paddingOf(op.options.byte(0) === 1, size, 3, stride, out);
    this.steps.push({
      ...sized, kind: 'depthwise', stride, top: before(sized.in_height, sized.out_height), left: before(sized.in_width, sized.out_width),
      weights: this.weights.depthwise(this.halvesOf(op.inputs[1]), channels), bias: this.weights.channels(this.halvesOf(op.inputs[2]), channels),
    });
  }

  pooling(op) {
    const { options } = op;
    const sized = this.#sized(op);
    if ([1, 2, 3, 4].some((field) => options.int(field) !== 2) || sized.in_width !== 2 * sized.out_width) throw new Error('such maxima are not known');
    this.steps.push({ ...sized, kind: 'pooling' });
  }

  pad({ inputs: [from], outputs: [to] }) {
    const [before, after] = [this.shape(from), this.shape(to)];
    if (before[1] !== after[1] || before[2] !== after[2]) throw new Error('only channels may be added');
    this.#padded.set(to, from);
  }

  add({ inputs, outputs: [to] }) {
    const into = inputs.find((number) => this.#pending.get(number)?.slope === -1 && this.#pending.get(number)?.added === -1);
    const other = inputs.find((number) => number !== into);
    const step = this.#pending.get(into);
    if (!step) throw new Error('only to a convolution can be added');
    const added = this.#use(this.#padded.get(other) ?? other);
    this.#pending.delete(into);
    this.#pending.set(to, { ...step, added, added_channels: rounded(this.shape(added)[3]) });
  }

  #sloped(from, to, slope) {
    const step = this.#pending.get(from);
    if (!step) throw new Error('only a convolution can have a slope');
    this.#pending.delete(from);
    this.#pending.set(to, { ...step, slope });
  }

  relu({ inputs: [from], outputs: [to] }) {
    this.#sloped(from, to, this.weights.channels([], this.shape(to)[3]));
  }

  prelu({ inputs: [from, slopes], outputs: [to] }) {
    this.#sloped(from, to, this.weights.channels(this.halvesOf(slopes), this.shape(to)[3]));
  }

  reshape({ inputs: [from], outputs: [to] }) {
    this.#same.set(to, from);
  }

  concat() {}
}

/** Places for maps in one arena; a map's place is free again after the last step that reads it. */
function placesOf(translation) {
  const { steps, outputs, input } = translation;
  const sizes = new Map([[input.number, input.line * input.rows]]);
  for (const { to, out_width, out_height, out_channels } of steps) sizes.set(to, out_width * out_height * out_channels);
  const lastUse = new Map();
  steps.forEach(({ from, added }, i) => [from, added].forEach((number) => lastUse.set(number, i)));
  for (const number of outputs) lastUse.set(number, steps.length);
  lastUse.set(input.number, steps.length); // its edge is zero for good
  const places = new Map();
  const living = new Map();
  let most = 0;
  const put = (number) => {
    const size = rounded(sizes.get(number));
    let at = 0;
    for (const [from, length] of [...living.values()].sort((a, b) => a[0] - b[0])) {
      if (at + size <= from) break;
      at = Math.max(at, from + length);
    }
    living.set(number, [at, size]);
    places.set(number, at);
    most = Math.max(most, at + size);
  };
  put(input.number);
  steps.forEach((step, i) => {
    put(step.to);
    for (const number of [...living.keys()]) if (lastUse.get(number) === i) living.delete(number);
  });
  return { places, sizes, most };
}

export function translate(file) {
  const translation = new Translation(readNetwork(file));
  const { steps, weights, outputs, input } = translation;
  const { places, most } = placesOf(translation);
  const words = [
    steps.length, weights.halves.length, most, places.get(input.number) + input.before * (input.line + input.line / input.rows),
    input.side, input.line, outputs.length,
  ];
  for (const number of outputs) {
    const shape = translation.shape(number);
    words.push(places.get(number), shape[1] * shape[2], rounded(shape[3]));
  }
  for (const step of steps) {
    words.push(
      KINDS[step.kind], places.get(step.from), places.get(step.to), step.in_width, step.in_height, step.channels,
      step.out_width, step.out_height, step.out_channels, step.rows, step.run, step.line_step, step.pixel_step,
      step.stride, step.top, step.left, step.weights, step.bias, step.slope, step.added < 0 ? -1 : places.get(step.added), step.added_channels,
    );
  }
  return Buffer.concat([Buffer.from(Int32Array.from(words).buffer), Buffer.from(Uint16Array.from(weights.halves).buffer)]);
}
