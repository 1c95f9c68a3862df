// SPDX-License-Identifier: Apache-2.0
// What the page sees of the person before the camera: its networks, its hints, that it begins by itself, that it does
// without where it must, and how much and how fast it is.
//   taskset -c 0 … guide_test.mjs speed   prints how many pictures a second one core manages
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { adviceOn, count, read } from './hints.mjs';
import { browse, BUILD, check, ROOT, standIn, sum, test } from './kit.mjs';

const media = (name) => path.join(BUILD, 'tests/page-media', name);
const DIST = path.join(BUILD, 'release/web/dist');
const asset = (name) => fs.readdirSync(path.join(DIST, 'assets')).find((file) => file.startsWith(name));

// CI has no time for these: tests/web/run.sh on a machine of one's own runs them.
const longer = process.env.CI === 'true' ? async () => undefined : test;

const FACES = [['obama.jpg', 485, 279, 274], ['talking.jpg', 256, 219, 149], ['astronaut.png', 227, 129, 94]]
  .map(([file, x, y, width]) => ({ picture: read(path.join(BUILD, 'fixtures', file)), x, y, width }));

await test('guide: each hint comes where it should, and nowhere else', async () => {
  for (const { name, right, all, others } of count(FACES)) check(name, right === all, others);
});

/** Pictures of a drawn head of two seconds, 20 a second. */
function drawn(portrait, actions) {
  const [width, height] = [480, 640];
  const words = ['--portrait', portrait, '--size', `${width}x${height}`, '--rate', '20', '--seed', '3', '--seconds', '2', '--actions', actions];
  const bytes = execFileSync(path.join(BUILD, 'release/portrait_clip'), words, { cwd: ROOT, maxBuffer: 1e9 });
  return (i) => {
    const bgr = bytes.subarray(3 * width * height * i, 3 * width * height * (i + 1));
    const picture = { width, height, rgb: bgr.map((_, at) => bgr[at - (at % 3) + 2 - (at % 3)]) };
    return { portraits: [{ picture, scale: 1, x: 0, y: 0, fromX: 0, fromY: 0 }] };
  };
}

const TURNED_AT = 18; // of 40, for actions that begin at 0.5 s
const OBAMA = path.join(BUILD, 'fixtures/obama.jpg');

await longer('guide: a head that turns to its side, one way or the other, is to look straight', async () => {
  for (const action of ['turn_left', 'turn_right']) {
    const clip = drawn(OBAMA, `${action}@0.5`);
    const seen = [4, TURNED_AT].map((i) => adviceOn(() => clip(i)));
    check(action, seen.join() === 'good,straight', seen);
  }
});

await longer('guide: eyes that shut are told, eyes that blink are not', async () => {
  const clip = drawn(OBAMA, 'blink@1.6');
  const [open, shut] = [28, 36].map(clip);
  const seen = (from, to) => adviceOn((i) => (i >= from && i < to ? shut : open), 24);
  check('open', seen(24, 24) === 'good', seen(24, 24));
  check('shut for half a second', seen(14, 24) === 'eyes', seen(14, 24));
  check('a blink, just now', seen(19, 23) === 'good', seen(19, 23));
});

const session = {
  state: 'created', modes: ['silent'], compare: true, attempts_left: 3, start_by: '', end_by: '', claimed: false,
  liveness: true, document: null, customer: { name: null, logo: null, texts: {} },
  page: { language: null, theme_colour: null, skip_consent: false, skip_start: false, skip_result: false, redirect_url: null },
};

/** The camera's screen; how often a challenge was asked for is counted in `asked`. */
async function aim(browser) {
  const place = await standIn(DIST, {
    'GET ': () => [200, session], 'POST /claim': () => [204], 'POST /challenge': () => (page.asked += 1, [503, { code: 'unavailable' }]),
  });
  const page = await browser.newPage();
  page.asked = 0;
  page.faults = [];
  page.on('pageerror', (error) => page.faults.push(error.message));
  page.on('console', (message) => message.type() === 'error' && /Content.Security/i.test(message.text()) && page.faults.push(message.text()));
  await page.goto(`${place.url}&lang=en`);
  await page.getByRole('button', { name: 'Start' }).click();
  await page.getByRole('heading', { name: 'Place your face in the oval' }).waitFor();
  return page;
}

const until = async (page, holds) => {
  for (let tries = 0; tries < 150 && !holds(); tries += 1) await page.waitForTimeout(100);
  return holds();
};

await test('guide: with a face in the oval it begins by itself', async () => {
  const page = await aim(await browse({ video: media('placed.mjpeg'), guided: true }));
  check('a challenge is asked for', await until(page, () => page.asked > 0));
  check('nothing was thrown, the policy was kept', page.faults.length === 0, page.faults);
});

await test('guide: without SIMD it begins by itself as well', async () => {
  const browser = await browse({ video: media('placed.mjpeg'), guided: true });
  await browser.addInitScript('WebAssembly.validate = () => false;');
  const page = await aim(browser);
  check('a challenge is asked for', await until(page, () => page.asked > 0));
});

await test('guide: with a face too far away it says so, politely, and waits', async () => {
  const page = await aim(await browse({ video: media('far.mjpeg'), guided: true }));
  await page.evaluate(() => {
    window.said = [];
    new MutationObserver(() => window.said.push([performance.now(), document.querySelector('[role=status]').textContent]))
      .observe(document.querySelector('.actions'), { subtree: true, childList: true, characterData: true });
  });
  await page.getByRole('status').filter({ hasText: 'Come a little closer' }).waitFor();
  await page.waitForTimeout(2000);
  const said = await page.evaluate(() => window.said);
  check('it does not begin', page.asked === 0);
  check('one announcement at a time', said.every(([time_ms], i) => i === 0 || time_ms - said[i - 1][0] >= 1400), said);
  await page.getByRole('button', { name: 'I’m ready' }).click();
  check('but may be told to', await until(page, () => page.asked > 0));
});

const LACKING = {
  'WebAssembly': 'delete window.WebAssembly;',
  'its code': 'for (const way of ["instantiate", "instantiateStreaming"]) WebAssembly[way] = () => Promise.reject(new WebAssembly.CompileError("no"));',
  'the networks': 'const all = window.fetch; window.fetch = (url, init) => (/\\.bin$/.test(url) ? Promise.reject(new TypeError()) : all(url, init));',
};
for (const [what, script] of Object.entries(LACKING)) {
  await (what === 'its code' ? longer : test)(`guide: without ${what} the page works as ever`, async () => {
    const browser = await browse({ video: media('placed.mjpeg'), guided: true });
    await browser.addInitScript(script);
    const page = await aim(browser);
    await page.waitForTimeout(what === 'the networks' ? 2000 : 1000);
    check('it does not begin by itself', page.asked === 0);
    check('it says what to do', /Hold the device at eye level/.test(await page.getByRole('status').textContent()));
    await page.getByRole('button', { name: 'I’m ready' }).click();
    check('the button begins', await until(page, () => page.asked > 0));
    check('nothing was thrown', page.faults.length === 0, page.faults);
  });
}

await test('guide: all of it is 1.8 MB at most as it is sent', async () => {
  // A row of the server's table: name, type, tag, then place and length of the plain, gzip and Brotli forms.
  const rows = fs.readFileSync(path.join(BUILD, 'release/web/page_files.cpp'), 'utf8').matchAll(/\{"([^"]+)", .*?, (\d+)\}, \{.*?, (\d+)\}, \{.*?, (\d+)\}\}/g);
  const sizes = [...rows].map(([, name, plain, , brotli]) => [name, Number(brotli) || Number(plain)]);
  const sizeOf = (pattern) => sizes.filter(([name]) => pattern.test(name)).reduce((all, [, size]) => all + size, 0);
  const [first, later] = [sizeOf(/guide-|simd|facemesh-detection/), sizeOf(/facemesh-(?!detection)/)];
  const all = first + later + sizeOf(/index|\/en-|code-/);
  console.log(`    ${first} bytes for the first hints, ${later} for eyes and turning, ${all} with the page`);
  check('all', first > 100_000 && later > 500_000 && all < 1_800_000, all);
});

await longer('guide: speed', async () => {
  const browser = await browse({ video: media('far.mjpeg'), guided: true });
  const page = await browser.newPage();
  await page.goto((await standIn(DIST, { 'GET ': () => [200, session] })).url);
  const seen = await page.evaluate(async (url) => {
    const { Guide } = await import(url);
    const guide = await Guide.load();
    while (!guide.isComplete) await new Promise((done) => setTimeout(done, 50));
    const video = document.createElement('video');
    video.srcObject = await navigator.mediaDevices.getUserMedia({ video: { width: { ideal: 960 }, height: { ideal: 720 } } });
    await video.play();
    const times = [];
    const stop = guide.watch(video, ({ features }) => features && times.push(performance.now()));
    await new Promise((done) => setTimeout(done, 3000));
    stop();
    return times;
  }, `/reflect/assets/${asset('guide-')}`);
  const rate_hz = (seen.length - 1) / ((seen.at(-1) - seen[0]) / 1000);
  console.log(`    ${rate_hz.toFixed(1)} pictures a second, detector and mesh, of a camera of 480×640`);
  check('it looks at all', rate_hz > 0.5, rate_hz); // other programs share the cores
});

await sum();
