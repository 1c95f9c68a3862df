// SPDX-License-Identifier: Apache-2.0
// Faces in a picture and the points of one, by two networks. Lengths are pixels of the picture.
import type { Network } from './face_networks.ts';

/** A square of the picture, turned by `angle_rad` about its centre. It may reach over the edges: black there. */
export interface Square {
  x: number; // of its centre
  y: number;
  side: number;
  angle_rad: number;
}

/** The square, shrunk or enlarged to size × size pixels, RGBA. */
export type Sample = (square: Square, size_px: number) => Uint8ClampedArray;

export interface Point {
  x: number;
  y: number;
}

export interface Face {
  x: number; // of the centre of its box, which reaches from the brows to the chin
  y: number;
  width: number;
  score: number; // 0.5..1
  eyes: [Point, Point]; // its right one first
}

/** What the points of a face say. */
export interface Features {
  eyes: number; // height by width, both together
  yaw_deg: number; // the subject looks to the left of the picture: more than 0; as the server's HeadPose
  pitch_deg: number; // down: more than 0
}

const LEAST_SCORE = 0.5;
const LEAST_PRESENCE = 0.5;
const OVERLAP_MOST = 0.3; // of two boxes that are of two faces
const VALUES = 17; // of an answer: its score, its box, six points
// The line from brow to chin is none of the server's pose: fitted to it on 397 people of LFW, ± 2.4° (yaw: ± 1.9° as it is).
const PITCH_SHARE = 0.77;
const PITCH_STRAIGHT_DEG = -3.5;
const MESH_SCALE = 1.5; // the square by the box, as the network was taught

const logistic = (value: number) => 1 / (1 + Math.exp(-value));

/** Where the detector's answers belong, 0..1: maps of 16×16 with two answers each and of 8×8 with six. */
const ANCHORS: [number, number][] = [[16, 2], [8, 6]].flatMap(([side, answers]) =>
  Array.from({ length: side * side * answers }, (_, i): [number, number] => {
    const cell = Math.floor(i / answers);
    return [((cell % side) + 0.5) / side, (Math.floor(cell / side) + 0.5) / side];
  }));

function overlapOf(a: Face, b: Face): number {
  const along = (from: number, to: number) => Math.max(0, Math.min(from + a.width / 2, to + b.width / 2) - Math.max(from - a.width / 2, to - b.width / 2));
  const shared = along(a.x, b.x) * along(a.y, b.y);
  return shared / (a.width ** 2 + b.width ** 2 - shared);
}

/** How bright the square of 2 · reach about a point is, 0..255; of size × size pixels. */
function lumaAround(pixels: Uint8ClampedArray, size: number, x: number, y: number, reach: number): number {
  const within = (at: number) => Math.max(0, Math.min(size, Math.round(at)));
  let [sum, count] = [0, 0];
  for (let row = within(y - reach); row < within(y + reach); row += 1) {
    for (let at = 4 * (row * size + within(x - reach)); at < 4 * (row * size + within(x + reach)); at += 4) {
      sum += 0.299 * pixels[at] + 0.587 * pixels[at + 1] + 0.114 * pixels[at + 2];
      count += 1;
    }
  }
  return count > 0 ? sum / count : 0;
}

/** All faces, the largest first, and how bright that one is, or the middle of the picture without any. */
export function detect(network: Network, sample: Sample, width: number, height: number): { faces: Face[]; luma: number } {
  const side = Math.max(width, height);
  const size = network.side_px;
  const pixels = sample({ x: width / 2, y: height / 2, side, angle_rad: 0 }, size);
  const [answers] = network.run(pixels);
  const found = ANCHORS
    .map((_, i): [number, number] => [logistic(answers[VALUES * i]), i])
    .filter(([score]) => score >= LEAST_SCORE)
    .sort(([a], [b]) => b - a)
    .map(([score, i]): Face => {
      const at = answers.subarray(VALUES * i + 1);
      const [x0, y0] = ANCHORS[i];
      const point = (from: number): Point => ({
        x: (at[from] / size + x0) * side - (side - width) / 2,
        y: (at[from + 1] / size + y0) * side - (side - height) / 2,
      });
      return { ...point(0), width: (at[2] / size) * side, score, eyes: [point(4), point(6)] };
    });
  const faces: Face[] = [];
  for (const face of found) if (faces.every((other) => overlapOf(face, other) < OVERLAP_MOST)) faces.push(face);
  faces.sort((a, b) => b.width - a.width);
  const { x, y, width: wide } = faces[0] ?? { x: width / 2, y: height / 2, width: Math.min(width, height) / 2 };
  const inSample = (at: number, length: number) => ((at - length / 2) / side + 0.5) * size;
  return { faces, luma: lumaAround(pixels, size, inSample(x, width), inSample(y, height), ((wide / side) * size) / 2) };
}

export function squareAround({ x, y, width, eyes: [right, left] }: Face): Square {
  return { x, y, side: MESH_SCALE * width, angle_rad: Math.atan2(left.y - right.y, left.x - right.x) };
}

/** Upright, with the face in the middle: lengths are those of the network's input. */
function featuresOf(points: Float32Array): Features {
  const apart = (a: number, b: number) => Math.hypot(points[3 * a] - points[3 * b], points[3 * a + 1] - points[3 * b + 1]);
  const eye = (outer: number, inner: number, lids: [number, number][]) =>
    lids.reduce((sum, [upper, lower]) => sum + apart(upper, lower), 0) / lids.length / apart(outer, inner);
  const right = eye(33, 133, [[160, 144], [159, 145], [158, 153]]);
  const left = eye(263, 362, [[387, 373], [386, 374], [385, 380]]);
  const along = (from: number, to: number, axis: number) => points[3 * to + axis] - points[3 * from + axis];
  const degrees = (depth: number, length: number) => (Math.atan2(depth, length) * 180) / Math.PI;
  return {
    eyes: (right + left) / 2,
    yaw_deg: -degrees(along(234, 454, 2), along(234, 454, 0)), // from edge to edge
    pitch_deg: PITCH_SHARE * degrees(along(10, 152, 2), along(10, 152, 1)) + PITCH_STRAIGHT_DEG, // from brow to chin
  };
}

/** Nothing where there is no face in the square. `next` is the square around the points, for the picture after this. */
export function examine(network: Network, sample: Sample, square: Square): { features: Features; next: Square } | null {
  const [points, presence] = network.run(sample(square, network.side_px));
  if (!(presence[0] >= LEAST_PRESENCE)) return null;
  let [left, right, top, bottom] = [Infinity, -Infinity, Infinity, -Infinity];
  for (let at = 0; at < 3 * 468; at += 3) {
    left = Math.min(left, points[at]);
    right = Math.max(right, points[at]);
    top = Math.min(top, points[at + 1]);
    bottom = Math.max(bottom, points[at + 1]);
  }
  const scale = square.side / network.side_px;
  const [dx, dy] = [(left + right) / 2, (top + bottom) / 2].map((at) => (at - network.side_px / 2) * scale);
  const [cos, sin] = [Math.cos(square.angle_rad), Math.sin(square.angle_rad)];
  const tilt = Math.atan2(points[3 * 263 + 1] - points[3 * 33 + 1], points[3 * 263] - points[3 * 33]);
  return {
    features: featuresOf(points),
    next: {
      x: square.x + cos * dx - sin * dy, y: square.y + sin * dx + cos * dy,
      side: MESH_SCALE * Math.max(right - left, bottom - top) * scale, angle_rad: square.angle_rad + tilt,
    },
  };
}
