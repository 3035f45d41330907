import type { Color, CutSettings, Fps } from './storyboard.ts';
import type { WrittenStoryboard } from './written.ts';

type WrittenCut = NonNullable<WrittenStoryboard['cut']>;

export function compileCut(cut: WrittenCut | undefined): CutSettings {
  const size = /^(\d+)x(\d+)$/.exec(cut?.size ?? '');
  return {
    fps: FRAME_RATES[cut?.fps ?? 30],
    size: size === null ? null : { width: Number(size[1]), height: Number(size[2]) },
    fit: cut?.fit ?? 'contain',
    background: colorOf(cut?.background ?? 'black'),
    fadeInSeconds: cut?.fade_in ?? 0,
    fadeOutSeconds: cut?.fade_out ?? 0,
  };
}

const FRAME_RATES: Readonly<Record<NonNullable<WrittenCut['fps']>, Fps>> = {
  23.976: { numerator: 24000, denominator: 1001 },
  24: { numerator: 24, denominator: 1 },
  25: { numerator: 25, denominator: 1 },
  29.97: { numerator: 30000, denominator: 1001 },
  30: { numerator: 30, denominator: 1 },
  50: { numerator: 50, denominator: 1 },
  60: { numerator: 60, denominator: 1 },
};

/** `black`, `white` or `#1B2A49` as six digits; two spellings of one colour are one. */
export function colorOf(written: string): Color {
  if (written === 'black') return '#000000';
  if (written === 'white') return '#ffffff';
  return written.toLowerCase() as Color;
}
