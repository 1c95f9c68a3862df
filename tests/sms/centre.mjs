// SPDX-License-Identifier: Apache-2.0
// A message centre for tests: SMPP by the npm library `smpp`, told what to do and asked what it saw over HTTP.
//   node centre.mjs SMPP_PORT CONTROL_PORT
// Answers submit_sm with an id in hexadecimal and writes it into the receipt in decimal, as many real ones do.
//   GET /seen   {binds, submits, first_ms, last_ms, messages: {"TO TEXT": times}, validity: {"TO TEXT": seconds}}
//   POST /cut   ends every connection at once, with what is on the way in it
//   POST /set   {"throttle": n: the next n are answered ESME_RTHROTTLED, "refuse": n: …ESME_RINVDSTADR,
//                "receipts": true|false, "stat": "DELIVRD"|…, "hold": true: no answers}
//   POST /say   {"from", "text"}: a message from a phone
import http from 'node:http';
import { createRequire } from 'node:module';
import path from 'node:path';

const require = createRequire(path.join(process.env.SELFSAME_TEST_SMS_NODE, 'x.js'));
const smpp = require('smpp');
const [smppPort, controlPort] = process.argv.slice(2).map(Number);

const seen = { binds: 0, submits: 0, first_ms: 0, last_ms: 0, messages: {}, validity: {} };
const rules = { throttle: 0, refuse: 0, receipts: true, stat: 'DELIVRD', hold: false };
const parts = new Map(); // of long messages
const sessions = new Set();
let nextId = 0x53e9d300;

/** The whole text of a message once all of its segments are there. */
function assembled(pdu) {
  const { message, udh } = pdu.short_message;
  if (!udh) return message;
  const header = Buffer.isBuffer(udh) ? udh : udh[0];
  const element = header.length === 6 ? header.subarray(3) : header.subarray(-3); // with or without its length octets
  const [reference, total, number] = element;
  const key = `${pdu.destination_addr} ${reference}`;
  const texts = parts.get(key) ?? [];
  texts[number - 1] = (texts[number - 1] ?? '') + message; // a segment that comes twice shows
  parts.set(key, texts);
  if (texts.filter((text) => text !== undefined).length < total) return undefined;
  parts.delete(key);
  return texts.join('');
}

function receive(session, pdu) {
  const now = Date.now();
  seen.first_ms ||= now;
  seen.last_ms = now;
  seen.submits++;
  if (rules.throttle > 0 || rules.refuse > 0) {
    const command_status = rules.throttle > 0 ? smpp.ESME_RTHROTTLED : smpp.ESME_RINVDSTADR;
    rules.throttle > 0 ? rules.throttle-- : rules.refuse--;
    session.send(pdu.response({ command_status }));
    return;
  }
  const text = assembled(pdu);
  if (text !== undefined) {
    const key = `${pdu.destination_addr} ${text}`;
    seen.messages[key] = (seen.messages[key] ?? 0) + 1;
    if (pdu.validity_period) seen.validity[key] = Math.round((new Date(pdu.validity_period) - now) / 1000);
  }
  if (rules.hold) return;
  const id = nextId++;
  session.send(pdu.response({ message_id: id.toString(16) }));
  if (rules.receipts && pdu.registered_delivery & 1) setTimeout(() => receipt(pdu, id), 50);
}

function receipt(pdu, id) {
  const session = [...sessions].at(-1); // it may have bound anew meanwhile
  if (!session) return setTimeout(() => receipt(pdu, id), 200);
  const short_message = `id:${id} sub:001 dlvrd:001 submit date:2601010000 done date:2601010001 stat:${rules.stat} err:000 text:`;
  session.deliver_sm({ source_addr: pdu.destination_addr, destination_addr: pdu.source_addr, esm_class: 4, short_message });
}

const server = smpp.createServer((session) => {
  session.on('error', () => {});
  session.on('close', () => sessions.delete(session));
  session.on('bind_transceiver', (pdu) => {
    if (pdu.system_id !== 'selfsame' || pdu.password !== 'secret') {
      session.send(pdu.response({ command_status: smpp.ESME_RBINDFAIL }));
      session.close();
      return;
    }
    seen.binds++;
    sessions.add(session);
    session.send(pdu.response({ system_id: 'centre' }));
  });
  session.on('submit_sm', (pdu) => receive(session, pdu));
  session.on('enquire_link', (pdu) => session.send(pdu.response()));
  session.on('unbind', (pdu) => {
    session.send(pdu.response());
    session.close();
  });
});
server.on('error', () => {});
server.listen(smppPort, '127.0.0.1');

http
  .createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    if (request.url === '/cut') for (const session of sessions) session.socket.destroy();
    if (request.url === '/set') Object.assign(rules, JSON.parse(body));
    if (request.url === '/say') {
      const { from, text } = JSON.parse(body);
      [...sessions].at(-1)?.deliver_sm({ source_addr: from, destination_addr: '1234', short_message: text });
    }
    response.setHeader('Content-Type', 'application/json');
    response.end(JSON.stringify(seen));
  })
  .listen(controlPort, '127.0.0.1', () => console.log('up'));
