// SPDX-License-Identifier: Apache-2.0
// Aiming and recording: one picture in an oval, so that it does not flicker between the two.
import { useEffect, useRef, useState } from 'preact/hooks';
import { type Advice, Adviser, Pace } from './advice.ts';
import type { Screen } from './flow.ts';
import type { Key, Say } from './language.ts';
import type { Stage } from './perform.ts';
import { ActionPicture } from './pictures.tsx';
import type { Prompt } from './prompts.ts';
import { Button, type Given } from './screens.tsx';

type CameraStep = Extract<Screen, { name: 'aim' | 'perform' }>;

export function Preview({ stream, video }: { stream: MediaStream; video: { current: HTMLVideoElement | null } }) {
  useEffect(() => {
    const element = video.current;
    if (!element) return;
    element.srcObject = stream;
    void element.play().catch(() => undefined); // a hidden page may not
  }, [stream]);
  return <video ref={video} class="preview" muted playsInline autoPlay aria-hidden="true" />;
}

/** The oval's edge, filled as the recording goes on. */
function Ring({ fraction }: { fraction: number }) {
  return (
    <svg class="ring" viewBox="0 0 300 400" aria-hidden="true">
      <ellipse cx="150" cy="200" rx="146" ry="196" pathLength="100" />
      {fraction > 0 && <ellipse class="past" cx="150" cy="200" rx="146" ry="196" pathLength="100" stroke-dasharray={`${fraction * 100} 100`} />}
    </svg>
  );
}

function wordsOf(prompt: Prompt, say: Say): string {
  switch (prompt.kind) {
    case 'hold':
      return say('hold');
    case 'action':
      return say(`action_${prompt.action}`);
    case 'flash':
      return say('flash');
    case 'speak':
      return say('speak');
  }
}

function PromptCard({ prompt, say }: { prompt: Prompt; say: Say }) {
  return (
    <div class="prompt" role="status" aria-live="assertive">
      {prompt.kind === 'action' && <ActionPicture key={prompt.index} action={prompt.action} />}
      <p>{wordsOf(prompt, say)}</p>
      {prompt.kind === 'speak' && <p class="digits">{[...prompt.digits].join(' ')}</p>}
    </div>
  );
}

const AIM_WORDS: Record<'ready' | 'starting' | 'interrupted', Key> = {
  ready: 'aim_text', starting: 'aim_starting', interrupted: 'aim_interrupted',
};

/** While `isOn`: what to do better, and how long all has been well, 0..1; then `begin`. Nothing where there is no guidance. */
function useGuidance(video: { current: HTMLVideoElement | null }, isOn: boolean, begin: () => void) {
  const [hint, setHint] = useState<{ advice: Advice | null; ready: number }>({ advice: null, ready: 0 });
  useEffect(() => {
    if (!isOn) return undefined;
    let stop: (() => void) | null = null;
    let isOver = false;
    const end = () => {
      isOver = true;
      stop?.();
    };
    const [adviser, pace] = [new Adviser(), new Pace<Advice>('good')];
    void import('./guide.ts').then(({ Guide }) => Guide.load()).then((guide) => {
      const element = video.current;
      if (isOver || !element) return;
      stop = guide.watch(element, (sight, time_ms) => {
        const { shown, ready } = pace.hear(adviser.see(sight, time_ms), time_ms);
        if (isOver) return;
        setHint({ advice: shown, ready: guide.isComplete ? Math.round(ready * 20) / 20 : 0 });
        if (ready < 1 || !guide.isComplete) return;
        end();
        begin();
      });
    }).catch(() => undefined); // this browser cannot, or it did not come: the button is there
    return () => {
      end();
      setHint({ advice: null, ready: 0 });
    };
  }, [isOn]);
  return hint;
}

export function CameraScreen({ flow, say, screen }: Given & { screen: CameraStep }) {
  const [prompt, setPrompt] = useState<Prompt>({ kind: 'hold' });
  const [fraction, setFraction] = useState(0);
  const place = useRef<HTMLDivElement>(null);
  const video = useRef<HTMLVideoElement>(null);
  const heading = useRef<HTMLHeadingElement>(null);
  const isAiming = screen.name === 'aim';
  useEffect(() => heading.current?.focus(), [isAiming]);
  useEffect(() => {
    if (!isAiming) return;
    place.current?.style.removeProperty('background-color');
    setFraction(0);
  }, [isAiming]);
  const stage: Stage = {
    prompt: setPrompt,
    progress: (now) => setFraction(Math.round(now * 50) / 50),
    paint: (colour) => place.current?.style.setProperty('background-color', colour),
  };
  // An interrupted recording does not begin again by itself: it would not end on a machine that is too slow.
  const hint = useGuidance(video, screen.name === 'aim' && screen.state === 'ready', () => void flow.record(stage));
  return (
    <div ref={place} class={`stage ${screen.name}`}>
      {isAiming && <h1 ref={heading} tabIndex={-1}>{say('aim_title')}</h1>}
      {!isAiming && <PromptCard prompt={prompt} say={say} />}
      <div class="oval">
        <Preview stream={screen.view.stream} video={video} />
        <Ring fraction={isAiming ? hint.ready : fraction} />
      </div>
      {screen.name === 'aim' && (
        <div class="actions">
          <p role="status" class={hint.advice ? 'hint' : ''}>{say(hint.advice ? `guide_${hint.advice}` : AIM_WORDS[screen.state])}</p>
          <Button disabled={screen.state === 'starting'} onClick={() => void flow.record(stage)}>{say('ready')}</Button>
        </div>
      )}
    </div>
  );
}
