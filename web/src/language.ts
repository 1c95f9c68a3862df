// SPDX-License-Identifier: Apache-2.0
import type en from './texts/en.json';

export type Key = keyof typeof en;
export type Texts = Record<Key, string>;
export type Say = (key: Key, values?: Record<string, string | number>) => string;

/** In their own names. */
export const LANGUAGES: Record<string, string> = {
  en: 'English', 'zh-Hans': '简体中文', 'zh-Hant': '繁體中文', ms: 'Bahasa Melayu', id: 'Bahasa Indonesia', th: 'ไทย',
  ja: '日本語', fil: 'Filipino', vi: 'Tiếng Việt', es: 'Español', ru: 'Русский',
};

const RIGHT_TO_LEFT = ['ar', 'fa', 'he', 'ur'];
const OLD_NAMES: Record<string, string> = { in: 'id', tl: 'fil', jp: 'ja' };
const TRADITIONAL = /^zh.*-(hant|tw|hk|mo)/;

/** The language that a tag such as zh-TW, en_US or tl-PH means, if there is a text in it. */
export function languageOf(tag: string | null | undefined): string | null {
  const plain = (tag ?? '').toLowerCase().replaceAll('_', '-');
  if (plain.startsWith('zh')) return TRADITIONAL.test(plain) ? 'zh-Hant' : 'zh-Hans';
  const [first] = plain.split('-');
  const language = OLD_NAMES[first] ?? first;
  return language in LANGUAGES ? language : null;
}

/** The first wish that can be met. */
export function chooseLanguage(wishes: (string | null | undefined)[]): string {
  for (const wish of wishes) {
    const language = languageOf(wish);
    if (language) return language;
  }
  return 'en';
}

export function directionOf(language: string): 'ltr' | 'rtl' {
  return RIGHT_TO_LEFT.includes(language.split('-')[0]) ? 'rtl' : 'ltr';
}

/** Puts values into {names}. */
export function sayWith(texts: Texts): Say {
  return (key, values = {}) => texts[key].replace(/\{(\w+)\}/g, (whole, name) => String(values[name] ?? whole));
}
