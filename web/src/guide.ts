// SPDX-License-Identifier: Apache-2.0
// Looks at the camera's picture on this device, as often as the device can without being held up. Loaded when it is
// wanted; nothing that it sees leaves the page.
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import simdUrl from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm?url';
import plainUrl from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm?url';
import { type GraphModel, loadGraphModel } from '@tensorflow/tfjs-converter';
import * as tf from '@tensorflow/tfjs-core';
import detectorWeightsUrl from 'networks/facemesh-detection-short.bin?url';
import detectorUrl from 'networks/facemesh-detection-short.json?url';
import meshWeightsUrl from 'networks/facemesh.bin?url';
import meshUrl from 'networks/facemesh.json?url';
import type { Sight } from './advice.ts';
import { detect, examine, type Face, type Sample, type Square, squareAround } from './face_finder.ts';
import { DETECTOR, MESH, type Network, networkOf } from './face_networks.ts';

const FRAME_MS = 40; // at best

async function answerOf(url: string): Promise<Response> {
  const answer = await fetch(url);
  if (!answer.ok) throw new Error(`${answer.status} ${url}`);
  return answer;
}

/** Its files have names of the build, which the graph does not know. The backend must be there before its weights are used. */
function modelOf(graphUrl: string, weightsUrl: string, started: Promise<void>): Promise<GraphModel> {
  return loadGraphModel({
    load: async () => {
      const [graph, weightData] = await Promise.all([
        answerOf(graphUrl).then((answer) => answer.json()), answerOf(weightsUrl).then((answer) => answer.arrayBuffer()), started,
      ]);
      return { modelTopology: graph.modelTopology, signature: graph.signature, weightSpecs: graph.weightsManifest[0].weights, weightData };
    },
  });
}

/** Without threads: they gain nothing for networks so small, and need the page to be isolated. */
async function start(): Promise<void> {
  tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);
  setWasmPaths({ 'tfjs-backend-wasm.wasm': plainUrl, 'tfjs-backend-wasm-simd.wasm': simdUrl, 'tfjs-backend-wasm-threaded-simd.wasm': simdUrl });
  if (!(await tf.setBackend('wasm'))) throw new Error('no WebAssembly');
}

function newSample(video: HTMLVideoElement): Sample {
  const canvas = document.createElement('canvas');
  const context = canvas.getContext('2d', { willReadFrequently: true });
  if (!context) throw new Error('no canvas');
  return ({ x, y, side, angle_rad }, size_px) => {
    if (canvas.width !== size_px) canvas.width = canvas.height = size_px;
    const scale = size_px / side;
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.fillRect(0, 0, size_px, size_px);
    context.translate(size_px / 2, size_px / 2);
    context.rotate(-angle_rad);
    context.scale(scale, scale);
    context.drawImage(video, -x, -y);
    return context.getImageData(0, 0, size_px, size_px).data;
  };
}

export class Guide {
  #detector: Network;
  #mesh: Network | null = null;
  #square: Square | null = null; // around the points of the picture before
  isComplete = false; // the mesh is there, or will not come

  private constructor(detector: Network) {
    this.#detector = detector;
  }

  /** With the detector; the mesh follows. Throws where this browser cannot, or what is needed does not come. */
  static async load(): Promise<Guide> {
    const started = start();
    const detector = await modelOf(detectorUrl, detectorWeightsUrl, started);
    const guide = new Guide(networkOf(tf, detector, DETECTOR));
    modelOf(meshUrl, meshWeightsUrl, started)
      .then((mesh) => void (guide.#mesh = networkOf(tf, mesh, MESH)))
      .catch(() => undefined)
      .then(() => void (guide.isComplete = true));
    return guide;
  }

  /** Of each picture until the answer is called. */
  watch(video: HTMLVideoElement, tell: (sight: Sight, time_ms: number) => void): () => void {
    const samples = [newSample(video), newSample(video)] as const;
    let timer = 0;
    const look = () => {
      const began_ms = performance.now();
      if (video.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA && video.videoWidth > 0) tell(this.#see(video, samples), began_ms);
      const took_ms = performance.now() - began_ms;
      timer = window.setTimeout(look, Math.max(FRAME_MS - took_ms, took_ms / 2)); // the page has time for itself too
    };
    look();
    return () => clearTimeout(timer);
  }

  #see(video: HTMLVideoElement, [whole, part]: readonly [Sample, Sample]): Sight {
    const { videoWidth: width, videoHeight: height } = video;
    const { faces, luma } = detect(this.#detector, whole, width, height);
    const seen = this.#mesh && faces[0] ? examine(this.#mesh, part, this.#squareFor(faces[0])) : null;
    this.#square = seen?.next ?? null;
    return { width, height, faces, luma, features: seen?.features ?? null };
  }

  /** The square around the points of the picture before is the better one, if it is of the same face. */
  #squareFor(face: Face): Square {
    const before = this.#square;
    const isSame = before && Math.hypot(before.x - face.x, before.y - face.y) < face.width / 3;
    return isSame ? before : squareAround(face);
  }
}
