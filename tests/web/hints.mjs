// SPDX-License-Identifier: Apache-2.0
// Which hint the page gives for pictures whose truth is known: portraits scaled, shifted, darkened, moved, and eyes that
// are shut. Without a browser: the page's own networks and its own rules, on Node.
//   hints.mjs        on portraits of Labeled Faces in the Wild in ../shared/evaldata: the figures of docs/page.md. Whose head
//                    is turned is what the server says (build/release/selfsame)
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { Adviser, ovalIn } from '../../web/src/advice.ts';
import { detect, examine, squareAround } from '../../web/src/face_finder.ts';
import { DETECTOR, MESH, networkOf } from '../../web/src/face_networks.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');
export const FRAME = { width: 480, height: 640 };
const STEP_MS = 50;

const MODULES = path.join(ROOT, 'build/tools/page');
const load = createRequire(path.join(MODULES, 'x.js'));
const tf = load('@tensorflow/tfjs-core');
const { loadGraphModel } = load('@tensorflow/tfjs-converter');
load('@tensorflow/tfjs-backend-wasm').setWasmPaths(path.join(MODULES, 'node_modules/@tensorflow/tfjs-backend-wasm/dist/'));
await tf.setBackend('wasm');

async function networkFrom(name, kind) {
  const file = path.join(ROOT, 'build/deps/page', name);
  const graph = JSON.parse(fs.readFileSync(`${file}.json`, 'utf8'));
  const { buffer, byteOffset, length } = fs.readFileSync(`${file}.bin`);
  const weightData = buffer.slice(byteOffset, byteOffset + length);
  const { modelTopology, signature, weightsManifest: [{ weights: weightSpecs }] } = graph;
  return networkOf(tf, await loadGraphModel({ load: async () => ({ modelTopology, signature, weightSpecs, weightData }) }), kind);
}
const detector = await networkFrom('facemesh-detection-short', DETECTOR);
const mesh = await networkFrom('facemesh', MESH);

/** { width, height, rgb } of a picture file. */
export function read(file) {
  const bytes = execFileSync('ffmpeg', ['-nostdin', '-v', 'error', '-i', file, '-frames:v', '1', '-f', 'image2pipe', '-c:v', 'ppm', '-'], { maxBuffer: 1e9 });
  const [head, width, height] = bytes.toString('latin1', 0, 40).match(/^P6\s+(\d+)\s+(\d+)\s+255\s/);
  return { width: Number(width), height: Number(height), rgb: bytes.subarray(head.length) };
}

function valueAt({ width, height, rgb }, x, y, channel) {
  const [left, top] = [Math.floor(x), Math.floor(y)];
  if (left < 0 || top < 0 || left >= width - 1 || top >= height - 1) return 0;
  const at = 3 * (top * width + left) + channel;
  const [dx, dy] = [x - left, y - top];
  const upper = rgb[at] * (1 - dx) + rgb[at + 3] * dx;
  const lower = rgb[at + 3 * width] * (1 - dx) + rgb[at + 3 * width + 3] * dx;
  return upper * (1 - dy) + lower * dy;
}

/** Portraits in a camera's picture, each { picture, scale, x, y, fromX, fromY }: its point `from` lies at x, y. The last is on top. */
function sampleOf(portraits, gain) {
  return ({ x, y, side, angle_rad }, size) => {
    const pixels = new Uint8ClampedArray(4 * size * size);
    const step = side / size;
    const [cos, sin] = [Math.cos(angle_rad) * step, Math.sin(angle_rad) * step];
    const fine = Math.max(1, Math.min(3, Math.round(step / portraits[0].scale)));
    for (let at = 0; at < size * size; at += 1) {
      for (let part = 0; part < fine * fine; part += 1) {
        const u = (at % size) + ((part % fine) + 0.5) / fine - size / 2;
        const v = Math.floor(at / size) + (Math.floor(part / fine) + 0.5) / fine - size / 2;
        const [px, py] = [x + cos * u - sin * v, y + sin * u + cos * v];
        const inFrame = px >= 0 && py >= 0 && px < FRAME.width && py < FRAME.height;
        const on = inFrame && portraits.findLast((each) => {
          const [ix, iy] = [(px - each.x) / each.scale + each.fromX, (py - each.y) / each.scale + each.fromY];
          return ix >= 0 && iy >= 0 && ix < each.picture.width && iy < each.picture.height;
        });
        if (!on) continue;
        for (let channel = 0; channel < 3; channel += 1) {
          const value = valueAt(on.picture, (px - on.x) / on.scale + on.fromX - 0.5, (py - on.y) / on.scale + on.fromY - 0.5, channel);
          pixels[4 * at + channel] += (gain * value) / fine ** 2;
        }
      }
    }
    return pixels;
  };
}

function sight(sample) {
  const { faces, luma } = detect(detector, sample, FRAME.width, FRAME.height);
  const first = faces[0] ? examine(mesh, sample, squareAround(faces[0])) : null;
  const better = first && examine(mesh, sample, first.next);
  return { ...FRAME, faces, luma, features: better?.features ?? null };
}

/** The advice after so many pictures; scene(i) is what the camera sees then: { portraits, gain }. A scene that comes again is looked at once. */
export function adviceOn(scene, pictures = 1) {
  const adviser = new Adviser();
  const seen = new Map();
  let advice = null;
  for (let i = 0; i < pictures; i += 1) {
    const shown = scene(i);
    if (!seen.has(shown)) seen.set(shown, sight(sampleOf(shown.portraits, shown.gain ?? 1)));
    advice = adviser.see(seen.get(shown), STEP_MS * i);
  }
  return advice;
}

/** A face { picture, x, y, width } (of the box around it) in the oval: so wide, so far from where it belongs, in widths of the oval. */
export function placed({ picture, x, y, width }, { wide = 0.75, right = 0, down = 0 } = {}) {
  const oval = ovalIn(FRAME.width, FRAME.height);
  return {
    picture, scale: (wide * oval.width) / width, fromX: x, fromY: y,
    x: oval.x + right * oval.width, y: oval.y + (0.12 + down) * oval.width,
  };
}

const one = (face, how, gain) => () => ({ portraits: [placed(face, how)], gain });
/** What is done to a face, and the advice that is right for it; `other` is another person's. All but one are of frontal faces. */
export const CASES = {
  'as it should be': { right: ['good'], on: (face) => adviceOn(one(face)) },
  'as it should be, larger': { right: ['good'], on: (face) => adviceOn(one(face, { wide: 0.85 })) },
  'as it should be, smaller': { right: ['good'], on: (face) => adviceOn(one(face, { wide: 0.65 })) },
  'turned away': { right: ['straight'], isTurned: true, on: (face) => adviceOn(one(face)) },
  'nobody': { right: ['no_face', 'light'], on: (face) => adviceOn(one(face, { right: 3 })) },
  'too far': { right: ['closer'], on: (face) => adviceOn(one(face, { wide: 0.38 })) },
  'too near': { right: ['further'], on: (face) => adviceOn(one(face, { wide: 1.3 })) },
  'to the left': { right: ['centre'], on: (face) => adviceOn(one(face, { wide: 0.65, right: -0.35 })) },
  'to the right': { right: ['centre'], on: (face) => adviceOn(one(face, { wide: 0.65, right: 0.35 })) },
  'too high': { right: ['centre'], on: (face) => adviceOn(one(face, { wide: 0.65, down: -0.45 })) },
  'too low': { right: ['centre'], on: (face) => adviceOn(one(face, { wide: 0.65, down: 0.45 })) },
  'in the dark': { right: ['light'], on: (face) => adviceOn(one(face, {}, 0.15)) },
  'moving': { right: ['still'], on: (face) => adviceOn((i) => ({ portraits: [placed(face, { wide: 0.65, right: 0.02 * (i - 6) })] }), 9) },
  'two persons': {
    right: ['one_face'],
    on: (face, other) => adviceOn(() => ({ portraits: [placed(other, { wide: 0.45, right: 0.3 }), placed(cropped(face), { wide: 0.4, right: -0.35 })] })),
  },
};

/** Without what lies far from the face. */
function cropped({ picture, x, y, width }) {
  const [left, top] = [Math.max(0, Math.floor(x - 0.7 * width)), Math.max(0, Math.floor(y - 1.1 * width))];
  const [wide, high] = [Math.min(picture.width - left, Math.ceil(1.4 * width)), Math.min(picture.height - top, Math.ceil(1.9 * width))];
  const rgb = new Uint8Array(3 * wide * high);
  for (let row = 0; row < high; row += 1) {
    const from = 3 * ((top + row) * picture.width + left);
    rgb.set(picture.rgb.subarray(from, from + 3 * wide), 3 * row * wide);
  }
  return { picture: { width: wide, height: high, rgb }, x: x - left, y: y - top, width };
}

/** Counts for each case: { right, all, others: { advice: count } }. */
export function count(faces) {
  return Object.entries(CASES).map(([name, { right, isTurned = false, on }]) => {
    const answers = faces.flatMap((face, i) => ((face.isTurned ?? false) === isTurned ? [on(face, faces[(i + 1) % faces.length])] : []));
    const others = {};
    for (const answer of answers) if (!right.includes(answer)) others[answer] = (others[answer] ?? 0) + 1;
    return { name, right: answers.filter((answer) => right.includes(answer)).length, all: answers.length, others };
  });
}

const MOST_TURN_DEG = 25; // vision/liveness.cpp

/** Whether the server finds the head of the file turned, or undefined where it does not find one head. */
async function isTurned(server, file) {
  const middle = execFileSync('ffmpeg', ['-nostdin', '-v', 'error', '-i', file, '-vf', 'crop=150:200:50:25,scale=450:600', '-f', 'image2', '-c:v', 'png', '-'], { maxBuffer: 1e8 });
  const body = new FormData();
  for (const name of ['a', 'b']) body.append(name, new Blob([middle]), 'middle.png');
  const headers = { Authorization: `Bearer ${server.key.appcode}` };
  const { a } = await (await fetch(`${server.url}/v1/comparisons`, { method: 'POST', headers, body })).json();
  if (['no_face', 'several_faces'].includes(a.defect)) return undefined;
  return !(Math.abs(a.pose.yaw_deg) <= MOST_TURN_DEG && Math.abs(a.pose.pitch_deg) <= MOST_TURN_DEG);
}

/** The aligned faces of LFW lie alike in all its pictures; every fortieth of those persons. Those on which the server finds no one head are left out. */
async function facesOfLfw(folder) {
  const tar = path.join(ROOT, '../shared/evaldata/face/lfw-view2.tar');
  if (!fs.existsSync(tar)) return [];
  const names = execFileSync('tar', ['tf', tar], { encoding: 'utf8', maxBuffer: 1e8 }).split('\n').filter((name) => name.endsWith('_0001.jpg'));
  const chosen = names.filter((_, i) => i % 40 === 13);
  execFileSync('tar', ['xf', tar, '-C', folder, ...chosen]);
  const { startServer } = await import('./merchant.mjs');
  const server = await startServer();
  const faces = [];
  for (const name of chosen) {
    const file = path.join(folder, name);
    faces.push({ picture: read(file), x: 125, y: 139, width: 107, isTurned: await isTurned(server, file) });
  }
  await server.stop();
  return faces.filter((face) => face.isTurned !== undefined);
}

if (import.meta.main) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'selfsame-lfw-'));
  try {
    const faces = await facesOfLfw(folder);
    if (faces.length === 0) console.log('../shared/evaldata is not here: nothing to measure');
    for (const { name, right, all, others } of count(faces)) console.log(`${name}: ${right} of ${all}`, Object.keys(others).length > 0 ? others : '');
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
}
