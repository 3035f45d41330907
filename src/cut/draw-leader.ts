import { box, type Drawing, draw, drawable, type Element } from '../media/draw.ts';
import { words } from '../media/lettering.ts';
import { fitWords } from './fit-text.ts';
import { type TextFrame, unitOf, WORDS } from './text-frame.ts';

/** What a slate says. */
export interface Slate {
  readonly title: string;
  readonly lines: readonly { readonly label: string; readonly text: string }[];
}

const [PAPER, LIT, UNLIT, INK, FAINT] = ['#101418', '#c9c6bd', '#7d7b75', '#14171a', '#9aa3ad'];

/** How far a title may be made smaller. */
const SMALLEST = 0.4;

/** The title, and what an editor or a projectionist must know, a line each. */
export async function drawSlate({ title, lines }: Slate, frame: TextFrame): Promise<Drawing> {
  const { width, height, fonts } = frame;
  const unit = unitOf(frame);
  const row = ({ label, text }: Slate['lines'][number]): Element =>
    box({ flexDirection: 'row', marginTop: unit * 0.28, fontSize: unit * 0.78, lineHeight: 1.3 }, [
      box(
        { ...WORDS, color: FAINT, width: unit * 6, flexShrink: 0, paddingRight: unit * 0.4 },
        drawable(label),
      ),
      words({ ...WORDS, flexGrow: 1, maxWidth: width * 0.8 - unit * 6 }, text),
    ]);
  const large = {
    ...{ ...WORDS, fontSize: unit * 1.7, fontWeight: 600, lineHeight: 1.15, textAlign: 'left' },
    letterSpacing: -0.02 * unit,
  };
  const head = await fitWords(
    { style: large, text: title },
    { width: width * 0.8, fonts, smallest: SMALLEST },
  );
  const rule = box({ width: unit * 2.4, height: Math.max(2, unit * 0.1), backgroundColor: '#ffffff' });
  const gaps = { marginTop: unit * 0.6, marginBottom: unit * 0.5 };
  const block = box({ flexDirection: 'column', width: width * 0.8, overflow: 'hidden' }, [
    head(1),
    box(gaps, [rule]),
    ...lines.map(row),
  ]);
  return await draw(page(frame, PAPER, [block]), width, height, fonts);
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
