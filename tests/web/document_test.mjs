// SPDX-License-Identifier: Apache-2.0
// A document and the person on it: the page in a real browser, a real server, the vendor's SDK as the customer.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { browse, BUILD, check, ROOT, sum, test } from './kit.mjs';
import { merchantOf, startServer } from './merchant.mjs';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'selfsame-cards-'));
process.once('exit', () => fs.rmSync(folder, { recursive: true, force: true }));
execFileSync('/usr/bin/python3', [
  '-B', path.join(ROOT, 'tests/documents/generate.py'), '--types', 'InternationalIDPassport', '--count', '2', '--first', '1', '--seed', '7', folder,
]);
const card = (number) => path.join(folder, `InternationalIDPassport-000${number}-front.jpg`);
const personOn = (number) => JSON.parse(fs.readFileSync(card(number).replace('.jpg', '.json'), 'utf8')).portrait.person;

const server = await startServer();
const merchant = merchantOf(server);
const talking = () => browse({ video: path.join(BUILD, 'tests/page-media/talking.mjpeg') });
const press = (page, name) => page.getByRole('button', { name }).click();
const title = (page, name) => page.getByRole('heading', { name }).waitFor({ timeout: 120_000 });

async function open(browser, url) {
  const page = await browser.newPage();
  page.faults = [];
  page.on('pageerror', (error) => page.faults.push(error.message));
  await page.goto(`${url.replace(/^https?:\/\/[^/]+/, server.url)}&lang=en`);
  await press(page, 'Start');
  await title(page, 'Photograph the front of your document');
  return page;
}

const show = (page, file) => page.setInputFiles('input[type=file]', file);

check('the cards are of the person before the camera, and of another', personOn(1) === 'carphone' && personOn(2) !== 'carphone');

await test('the person on the document passes, and the vendor SDK gets both', async () => {
  const { token, url } = await merchant.apply(null, {
    CheckMode: 1, IDCardType: 'InternationalIDPassport', DisableCheckOcrWarnings: true, SecurityLevel: 1,
  });
  const page = await open(await talking(), url);
  await show(page, path.join(BUILD, 'fixtures/astronaut.png'));
  await page.locator('.warning').waitFor({ timeout: 120_000 });
  check('a picture without a document is told', /document/.test(await page.locator('.warning').textContent()));
  await show(page, card(1));
  await title(page, 'Place your face in the oval');
  await press(page, 'I’m ready');
  await title(page, 'Done. It’s you!');
  const result = await merchant.result(token);
  check('ErrorCode 0', result.ErrorCode === 0, JSON.stringify(result).slice(0, 300));
  const [ocr] = result.OCRResult;
  check('the document', ocr.IsPass && ocr.CardInfo.InternationalIDPassport.LicenseNumber.length > 5, JSON.stringify(ocr.CardInfo));
  check('nothing was thrown', page.faults.length === 0, page.faults);
});

await test('another person on the document does not pass, and what was read can be corrected before', async () => {
  const made = await merchant.open(null, {
    compare: true, attempts_max: 1, document: { types: ['InternationalIDPassport'], may_edit: true },
  });
  const page = await open(await talking(), made.url);
  await show(page, card(2));
  await title(page, 'Is this right?');
  await page.getByLabel('Surname').fill('OTHERWISE');
  await press(page, 'Everything is right');
  await title(page, 'Place your face in the oval');
  await press(page, 'I’m ready');
  await title(page, 'We could not verify you');
  const shown = await merchant.show(made.id);
  check('for the face', !shown.passed && shown.outcome === 'non_match', shown.outcome);
  const [edit] = shown.document.edits;
  check('the edit is recorded', edit?.field === 'surname' && edit.given === 'OTHERWISE' && edit.read !== edit.given, shown.document.edits);
});

await server.stop();
sum();
