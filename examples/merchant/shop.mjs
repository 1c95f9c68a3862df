// SPDX-License-Identifier: Apache-2.0
// A shop that wants to know who buys: the vendor's SDK on its server, Selfsame's page for its customers.
//   shop.mjs --key KEY.json --endpoint HOST:PORT [--listen PORT]      see ./run
import fs from 'node:fs';
import http from 'node:http';
import { createRequire } from 'node:module';
import path from 'node:path';
import { randomUUID } from 'node:crypto';
import { parseArgs } from 'node:util';

const { values: given } = parseArgs({
  options: { key: { type: 'string' }, endpoint: { type: 'string' }, listen: { type: 'string', default: '8090' }, modules: { type: 'string' } },
});
const { faceid, common } = createRequire(path.join(given.modules, 'x.js'))('tencentcloud-sdk-nodejs-intl-en');
const { Client, Models } = faceid.v20180301;
const key = JSON.parse(fs.readFileSync(given.key, 'utf8'));
const here = `http://localhost:${given.listen}`;
const PHOTO_BYTES_MAX = 8 << 20;

// ── The vendor's SDK: nothing in here knows that it speaks to Selfsame but for the endpoint. ──

const profile = new common.HttpProfile();
profile.protocol = 'http://';
profile.endpoint = given.endpoint;
const client = new Client(
  new common.Credential(key.access_key_id, key.access_key_secret), 'ap-singapore', new common.ClientProfile('TC3-HMAC-SHA256', profile),
);

function ask(action, fields) {
  const request = new Models[`${action}Request`]();
  request.from_json_string(JSON.stringify(fields));
  return new Promise((done, fail) => client[action](request, (error, answer) => (error ? fail(error) : done(answer))));
}

// ── Orders. A real shop keeps them in its database. ──

const orders = new Map(); // by number: { token }

/** Opens a verification; the address to which the buyer goes. Three ways: a photo on file, a passport, a living person. */
async function begin({ photo, passport }) {
  const order = randomUUID();
  const mode = passport ? { CheckMode: 1, IDCardType: 'InternationalIDPassport', DisableCheckOcrWarnings: true } : { CheckMode: photo ? 2 : 3 };
  const { BizToken, VerificationURL } = await ask('ApplyWebVerificationBizTokenIntl', {
    RedirectURL: `${here}/done?order=${order}`, CompareImageBase64: passport ? undefined : photo, Extra: `order ${order}`,
    Config: { SecurityLevel: 2, AutoSkip: false, ...mode },
  });
  orders.set(order, { token: BizToken });
  return VerificationURL;
}

/** What came of it. The token in the address is only looked at where it is the order's own. */
async function resultOf(query) {
  const order = orders.get(query.get('order') ?? '');
  if (!order || query.get('token') !== order.token) return null;
  return ask('GetWebVerificationResultIntl', { BizToken: order.token });
}

// ── Pages ──

const escaped = (text) => String(text).replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);

function page(title, content) {
  return `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${escaped(title)}</title><link rel="stylesheet" href="/shop.css"><main>${content}</main></html>`;
}

const FRONT = page('The corner shop', `<h1>The corner shop</h1>
<p>One bottle of old rum, 42.00. We may sell it to adults only, so please show who you are.</p>
<form id="order">
<label>A photo of you that we have on file <input type="file" name="photo" accept="image/*"></label>
<label class="choice"><input type="checkbox" name="passport"> I have no photo on file: I show my passport</label>
<button>Buy and prove who I am</button><p id="trouble" role="alert"></p></form><script src="/shop.js"></script>`);

function donePage(result) {
  if (result === null) return page('Not yours', '<h1>We do not know this order</h1>');
  const passed = result.ErrorCode === 0;
  const detail = result.VerificationDetailList?.at(-1);
  const face = result.BestFrameBase64 ? `<img alt="You, as the camera saw you" src="data:image/jpeg;base64,${escaped(result.BestFrameBase64)}">` : '';
  return page(passed ? 'Thank you' : 'Sorry', `<h1>${passed ? 'Thank you. The rum is on its way.' : 'We could not sell it to you'}</h1>${face}
<dl><dt>ErrorCode</dt><dd>${escaped(result.ErrorCode)} ${escaped(result.ErrorMsg ?? '')}</dd>
<dt>Similarity</dt><dd>${escaped(detail?.Similarity ?? '–')}</dd></dl><p><a href="/">Once more</a></p>`);
}

const STATIC = {
  '/shop.css': ['text/css', `:root{color-scheme:light dark;font:106% system-ui,sans-serif}main{max-width:34rem;margin:8vh auto;padding:0 1.25rem}
form,label{display:grid;gap:.5rem}form{gap:1.25rem}.choice{grid-template-columns:auto 1fr}button{font:inherit;font-weight:600;padding:.9rem;border-radius:.8rem;border:0;background:#7a3b12;color:#fff}
img{max-width:12rem;border-radius:1rem}dt{opacity:.7}dd{margin:0 0 .5rem}`],
  '/shop.js': ['text/javascript', `const form=document.getElementById('order');
form.addEventListener('submit',async(event)=>{event.preventDefault();
const file=form.photo.files[0];let photo;
if(file){const bytes=new Uint8Array(await file.arrayBuffer());let text='';for(const byte of bytes)text+=String.fromCharCode(byte);photo=btoa(text);}
const answer=await fetch('/order',{method:'POST',headers:{'Content-Type':'application/json'},body:JSON.stringify({photo,passport:form.passport.checked})});
const said=await answer.json();if(answer.ok)location.href=said.url;else document.getElementById('trouble').textContent=said.error;});`],
};

async function bodyOf(request) {
  const parts = [];
  let size = 0;
  for await (const part of request) {
    size += part.length;
    if (size > PHOTO_BYTES_MAX * 1.4) throw new Error('The photo is too large.');
    parts.push(part);
  }
  return JSON.parse(Buffer.concat(parts).toString('utf8'));
}

async function answer(request) {
  const url = new URL(request.url, here);
  if (request.method === 'POST' && url.pathname === '/order') {
    try {
      return [200, 'application/json', JSON.stringify({ url: await begin(await bodyOf(request)) })];
    } catch (error) {
      return [400, 'application/json', JSON.stringify({ error: error.message ?? String(error) })];
    }
  }
  if (url.pathname === '/') return [200, 'text/html', FRONT];
  if (url.pathname === '/done') return [200, 'text/html', donePage(await resultOf(url.searchParams))];
  return STATIC[url.pathname] ? [200, ...STATIC[url.pathname]] : [404, 'text/plain', 'Not here.'];
}

http.createServer(async (request, response) => {
  const [status, type, content] = await answer(request).catch((error) => [500, 'text/plain', String(error.message ?? error)]);
  response.writeHead(status, {
    'Content-Type': `${type}; charset=utf-8`, 'Cache-Control': 'no-store', 'X-Content-Type-Options': 'nosniff',
    'Content-Security-Policy': "default-src 'self'; img-src data:; frame-ancestors 'none'",
  });
  response.end(content);
}).listen(Number(given.listen), () => console.log(`The shop is open: ${here}`));
