import { box, type Drawing, drawable, drawTransparent, type Element } from '../media/draw.ts';
import { FONT_FAMILY } from '../media/fonts.ts';
import type { Corner, LowerThird } from '../storyboard/storyboard.ts';

/** The frame that text is drawn for; fonts by path. */
export interface TextFrame {
  readonly width: number;
  readonly height: number;
  readonly fonts: readonly string[];
}

/** What every screen shows of text: a twentieth is left free at each side, after EBU R 95. */
const MARGIN = 0.05;
const PLATE = 'rgba(8, 10, 14, 0.62)';

/** Text at the foot of the picture, over a soft plate that keeps it readable on anything. */
export async function drawCaption(text: string, frame: TextFrame): Promise<Drawing> {
  const unit = unitOf(frame);
  const plate = box(
    {
      ...{ backgroundColor: PLATE, borderRadius: 0.16 * unit, maxWidth: frame.width * 0.8 },
      ...{ padding: `${0.22 * unit}px ${0.5 * unit}px`, textAlign: 'center' },
      ...{ ...WORDS, fontSize: unit * 0.86, fontWeight: 400, lineHeight: 1.3 },
    },
    drawable(text),
  );
  return await page([plate], { justifyContent: 'flex-end', alignItems: 'center' }, frame);
}

/** A name and what goes with it, low on the left, beside a bar. */
export async function drawLowerThird({ title, subtitle }: LowerThird, frame: TextFrame): Promise<Drawing> {
  const unit = unitOf(frame);
  const lines = [
    box({ ...WORDS, fontSize: unit * 1.15, fontWeight: 600, lineHeight: 1.2 }, drawable(title)),
    ...(subtitle === null
      ? []
      : [
          box(
            { ...WORDS, fontSize: unit * 0.76, opacity: 0.85, lineHeight: 1.3, marginTop: unit * 0.1 },
            drawable(subtitle),
          ),
        ]),
  ];
  const plate = box(
    {
      ...{ flexDirection: 'column', backgroundColor: PLATE, maxWidth: frame.width * 0.7 },
      ...{
        padding: `${0.4 * unit}px ${0.7 * unit}px`,
        borderLeft: `${Math.max(2, 0.14 * unit)}px solid #ffffff`,
      },
    },
    lines,
  );
  const lifted = box({ marginBottom: frame.height * 0.07, marginLeft: frame.width * 0.02 }, [plate]);
  return await page([lifted], { justifyContent: 'flex-end', alignItems: 'flex-start' }, frame);
}

export async function drawWatermark(
  text: string,
  position: Corner,
  opacity: number,
  frame: TextFrame,
): Promise<Drawing> {
  const unit = unitOf(frame);
  const size = position === 'centre' ? unit * 2.2 : unit * 0.8;
  const shadow = `0 0 ${unit * 0.2}px rgba(0, 0, 0, 0.7)`;
  const words = box(
    { ...WORDS, fontSize: size, fontWeight: 600, opacity, textShadow: shadow },
    drawable(text),
  );
  return await page([words], PLACES[position], frame);
}

/** The name of a shot and its take, for dailies. */
export async function drawSlug(text: string, frame: TextFrame): Promise<Drawing> {
  const unit = unitOf(frame);
  const plate = box(
    { ...WORDS, backgroundColor: PLATE, padding: `${0.12 * unit}px ${0.3 * unit}px`, fontSize: unit * 0.66 },
    drawable(text),
  );
  return await page([plate], PLACES['top-left'], frame);
}

/** The figures of a timecode, one below the other; a window slides over them. */
export async function drawFigures(cell: { width: number; height: number }): Promise<Drawing> {
  const cells = [...'0123456789:'].map(figure =>
    box({ width: cell.width, height: cell.height, justifyContent: 'center', alignItems: 'center' }, figure),
  );
  const strip = {
    ...WORDS,
    flexDirection: 'column',
    backgroundColor: '#08090c',
    fontSize: cell.height * 0.74,
    fontWeight: 600,
  };
  const { width, height } = { width: cell.width, height: cell.height * cells.length };
  return await drawTransparent(box({ ...strip, width, height }, cells), width, height);
}

/** One line of ordinary text, in pixels. */
export function unitOf({ width, height }: { readonly width: number; readonly height: number }): number {
  return Math.min(width, height) * 0.052;
}

/** Of all text over or before the picture. */
export const WORDS: { readonly fontFamily: string; readonly color: string } = {
  fontFamily: FONT_FAMILY,
  color: '#ffffff',
};

const PLACES: Readonly<Record<Corner, { justifyContent: string; alignItems: string }>> = {
  'top-left': { justifyContent: 'flex-start', alignItems: 'flex-start' },
  'top-right': { justifyContent: 'flex-start', alignItems: 'flex-end' },
  'bottom-left': { justifyContent: 'flex-end', alignItems: 'flex-start' },
  'bottom-right': { justifyContent: 'flex-end', alignItems: 'flex-end' },
  centre: { justifyContent: 'center', alignItems: 'center' },
};

async function page(
  children: readonly Element[],
  place: { justifyContent: string; alignItems: string },
  { width, height, fonts }: TextFrame,
): Promise<Drawing> {
  const safe = box(
    { width: width * (1 - 2 * MARGIN), height: height * (1 - 2 * MARGIN), flexDirection: 'column', ...place },
    children,
  );
  const whole = box({ width, height, justifyContent: 'center', alignItems: 'center' }, [safe]);
  return await drawTransparent(whole, width, height, fonts);
}
