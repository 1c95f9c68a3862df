// SPDX-License-Identifier: Apache-2.0
// A server, a camera and a clock that tests hold in their hands.
import { type Api, type Chunk, Refusal, Unreachable } from './api.ts';
import { type Cameras, CameraTrouble } from './camera.ts';
import type { Clock } from './clock.ts';
import type { Keep } from './keep.ts';
import type { Recording } from './upload.ts';
import type { Challenge, DocumentAnswer, EndReason, EvidencePart, Manifest, Result, Session, Side } from './wire.ts';

export function challengeOf(changed: Partial<Challenge> = {}): Challenge {
  return {
    challenge_id: 'c1', attempt: 1, issued_at: '2026-11-27T00:00:00Z', expires_at: '2026-11-27T00:02:00Z', modes: ['silent'],
    actions: [], flashes: [], flashes_begin_s: 0, digits: '', speech: null, mirrored: false, duration_s: 3, fallback: null,
    signature: 's1', ...changed,
  };
}

export function sessionOf(changed: Partial<Session> = {}, page: Partial<Session['page']> = {}): Session {
  return {
    state: 'created', modes: ['silent'], compare: true, attempts_left: 3, start_by: '', end_by: '', claimed: false,
    liveness: true, document: null, customer: { name: null, logo: null, texts: {} },
    page: {
      language: null, theme_colour: null, skip_consent: false, skip_start: false, skip_result: false, redirect_url: null, ...page,
    },
    ...changed,
  };
}

export function resultOf(changed: Partial<Result> = {}): Result {
  return { state: 'decided', passed: true, retry: false, hint: null, attempts_left: 2, document: null, ...changed };
}

export function documentOf(next: DocumentAnswer['next'], changed: Partial<DocumentAnswer> = {}): DocumentAnswer {
  const owed = next === 'front' || next === 'back' || next === 'confirmation' ? next : 'nothing';
  const fault = changed.fault ?? null;
  return {
    taken: fault === null, fault, next, fields: {}, warnings: [],
    session: resultOf({ state: 'challenged', passed: false, document: { next: owed, fault, pictures_left: 3 } }), ...changed,
  };
}

/** Time passes only by sleeping and by frames, at once. */
export class TestClock implements Clock {
  time_ms = 0;
  frame_ms = 20;
  now_ms = (): number => this.time_ms;
  wall_ms = (): number => Date.parse('2026-11-27T00:00:00Z') + this.time_ms;
  sleep = async (ms: number): Promise<void> => void (this.time_ms += ms);
  frame = async (): Promise<void> => void (this.time_ms += this.frame_ms);
}

/** Keeps what arrives; `fail` is asked before each call and may throw. */
export class TestServer implements Api {
  current = sessionOf();
  next = challengeOf();
  verdicts: Result[] = [resultOf()];
  claimed = 0;
  asked: boolean[] = [];
  sealed: Manifest | null = null;
  ended: EndReason | null = null;
  parts = new Map<string, EvidencePart & { content: Blob }>();
  chunks: Chunk[] = [];
  pictures: [Side, string][] = [];
  answers: DocumentAnswer[] = [];
  corrected: Record<string, string> | null = null;
  afterDocument: Result = resultOf({ state: 'challenged', passed: false });
  fail: (call: keyof Api) => void = () => undefined;

  async session(): Promise<Session> {
    this.fail('session');
    return this.current;
  }

  async claim(): Promise<void> {
    this.fail('claim');
    this.claimed += 1;
    this.current = { ...this.current, claimed: true };
  }

  async document(side: Side, picture: Blob): Promise<DocumentAnswer> {
    this.fail('document');
    this.pictures.push([side, await picture.text()]);
    return this.answers.shift() as DocumentAnswer;
  }

  async confirmDocument(fields: Record<string, string>): Promise<Result> {
    this.fail('confirmDocument');
    this.corrected = fields;
    return this.afterDocument;
  }

  async challenge(can_flash: boolean): Promise<Challenge> {
    this.fail('challenge');
    this.asked.push(can_flash);
    this.current = { ...this.current, state: 'challenged' };
    return this.next;
  }

  async upload(chunk: Chunk): Promise<EvidencePart> {
    this.fail('upload');
    const part = this.parts.get(chunk.part) ?? {
      part: chunk.part, received_bytes: 0, total_bytes: chunk.total, sha256: chunk.sha256, content: new Blob(),
    };
    if (chunk.offset !== part.received_bytes || chunk.sha256 !== part.sha256) throw new Refusal(409, 'conflict', null);
    part.content = new Blob([part.content, chunk.content]);
    part.received_bytes = part.content.size;
    this.parts.set(chunk.part, part);
    this.chunks.push(chunk);
    this.fail('upload'); // the answer may be lost as well
    return part;
  }

  async arrived(): Promise<EvidencePart[]> {
    this.fail('arrived');
    return [...this.parts.values()];
  }

  async seal(manifest: Manifest): Promise<Result> {
    this.fail('seal');
    if (this.current.state !== 'challenged') throw new Refusal(409, 'conflict', null);
    this.sealed = manifest;
    this.current = { ...this.current, state: 'in_progress' };
    this.parts.clear();
    return resultOf({ state: 'in_progress', passed: false });
  }

  async result(): Promise<{ result: Result; again_ms: number }> {
    this.fail('result');
    const result = this.verdicts.length > 1 ? (this.verdicts.shift() as Result) : this.verdicts[0];
    this.current = { ...this.current, state: result.state };
    return { result, again_ms: 1000 };
  }

  async end(reason: EndReason): Promise<void> {
    this.fail('end');
    this.ended = reason;
  }
}

export class TestKeep implements Keep {
  kept: Recording | null = null;
  put = async (recording: Recording): Promise<void> => void (this.kept = recording);
  get = async (): Promise<Recording | null> => this.kept;
  clear = async (): Promise<void> => void (this.kept = null);
}

export class TestCamera implements Cameras {
  canRecord = true;
  canShow = true;
  trouble: CameraTrouble | null = null;
  video = new Uint8Array(1_000_000).map((_, i) => i % 251);
  isOpen = false;
  wantedSound: boolean | null = null;
  dropped = 0;
  lose: () => void = () => undefined;
  #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  async openBack() {
    return this.open(false);
  }

  async open(sound: boolean) {
    this.wantedSound = sound;
    if (this.trouble) throw this.trouble;
    this.isOpen = true;
    return {
      stream: {} as MediaStream,
      facts: async () => ({ labels: ['Front'], width_px: 960, height_px: 720, frame_rate_hz: 30 }),
      record: async () => ({
        began_ms: this.#clock.now_ms(),
        still: async () => new Blob([`still at ${this.#clock.now_ms()}`]),
        finish: async () => new Blob([this.video]),
        drop: () => void (this.dropped += 1),
      }),
      onLost: (tell: () => void) => void (this.lose = tell),
      close: () => void (this.isOpen = false),
    };
  }
}

export { CameraTrouble, Refusal, Unreachable };
