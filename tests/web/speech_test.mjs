// SPDX-License-Identifier: Apache-2.0
// Spoken digits: a drawn head that says what the page shows, when it shows it, with a voice and lips of one piece, before a
// real browser and a real server. Half a minute each; needs a machine that does nothing else.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { browse, BUILD, check, ROOT, sum, test } from './kit.mjs';
import { merchantOf, startServer } from './merchant.mjs';
import { answer, press, title, visitorOf } from './visit.mjs';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'selfsame-speech-'));
process.once('exit', () => fs.rmSync(folder, { recursive: true, force: true }));
const PORTRAIT = path.join(BUILD, 'fixtures/biden.jpg');
const PHOTO = fs.readFileSync(PORTRAIT);
const [SIZE, RATE_HZ] = ['480x640', 20]; // the rig's rate
const PROMPT_S = 0.5; // from the digits to the person's beginning
const WORDS = ['zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine'];
const PLAIN = /^[01234579]+$/; // espeak-ng's six and eight are misheard as a rule
const [DRAWS, TRIES] = [40, 6];

const server = await startServer();
const merchant = merchantOf(server);
const { openWithRig } = visitorOf(server);
const ffmpeg = (...words) => execFileSync('ffmpeg', ['-nostdin', '-v', 'error', '-y', ...words]);

/** The clip and the sound of somebody who says these digits as tests/native/answers.py does; `lips`: they move. */
function film(name, { digits, speech, duration_s }, seed, { lips = true } = {}) {
  const [voice, sound, clip] = ['voice.wav', `${name}.wav`, `${name}.mjpeg`].map((file) => path.join(folder, file));
  execFileSync('espeak-ng', ['-v', 'en-us', '-s', '130', '-w', voice, [...digits].map((digit) => WORDS[digit]).join(', ')]);
  ffmpeg('-i', voice, '-af', `adelay=${1000 * (speech.begin_s + PROMPT_S)},apad=whole_dur=${duration_s}`, sound);
  const frames = execFileSync(path.join(BUILD, 'release/portrait_clip'), [
    '--portrait', PORTRAIT, '--size', SIZE, '--rate', RATE_HZ, '--seed', seed, '--seconds', duration_s, '--face', 0.5,
    ...(lips ? ['--mouth-from', sound] : []),
  ].map(String), { cwd: ROOT, maxBuffer: 1e9 });
  execFileSync('ffmpeg', [
    '-nostdin', '-v', 'error', '-y', '-f', 'rawvideo', '-pixel_format', 'bgr24', '-video_size', SIZE, '-framerate', `${RATE_HZ}`,
    '-i', '-', '-vf', 'scale=360:480', '-pix_fmt', 'yuvj420p', '-c:v', 'mjpeg', '-q:v', '2', '-f', 'mjpeg', clip,
  ], { input: frames });
}

/** A person at the camera's screen, and the digits that they will be shown: the page is given the same challenge again. */
async function asked(suits) {
  const browser = await browse();
  for (let draw = 0; draw < DRAWS; draw += 1) {
    const made = await merchant.open(PHOTO, { modes: ['lip'], attempts_max: 1 });
    const page = await openWithRig(browser, made.url, { speaks: true }, folder);
    await press(page, 'Start');
    await title(page, 'Place your face in the oval');
    const challenge = await page.evaluate(async () => {
      const token = new URLSearchParams(location.search).get('token');
      const init = { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: '{"mirrored":false,"can_flash":true}' };
      return (await fetch(`/v1/sessions/${token}/challenge`, init)).json();
    });
    if (suits(challenge.digits)) return { page, challenge, id: made.id };
    await page.close();
  }
  throw new Error('no such digits were drawn');
}

/** They say what film() made; the outcome. */
async function said(name, { page, challenge, id }, aloud = true) {
  await page.evaluate((words) => window.rigSpeaks(...words), [name, challenge.speech.begin_s, aloud]);
  const end = await answer(page);
  const { outcome, passed } = await merchant.show(id);
  check('the page says what the server found', passed === (end === 'Done. It’s you!'), { end, outcome });
  check('nothing was thrown', page.faults.length === 0, page.faults);
  return outcome;
}

/** As often as the voice itself is misheard, with other digits; the outcomes, and the challenge of the last. */
async function heard(how) {
  const outcomes = [];
  for (let seed = 1001; ; seed += 1) {
    const person = await asked((digits) => PLAIN.test(digits));
    film('person', person.challenge, seed, how);
    outcomes.push(await said('person', person));
    if (outcomes.at(-1) === 'speech_not_recognised' && outcomes.length < TRIES) continue;
    console.log(`    ${outcomes.join(', ')}`);
    return { outcome: outcomes.at(-1), challenge: person.challenge };
  }
}

await test('speech: the right digits over lips at rest do not pass', async () => {
  const { outcome } = await heard({ lips: false });
  check('lips', outcome === 'lips_still', outcome);
});

let right = null; // the challenge whose film passed

await test('speech: who says the digits that the page shows passes', async () => {
  const { outcome, challenge } = await heard({ lips: true });
  if (check('one of them passed', outcome === 'match', outcome)) right = challenge;
});

await test('speech: the same voice and lips for other digits do not', async () => {
  const outcome = await said('person', await asked((digits) => [...digits].filter((digit, i) => digit !== right.digits[i]).length >= 2));
  check('other digits', outcome === 'speech_not_recognised', outcome);
});

await test('speech: the same lips without a sound do not', async () => {
  const outcome = await said('person', await asked(() => true), false);
  check('no sound', outcome === 'speech_no_sound', outcome);
});

check('no token is in the log', !/token=[A-Za-z0-9-]{30}/.test(server.said()), 'the server\'s log holds one');
await server.stop();
await sum();
