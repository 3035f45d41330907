import { type Drawing, type Element, measureHeight } from '../media/draw.ts';
import type { Corner, Watermark } from '../storyboard/storyboard.ts';
import { drawAt } from './draw-at.ts';
import { fitHeight, fitWords } from './fit-text.ts';
import { burnInHeight, logoSide, safeOf, type TextFrame, unitOf, WORDS } from './text-frame.ts';

/** A watermark, as far as it takes a place. */
export type Mark = Pick<Watermark, 'text' | 'position'>;

/** What stands over the whole film, of which other text keeps clear. */
export type Over = { readonly mark: Mark | null; readonly burnIn: boolean };

export const NOTHING: Over = { mark: null, burnIn: false };

/** Of the frame's height: more would leave too little to what stands beside it. */
const TALLEST = 0.15;
const SMALLEST = 0.5;

export async function drawWatermark(
  text: string,
  position: Corner,
  opacity: number,
  frame: TextFrame,
  burnIn = false,
): Promise<Drawing> {
  const line = burnIn && position.startsWith('top') ? burnInHeight(frame) : 0;
  return await drawAt(position, await markOf(text, position, frame, opacity), frame, line);
}

/** How much of what every screen shows is taken at its top and at its foot, with a gap; in pixels. */
export async function takenBy(
  { mark, burnIn }: Over,
  frame: TextFrame,
): Promise<{ readonly top: number; readonly foot: number }> {
  const line = burnIn ? burnInHeight(frame) : 0;
  // In the middle it lies over the picture, and over what else is there.
  if (mark === null || mark.position === 'centre') return { top: line, foot: 0 };
  const { text, position } = mark;
  const tall = text === null ? logoSide(frame) : await heightOf(await markOf(text, position, frame), frame);
  const taken = tall + unitOf(frame) * 0.3;
  return position.startsWith('top') ? { top: line + taken, foot: 0 } : { top: line, foot: taken };
}

/** How tall something becomes where it has all the width that every screen shows. */
export async function heightOf(element: Element, frame: TextFrame): Promise<number> {
  return await measureHeight(element, safeOf(frame).width, frame.fonts);
}

async function markOf(text: string, position: Corner, frame: TextFrame, opacity = 1): Promise<Element> {
  const unit = unitOf(frame);
  const isCentre = position === 'centre';
  const style = {
    ...{ ...WORDS, opacity, flexShrink: 0, fontSize: unit * (isCentre ? 2.2 : 0.8), fontWeight: 600 },
    ...{ lineHeight: 1.2, textAlign: isCentre ? 'center' : position.endsWith('right') ? 'right' : 'left' },
    // The inner one is an outline, without which white letters are lost on a white picture.
    textShadow: `0 0 ${unit * 0.06}px rgba(0, 0, 0, 0.9), 0 0 ${unit * 0.2}px rgba(0, 0, 0, 0.7)`,
  };
  const safe = safeOf(frame);
  const height = isCentre ? safe.height : frame.height * TALLEST;
  const room = { width: safe.width, height, fonts: frame.fonts, smallest: SMALLEST };
  return await fitHeight(await fitWords({ style, text }, room), room);
}
