// SPDX-License-Identifier: Apache-2.0
// The core path in Firefox, driven by WebDriver BiDi. It has no camera from a file: a canvas shows the frames of a talking
// person in its place.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { BUILD, check, require, sum, test } from './kit.mjs';
import { merchantOf, startServer } from './merchant.mjs';

const { default: puppeteer } = await import(require.resolve('puppeteer-core'));
const RATE_HZ = 20;
const FILM = execFileSync('ffmpeg', [
  '-nostdin', '-v', 'error', '-f', 'mjpeg', '-framerate', '30', '-i', path.join(BUILD, 'tests/page-media/talking.mjpeg'),
  '-vf', `fps=${RATE_HZ},scale=480:-2`, '-q:v', '4', '-f', 'mjpeg', '-',
], { maxBuffer: 1 << 26 }).toString('base64');
const PHOTO = fs.readFileSync(path.join(BUILD, 'fixtures/talking.jpg'));
// Nothing of Firefox's own goes out of the machine.
const QUIET = {
  'app.update.enabled': false, 'browser.safebrowsing.malware.enabled': false, 'browser.safebrowsing.phishing.enabled': false,
  'datareporting.healthreport.uploadEnabled': false, 'extensions.systemAddon.update.enabled': false,
  'media.gmp-manager.updateEnabled': false, 'network.captive-portal-service.enabled': false,
  'network.connectivity-service.enabled': false, 'services.settings.server': 'http://127.0.0.1:9', 'toolkit.telemetry.enabled': false,
};

/** Injected before the page's own code. */
function film(base64, rateHz) {
  if (!navigator.mediaDevices) return; // about:blank
  const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  const starts = [];
  for (let i = 0; i + 2 < bytes.length; i += 1) {
    if (bytes[i] === 0xff && bytes[i + 1] === 0xd8 && bytes[i + 2] === 0xff) starts.push(i);
  }
  const frames = starts.map((start, i) => {
    const picture = new Image();
    picture.src = URL.createObjectURL(new Blob([bytes.subarray(start, starts[i + 1])], { type: 'image/jpeg' }));
    return picture;
  });
  navigator.mediaDevices.getUserMedia = async () => {
    await Promise.all(frames.map((frame) => frame.decode()));
    const canvas = document.createElement('canvas');
    [canvas.width, canvas.height] = [frames[0].naturalWidth, frames[0].naturalHeight];
    const context = canvas.getContext('2d');
    let at = 0;
    const draw = () => context.drawImage(frames[at++ % frames.length], 0, 0);
    draw();
    setInterval(draw, 1000 / rateHz);
    return canvas.captureStream(rateHz);
  };
}

const server = await startServer();
const merchant = merchantOf(server);
const browser = await puppeteer.launch({
  browser: 'firefox', executablePath: '/usr/bin/firefox-esr', headless: true,
  userDataDir: fs.mkdtempSync(path.join(os.tmpdir(), 'selfsame-firefox-')),
  extraPrefsFirefox: QUIET,
});

async function open(url) {
  const page = await browser.newPage();
  await page.setViewport({ width: 390, height: 844 });
  page.setDefaultTimeout(60_000);
  page.faults = [];
  page.on('pageerror', (error) => page.faults.push(error.message));
  page.goHere = () => page.goto(`${url.replace(/^https?:\/\/[^/]+/, server.url)}&lang=en`);
  return page;
}
const press = async (page, name) => (await page.waitForSelector(`::-p-aria([name="${name}"][role="button"])`)).click();
const headings = (page) => page.$$eval('h1', (all) => all.map((each) => each.textContent).join());

await test('Firefox: the person passes, and the vendor SDK says so', async () => {
  const { token, url } = await merchant.apply(PHOTO, { SecurityLevel: 1 });
  const page = await open(url);
  await page.evaluateOnNewDocument(film, FILM, RATE_HZ);
  await page.goHere();
  await press(page, 'Start');
  await press(page, 'I’m ready');
  await page.waitForFunction(() => /Done\. It’s you!|We could not verify you|Let’s try once more/.test(document.querySelector('h1')?.textContent), { timeout: 120_000 });
  check('passed', (await headings(page)) === 'Done. It’s you!', `${await headings(page)} ${await page.$$eval('.warning', (all) => all.map((each) => each.textContent).join())}`);
  const result = await merchant.result(token);
  check('ErrorCode 0', result.ErrorCode === 0, result);
  check('nothing was thrown', page.faults.length === 0, page.faults);
  await page.close();
});

await test('Firefox: that there is no camera is said, and there is a way back', async () => {
  const { url } = await merchant.apply(PHOTO, { SecurityLevel: 1 });
  const page = await open(url);
  await page.goHere();
  await press(page, 'Start');
  await page.waitForFunction(() => document.querySelector('h1')?.textContent === 'There is no camera');
  check('it can be tried again', (await page.$$('::-p-aria([name="Try again"][role="button"])')).length === 1);
  await page.close();
});

await browser.close();
server.stop();
await sum();
