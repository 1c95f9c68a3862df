// SPDX-License-Identifier: Apache-2.0
// Aiming and recording: one picture in an oval, so that it does not flicker between the two.
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Screen } from './flow.ts';
import type { Key, Say } from './language.ts';
import type { Stage } from './perform.ts';
import { ActionPicture } from './pictures.tsx';
import type { Prompt } from './prompts.ts';
import { Button, type Given } from './screens.tsx';

type CameraStep = Extract<Screen, { name: 'aim' | 'perform' }>;

function Preview({ stream, watch }: { stream: MediaStream; watch: (video: HTMLVideoElement) => () => void }) {
  const video = useRef<HTMLVideoElement>(null);
  useEffect(() => {
    const element = video.current;
    if (!element) return undefined;
    element.srcObject = stream;
    void element.play().catch(() => undefined); // a hidden page may not
    return watch(element);
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

export function CameraScreen({ flow, say, screen }: Given & { screen: CameraStep }) {
  const [prompt, setPrompt] = useState<Prompt>({ kind: 'hold' });
  const [fraction, setFraction] = useState(0);
  const place = useRef<HTMLDivElement>(null);
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
  return (
    <div ref={place} class={`stage ${screen.name}`}>
      {isAiming && <h1 ref={heading} tabIndex={-1}>{say('aim_title')}</h1>}
      {!isAiming && <PromptCard prompt={prompt} say={say} />}
      <div class="oval">
        <Preview stream={screen.view.stream} watch={() => () => undefined} />
        <Ring fraction={isAiming ? 0 : fraction} />
      </div>
      {screen.name === 'aim' && (
        <div class="actions">
          <p role="status">{say(AIM_WORDS[screen.state])}</p>
          <Button disabled={screen.state === 'starting'} onClick={() => void flow.record(stage)}>{say('ready')}</Button>
        </div>
      )}
    </div>
  );
}
