// SPDX-License-Identifier: Apache-2.0
// What the programs of this folder share: counting, a browser, a stand-in for the server.
import fs from 'node:fs';
import http from 'node:http';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';

export const ROOT = path.resolve(import.meta.dirname, '../..');
export const BUILD = path.join(ROOT, 'build');
export const require = createRequire(path.join(BUILD, 'tests/page/x.js'));
const { chromium } = require('playwright-core');
const { AxeBuilder } = require('@axe-core/playwright');
const CHROMIUM = '/usr/lib/chromium/chromium';

let passed = 0;
let failed = 0;

/** Counts one check; prints it when it fails. */
export function check(name, holds, seen = '') {
  if (holds) passed += 1;
  else {
    failed += 1;
    console.log(`FAIL ${name}: ${String(typeof seen === 'string' ? seen : JSON.stringify(seen)).slice(0, 600)}`);
  }
  return holds;
}

const LIMIT_MS = 180_000; // of one test, on a machine that does other things as well
const closers = [];

const wanted = process.argv.slice(2).filter((word) => !word.startsWith('-'));

/** One named test; what it throws is a failed check. Browsers that it asked for are closed with it. */
export async function test(name, run) {
  if (wanted.length > 0 && !wanted.some((word) => name.includes(word))) return;
  const began = performance.now();
  const before = closers.length;
  let timer;
  const late = new Promise((_, fail) => (timer = setTimeout(() => fail(new Error('too late')), LIMIT_MS)));
  try {
    await Promise.race([run(), late]);
    check(name, true);
  } catch (error) {
    check(name, false, error instanceof Error ? error.stack : error);
  } finally {
    clearTimeout(timer);
    for (const close of closers.splice(before)) await close();
  }
  console.log(`  ${name} (${((performance.now() - began) / 1000).toFixed(1)} s)`);
}

export async function sum() {
  for (const close of closers.splice(0)) await close();
  console.log(`${passed} passed, ${failed} failed`);
  process.exit(failed === 0 && (passed > 0 || wanted.length > 0) ? 0 : 1); // a failed test may have left a server open
}

// No more pixels than needed: they are drawn without a GPU.
const PHONE = { viewport: { width: 390, height: 844 }, deviceScaleFactor: 1, isMobile: true, hasTouch: true };
const DESKTOP = { viewport: { width: 1280, height: 800 } };
const QUIET = ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];

/**
 * A fresh Chromium, until the test that asked for it ends; camera is the file `video` (MJPEG or Y4M), or a pattern without one.
 *   may      false: the person refuses
 *   cameras  0: there is none
 *   guided   the page may look at the picture, and begins by itself; else it cannot, as in a browser without WebAssembly
 */
export async function browse({ video, audio, may = true, cameras, guided = false, desktop = false, context = {} } = {}) {
  const args = [...QUIET, may ? '--use-fake-ui-for-media-stream' : '--deny-permission-prompts'];
  args.push(`--use-fake-device-for-media-stream${cameras === undefined ? '' : `=device-count=${cameras}`}`);
  if (video) args.push(`--use-file-for-fake-video-capture=${video}`);
  if (audio) args.push(`--use-file-for-fake-audio-capture=${audio}%noloop`);
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'selfsame-page-'));
  const browser = await chromium.launchPersistentContext(folder, {
    executablePath: CHROMIUM, args, headless: true, ...(desktop ? DESKTOP : PHONE), ...context,
  });
  browser.setDefaultTimeout(20_000);
  if (!guided) await browser.addInitScript('delete window.WebAssembly;');
  closers.push(async () => {
    await browser.close();
    fs.rmSync(folder, { recursive: true, force: true });
  });
  return browser;
}

/** What axe finds against WCAG 2.2 AA, a line each. */
export async function violations(page) {
  const { violations: found } = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']).analyze();
  return found.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(' | ')}`);
}

const TYPES = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css', '.wasm': 'application/wasm', '.json': 'application/json', '.bin': 'application/octet-stream' };
export const POLICY = fs.readFileSync(path.join(ROOT, 'src/adapters/page/page_api.cpp'), 'utf8')
  .match(/kContentSecurityPolicy =\n((?:\s+".*"\n?)+);/)[1].split('\n').map((line) => line.trim().slice(1, -1)).join('');

/** The page's files under the server's own policy, and an API of `answers`: { 'GET ': (url, body) => [200, {}], ... }. */
export async function standIn(dist, answers) {
  const server = http.createServer((request, response) => {
    const url = new URL(request.url, 'http://x');
    const call = url.pathname.match(/^\/v1\/sessions\/[^/]+(.*)$/);
    if (call) {
      const parts = [];
      request.on('data', (part) => parts.push(part)).on('end', () => {
        const answer = answers[`${request.method} ${call[1]}`] ?? (() => [404, { code: 'not_found' }]);
        const [status, body, headers = {}] = answer(url, Buffer.concat(parts));
        response.writeHead(status, { 'Content-Type': 'application/json', ...headers });
        response.end(status === 204 ? undefined : JSON.stringify(body));
      });
      return;
    }
    const file = path.join(dist, url.pathname.replace(/^\/reflect\/?/, '') || 'index.html');
    if (!fs.existsSync(file)) return void response.writeHead(404).end();
    response.writeHead(200, { 'Content-Type': TYPES[path.extname(file)], 'Content-Security-Policy': POLICY });
    response.end(fs.readFileSync(file));
  });
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  closers.push(async () => server.close());
  return { url: `http://127.0.0.1:${server.address().port}/reflect/?token=t`, close: () => server.close() };
}
