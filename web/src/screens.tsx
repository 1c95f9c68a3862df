// SPDX-License-Identifier: Apache-2.0
// One component for each screen of the flow. They hold no decisions.
import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { type Flow, FINAL_TROUBLES, type Screen, type Trouble } from './flow.ts';
import { type Key, LANGUAGES, type Say } from './language.ts';
import { BackPicture, DonePicture, FacePicture, FailedPicture, LightPicture, PhonePicture } from './pictures.tsx';
import type { Challenge, Customer } from './wire.ts';

export interface Given {
  flow: Flow;
  say: Say;
}

/** The frame of all screens but the camera's: a heading that is read out, what it is about, what can be done. */
export function Sheet({ title, picture, children, actions }: {
  title: string; picture?: ComponentChildren; children?: ComponentChildren; actions?: ComponentChildren;
}) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), [title]);
  return (
    <>
      <div class="about">
        {picture}
        <h1 ref={heading} tabIndex={-1}>{title}</h1>
        {children}
      </div>
      <div class="actions">{actions}</div>
    </>
  );
}

export function Button({ plain, onClick, children, disabled }: {
  plain?: boolean; onClick: () => void; children: ComponentChildren; disabled?: boolean;
}) {
  return <button type="button" class={plain ? 'plain' : ''} onClick={onClick} disabled={disabled}>{children}</button>;
}

export function Loading({ say }: Given) {
  return <Sheet title={say('loading')} picture={<div class="spinner" />} />;
}

export function Welcome({ flow, say, resumed, desktop }: Given & { resumed: boolean; desktop: boolean }) {
  const session = flow.session;
  const speaks = session?.modes.includes('lip');
  return (
    <Sheet title={say(resumed ? 'resumed_title' : 'welcome_title')} picture={<FacePicture />} actions={
      <>
        <Button onClick={() => void flow.begin()}>{say(resumed ? 'continue' : 'start')}</Button>
        {desktop && <Button plain onClick={() => void flow.follow()}>{say('by_phone')}</Button>}
      </>
    }>
      <p>{say(resumed ? 'resumed_text' : 'welcome_text')}</p>
      <ul class="needs">
        <li>{say('need_face')}</li>
        <li>{say('need_light')}</li>
        {speaks && <li>{say('need_quiet')}</li>}
      </ul>
      {!session?.page.skip_consent && <p class="aside">{say(session?.compare ? 'consent' : 'consent_live')}</p>}
      <button type="button" class="link" onClick={() => void flow.giveUp()}>{say('give_up')}</button>
    </Sheet>
  );
}

/** Arrives a moment later, as what draws it is loaded only here. */
function AddressCode({ say }: { say: Say }) {
  const [code, setCode] = useState<ComponentChildren>(<div class="code" />);
  useEffect(() => {
    void import('./code.tsx').then(({ Code }) => setCode(<Code text={location.href} label={say('follow_code')} />));
  }, []);
  return <>{code}</>;
}

export function Follow({ flow, say }: Given) {
  const { session } = flow;
  const isOver = session?.state === 'decided';
  const title: Key = isOver ? 'follow_done' : session?.claimed ? 'follow_claimed' : 'follow_title';
  const text: Key = isOver ? 'close' : session?.claimed ? 'follow_claimed_text' : 'follow_text';
  const picture = isOver ? <DonePicture /> : session?.claimed ? <PhonePicture /> : <AddressCode say={say} />;
  return (
    <Sheet title={say(title)} picture={picture}
      actions={!session?.claimed && <Button plain onClick={() => flow.stay()}>{say('stay')}</Button>}>
      <p>{say(text)}</p>
    </Sheet>
  );
}

export function Flashes({ flow, say }: Given) {
  return (
    <Sheet title={say('flashes_title')} picture={<LightPicture />} actions={
      <>
        <Button onClick={() => void flow.decideFlashes(true)}>{say('flashes_yes')}</Button>
        <Button plain onClick={() => void flow.decideFlashes(false)}>{say('flashes_no')}</Button>
      </>
    }>
      <p class="warning">{say('flashes_warning')}</p>
      <p>{say('flashes_text')}</p>
    </Sheet>
  );
}

function seconds(value: number): number {
  return Math.round(value);
}

/** What to do in a video that the page cannot lead. */
function script(challenge: Challenge, say: Say): string[] {
  const lines = challenge.actions.flatMap(({ action, window }) => (window === null ? [] : [say('film_when', {
    from: seconds(window.begin_s), to: seconds(window.end_s), what: say(`action_${action}`),
  })]));
  const { digits, speech } = challenge;
  if (!digits || !speech) return lines;
  return [...lines, say('film_speak', { from: seconds(speech.begin_s), to: seconds(speech.end_s), digits: [...digits].join(' ') })];
}

export function Film({ flow, say, challenge }: Given & { challenge: Challenge }) {
  const input = useRef<HTMLInputElement>(null);
  const lines = script(challenge, say);
  const choose = () => {
    const file = input.current?.files?.[0];
    if (file) void flow.useFile(file);
  };
  return (
    <Sheet title={say('film_title')} picture={<FacePicture />} actions={
      <>
        <input ref={input} class="hidden" type="file" accept="video/*" capture="user" tabIndex={-1} aria-hidden="true" onChange={choose} />
        <Button onClick={() => input.current?.click()}>{say('film_open')}</Button>
      </>
    }>
      <p>{say('film_text', { seconds: Math.ceil(Math.max(challenge.duration_s, 3)) })}</p>
      {lines.length > 0 && <ul class="needs">{lines.map((line) => <li key={line}>{line}</li>)}</ul>}
    </Sheet>
  );
}

export function Upload({ say, fraction, waiting }: Given & { fraction: number; waiting: boolean }) {
  const percent = Math.round(fraction * 100);
  return (
    <Sheet title={say('upload_title')}>
      <div class="bar" role="progressbar" aria-label={say('upload_title')} aria-valuemin={0} aria-valuemax={100} aria-valuenow={percent}>
        <div style={{ inlineSize: `${percent}%` }} />
      </div>
      <p role="status">{say(waiting ? 'upload_waiting' : 'upload_text')}</p>
    </Sheet>
  );
}

export function Judging({ say }: Given) {
  return <Sheet title={say('judging_title')} picture={<div class="spinner" />}><p>{say('judging_text')}</p></Sheet>;
}

function GiveUp({ flow, say }: Given) {
  return <Button plain onClick={() => void flow.giveUp()}>{say('give_up')}</Button>;
}

export function Retry({ flow, say, hint, attempts_left }: Given & { hint: string | null; attempts_left: number }) {
  const key = `hint_${hint}` as Key;
  return (
    <Sheet title={say('retry_title')} picture={<FacePicture />} actions={
      <>
        <Button onClick={() => void flow.again()}>{say('try_again')}</Button>
        <GiveUp flow={flow} say={say} />
      </>
    }>
      <p class="warning">{say(hint ? key : 'retry_text')}</p>
      {attempts_left > 0 && <p class="aside">{say('attempts_left', { attempts: attempts_left })}</p>}
    </Sheet>
  );
}

function Leave({ flow, say }: Given) {
  if (!flow.session?.page.redirect_url) return <p class="aside">{say('close')}</p>;
  return <Button onClick={() => flow.leave()}>{say('continue')}</Button>;
}

export function Done({ flow, say, passed }: Given & { passed: boolean }) {
  return (
    <Sheet title={say(passed ? 'passed_title' : 'failed_title')} picture={passed ? <DonePicture /> : <FailedPicture />}
      actions={<Leave flow={flow} say={say} />}>
      <p>{say(passed ? 'passed_text' : 'failed_text')}</p>
    </Sheet>
  );
}

/** Those that the person can mend here; giving up tells the customer why. */
function canGiveUp(trouble: Trouble): boolean {
  return !FINAL_TROUBLES.includes(trouble) && trouble !== 'offline' && trouble !== 'upload_stuck';
}

export function TroubleScreen({ flow, say, trouble }: Given & { trouble: Trouble }) {
  const isFinal = FINAL_TROUBLES.includes(trouble);
  return (
    <Sheet title={say(`${trouble}_title`)} picture={<FailedPicture />} actions={
      <>
        {!isFinal && <Button onClick={() => void flow.again()}>{say(trouble === 'needs_flashes' ? 'back' : 'try_again')}</Button>}
        {canGiveUp(trouble) && <GiveUp flow={flow} say={say} />}
        {isFinal && flow.session && <Leave flow={flow} say={say} />}
      </>
    }>
      <p>{say(`${trouble}_text`)}</p>
    </Sheet>
  );
}

/** The customer's name and sign, where it has them. */
export function Whose({ customer }: { customer: Customer | undefined }) {
  if (!customer?.name && !customer?.logo) return null;
  return (
    <div class="whose">
      {customer.logo && <img src={customer.logo} alt={customer.name ? '' : '…'} />}
      {customer.name && <span>{customer.name}</span>}
    </div>
  );
}

const STEPS: Screen['name'][][] = [
  ['loading', 'welcome', 'follow', 'document', 'card', 'reading', 'confirm', 'flashes'], ['aim', 'perform', 'film', 'retry'], ['upload', 'judging'], ['done'],
];

/** How far it is: nothing where nothing goes on. */
export function Progress({ say, screen }: { say: Say; screen: Screen }) {
  const at = STEPS.findIndex((names) => names.includes(screen.name));
  if (at < 0) return <div class="steps" />;
  return (
    <div class="steps" role="img" aria-label={say('progress', { step: at + 1, steps: STEPS.length })}>
      {STEPS.map((names, i) => <span key={names[0]} class={i <= at ? 'past' : ''} />)}
    </div>
  );
}

export function Top({ say, screen, language, choose }: {
  say: Say; screen: Screen; language: string; choose: (language: string) => void;
}) {
  const canGoBack = ['aim', 'flashes', 'document', 'card', 'confirm'].includes(screen.name);
  return (
    <header>
      {canGoBack
        ? <button type="button" class="icon" aria-label={say('back')} onClick={() => void history.back()}><BackPicture /></button>
        : <span class="icon" />}
      <Progress say={say} screen={screen} />
      {screen.name === 'welcome'
        ? (
          <select aria-label={say('language')} value={language} onChange={(event) => choose(event.currentTarget.value)}>
            {Object.entries(LANGUAGES).map(([code, name]) => <option key={code} value={code} lang={code}>{name}</option>)}
          </select>
        )
        : <span class="icon" />}
    </header>
  );
}
