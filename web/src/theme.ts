// SPDX-License-Identifier: Apache-2.0

/** Relative luminance of #RRGGBB, 0..1 (WCAG 2.2). */
export function luminanceOf(colour: string): number {
  const [red, green, blue] = [1, 3, 5].map((at) => {
    const value = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** Black or white, whichever is read more easily on it: at least 4.5 to 1. */
export function textColourOn(colour: string): string {
  const luminance = luminanceOf(colour);
  return 1.05 / (luminance + 0.05) >= (luminance + 0.05) / 0.05 ? '#ffffff' : '#000000';
}

let used: string | null | undefined;

/** The customer's colour for what can be pressed. */
export function useColour(colour: string | null | undefined): void {
  if (!colour || colour === used || !/^#[0-9a-f]{6}$/i.test(colour)) return;
  used = colour;
  const { style } = document.documentElement;
  style.setProperty('--accent', colour);
  style.setProperty('--on-accent', textColourOn(colour));
}
