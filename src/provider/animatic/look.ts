import type { Style } from '../../media/draw.ts';
import type { Rectangle } from './rectangle.ts';

/** What all drawings of a board share. */
export const COLORS = {
  ground: '#0f1216',
  panel: '#191e25',
  line: '#2c343d',
  edge: '#4a545f',
  text: '#f5f2ea',
  quiet: '#a3adb8',
  accent: '#f0ab4a',
} as const;

/** Letters in design units: nothing on a board is smaller than `small`, which is readable across a table. */
export const SIZES = { small: 20, label: 22, clock: 26 } as const;
export const TITLE_SIZES = [44, 38, 32, 28] as const;

export const ONE_LINE: Style = {
  display: 'block',
  whiteSpace: 'nowrap',
  overflow: 'hidden',
  textOverflow: 'ellipsis',
};

export function at({ x, y, width, height }: Rectangle): Style {
  return { position: 'absolute', left: x, top: y, width, height };
}
