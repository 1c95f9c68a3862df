// SPDX-License-Identifier: Apache-2.0
// Looks at the camera's picture on this device, as often as the device can without being held up. Loaded when it is
// wanted; nothing that it sees leaves the page.
import detectorUrl from 'guide-files/detector.bin?url';
import kernelsUrl from 'guide-files/kernels.wasm?url';
import meshUrl from 'guide-files/mesh.bin?url';
import type { Sight } from './advice.ts';
import { detect, examine, type Face, type Sample, type Square, squareAround } from './face_finder.ts';
import { Machine, type Network } from './network.ts';

const FRAME_MS = 40; // at best

async function bytesOf(url: string): Promise<ArrayBuffer> {
  const answer = await fetch(url);
  if (!answer.ok) throw new Error(`${answer.status} ${url}`);
  return answer.arrayBuffer();
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
    const [kernels, detector] = await Promise.all([bytesOf(kernelsUrl), bytesOf(detectorUrl)]);
    const { instance } = await WebAssembly.instantiate(kernels);
    const machine = new Machine(instance);
    const guide = new Guide(machine.load(detector));
    bytesOf(meshUrl)
      .then((mesh) => void (guide.#mesh = machine.load(mesh)))
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
