// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Flow, type Screen } from './flow.ts';
import type { Stage } from './perform.ts';
import {
  CameraTrouble, challengeOf, documentOf, Refusal, resultOf, sessionOf, TestCamera, TestClock, TestKeep, TestServer, Unreachable,
} from './testing.ts';

const nobody: Stage = { prompt: () => undefined, progress: () => undefined, paint: () => undefined };

function setUp() {
  const clock = new TestClock();
  const server = new TestServer();
  const camera = new TestCamera(clock);
  const keep = new TestKeep();
  const left: string[] = [];
  const flow = new Flow({ api: server, cameras: camera, keep, clock, isSecure: true, leave: (url) => left.push(url) });
  const seen: Screen['name'][] = [];
  flow.subscribe(() => {
    if (seen.at(-1) !== flow.screen.name) seen.push(flow.screen.name);
  });
  const trouble = () => (flow.screen.name === 'trouble' ? flow.screen.trouble : null);
  return { clock, server, camera, keep, left, flow, seen, trouble };
}

type Bench = ReturnType<typeof setUp>;

async function toCamera({ flow }: Bench) {
  await flow.load();
  await flow.begin();
}

async function throughAll(bench: Bench) {
  await toCamera(bench);
  await bench.flow.record(nobody);
}

const failing = (call: string, ...errors: Error[]) => (asked: string) => {
  if (asked !== call) return;
  const error = errors.shift();
  if (error) throw error;
};

test('a person who passes sees every step once', async () => {
  const bench = setUp();
  bench.server.verdicts = [resultOf({ state: 'in_progress' }), resultOf()];
  await throughAll(bench);
  assert.deepEqual(bench.seen, ['loading', 'welcome', 'aim', 'perform', 'upload', 'judging', 'done']);
  assert.deepEqual(bench.flow.screen, { name: 'done', passed: true });
  assert.equal(bench.server.claimed, 1);
  assert.equal(bench.camera.isOpen, false);
  assert.equal(bench.keep.kept, null);
});

test('what arrives is what was recorded, under its challenge', async () => {
  const bench = setUp();
  let uploaded = new Blob();
  const seal = bench.server.seal.bind(bench.server);
  bench.server.seal = async (manifest) => {
    uploaded = bench.server.parts.get('video')?.content ?? uploaded;
    return seal(manifest);
  };
  await throughAll(bench);
  assert.deepEqual(new Uint8Array(await uploaded.arrayBuffer()), bench.camera.video);
  assert.equal(bench.server.sealed?.challenge_id, 'c1');
  assert.equal(bench.server.sealed?.signature, 's1');
  assert.deepEqual(bench.server.sealed?.hints, {
    camera_labels: ['Front'], frame_rate_hz: 30, width_px: 960, height_px: 720, mirrored: false,
  });
});

test('who fails is not sent away without a word, nor with AutoSkip', async () => {
  const bench = setUp();
  bench.server.current = sessionOf({}, { skip_result: true, redirect_url: 'https://shop.example/?token=t' });
  bench.server.verdicts = [resultOf({ passed: false })];
  await throughAll(bench);
  assert.deepEqual(bench.flow.screen, { name: 'done', passed: false });
  assert.deepEqual(bench.left, []);
  bench.flow.leave();
  assert.deepEqual(bench.left, ['https://shop.example/?token=t']);
});

test('AutoSkip leaves at once after success', async () => {
  const bench = setUp();
  bench.server.current = sessionOf({}, { skip_result: true, redirect_url: 'https://shop.example/' });
  await throughAll(bench);
  assert.deepEqual(bench.left, ['https://shop.example/']);
});

test('without AutoSkip a person who passed leaves by a button', async () => {
  const bench = setUp();
  bench.server.current = sessionOf({}, { redirect_url: 'https://shop.example/' });
  await throughAll(bench);
  assert.deepEqual(bench.left, []);
});

test('a hint leads to another attempt', async () => {
  const bench = setUp();
  bench.server.verdicts = [resultOf({ state: 'challenged', passed: false, retry: true, hint: 'too_dark', attempts_left: 1 }), resultOf()];
  await throughAll(bench);
  assert.deepEqual(bench.flow.screen, { name: 'retry', hint: 'too_dark', attempts_left: 1 });
  await bench.flow.again();
  assert.equal(bench.flow.screen.name, 'aim');
  await bench.flow.record(nobody);
  assert.deepEqual(bench.flow.screen, { name: 'done', passed: true });
});

for (const device of ['camera', 'microphone'] as const) {
  for (const why of ['refused', 'missing', 'busy'] as const) {
    test(`${device} ${why} can be tried again and uses up nothing`, async () => {
      const bench = setUp();
      bench.server.current = sessionOf({ modes: ['silent', 'lip'] });
      bench.camera.trouble = new CameraTrouble(device, why);
      await toCamera(bench);
      assert.equal(bench.trouble(), `${device}_${why}`);
      assert.deepEqual(bench.server.asked, [], 'no challenge was drawn');
      bench.camera.trouble = null;
      await bench.flow.again();
      assert.equal(bench.flow.screen.name, 'aim');
      assert.equal(bench.camera.wantedSound, true);
    });
  }
}

test('who gives up says why', async () => {
  const bench = setUp();
  bench.camera.trouble = new CameraTrouble('camera', 'refused');
  await toCamera(bench);
  await bench.flow.giveUp();
  assert.equal(bench.server.ended, 'no_camera_permission');
  assert.equal(bench.trouble(), 'cancelled');
});

test('a camera that is lost is said to be busy', async () => {
  const bench = setUp();
  await toCamera(bench);
  bench.camera.lose();
  assert.equal(bench.trouble(), 'camera_busy');
  assert.equal(bench.camera.isOpen, false);
});

test('the microphone is asked for only where something is spoken', async () => {
  const bench = setUp();
  await toCamera(bench);
  assert.equal(bench.camera.wantedSound, false);
});

test('flashing light comes after a warning, and only if the person wants it', async () => {
  const lit = { flashes_begin_s: 0.8, flashes: [{ red: 255, green: 0, blue: 0, duration_ms: 500 }] };
  for (const may of [true, false]) {
    const bench = setUp();
    bench.server.current = sessionOf({ modes: ['silent', 'reflection'] });
    bench.server.next = challengeOf(may ? lit : {});
    await toCamera(bench);
    assert.equal(bench.flow.screen.name, 'flashes');
    assert.equal(bench.camera.isOpen, false);
    await bench.flow.decideFlashes(may);
    const painted: string[] = [];
    await bench.flow.record({ ...nobody, paint: (colour) => painted.push(colour) });
    assert.deepEqual(bench.server.asked, [may]);
    assert.equal(painted.includes('rgb(255, 0, 0)'), may);
    assert.equal(bench.server.sealed?.stills?.length, may ? 2 : undefined);
    assert.equal(bench.server.sealed?.flash_shown_at_s?.length, may ? 1 : undefined);
  }
});

test('where nothing may take the place of the colours the person can think again', async () => {
  const bench = setUp();
  bench.server.current = sessionOf({ modes: ['silent', 'reflection'] });
  bench.server.fail = failing('challenge', new Refusal(501, 'unsupported', null));
  await toCamera(bench);
  await bench.flow.decideFlashes(false);
  await bench.flow.record(nobody);
  assert.equal(bench.trouble(), 'needs_flashes');
  await bench.flow.again();
  assert.equal(bench.flow.screen.name, 'flashes');
});

test('a browser that cannot record under the colours is told that it is too old', async () => {
  const bench = setUp();
  bench.camera.canRecord = false;
  bench.server.current = sessionOf({ modes: ['silent', 'reflection'] });
  bench.server.fail = failing('challenge', new Refusal(501, 'unsupported', null));
  await toCamera(bench);
  assert.equal(bench.trouble(), 'unsupported');
  await bench.flow.giveUp();
  assert.equal(bench.server.ended, 'unsupported_browser');
});

test('a machine too slow for the colours does not answer the challenge', async () => {
  const bench = setUp();
  bench.server.current = sessionOf({ modes: ['silent', 'reflection'] });
  bench.server.next = challengeOf({
    flashes_begin_s: 0.8, flashes: [400, 400].map((duration_ms) => ({ red: 0, green: 0, blue: 255, duration_ms })),
  });
  bench.clock.frame_ms = 900;
  await toCamera(bench);
  await bench.flow.decideFlashes(true);
  await bench.flow.record(nobody);
  assert.equal(bench.flow.screen.name, 'aim');
  assert.equal(bench.camera.dropped, 1);
  assert.equal(bench.server.sealed, null);
});

test('a hidden page does not count as an attempt', async () => {
  const bench = setUp();
  await toCamera(bench);
  let frames = 0;
  const frame = bench.clock.frame;
  bench.clock.frame = async () => {
    frames += 1;
    if (frames === 10) bench.flow.interrupt();
    return frame();
  };
  await bench.flow.record(nobody);
  assert.deepEqual({ ...bench.flow.screen, view: null }, { name: 'aim', view: null, state: 'interrupted' });
  assert.equal(bench.server.chunks.length, 0);
  await bench.flow.record(nobody);
  assert.equal(bench.flow.screen.name, 'done');
});

test('back leaves the camera and closes it', async () => {
  const bench = setUp();
  await toCamera(bench);
  assert.equal(bench.flow.back(), true);
  assert.equal(bench.flow.screen.name, 'welcome');
  assert.equal(bench.camera.isOpen, false);
  assert.equal(bench.flow.back(), false);
});

test('without a recorder the person films with the camera program', async () => {
  const bench = setUp();
  bench.camera.canRecord = false;
  bench.server.current = sessionOf({ modes: ['silent', 'reflection'] });
  await toCamera(bench);
  assert.equal(bench.flow.screen.name, 'film');
  assert.deepEqual(bench.server.asked, [false], 'it cannot flash');
  await bench.flow.useFile(new Blob([bench.camera.video]));
  assert.equal(bench.flow.screen.name, 'done');
});

test('a cut connection goes on where it ended, also when only the answer was lost', async () => {
  const bench = setUp();
  let calls = 0;
  bench.server.fail = (call) => {
    if (call === 'upload' && [2, 3, 6].includes(++calls)) throw new Unreachable();
  };
  const waiting: boolean[] = [];
  bench.flow.subscribe(() => {
    if (bench.flow.screen.name === 'upload') waiting.push(bench.flow.screen.progress.waiting);
  });
  await throughAll(bench);
  assert.equal(bench.flow.screen.name, 'done');
  assert.ok(waiting.includes(true));
  const offsets = bench.server.chunks.map(({ offset }) => offset);
  assert.deepEqual(offsets, [...new Set(offsets)], 'nothing was taken twice');
  assert.equal(bench.server.chunks.reduce((sum, { content }) => sum + content.size, 0), bench.camera.video.length);
});

test('a busy server is asked again when it says so', async () => {
  const bench = setUp();
  bench.server.fail = failing('seal', new Refusal(503, 'overloaded', 7000));
  await throughAll(bench);
  assert.equal(bench.flow.screen.name, 'done');
  assert.ok(bench.clock.time_ms > 7000);
});

test('a connection that stays away is said once the challenge is over', async () => {
  const bench = setUp();
  bench.server.fail = (call) => {
    if (call === 'upload') throw new Unreachable();
  };
  await throughAll(bench);
  assert.equal(bench.trouble(), 'offline');
  assert.ok(bench.clock.time_ms >= 120_000);
});

test('a reload in mid-upload goes on with the same recording', async () => {
  const first = setUp();
  first.server.fail = (call) => {
    if (call === 'upload' && first.server.chunks.length >= 2) throw new Error('the page is gone');
  };
  await assert.rejects(throughAll(first), /the page is gone/);
  first.server.fail = () => undefined;
  const before = first.server.chunks.length;
  const again = new Flow({
    api: first.server, cameras: first.camera, keep: first.keep, clock: first.clock, isSecure: true, leave: () => undefined,
  });
  await again.load();
  assert.deepEqual(again.screen, { name: 'done', passed: true });
  assert.ok(first.server.chunks.length > before);
  assert.equal(first.server.chunks.reduce((sum, { content }) => sum + content.size, 0), first.camera.video.length);
});

test('a recording kept from a challenge that is over is forgotten', async () => {
  const bench = setUp();
  bench.server.current = sessionOf({ state: 'challenged', claimed: true });
  bench.keep.kept = {
    challenge: challengeOf({ expires_at: '2026-11-26T00:00:00Z' }), pieces: [], manifest: { challenge_id: '', signature: '', hints: { mirrored: false } },
  };
  await bench.flow.load();
  assert.deepEqual(bench.flow.screen, { name: 'welcome', resumed: true });
  assert.equal(bench.keep.kept, null);
});

test('a reload while it is judged waits for the verdict, and one after it shows it', async () => {
  for (const state of ['in_progress', 'decided'] as const) {
    const bench = setUp();
    bench.server.current = sessionOf({ state, claimed: true });
    await bench.flow.load();
    assert.deepEqual(bench.flow.screen, { name: 'done', passed: true });
  }
});

test('another tab that sealed first leads both to the verdict', async () => {
  const bench = setUp();
  bench.server.fail = (call) => {
    if (call === 'seal') bench.server.current = { ...bench.server.current, state: 'in_progress' };
  };
  await throughAll(bench);
  assert.equal(bench.flow.screen.name, 'done');
});

test('another recording in the way is said, and passes', async () => {
  const bench = setUp();
  bench.server.fail = failing('upload', new Refusal(409, 'conflict', null));
  await throughAll(bench);
  assert.equal(bench.trouble(), 'upload_stuck');
  await bench.flow.again();
  assert.equal(bench.flow.screen.name, 'welcome');
});

test('a challenge that ran out during the upload costs only the attempt', async () => {
  const bench = setUp();
  bench.server.fail = failing('upload', new Refusal(410, 'expired', null));
  await throughAll(bench);
  assert.equal(bench.flow.screen.name, 'retry');
});

const ENDS: [string, number, string][] = [
  ['unknown_token', 404, 'not_found'], ['expired', 410, 'expired'], ['not_now', 403, 'forbidden'], ['offline', 503, 'overloaded'],
];
for (const [name, status, code] of ENDS) {
  test(`${status} at the beginning is ${name}`, async () => {
    const bench = setUp();
    bench.server.fail = failing('session', new Refusal(status, code, null));
    await bench.flow.load();
    assert.equal(bench.trouble(), name);
  });
}

for (const state of ['expired', 'cancelled'] as const) {
  test(`a session that is ${state} is over`, async () => {
    const bench = setUp();
    bench.server.current = sessionOf({ state });
    await bench.flow.load();
    assert.equal(bench.trouble(), state);
  });
}

test('a verdict that does not come is nobody’s expired link', async () => {
  const bench = setUp();
  await toCamera(bench);
  bench.server.verdicts = [resultOf({ state: 'expired', passed: false })];
  await bench.flow.record(nobody);
  assert.equal(bench.trouble(), 'not_now');
});

test('a session of another device says so, at once and at the beginning', async () => {
  for (const claimed of [true, false]) {
    const bench = setUp();
    bench.server.current = sessionOf({ claimed });
    bench.server.fail = (call) => {
      if (call === 'claim') throw new Refusal(409, 'conflict', null);
    };
    await bench.flow.load();
    await bench.flow.begin();
    assert.equal(bench.trouble(), 'elsewhere');
  }
});

test('no connection at the beginning can be tried again', async () => {
  const bench = setUp();
  bench.server.fail = failing('session', new Unreachable());
  await bench.flow.load();
  assert.equal(bench.trouble(), 'offline');
  await bench.flow.again();
  assert.equal(bench.flow.screen.name, 'welcome');
});

test('a customer may skip the first page', async () => {
  const bench = setUp();
  bench.server.current = sessionOf({}, { skip_start: true });
  await bench.flow.load();
  assert.equal(bench.flow.screen.name, 'aim');
});

test('the page that only shows a code follows the phone and claims nothing', async () => {
  const bench = setUp();
  bench.server.current = sessionOf({}, { redirect_url: 'https://shop.example/' });
  await bench.flow.load();
  let asked = 0;
  bench.server.fail = (call) => {
    if (call !== 'session') return;
    asked += 1;
    if (asked === 2) bench.server.current = { ...bench.server.current, claimed: true, state: 'challenged' };
    if (asked === 4) bench.server.current = { ...bench.server.current, state: 'decided' };
  };
  await bench.flow.follow();
  assert.equal(bench.server.claimed, 0);
  assert.equal(bench.flow.screen.name, 'follow');
  assert.deepEqual(bench.left, ['https://shop.example/']);
});

const owing = (next: 'front' | 'back' | 'confirmation' | 'nothing') =>
  resultOf({ state: 'created', passed: false, document: { next, fault: null, pictures_left: 5 } });
const card = { types: [], sides: ['front' as const, 'back' as const], may_edit: true };

test('a document is shown before the face, side by side, and looked over', async () => {
  const bench = setUp();
  const { flow, server } = bench;
  server.current = sessionOf({ document: card });
  server.verdicts = [owing('front'), owing('nothing'), resultOf()];
  server.answers = [documentOf('back'), documentOf('confirmation', { fields: { full_name: 'ANNA', sex: 'F' } })];
  await toCamera(bench);
  assert.deepEqual(flow.screen, { name: 'document', side: 'front', fault: null, pictures_left: 5 });
  assert.deepEqual(server.asked, [], 'no challenge while a document is owed');
  await flow.useDocument(new Blob(['front']));
  assert.deepEqual(flow.screen, { name: 'document', side: 'back', fault: null, pictures_left: 3 });
  await flow.useDocument(new Blob(['back']));
  assert.deepEqual(flow.screen, { name: 'confirm', fields: { full_name: 'ANNA', sex: 'F' } });
  assert.deepEqual(server.pictures, [['front', 'front'], ['back', 'back']]);
  await flow.confirm({ full_name: 'HANNA' });
  assert.deepEqual(server.corrected, { full_name: 'HANNA' });
  assert.equal(flow.screen.name, 'aim');
  await flow.record(nobody);
  assert.deepEqual(flow.screen, { name: 'done', passed: true });
});

test('a picture that is not what was asked for says why and is asked again', async () => {
  const bench = setUp();
  const { flow, server } = bench;
  server.current = sessionOf({ document: card });
  server.verdicts = [owing('front')];
  server.answers = [documentOf('front', { fault: 'other_type' })];
  await toCamera(bench);
  await flow.useDocument(new Blob(['x']));
  assert.deepEqual(flow.screen, { name: 'document', side: 'front', fault: 'other_type', pictures_left: 3 });
  server.fail = failing('document', new Refusal(422, 'image_undecodable', null));
  await flow.useDocument(new Blob(['x']));
  assert.deepEqual(flow.screen, { name: 'document', side: 'front', fault: 'unreadable', pictures_left: 3 });
});

test('a document before the camera, back from it, and its photo', async () => {
  const { flow, server, camera } = setUp();
  server.current = sessionOf({ document: card });
  server.verdicts = [owing('front')];
  server.answers = [documentOf('back')];
  await flow.load();
  await flow.begin();
  await flow.openCard();
  assert.equal(flow.screen.name, 'card');
  assert.ok(flow.back());
  assert.deepEqual(flow.screen, { name: 'document', side: 'front', fault: null, pictures_left: 5 });
  assert.equal(camera.isOpen, false);
  await flow.openCard();
  await flow.useDocument(new Blob(['live']));
  assert.deepEqual(server.pictures, [['front', 'live']]);
  assert.equal(camera.isOpen, false);
  assert.equal(flow.screen.name, 'document');
});

test('a document without a camera, or with one that is lost, is a file', async () => {
  const { flow, server, camera } = setUp();
  server.current = sessionOf({ document: card });
  server.verdicts = [owing('front')];
  await flow.load();
  await flow.begin();
  await flow.openCard();
  camera.lose();
  assert.equal(flow.screen.name, 'document');
  assert.equal(flow.cardTrouble?.why, 'busy');
  await flow.openCard();
  assert.equal(flow.screen.name, 'document');

  const refused = setUp();
  refused.server.current = sessionOf({ document: card });
  refused.server.verdicts = [owing('front')];
  refused.camera.trouble = new CameraTrouble('camera', 'refused');
  await refused.flow.load();
  await refused.flow.begin();
  assert.ok(refused.flow.canShowCard);
  await refused.flow.openCard();
  assert.equal(refused.flow.screen.name, 'document');
  assert.ok(!refused.flow.canShowCard);
});

test('the last picture may decide, and a document may be all', async () => {
  const refused = setUp();
  refused.server.current = sessionOf({ document: card });
  refused.server.verdicts = [owing('front')];
  refused.server.answers = [documentOf('result', { fault: 'not_found', session: resultOf({ passed: false }) })];
  await toCamera(refused);
  await refused.flow.useDocument(new Blob(['x']));
  assert.deepEqual(refused.flow.screen, { name: 'done', passed: false });

  const alone = setUp();
  alone.server.current = sessionOf({ document: card, liveness: false, compare: false });
  alone.server.verdicts = [owing('front')];
  alone.server.answers = [documentOf('result', { session: resultOf() })];
  await toCamera(alone);
  await alone.flow.useDocument(new Blob(['x']));
  assert.deepEqual(alone.flow.screen, { name: 'done', passed: true });
  assert.deepEqual(alone.server.asked, []);
  assert.equal(alone.camera.wantedSound, null, 'no camera was opened');
});

test('a server that reads no documents is not taken for one without colours', async () => {
  const bench = setUp();
  bench.server.current = sessionOf({ document: card });
  bench.server.verdicts = [owing('front')];
  bench.server.fail = failing('document', new Refusal(501, 'unsupported', null));
  await toCamera(bench);
  await bench.flow.useDocument(new Blob(['x']));
  assert.equal(bench.trouble(), 'not_now');
});

test('after a reload the front is shown again where it was to be looked over', async () => {
  const bench = setUp();
  bench.server.current = sessionOf({ state: 'challenged', document: card });
  bench.server.verdicts = [owing('confirmation')];
  await bench.flow.load();
  await bench.flow.begin();
  assert.deepEqual(bench.flow.screen, { name: 'document', side: 'front', fault: null, pictures_left: 5 });
});
