import { box, type Drawing, drawTransparent, type Element } from '../media/draw.ts';
import type { Corner } from '../storyboard/storyboard.ts';
import { safeOf, type TextFrame } from './text-frame.ts';

const PLACES: Readonly<Record<Corner, { justifyContent: string; alignItems: string }>> = {
  'top-left': { justifyContent: 'flex-start', alignItems: 'flex-start' },
  'top-right': { justifyContent: 'flex-start', alignItems: 'flex-end' },
  'bottom-left': { justifyContent: 'flex-end', alignItems: 'flex-start' },
  'bottom-right': { justifyContent: 'flex-end', alignItems: 'flex-end' },
  centre: { justifyContent: 'center', alignItems: 'center' },
};

/** Draws a box in a corner of what every screen shows, so many pixels from its top or its foot. */
export async function drawAt(
  corner: Corner,
  child: Element,
  frame: TextFrame,
  awayPixels = 0,
): Promise<Drawing> {
  const { width, height, fonts } = frame;
  const away = box({ height: awayPixels, flexShrink: 0 });
  const children = corner.startsWith('top') ? [away, child] : [child, away];
  const safe = box({ ...safeOf(frame), flexDirection: 'column', ...PLACES[corner] }, children);
  const whole = box({ width, height, justifyContent: 'center', alignItems: 'center' }, [safe]);
  return await drawTransparent(whole, width, height, fonts);
}
