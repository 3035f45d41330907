import type { ErrorCode } from '../explanations/explanations.ts';
import { canonicalJson } from '../plan/key.ts';
import type { Json } from '../plan/request.ts';
import type { Path } from './parse-yaml.ts';
import { type Data, isData, type Part, type Place } from './part.ts';
import { positionAt } from './source.ts';

/** What must be the same wherever it is defined. */
const NAMED = ['characters', 'props', 'locations'] as const;
/** Maps whose members come from several files. */
const MERGED = ['variables', 'defaults', ...NAMED] as const;

/** One value that a file brings, by the place where it stands in the storyboard. */
export interface Entry {
  readonly path: Path;
  readonly value: Json;
  readonly part: Part;
  /** Where it stands in its own file. */
  readonly written: Path;
}

type Contents = ReadonlyMap<Part, Data | undefined>;
type Entries = ReadonlyMap<string, Entry>;
type Report = (code: ErrorCode, message: string, place: Place) => void;

/** What the included files bring to a storyboard. Reports what two of them define differently. */
export function mergeParts(root: Part, contents: Contents, report: Report): Entry[] {
  const entries = merge(root, contents, new Map(), report);
  return [...entries.values()].filter(({ part }) => part !== root);
}

/** What a file and all that it includes bring: its own goes before what it includes. */
function merge(part: Part, contents: Contents, merged: Map<Part, Entries>, report: Report): Entries {
  const known = merged.get(part);
  if (known !== undefined) return known;
  const result = new Map<string, Entry>();
  const undecided: [Entry, Entry][] = [];
  for (const included of part.includes) {
    for (const [name, entry] of merge(included, contents, merged, report)) {
      const other = result.get(name);
      if (other === undefined) result.set(name, entry);
      else if (isReference(entry)) compare(entry, other, report);
      else if (!isSame(entry, other)) undecided.push([entry, other]);
    }
  }
  const own = new Map(entriesOf(part, contents.get(part)));
  for (const [name, entry] of own) {
    const other = result.get(name);
    if (other !== undefined && isReference(entry)) compare(entry, other, report);
    result.set(name, entry);
  }
  for (const [entry, other] of undecided) {
    if (own.has(nameOf(entry.path))) continue;
    const message = `${shown(entry)} is something else in ${placeInWords(other)}; say in ${part.source.file} which of them counts`;
    report('include-conflict', message, keyOf(entry));
  }
  merged.set(part, result);
  return result;
}

function compare(entry: Entry, other: Entry, report: Report): void {
  if (isSame(entry, other)) return;
  const message = `${shown(entry)} is defined differently in ${placeInWords(other)}; keep one of them, or give it another name`;
  report('duplicate-name', message, keyOf(entry));
}

function shown({ path: [field, member] }: Entry): string {
  if (field === 'style') return '`style`';
  return field === 'defaults' ? `the default \`${member}\`` : `"${member}"`;
}

function keyOf({ part, written }: Entry): Place {
  return { file: part.source.file, range: part.yaml.locate(written, 'key') };
}

function placeInWords(entry: Entry): string {
  const { file, range } = keyOf(entry);
  const { line, column } = positionAt(entry.part.source, range.start);
  return `${file}:${line}:${column}`;
}

function* entriesOf(part: Part, data: Data | undefined): Generator<[string, Entry]> {
  const entry = (path: Path, value: Json, written = path): [string, Entry] => [
    nameOf(path),
    { path, value, part, written },
  ];
  for (const field of MERGED) {
    const members = data?.[field];
    if (!isData(members)) continue;
    for (const [name, value] of Object.entries(members))
      yield entry([field, name], rebased(field, name, value, part));
  }
  if (data?.style !== undefined) yield entry(['style'], data.style);
  for (const [index, font] of (Array.isArray(data?.fonts) ? (data.fonts as Json[]) : []).entries()) {
    if (typeof font !== 'string') continue;
    const file = part.rebase(font);
    yield entry(['fonts', file], file, ['fonts', index]);
  }
}

/** Paths of an included file are its own: in the storyboard they are seen from its folder. */
function rebased(field: string, name: string, value: Json, { rebase }: Part): Json {
  const path = (file: Json | undefined): Json => (typeof file === 'string' ? rebase(file) : (file ?? null));
  if (field === 'defaults') return name === 'image' ? path(value) : value;
  if (!(NAMED as readonly string[]).includes(field) || !isData(value)) return value;
  return {
    ...value,
    ...(Array.isArray(value.videos) ? { videos: (value.videos as Json[]).map(path) } : {}),
    ...(value.image === undefined ? {} : { image: path(value.image) }),
  };
}

function isReference({ path }: Entry): boolean {
  return (NAMED as readonly unknown[]).includes(path[0]);
}

function isSame(a: Entry, b: Entry): boolean {
  return a === b || canonicalJson(a.value) === canonicalJson(b.value);
}

/** The name of a place in maps of them. */
export function nameOf(path: Path): string {
  return path.join('\0');
}
