// SPDX-License-Identifier: Apache-2.0
// Every number that the vendor's web table gives a session of the page: the page in a real browser, and what GetWebVerification-
// ResultIntl then says to the vendor's SDK. What is found in a recording is asked for by magic photos (docs/sandbox.md).
import fs from 'node:fs';
import path from 'node:path';
import { browse, check, ROOT, sum, test } from './kit.mjs';
import { merchantOf, startServer } from './merchant.mjs';
import { media, press, title, visitorOf } from './visit.mjs';

const OUTCOMES = {
  match: 0, non_match: 2016, reference_no_face: 2013, reference_several_faces: 2010, reference_poor_quality: 2014,
  reference_wrong_size: 2004, no_best_frame: 2012, video_undecodable: 1104, video_too_short: 1303, video_no_face: 1004,
  video_low_definition: 1108, video_eyes_hidden: 1102, video_too_close: 1203, video_off_right: 1204, video_too_far: 1205,
  video_off_left: 1206, video_too_dark: 1201, video_too_bright: 1202, video_face_incomplete: 1210, attack: 1002,
  liveness_unsure: 1302, face_changed: 1003, action_no_movement: 1208, action_no_blink: 1207, action_no_open_mouth: 1209,
  action_out_of_turn: 1005, reflection_flat: 1401, speech_no_sound: 1101, speech_too_quiet: 1106, speech_not_recognised: 1103,
  lips_still: 1109, 'error/engine_failed': 1001, 'error/integrity_failure': 10, 'error/image_undecodable': 11,
};
const LANES = 4;
const reached = new Set();

const server = await startServer();
server.settle('sandbox=true');
const merchant = merchantOf(server);
const { open } = visitorOf(server);
const magic = (name) => Buffer.from(`selfsame-sandbox:${name}`);
const SILENT = { SecurityLevel: 1, LivenessRetryLimit: 1 };

/** What the customer is told once the page has come to its end. */
async function is(token, code, how) {
  const { ErrorCode: told } = await merchant.result(token);
  if (check(`${how} is ${code}`, told === code, told)) reached.add(code);
}

await test('codes: everything that can be found in what the page sends', async () => {
  // code: h5 0, 10, 11, 1001, 1002, 1003, 1004, 1005, 1101, 1102, 1103, 1104, 1106, 1108, 1109
  // code: h5 1201, 1202, 1203, 1204, 1205, 1206, 1207, 1208, 1209, 1210, 1302, 1303, 1401
  // code: h5 2004, 2010, 2012, 2013, 2014, 2016
  const browser = await browse();
  await browser.addInitScript('delete window.MediaRecorder;'); // the camera program films: without waiting
  const rest = Object.entries(OUTCOMES);
  const film = async () => {
    for (let next = rest.shift(); next; next = rest.shift()) {
      const [name, code] = next;
      const { token, url } = await merchant.apply(magic(name), SILENT);
      const page = await open(browser, url);
      await press(page, 'Start');
      await page.locator('input[type=file]').setInputFiles(media('film.mp4'));
      await page.locator('main.done, main.trouble').waitFor();
      check(`${name}: the page says so`, (await page.getByRole('heading', { name: 'Done. It’s you!' }).count() === 1) === (code === 0), await page.locator('body').innerText());
      await is(token, code, name);
      await page.close();
    }
  };
  await Promise.all(Array.from({ length: LANES }, film));
});

const refusing = (device, name) => `
  const all = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  navigator.mediaDevices.getUserMedia = (asked) => (asked.${device} ? Promise.reject(new DOMException('', '${name}')) : all(asked));`;
const COLOURS = { SecurityLevel: 3, AutoDowngrade: 2 };
// What stands in the way, its number, what the person has, what is asked for, what they press on the way there.
const ENDS = [
  ['The camera is blocked', 202, { may: false }, SILENT],
  ['There is no camera', 202, { cameras: 0 }, SILENT],
  ['The camera is in use', 202, { script: refusing('video', 'NotReadableError') }, SILENT],
  ['It does not go without colours', 1005, {}, COLOURS, 'Without flashing light', 'I’m ready'],
  ['This browser is too old', 2, { script: 'delete window.MediaRecorder;' }, COLOURS],
];

await test('codes: whoever gives up, for each reason', async () => {
  // code: h5 2, 202, 1005
  for (const [heading, code, { script, ...has }, config, ...pressed] of ENDS) {
    const browser = await browse(has);
    if (script) await browser.addInitScript(script);
    const { token, url } = await merchant.apply(magic('match'), config);
    const page = await open(browser, url);
    for (const each of ['Start', ...pressed]) await press(page, each);
    await title(page, heading);
    await press(page, 'Stop here');
    await title(page, 'The verification was stopped');
    await is(token, code, heading);
    await browser.close();
  }
});

await test('codes: whoever does not want to, at first or after an attempt', async () => {
  // code: h5 1005
  const browser = await browse();
  await browser.addInitScript('delete window.MediaRecorder;');
  for (const tries of [0, 1]) {
    const { token, url } = await merchant.apply(magic('video_too_dark'), { SecurityLevel: 1, LivenessRetryLimit: 2 + tries });
    const page = await open(browser, url);
    if (tries > 0) {
      await press(page, 'Start');
      await page.locator('input[type=file]').setInputFiles(media('film.mp4'));
      await title(page, 'Let’s try once more');
    }
    await press(page, 'Stop here');
    await title(page, 'The verification was stopped');
    await is(token, 1005, `after ${tries} attempts`);
  }
});

await test('codes: whoever shows no document in ten pictures', async () => {
  // code: h5 16
  const { token, url } = await merchant.apply(null, { CheckMode: 4 });
  const page = await open(await browse(), url);
  await press(page, 'Start');
  for (let picture = 1; picture <= 10; picture += 1) {
    await title(page, 'Photograph the front of your document');
    await page.setInputFiles('input[type=file]', { name: 'x.jpg', mimeType: 'image/jpeg', buffer: magic('document/not_found') });
    await page.locator('main.reading').waitFor({ state: 'detached' });
  }
  await title(page, 'We could not verify you');
  await is(token, 16, 'no document');
});

const TABLE = fs.readFileSync(path.join(ROOT, 'tests/tencent/codes/faceid.tsv'), 'utf8').match(/^h5\t.*$/gm).map((row) => Number(row.split('\t')[2]));
const REST = fs.readFileSync(path.join(ROOT, 'docs/page.md'), 'utf8').match(/^## How it ends\n[^]*?(?=^## )/m)[0]
  .match(/^\| [\d, ]+ \|/gm).flatMap((row) => row.match(/\d+/g).map(Number));
await test('codes: docs/page.md says why of all that no session of the page ends with', async () => {
  const left = TABLE.filter((code) => !reached.has(code));
  check('as documented', JSON.stringify(left.sort((a, b) => a - b)) === JSON.stringify(REST.sort((a, b) => a - b)), { left, REST });
});

await server.stop();
await sum();
