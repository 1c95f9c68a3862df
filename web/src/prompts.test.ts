// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { flashTimes_s, promptAt, recording_s, stillTimes_s } from './prompts.ts';
import { challengeOf } from './testing.ts';

const acted = challengeOf({
  duration_s: 6.8,
  actions: [{ action: 'nod', window: { begin_s: 0.8, end_s: 3.4 } }, { action: 'turn_left', window: { begin_s: 3.6, end_s: 6.2 } }],
});

test('an action is prompted in its window and not outside of it', () => {
  assert.deepEqual(promptAt(acted, 0), { kind: 'hold' });
  assert.deepEqual(promptAt(acted, 0.79), { kind: 'hold' });
  assert.deepEqual(promptAt(acted, 0.8), { kind: 'action', action: 'nod', index: 0 });
  assert.deepEqual(promptAt(acted, 3.39), { kind: 'action', action: 'nod', index: 0 });
  assert.deepEqual(promptAt(acted, 3.5), { kind: 'hold' });
  assert.deepEqual(promptAt(acted, 3.6), { kind: 'action', action: 'turn_left', index: 1 });
  assert.deepEqual(promptAt(acted, 6.5), { kind: 'hold' });
});

const lit = challengeOf({
  duration_s: 3.5,
  flashes_begin_s: 0.8,
  flashes: [
    { red: 255, green: 0, blue: 0, duration_ms: 500 },
    { red: 0, green: 0, blue: 0, duration_ms: 400 },
    { red: 0, green: 255, blue: 0, duration_ms: 600 },
  ],
});

test('flashes follow each other without a gap', () => {
  assert.deepEqual(flashTimes_s(lit).map((time) => Math.round(time * 1000)), [800, 1300, 1700, 2300]);
  const seen = [0.7, 0.81, 1.29, 1.31, 1.71, 2.29, 2.31].map((time) => promptAt(lit, time));
  assert.deepEqual(seen.map((prompt) => (prompt.kind === 'flash' ? prompt.index : null)), [null, 0, 0, 1, 2, 2, null]);
});

test('every flash has two stills, each inside of it', () => {
  const times = flashTimes_s(lit);
  const stills = stillTimes_s(lit);
  assert.equal(stills.length, 6);
  stills.forEach((still, i) => {
    const flash = Math.floor(i / 2);
    assert.ok(still > times[flash] + 0.15 && still < times[flash + 1], `still ${i}`);
  });
});

test('digits are shown only while they are to be spoken', () => {
  const spoken = challengeOf({ digits: '4096', speech: { begin_s: 0.8, end_s: 5 } });
  assert.deepEqual(promptAt(spoken, 0.5), { kind: 'hold' });
  assert.deepEqual(promptAt(spoken, 2), { kind: 'speak', digits: '4096' });
  assert.deepEqual(promptAt(spoken, 5), { kind: 'hold' });
});

test('the recording is no shorter than asked for, nor than a silent one must be', () => {
  assert.ok(recording_s(acted) >= 6.8);
  assert.ok(recording_s(challengeOf({ duration_s: 0 })) >= 2);
});
