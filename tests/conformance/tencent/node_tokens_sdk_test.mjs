// SPDX-License-Identifier: Apache-2.0
// Tokens by the vendor's unmodified Node SDK: v1 forms flatten Config, TC3 sends it as JSON.
import { b64, check, done, keyId, media, require, secret, server, test } from '../kit.mjs';

const sdk = require('tencentcloud-sdk-nodejs-intl-en');
const { Client, Models } = sdk.faceid.v20180301;
const { ClientProfile, Credential, HttpProfile } = sdk.common;
const same = media('same_person.jpg');

function client(scheme) {
  const http = new HttpProfile();
  http.protocol = 'http://';
  http.endpoint = server;
  const profile = scheme ? new ClientProfile(scheme, http) : Object.assign(new ClientProfile(), { httpProfile: http });
  return new Client(new Credential(keyId, secret), 'ap-singapore', profile);
}

const call = (by, action, fields) =>
  new Promise((resolve, reject) => {
    const request = new Models[`${action}Request`]();
    request.from_json_string(JSON.stringify(fields));
    by[action](request, (error, answer) => (error ? reject(error) : resolve(answer)));
  });

async function refuses(name, code, by, action, fields) {
  await test(name, async () => {
    try {
      await call(by, action, fields);
    } catch (error) {
      check(name, error.code === code, error.code);
      return;
    }
    check(name, false, 'no error');
  });
}

for (const scheme of [undefined, 'HmacSHA1', 'TC3-HMAC-SHA256']) {
  const by = client(scheme);
  const how = scheme ?? 'default';
  await test(`web, ${how}`, async () => {
    const extra = "é ~*+/=& 中 !'()";
    const config = { AutoSkip: true, CheckMode: 2, SecurityLevel: 4, ActionList: 'nod,mouth', LivenessTimeout: 60 };
    const order = { RedirectURL: 'https://example.com/cb?x=1&y=%20', CompareImageBase64: b64(same), Extra: extra, Config: config };
    const { BizToken: token, VerificationURL: url } = await call(by, 'ApplyWebVerificationBizTokenIntl', order);
    check(`token, ${how}`, /^[0-9A-F-]{36}$/.test(token) && url.endsWith(`/reflect/?token=${token}`), url);
    const result = await call(by, 'GetWebVerificationResultIntl', { BizToken: token });
    check(`pending, ${how}`, result.ErrorCode === null && result.Extra === extra, JSON.stringify(result).slice(0, 200));
  });
  await test(`app, ${how}`, async () => {
    const { SdkToken: token } = await call(by, 'GetFaceIdTokenIntl', { SecureLevel: '2', ActionList: 'blink,mouth', Extra: 'x' });
    const result = await call(by, 'GetFaceIdResultIntl', { SdkToken: token });
    check(`not finished, ${how}`, result.Result === '-999' && result.Extra === 'x', JSON.stringify(result).slice(0, 200));
  });
  const wrong = { RedirectURL: 'https://example.com/', Config: { CheckMode: 3, SecurityLevel: 9 } };
  await refuses(`level 9, ${how}`, 'InvalidParameterValue', by, 'ApplyWebVerificationBizTokenIntl', wrong);
  await refuses(`unknown token, ${how}`, 'InvalidParameterValue.BizTokenIllegal', by, 'GetWebVerificationResultIntl', {
    BizToken: '00000000-0000-4000-8000-000000000000',
  });
}

done();
