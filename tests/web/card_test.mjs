// SPDX-License-Identifier: Apache-2.0
// A document before the camera: the photo is taken by itself only once it is complete, sharp and still; at once when the
// person says so; and a file does where there is no camera.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { CARD_SHAPE, frameIn } from '../../web/src/card_view.ts';
import { read } from './hints.mjs';
import { browse, BUILD, check, ROOT, standIn, sum, test } from './kit.mjs';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'selfsame-card-'));
process.once('exit', () => fs.rmSync(folder, { recursive: true, force: true }));
execFileSync('/usr/bin/python3', [
  '-B', path.join(ROOT, 'tests/documents/generate.py'), '--types', 'PhilippinesDrivingLicense', '--count', '1', '--seed', '7', '--flat', folder,
]);
const card = path.join(folder, fs.readdirSync(folder).find((name) => name.endsWith('.jpg')));

const [WIDTH, HEIGHT] = [1920, 1080];
const OUTSIDE_S = 2.5; // partly outside the picture so long,
const BLURRED_S = 5; // in its place but blurred until then,
const END_S = 12; // then as it should be
/** A camera's file: the card on a desk; paper is not as white as a file. */
function film(to) {
  const frame = frameIn(WIDTH, HEIGHT, CARD_SHAPE);
  const [wide, high] = [0.96 * frame.width, 0.96 * frame.height].map(Math.round);
  const [x, y] = [(WIDTH - wide) / 2, (HEIGHT - high) / 2].map(Math.round);
  const when = (from, until) => `enable='gte(t,${from})*lt(t,${until})'`;
  execFileSync('ffmpeg', [
    '-nostdin', '-v', 'error', '-f', 'lavfi', '-i', `color=c=0x3c4640:s=${WIDTH}x${HEIGHT}:r=10:d=${END_S}`, '-i', card,
    '-filter_complex', `[1]scale=${wide}:${high},lutrgb=r=val*0.9:g=val*0.9:b=val*0.9,split=3[a][b][c];[b]gblur=sigma=7[blurred];[0][a]overlay=${x + Math.round(0.35 * wide)}:${y}:${when(0, OUTSIDE_S)}[d];`
      + `[d][blurred]overlay=${x}:${y}:${when(OUTSIDE_S, BLURRED_S)}[e];[e][c]overlay=${x}:${y}:${when(BLURRED_S, END_S)}`,
    '-pix_fmt', 'yuvj420p', '-c:v', 'mjpeg', '-q:v', '3', '-f', 'mjpeg', to,
  ]);
  return to;
}
const video = film(path.join(folder, 'desk.mjpeg'));
const at = (seconds) => {
  const to = path.join(folder, `at-${seconds}.png`);
  execFileSync('ffmpeg', ['-nostdin', '-v', 'error', '-y', '-framerate', '10', '-i', video, '-vf', `select=eq(n\\,${10 * seconds})`, '-frames:v', '1', to]);
  return read(to);
};
const PHASES = { outside: at(1), blurred: at(4), good: at(8) };

/** Which phase of the film a photo is of. */
function phaseOf(photo) {
  const file = path.join(folder, 'photo.jpg');
  fs.writeFileSync(file, photo);
  const { width, height, rgb } = read(file);
  if (width !== WIDTH || height !== HEIGHT) return `${width}×${height}`;
  const differences = Object.entries(PHASES).map(([name, phase]) => {
    let sum_ = 0;
    for (let i = 0; i < rgb.length; i += 7) sum_ += Math.abs(rgb[i] - phase.rgb[i]);
    return [sum_, name];
  });
  return differences.sort(([a], [b]) => a - b)[0][1];
}

const session = {
  state: 'created', modes: ['silent'], compare: true, attempts_left: 3, start_by: '', end_by: '', claimed: false,
  liveness: true, document: { types: ['PhilippinesDrivingLicense'], sides: ['front'], may_edit: true }, customer: { name: null, logo: null, texts: {} },
  page: { language: null, theme_colour: null, skip_consent: false, skip_start: false, skip_result: false, redirect_url: null },
};
const result = { state: 'created', passed: false, retry: false, hint: null, attempts_left: 3, document: { next: 'front', fault: null, pictures_left: 3 } };

async function open(browser) {
  const page = await browser.newPage();
  page.photos = [];
  page.faults = [];
  page.on('pageerror', (error) => page.faults.push(error.message));
  const place = await standIn(path.join(BUILD, 'release/web/dist'), {
    'GET ': () => [200, session], 'POST /claim': () => [204], 'GET /result': () => [200, result],
    'POST /document': (_, photo) => {
      page.photos.push(photo);
      return [200, { taken: true, fault: null, next: 'confirmation', fields: { full_name: 'A' }, warnings: [], session: result }];
    },
  });
  await page.goto(`${place.url}&lang=en`);
  await page.getByRole('button', { name: 'Start' }).click();
  return page;
}

const read_ = (page) => page.getByRole('heading', { name: 'Is this right?' }).waitFor({ timeout: 60_000 });

await test('card: the photo is taken by itself, once the document is complete, sharp and still', async () => {
  const page = await open(await browse({ video }));
  await page.getByRole('button', { name: 'Take a photo' }).click();
  await page.getByRole('status').filter({ hasText: 'Fit the whole document' }).waitFor();
  const began_ms = performance.now();
  await read_(page);
  console.log(`    after ${((performance.now() - began_ms) / 1000).toFixed(1)} s`);
  check('one photo', page.photos.length === 1, page.photos.length);
  check('of the good part, with all of the camera\'s pixels', phaseOf(page.photos[0]) === 'good', phaseOf(page.photos[0]));
  check('nothing was thrown', page.faults.length === 0, page.faults);
});

await test('card: the person may take it at any time', async () => {
  const page = await open(await browse({ video }));
  await page.getByRole('button', { name: 'Take a photo' }).click();
  await page.getByRole('status').filter({ hasText: 'Fit the whole document' }).waitFor();
  await page.getByRole('button', { name: 'Take the photo now' }).click();
  await read_(page);
  check('at once', phaseOf(page.photos[0]) === 'outside', phaseOf(page.photos[0]));
});

await test('card: a refused camera leaves the file', async () => {
  const page = await open(await browse({ may: false }));
  await page.getByRole('button', { name: 'Take a photo' }).click();
  await page.getByText('The camera is blocked').waitFor();
  check('no second way to the camera', (await page.getByRole('button', { name: 'Choose a photo instead' }).count()) === 0);
  await page.setInputFiles('input[type=file]', card);
  await read_(page);
  check('its bytes', page.photos[0].equals(fs.readFileSync(card)));
});

await sum();
