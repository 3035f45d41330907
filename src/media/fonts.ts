import { promises as fs } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** A font file as satori wants it. */
export interface Font {
  readonly name: string;
  readonly data: Buffer;
  readonly weight: 400 | 600;
  readonly style: 'normal';
}

/** The parts that Inter comes in, and which characters need them. Latin is always there. */
const SUBSETS: readonly { readonly name: string; readonly needed: RegExp | null }[] = [
  { name: 'latin', needed: null },
  { name: 'latin-ext', needed: /[\u0100-\u024f\u0259\u1e00-\u1eff\u2020-\u20cf]/ },
  {
    name: 'vietnamese',
    needed: /[\u0102\u0103\u0110\u0111\u0128\u0129\u01a0\u01a1\u01af\u01b0\u1ea0-\u1ef9]/,
  },
  { name: 'cyrillic', needed: /[\u0400-\u045f\u0490-\u0491\u04b0-\u04b1]/ },
  { name: 'cyrillic-ext', needed: /[\u0460-\u052f\u2de0-\u2dff\ua640-\ua69f]/ },
  { name: 'greek', needed: /[\u0370-\u03ff]/ },
];
const WEIGHTS = [400, 600] as const;

const loaded = new Map<string, Promise<Font>>();

/** The families to name in a style, first come first served for each character. */
export const FONT_FAMILY: string = SUBSETS.map(({ name }) => familyOf(name)).join(', ');

/** The fonts that a text needs, each read once. */
export async function fontsFor(text: string): Promise<Font[]> {
  const subsets = SUBSETS.filter(({ needed }) => needed === null || needed.test(text));
  return await Promise.all(subsets.flatMap(({ name }) => WEIGHTS.map(weight => load(name, weight))));
}

function load(subset: string, weight: 400 | 600): Promise<Font> {
  const file = `inter-${subset}-${weight}-normal.woff`;
  let font = loaded.get(file);
  if (font === undefined) {
    font = fs
      .readFile(join(folder(), file))
      .then(data => ({ name: familyOf(subset), data, weight, style: 'normal' as const }));
    loaded.set(file, font);
  }
  return font;
}

function folder(): string {
  return join(dirname(createRequire(import.meta.url).resolve('@fontsource/inter/package.json')), 'files');
}

function familyOf(subset: string): string {
  return subset === 'latin' ? 'Inter' : `Inter ${subset}`;
}
