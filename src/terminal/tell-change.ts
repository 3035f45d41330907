import type { FieldChange } from '../plan/diff-data.ts';
import type { FilmDiff, ItemDiff } from '../plan/diff-films.ts';
import { diffWords, type Span } from '../plan/diff-words.ts';
import type { Json } from '../plan/request.ts';
import { cleanLine } from './clean.ts';

/** A change that several shots have alike, as those of `defaults` are, is told once. */
export interface SharedChange {
  readonly change: FieldChange;
  readonly ids: readonly string[];
}

const SEVERAL = 3;

/** Parts what several items share from what is an item's own. What the film as a whole says already is told there. */
export function shareChanges({ changes, items }: FilmDiff): {
  shared: SharedChange[];
  ownOf: (item: ItemDiff) => readonly FieldChange[];
} {
  const said = new Set(changes.map(change => JSON.stringify(change)));
  const groups = new Map<string, { change: FieldChange; ids: string[] }>();
  for (const { id, changes } of items) {
    for (const change of changes) {
      const name = JSON.stringify(change);
      const group = groups.get(name) ?? { change, ids: [] };
      group.ids.push(id);
      groups.set(name, group);
    }
  }
  for (const [name, { ids }] of groups) if (ids.length < SEVERAL) groups.delete(name);
  return {
    shared: [...groups].filter(([name]) => !said.has(name)).map(([, group]) => group),
    ownOf: item =>
      item.changes.filter(change => {
        const name = JSON.stringify(change);
        return !groups.has(name) && !said.has(name);
      }),
  };
}

/** A changed value as it is told: word by word, as what it was and is, or in a word. */
export type Told =
  | { readonly name: string; readonly spans: readonly Span[] }
  | { readonly name: string; readonly before: string; readonly after: string }
  | { readonly name: string; readonly fact: string };

/** Puts a change into words. */
export function tell({ field, before, after }: FieldChange): Told {
  const name = cleanLine(field.replace(/\.sha256$/, ''));
  if (field.endsWith('.sha256')) return { name, fact: 'other bytes' };
  if (field.startsWith('shots.')) return { name, fact: 'another clip' };
  if (isText(before) && isText(after) && Math.max(before.length, after.length) > MAX_NAME) {
    const [old, now] = [cleanLine(before), cleanLine(after)];
    return old === now ? { name, fact: 'other blanks' } : { name, spans: shorten(diffWords(old, now)) };
  }
  return { name, before: valueText(before), after: valueText(after) };
}

/** Longer than a title: worth to be compared word by word. */
const MAX_NAME = 40;

function isText(value: Json): value is string {
  return typeof value === 'string' && /\S\s+\S/.test(value);
}

/** A value on a line; of a map, what is set. */
function valueText(value: Json): string {
  if (value === null) return 'none';
  if (typeof value !== 'object') return cleanLine(String(value)) || 'none';
  const members = Array.isArray(value)
    ? value.map(valueText)
    : Object.entries(value)
        .filter(([name, member]) => member !== null && name !== 'sha256')
        .map(([name, member]) =>
          name === 'file' ? valueText(member) : `${cleanLine(name)}: ${valueText(member)}`,
        );
  return members.join(', ') || 'none';
}

/** Characters of unchanged text around a change. */
const AROUND = 32;

/** Leaves out what is far from any change. */
function shorten(spans: readonly Span[]): Span[] {
  return spans.map(({ kind, text }, index) => {
    if (kind !== 'same') return { kind, text };
    const head = index === 0 ? '' : text.slice(0, AROUND).replace(/\S*$/, '');
    const tail = index === spans.length - 1 ? '' : text.slice(-AROUND).replace(/^\S*/, '');
    return { kind, text: text.length <= head.length + tail.length + 8 ? text : `${head}…${tail}` };
  });
}
