import { formatDollars } from '../model/money.ts';
import type { CheckedStoryboard } from '../storyboard/check.ts';
import type { CheckedShot } from '../storyboard/check-shot.ts';
import { fillPrompt, type PromptPart } from '../storyboard/prompt.ts';
import type { Item, Shot } from '../storyboard/storyboard.ts';
import type { Sha256 } from './key.ts';
import type { Json } from './request.ts';

/** The digest of a file that a storyboard names. */
export type DigestOf = (file: string) => Sha256 | null;

type Description = { readonly [name: string]: Json };

const PLURALS = { character: 'characters', prop: 'props', location: 'locations' } as const;

/**
 * What a storyboard says of the whole film, as plain data in the author's words, to be compared and read. Fields
 * that the language gains are in it of themselves.
 */
export function describeFilm({ storyboard }: CheckedStoryboard, digestOf: DigestOf): Description {
  const { file, items, shots, references, style, deliverables, ...rest } = storyboard;
  const cast: Record<string, Record<string, Json>> = { characters: {}, props: {}, locations: {} };
  for (const { name, kind, ...reference } of references.values())
    if (kind !== 'shot') (cast[PLURALS[kind]] as Record<string, Json>)[name] = plain(reference, digestOf);
  const scenes = new Map<string, Json>();
  for (const { scene } of items) if (scene !== null) scenes.set(scene.id, { title: scene.title });
  return {
    style: style.length === 0 ? null : promptText(style),
    ...(plain(rest, digestOf) as Description),
    ...cast,
    scenes: Object.fromEntries(scenes),
    deliverables: Object.fromEntries(deliverables.map(({ name, ...own }) => [name, plain(own, digestOf)])),
  };
}

/** What a storyboard says of one item. What a model is told has its defaults filled in: to spell one out is no change. */
export function describeItem(
  item: Item,
  shot: CheckedShot | undefined,
  style: readonly PromptPart[],
  digestOf: DigestOf,
): Description {
  const { id, path, kind, scene, title, ...rest } = item;
  const common = { kind, scene: scene?.id ?? null, title };
  if (kind !== 'shot') {
    const { file, text, ...editorial } = plain(rest, digestOf) as Description;
    return { ...common, [kind]: (kind === 'card' ? text : file) ?? null, ...editorial };
  }
  const { prompt, references, incomplete, described, inputs, model, ...others } = rest as Omit<Shot, 'kind'>;
  const own = references.filter(({ kind }) => kind === 'shot').flatMap(({ videos }) => videos);
  return {
    ...common,
    prompt: promptText(style.length === 0 ? prompt.value : prompt.value.slice(0, -1 - style.length)),
    model: model.value,
    references: references.flatMap(({ name, kind }) => (kind === 'shot' ? [] : [name])),
    videos: plain(own, digestOf),
    ...(shot === undefined ? {} : inputsOf(shot)),
    ...(plain(others, digestOf) as Description),
  };
}

const FORMS = { media: '', image: '.image', description: ':description' } as const;

/** A prompt as its author reads it, with `{names}`. */
function promptText(parts: readonly PromptPart[]): string {
  const written = parts.map(part =>
    'text' in part && part.described !== undefined ? { text: `{${part.described}:description}` } : part,
  );
  return fillPrompt(written, ({ name, form }) => `{${name}${FORMS[form]}}`).normalize('NFC');
}

/** What the model is told beside the prompt, the seed and the files. */
function inputsOf({ model, composition }: CheckedShot): Description {
  return Object.fromEntries(
    Object.entries(composition.body).filter(
      ([name]) => name !== 'prompt' && name !== 'seed' && !model.mediaFields.has(name),
    ),
  );
}

/** A compiled value without its places in the text. */
function plain(value: unknown, digestOf: DigestOf): Json {
  if (Array.isArray(value)) return value.map(member => plain(member, digestOf));
  if (value instanceof Map) return members([...value], digestOf);
  if (value === null || typeof value !== 'object') return value as Json;
  const { path, ...own } = value as Readonly<Record<string, unknown>>;
  if (typeof own.file === 'string') return { file: own.file, sha256: digestOf(own.file) };
  if (path !== undefined && 'value' in own) return plain(own.value, digestOf);
  const { numerator, denominator, width, height } = own;
  if (typeof numerator === 'number') return Math.round((numerator / (denominator as number)) * 1000) / 1000;
  if (width !== undefined && height !== undefined) return `${width}x${height}`;
  return members(
    Object.entries(own).map(([name, member]) => [
      writtenName(name),
      name.endsWith('Micros') && typeof member === 'number' ? formatDollars(member) : member,
    ]),
    digestOf,
  );
}

function members(entries: readonly (readonly [string, unknown])[], digestOf: DigestOf): Description {
  return Object.fromEntries(
    entries
      .filter(([, member]) => member !== undefined)
      .map(([name, member]) => [name, plain(member, digestOf)]),
  );
}

/** `fadeInSeconds` → `fade_in`: inside, names carry their units. */
function writtenName(name: string): string {
  return name.replace(/(Seconds|Db|Micros)$/, '').replaceAll(/[A-Z]/g, letter => `_${letter.toLowerCase()}`);
}
