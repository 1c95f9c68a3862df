// SPDX-License-Identifier: Apache-2.0
// What is shown at a time of a recording. Everything follows the challenge's own times.
import type { Action, Challenge } from './wire.ts';

export type Prompt =
  | { kind: 'hold' } // look into the camera and keep still
  | { kind: 'action'; action: Action; index: number }
  | { kind: 'flash'; index: number }
  | { kind: 'speak'; digits: string };

export const SILENT_S = 3;

/** How long to record; a little more than was asked for, as the first frame may come late. */
export function recording_s(challenge: Challenge): number {
  const asked_s = challenge.duration_s > 0 ? challenge.duration_s : SILENT_S;
  return asked_s + 0.3;
}

/** When each flash begins, and after them when the last ends, in seconds since the first frame. */
export function flashTimes_s(challenge: Challenge): number[] {
  const times = [challenge.flashes_begin_s];
  for (const flash of challenge.flashes) times.push(times[times.length - 1] + flash.duration_ms / 1000);
  return times;
}

export function promptAt(challenge: Challenge, time_s: number): Prompt {
  const holds = ({ begin_s, end_s }: { begin_s: number; end_s: number }) => time_s >= begin_s && time_s < end_s;
  const action = challenge.actions.findIndex(({ window }) => window !== null && holds(window));
  if (action >= 0) return { kind: 'action', action: challenge.actions[action].action, index: action };
  const times = flashTimes_s(challenge);
  const flash = challenge.flashes.findIndex((_, i) => holds({ begin_s: times[i], end_s: times[i + 1] }));
  if (flash >= 0) return { kind: 'flash', index: flash };
  if (challenge.digits && challenge.speech && holds(challenge.speech)) return { kind: 'speak', digits: challenge.digits };
  return { kind: 'hold' };
}

/** When stills are taken: two a flash, once the camera has followed it, and before it ends. */
export function stillTimes_s(challenge: Challenge): number[] {
  const times = flashTimes_s(challenge);
  return challenge.flashes.flatMap(({ duration_ms }, i) => [0.5, 0.9].map((part) => times[i] + (part * duration_ms) / 1000));
}
