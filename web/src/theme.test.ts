// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { luminanceOf, textColourOn } from './theme.ts';

test('luminance is that of WCAG', () => {
  assert.equal(luminanceOf('#000000'), 0);
  assert.equal(luminanceOf('#ffffff'), 1);
  assert.ok(Math.abs(luminanceOf('#808080') - 0.2159) < 0.0005);
});

test('text on any colour has a contrast of at least 4.5 to 1', () => {
  for (let i = 0; i < 4096; i += 1) {
    const colour = `#${[i >> 8, (i >> 4) & 15, i & 15].map((part) => (part * 17).toString(16).padStart(2, '0')).join('')}`;
    const [dark, light] = [luminanceOf(colour), luminanceOf(textColourOn(colour))].sort((a, b) => a - b);
    assert.ok((light + 0.05) / (dark + 0.05) >= 4.5, colour);
  }
});
