// SPDX-License-Identifier: Apache-2.0
// What a person does with the page, in a browser of kit.mjs.
import path from 'node:path';
import { BUILD } from './kit.mjs';

export const media = (name) => path.join(BUILD, 'tests/page-media', name);
export const press = (page, name) => page.getByRole('button', { name }).click();
export const title = (page, name) => page.getByRole('heading', { name }).waitFor({ timeout: 60_000 });

/** Opens urls of this server's tokens, wherever they say that it is. */
export function visitorOf(server) {
  async function open(browser, url) {
    const page = await browser.newPage();
    page.faults = [];
    page.on('pageerror', (error) => page.faults.push(error.message));
    await page.goto(`${url.replace(/^https?:\/\/[^/]+/, server.url)}&lang=en`);
    return page;
  }

  /** With a person of the rig before the camera; see rig.js. `folder` has their clips. */
  async function openWithRig(browser, url, rig, folder = media('')) {
    await browser.addInitScript(`window.rig = ${JSON.stringify(rig)};`);
    await browser.addInitScript({ path: path.join(import.meta.dirname, 'rig.js') });
    await browser.route('**/rig/*', (route) => route.fulfill({ path: path.join(folder, path.basename(new URL(route.request().url()).pathname)) }));
    const page = await open(browser, url);
    await page.evaluate(() => window.rigIsReady);
    return page;
  }

  return { open, openWithRig };
}

/** Tries again as long as the page offers it. The heading of the end. */
export async function answer(page) {
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
