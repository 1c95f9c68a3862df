// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { apiOf, Refusal, Unreachable } from './api.ts';

interface Sent {
  url: string;
  init: RequestInit;
}

function with_(answer: () => Response | Promise<Response>) {
  const sent: Sent[] = [];
  const api = apiOf('https://id.example/kyc', 'T/1', 'k'.repeat(64), async (url, init) => {
    sent.push({ url, init });
    return answer();
  });
  return { api, sent };
}

test('calls go to the session below the public URL, with the cookie and without a referrer', async () => {
  const { api, sent } = with_(() => Response.json({ state: 'created' }));
  await api.session();
  assert.equal(sent[0].url, 'https://id.example/kyc/v1/sessions/T%2F1');
  assert.equal(sent[0].init.credentials, 'same-origin');
  assert.equal(sent[0].init.referrerPolicy, 'no-referrer');
  assert.equal(sent[0].init.redirect, 'error');
});

test('a chunk has its place in the query and its bytes in the body', async () => {
  const { api, sent } = with_(() => Response.json({}));
  const content = new Blob(['abc']);
  await api.upload({ challenge_id: 'c', part: 'still-1', offset: 3, total: 6, sha256: 'ff', content });
  assert.equal(sent[0].url.split('/').at(-1), 'evidence?challenge_id=c&part=still-1&offset=3&total=6&sha256=ff');
  assert.equal(sent[0].init.body, content);
  assert.deepEqual(sent[0].init.headers, { 'Content-Type': 'application/octet-stream' });
});

test('claiming proposes the key', async () => {
  const { api, sent } = with_(() => new Response(null, { status: 204 }));
  await api.claim();
  assert.deepEqual(JSON.parse(String(sent[0].init.body)), { key: 'k'.repeat(64) });
});

test('a problem is a refusal with its code and pause', async () => {
  const { api } = with_(() => Response.json({ code: 'rate_limited' }, { status: 429, headers: { 'Retry-After': '2' } }));
  await assert.rejects(api.session(), (error) =>
    error instanceof Refusal && error.status === 429 && error.code === 'rate_limited' && error.retryAfter_ms === 2000 && error.isPassing);
});

test('a pause has a bound, and may be missing or odd', async () => {
  for (const [said, pause] of [['86400', 30_000], ['soon', null], [null, null]] as const) {
    const { api } = with_(() => Response.json({}, { status: 503, headers: said === null ? {} : { 'Retry-After': said } }));
    await assert.rejects(api.session(), (error) => error instanceof Refusal && error.retryAfter_ms === pause);
  }
});

test('a refusal that is no JSON is one all the same', async () => {
  const { api } = with_(() => new Response('<html>', { status: 404 }));
  await assert.rejects(api.session(), (error) => error instanceof Refusal && error.status === 404 && !error.isPassing);
});

test('no answer, and an answer cut off in its middle, are a matter of the connection', async () => {
  const offline = with_(() => Promise.reject(new TypeError('failed to fetch')));
  await assert.rejects(offline.api.result(), Unreachable);
  const cut = with_(() => new Response('{"state": "dec'));
  await assert.rejects(cut.api.session(), Unreachable);
});

test('the verdict says when to ask again', async () => {
  const { api } = with_(() => Response.json({ state: 'in_progress' }, { headers: { 'Retry-After': '3' } }));
  assert.equal((await api.result()).again_ms, 3000);
});
