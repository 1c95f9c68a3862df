// SPDX-License-Identifier: Apache-2.0
// ExecuteRequest by the vendor's unmodified Node SDK (@alicloud/pop-core, RPC v1) against a running server.
import { b64, check, done, keyId, media, require, secret, server, test } from '../kit.mjs';

const Core = require('@alicloud/pop-core');
const [same, other] = ['same_person.jpg', 'other_person.jpg'].map(media);

const client = (more = {}) =>
  new Core({ accessKeyId: keyId, accessKeySecret: secret, endpoint: `http://${server}`, apiVersion: '2019-05-21', opts: { timeout: 60000 }, ...more });

function verify(reference, probe, { code = '00840000', method = 'POST' } = {}) {
  const parameters = JSON.stringify({ refFaceContent: b64(reference), authFaceContent: b64(probe), resourceCode: code });
  return client().request('ExecuteRequest', { Service: 'intl_face_verify', ServiceParameters: parameters }, { method });
}

/** The client throws for every Code but 200. */
async function refuses(name, code, run, holds = () => true) {
  try {
    check(name, false, await run());
  } catch (error) {
    check(name, String(error.code) === String(code) && Boolean(error.data?.RequestId) && holds(error.data), error);
  }
}

await test('verdicts', async () => {
  for (const [probe, passed] of [[same, 'true'], [other, 'false']]) {
    const answer = await verify(same, probe);
    const data = JSON.parse(answer.Data);
    check(`passed ${passed}`, answer.Code === 200 && data.retCode === 'OK_SUCCESS' && data.passed === passed, answer);
    check('extInfo', data.extInfo.result === passed && data.extInfo.faceAttack === 'false' && Number(data.extInfo.score) >= 0, data);
  }
  const answer = await verify(same, same, { method: 'GET' });
  check('by GET', JSON.parse(answer.Data).passed === 'true', answer);
});

await refuses('null fields', 400, () => client().request('ExecuteRequest', { Service: 'intl_face_verify', ServiceParameters: '{}' }, { method: 'POST' }));
await refuses('no such service', 404, () => client().request('ExecuteRequest', { Service: 'none', ServiceParameters: '{}' }, { method: 'POST' }));
await refuses('resourceCode', 500, () => verify(same, same, { code: 'zz' }), (data) => JSON.parse(data.Data).retCodeSub === 'Z1141');
await refuses('wrong secret', 'SignatureDoesNotMatch', () =>
  client({ accessKeySecret: `${secret}x` }).request('ExecuteRequest', { Service: 'intl_face_verify', ServiceParameters: '{}' }, { method: 'POST' }));

done();
