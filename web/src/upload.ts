// SPDX-License-Identifier: Apache-2.0
// Sends a recording in chunks and goes on where a broken connection ended.
import { type Api, Refusal, Unreachable } from './api.ts';
import type { Clock } from './clock.ts';
import type { Challenge, Manifest, Result } from './wire.ts';

export interface Piece {
  part: string; // video, still-1, still-2, ...
  content: Blob;
  sha256: string;
}

/** A finished recording and what is said beside it. */
export interface Recording {
  challenge: Challenge;
  pieces: Piece[];
  manifest: Manifest;
}

export interface UploadProgress {
  fraction: number; // 0..1
  waiting: boolean; // no connection
}

const CHUNK_BYTES = 256 * 1024;
const PAUSES_MS = [500, 1000, 2000, 4000];

/** Until it is sealed. Throws the Refusal that ends it, or Unreachable once the challenge is over. */
export async function send(
  api: Api, clock: Clock, recording: Recording, report: (progress: UploadProgress) => void,
): Promise<Result> {
  const over_ms = Date.parse(recording.challenge.expires_at);
  let failures = 0;
  for (;;) {
    try {
      await sendPieces(api, recording, (fraction) => {
        failures = 0;
        report({ fraction, waiting: false });
      });
      return await api.seal(recording.manifest);
    } catch (error) {
      const isPassing = error instanceof Unreachable || (error instanceof Refusal && error.isPassing);
      if (!isPassing || clock.wall_ms() >= over_ms) throw error;
      report({ fraction: Number.NaN, waiting: error instanceof Unreachable });
      const told_ms = error instanceof Refusal ? error.retryAfter_ms : null;
      await clock.sleep(told_ms ?? PAUSES_MS[Math.min(failures, PAUSES_MS.length - 1)]);
      failures += 1;
    }
  }
}

async function sendPieces(api: Api, recording: Recording, report: (fraction: number) => void): Promise<void> {
  const arrived = new Map((await api.arrived()).map((part) => [part.part, part.received_bytes]));
  const total = recording.pieces.reduce((sum, { content }) => sum + content.size, 0);
  let sent = recording.pieces.reduce((sum, { part }) => sum + (arrived.get(part) ?? 0), 0);
  report(sent / total);
  for (const { part, content, sha256 } of recording.pieces) {
    for (let offset = arrived.get(part) ?? 0; offset < content.size; offset += CHUNK_BYTES) {
      const chunk = content.slice(offset, offset + CHUNK_BYTES);
      await api.upload({
        challenge_id: recording.challenge.challenge_id, part, offset, total: content.size, sha256, content: chunk,
      });
      sent += chunk.size;
      report(sent / total);
    }
  }
}
