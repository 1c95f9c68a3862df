// SPDX-License-Identifier: Apache-2.0
// The reflection rig itself (rig.js): which light the person before the canvas camera gets from what a page paints.
// It proves nothing of a real screen, camera or skin: the light is drawn by one model of ours.
import path from 'node:path';
import { browse, check, sum, test } from './kit.mjs';

const BLANK = { contentType: 'text/html', body: '<!doctype html><body style="margin:0;height:100vh;background:rgb(0,0,0)">' };
const SETTLED_MS = 700;

/** Runs in the page: a JPEG of a grey picture with another grey in its middle, as base64. */
function drawn([around, middle]) {
  const canvas = Object.assign(document.createElement('canvas'), { width: 360, height: 480 });
  const context = canvas.getContext('2d');
  context.fillStyle = `rgb(${around}, ${around}, ${around})`;
  context.fillRect(0, 0, 360, 480);
  context.fillStyle = `rgb(${middle}, ${middle}, ${middle})`;
  context.fillRect(90, 120, 180, 240);
  return canvas.toDataURL('image/jpeg', 0.95).split(',')[1];
}
// The person in the dark, and what a white screen adds to them (rig.js takes a quarter of it).
const CLIPS = { dark: [60, 100], still: [60, 100], gain: [40, 200] };

/** Runs in the page: means of red, green and blue, in the middle of the face and in the picture's upper corner. */
async function watch() {
  const video = document.createElement('video');
  video.muted = true;
  video.srcObject = await navigator.mediaDevices.getUserMedia({ video: true });
  await video.play();
  const canvas = document.createElement('canvas');
  const context = canvas.getContext('2d', { willReadFrequently: true });
  const mean = (x, y, side) => {
    const { data } = context.getImageData(x * canvas.width, y * canvas.height, side * canvas.width, side * canvas.width);
    return [0, 1, 2].map((channel) => data.reduce((all, value, i) => all + (i % 4 === channel ? value : 0), 0) / (data.length / 4));
  };
  window.seenUnder = async (colour, after_ms) => {
    document.body.style.background = colour;
    await new Promise((done) => { setTimeout(done, after_ms); });
    [canvas.width, canvas.height] = [video.videoWidth, video.videoHeight];
    context.drawImage(video, 0, 0);
    return { face: mean(0.4, 0.45, 0.2), corner: mean(0, 0, 0.1) };
  };
}

async function withRig(rig, run) {
  const browser = await browse();
  const table = await browser.newPage();
  const clips = {};
  for (const [name, greys] of Object.entries(CLIPS)) clips[name] = Buffer.from(await table.evaluate(drawn, greys), 'base64');
  await browser.addInitScript(`window.rig = ${JSON.stringify(rig)};`);
  await browser.addInitScript({ path: path.join(import.meta.dirname, 'rig.js') });
  await browser.route('**/*', (route) => route.fulfill(BLANK));
  await browser.route('**/rig/*', (route) => route.fulfill({ body: clips[path.parse(route.request().url()).name] }));
  const page = await browser.newPage();
  await page.goto('http://127.0.0.1:9/');
  await page.evaluate(() => window.rigIsReady);
  await page.evaluate(watch);
  await run((colour, after_ms = SETTLED_MS) => page.evaluate(([c, ms]) => window.seenUnder(c, ms), [colour, after_ms]));
}

const added = (lit, dark, where) => lit[where].map((value, channel) => value - dark[where][channel]);
const told = (values) => values.map((value) => value.toFixed(1)).join(' ');
const near = (values, wanted) => values.every((value, channel) => Math.abs(value - wanted[channel]) < 5); // the video's coding
const COLOURS = { 'rgb(255, 0, 0)': [1, 0, 0], 'rgb(0, 255, 0)': [0, 1, 0], 'rgb(0, 0, 255)': [0, 0, 1], 'rgb(128, 128, 0)': [0.5, 0.5, 0] };

await test('rig: a face takes the colour that is painted by its shape, channel by channel', () => withRig({ light: 'face' }, async (seen) => {
  const dark = await seen('rgb(0, 0, 0)');
  check('in the dark it is as it was drawn', near(dark.face, [100, 100, 100]) && near(dark.corner, [60, 60, 60]), `${told(dark.face)}, ${told(dark.corner)}`);
  for (const [colour, shares] of Object.entries(COLOURS)) {
    const lit = await seen(colour);
    const [face, corner] = [added(lit, dark, 'face'), added(lit, dark, 'corner')];
    check(`${colour} on the face`, near(face, shares.map((share) => 50 * share)), told(face));
    check(`${colour} behind it`, near(corner, shares.map((share) => 10 * share)), told(corner));
  }
}));

await test('rig: a flat picture takes it on all of it alike', () => withRig({ light: 'flat' }, async (seen) => {
  const dark = await seen('rgb(0, 0, 0)');
  const lit = await seen('rgb(0, 255, 0)');
  const [face, corner] = [added(lit, dark, 'face'), added(lit, dark, 'corner')];
  check('as much in the corner as on the face', near(face, [0, 25.5, 0]) && near(corner, [0, 25.5, 0]), `${told(face)}, ${told(corner)}`);
}));

await test('rig: who is late shows the colour of two seconds ago', () => withRig({ light: 'late' }, async (seen) => {
  const dark = await seen('rgb(0, 0, 0)', 2500);
  const early = added(await seen('rgb(255, 0, 0)'), dark, 'face');
  const late = added(await seen('rgb(255, 0, 0)', 2500), dark, 'face');
  check('nothing yet', near(early, [0, 0, 0]), told(early));
  check('and then', near(late, [50, 0, 0]), told(late));
}));

await test('rig: without light what is painted changes nothing', () => withRig({}, async (seen) => {
  const dark = await seen('rgb(0, 0, 0)');
  const lit = added(await seen('rgb(255, 255, 255)'), dark, 'face');
  check('the face stays', near(dark.face, [100, 100, 100]) && near(lit, [0, 0, 0]), `${told(dark.face)}; ${told(lit)}`);
}));

await sum();
