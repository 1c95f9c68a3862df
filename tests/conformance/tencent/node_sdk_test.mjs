// SPDX-License-Identifier: Apache-2.0
// The vendor's unmodified Node SDK (tencentcloud-sdk-nodejs-intl-en) against a running server.
// Its default signature is v1 HmacSHA256 in a form body.
import { b64, check, done, keyId, ledger, media, recorded, require, secret, server, shifted, test } from '../kit.mjs';

const sdk = require('tencentcloud-sdk-nodejs-intl-en');
const { Client, Models } = sdk.faceid.v20180301;
const { ClientProfile, Credential, HttpProfile } = sdk.common;

const DEFAULT = undefined;
const TC3 = 'TC3-HMAC-SHA256';
const SCHEMES = [DEFAULT, 'HmacSHA256', 'HmacSHA1', TC3];
const named = (scheme) => scheme ?? 'default';
const live = media('live.mp4');
const same = media('same_person.jpg');
const other = media('other_person.jpg');
const billed = []; // the codes that must be in the ledger at the end

function client({ scheme, id = keyId, key = secret, method = 'POST', endpoint = server, region = 'ap-singapore' } = {}) {
  const http = new HttpProfile();
  http.protocol = 'http://';
  http.endpoint = endpoint;
  http.reqMethod = method;
  const profile = scheme ? new ClientProfile(scheme, http) : Object.assign(new ClientProfile(), { httpProfile: http });
  return new Client(new Credential(id, key), region, profile);
}

const call = (by, action, fields) =>
  new Promise((resolve, reject) => {
    const request = new Models[`${action}Request`]();
    request.from_json_string(JSON.stringify(fields));
    by[action](request, (error, answer) => (error ? reject(error) : resolve(answer)));
  });

async function ask(by = client(), { photo = same, video = live, ...fields } = {}) {
  const given = { ImageBase64: b64(photo), VideoBase64: b64(video), LivenessType: 'SILENT', ...fields };
  const answer = await call(by, 'CompareFaceLiveness', given);
  if (['Success', 'FailedOperation.CompareLowSimilarity'].includes(answer.Result)) billed.push(answer.Result);
  return answer;
}

const getsResult = (name, code, by, what) =>
  test(name, async () => {
    const answer = await ask(by, what);
    const compared = ['Success', 'FailedOperation.CompareLowSimilarity'].includes(code);
    check(`${name}: Result`, answer.Result === code, `${answer.Result} ${answer.Description}`);
    check(`${name}: RequestId`, answer.RequestId?.length === 36, answer.RequestId);
    const sim = answer.Sim;
    check(`${name}: Sim`, code === 'Success' ? sim >= 70 && sim <= 100 : compared ? sim >= 0 && sim < 70 : sim === 0, String(sim));
    if (compared) {
      const frame = Buffer.from(answer.BestFrameBase64 ?? '', 'base64');
      check(`${name}: BestFrameBase64 is a JPEG`, frame.readUInt16BE(0) === 0xffd8, frame.length);
    }
  });

const getsError = (name, code, ask, text = '') =>
  test(name, async () => {
    try {
      const answer = await ask();
      check(name, false, `no error: ${JSON.stringify(answer).slice(0, 200)}`);
    } catch (error) {
      check(name, error.code === code, `want ${code}, got ${error.code} ${error.message}`);
      check(`${name}: has an id and a message`, error.getRequestId()?.length === 36 && error.message.includes(text), error);
    }
  });

// ── what was measured
for (const scheme of SCHEMES) await getsResult(`same person, ${named(scheme)}`, 'Success', client({ scheme }));
for (const scheme of [DEFAULT, TC3]) {
  const by = client({ scheme });
  const how = named(scheme);
  await getsResult(`another person, ${how}`, 'FailedOperation.CompareLowSimilarity', by, { photo: other });
  await getsResult(`no face in the photo, ${how}`, 'FailedOperation.LifePhotoDetectNoFaces', by, { photo: media('no_face.jpg') });
  await getsResult(`two faces in the photo, ${how}`, 'FailedOperation.LifePhotoDetectFaces', by, { photo: media('two_faces.jpg') });
  await getsResult(`video of one second, ${how}`, 'FailedOperation.SilentTooShort', by, { video: media('one_second.mp4') });
  await getsResult(`corrupt video, ${how}`, 'FailedOperation.LipVideoInvalid', by, { video: media('corrupt.mp4') });

  // ── what was sent
  const zeros = (photo, count) => Buffer.concat([photo, Buffer.alloc(count)]);
  await getsError(`undecodable image, ${how}`, 'FailedOperation.ImageDecodeFailed', () => ask(by, { photo: Buffer.from('not an image'.repeat(20)) }));
  await getsError(`oversize image, ${how}`, 'FailedOperation.ImageSizeTooLarge', () => ask(by, { photo: zeros(same, 5 << 20) }));
  await getsError(`oversize video, ${how}`, 'FailedOperation.LipSizeError', () => ask(by, { video: zeros(live, 6 << 20) }));
  const [code, text] = scheme === TC3 ? ['RequestSizeLimitExceeded', ''] : ['AuthFailure.SignatureFailure', TC3];
  await getsError(`body over 10 MB, ${how}`, code, () => ask(by, { photo: zeros(same, 11 << 20) }), text);
  await getsError(`data: prefix, ${how}`, 'InvalidParameterValue', () => ask(by, { ImageBase64: `data:image/jpeg;base64,${b64(same)}` }));
  await getsError(`unknown LivenessType, ${how}`, 'InvalidParameterValue', () => ask(by, { LivenessType: 'NOPE' }));
  for (const missing of ['ImageBase64', 'VideoBase64', 'LivenessType']) {
    await getsError(`without ${missing}, ${how}`, 'MissingParameter', () => ask(by, { [missing]: null }), missing);
  }
  await getsError(`unknown action, ${how}`, 'InvalidAction', () => {
    const answered = (resolve, reject) => (error, answer) => (error ? reject(error) : resolve(answer));
    const request = new Models.ApplyLivenessTokenRequest();
    return new Promise((resolve, reject) => by.request('NoSuchActionAtAll', request, new Models.ApplyLivenessTokenResponse(), {}, answered(resolve, reject)));
  });
  await getsError(`a document, ${how}`, 'UnsupportedOperation', () => call(by, 'ApplySdkVerificationToken', { CheckMode: 1, IdCardType: 'HMTPermit' }));
  await getsError(`unknown region, ${how}`, 'UnsupportedRegion', () => ask(client({ scheme, region: 'eu-frankfurt' })));
}

// ── by URLs
await test('LivenessCompare by URLs', async () => {
  const by = client({ scheme: TC3 });
  const uploaded = async (content) => {
    const made = await call(by, 'CreateUploadUrl', { TargetAction: 'LivenessCompare' });
    const put = await fetch(made.UploadUrl, { method: 'PUT', body: content });
    check('PUT UploadUrl', put.status === 200, put.status);
    return made.ResourceUrl;
  };
  const urls = { ImageUrl: await uploaded(same), VideoUrl: await uploaded(live) };
  const answer = await call(by, 'LivenessCompare', { ...urls, LivenessType: 'SILENT' });
  check('LivenessCompare: Success', answer.Result === 'Success' && answer.Sim >= 70, answer.Result);
  billed.push(answer.Result);
});

// ── who asked
const tiny = { photo: Buffer.from('abc'), video: Buffer.from('abc') };
for (const scheme of SCHEMES) {
  const how = named(scheme);
  await getsError(`GET, ${how}`, 'FailedOperation.ImageDecodeFailed', () => ask(client({ scheme, method: 'GET' }), tiny));
  await getsError(`wrong secret, ${how}`, 'AuthFailure.SignatureFailure', () => ask(client({ scheme, key: `${secret}x` })));
  await getsError(`unknown key, ${how}`, 'AuthFailure.SecretIdNotFound', () => ask(client({ scheme, id: 'AKIDunknown' })));
  for (const seconds of [-700, -310, 310, 700]) {
    await getsError(`clock ${seconds} s, ${how}`, 'AuthFailure.SignatureExpire', () => shifted(seconds, () => ask(client({ scheme }), tiny)));
  }
  await getsError(`clock -280 s is fine, ${how}`, 'FailedOperation.ImageDecodeFailed', () => shifted(-280, () => ask(client({ scheme }), tiny)));
}

// ── the same request twice
await test('identical TC3 request', async () => {
  const { value: first, again } = await recorded((endpoint) => ask(client({ scheme: TC3, endpoint })));
  const { Response: second } = await again();
  check('replayed TC3: the same RequestId', second.RequestId === first.RequestId, second);
  check('replayed TC3: the stored answer', second.Sim === first.Sim && second.BestFrameBase64 === first.BestFrameBase64, second.Result);
  check('replayed TC3: one ledger row', ledger().filter((row) => row.outcome_id === first.RequestId).length === 1);
});
for (const scheme of SCHEMES.slice(0, 3)) {
  await test(`identical v1 request, ${named(scheme)}`, async () => {
    const { again } = await recorded((endpoint) => ask(client({ scheme, endpoint })));
    const { Response: second } = await again();
    check(`replayed ${named(scheme)}: refused`, second.Error?.Code.startsWith('AuthFailure.'), second);
  });
}

await test('billing', async () => {
  const codes = ledger().map((row) => row.code);
  check('one ledger row a billed call', codes.sort().join() === billed.sort().join(), `${codes.length} rows, ${billed.length} billed calls`);
});
done();
