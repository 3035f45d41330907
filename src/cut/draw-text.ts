import { box, type Drawing, drawTransparent, type Element } from '../media/draw.ts';
import { directionOf } from '../media/lettering.ts';
import type { LowerThird } from '../storyboard/storyboard.ts';
import { drawAt } from './draw-at.ts';
import { heightOf, NOTHING, type Over, takenBy } from './draw-mark.ts';
import { fitHeight, fitLines, fitWords, type Room } from './fit-text.ts';
import { figureCell, safeOf, type TextFrame, unitOf, WORDS } from './text-frame.ts';

/** Soft, but so dense that letters of the picture itself, such as an animatic's, do not show through. */
const PLATE = 'rgba(8, 10, 14, 0.78)';
/** The burn-in's is dense: it is there to be read off, whatever is under it. */
const BURN_IN_PLATE = '#08090c';
/** Text over a picture that is set smaller than this cannot be read: what does not fit then is broken. */
const SMALLEST = 0.5;

/*
 * Whatever is written over a picture has a place of its own, for every size:
 *
 *     | slug             timecode |
 *     | mark                      |   at the top: below the burn-in
 *     |                           |
 *     | ▌lower third              |   in what all others leave
 *     |         caption           |
 *     |                      mark |   at the foot: below all else
 *
 * Each is a drawing of its own, so what it keeps clear of is laid out with it, and measured.
 */

/** Text at the foot of the picture, over a soft plate that keeps it readable on anything. */
export async function drawCaption(text: string, frame: TextFrame, over: Over = NOTHING): Promise<Drawing> {
  const { foot } = await takenBy(over, frame);
  return await drawAt('bottom-left', await captionOf(text, frame), frame, foot);
}

/** A name and what goes with it, low on the side that its script begins at, beside a bar. */
export async function drawLowerThird(
  lowerThird: LowerThird,
  frame: TextFrame,
  caption: string | null = null,
  over: Over = NOTHING,
): Promise<Drawing> {
  const { top, foot } = await takenBy(over, frame);
  const below = foot + (caption === null ? 0 : await heightOf(await captionOf(caption, frame), frame));
  const lift = below > 0 ? below + unitOf(frame) * 0.4 : frame.height * 0.07;
  const room = Math.min(frame.height * 0.4, safeOf(frame).height - top - lift);
  return await drawAt('bottom-left', await lowerThirdOf(lowerThird, frame, room), frame, lift);
}

/** The name of a shot and its take, for dailies: one line, which leaves room for the timecode. */
export async function drawSlug(text: string, frame: TextFrame): Promise<Drawing> {
  const unit = unitOf(frame);
  const padding = 0.3 * unit;
  const width = safeOf(frame).width - figureCell(frame).width * 11 - 0.5 * unit;
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
  const plate = box(
    { backgroundColor: BURN_IN_PLATE, padding: `${0.12 * unit}px ${padding}px`, maxWidth: width },
    [line(1)],
  );
  return await drawAt('top-left', plate, frame);
}

/** The figures of a timecode, one below the other; a window slides over them. */
export async function drawFigures(cell: { width: number; height: number }): Promise<Drawing> {
  const cells = [...'0123456789:'].map(figure =>
    box({ width: cell.width, height: cell.height, justifyContent: 'center', alignItems: 'center' }, figure),
  );
  const strip = {
    ...WORDS,
    flexDirection: 'column',
    backgroundColor: BURN_IN_PLATE,
    fontSize: cell.height * 0.74,
    fontWeight: 600,
  };
  const { width, height } = { width: cell.width, height: cell.height * cells.length };
  return await drawTransparent(box({ ...strip, width, height }, cells), width, height);
}

async function captionOf(text: string, frame: TextFrame): Promise<Element> {
  const unit = unitOf(frame);
  const room = roomIn(frame, 0.8, frame.height * 0.4);
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

async function lowerThirdOf(
  { title, subtitle }: LowerThird,
  frame: TextFrame,
  height: number,
): Promise<Element> {
  const unit = unitOf(frame);
  const room = roomIn(frame, 0.7, height);
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
        // Around all of it: on a white picture it shows where the bar is.
        boxShadow: `0 0 ${0.12 * unit}px ${Math.max(1, 0.03 * unit)}px rgba(0, 0, 0, 0.6)`,
        ...{ [`margin${side}`]: frame.width * 0.02, [`border${side}`]: `${bar}px solid #ffffff` },
      },
      lines.map(line => line(scale)),
    );
  return await fitHeight(plate, room);
}

/** As wide as a share of the frame. */
function roomIn({ width, fonts }: TextFrame, share: number, height: number): Room {
  return { width: width * share, height, fonts, smallest: SMALLEST };
}
