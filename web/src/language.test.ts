// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { chooseLanguage, directionOf, LANGUAGES, languageOf, sayWith, type Texts } from './language.ts';

const textsIn = (language: string): Texts =>
  JSON.parse(fs.readFileSync(path.join(import.meta.dirname, 'texts', `${language}.json`), 'utf8'));
const names = (text: string): string[] => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort();
const english = textsIn('en');

test('there is a file for each language, and no other', () => {
  const files = fs.readdirSync(path.join(import.meta.dirname, 'texts')).sort();
  assert.deepEqual(files, Object.keys(LANGUAGES).map((language) => `${language}.json`).sort());
});

for (const language of Object.keys(LANGUAGES)) {
  test(`${language} says everything, with the same values`, () => {
    const texts = textsIn(language);
    assert.deepEqual(Object.keys(texts), Object.keys(english));
    for (const [key, text] of Object.entries(texts)) {
      assert.deepEqual(names(text), names(english[key as keyof Texts]), key);
      assert.ok(text.trim() === text && text.length > 0, key);
      if (language !== 'en') assert.notEqual(text, english[key as keyof Texts], `${key} is not translated`);
    }
  });
}

test('every text is used somewhere', () => {
  const sources = fs.readdirSync(import.meta.dirname).filter((name) => /\.tsx?$/.test(name) && !/test/.test(name));
  const code = sources.map((name) => fs.readFileSync(path.join(import.meta.dirname, name), 'utf8')).join('');
  const composed = /^(hint|action|fault|field|guide)_|_(title|text)$/;
  const unused = Object.keys(english).filter((key) => !composed.test(key) && !code.includes(`'${key}'`));
  assert.deepEqual(unused, []);
});

test('there is a hint for everything that the server can say', () => {
  const document = JSON.parse(fs.readFileSync(path.join(import.meta.dirname, '../../src/adapters/native/openapi.json'), 'utf8'));
  const hints: (string | null)[] = document.components.schemas.Session.properties.hint.enum;
  for (const hint of hints) assert.ok(hint === null || `hint_${hint}` in english, String(hint));
});

test('there is a text for everything that can be wrong with a picture of a document', () => {
  const document = JSON.parse(fs.readFileSync(path.join(import.meta.dirname, '../../src/adapters/native/openapi.json'), 'utf8'));
  const faults: string[] = document.components.schemas.DocumentFault.enum;
  assert.ok(faults.length > 5);
  for (const fault of faults) assert.ok(`fault_${fault}` in english, fault);
});

const TAGS: [string, string | null][] = [
  ['en-GB', 'en'], ['zh', 'zh-Hans'], ['zh-CN', 'zh-Hans'], ['zh_TW', 'zh-Hant'], ['zh-Hant-HK', 'zh-Hant'], ['zh-HK', 'zh-Hant'],
  ['zh-Hans-SG', 'zh-Hans'], ['in', 'id'], ['tl-PH', 'fil'], ['fil', 'fil'], ['es-419', 'es'], ['pt-BR', null], ['', null], ['*', null],
];
for (const [tag, language] of TAGS) {
  test(`${tag || 'nothing'} is ${language}`, () => assert.equal(languageOf(tag), language));
}

test('the first wish that can be met counts, and English at last', () => {
  assert.equal(chooseLanguage([null, 'de', 'th-TH', 'ja']), 'th');
  assert.equal(chooseLanguage(['de', undefined]), 'en');
});

test('direction follows the language', () => {
  assert.equal(directionOf('ar-EG'), 'rtl');
  assert.equal(directionOf('zh-Hant'), 'ltr');
});

test('values are put in, and unknown names left', () => {
  const say = sayWith({ ...english, progress: '{step} of {steps} {other}' });
  assert.equal(say('progress', { step: 1, steps: 4 }), '1 of 4 {other}');
});
