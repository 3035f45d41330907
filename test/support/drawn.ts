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
export function inkOf(drawing: Drawing, paper: 'clear' | 'plain' = 'clear'): Bounds {
  const { rgba } = drawing;
  return boundsOf(drawing, at =>
    paper === 'clear'
      ? (rgba[at + 3] ?? 0) >= 8
      : [0, 1, 2].some(channel => Math.abs((rgba[at + channel] ?? 0) - (rgba[channel] ?? 0)) > 40),
  );
}

/** Where white letters are, and the dark plate that they are to be on; not the bar at its left. */
export function lettersAndPlate(drawing: Drawing): { letters: Bounds; plate: Bounds } {
  const { width, rgba } = drawing;
  const shows = (at: number) => (rgba[at + 3] ?? 0) >= 170; // more than the shadow
  const plate = boundsOf(drawing, at => shows(at) && (rgba[at] ?? 0) < 40);
  const isBar = (at: number) => (at / 4) % width < plate.left;
  return { plate, letters: boundsOf(drawing, at => shows(at) && (rgba[at] ?? 0) > 128 && !isBar(at)) };
}

/** Where a drawing is seen over a white picture. */
export function seenOnWhite(drawing: Drawing): Bounds {
  const { rgba } = drawing;
  const over = (at: number) => 255 + (((rgba[at] ?? 0) - 255) * (rgba[at + 3] ?? 0)) / 255;
  return boundsOf(drawing, at => over(at) < 215);
}

/** Of the pixels that count, by where each begins. */
function boundsOf({ width, height }: Drawing, counts: (at: number) => boolean): Bounds {
  let [left, top, right, bottom] = [width, height, -1, -1];
  for (let at = 0; at < width * height; at++) {
    if (!counts(4 * at)) continue;
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
