import { FONT_FAMILY } from '../media/fonts.ts';

/** The frame that text is drawn for; fonts by path. */
export interface TextFrame extends Size {
  readonly fonts: readonly string[];
}

interface Size {
  readonly width: number;
  readonly height: number;
}

/** What every screen shows of text: a twentieth is left free at each side, after EBU R 95. */
export const SAFE = 0.9;

export function safeOf({ width, height }: Size): Size {
  return { width: width * SAFE, height: height * SAFE };
}

/** Of all text over or before the picture. */
export const WORDS: { readonly fontFamily: string; readonly color: string } = {
  fontFamily: FONT_FAMILY,
  color: '#ffffff',
};

/** One line of ordinary text, in pixels. */
export function unitOf({ width, height }: Size): number {
  return Math.min(width, height) * 0.052;
}

/** How tall a logo may be; it may be twice as wide. */
export function logoSide({ width, height }: Size): number {
  return Math.round(Math.min(width, height) * 0.14);
}

/** One figure of the running timecode. Even: chroma has half the pixels. */
export function figureCell(size: Size): Size {
  const even = (pixels: number) => Math.max(2, 2 * Math.round(pixels / 2));
  const height = even(unitOf(size));
  return { width: even(height * 0.6), height };
}

/** What the burn-in takes of the top, with a gap below it. */
export function burnInHeight(size: Size): number {
  return Math.round(unitOf(size) * 1.4);
}
