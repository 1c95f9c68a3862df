// SPDX-License-Identifier: Apache-2.0
// The way of a person through the page: a state machine without a browser in it. Views show `screen` and call the
// methods; every method may be called at any time, and one that does not fit the screen does nothing.
import { type Api, Refusal, Unreachable } from './api.ts';
import { type Cameras, CameraTrouble, type Viewfinder } from './camera.ts';
import type { Clock } from './clock.ts';
import type { Keep } from './keep.ts';
import { perform, recordingOfFile, type Stage } from './perform.ts';
import { type Recording, send, type UploadProgress } from './upload.ts';
import type { Challenge, DocumentAnswer, EndReason, Result, Session, Side } from './wire.ts';

/** What stands in the way, and whether this page can do something about it. */
export type Trouble =
  | 'camera_refused' | 'camera_missing' | 'camera_busy'
  | 'microphone_refused' | 'microphone_missing' | 'microphone_busy'
  | 'needs_flashes' // nothing may take the place of the colours
  | 'unsupported' // likewise, and this browser cannot record under them
  | 'offline'
  | 'upload_stuck' // what arrived cannot be completed: wait for the next attempt
  | 'elsewhere' // open in another browser
  | 'insecure' // without TLS browsers give neither a camera nor hashes
  | 'unknown_token' | 'expired' | 'cancelled' | 'not_now';

/** Those after which there is nothing more to do here. */
export const FINAL_TROUBLES: Trouble[] = ['insecure', 'unknown_token', 'expired', 'cancelled', 'not_now', 'elsewhere'];

export type Screen =
  | { name: 'loading' }
  | { name: 'welcome'; resumed: boolean }
  | { name: 'follow' } // the phone does the rest
  | { name: 'document'; side: Side; fault: string | null; pictures_left: number }
  | { name: 'card'; side: Side; pictures_left: number; view: Viewfinder } // the document before the camera
  | { name: 'reading' } // the picture of the document
  | { name: 'confirm'; fields: Record<string, string> } // what was read, to be looked over
  | { name: 'flashes' } // may the screen flash?
  | { name: 'aim'; view: Viewfinder; state: 'ready' | 'starting' | 'interrupted' }
  | { name: 'perform'; view: Viewfinder; challenge: Challenge }
  | { name: 'film'; challenge: Challenge } // by the phone's own camera program
  | { name: 'upload'; progress: UploadProgress }
  | { name: 'judging' }
  | { name: 'retry'; hint: string | null; attempts_left: number }
  | { name: 'done'; passed: boolean }
  | { name: 'trouble'; trouble: Trouble };

export interface Parts {
  api: Api;
  cameras: Cameras;
  keep: Keep;
  clock: Clock;
  isSecure: boolean; // the address
  leave(url: string): void; // to the customer's page, for good
}

const END_REASONS: Partial<Record<Trouble, EndReason>> = {
  camera_refused: 'no_camera_permission', camera_missing: 'no_camera', camera_busy: 'camera_busy',
  microphone_refused: 'no_microphone_permission', microphone_missing: 'no_microphone', microphone_busy: 'no_microphone',
  needs_flashes: 'user_cancelled', unsupported: 'unsupported_browser',
};
const FOLLOW_MS = 2000;

export class Flow {
  screen: Screen = { name: 'loading' };
  session: Session | null = null;
  cardTrouble: CameraTrouble | null = null; // why a document cannot be shown to the camera
  #parts: Parts;
  #tellers = new Set<() => void>();
  #view: Viewfinder | null = null;
  #mayFlash = true;
  #flashesAgreed = false;
  #take = 0; // numbers the recordings: one that is not the latest stops

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  subscribe(tell: () => void): () => void {
    this.#tellers.add(tell);
    return () => void this.#tellers.delete(tell);
  }

  /** Reads where the session stands and goes there. Also after a failure: "try again". */
  async load(): Promise<void> {
    if (!this.#parts.isSecure) return this.#fail('insecure');
    await this.#guarded(async () => {
      this.#show({ name: 'loading' });
      this.session = await this.#parts.api.session();
      if (this.session.claimed && !(await this.#claim())) return;
      await this.#enter(this.session);
    });
  }

  /** The person is ready on this device. */
  async begin(): Promise<void> {
    if (this.screen.name !== 'welcome') return;
    await this.#guarded(async () => {
      if (await this.#claim()) await this.#prepare();
    });
  }

  /** The person goes on by phone; this page waits for it. */
  async follow(): Promise<void> {
    if (this.screen.name !== 'welcome') return;
    this.#show({ name: 'follow' });
    const isFollowing = () => this.screen.name === 'follow' && this.session?.state !== 'decided';
    while (isFollowing()) {
      await this.#parts.clock.sleep(FOLLOW_MS);
      if (isFollowing()) await this.#followOnce();
    }
  }

  /** Back to the choice between this device and the phone. */
  stay(): void {
    if (this.screen.name === 'follow') this.#show({ name: 'welcome', resumed: false });
  }

  get canShowCard(): boolean {
    return this.#parts.cameras.canShow && this.cardTrouble === null;
  }

  /** The camera looks at the document; where it cannot, a file takes its place. */
  async openCard(): Promise<void> {
    if (this.screen.name !== 'document' || !this.canShowCard) return;
    const { screen } = this;
    this.#closeCamera();
    const number = this.#take;
    let view: Viewfinder;
    try {
      view = await this.#parts.cameras.openBack();
    } catch (error) {
      if (!(error instanceof CameraTrouble)) throw error;
      this.cardTrouble = error;
      return this.#show({ ...screen });
    }
    if (number !== this.#take || this.screen !== screen) return view.close();
    this.#view = view;
    view.onLost(() => {
      if (this.#view !== view) return;
      this.cardTrouble = new CameraTrouble('camera', 'busy');
      this.#leaveCard();
    });
    this.#show({ name: 'card', side: screen.side, pictures_left: screen.pictures_left, view });
  }

  /** A picture of the side that is asked for. */
  async useDocument(picture: Blob): Promise<void> {
    if (this.screen.name !== 'document' && this.screen.name !== 'card') return;
    const { side, pictures_left } = this.screen;
    this.#closeCamera();
    await this.#guarded(async () => {
      this.#show({ name: 'reading' });
      try {
        await this.#afterPicture(await this.#whenTaken(() => this.#parts.api.document(side, picture)), side);
      } catch (error) {
        const isNoPicture = error instanceof Refusal && (error.status === 422 || error.status === 413);
        if (!isNoPicture) throw error;
        this.#show({ name: 'document', side, fault: 'unreadable', pictures_left });
      }
    });
  }

  /** What was read is right, but for these fields. */
  async confirm(corrected: Record<string, string>): Promise<void> {
    if (this.screen.name !== 'confirm') return;
    await this.#guarded(async () => {
      this.#show({ name: 'reading' });
      await this.#afterDocument(await this.#whenTaken(() => this.#parts.api.confirmDocument(corrected)));
    });
  }

  /** The answer to the warning about flashing light. */
  async decideFlashes(may: boolean): Promise<void> {
    if (this.screen.name !== 'flashes') return;
    this.#mayFlash = may;
    this.#flashesAgreed = may;
    await this.#guarded(() => this.#openCamera());
  }

  /** The face is in its place: records, sends, waits for the verdict. */
  async record(stage: Stage): Promise<void> {
    if (this.screen.name !== 'aim' || this.screen.state === 'starting') return;
    const { view } = this.screen;
    this.#show({ name: 'aim', view, state: 'starting' });
    await this.#guarded(async () => {
      const challenge = await this.#ask();
      if (this.#view !== view) return;
      this.#show({ name: 'perform', view, challenge });
      const number = ++this.#take;
      const goes = () => number === this.#take;
      const recording = await perform(view, challenge, stage, this.#parts.clock, goes);
      if (recording) {
        this.#closeCamera();
        await this.#deliver(recording);
      } else if (goes()) {
        this.#show({ name: 'aim', view, state: 'interrupted' });
      }
    });
  }

  /** The page was hidden, or "back": a recording under way does not count. */
  interrupt(): void {
    if (this.screen.name !== 'perform') return;
    this.#take += 1;
    this.#show({ name: 'aim', view: this.screen.view, state: 'interrupted' });
  }

  /** A video from the phone's own camera program. */
  async useFile(video: Blob): Promise<void> {
    if (this.screen.name !== 'film') return;
    const { challenge } = this.screen;
    await this.#guarded(async () => this.#deliver(await recordingOfFile(challenge, video)));
  }

  /** After a hint of what to do better, or a refused camera. Uses up nothing by itself. */
  async again(): Promise<void> {
    if (this.screen.name === 'retry') await this.#guarded(() => this.#prepare());
    else if (this.screen.name === 'trouble' && this.screen.trouble === 'needs_flashes') this.#show({ name: 'flashes' });
    else if (this.screen.name === 'trouble' && END_REASONS[this.screen.trouble]) await this.#guarded(() => this.#prepare());
    else if (this.screen.name === 'trouble') await this.load();
  }

  /** "Back": out of the camera to the beginning. False where there is nothing to go back from. */
  back(): boolean {
    if (this.screen.name === 'card') {
      this.#leaveCard();
      return true;
    }
    if (!['aim', 'perform', 'flashes', 'document', 'confirm'].includes(this.screen.name)) return false;
    this.#closeCamera();
    this.#show({ name: 'welcome', resumed: true });
    return true;
  }

  /** Gives the session up, for good. */
  async giveUp(): Promise<void> {
    const trouble = this.screen.name === 'trouble' ? this.screen.trouble : null;
    const reason = (trouble && END_REASONS[trouble]) ?? 'user_cancelled';
    this.#closeCamera();
    await this.#guarded(async () => {
      await this.#parts.api.end(reason);
      await this.#parts.keep.clear();
      this.#fail('cancelled');
    });
  }

  /** To the customer's page. */
  leave(): void {
    const url = this.session?.page.redirect_url;
    if (url) this.#parts.leave(url);
  }

  #show(screen: Screen): void {
    this.screen = screen;
    for (const tell of this.#tellers) tell();
  }

  #fail(trouble: Trouble): void {
    this.#closeCamera();
    this.#show({ name: 'trouble', trouble });
  }

  #leaveCard(): void {
    if (this.screen.name !== 'card') return;
    const { side, pictures_left } = this.screen;
    this.#closeCamera();
    this.#show({ name: 'document', side, fault: null, pictures_left });
  }

  #closeCamera(): void {
    this.#take += 1;
    this.#view?.close();
    this.#view = null;
  }

  /** Runs a step and turns what it throws into a screen. */
  async #guarded(step: () => Promise<void>): Promise<void> {
    try {
      await step();
    } catch (error) {
      if (error instanceof CameraTrouble) this.#fail(`${error.device}_${error.why}`);
      else if (error instanceof Unreachable) this.#fail('offline');
      else if (error instanceof Refusal) await this.#refused(error);
      else throw error;
    }
  }

  async #refused(refusal: Refusal): Promise<void> {
    if (refusal.status === 404) return this.#fail('unknown_token');
    if (refusal.status === 410) return this.#fail('expired');
    if (refusal.status === 501) return this.#fail(this.#lacking());
    if (refusal.status === 409) return this.load(); // another tab was first
    this.#fail(refusal.isPassing ? 'offline' : 'not_now');
  }

  /** What cannot be done: reading a document here, or a challenge without colours. */
  #lacking(): Trouble {
    if (this.screen.name === 'reading') return 'not_now';
    return this.#parts.cameras.canRecord ? 'needs_flashes' : 'unsupported';
  }

  /** Binds the session to this browser. */
  async #claim(): Promise<boolean> {
    try {
      await this.#parts.api.claim();
      return true;
    } catch (error) {
      if (!(error instanceof Refusal) || error.status !== 409) throw error;
      this.#fail('elsewhere');
      return false;
    }
  }

  async #enter(session: Session): Promise<void> {
    switch (session.state) {
      case 'created':
        this.#show({ name: 'welcome', resumed: false });
        if (session.page.skip_start) await this.begin();
        return;
      case 'challenged':
        return this.#resume();
      case 'in_progress':
        return this.#judge();
      case 'decided':
        return this.#conclude((await this.#parts.api.result()).result);
      case 'expired':
        return this.#end('expired');
      case 'cancelled':
        return this.#end('cancelled');
    }
  }

  async #end(trouble: Trouble): Promise<void> {
    await this.#parts.keep.clear();
    this.#fail(trouble);
  }

  /** A recording that a reload cut off in mid-upload goes on; else the person begins again. */
  async #resume(): Promise<void> {
    const kept = await this.#parts.keep.get();
    if (kept && this.#parts.clock.wall_ms() < Date.parse(kept.challenge.expires_at)) return this.#deliver(kept);
    await this.#parts.keep.clear();
    this.#show({ name: 'welcome', resumed: true });
  }

  async #followOnce(): Promise<void> {
    try {
      this.session = await this.#parts.api.session();
    } catch (error) {
      if (error instanceof Refusal && !error.isPassing) await this.#refused(error);
      return;
    }
    if (this.screen.name !== 'follow') return;
    if (this.session.state === 'expired' || this.session.state === 'cancelled') this.#fail(this.session.state);
    else this.#show({ name: 'follow' });
    if (this.session.state === 'decided') this.leave();
  }

  /** True once no document is owed; else its screen is shown. */
  async #hasDocument(): Promise<boolean> {
    if (!this.session?.document) return true;
    const { document } = (await this.#parts.api.result()).result;
    if (!document || document.next === 'nothing') return true;
    // What was read is told once: after a reload the front is shown again.
    const side = document.next === 'confirmation' ? 'front' : document.next;
    this.#show({ name: 'document', side, fault: null, pictures_left: document.pictures_left });
    return false;
  }

  async #afterPicture(answer: DocumentAnswer, side: Side): Promise<void> {
    if (answer.next === 'confirmation' && answer.taken) return this.#show({ name: 'confirm', fields: answer.fields });
    if (answer.next === 'challenge' || answer.next === 'result') return this.#afterDocument(answer.session);
    const next = answer.next === 'confirmation' ? side : answer.next;
    this.#show({
      name: 'document', side: next, fault: answer.fault, pictures_left: answer.session.document?.pictures_left ?? 0,
    });
  }

  async #afterDocument(result: Result): Promise<void> {
    if (result.state === 'created' || result.state === 'challenged') return this.#prepare();
    await (result.state === 'in_progress' ? this.#judge() : this.#conclude(result));
  }

  async #prepare(): Promise<void> {
    if (!(await this.#hasDocument())) return;
    if (this.session?.liveness === false) return this.#judge();
    const flashes = this.session?.modes.includes('reflection') && this.#parts.cameras.canRecord;
    if (flashes && !this.#flashesAgreed && this.#mayFlash) return this.#show({ name: 'flashes' });
    await this.#openCamera();
  }

  async #openCamera(): Promise<void> {
    if (!this.#parts.cameras.canRecord) return this.#openFile();
    this.#closeCamera();
    const number = this.#take;
    const view = await this.#parts.cameras.open(this.session?.modes.includes('lip') ?? false);
    if (number !== this.#take) return view.close();
    this.#view = view;
    view.onLost(() => {
      if (this.#view === view) this.#fail('camera_busy');
    });
    this.#show({ name: 'aim', view, state: 'ready' });
  }

  async #openFile(): Promise<void> {
    this.#mayFlash = false;
    this.#show({ name: 'film', challenge: await this.#ask() });
  }

  /** The current challenge, or a new one. */
  #ask(): Promise<Challenge> {
    return this.#whenTaken(() => this.#parts.api.challenge(this.#mayFlash));
  }

  /** Asks again where the server says that it is too busy now. */
  async #whenTaken<T>(ask: () => Promise<T>): Promise<T> {
    for (let tries = 0; ; tries += 1) {
      try {
        return await ask();
      } catch (error) {
        if (!(error instanceof Refusal && error.isPassing) || tries >= 3) throw error;
        await this.#parts.clock.sleep(error.retryAfter_ms ?? 1000);
      }
    }
  }

  async #deliver(recording: Recording): Promise<void> {
    const { api, clock, keep } = this.#parts;
    await keep.put(recording);
    let fraction = 0;
    this.#show({ name: 'upload', progress: { fraction, waiting: false } });
    try {
      await send(api, clock, recording, (progress) => {
        fraction = Number.isNaN(progress.fraction) ? fraction : progress.fraction;
        this.#show({ name: 'upload', progress: { fraction, waiting: progress.waiting } });
      });
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      await keep.clear();
      return this.#recover(error);
    }
    await keep.clear();
    await this.#judge();
  }

  /** Sealing was refused: somebody was first, the challenge is over, or the recording cannot be taken. */
  async #recover(refusal: Refusal): Promise<void> {
    const session = await this.#parts.api.session();
    this.session = session;
    if (session.state !== 'challenged') return this.#enter(session);
    if (refusal.status === 409) return this.#fail('upload_stuck');
    if (refusal.status === 403 || refusal.status === 404) throw refusal;
    this.#show({ name: 'retry', hint: null, attempts_left: session.attempts_left });
  }

  async #judge(): Promise<void> {
    this.#show({ name: 'judging' });
    for (;;) {
      let again_ms = 2000;
      try {
        const answer = await this.#parts.api.result();
        if (answer.result.state === 'expired') return this.#end('not_now'); // no verdict came: not the person's fault
        if (answer.result.state !== 'in_progress') return this.#conclude(answer.result);
        again_ms = answer.again_ms;
      } catch (error) {
        if (error instanceof Refusal && !error.isPassing) throw error;
      }
      await this.#parts.clock.sleep(again_ms);
    }
  }

  async #conclude(result: Result): Promise<void> {
    if (result.state === 'expired' || result.state === 'cancelled') return this.#end(result.state);
    if (result.retry) return this.#show({ name: 'retry', hint: result.hint, attempts_left: result.attempts_left });
    await this.#parts.keep.clear();
    this.#show({ name: 'done', passed: result.passed });
    if (result.passed && this.session?.page.skip_result) this.leave();
  }
}
