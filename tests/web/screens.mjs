// SPDX-License-Identifier: Apache-2.0
// Every screen of the page: axe finds nothing on it, and nothing is lost with letters of twice the size. In English all of
// them; in the other languages those with the most text (in CI the two most), or all with SELFSAME_LANGUAGES=all. With a folder as SELFSAME_SHOTS
// each is photographed there too, at three sizes, light and dark.
import fs from 'node:fs';
import path from 'node:path';
import { browse, BUILD, check, ROOT, standIn, sum, test, violations } from './kit.mjs';

const DIST = path.join(BUILD, 'release/web/dist');
const SHOTS = process.env.SELFSAME_SHOTS;
const SIZES = { small: [360, 640], phone: [390, 844], desktop: [1280, 800] };

const session = (changed = {}) => ({
  state: 'created', modes: ['silent'], compare: true, attempts_left: 3, start_by: '', end_by: '', claimed: false,
  liveness: true, document: null, customer: { name: null, logo: null, texts: {} },
  page: { language: null, theme_colour: null, skip_consent: false, skip_start: false, skip_result: false, redirect_url: null },
  ...changed,
});
const challenge = (changed = {}) => ({
  challenge_id: 'c', attempt: 1, issued_at: new Date().toISOString(), expires_at: new Date(Date.now() + 120_000).toISOString(),
  modes: ['silent'], actions: [], flashes: [], flashes_begin_s: 0, digits: '', speech: null, mirrored: false, duration_s: 60,
  fallback: null, signature: 's', ...changed,
});
const window = { begin_s: 0, end_s: 60 };
const acted = (action) => challenge({ actions: [{ action, window }] });
const lit = challenge({ flashes: [{ red: 0, green: 255, blue: 255, duration_ms: 60_000 }] });
const result = (changed = {}) => [200, { state: 'decided', passed: true, retry: false, hint: null, attempts_left: 2, document: null, ...changed }];
const decided = { 'GET ': () => [200, session({ state: 'decided' })] };

const textsOf = (language) => JSON.parse(fs.readFileSync(path.join(ROOT, `web/src/texts/${language}.json`), 'utf8'));
const LANGUAGES = fs.readdirSync(path.join(ROOT, 'web/src/texts')).map((file) => path.basename(file, '.json'));
const WORDY = ['welcome_speech', 'flashes', 'retry', 'welcome', 'aim', 'document_fault', 'confirm', 'follow', 'expired']
  .slice(0, process.env.CI === 'true' ? 2 : undefined);

/** The button of that text, in the language of the page. */
const press = (key) => async (page) => {
  const { [key]: name } = textsOf(await page.evaluate(() => document.documentElement.lang));
  await page.getByRole('button', { name, exact: true }).click();
};
const start = press('start');
const ready = async (page) => {
  await start(page);
  await press('ready')(page);
};

const posted = (drawn) => ({ 'POST /challenge': () => [200, drawn] });
const modes = (...given) => ({ 'GET ': () => [200, session({ modes: ['silent', ...given] })] });
/** The first answer so many times, then the second. */
const after = (times, first, then) => {
  let asked = 0;
  return () => [200, asked++ < times ? first : then];
};
const card = { types: [], sides: ['front', 'back'], may_edit: true };
const owing = (next, fault = null) => result({ state: 'created', passed: false, document: { next, fault, pictures_left: 3 } });
const read = { document_number: 'A1234567', full_name: 'CHAN SIU MING', date_of_birth: '1990-02-01', sex: 'F', address: '1 Example Street' };
const shown = (next, changed = {}) => [200, {
  taken: !changed.fault, fault: null, next, fields: {}, warnings: [], session: owing(next, changed.fault)[1], ...changed,
}];
const documents = (answer) => ({
  'GET ': () => [200, session({ document: card, customer: { name: 'Bank of Examples', logo: null, texts: { en: { start: 'Begin' } } } })],
  'GET /result': () => owing('front'), 'POST /document': () => answer,
});
const begin = async (page) => ((await page.evaluate(() => document.documentElement.lang)) === 'en' ? page.getByRole('button', { name: 'Begin' }).click() : start(page));
const showFrame = async (page) => {
  await begin(page);
  await press('document_open')(page);
};
const showCard = async (page) => {
  await begin(page);
  await page.setInputFiles('input[type=file]', path.join(BUILD, 'fixtures/obama.jpg'));
  await page.waitForFunction(() => !document.querySelector('main.document:not(:has(.warning))') && !document.querySelector('main.reading'));
};
const SCREENS = {
  document_front: [documents(shown('back')), begin],
  card: [documents(shown('back')), showFrame],
  document_fault: [documents(shown('front', { fault: 'other_type' })), showCard],
  confirm: [documents(shown('confirmation', { fields: read })), showCard],
  welcome: [{}],
  welcome_speech: [modes('lip')],
  follow: [{}, press('by_phone'), { on: 'desktop' }],
  follow_claimed: [{ 'GET ': after(1, session(), session({ claimed: true })) }, press('by_phone'), { on: 'desktop' }],
  flashes: [modes('reflection'), start],
  aim: [{}, start],
  aim_hint: [{}, start, { on: 'guided' }],
  hold: [posted(challenge()), ready],
  open_mouth: [posted(acted('open_mouth')), ready],
  blink: [posted(acted('blink')), ready],
  nod: [posted(acted('nod')), ready],
  shake: [posted(acted('shake')), ready],
  turn_left: [posted(acted('turn_left')), ready],
  turn_right: [posted(acted('turn_right')), ready],
  flash: [posted(lit), ready],
  speak: [posted(challenge({ digits: '4096', speech: window })), ready],
  judging: [{ 'GET ': () => [200, session({ state: 'in_progress' })], 'GET /result': () => result({ state: 'in_progress' }) }],
  film: [posted(acted('nod')), start, { without: 'window.MediaRecorder' }],
  upload: [{ ...posted(challenge({ duration_s: 0.1 })), 'POST /evidence': () => [503, { code: 'overloaded' }] }, ready],
  retry: [{ ...decided, 'GET /result': () => result({ passed: false, retry: true, hint: 'too_dark', attempts_left: 1 }) }],
  passed: [{ ...decided, 'GET /result': () => result() }],
  failed: [{ ...decided, 'GET /result': () => result({ passed: false }) }],
  expired: [{ 'GET ': () => [410, { code: 'expired' }] }],
  unknown: [{ 'GET ': () => [404, { code: 'not_found' }] }],
  blocked: [{}, start, { on: 'blocked' }],
  colours_only: [{ ...modes('reflection'), 'POST /challenge': () => [501, { code: 'unsupported' }] }, async (page) => {
    await start(page);
    await press('flashes_no')(page);
    await press('ready')(page);
  }],
  insecure: [{}, undefined, { without: 'Crypto.prototype.subtle' }],
  stopped: [{ 'GET ': () => [200, session({ state: 'cancelled' })] }],
  elsewhere: [{ 'POST /claim': () => [409, { code: 'conflict' }] }, start],
};
const SHOWN = { card: '.desk', aim_hint: '.hint', follow: 'svg.code', follow_claimed: 'main:not(:has(svg.code)) h1', hold: '.stage.perform', flash: '.stage.perform', speak: '.digits' };

async function photograph(page, name) {
  for (const [size, [width, height]] of Object.entries(SIZES)) {
    await page.setViewportSize({ width, height });
    for (const colorScheme of ['light', 'dark']) {
      await page.emulateMedia({ colorScheme });
      await page.waitForTimeout(150);
      await page.screenshot({ path: path.join(SHOTS, `${name}-${size}-${colorScheme}.png`) });
    }
  }
}

/** What sticks out of the page, or is cut off within it, with letters of twice the size (WCAG 2.2, 1.4.4). */
const lost = () => {
  const wide = document.documentElement.scrollWidth - document.documentElement.clientWidth;
  const cut = [...document.querySelectorAll('h1, p, li, button, label, select, .digits')].filter((part) => {
    const { left, right, width } = part.getBoundingClientRect();
    return width > 0 && (left < -1 || right > innerWidth + 1 || part.scrollWidth > part.clientWidth + 1);
  });
  return [...(wide > 1 ? [`${wide}px too wide`] : []), ...cut.map((part) => part.outerHTML.slice(0, 120))];
};

async function examine(page, name, language, [answers, reach]) {
  const place = await standIn(DIST, {
    'GET ': () => [200, session()], 'POST /claim': () => [204], 'GET /evidence': () => [200, { parts: [] }], ...answers,
  });
  await page.goto(`${place.url}&lang=${language}`);
  await page.waitForFunction((lang) => document.querySelector('main:not(.loading)') && document.documentElement.lang === lang, language);
  if (reach) await reach(page);
  await page.waitForSelector(SHOWN[name] ?? 'main h1, .stage.perform .drawing');
  await page.waitForTimeout(300);
  for (const colorScheme of ['light', 'dark']) {
    await page.emulateMedia({ colorScheme });
    const found = await violations(page);
    check(`${name} is accessible (${language}, ${colorScheme})`, found.length === 0, found.join('\n'));
    if (language !== 'en') break; // colours are the same in all
  }
  await page.evaluate(() => document.documentElement.style.setProperty('font-size', '212.5%', 'important'));
  const out = await page.evaluate(lost);
  check(`${name} loses nothing at twice the size (${language})`, out.length === 0, out.join('\n'));
  await page.evaluate(() => document.documentElement.style.removeProperty('font-size'));
  if (SHOTS && language === 'en') await photograph(page, name);
  place.close();
}

if (SHOTS) fs.mkdirSync(SHOTS, { recursive: true });
const faults = [];
const video = path.join(BUILD, 'tests/page-media/portrait.mjpeg');
const browsers = {
  phone: await browse({ video }), guided: await browse({ video, guided: true }), desktop: await browse({ video, desktop: true }),
  blocked: await browse({ may: false }),
};
const all = process.env.SELFSAME_LANGUAGES === 'all';
const screensIn = (language) => Object.keys(SCREENS).filter((name) => all || language === 'en' || WORDY.includes(name));
for (const [language, name] of LANGUAGES.flatMap((language) => screensIn(language).map((name) => [language, name]))) {
  const screen = SCREENS[name];
  await test(language === 'en' ? name : `${name} in ${language}`, async () => {
    const { on = 'phone', without } = screen[2] ?? {};
    const page = await browsers[on].newPage();
    if (without) await page.addInitScript(`delete ${without};`);
    page.on('console', (message) => message.type() === 'error' && faults.push(`${name}: ${message.text()}`));
    page.on('pageerror', (error) => faults.push(`${name}: ${error.message}`));
    await examine(page, name, language, screen);
    await page.close();
  });
}
const odd = faults.filter((text) => !/status of (404|409|410|501|503)/.test(text));
check('nothing went wrong in the console, nor against the policy', odd.length === 0, odd.join('\n'));
await sum();
