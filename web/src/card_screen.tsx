// SPDX-License-Identifier: Apache-2.0
// A document before the camera: the photo is taken by itself once it is good, or when the person says so.
import { useEffect, useRef, useState } from 'preact/hooks';
import { Pace } from './advice.ts';
import { stillOf } from './camera.ts';
import { Preview } from './camera_screen.tsx';
import { CARD_SHAPE, type CardAdvice, CardAdviser, type CardMap, frameIn, mapBox, mapSize, PAGE_SHAPE } from './card_view.ts';
import type { Screen } from './flow.ts';
import type { Key } from './language.ts';
import { Button, type Given } from './screens.tsx';

const LOOK_MS = 120; // between two looks at the picture
const READY_MS = 500;
const WORDS: Record<CardAdvice, Key> = {
  place: 'card_place', light: 'guide_light', still: 'guide_still', sharp: 'card_sharp', glare: 'card_glare', good: 'card_good',
};

/** The page of a passport where nothing else is asked for. */
export function shapeOf(types: string[]): number {
  return types.length > 0 && types.every((type) => /passport/i.test(type)) ? PAGE_SHAPE : CARD_SHAPE;
}

function newMapper(video: HTMLVideoElement, shape: number): () => CardMap | null {
  const canvas = document.createElement('canvas');
  const { width, height } = Object.assign(canvas, mapSize(shape));
  const context = canvas.getContext('2d', { willReadFrequently: true });
  return () => {
    if (!context || video.readyState < HTMLMediaElement.HAVE_CURRENT_DATA || video.videoWidth === 0) return null;
    const box = mapBox(frameIn(video.videoWidth, video.videoHeight, shape));
    context.fillRect(0, 0, width, height);
    context.drawImage(video, box.x, box.y, box.width, box.height, 0, 0, width, height);
    const { data } = context.getImageData(0, 0, width, height);
    const luma = new Uint8Array(width * height);
    for (let i = 0; i < luma.length; i += 1) luma[i] = (77 * data[4 * i] + 150 * data[4 * i + 1] + 29 * data[4 * i + 2]) >> 8;
    return { width, height, luma };
  };
}

export function CardScreen({ flow, say, screen }: Given & { screen: Extract<Screen, { name: 'card' }> }) {
  const video = useRef<HTMLVideoElement>(null);
  const heading = useRef<HTMLHeadingElement>(null);
  const taken = useRef(false);
  const [size, setSize] = useState<[number, number]>([4, 3]);
  const [advice, setAdvice] = useState<CardAdvice | null>(null);
  const shape = shapeOf(flow.session?.document?.types ?? []);
  useEffect(() => heading.current?.focus(), []);

  const take = () => {
    const element = video.current;
    if (taken.current || !element || element.videoWidth === 0) return;
    taken.current = true;
    void stillOf(element, document.createElement('canvas')).then((picture) => flow.useDocument(picture));
  };
  useEffect(() => {
    const element = video.current;
    if (!element) return undefined;
    const map = newMapper(element, shape);
    const [adviser, pace] = [new CardAdviser(shape), new Pace<CardAdvice>('good', READY_MS)];
    const timer = setInterval(() => {
      const seen = map();
      if (!seen) return;
      setSize([element.videoWidth, element.videoHeight]);
      const { shown, ready } = pace.hear(adviser.see(seen), performance.now());
      setAdvice(shown);
      if (ready >= 1) take();
    }, LOOK_MS);
    return () => clearInterval(timer);
  }, [screen.view]);

  const [width, height] = size;
  const frame = frameIn(width, height, shape);
  const share = (part: number, whole: number) => `${((100 * part) / whole).toFixed(2)}%`;
  return (
    <div class="stage">
      <h1 ref={heading} tabIndex={-1}>{say(screen.side === 'front' ? 'document_front' : 'document_back')}</h1>
      <div class="desk" style={{ aspectRatio: `${width} / ${height}` }}>
        <Preview stream={screen.view.stream} video={video} />
        <div class={`frame ${advice === 'good' ? 'good' : ''}`} style={{
          left: share(frame.x, width), top: share(frame.y, height), width: share(frame.width, width), height: share(frame.height, height),
        }} />
      </div>
      <div class="actions">
        <p role="status" class="hint">{say(WORDS[advice ?? 'place'])}</p>
        <Button onClick={take}>{say('document_take')}</Button>
      </div>
    </div>
  );
}
