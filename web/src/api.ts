// SPDX-License-Identifier: Apache-2.0
// The calls of a device, one method each. Two kinds of failure: the server refused, or it was not reached.
import type { Challenge, DocumentAnswer, EndReason, EvidencePart, Manifest, Result, Session, Side } from './wire.ts';

/** The server's answer was a problem (RFC 9457). */
export class Refusal extends Error {
  status: number;
  code: string;
  retryAfter_ms: number | null;

  constructor(status: number, code: string, retryAfter_ms: number | null) {
    super(`${status} ${code}`);
    this.status = status;
    this.code = code;
    this.retryAfter_ms = retryAfter_ms;
  }

  /** Nothing is wrong with the call; later it may be taken. */
  get isPassing(): boolean {
    return this.status === 429 || this.status === 502 || this.status === 503 || this.status === 504;
  }
}

/** No answer came: offline, cut off, or too slow. */
export class Unreachable extends Error {}

export interface Chunk {
  challenge_id: string;
  part: string;
  offset: number;
  total: number;
  sha256: string;
  content: Blob;
}

/** What the page asks of the server; throws Refusal or Unreachable. */
export interface Api {
  session(): Promise<Session>;
  claim(): Promise<void>;
  document(side: Side, picture: Blob): Promise<DocumentAnswer>;
  confirmDocument(fields: Record<string, string>): Promise<Result>; // what the person corrected
  challenge(can_flash: boolean): Promise<Challenge>;
  upload(chunk: Chunk): Promise<EvidencePart>;
  arrived(): Promise<EvidencePart[]>;
  seal(manifest: Manifest): Promise<Result>;
  result(): Promise<{ result: Result; again_ms: number }>;
  end(reason: EndReason): Promise<void>;
}

type Fetch = (url: string, init: RequestInit) => Promise<Response>;

const CALL_MS = 30_000;
const UPLOAD_MS = 60_000; // 64 KiB at 10 kbit/s

/**
 * Sessions of the server whose public URL is `base` (no slash at its end).
 * `key` is what claims the session: 32 to 64 random letters and digits, the same when an answer was lost.
 */
export function apiOf(base: string, token: string, key: string, fetch: Fetch): Api {
  const root = `${base}/v1/sessions/${encodeURIComponent(token)}`;

  async function call(method: string, path: string, body?: Blob | object, limit_ms = CALL_MS): Promise<Response> {
    const abort = new AbortController();
    const timer = setTimeout(() => abort.abort(), limit_ms);
    const headers: Record<string, string> = {};
    let content: BodyInit | undefined;
    if (body instanceof Blob) {
      headers['Content-Type'] = 'application/octet-stream';
      content = body;
    } else if (body) {
      headers['Content-Type'] = 'application/json';
      content = JSON.stringify(body);
    }
    try {
      const answer = await fetch(root + path, {
        method, headers, body: content, credentials: 'same-origin', cache: 'no-store', referrerPolicy: 'no-referrer',
        redirect: 'error', signal: abort.signal,
      });
      if (answer.ok) return answer;
      throw await refusalOf(answer);
    } catch (error) {
      throw error instanceof Refusal ? error : new Unreachable();
    } finally {
      clearTimeout(timer);
    }
  }

  async function read<T>(answer: Promise<Response>): Promise<T> {
    const came = await answer;
    try {
      return (await came.json()) as T;
    } catch {
      throw new Unreachable(); // cut off in its middle
    }
  }

  return {
    session: () => read<Session>(call('GET', '')),
    claim: async () => void (await call('POST', '/claim', { key })),
    document: (side, picture) => read<DocumentAnswer>(call('POST', `/document?side=${side}`, picture, UPLOAD_MS)),
    confirmDocument: (fields) => read<Result>(call('POST', '/document/confirm', { fields })),
    challenge: (can_flash) => read<Challenge>(call('POST', '/challenge', { mirrored: false, can_flash })),
    upload: ({ content, ...chunk }) => {
      const query = Object.entries(chunk).map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join('&');
      return read<EvidencePart>(call('POST', `/evidence?${query}`, content, UPLOAD_MS));
    },
    arrived: async () => (await read<{ parts: EvidencePart[] }>(call('GET', '/evidence'))).parts,
    seal: (manifest) => read<Result>(call('POST', '/evidence', manifest)),
    result: async () => {
      const answer = await call('GET', '/result');
      return { result: await read<Result>(Promise.resolve(answer)), again_ms: retryAfter_ms(answer) ?? 1000 };
    },
    end: async (reason) => void (await call('POST', '/end', { reason })),
  };
}

async function refusalOf(answer: Response): Promise<Refusal> {
  const problem: { code?: unknown } = await answer.json().catch(() => ({}));
  const code = typeof problem.code === 'string' ? problem.code : 'unknown';
  return new Refusal(answer.status, code, retryAfter_ms(answer));
}

function retryAfter_ms(answer: Response): number | null {
  const seconds = Number(answer.headers.get('Retry-After') ?? Number.NaN);
  return seconds >= 0 ? Math.min(seconds, 30) * 1000 : null;
}
