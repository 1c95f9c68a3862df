// SPDX-License-Identifier: Apache-2.0
import { useEffect } from 'preact/hooks';
import { CardScreen } from './card_screen.tsx';
import { CameraScreen } from './camera_screen.tsx';
import { Confirm, Document, Reading } from './document_screens.tsx';
import type { Flow } from './flow.ts';
import { directionOf, sayWith, type Texts } from './language.ts';
import {
  Done, Film, Flashes, Follow, type Given, Judging, Loading, Retry, Top, TroubleScreen, Upload, Welcome, Whose,
} from './screens.tsx';

export interface Setting {
  flow: Flow;
  desktop: boolean;
  language: string;
  texts: Texts;
  choose(language: string): void;
}

function Content({ flow, say, desktop }: Given & { desktop: boolean }) {
  const { screen } = flow;
  const given = { flow, say };
  switch (screen.name) {
    case 'loading':
      return <Loading {...given} />;
    case 'welcome':
      return <Welcome {...given} resumed={screen.resumed} desktop={desktop} />;
    case 'follow':
      return <Follow {...given} />;
    case 'document':
      return <Document key={screen.side} {...given} screen={screen} />;
    case 'card':
      return <CardScreen {...given} screen={screen} />;
    case 'reading':
      return <Reading {...given} />;
    case 'confirm':
      return <Confirm {...given} fields={screen.fields} />;
    case 'flashes':
      return <Flashes {...given} />;
    case 'aim':
    case 'perform':
      return <CameraScreen {...given} screen={screen} />;
    case 'film':
      return <Film {...given} challenge={screen.challenge} />;
    case 'upload':
      return <Upload {...given} {...screen.progress} />;
    case 'judging':
      return <Judging {...given} />;
    case 'retry':
      return <Retry {...given} hint={screen.hint} attempts_left={screen.attempts_left} />;
    case 'done':
      return <Done {...given} passed={screen.passed} />;
    case 'trouble':
      return <TroubleScreen {...given} trouble={screen.trouble} />;
  }
}

/** What the flow shows now; to be drawn anew with each of its steps. */
export function App({ flow, desktop, language, texts, choose }: Setting) {
  const say = sayWith({ ...texts, ...flow.session?.customer.texts[language] });
  useEffect(() => {
    document.documentElement.lang = language;
    document.documentElement.dir = directionOf(language);
    document.title = say('title');
  }, [texts]);
  const { screen } = flow;
  return (
    <main class={screen.name}>
      {screen.name !== 'perform' && <Top say={say} screen={screen} language={language} choose={choose} />}
      {screen.name !== 'perform' && <Whose customer={flow.session?.customer} />}
      <Content flow={flow} say={say} desktop={desktop} />
    </main>
  );
}
