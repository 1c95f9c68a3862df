// SPDX-License-Identifier: Apache-2.0
// The parts list of the page: what the flow needs, from this browser.
import { render } from 'preact';
import { apiOf } from './api.ts';
import { App } from './app.tsx';
import { browserCameras } from './camera.ts';
import { systemClock } from './clock.ts';
import { randomKey, sha256Of } from './digest.ts';
import { FINAL_TROUBLES, Flow } from './flow.ts';
import { browserKeep } from './keep.ts';
import { chooseLanguage, type Texts } from './language.ts';
import { useColour } from './theme.ts';
import './style.css';

const ALL_TEXTS = import.meta.glob<Texts>('./texts/*.json', { import: 'default' });
const query = new URLSearchParams(location.search);

async function textsIn(language: string): Promise<Texts> {
  return ALL_TEXTS[`./texts/${language}.json`]();
}

const KEY = 'selfsame-key';

/** Proposed to the server when it is claimed; survives a reload, so that a lost answer locks nobody out. */
function claimKey(): string {
  try {
    const key = sessionStorage.getItem(KEY) ?? randomKey();
    sessionStorage.setItem(KEY, key);
    return key;
  } catch {
    return randomKey(); // a browser that keeps nothing
  }
}

/** Nothing is kept after the end. */
function forgetKey(flow: Flow): void {
  const { screen } = flow;
  if (screen.name !== 'done' && !(screen.name === 'trouble' && FINAL_TROUBLES.includes(screen.trouble))) return;
  try {
    sessionStorage.removeItem(KEY);
  } catch {
    // a browser that keeps nothing
  }
}

/** Back leaves the camera, not the page. */
function guardBack(flow: Flow): void {
  let guarded = false;
  flow.subscribe(() => {
    const { name } = flow.screen;
    if (guarded || !['aim', 'flashes', 'document', 'card', 'confirm'].includes(name)) return;
    guarded = true;
    history.pushState(null, '');
  });
  addEventListener('popstate', () => {
    guarded = false;
    flow.back();
  });
}

async function run(root: HTMLElement): Promise<void> {
  const token = query.get('token') ?? '';
  const base = location.origin + location.pathname.replace(/\/reflect\/.*$/, '');
  const isSecure = Boolean(crypto.subtle);
  const flow = new Flow({
    api: apiOf(base, token, claimKey(), (url, init) => fetch(url, init)),
    cameras: browserCameras,
    keep: browserKeep(isSecure ? await sha256Of(token) : ''),
    clock: systemClock,
    isSecure,
    leave: (url) => location.replace(url),
  });
  let language = chooseLanguage([query.get('lang'), ...navigator.languages]);
  let texts = await textsIn(language);
  const show = () => {
    const desktop = matchMedia('(pointer: fine) and (min-width: 48rem)').matches;
    render(<App flow={flow} desktop={desktop} language={language} texts={texts} choose={(chosen) => void speak(chosen)} />, root);
  };
  const speak = async (chosen: string) => {
    texts = await textsIn(chosen);
    language = chosen;
    show();
  };
  let isSettled = query.has('lang');
  flow.subscribe(() => {
    const wishes = flow.session?.page;
    if (!wishes || isSettled) return;
    isSettled = true;
    if (wishes.language) void speak(chooseLanguage([wishes.language, language]));
  });
  flow.subscribe(() => useColour(flow.session?.page.theme_colour));
  flow.subscribe(show); // not by an effect: those run after a frame, and a fast answer would come before it
  flow.subscribe(() => forgetKey(flow));
  guardBack(flow);
  document.addEventListener('visibilitychange', () => {
    if (document.hidden) flow.interrupt();
  });
  show();
  await flow.load();
}

const root = document.getElementById('page');
if (root) void run(root);
