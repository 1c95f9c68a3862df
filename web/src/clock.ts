// SPDX-License-Identifier: Apache-2.0

/** Time, so that tests can hold it. */
export interface Clock {
  now_ms(): number; // monotonic
  wall_ms(): number; // since 1970
  sleep(ms: number): Promise<void>;
  frame(): Promise<void>; // until the next picture is about to be shown
}

export const systemClock: Clock = {
  now_ms: () => performance.now(),
  wall_ms: () => Date.now(),
  sleep: (ms) => new Promise((done) => setTimeout(done, ms)),
  frame: () => new Promise((done) => requestAnimationFrame(() => done())),
};
