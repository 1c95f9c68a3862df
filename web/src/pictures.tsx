// SPDX-License-Identifier: Apache-2.0
// Drawings, each in the colour of the text around it. Decoration: what they say is said in words beside them.
import type { ComponentChildren } from 'preact';
import type { Action } from './wire.ts';

function Drawing({ box, name, children }: { box: string; name?: string; children: ComponentChildren }) {
  return (
    <svg class={`drawing ${name ?? ''}`} viewBox={box} fill="none" stroke="currentColor" stroke-width="5"
      stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">
      {children}
    </svg>
  );
}

const ARROWS: Partial<Record<Action, string>> = {
  nod: 'M112 46 V78 M103 69 l9 9 l9 -9 M103 55 l9 -9 l9 9',
  shake: 'M42 122 H78 M51 113 l-9 9 l9 9 M69 113 l9 9 l-9 9',
  turn_left: 'M14 60 H-6 M3 51 l-9 9 l9 9',
  turn_right: 'M106 60 H126 M117 51 l9 9 l-9 9',
};

/** A head that does what is asked; left and right as in a mirror. */
export function ActionPicture({ action }: { action: Action }) {
  return (
    <Drawing box="-12 -4 144 140" name={`does-${action}`}>
      <ellipse cx="60" cy="60" rx="38" ry="48" />
      <g class="features">
        <g class="eyes"><path d="M46 50 v4 M74 50 v4" stroke-width="8" /></g>
        <path d="M60 58 l-3 10 h5" stroke-width="4" />
        {action === 'open_mouth' ? <ellipse class="mouth" cx="60" cy="84" rx="10" ry="9" /> : <path d="M49 83 q11 7 22 0" />}
      </g>
      {ARROWS[action] && <path class="arrow" d={ARROWS[action]} />}
    </Drawing>
  );
}

export function FacePicture() {
  return (
    <Drawing box="0 0 120 120" name="large">
      <path d="M8 30 V16 a8 8 0 0 1 8 -8 H30 M90 8 h14 a8 8 0 0 1 8 8 V30 M112 90 v14 a8 8 0 0 1 -8 8 H90 M30 112 H16 a8 8 0 0 1 -8 -8 V90" />
      <ellipse cx="60" cy="60" rx="28" ry="36" />
      <path d="M49 53 v4 M71 53 v4" stroke-width="7" />
      <path d="M51 76 q9 6 18 0" />
    </Drawing>
  );
}

export function CardPicture({ back }: { back: boolean }) {
  return (
    <Drawing box="0 0 120 120" name="large">
      <rect x="8" y="24" width="104" height="72" rx="9" />
      {back
        ? <path d="M8 44 H112 M22 64 H98 M22 78 H70" />
        : <path d="M26 78 q12 -18 24 0 M62 48 H98 M62 62 H98 M62 76 H82" />}
      {!back && <circle cx="38" cy="52" r="9" />}
    </Drawing>
  );
}

export function LightPicture() {
  return (
    <Drawing box="0 0 120 120" name="large">
      <circle cx="60" cy="60" r="22" />
      <path d="M60 10 v12 M60 98 v12 M10 60 h12 M98 60 h12 M25 25 l8 8 M87 87 l8 8 M95 25 l-8 8 M33 87 l-8 8" />
    </Drawing>
  );
}

export function PhonePicture() {
  return (
    <Drawing box="0 0 120 120" name="large">
      <rect x="34" y="8" width="52" height="104" rx="10" />
      <path d="M54 98 h12" />
    </Drawing>
  );
}

export function DonePicture() {
  return (
    <Drawing box="0 0 120 120" name="large good">
      <circle cx="60" cy="60" r="50" />
      <path d="M38 62 l16 16 l30 -34" stroke-width="7" />
    </Drawing>
  );
}

export function FailedPicture() {
  return (
    <Drawing box="0 0 120 120" name="large bad">
      <circle cx="60" cy="60" r="50" />
      <path d="M60 32 v34 M60 84 v2" stroke-width="7" />
    </Drawing>
  );
}

export function BackPicture() {
  return <Drawing box="0 0 60 60" name="small"><path d="M38 12 L20 30 L38 48" /></Drawing>;
}
