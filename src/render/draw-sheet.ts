import { box, drawable, drawPng, type Element, photo, type Style } from '../media/draw.ts';
import { FONT_FAMILY } from '../media/fonts.ts';
import { formatDollars } from '../model/money.ts';
import type { ListedTake } from '../project/list-takes.ts';
import { fillPrompt } from '../storyboard/prompt.ts';
import type { SheetLine } from './sheet-lines.ts';

/** What is the same on all pages of a sheet. Lengths are pixels. */
export interface SheetLook {
  readonly columns: number;
  /** The box that stills are fitted into. */
  readonly still: { readonly width: number; readonly height: number };
  readonly fonts: readonly string[];
}

export interface SheetPage {
  readonly title: string;
  /** Under the title, and at its right. */
  readonly note: string;
  readonly number: string;
  readonly lines: readonly SheetLine[];
  /** By the digest of the clip. */
  readonly stills: ReadonlyMap<string, Still>;
}

export interface Still {
  readonly jpeg: Buffer;
  readonly width: number;
  readonly height: number;
}

const [PAPER, PANEL, RULE] = ['#14171b', '#1f242a', '#333a42'];
const [INK, QUIET, ACCENT, OLD] = ['#f4f1ea', '#98a2ad', '#f0ab4a', '#c98b6b'];

const MARGIN = 72;
const LABEL = 340;
const GAP = 28;
/** Of a cell, under its still. */
const CAPTION = 72;
/** Around the still of the picked take. */
const RING = 5;
const HEAD = 150;
const HEADING = 84;
/** Narrower ones leave no room for their captions. */
const LEAST_CELL = 300;

function pageWidth({ columns, still }: SheetLook): number {
  return 2 * MARGIN + LABEL + columns * (cellWidth(still) + GAP);
}

export function lineHeight(line: SheetLine, { still }: SheetLook): number {
  return above(line) + still.height + CAPTION + GAP;
}

/** The scene's title, or what sets a shot off from the one before. */
function above({ scene, hasHeading, older, isFirst }: SheetLine): number {
  if (hasHeading && scene !== '') return HEADING;
  return older === null && isFirst ? GAP : 0;
}

/** One page as a PNG: a row for each version of a shot, a column for each take. */
export async function drawSheet(page: SheetPage, look: SheetLook): Promise<Buffer> {
  const width = pageWidth(look);
  const lines = page.lines.reduce((sum, line) => sum + lineHeight(line, look), 0);
  const height = Math.ceil(MARGIN + HEAD + lines + MARGIN - GAP);
  const style = { fontFamily: FONT_FAMILY, color: INK, backgroundColor: PAPER, padding: MARGIN };
  const column = { width, height, flexDirection: 'column' };
  const rows = page.lines.flatMap((line, index) => drawLine(line, index === 0, page, look));
  return await drawPng(
    box({ ...style, ...column }, [drawHead(page, width - 2 * MARGIN), ...rows]),
    width,
    height,
    look.fonts,
  );
}

function drawHead({ title, note, number }: SheetPage, width: number): Element {
  const name = { ...ONE_LINE, fontSize: 48, fontWeight: 600, letterSpacing: -1, lineHeight: 1.2 };
  const small = { ...ONE_LINE, fontSize: 22, color: QUIET };
  return box({ height: HEAD, width, flexDirection: 'column', flexShrink: 0 }, [
    box({ ...name, width }, drawable(title)),
    box({ marginTop: 10, width }, [
      box({ ...small, width: width - 200 }, drawable(note)),
      box({ ...small, width: 200, textAlign: 'right' }, number),
    ]),
  ]);
}

function drawLine(line: SheetLine, isTop: boolean, page: SheetPage, look: SheetLook): Element[] {
  const { scene, hasHeading, takes } = line;
  const height = look.still.height + CAPTION;
  const isHeaded = hasHeading && scene !== '';
  const row = box({ height, marginTop: isHeaded ? 0 : above(line), marginBottom: GAP, flexShrink: 0 }, [
    drawLabel(line, isTop, height),
    ...takes.map(take => drawCell(take, page, look)),
  ]);
  if (!isHeaded) return [row];
  const rule = { borderTop: `2px solid ${RULE}`, paddingTop: 18, width: pageWidth(look) - 2 * MARGIN };
  const words = { ...ONE_LINE, fontSize: 24, fontWeight: 600, color: ACCENT };
  return [box({ height: HEADING, flexShrink: 0, ...rule }, [box(words, drawable(scene))]), row];
}

/** The shot, or what makes this version an older one. */
function drawLabel(
  { shot: { id, shot }, older, isFirst }: SheetLine,
  isTop: boolean,
  height: number,
): Element {
  const column = { width: LABEL, height, flexDirection: 'column', flexShrink: 0, paddingRight: GAP };
  const title = drawable(shot?.title ?? id);
  const small = { fontSize: 19, color: QUIET, lineHeight: 1.4 };
  const name = { fontSize: 28, fontWeight: 600, letterSpacing: -0.4, lineHeight: 1.2, lineClamp: 2 };
  const head = [
    box({ ...name, display: 'block' }, title),
    ...(title === id ? [] : [box({ ...ONE_LINE, ...small, marginTop: 4 }, id)]),
  ];
  if (older !== null) {
    const words = box({ ...ONE_LINE, fontSize: 22, fontWeight: 600, color: OLD }, 'Older');
    const why = box({ ...small, display: 'block', lineClamp: 3, marginTop: 4 }, older);
    return box(column, [...(isTop ? head : []), ...(isFirst || isTop ? [words, why] : [])]);
  }
  if (!isFirst && !isTop) return box(column, []);
  const prompt = shot === null ? '' : drawable(fillPrompt(shot.prompt.value, ({ name }) => name));
  const lineClamp = Math.max(1, Math.floor((height - 130) / 27));
  return box(column, [...head, box({ ...small, display: 'block', lineClamp, marginTop: 12 }, prompt)]);
}

function drawCell(take: ListedTake, { stills }: SheetPage, { still }: SheetLook): Element {
  const { picked, current } = take;
  const picture = take.clip === null ? undefined : stills.get(take.clip.sha256);
  const panel = { ...still, backgroundColor: PANEL, justifyContent: 'center', alignItems: 'center' };
  const frame =
    picture === undefined ? { ...panel, border: `2px dashed ${RULE}`, boxSizing: 'border-box' } : panel;
  const inside =
    picture === undefined
      ? box({ fontSize: 20, color: QUIET }, WITHOUT_CLIP[take.state] ?? 'cannot be read')
      : photo(picture.jpeg, picture.width, picture.height);
  const ring = { padding: RING, margin: -RING, backgroundColor: picked ? ACCENT : PAPER };
  const name = { fontSize: 22, fontWeight: 600, color: current ? INK : QUIET };
  const seed = take.seed === null ? '' : `seed ${take.seed}`;
  const first = { alignItems: 'center', justifyContent: 'space-between', marginTop: 12, height: 30 };
  const small = { ...ONE_LINE, fontSize: 19, color: QUIET };
  return box({ width: cellWidth(still), marginRight: GAP, flexDirection: 'column', flexShrink: 0 }, [
    box({ ...ring, alignSelf: 'flex-start', flexShrink: 0 }, [box(frame, [inside])]),
    box(first, [
      box({ alignItems: 'center' }, [
        box({ ...name, marginRight: 12 }, `Take ${take.take}`),
        box({ ...small, fontSize: 20 }, seed),
      ]),
      ...(picked ? [box({ ...PILL, color: PAPER, backgroundColor: ACCENT }, 'Picked')] : []),
      ...(current ? [] : [box({ ...PILL, color: OLD, border: `2px solid ${OLD}` }, 'Older')]),
    ]),
    box({ alignItems: 'center', justifyContent: 'space-between', marginTop: 4, height: 26 }, [
      box(small, paidFor(take)),
      ...(take.locked ? [box({ ...PILL, color: INK, border: `2px solid ${RULE}` }, 'Locked')] : []),
    ]),
  ]);
}

function paidFor({ costMicros, renderedAt }: ListedTake): string {
  const price = costMicros === null ? '' : costMicros === 0 ? 'free' : `$${formatDollars(costMicros)}`;
  const date = renderedAt === null ? '' : renderedAt.toISOString().slice(0, 16).replace('T', ' ');
  return [price, date].filter(Boolean).join('  ·  ');
}

const WITHOUT_CLIP: Partial<Record<ListedTake['state'], string>> = {
  missing: 'not rendered yet',
  gone: 'its clip is gone',
  'in-flight': 'paid for, to be fetched',
  held: 'held',
  failed: 'failed',
};

const ONE_LINE: Style = {
  display: 'block',
  whiteSpace: 'nowrap',
  overflow: 'hidden',
  textOverflow: 'ellipsis',
};

const PILL: Style = {
  ...{ fontSize: 16, fontWeight: 600, flexShrink: 0, boxSizing: 'border-box', alignItems: 'center' },
  ...{ paddingLeft: 11, paddingRight: 11, height: 26, borderRadius: 13 },
};

function cellWidth({ width }: SheetLook['still']): number {
  return Math.max(width, LEAST_CELL);
}
