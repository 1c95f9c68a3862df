// SPDX-License-Identifier: Apache-2.0
// What to tell a person before the camera. It only guides: the server judges the recording and hears nothing of this.
import type { Face, Features } from './face_finder.ts';

export type Advice =
  | 'no_face' | 'one_face' | 'further' | 'closer' | 'centre' | 'light' | 'straight' | 'eyes' | 'still'
  | 'good';

/** What is seen in one picture; lengths are its pixels. */
export interface Sight {
  width: number;
  height: number;
  faces: Face[]; // the largest first
  luma: number; // 0..255, of the first
  features: Features | null; // of the first; nothing without a mesh
}

// Measured in docs/page.md. By width, a second face counts as for the server; lengths are shares of the oval's width.
const SECOND_FACE = 0.25;
const SECOND_SCORE = 0.7;
const WIDEST = 0.98;
const NARROWEST = 0.52;
const FROM_MIDDLE_X = 0.17;
const FROM_MIDDLE_Y = 0.27;
const FACE_BELOW_MIDDLE = 0.12; // its box begins at the brows
const DARK_LUMA = 45;
const TURNED_DEG = 22; // the server takes 25
const SHUT = 0.87; // of the eyes' own height
const MOVED = 0.09; // of the face's width, in the last WINDOW_MS
const WINDOW_MS = 500;

/** The oval of the camera's screen in the picture (style.css): the preview is 3:4, covers, and is 1.35 times as large. */
export function ovalIn(width: number, height: number): { x: number; y: number; width: number; height: number } {
  const scale = Math.min(width / 3, height / 4) / 1.35;
  return { x: width / 2, y: height / 2, width: 3 * scale, height: 4 * scale };
}

function isFrontal({ yaw_deg, pitch_deg }: Features): boolean {
  return Math.abs(yaw_deg) <= TURNED_DEG && Math.abs(pitch_deg) <= TURNED_DEG;
}

interface Moment {
  time_ms: number;
  x: number;
  y: number;
  width: number;
  eyes: number;
}

function medianOf(values: number[]): number {
  const sorted = values.filter((value) => !Number.isNaN(value)).sort((a, b) => a - b);
  return sorted.length > 0 ? sorted[sorted.length >> 1] : Number.NaN;
}

function spreadOf(values: number[]): number {
  return Math.max(...values) - Math.min(...values);
}

/** Remembers half a second, and how wide this person's eyes open. */
export class Adviser {
  #moments: Moment[] = [];
  #openEyes = 0;

  see({ width, height, faces, luma, features }: Sight, time_ms: number): Advice {
    const [face, second] = faces;
    const isDark = luma < DARK_LUMA;
    if (!face) {
      this.#moments = [];
      return isDark ? 'light' : 'no_face';
    }
    this.#remember(face, features, time_ms);
    if (second && second.width >= SECOND_FACE * face.width && second.score >= SECOND_SCORE) return 'one_face';
    const oval = ovalIn(width, height);
    if (face.width > WIDEST * oval.width) return 'further';
    if (face.width < NARROWEST * oval.width) return 'closer';
    const isCentred = Math.abs(face.x - oval.x) <= FROM_MIDDLE_X * oval.width &&
      Math.abs(face.y - oval.y - FACE_BELOW_MIDDLE * oval.width) <= FROM_MIDDLE_Y * oval.width;
    if (!isCentred) return 'centre';
    if (isDark) return 'light';
    if (features && !isFrontal(features)) return 'straight';
    if (this.#areEyesShut()) return 'eyes';
    return this.#isMoving() ? 'still' : 'good';
  }

  #remember(face: Face, features: Features | null, time_ms: number): void {
    const eyes = features && isFrontal(features) ? features.eyes : Number.NaN;
    this.#moments = this.#moments.filter((moment) => moment.time_ms >= time_ms - WINDOW_MS);
    this.#moments.push({ time_ms, x: face.x, y: face.y, width: face.width, eyes });
  }

  /** For longer than a blink: by the median of half a second, against the widest such median. */
  #areEyesShut(): boolean {
    const now = medianOf(this.#moments.map(({ eyes }) => eyes));
    if (Number.isNaN(now)) return false;
    this.#openEyes = Math.max(this.#openEyes, now);
    return now < SHUT * this.#openEyes;
  }

  #isMoving(): boolean {
    const width = medianOf(this.#moments.map((moment) => moment.width));
    return Math.max(spreadOf(this.#moments.map(({ x }) => x)), spreadOf(this.#moments.map(({ y }) => y))) > MOVED * width;
  }
}

const CALM_MS = 1500; // between two announcements: a screen reader reads each to its end
const SURE_MS = 300;
const READY_MS = 1200; // all is well for so long: the recording begins by itself

/** Turns advice of every picture into what is shown and read aloud, and into the moment to begin. */
export class Pace<Hint extends string> {
  #good: Hint;
  #ready_ms: number;
  #shown: Hint | null = null;
  #shownAt_ms = -Infinity;
  #latest: Hint | null = null;
  #since_ms = 0;

  constructor(good: Hint, ready_ms = READY_MS) {
    this.#good = good;
    this.#ready_ms = ready_ms;
  }

  /** `ready` grows to 1 while all is well. */
  hear(advice: Hint, time_ms: number): { shown: Hint | null; ready: number } {
    if (advice !== this.#latest) {
      this.#latest = advice;
      this.#since_ms = time_ms;
    }
    const lasted_ms = time_ms - this.#since_ms;
    if (advice !== this.#shown && lasted_ms >= SURE_MS && time_ms - this.#shownAt_ms >= CALM_MS) {
      this.#shown = advice;
      this.#shownAt_ms = time_ms;
    }
    return { shown: this.#shown, ready: advice === this.#good ? Math.min(1, lasted_ms / this.#ready_ms) : 0 };
  }
}
