// SPDX-License-Identifier: Apache-2.0
// The gateway vendor's unmodified Node SDK (aliyun-api-gateway) against a running server: its signature,
// its simple client, and what its errors keep of our answers.
import { b64, check, done, keyId, media, recorded, require, secret, server, shifted, test } from '../kit.mjs';

const { Client, SimpleClient } = require('aliyun-api-gateway');
const appcode = process.env.SELFSAME_TEST_APPCODE;
const person = { liveness_type: 'meglive', idcard_name: '张三 A+b~*', idcard_number: '11010119900307803X', biz_no: 'biz 1/+=é' };
const form = { 'content-type': 'application/x-www-form-urlencoded; charset=UTF-8' };

const url = (what, host = server) => `http://${host}/face/v1.2/sdk/${what}`;
const signer = (id = keyId, key = secret) => new Client(id, key);
const token = (by, fields = person, host = server, more = {}) =>
  by.post(url('get_biz_token', host), { data: { ...fields }, headers: { ...form }, timeout: 60000, ...more });
const result = (by, query) => by.get(url('get_result'), { query });

const flows = (name, by, more) =>
  test(name, async () => {
    const opened = await token(by, person, server, more);
    check(`${name}: biz_token`, /^\d{10},[0-9a-f-]{36}$/.test(opened.biz_token), opened);
    const seen = await result(by, { biz_token: opened.biz_token, verbose: '1' });
    const waits = seen.result_code === 9000 && seen.result_message === 'LIVING_NOT_START';
    check(`${name}: get_result`, waits && seen.biz_token === opened.biz_token && seen.biz_no === person.biz_no, seen);
  });

const refuses = (name, ask, status, code, message) =>
  test(name, async () => {
    try {
      check(name, false, await ask());
    } catch (error) {
      const headers = error.data?.headers ?? {};
      check(`${name}: status`, String(error.code) === String(status), error);
      check(`${name}: code`, headers['x-ca-error-code'] === code, headers);
      check(`${name}: message`, !message || message.test(headers['x-ca-error-message'] ?? ''), headers);
      check(`${name}: request id`, Boolean(headers['x-ca-request-id']), headers);
    }
  });

await flows('signed', signer());
await flows('signed, one header more', signer(), { signHeaders: { 'X-My-Header': 'v1' } });
await flows('appcode', new SimpleClient(appcode));
await test('photos and every choice', async () => {
  const choices = { security_level: '2', liveness_timeout: '60', liveness_action_count: '3', force_compare: '0', multi_oriented_detection: '1' };
  const opened = await token(signer(), { ...person, ...choices, image_ref1: b64(media('same_person.jpg')) });
  check('photos and every choice', Boolean(opened.biz_token), opened);
});
await test('a JSON body and its Content-MD5', async () => {
  const opened = await signer().post(url('get_biz_token'), { data: person });
  check('a JSON body and its Content-MD5', Boolean(opened.biz_token), opened);
});
await refuses('a wrong secret', () => token(signer(keyId, `${secret}x`)), 403, 'A403IS', /^Invalid Signature, Server StringToSign:`POST#application\/json#/);
await refuses('an unknown key', () => token(signer('nope')), 400, 'A400IK', /Invalid AppKey/);
await refuses('an unknown appcode', () => token(new SimpleClient('nope')), 400, 'A400AC', /Invalid AppCode/);
for (const seconds of [-1900, 1900]) {
  await refuses(`a clock ${seconds} s off`, () => shifted(seconds, () => token(signer())), 403, 'S403TE', /Timestamp Expired/);
}
await test('a clock ten minutes off', async () => {
  check('a clock ten minutes off', Boolean((await shifted(-600, () => token(signer()))).biz_token));
});
await test('a request that is sent again', async () => {
  const { sendAgain } = await recorded((host) => token(signer(), person, host));
  const second = await sendAgain();
  check('a request that is sent again', second.status === 403 && second.headers['x-ca-error-code'] === 'S403NU', [second.status, second.headers]);
});
await refuses('a call that does not exist', () => signer().get(url('no_such_api'), { query: { a: '1' } }), 404, undefined);
await refuses('what the service refuses has no gateway code', () => token(signer(), { liveness_type: 'meglive' }), 400, undefined);
done();
