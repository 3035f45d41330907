import { box, type Drawing, drawTransparent, type Element } from '../media/draw.ts';
import { directionOf, words } from '../media/lettering.ts';
import type { Corner, LowerThird, Watermark } from '../storyboard/storyboard.ts';
import { fitHeight, fitLines, fitWords, type Room } from './fit-text.ts';
import { burnInHeight, figureCell, logoSide, MARGIN, type TextFrame, unitOf, WORDS } from './text-frame.ts';

/** What stands over the whole film, as far as other text has to keep clear of it. */
export type Mark = Pick<Watermark, 'text' | 'image' | 'position' | 'opacity'>;

const PLATE = 'rgba(8, 10, 14, 0.62)';
/** Text over a picture that is set smaller than this cannot be read: what does not fit then is broken. */
const SMALLEST = 0.5;

/*
 * Whatever is written over a picture has a place of its own, for every size:
 *
 *     | slug             timecode |
 *     | mark                      |   at the top: below the burn-in
 *     |                           |
 *     | ▌lower third              |
 *     |         caption           |
 *     |                      mark |   at the foot: below all else
 *
 * Each is a drawing of its own, so what stands below it is laid out with it and left unseen.
 */

/** Text at the foot of the picture, over a soft plate that keeps it readable on anything. */
export async function drawCaption(
  text: string,
  frame: TextFrame,
  mark: Mark | null = null,
): Promise<Drawing> {
  return await drawAt('bottom-left', [await captionOf(text, frame), ...markBelow(mark, frame)], frame);
}

/** A name and what goes with it, low on the side that its script begins at, beside a bar. */
export async function drawLowerThird(
  lowerThird: LowerThird,
  frame: TextFrame,
  caption: string | null = null,
  mark: Mark | null = null,
): Promise<Drawing> {
  const below = [
    ...(caption === null ? [] : [unseen(await captionOf(caption, frame))]),
    ...markBelow(mark, frame),
  ];
  const lift = box({ height: below.length > 0 ? unitOf(frame) * 0.4 : frame.height * 0.07, flexShrink: 0 });
  return await drawAt('bottom-left', [await lowerThirdOf(lowerThird, frame), lift, ...below], frame);
}

export async function drawWatermark(
  text: string,
  position: Corner,
  opacity: number,
  frame: TextFrame,
  burnIn = false,
): Promise<Drawing> {
  const top = burnIn && position.startsWith('top') ? burnInHeight(frame) : 0;
  const line = box({ height: top, flexShrink: 0 });
  return await drawAt(position, [line, markOf(text, position, opacity, frame)], frame);
}

/** The name of a shot and its take, for dailies: one line, which leaves room for the timecode. */
export async function drawSlug(text: string, frame: TextFrame): Promise<Drawing> {
  const unit = unitOf(frame);
  const padding = 0.3 * unit;
  const width = frame.width * (1 - 2 * MARGIN) - figureCell(frame).width * 11 - 0.5 * unit;
  const style = {
    ...{ ...WORDS, fontSize: unit * 0.66, lineHeight: 1.2, whiteSpace: 'nowrap' },
    ...{ overflow: 'hidden', textOverflow: 'ellipsis' },
  };
  const line = await fitWords(
    { style, text },
    {
      ...{ width: width - 2 * padding, fonts: frame.fonts, smallest: SMALLEST },
    },
  );
  const plate = box({ backgroundColor: PLATE, padding: `${0.12 * unit}px ${padding}px`, maxWidth: width }, [
    line(1),
  ]);
  return await drawAt('top-left', [plate], frame);
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

async function captionOf(text: string, frame: TextFrame): Promise<Element> {
  const unit = unitOf(frame);
  const room = roomIn(frame, 0.8, 0.45);
  const beside = 0.5 * unit;
  const style = { ...WORDS, fontSize: unit * 0.86, fontWeight: 400, lineHeight: 1.3, textAlign: 'center' };
  const line = await fitWords({ style, text }, { ...room, width: room.width - 2 * beside });
  const plate = (scale: number) =>
    box(
      {
        ...{ backgroundColor: PLATE, borderRadius: 0.16 * unit, alignSelf: 'center', flexShrink: 0 },
        padding: `${0.22 * unit}px ${beside}px`,
      },
      [line(scale)],
    );
  return await fitHeight(plate, room);
}

async function lowerThirdOf({ title, subtitle }: LowerThird, frame: TextFrame): Promise<Element> {
  const unit = unitOf(frame);
  const room = roomIn(frame, 0.7, 0.4);
  const [beside, bar] = [0.7 * unit, Math.max(2, 0.14 * unit)];
  const isRtl = directionOf(title) === 'rtl';
  const [side, alignSelf] = isRtl ? ['Right', 'flex-end'] : ['Left', 'flex-start'];
  const inside = { ...room, width: room.width - 2 * beside - bar };
  const shared = { ...WORDS, textAlign: isRtl ? 'right' : 'left' };
  const large = { ...shared, fontSize: unit * 1.15, fontWeight: 600, lineHeight: 1.2 };
  const small = { ...shared, fontSize: unit * 0.76, opacity: 0.85, lineHeight: 1.3, marginTop: unit * 0.1 };
  const below = subtitle === null ? null : { style: small, text: subtitle };
  const lines = await fitLines({ style: large, text: title }, below, inside);
  const plate = (scale: number) =>
    box(
      {
        ...{ flexDirection: 'column', alignItems: alignSelf, alignSelf, flexShrink: 0 },
        ...{ backgroundColor: PLATE, padding: `${0.4 * unit}px ${beside}px` },
        ...{ [`margin${side}`]: frame.width * 0.02, [`border${side}`]: `${bar}px solid #ffffff` },
      },
      lines.map(line => line(scale)),
    );
  return await fitHeight(plate, room);
}

/** Shares of the frame. */
function roomIn({ width, height, fonts }: TextFrame, wide: number, tall: number): Room {
  return { width: width * wide, height: height * tall, fonts, smallest: SMALLEST };
}

function markOf(text: string, position: Corner, opacity: number, frame: TextFrame): Element {
  const unit = unitOf(frame);
  const size = position === 'centre' ? unit * 2.2 : unit * 0.8;
  const shadow = `0 0 ${unit * 0.2}px rgba(0, 0, 0, 0.7)`;
  const style = { ...WORDS, fontSize: size, fontWeight: 600, textShadow: shadow };
  return words({ ...style, opacity, maxWidth: '100%', flexShrink: 0 }, text);
}

/** The place of a mark at the foot, with a gap above it. */
function markBelow(mark: Mark | null, frame: TextFrame): Element[] {
  if (mark === null || !mark.position.startsWith('bottom')) return [];
  const { text, position } = mark;
  const place = text === null ? box({ height: logoSide(frame) }) : markOf(text, position, 0, frame);
  return [box({ paddingTop: unitOf(frame) * 0.3, flexShrink: 0 }, [place])];
}

/** Takes its place, and is not drawn. */
function unseen(element: Element): Element {
  return box({ opacity: 0, flexDirection: 'column', flexShrink: 0, alignSelf: 'stretch' }, [element]);
}

const PLACES: Readonly<Record<Corner, { justifyContent: string; alignItems: string }>> = {
  'top-left': { justifyContent: 'flex-start', alignItems: 'flex-start' },
  'top-right': { justifyContent: 'flex-start', alignItems: 'flex-end' },
  'bottom-left': { justifyContent: 'flex-end', alignItems: 'flex-start' },
  'bottom-right': { justifyContent: 'flex-end', alignItems: 'flex-end' },
  centre: { justifyContent: 'center', alignItems: 'center' },
};

/** Draws boxes one below the other in a corner of what every screen shows. */
async function drawAt(
  corner: Corner,
  children: readonly Element[],
  { width, height, fonts }: TextFrame,
): Promise<Drawing> {
  const safe = box(
    {
      ...{ width: width * (1 - 2 * MARGIN), height: height * (1 - 2 * MARGIN) },
      ...{ flexDirection: 'column', ...PLACES[corner] },
    },
    children,
  );
  const whole = box({ width, height, justifyContent: 'center', alignItems: 'center' }, [safe]);
  return await drawTransparent(whole, width, height, fonts);
}
