// SPDX-License-Identifier: Apache-2.0
// A face network of web/guide in this browser. Loading throws where WebAssembly or its SIMD is missing.

/** What web/guide/kernels.cpp exports. */
interface Kernels {
  memory: WebAssembly.Memory;
  __heap_base: WebAssembly.Global;
  widen(from: number, to: number, count: number): void;
  run(steps: number, count: number, weights: number, arena: number): void;
}

const STEP_WORDS = 21;
const PAGE_BYTES = 65_536;

export class Machine {
  #kernels: Kernels;
  #end: number;

  constructor(instance: WebAssembly.Instance) {
    this.#kernels = instance.exports as unknown as Kernels;
    this.#end = Number(this.#kernels.__heap_base.value);
  }

  /** As web/guide/networks.mjs wrote it. */
  load(file: ArrayBuffer): Network {
    const words = new Int32Array(file, 0, 7);
    const [steps, weights, arena_floats, input, side, line, outputs] = words;
    const list = new Int32Array(file, 28, 3 * outputs);
    const program = new Int32Array(file, 28 + list.byteLength, STEP_WORDS * steps);
    const halves = new Uint16Array(file, program.byteOffset + program.byteLength, weights);
    const at = { steps: this.#take(program.byteLength), weights: this.#take(4 * weights), arena: this.#take(4 * arena_floats) };
    const { memory, widen, run } = this.#kernels;
    new Int32Array(memory.buffer, at.steps, program.length).set(program);
    // The arena is not in use yet, and large enough for a piece.
    for (let from = 0; from < weights; from += arena_floats) {
      const piece = halves.subarray(from, from + arena_floats);
      new Uint16Array(memory.buffer, at.arena, piece.length).set(piece);
      widen(at.arena, at.weights + 4 * from, piece.length);
    }
    new Float32Array(memory.buffer, at.arena, arena_floats).fill(0);
    return new Network({
      side, line,
      input: () => new Float32Array(memory.buffer, at.arena + 4 * input),
      run: () => run(at.steps, steps, at.weights, at.arena),
      outputs: Array.from({ length: outputs }, (_, i) => {
        const [place, pixels, channels] = list.subarray(3 * i, 3 * i + 3);
        return () => new Float32Array(memory.buffer, at.arena + 4 * place, pixels * channels);
      }),
    });
  }

  #take(bytes: number): number {
    const at = Math.ceil(this.#end / 16) * 16;
    this.#end = at + bytes;
    const { memory } = this.#kernels;
    const missing = Math.ceil((this.#end - memory.buffer.byteLength) / PAGE_BYTES);
    if (missing > 0) memory.grow(missing);
    return at;
  }
}

interface Parts {
  side: number;
  line: number;
  input: () => Float32Array;
  run: () => void;
  outputs: (() => Float32Array)[];
}

export class Network {
  side_px: number; // of its square input
  #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.side_px = parts.side;
  }

  /** Of side × side pixels, RGBA; a channel's value is v · scale + shift. Results are read before the next call. */
  run(pixels: Uint8ClampedArray, scale: number, shift: number): Float32Array[] {
    const { side, line, outputs } = this.#parts;
    const input = this.#parts.input();
    for (let y = 0; y < side; y += 1) {
      let from = 4 * y * side;
      const end = y * line + 3 * side;
      for (let to = y * line; to < end; to += 3, from += 4) {
        input[to] = pixels[from] * scale + shift;
        input[to + 1] = pixels[from + 1] * scale + shift;
        input[to + 2] = pixels[from + 2] * scale + shift;
      }
    }
    this.#parts.run();
    return outputs.map((output) => output());
  }
}
