import { box, type Drawing, draw, type Element } from '../media/draw.ts';
import { type Over, takenBy } from './draw-mark.ts';
import { fitHeight, fitWords, type Room, type Scaled } from './fit-text.ts';
import { safeOf, type TextFrame, unitOf, WORDS } from './text-frame.ts';

/** What a slate says, and what of the film stands over it. */
export interface Slate {
  readonly title: string;
  readonly lines: readonly { readonly label: string; readonly text: string }[];
  readonly over: Over;
}

const [PAPER, LIT, UNLIT, INK, FAINT] = ['#101418', '#c9c6bd', '#7d7b75', '#14171a', '#9aa3ad'];

/** How far it may be made smaller. */
const SMALLEST = 0.4;
/** Of the frame's width. */
const WIDE = 0.8;

/** The title, and what an editor or a projectionist must know, a line each: all of it, clear of what stands over it. */
export async function drawSlate({ title, lines, over }: Slate, frame: TextFrame): Promise<Drawing> {
  const { width, height, fonts } = frame;
  const unit = unitOf(frame);
  const { top, foot } = await takenBy(over, frame);
  const room = { width: width * WIDE, height: safeOf(frame).height - top - foot, fonts, smallest: SMALLEST };
  const large = {
    ...{ ...WORDS, fontSize: unit * 1.7, fontWeight: 600, lineHeight: 1.15, textAlign: 'left' },
    letterSpacing: '-0.012em',
  };
  const head = await fitWords({ style: large, text: title }, room);
  const rows = await Promise.all(lines.map(async line => await rowOf(line, unit, room)));
  const rule = box({ width: unit * 2.4, height: Math.max(2, unit * 0.1), backgroundColor: '#ffffff' });
  const block = (scale: number) =>
    box({ flexDirection: 'column', width: room.width, flexShrink: 0 }, [
      head(scale),
      box({ marginTop: unit * 0.6 * scale, marginBottom: unit * 0.5 * scale }, [rule]),
      ...rows.map(row => row(scale)),
    ]);
  const between = box({ marginTop: top, marginBottom: foot }, [await fitHeight(block, room)]);
  return await draw(page(frame, PAPER, [between]), width, height, fonts);
}

/** Both begin at the left, also where they are read from the right: they belong together. */
async function rowOf(
  { label, text }: Slate['lines'][number],
  unit: number,
  { width, ...room }: Room,
): Promise<Scaled> {
  const [wide, gap] = [unit * 5.6, unit * 0.4];
  const style = { ...WORDS, fontSize: unit * 0.78, lineHeight: 1.3, textAlign: 'left' };
  const name = await fitWords({ style: { ...style, color: FAINT }, text: label }, { ...room, width: wide });
  const said = await fitWords({ style, text }, { ...room, width: width - wide - gap });
  return scale =>
    box({ flexDirection: 'row', marginTop: unit * 0.28 * scale }, [
      box({ width: wide * scale + gap, flexShrink: 0 }, [name(scale)]),
      said(scale),
    ]);
}

/** A number on a field that the hand of a clock sweeps from lit to unlit; a cross and two rings around it. */
export async function drawNumber(number: number, lit: boolean, frame: TextFrame): Promise<Drawing> {
  const { width, height } = frame;
  const side = Math.min(width, height);
  const line = Math.max(2, 2 * Math.round(side * 0.002));
  const ring = (diameter: number): Element =>
    layer(frame, [
      box({
        ...{ width: diameter, height: diameter, borderRadius: diameter / 2 },
        border: `${line}px solid ${INK}`,
      }),
    ]);
  const text = {
    ...{ ...WORDS, fontWeight: 600, color: INK, lineHeight: 1 },
    ...{ fontSize: side * 0.46, letterSpacing: -0.01 * side },
  };
  const layers = [
    layer(frame, [box({ width, height: line, backgroundColor: INK })]),
    layer(frame, [box({ width: line, height, backgroundColor: INK })]),
    ring(side * 0.86),
    ring(side * 0.78),
    layer(frame, [box(text, String(number))]),
  ];
  return await draw(page(frame, lit ? LIT : UNLIT, layers), width, height, []);
}

export async function drawBlack({ width, height }: TextFrame): Promise<Drawing> {
  return await draw(box({ width, height, backgroundColor: '#000000' }), width, height, []);
}

function page({ width, height }: TextFrame, backgroundColor: string, children: readonly Element[]): Element {
  const centred = { justifyContent: 'center', alignItems: 'center' };
  return box({ width, height, backgroundColor, position: 'relative', ...centred }, children);
}

/** Over the whole frame, with its children in the middle. */
function layer({ width, height }: TextFrame, children: readonly Element[]): Element {
  const over = { position: 'absolute', left: 0, top: 0, width, height };
  return box({ ...over, justifyContent: 'center', alignItems: 'center' }, children);
}
