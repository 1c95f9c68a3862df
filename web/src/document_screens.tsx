// SPDX-License-Identifier: Apache-2.0
// The identity document: its photo, and what was read of it.
import { useRef, useState } from 'preact/hooks';
import type { Screen } from './flow.ts';
import type { Key, Say } from './language.ts';
import { CardPicture } from './pictures.tsx';
import { fitted } from './picture_file.ts';
import { Button, type Given, Sheet } from './screens.tsx';

const FIELDS = [
  'document_number', 'full_name', 'full_name_local', 'surname', 'given_names', 'middle_name', 'date_of_birth', 'sex',
  'nationality', 'address', 'date_of_issue', 'date_of_expiry',
];

/** Fields that have no word in this language are called by their neutral name. */
function labelOf(field: string, say: Say): string {
  if (FIELDS.includes(field)) return say(`field_${field}` as Key);
  const words = field.replaceAll('_', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

export function Document({ flow, say, screen }: Given & { screen: Extract<Screen, { name: 'document' }> }) {
  const input = useRef<HTMLInputElement>(null);
  const choose = () => {
    const file = input.current?.files?.[0];
    if (file) void fitted(file).then((picture) => flow.useDocument(picture));
  };
  const { side, fault, pictures_left } = screen;
  return (
    <Sheet title={say(side === 'front' ? 'document_front' : 'document_back')} picture={<CardPicture back={side === 'back'} />} actions={
      <>
        <input ref={input} class="hidden" type="file" accept="image/*" capture="environment" tabIndex={-1} aria-hidden="true" onChange={choose} />
        {flow.canShowCard && <Button onClick={() => void flow.openCard()}>{say('document_open')}</Button>}
        <Button plain={flow.canShowCard} onClick={() => input.current?.click()}>{say(flow.canShowCard ? 'document_choose' : 'document_open')}</Button>
      </>
    }>
      {flow.cardTrouble && <p class="warning" role="status">{say(`camera_${flow.cardTrouble.why}_title`)}</p>}
      {fault === null
        ? <p>{say('document_text')}</p>
        : <p class="warning" role="alert">{say(`fault_${fault}` as Key)}</p>}
      <ul class="needs">
        <li>{say('document_whole')}</li>
        <li>{say('document_sharp')}</li>
        <li>{say('document_glare')}</li>
      </ul>
      {fault !== null && pictures_left > 0 && <p class="aside">{say('attempts_left', { attempts: pictures_left })}</p>}
    </Sheet>
  );
}

export function Reading({ say }: Given) {
  return <Sheet title={say('reading_title')} picture={<div class="spinner" />}><p>{say('judging_text')}</p></Sheet>;
}

export function Confirm({ flow, say, fields }: Given & { fields: Record<string, string> }) {
  const [given, setGiven] = useState(fields);
  const corrected = Object.fromEntries(
    Object.entries(given).map(([name, value]) => [name, value.trim()]).filter(([name, value]) => value && value !== fields[name]),
  );
  return (
    <Sheet title={say('confirm_title')} actions={<Button onClick={() => void flow.confirm(corrected)}>{say('confirm_yes')}</Button>}>
      <p>{say('confirm_text')}</p>
      <div class="fields">
        {Object.entries(given).map(([name, value]) => (
          <label key={name}>
            <span>{labelOf(name, say)}</span>
            <input type="text" value={value} maxLength={256} autocomplete="off" spellcheck={false}
              onInput={(event) => setGiven({ ...given, [name]: event.currentTarget.value })} />
          </label>
        ))}
      </div>
    </Sheet>
  );
}
