// SPDX-License-Identifier: Apache-2.0
// A face network of TensorFlow.js, called with pixels.
import type { GraphModel } from '@tensorflow/tfjs-converter';
import type * as Core from '@tensorflow/tfjs-core';

/** The wanted outputs of a network, and what its input is made of: v · scale + shift of each channel of RGB. */
export interface Kind {
  side_px: number; // of its square input
  outputs: string[];
  scale: number;
  shift: number;
}

/** 896 answers: a score, then a box and six points. */
export const DETECTOR: Kind = { side_px: 128, outputs: ['Identity:0'], scale: 1 / 127.5, shift: -1 };
/** 468 points in pixels of the input, and whether there is a face, 0..1. */
export const MESH: Kind = { side_px: 192, outputs: ['Identity_2:0', 'Identity_1:0'], scale: 1 / 255, shift: 0 };

export interface Network {
  side_px: number;
  run(pixels: Uint8ClampedArray): Float32Array[]; // of side × side pixels, RGBA
}

export function networkOf(tf: typeof Core, model: GraphModel, { side_px, outputs, scale, shift }: Kind): Network {
  const input = new Float32Array(3 * side_px * side_px);
  return {
    side_px,
    run: (pixels) => {
      for (let from = 0, to = 0; to < input.length; from += 4, to += 3) {
        for (let channel = 0; channel < 3; channel += 1) input[to + channel] = pixels[from + channel] * scale + shift;
      }
      return tf.tidy(() => {
        const results = model.execute(tf.tensor4d(input, [1, side_px, side_px, 3]), outputs) as Core.Tensor | Core.Tensor[];
        return (Array.isArray(results) ? results : [results]).map((result) => result.dataSync() as Float32Array);
      });
    },
  };
}
