import { Resvg } from '@resvg/resvg-js';
import satori from 'satori';
import { fontsFor } from './fonts.ts';

/** A box of a drawing: satori's own element, made without JSX. */
export interface Element {
  readonly type: 'div';
  readonly props: { readonly style: Readonly<Record<string, string | number>>; readonly children?: Children };
}

export type Children = string | readonly Element[];

/** A box with a style; satori asks for flex wherever there are children. */
export function box(style: Readonly<Record<string, string | number>>, children?: Children): Element {
  return {
    type: 'div',
    props: { style: { display: 'flex', ...style }, ...(children === undefined ? {} : { children }) },
  };
}

/** Draws a tree of boxes as a PNG of exactly this size. Reads nothing but our own fonts. */
export async function drawPng(element: Element, width: number, height: number): Promise<Buffer> {
  const svg = await satori(element as unknown as Parameters<typeof satori>[0], {
    width,
    height,
    fonts: await fontsFor(textOf(element)),
    // For a character that no font has: no download, an empty box in its place.
    loadAdditionalAsset: async () => [],
  });
  const drawing = new Resvg(svg, { fitTo: { mode: 'original' }, font: { loadSystemFonts: false } });
  return drawing.render().asPng();
}

function textOf(element: Element): string {
  const { children } = element.props;
  if (children === undefined) return '';
  return typeof children === 'string' ? children : children.map(textOf).join('');
}

/** Control characters and the marks that reorder text: they have no picture, and could hide what is written. */
export function drawable(text: string): string {
  return text
    .replace(
      /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufffe\uffff]/g,
      '',
    )
    .replace(/\s+/g, ' ')
    .trim();
}
