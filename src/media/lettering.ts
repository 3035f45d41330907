import bidiJs, { type Bidi } from 'bidi-js';
import { box, drawable, type Element, type Style } from './draw.ts';

/**
 * Text of the film itself: each of the author's lines by itself, from the side that its script begins at. A word that
 * is longer than its line is broken; who draws it should have tried a smaller size.
 */
export function words(style: Style, text: string): Element {
  const [first = '', ...others] = lettering(text).split('\n');
  if (others.length === 0) return lineOf(first, { overflowWrap: 'anywhere', ...style });
  // The layout could break lines itself, but gives the break the width of a letter.
  const lines = [first, ...others].map(line => lineOf(line, {}));
  return box({ overflowWrap: 'anywhere', ...style, flexDirection: 'column' }, lines);
}

/** As wide as what it is in, which is where its text is aligned. */
function lineOf(line: string, style: Style): Element {
  const direction = directionOf(line);
  // An empty box would have no height.
  const shown = line === '' ? '\u00a0' : marked(line, direction);
  return box({ direction, display: 'block', ...style }, shown);
}

/** As an author wrote it, without what cannot be seen; each line by itself. */
export function lettering(text: string): string {
  return text
    .split(/\r\n|[\n\r\u0085\u2028\u2029]/)
    .map(line => drawable(line, { keepShaping: true }))
    .join('\n')
    .trim();
}

/** Of a text, by its first letter that has one: what HTML calls `dir="auto"`. */
export function directionOf(text: string): 'ltr' | 'rtl' {
  // U+200E and U+200F say it where the first letter would say something else.
  const [first] = /[\p{L}\u200e\u200f]/u.exec(text) ?? [];
  return first !== undefined && RIGHT_TO_LEFT.test(first) ? 'rtl' : 'ltr';
}

const RIGHT_TO_LEFT =
  /[\u0590-\u08ff\u200f\ufb1d-\ufdff\ufe70-\ufeff\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;
/** What takes its direction from what is around it, but for blanks. */
const SIGNS = new Set(['ON', 'ES', 'CS', 'ET']);
/** Of a script, as `؟` and `؛` are: for the standard they run as its letters do, and the layout sees no letter. */
const SIGN_OF_SCRIPT = /[\p{P}\p{S}]/u;

// What it exports is the function itself; its types speak of a `default` that a CommonJS module does not have.
const bidiFactory = bidiJs as unknown as () => Bidi;
let bidi: Bidi | undefined;

/**
 * The layout knows a simplified bidirectional algorithm: it does not pair brackets, and takes `3:45` for two numbers.
 * Wherever the Unicode Bidirectional Algorithm has given a sign a direction, an invisible mark at each of its sides
 * tells the layout so.
 */
function marked(text: string, direction: 'ltr' | 'rtl'): string {
  if (direction === 'ltr' && !RIGHT_TO_LEFT.test(text)) return text;
  bidi ??= bidiFactory();
  const { levels } = bidi.getEmbeddingLevels(text, direction);
  let result = '';
  let open: number | null = null;
  for (let at = 0; at < text.length; at++) {
    const level = levels[at] ?? 0;
    const isSign = isSignOf(text[at] ?? '', bidi);
    // The sign of a number within right-to-left words of a left-to-right text: no mark can say that.
    const marks = isSign && !(direction === 'ltr' && level === 2) ? level : null;
    if (marks !== open) result += `${markOf(open)}${markOf(marks)}`;
    // What goes on from right to left behind a number must not be taken for more of it.
    if (direction === 'rtl' && level === 1 && levels[at - 1] === 2) result += markOf(level);
    open = marks;
    result += text[at];
  }
  return result + markOf(open);
}

function isSignOf(character: string, bidi: Bidi): boolean {
  const type = bidi.getBidiCharTypeName(character);
  return SIGNS.has(type) || ((type === 'AL' || type === 'R') && SIGN_OF_SCRIPT.test(character));
}

function markOf(level: number | null): string {
  if (level === null) return '';
  return level % 2 === 1 ? '\u200f' : '\u200e';
}
