import { Resvg } from '@resvg/resvg-js';
import satori from 'satori';
import { fontsFor } from './fonts.ts';

export type Style = Readonly<Record<string, string | number>>;

/** A box of a drawing: satori's own element, made without JSX. */
export interface Element {
  readonly type: 'div' | 'img';
  readonly props: { readonly style: Style; readonly children?: Children; readonly src?: string };
}

export type Children = string | readonly Element[];

/** A picture as ffmpeg's `-f rawvideo -pix_fmt rgba` reads it. */
export interface Drawing {
  readonly width: number;
  readonly height: number;
  readonly rgba: Buffer;
}

/** Stands for what our fonts cannot write. */
const NO_GLYPH = '•';

/** A box with a style; satori asks for flex wherever there are children. */
export function box(style: Style, children?: Children): Element {
  return {
    type: 'div',
    props: { style: { display: 'flex', ...style }, ...(children === undefined ? {} : { children }) },
  };
}

/** A photograph of exactly this size. */
export function photo(jpeg: Buffer, width: number, height: number): Element {
  const src = `data:image/jpeg;base64,${jpeg.toString('base64')}`;
  return { type: 'img', props: { style: { width, height }, src } };
}

/** Draws a tree of boxes in exactly this size, without the time that packing it as PNG takes. */
export async function draw(
  element: Element,
  width: number,
  height: number,
  fonts: readonly string[] = [],
): Promise<Drawing> {
  const picture = await rasterise(element, width, height, fonts);
  return { width: picture.width, height: picture.height, rgba: picture.pixels };
}

/** The same over nothing: what is not drawn stays transparent. */
export async function drawTransparent(
  element: Element,
  width: number,
  height: number,
  fonts: readonly string[] = [],
): Promise<Drawing> {
  const drawing = await draw(element, width, height, fonts);
  return { ...drawing, rgba: straight(drawing.rgba) };
}

/** The characters of a text that no font can write. Throws an Error for a font file that cannot be read. */
export async function missingGlyphs(text: string, fonts: readonly string[]): Promise<string[]> {
  const { missing } = await tryLayOut(
    box({}, drawable(text, { keepShaping: true })),
    { width: 1000, embedFont: false },
    fonts,
  );
  return [...missing];
}

/** The renderer multiplies colours by their alpha, and ffmpeg does not expect it. */
function straight(rgba: Buffer): Buffer {
  for (let at = 0; at < rgba.length; at += 4) {
    const alpha = rgba[at + 3] ?? 0;
    if (alpha === 0 || alpha === 255) continue;
    for (let channel = at; channel < at + 3; channel++)
      rgba[channel] = Math.min(255, Math.round(((rgba[channel] ?? 0) * 255) / alpha));
  }
  return rgba;
}

/** Draws a tree of boxes as a PNG of exactly this size. */
export async function drawPng(
  element: Element,
  width: number,
  height: number,
  fonts: readonly string[] = [],
): Promise<Buffer> {
  return (await rasterise(element, width, height, fonts)).asPng();
}

/** How tall a box of this width becomes by what is in it. */
export async function measureHeight(
  element: Element,
  width: number,
  fonts: readonly string[] = [],
): Promise<number> {
  const nodes = await nodesOf(element, width, fonts);
  return Math.max(0, ...nodes.map(({ top, height }) => top + height));
}

/** How wide a box of text must be for the longest of its words, or of its lines. */
export async function measureWidth(
  { props: { style, children } }: Element,
  width: 'min-content' | 'max-content',
  fonts: readonly string[] = [],
): Promise<number> {
  const narrow = box({ ...style, overflowWrap: 'normal', width, maxWidth: 'none' }, children);
  const outside = box({ width: 1, flexDirection: 'column', alignItems: 'flex-start' }, [narrow]);
  const [, node] = await nodesOf(outside, 1, fonts);
  return node?.width ?? 0;
}

/** The places of a box and of those in it. */
async function nodesOf(element: Element, width: number, fonts: readonly string[]): Promise<Node[]> {
  const nodes: Node[] = [];
  // Tracing the letters is most of the work, and their places are known without it.
  await layOut(element, { width, embedFont: false, onNodeDetected: node => nodes.push(node) }, fonts);
  return nodes;
}

async function rasterise(element: Element, width: number, height: number, fonts: readonly string[] = []) {
  const svg = await layOut(element, { width, height }, fonts);
  return new Resvg(svg, { fitTo: { mode: 'original' }, font: { loadSystemFonts: false } }).render();
}

interface Options {
  readonly width: number;
  /** As tall as what is in it where it is not given. */
  readonly height?: number;
  readonly embedFont?: boolean;
  readonly onNodeDetected?: (node: Node) => void;
}

interface Node {
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** Reads nothing but our own fonts. For a character that none of them has, a neutral mark is drawn. */
async function layOut(element: Element, options: Options, own: readonly string[]): Promise<string> {
  const { svg, missing } = await tryLayOut(element, options, own);
  return missing.size === 0 ? svg : (await tryLayOut(replaceIn(element, missing), options, own)).svg;
}

async function tryLayOut(
  element: Element,
  options: Options,
  own: readonly string[],
): Promise<{ svg: string; missing: ReadonlySet<string> }> {
  const fonts = await fontsFor(textOf(element), own);
  const missing = new Set<string>();
  const svg = await satori(
    element as unknown as Parameters<typeof satori>[0],
    {
      ...options,
      fonts,
      // satori would have us download something.
      loadAdditionalAsset: async (_, text) => {
        for (const character of text) if (!SHAPING.test(character)) missing.add(character);
        return [];
      },
    } as Parameters<typeof satori>[1],
  );
  return { svg, missing };
}

function replaceIn(element: Element, missing: ReadonlySet<string>): Element {
  const { style, children } = element.props;
  if (children === undefined) return element;
  if (typeof children !== 'string')
    return box(
      style,
      children.map(child => replaceIn(child, missing)),
    );
  return box(
    style,
    Array.from(children, character => (missing.has(character) ? NO_GLYPH : character)).join(''),
  );
}

function textOf(element: Element): string {
  const { children } = element.props;
  if (children === undefined) return '';
  return typeof children === 'string' ? children : children.map(textOf).join('');
}

/**
 * Text on one line, without control characters and what reorders text or shapes letters: they have no picture, and
 * could hide what is written.
 */
export function drawable(
  text: string,
  { keepShaping = false }: { readonly keepShaping?: boolean } = {},
): string {
  return text
    .replace(UNSEEN, character => (keepShaping && SHAPING.test(character) ? character : ''))
    .toWellFormed()
    .normalize('NFC')
    .replace(/[\s\u0085]+/g, ' ')
    .trim();
}

const UNSEEN =
  /[\u0000-\u0008\u000e-\u001f\u007f-\u0084\u0086-\u009f\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\uffff]/g;
/** Joins letters, keeps them apart, or says which way a mark runs: Persian cannot be written without them. */
const SHAPING = /[\u200c-\u200f]/;
