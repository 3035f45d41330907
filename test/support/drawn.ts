import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Drawing } from '../../src/media/draw.ts';

export interface Bounds {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** Where a drawing shows anything: the bounds of its pixels that differ from those of `paper`, in pixels. */
export function inkOf({ width, height, rgba }: Drawing, paper: 'clear' | 'plain' = 'clear'): Bounds {
  const shows = (at: number) =>
    paper === 'clear'
      ? (rgba[4 * at + 3] ?? 0) >= 8
      : [0, 1, 2].some(channel => Math.abs((rgba[4 * at + channel] ?? 0) - (rgba[channel] ?? 0)) > 40);
  let [left, top, right, bottom] = [width, height, -1, -1];
  for (let at = 0; at < width * height; at++) {
    if (!shows(at)) continue;
    left = Math.min(left, at % width);
    right = Math.max(right, at % width);
    top = Math.min(top, Math.floor(at / width));
    bottom = Math.max(bottom, Math.floor(at / width));
  }
  return { left, right, top, bottom };
}

/** Fonts of scripts that run from right to left, as an author would name them under `fonts`. */
export const RIGHT_TO_LEFT_FONTS: readonly string[] = ['arabic', 'hebrew'].map(script => {
  const name = `noto-sans-${script}`;
  const folder = dirname(createRequire(import.meta.url).resolve(`@fontsource/${name}/package.json`));
  return join(folder, 'files', `${name}-${script}-400-normal.woff`);
});
