// SPDX-License-Identifier: Apache-2.0
// A real server, and a customer of it who uses the vendor's own SDK.
import { execFileSync, spawn } from 'node:child_process';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { BUILD } from './kit.mjs';

const BINARY = process.env.SELFSAME_TEST_BINARY ?? path.join(BUILD, 'release/selfsame');
const sdk = createRequire(path.join(BUILD, 'tests/sdk/node/x.js'))('tencentcloud-sdk-nodejs-intl-en');
const { Client, Models } = sdk.faceid.v20180301;
const { ClientProfile, Credential, HttpProfile } = sdk.common;

function freePort() {
  return new Promise((done) => {
    const listener = net.createServer().listen(0, '127.0.0.1', () => {
      const { port } = listener.address();
      listener.close(() => done(port));
    });
  });
}

async function isReady(admin) {
  return fetch(`http://127.0.0.1:${admin}/readyz`).then(({ ok }) => ok, () => false);
}

/** Started with an empty database; `environment` are further settings. */
export async function startServer(environment = {}) {
  const data = fs.mkdtempSync(path.join(os.tmpdir(), 'selfsame-web-'));
  const key = JSON.parse(execFileSync(BINARY, ['key', 'create', '--data', data, '--name', 'shop', '--json']));
  const [port, admin] = [await freePort(), await freePort()];
  const log = fs.openSync(path.join(data, 'server.log'), 'w');
  const server = spawn(BINARY, ['serve', '--data', data, '--listen', `127.0.0.1:${port}`, '--admin', `127.0.0.1:${admin}`], {
    env: { ...process.env, ...environment }, stdio: ['ignore', log, log],
  });
  for (let tries = 0; !(await isReady(admin)); tries += 1) {
    if (tries > 600 || server.exitCode !== null) throw new Error(`no server: ${fs.readFileSync(path.join(data, 'server.log'))}`);
    await new Promise((done) => setTimeout(done, 100));
  }
  process.once('exit', () => server.kill('SIGKILL'));
  return {
    url: `http://127.0.0.1:${port}`, endpoint: `127.0.0.1:${port}`, key,
    /** docs/customers.md */
    settle: (...fields) => execFileSync(BINARY, ['customers', 'set', 'shop', '--data', data, ...fields]),
    said: () => fs.readFileSync(path.join(data, 'server.log'), 'utf8'),
    stop: async () => {
      server.kill('SIGTERM');
      await new Promise((done) => server.once('exit', done));
      fs.rmSync(data, { recursive: true, force: true });
    },
  };
}

/** The customer's server: the vendor's SDK and our native API. */
export function merchantOf(server) {
  const http = new HttpProfile();
  http.protocol = 'http://';
  http.endpoint = server.endpoint;
  const client = new Client(new Credential(server.key.access_key_id, server.key.access_key_secret), 'ap-singapore', new ClientProfile('TC3-HMAC-SHA256', http));
  const call = (action, fields) => new Promise((resolve, reject) => {
    const request = new Models[`${action}Request`]();
    request.from_json_string(JSON.stringify(fields));
    client[action](request, (error, answer) => (error ? reject(error) : resolve(answer)));
  });
  const native = async (method, path_, body) => {
    const answer = await fetch(server.url + path_, {
      method, headers: { Authorization: `Bearer ${server.key.appcode}`, 'Content-Type': 'application/json' },
      body: body && JSON.stringify(body),
    });
    const json = await answer.json();
    if (!answer.ok) throw new Error(`${method} ${path_}: ${answer.status} ${JSON.stringify(json)}`);
    return json;
  };
  return {
    /** ApplyWebVerificationBizTokenIntl: { token, url }. */
    apply: async (photo, config, redirect = 'https://shop.example/done?order=17') => {
      const made = await call('ApplyWebVerificationBizTokenIntl', {
        RedirectURL: redirect, CompareImageBase64: photo?.toString('base64'), Config: { CheckMode: photo ? 2 : 3, ...config },
      });
      return { token: made.BizToken, url: made.VerificationURL };
    },
    result: (token) => call('GetWebVerificationResultIntl', { BizToken: token }),
    /** POST /v1/verifications. */
    open: (photo, terms) => native('POST', '/v1/verifications', photo ? { reference_image: photo.toString('base64'), ...terms } : { compare: false, ...terms }),
    show: (id) => native('GET', `/v1/verifications/${id}`),
  };
}
