// SPDX-License-Identifier: Apache-2.0
// Text messages by the vendor's unmodified Node SDKs against a running server: @alicloud/pop-core (RPC v1) and
// @alicloud/dysmsapi20180501 (ACS3).
import { check, done, keyId, require, secret, server, shifted, test } from '../kit.mjs';

const Core = require('@alicloud/pop-core');
const sms = require('@alicloud/dysmsapi20180501');
const { $OpenApiUtil } = require('@alicloud/openapi-core');
const text = "Have a *te~st* +é/=& 中 !'()";
const to = '628131234567';

const pop = (more = {}) =>
  new Core({ accessKeyId: keyId, accessKeySecret: secret, endpoint: `http://${server}`, apiVersion: '2018-05-01', opts: { timeout: 60000 }, ...more });
const typed = (more = {}) =>
  new sms.default(new $OpenApiUtil.Config({ accessKeyId: keyId, accessKeySecret: secret, endpoint: server, protocol: 'http', ...more }));
const send = (client, method = 'POST') => client.request('SendMessageToGlobe', { To: to, Message: text }, { method });
const sendTyped = (client) => client.sendMessageToGlobe(new sms.SendMessageToGlobeRequest({ to, from: '1234', message: text }));

async function refuses(name, code, run) {
  try {
    check(name, false, await run());
  } catch (error) {
    check(name, error.code === code, error);
  }
}

for (const method of ['POST', 'GET']) {
  await test(`pop-core ${method}`, async () => {
    const answer = await send(pop(), method);
    check('sent', answer.ResponseCode === 'OK' && answer.To === to && answer.Code === undefined && answer.RequestId, answer);
    const found = await pop().request('QueryMessage', { MessageId: answer.MessageId }, { method });
    check('as it was', found.Message === text, found);
    const batch = await pop().request('BatchSendMessageToGlobe', { To: `["${to}","628131234568"]`, Message: '["a","b"]' }, { method });
    check('batch', batch.SuccessCount === '2' && JSON.parse(batch.MessageIdList).length === 2, batch);
    const illegal = await pop().request('SendMessageToGlobe', { To: 'abc', Message: 'x' }, { method });
    check('an illegal number', illegal.ResponseCode === 'MOBILE_NUMBER_ILLEGAL', illegal);
  });
}
await refuses('wrong secret', 'SignatureDoesNotMatch', () => send(pop({ accessKeySecret: 'x' })));
await refuses('unknown key', 'InvalidAccessKeyId.NotFound', () => send(pop({ accessKeyId: 'x' })));
await refuses('an old time', 'InvalidTimeStamp.Expired', () => shifted(-1900, () => send(pop())));
await refuses('no To', 'MissingTo', () => pop().request('SendMessageToGlobe', { Message: 'x' }, { method: 'POST' }));

await test('typed', async () => {
  const { statusCode, body } = await sendTyped(typed());
  check('sent', statusCode === 200 && body.responseCode === 'OK' && body.to === to && body.requestId, body);
  const found = (await typed().queryMessage(new sms.QueryMessageRequest({ messageId: body.messageId }))).body;
  check('as it was', found.message === text && found.numberDetail.country === 'Indonesia', found);
  const batch = (await typed().batchSendMessageToGlobe(new sms.BatchSendMessageToGlobeRequest({ to: `["${to}","628131234568"]`, message: '["a","b"]' }))).body;
  check('batch', batch.successCount === '2', batch);
  const rate = (await typed().conversionData(new sms.ConversionDataRequest({ conversionRate: '0.5' }))).body;
  check('conversion', rate.responseCode === 'OK', rate);
});
await refuses('typed: wrong secret', 'SignatureDoesNotMatch', () => sendTyped(typed({ accessKeySecret: 'x' })));
await refuses('typed: unknown key', 'InvalidAccessKeyId.NotFound', () => sendTyped(typed({ accessKeyId: 'x' })));
await refuses('typed: an old time', 'InvalidTimeStamp.Expired', () => shifted(-1900, () => sendTyped(typed())));

done();
