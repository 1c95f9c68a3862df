// SPDX-License-Identifier: Apache-2.0
// The demo shop of examples/merchant, as its one command starts it, and a buyer in a real browser.
import { execFileSync, spawn } from 'node:child_process';
import path from 'node:path';
import { browse, BUILD, check, ROOT, sum, test } from './kit.mjs';
import { media, press, title } from './visit.mjs';

const PORT = 21000 + (process.pid % 9000);
const shop = spawn(path.join(ROOT, 'examples/merchant/run'), ['--port', String(PORT)], { detached: true });
let said = '';
shop.stdout.on('data', (text) => (said += text));
shop.stderr.on('data', (text) => (said += text));
process.once('exit', () => process.kill(-shop.pid, 'SIGTERM'));
for (let tries = 0; !said.includes('The shop is open'); tries += 1) {
  if (tries > 1200 || shop.exitCode !== null) throw new Error(`no shop: ${said}`);
  await new Promise((done) => setTimeout(done, 100));
}

await test('a buyer proves who they are and comes back to the shop', async () => {
  const browser = await browse({ video: path.join(BUILD, 'tests/page-media/talking.mjpeg') });
  const page = await browser.newPage();
  await page.goto(`http://localhost:${PORT}/`);
  await page.setInputFiles('input[type=file]', path.join(BUILD, 'fixtures/talking.jpg'));
  await page.getByRole('button', { name: 'Buy and prove who I am' }).click();
  await page.getByRole('button', { name: 'Start' }).waitFor({ timeout: 60_000 });
  check('the server has the page', page.url().startsWith(`http://localhost:${PORT + 1}/reflect/?token=`), page.url());
  check('the page is under the name of the shop', await page.locator('.whose').textContent() === 'The corner shop');
});

const settle = (field) => execFileSync(path.join(BUILD, 'release/selfsame'), ['customers', 'set', 'shop', '--data', path.join(BUILD, 'examples/merchant/data'), field]);

for (const [outcome, heading] of [['match', 'Thank you. The rum is on its way.'], ['non_match', 'We could not sell it to you']]) {
  await test(`the shop hears from the vendor's SDK what came of it: ${outcome}`, async () => {
    settle('sandbox=true'); // the photo says what is to be found
    try {
      const browser = await browse();
      await browser.addInitScript('delete window.MediaRecorder;');
      const page = await browser.newPage();
      await page.goto(`http://localhost:${PORT}/`);
      await page.setInputFiles('input[type=file]', { name: 'me.jpg', mimeType: 'image/jpeg', buffer: Buffer.from(`selfsame-sandbox:${outcome}`) });
      await press(page, 'Buy and prove who I am');
      await press(page, 'Start');
      await page.setInputFiles('input[type=file]', media('film.mp4'));
      await press(page, 'Continue');
      await title(page, heading);
    } finally {
      settle('sandbox=');
    }
  });
}

await test('a token of another order buys nothing', async () => {
  const answer = await fetch(`http://localhost:${PORT}/done?order=x&token=y`);
  check('unknown', (await answer.text()).includes('We do not know this order'));
});
sum();
