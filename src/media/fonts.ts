import { promises as fs } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { stampOf } from './stamp.ts';

/** The family that styles name; for what it lacks, satori looks through the other fonts of the same list. */
export const FONT_FAMILY = 'Inter';

/** A font file as satori wants it. */
export interface Font {
  readonly name: string;
  readonly data: Buffer;
  readonly weight: 400 | 600;
  readonly style: 'normal';
}

/** The parts that Inter comes in; the first is always there. */
const SUBSETS = [
  'latin',
  'latin-ext',
  'vietnamese',
  'cyrillic',
  'cyrillic-ext',
  'greek',
  'greek-ext',
] as const;
const WEIGHTS = [400, 600] as const;

const loaded = new Map<string, Promise<Font>>();
/** satori parses fonts once for each list that it is given, so equal lists must be one. */
const lists = new Map<string, Promise<Font[]>>();
let characters: Promise<Map<string, RegExp>> | undefined;

/** The fonts that a text needs, each read once; those of the author's own, by path, come after ours. */
export async function fontsFor(text: string, own: readonly string[] = []): Promise<Font[]> {
  characters ??= readCharacters();
  const known = await characters;
  const [first, ...others] = SUBSETS;
  const needed = [first, ...others.filter(subset => known.get(subset)?.test(text))];
  const stamped = own.map(path => ({ path, stamp: stampOf(path) }));
  const name = [...needed, ...stamped.map(({ path, stamp }) => `${path}:${stamp}`)].join('\0');
  const list =
    lists.get(name) ??
    Promise.all([
      ...needed.flatMap(subset => WEIGHTS.map(weight => load(subset, weight))),
      ...stamped.map(loadOwn),
    ]);
  lists.set(name, list);
  return await list;
}

/** Which characters each part is there for, from the package's own list (`U+0301,U+0400-045F`). */
async function readCharacters(): Promise<Map<string, RegExp>> {
  const ranges = JSON.parse(await fs.readFile(join(packageFolder(), 'unicode.json'), 'utf8')) as Record<
    string,
    string
  >;
  return new Map(
    Object.entries(ranges).map(([subset, list]) => [
      subset,
      new RegExp(
        `[${list.replaceAll(',', '').replace(/(?:U\+)?([0-9A-F]{4,5}?)(?=U|-|$)/g, '\\u{$1}')}]`,
        'u',
      ),
    ]),
  );
}

function load(subset: string, weight: 400 | 600): Promise<Font> {
  const file = `inter-${subset}-${weight}-normal.woff`;
  const name = subset === 'latin' ? FONT_FAMILY : `${FONT_FAMILY} ${subset}`;
  const font =
    loaded.get(file) ??
    fs
      .readFile(join(packageFolder(), 'files', file))
      .then(data => ({ name, data, weight, style: 'normal' as const }));
  loaded.set(file, font);
  return font;
}

/** Anew where it was changed: while a file is watched, one process draws with all that the author tries. */
function loadOwn({ path, stamp }: { readonly path: string; readonly stamp: string }): Promise<Font> {
  const file = `${path}:${stamp}`;
  const font =
    loaded.get(file) ??
    fs.readFile(path).then(data => ({ name: path, data, weight: 400 as const, style: 'normal' as const }));
  loaded.set(file, font);
  return font;
}

/** By the first bytes of TrueType, OpenType and WOFF. */
export async function isFont(path: string): Promise<boolean> {
  const handle = await fs.open(path, 'r');
  try {
    const head = Buffer.alloc(4);
    await handle.read(head, 0, 4, 0);
    return ['00010000', '4f54544f', '74727565', '774f4646'].includes(head.toString('hex'));
  } finally {
    await handle.close();
  }
}

function packageFolder(): string {
  return dirname(createRequire(import.meta.url).resolve('@fontsource/inter/package.json'));
}
