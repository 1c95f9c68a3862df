// SPDX-License-Identifier: Apache-2.0
// Whether a document lies in the guide's frame as it should: complete, still, sharp, without glare. Brightness only, no
// network. It only guides; the server judges the photo.

export type CardAdvice = 'place' | 'light' | 'still' | 'sharp' | 'glare' | 'good';

export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** Brightness 0..255 of the frame and MARGIN of its width around it, row by row. */
export interface CardMap {
  width: number;
  height: number;
  luma: Uint8Array;
}

/** Width by height of cards (ID-1) and of a passport's page (TD3). */
export const CARD_SHAPE = 85.6 / 53.98;
export const PAGE_SHAPE = 125 / 88;

export const MAP_FRAME_PX = 640; // of the frame's width in the map
export const MARGIN = 0.1; // of the frame's width, on each side

// Measured in docs/page.md.
const DARK_LUMA = 50;
const EDGE = 16; // least step in brightness along a side
const SLOPE_MOST = 0.06; // of a side against the frame's
const INWARD = 0.1; // of the frame's width: how far from its side a side of the document may lie
const OUTWARD = 0.06;
const SHAPE_OFF = 0.045; // of width by height
const MOVED = 4; // mean difference to the look before
const SHARP = 0.3; // least share of the strongest edges' height that is gained within one pixel
const BLOWN = 253;
const GLARE = 0.006; // most share of the frame in patches that are blown out
const PATCH = 8;

/** The guide's frame in the camera's picture. */
export function frameIn(width: number, height: number, shape: number): Box {
  const wide = Math.min(0.9 * width, 0.84 * height * shape);
  return { x: (width - wide) / 2, y: (height - wide / shape) / 2, width: wide, height: wide / shape };
}

/** What of the camera's picture the map shows. */
export function mapBox({ x, y, width, height }: Box): Box {
  const margin = MARGIN * width;
  return { x: x - margin, y: y - margin, width: width + 2 * margin, height: height + 2 * margin };
}

export function mapSize(shape: number): { width: number; height: number } {
  const margin = 2 * MARGIN * MAP_FRAME_PX;
  return { width: Math.round(MAP_FRAME_PX + margin), height: Math.round(MAP_FRAME_PX / shape + margin) };
}

/** A line near a side of the frame: how far from it at its middle (positive: inward), and its step in brightness. */
interface Edge {
  inward: number;
  step: number;
}

const PARTS = 4;
const REACH = 2; // pixels to each side of a line that are compared

/**
 * The strongest straight edge near a side. `at(along, across)` is the brightness at a place along the side (0..length)
 * and so far inward of it.
 */
function edgeNear(length: number, at: (along: number, across: number) => number): Edge {
  const best: Edge = { inward: 0, step: 0 };
  const [from, to] = [Math.round(0.08 * length), Math.round(0.92 * length)]; // corners are round
  const stride = 5;
  for (let tilt = -4; tilt <= 4; tilt += 1) {
    const slope = (SLOPE_MOST * tilt) / 4;
    for (let inward = -Math.round(OUTWARD * MAP_FRAME_PX); inward <= INWARD * MAP_FRAME_PX; inward += 1) {
      const sums = new Array<number>(PARTS).fill(0);
      let count = 0;
      for (let along = from; along < to; along += stride, count += 1) {
        const across = Math.round(inward + slope * (along - length / 2));
        sums[Math.floor((PARTS * (along - from)) / (to - from))] += at(along, across + REACH) - at(along, across - REACH);
      }
      const means = sums.map((sum) => Math.abs((PARTS * sum) / count)).sort((a, b) => a - b);
      const sign = Math.sign(sums.reduce((all, sum) => all + sum, 0));
      const agree = sums.filter((sum) => Math.sign(sum) === sign).length;
      if (agree >= PARTS - 1 && means[1] > best.step) Object.assign(best, { inward, step: means[1] }); // a finger may hide one part
    }
  }
  return best;
}

function brightness({ width, height, luma }: CardMap, x: number, y: number): number {
  return luma[Math.min(height - 1, Math.max(0, y)) * width + Math.min(width - 1, Math.max(0, x))];
}

/** Least step of the four sides; 0 where they are not those of a document of this shape. */
export function completeness(map: CardMap, shape: number): number {
  const margin = Math.round(MARGIN * MAP_FRAME_PX);
  const [right, bottom] = [map.width - 1 - margin, map.height - 1 - margin];
  const [wide, high] = [right - margin, bottom - margin];
  const sides = [
    edgeNear(high, (along, across) => brightness(map, margin + across, margin + along)),
    edgeNear(high, (along, across) => brightness(map, right - across, margin + along)),
    edgeNear(wide, (along, across) => brightness(map, margin + along, margin + across)),
    edgeNear(wide, (along, across) => brightness(map, margin + along, bottom - across)),
  ];
  const found = (wide - sides[0].inward - sides[1].inward) / (high - sides[2].inward - sides[3].inward);
  if (Math.abs(found / shape - 1) > SHAPE_OFF) return 0;
  return Math.min(...sides.map(({ step }) => step));
}

/** How steep the strongest edges are: what is gained within one pixel, of what is gained within seven. */
export function sharpness({ width, height, luma }: CardMap): number {
  const margin = Math.round(1.5 * MARGIN * MAP_FRAME_PX);
  const edges: [number, number][] = [];
  for (let y = margin; y < height - margin; y += 2) {
    for (let x = margin; x < width - margin; x += 1) {
      const at = y * width + x;
      const near = Math.abs(luma[at + 1] - luma[at]);
      if (near < 8) continue;
      let [low, high] = [255, 0];
      for (let i = -3; i <= 4; i += 1) {
        low = Math.min(low, luma[at + i]);
        high = Math.max(high, luma[at + i]);
      }
      edges.push([near, high - low]);
    }
  }
  if (edges.length < 50) return 0;
  edges.sort((a, b) => b[0] - a[0]);
  const strongest = edges.slice(0, Math.max(50, edges.length >> 5));
  const [near, far] = strongest.reduce(([a, b], [c, d]) => [a + c, b + d], [0, 0]);
  return near / far;
}

/** Share of the frame in patches that are blown out. */
export function glareOf({ width, height, luma }: CardMap): number {
  const margin = Math.round(MARGIN * MAP_FRAME_PX);
  let [blown, all] = [0, 0];
  for (let y = margin; y + PATCH <= height - margin; y += PATCH) {
    for (let x = margin; x + PATCH <= width - margin; x += PATCH, all += 1) {
      let isBlown = true;
      for (let i = 0; isBlown && i < PATCH * PATCH; i += 1) {
        isBlown = luma[(y + Math.floor(i / PATCH)) * width + x + (i % PATCH)] >= BLOWN;
      }
      if (isBlown) blown += 1;
    }
  }
  return blown / all;
}

function meanOf(luma: Uint8Array, step = 4): number {
  let sum = 0;
  for (let at = 0; at < luma.length; at += step) sum += luma[at];
  return (sum * step) / luma.length;
}

/** Mean difference of two maps of the same size, of means of 16 × 16 pixels each. */
export function motionBetween(a: CardMap, b: CardMap): number {
  const [columns, rows] = [a.width >> 4, a.height >> 4];
  const differences = new Float32Array(columns * rows);
  for (let y = 0; y < rows << 4; y += 2) {
    for (let x = 0; x < columns << 4; x += 2) differences[(y >> 4) * columns + (x >> 4)] += a.luma[y * a.width + x] - b.luma[y * a.width + x];
  }
  return differences.reduce((sum, difference) => sum + Math.abs(difference), 0) / 64 / differences.length;
}

/** Remembers the look before. */
export class CardAdviser {
  #before: CardMap | null = null;
  #shape: number;

  constructor(shape: number) {
    this.#shape = shape;
  }

  see(map: CardMap): CardAdvice {
    const before = this.#before;
    this.#before = map;
    if (meanOf(map.luma) < DARK_LUMA) return 'light';
    if (!(completeness(map, this.#shape) >= EDGE)) return 'place';
    if (!before || motionBetween(before, map) > MOVED) return 'still';
    if (!(sharpness(map) >= SHARP)) return 'sharp';
    return glareOf(map) > GLARE ? 'glare' : 'good';
  }
}
