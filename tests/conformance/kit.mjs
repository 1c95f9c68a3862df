// SPDX-License-Identifier: Apache-2.0
// What the Node conformance programs share; the same as kit.py.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import http from 'node:http';
import { createRequire } from 'node:module';
import path from 'node:path';

const env = process.env;
export const server = env.SELFSAME_TEST_SERVER; // HOST:PORT
export const keyId = env.SELFSAME_TEST_KEY_ID;
export const secret = env.SELFSAME_TEST_SECRET;
export const require = createRequire(path.join(env.SELFSAME_TEST_NODE_SDK, 'x.js'));

export const media = (name) => fs.readFileSync(path.join(env.SELFSAME_TEST_MEDIA, name));
export const b64 = (bytes) => Buffer.from(bytes).toString('base64');

let passed = 0;
let failed = 0;

/** Counts one check and prints it only when it fails. */
export function check(name, holds, seen = '') {
  if (holds) passed++;
  else {
    failed++;
    const text = seen instanceof Error ? `${seen.code} ${seen.message}` : typeof seen === 'string' ? seen : JSON.stringify(seen);
    console.log(`FAIL ${name}: ${String(text).slice(0, 400)}`);
  }
  return holds;
}

/** An exception inside is one failed check. */
export async function test(name, run) {
  try {
    await run();
  } catch (error) {
    check(name, false, error);
  }
}

const RealDate = Date;
/** This program's clock, moved by some seconds while a request is signed. */
export async function shifted(seconds, run) {
  globalThis.Date = class extends RealDate {
    constructor(...given) {
      if (given.length) super(...given);
      else super(RealDate.now() + seconds * 1000);
    }
    static now() {
      return RealDate.now() + seconds * 1000;
    }
  };
  try {
    return await run();
  } finally {
    globalThis.Date = RealDate;
  }
}

/** The customer's billed calls: objects with outcome_id, product and code. */
export function ledger() {
  const text = execFileSync(env.SELFSAME_TEST_BINARY, [
    'ledger', '--data', env.SELFSAME_TEST_DATA, '--name', env.SELFSAME_TEST_CUSTOMER, '--json',
  ]);
  return JSON.parse(text).entries;
}

function send(recorded) {
  const [host, port] = server.split(':');
  return new Promise((resolve, reject) => {
    const request = http.request({ host, port, ...recorded.head, agent: false }, (response) => {
      const parts = [];
      response.on('data', (part) => parts.push(part));
      response.on('end', () => resolve({ status: response.statusCode, headers: response.headers, body: Buffer.concat(parts) }));
    });
    request.on('error', reject);
    request.end(recorded.body);
  });
}

/** Runs `run(address)` through a relay that records, and returns functions that send the last request again. */
export async function recorded(run) {
  let last;
  const relay = http.createServer((request, response) => {
    const parts = [];
    request.on('data', (part) => parts.push(part));
    request.on('end', async () => {
      last = { head: { method: request.method, path: request.url, headers: request.headers }, body: Buffer.concat(parts) };
      const answer = await send(last);
      response.writeHead(answer.status, { 'Content-Type': answer.headers['content-type'] });
      response.end(answer.body);
    });
  });
  await new Promise((resolve) => relay.listen(0, '127.0.0.1', resolve));
  try {
    const value = await run(`127.0.0.1:${relay.address().port}`);
    return { value, again: async () => JSON.parse((await send(last)).body), sendAgain: () => send(last) };
  } finally {
    relay.closeAllConnections();
    relay.close();
  }
}

export function done() {
  console.log(`${passed} passed, ${failed} failed`);
  process.exit(failed ? 1 : 0);
}
