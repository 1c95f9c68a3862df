// SPDX-License-Identifier: Apache-2.0
// What the server says and hears: docs/native.md, src/adapters/native/openapi.json.

export type State = 'created' | 'challenged' | 'in_progress' | 'decided' | 'expired' | 'cancelled';
export type Mode = 'silent' | 'action' | 'reflection' | 'lip';
export type Action = 'open_mouth' | 'blink' | 'nod' | 'shake' | 'turn_left' | 'turn_right';

export interface PageWishes {
  language: string | null;
  theme_colour: string | null; // #RRGGBB
  skip_consent: boolean;
  skip_start: boolean;
  skip_result: boolean; // after success only
  redirect_url: string | null; // complete
}

export type Side = 'front' | 'back';

/** What is to be shown before the face. */
export interface DocumentWish {
  types: string[]; // none: any
  sides: Side[];
  may_edit: boolean;
}

/** Whose page it is. */
export interface Customer {
  name: string | null;
  logo: string | null; // a data URL
  texts: Record<string, Record<string, string>>; // wording of its own, by language and key
}

export interface Session {
  state: State;
  modes: Mode[];
  compare: boolean;
  attempts_left: number;
  start_by: string;
  end_by: string;
  claimed: boolean;
  page: PageWishes;
  liveness: boolean; // false: the document is all
  document: DocumentWish | null;
  customer: Customer;
}

/** Seconds since the first frame of the recording. */
export interface TimeWindow {
  begin_s: number;
  end_s: number;
}

export interface Challenge {
  challenge_id: string;
  attempt: number;
  issued_at: string;
  expires_at: string;
  modes: Mode[];
  actions: { action: Action; window: TimeWindow | null }[];
  flashes: { red: number; green: number; blue: number; duration_ms: number }[];
  flashes_begin_s: number;
  digits: string;
  speech: TimeWindow | null;
  mirrored: boolean;
  duration_s: number; // 0: two seconds at least
  fallback: string | null;
  signature: string;
}

export interface EvidencePart {
  part: string;
  received_bytes: number;
  total_bytes: number;
  sha256: string;
}

/** Seals what was uploaded. */
export interface Manifest {
  challenge_id: string;
  signature: string;
  stills?: { part: string; time_s: number }[];
  flash_shown_at_s?: number[];
  hints: {
    camera_labels?: string[];
    frame_rate_hz?: number;
    width_px?: number;
    height_px?: number;
    mirrored: boolean;
  };
}

export interface Result {
  state: State;
  passed: boolean;
  retry: boolean;
  hint: string | null;
  attempts_left: number;
  document: { next: Side | 'confirmation' | 'nothing'; fault: string | null; pictures_left: number } | null;
}

/** Of a picture of a document. */
export interface DocumentAnswer {
  taken: boolean;
  fault: string | null;
  next: Side | 'confirmation' | 'challenge' | 'result';
  fields: Record<string, string>; // as read, by neutral names
  warnings: string[];
  session: Result;
}

/** The reasons for giving up that a page can have. */
export type EndReason =
  | 'user_cancelled'
  | 'no_camera_permission'
  | 'no_camera'
  | 'camera_busy'
  | 'no_microphone_permission'
  | 'no_microphone'
  | 'unsupported_browser';
