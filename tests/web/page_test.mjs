// SPDX-License-Identifier: Apache-2.0
// The page in a real browser against a real server.
import fs from 'node:fs';
import path from 'node:path';
import { browse, BUILD, check, sum, test } from './kit.mjs';
import { merchantOf, startServer } from './merchant.mjs';

const media = (name) => path.join(BUILD, 'tests/page-media', name);
const OBAMA = fs.readFileSync(path.join(BUILD, 'fixtures/obama.jpg'));
const TALKING = fs.readFileSync(path.join(BUILD, 'fixtures/talking.jpg'));

const server = await startServer();
const merchant = merchantOf(server);
const press = (page, name) => page.getByRole('button', { name }).click();

/** The url of a vendor's token, on this server. */
async function open(browser, url) {
  const page = await browser.newPage();
  page.faults = [];
  page.on('pageerror', (error) => page.faults.push(error.message));
  await page.goto(`${url.replace(/^https?:\/\/[^/]+/, server.url)}&lang=en`);
  return page;
}

/** With a person of the rig before the camera; see rig.js. */
async function openWithRig(browser, url, rig) {
  await browser.addInitScript(`window.rig = ${JSON.stringify(rig)};`);
  await browser.addInitScript({ path: path.join(import.meta.dirname, 'rig.js') });
  await browser.route('**/rig/*.mjpeg', (route) => route.fulfill({ path: media(path.basename(new URL(route.request().url()).pathname)) }));
  const page = await open(browser, url);
  await page.evaluate(() => window.rigIsReady);
  return page;
}

/** Does what a person does: tries again as long as the page offers it. The heading of the end. */
async function answer(page) {
  await press(page, 'I’m ready');
  for (;;) {
    const end = page.getByRole('heading', { name: /Done\. It’s you!|We could not verify you|Let’s try once more/ });
    await end.waitFor({ timeout: 120_000 });
    const text = await end.textContent();
    if (!text.startsWith('Let’s')) return text;
    console.log(`    again: ${await page.locator('.warning').textContent()}`);
    await press(page, 'Try again');
    await press(page, 'I’m ready');
  }
}

await test('silent: the person passes, the vendor SDK says so, and the shop is visited again', async () => {
  const browser = await browse({ video: media('talking.mjpeg') });
  const { token, url } = await merchant.apply(TALKING, { SecurityLevel: 1 });
  const page = await open(browser, url);
  await press(page, 'Start');
  check('passed', (await answer(page)) === 'Done. It’s you!');
  const result = await merchant.result(token);
  check('ErrorCode 0', result.ErrorCode === 0, result);
  await page.route('https://shop.example/**', (route) => route.fulfill({ body: 'welcome back' }));
  await press(page, 'Continue');
  await page.waitForURL(`https://shop.example/done?order=17&token=${token}`);
  check('nothing was thrown', page.faults.length === 0, page.faults);
});

const ACTIONS = ['nod', 'open_mouth', 'turn_left'];
const ACTED = { modes: ['action'], actions: 2, allowed_actions: ACTIONS, attempts_max: 1 };

await test('actions: who does what the page shows passes', async () => {
  const browser = await browse();
  const made = await merchant.open(OBAMA, { ...ACTED, attempts_max: 3 });
  const page = await openWithRig(browser, made.url, { obeys: { nod: 'nod', open_mouth: 'open_mouth', turn_left: 'turn_left' } });
  await press(page, 'Start');
  check('passed', (await answer(page)) === 'Done. It’s you!', JSON.stringify((await merchant.show(made.id)).attempts));
  const shown = await merchant.show(made.id);
  check('match', shown.passed && shown.outcome === 'match', shown);
  check('nothing was thrown', page.faults.length === 0, page.faults);
});

await test('actions: who does something else does not', async () => {
  const browser = await browse();
  const made = await merchant.open(OBAMA, ACTED);
  const page = await openWithRig(browser, made.url, { obeys: { nod: 'open_mouth', open_mouth: 'turn_left', turn_left: 'nod' } });
  await press(page, 'Start');
  check('not passed', (await answer(page)) === 'We could not verify you');
  const shown = await merchant.show(made.id);
  check('for the actions', !shown.passed && shown.attempts[0].finding.evidence.action !== null, shown);
});

await server.stop();
sum();
