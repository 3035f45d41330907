import { box, drawable, type Element, measureHeight, type Style } from '../../media/draw.ts';
import { FONT_FAMILY } from '../../media/fonts.ts';
import type { Layout } from './layout.ts';
import { at, COLORS } from './look.ts';
import type { Rectangle } from './rectangle.ts';

/** Texts longer than this are cut before they are laid out: no board has room for more. */
const MAX_LENGTH = 1200;
const LINE_HEIGHT = 1.36;
/** Drawing a word in a box of its own takes about a millisecond: long prompts go without marked names. */
const MOST_BOXES = 60;
/** Names are bolder, so wider: this share of the width is filled when the size is chosen. */
const MARKED_WIDTH = 0.96;
/** Inter's space. */
const SPACE = 0.28;
/** From a line's top to the top of its capitals, which is what has to align with the footage. */
const ABOVE_CAPITALS = 0.3;
/** In design units. Beside footage the prompt is no larger than it takes to be read from the back of a room. */
const SIZES = [60, 52, 46, 40, 36, 32, 29, 26, 24, 22, 20] as const;
const LARGEST_BESIDE_MEDIA = 46;
/** A line has room for some twenty letters at least. */
const LEAST_LINE = 9.5;

/**
 * The prompt in the largest size in which all of it fits, with the names of references marked. Where even the
 * smallest is too large, it ends in an ellipsis.
 */
export async function drawPrompt(
  prompt: string,
  names: readonly string[],
  { prompt: area, unit, insets }: Layout,
  fonts: readonly string[],
): Promise<Element> {
  const text = cut(drawable(prompt));
  const besideMedia = insets.length > 0;
  const largest = besideMedia ? Math.min(LARGEST_BESIDE_MEDIA, area.width / unit / LEAST_LINE) : SIZES[0];
  const sizes = SIZES.filter(size => size <= largest).map(size => size * unit);
  const fits = async (size: number) => {
    const height = await measureHeight(drawText(text, size, area.width * MARKED_WIDTH), area.width, fonts);
    return height - size * (LINE_HEIGHT - 1) <= area.height;
  };
  const size = await firstThat(sizes, fits);
  const smallest = sizes.at(-1) ?? 20 * unit;
  const body = size === null ? drawClamped(text, smallest, area) : drawFitting(text, names, size, area.width);
  return box(
    {
      ...at({ ...area, y: area.y - (besideMedia ? ABOVE_CAPITALS * (size ?? smallest) : 0) }),
      flexDirection: 'column',
      justifyContent: besideMedia ? 'flex-start' : 'center',
    },
    text === '' ? [] : [body],
  );
}

/** A word, or a part of one, and whether it names a reference. */
export interface PromptPart {
  readonly text: string;
  readonly isName: boolean;
}

/** A text as words, each in parts, so that in "bo's" only "bo" is marked. */
export function splitWords(text: string, names: readonly string[]): PromptPart[][] {
  const longestFirst = [...new Set(names)].filter(name => name !== '').sort((a, b) => b.length - a.length);
  const escaped = longestFirst.map(name => name.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&'));
  const name = new RegExp(`(?<![\\p{L}\\p{N}_-])(${escaped.join('|')})(?![\\p{L}\\p{N}_-])`, 'u');
  return text.split(' ').map(word => {
    const parts = longestFirst.length === 0 ? [word] : word.split(name);
    return parts
      .map((part, index) => ({ text: part, isName: index % 2 === 1 }))
      .filter(part => part.text !== '');
  });
}

function drawFitting(text: string, names: readonly string[], size: number, width: number): Element {
  const words = splitWords(text, names);
  const marked = words.length <= MOST_BOXES && words.flat().some(part => part.isName);
  return marked ? drawWords(words, size, width) : drawText(text, size, width);
}

/** Each word is a box of its own: satori cannot change the weight of letters within a text. */
function drawWords(words: readonly (readonly PromptPart[])[], size: number, width: number): Element {
  const nameStyle = { fontWeight: 600, color: COLORS.accent };
  const drawPart = ({ text, isName }: PromptPart, style: Style) =>
    box({ ...style, maxWidth: width, wordBreak: 'break-word', ...(isName ? nameStyle : {}) }, text);
  const space = { marginRight: size * SPACE };
  return box(
    { ...textStyle(size, width), flexWrap: 'wrap' },
    words.flatMap(parts => {
      const [first] = parts;
      if (first === undefined) return [];
      if (parts.length === 1) return [drawPart(first, space)];
      return [
        box(
          { ...space, maxWidth: width },
          parts.map(part => drawPart(part, {})),
        ),
      ];
    }),
  );
}

function drawText(text: string, size: number, width: number): Element {
  return box({ ...textStyle(size, width), display: 'block', wordBreak: 'break-word' }, text);
}

function drawClamped(text: string, size: number, area: Rectangle): Element {
  return box(
    {
      ...textStyle(size, area.width),
      display: 'block',
      wordBreak: 'break-word',
      overflow: 'hidden',
      textOverflow: 'ellipsis',
      lineClamp: Math.max(1, Math.floor(area.height / (size * LINE_HEIGHT))),
    },
    text,
  );
}

function textStyle(size: number, width: number): Style {
  return { fontFamily: FONT_FAMILY, fontSize: size, lineHeight: LINE_HEIGHT, width };
}

function cut(text: string): string {
  return text.length <= MAX_LENGTH ? text : `${text.slice(0, MAX_LENGTH - 1).toWellFormed()}…`;
}

/** The first that fits, where all after one that fits do too: few are tried. */
async function firstThat(
  sizes: readonly number[],
  fits: (size: number) => Promise<boolean>,
): Promise<number | null> {
  let low = 0;
  let high = sizes.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (await fits(sizes[middle] ?? 0)) high = middle;
    else low = middle + 1;
  }
  return sizes[low] ?? null;
}
