// SPDX-License-Identifier: Apache-2.0
// Records a person who does what a challenge asks, and shows it at the challenge's own times.
import type { Still, Viewfinder } from './camera.ts';
import type { Clock } from './clock.ts';
import { sha256Of } from './digest.ts';
import { promptAt, type Prompt, recording_s, stillTimes_s } from './prompts.ts';
import type { Piece, Recording } from './upload.ts';
import type { Challenge } from './wire.ts';

/** What the person sees meanwhile. */
export interface Stage {
  prompt(prompt: Prompt): void;
  progress(fraction: number): void;
  paint(colour: string): void; // the whole screen, at once
}

const REST_COLOUR = '#808080'; // between and around the flashes: keeps the camera's exposure where it is
const REFRESH_S = 1 / 60; // from the call to the screen

interface Shown {
  flashes_s: number[]; // when each was
  stills: { content: Promise<Blob>; time_s: number }[];
}

/**
 * Nothing when `goes` became false, or when this machine was too slow to show every colour: the challenge is still
 * unanswered then. The viewfinder stays open.
 */
export async function perform(
  view: Viewfinder, challenge: Challenge, stage: Stage, clock: Clock, goes: () => boolean,
): Promise<Recording | null> {
  const facts = await view.facts();
  if (challenge.flashes.length > 0) stage.paint(REST_COLOUR);
  const take = await view.record();
  const shown: Shown = { flashes_s: [], stills: [] };
  const all_s = recording_s(challenge);
  const due_s = challenge.flashes.length > 0 ? stillTimes_s(challenge) : [];
  let last = '';
  for (;;) {
    await clock.frame();
    const time_s = (clock.now_ms() - take.began_ms) / 1000;
    if (!goes()) {
      take.drop();
      return null;
    }
    if (time_s >= all_s) break;
    const prompt = promptAt(challenge, time_s);
    if (JSON.stringify(prompt) !== last) {
      last = JSON.stringify(prompt);
      stage.prompt(prompt);
      paintFlash(challenge, prompt, stage);
      if (prompt.kind === 'flash') shown.flashes_s[prompt.index] = time_s + REFRESH_S;
    }
    if (due_s.length > 0 && time_s >= due_s[0]) {
      while (due_s.length > 0 && time_s >= due_s[0]) due_s.shift();
      shown.stills.push({ content: take.still(), time_s });
    }
    stage.progress(time_s / all_s);
  }
  const isWhole = challenge.flashes.every((_, i) => shown.flashes_s[i] !== undefined);
  if (!isWhole) {
    take.drop();
    return null;
  }
  const stills = await Promise.all(shown.stills.map(async ({ content, time_s }) => ({ content: await content, time_s })));
  return recordingOf(challenge, await take.finish(), stills, shown.flashes_s, {
    camera_labels: facts.labels.slice(0, 8).map((label) => label.slice(0, 256)),
    frame_rate_hz: facts.frame_rate_hz || undefined,
    width_px: Math.round(facts.width_px) || undefined,
    height_px: Math.round(facts.height_px) || undefined,
    mirrored: false,
  });
}

function paintFlash(challenge: Challenge, prompt: Prompt, stage: Stage): void {
  if (challenge.flashes.length === 0) return;
  if (prompt.kind !== 'flash') return stage.paint(REST_COLOUR);
  const { red, green, blue } = challenge.flashes[prompt.index];
  stage.paint(`rgb(${red}, ${green}, ${blue})`);
}

/** A recording that was made elsewhere, such as by the phone's own camera program. */
export function recordingOfFile(challenge: Challenge, video: Blob): Promise<Recording> {
  return recordingOf(challenge, video, [], [], { mirrored: false });
}

async function recordingOf(
  challenge: Challenge, video: Blob, stills: Still[], flashes_s: number[], hints: Recording['manifest']['hints'],
): Promise<Recording> {
  const parts = [{ part: 'video', content: video }, ...stills.map(({ content }, i) => ({ part: `still-${i + 1}`, content }))];
  const pieces: Piece[] = await Promise.all(
    parts.map(async ({ part, content }) => ({ part, content, sha256: await sha256Of(content) })),
  );
  const manifest: Recording['manifest'] = {
    challenge_id: challenge.challenge_id, signature: challenge.signature, hints,
  };
  if (stills.length > 0) manifest.stills = stills.map(({ time_s }, i) => ({ part: `still-${i + 1}`, time_s }));
  if (flashes_s.length > 0) manifest.flash_shown_at_s = flashes_s;
  return { challenge, pieces, manifest };
}
