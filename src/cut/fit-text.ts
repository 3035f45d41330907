import { type Element, measureHeight, measureWidth, type Style } from '../media/draw.ts';
import { words } from '../media/lettering.ts';

export interface Room {
  readonly width: number;
  readonly height: number;
  readonly fonts: readonly string[];
  /** How far text may be made smaller for the sake of its words; those that are still too long are then broken. */
  readonly smallest: number;
}

/** What is set in a given share of its size. */
export type Scaled = (scale: number) => Element;

export interface SetText {
  readonly style: Style & { readonly fontSize: number };
  readonly text: string;
}

/** Text whose longest word is no wider than its room: it is set smaller if it must be. */
export async function fitWords(set: SetText, room: Omit<Room, 'height'>): Promise<Scaled> {
  return await scaled(set, await fittingSize(set, room), room);
}

/** The same for a title and what stands below it, which is never the larger of the two. */
export async function fitLines(
  title: SetText,
  below: SetText | null,
  room: Omit<Room, 'height'>,
): Promise<Scaled[]> {
  const size = await fittingSize(title, room);
  const above = await scaled(title, size, room);
  if (below === null) return [above];
  const sizeBelow = Math.min(size * BELOW_TITLE, await fittingSize(below, room));
  return [above, await scaled(below, sizeBelow, room)];
}

const BELOW_TITLE = 0.8;

async function fittingSize(
  { style, text }: SetText,
  { width, fonts, smallest }: Omit<Room, 'height'>,
): Promise<number> {
  const widest = await measureWidth(words(style, text), 'min-content', fonts);
  return style.fontSize * (widest > width ? Math.max(smallest, width / widest) : 1);
}

/**
 * Its width is said, in whole pixels: the layout would take the height of a text in one width, and break its lines in
 * another, so that the last one fell out of what is around it.
 */
async function scaled(
  { style, text }: SetText,
  size: number,
  { width, fonts }: Omit<Room, 'height'>,
): Promise<Scaled> {
  const whole = await measureWidth(words(style, text), 'max-content', fonts);
  return scale => {
    const fontSize = Math.min(size, style.fontSize * scale);
    const wanted = 1 + Math.ceil((whole * fontSize) / style.fontSize);
    return words({ ...style, fontSize, width: Math.min(wanted, Math.floor(width)) }, text);
  };
}

/**
 * A block of text as large as its room allows: it is set smaller until it is no taller. Many lines may become smaller
 * than one long word: whoever writes so much would rather have it small than over something else.
 */
export async function fitHeight(block: Scaled, { width, height, fonts, smallest }: Room): Promise<Element> {
  let scale = 1;
  while (scale > smallest / 2 && (await measureHeight(block(scale), width, fonts)) > height) scale *= 0.85;
  return block(scale);
}
