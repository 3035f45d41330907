import { formatDollars, type Micros } from '../model/money.ts';
import type { FieldChange } from '../plan/diff-data.ts';
import type { FilmDiff, FilmsDiff, ItemDiff, ItemFacts } from '../plan/diff-films.ts';
import { diffWords, type Span } from '../plan/diff-words.ts';
import type { Json } from '../plan/request.ts';
import { cleanLine } from './clean.ts';
import { formatLength } from './format-plan.ts';
import { plural } from './table.ts';

/** A line of what a film was and is. */
export interface Fact {
  readonly name: string;
  /** Null where there was none. */
  readonly before: string | null;
  readonly after: string;
  readonly note: string;
}

/** Length, shots, takes and money, then and now. */
export function factsOf({ provider }: FilmsDiff, { before, after, items, toRender }: FilmDiff): Fact[] {
  const seconds = after.durationSeconds - (before?.durationSeconds ?? 0);
  const frames = after.frameCount - (before?.frameCount ?? 0);
  const added = after.priceMicros - (before?.priceMicros ?? 0);
  const fact = (name: string, show: (film: typeof after) => string, note: string): Fact => ({
    name,
    before: before === null ? null : show(before),
    after: show(after),
    note: before === null ? '' : note,
  });
  const length = `${sign(seconds)}${formatLength(Math.abs(seconds))}, ${sign(frames)}${plural(Math.abs(frames), 'frame')}`;
  return [
    fact('length', film => formatLength(film.durationSeconds), frames === 0 ? '' : length),
    { ...fact('shots', film => String(film.itemCount), ''), note: countItems(items) },
    fact('takes', film => String(film.takeCount), ''),
    fact(
      'list price',
      film => `$${formatDollars(film.priceMicros)}`,
      added === 0 ? '' : signedDollars(added),
    ),
    {
      name: 'to render now',
      before: null,
      after: `$${formatDollars(toRender.reduce((sum, { costMicros }) => sum + costMicros, 0))}`,
      note: renderNote(toRender, provider.priced ? '' : `, the ${provider.name} is free`),
    },
  ];
}

function signedDollars(micros: Micros): string {
  return `${sign(micros)}$${formatDollars(Math.abs(micros))}`;
}

function sign(value: number): string {
  return value < 0 ? '−' : '+';
}

/** Of several films together: what they share is bought once. */
export function totalsOf({ films, beforeMicros, afterMicros, newMicros }: FilmsDiff): string {
  const [before, after, now] = [beforeMicros, afterMicros, newMicros].map(formatDollars);
  const difference = afterMicros === beforeMicros ? '' : ` (${signedDollars(afterMicros - beforeMicros)})`;
  return `${plural(films.length, 'film')}: list price $${before} → $${after}${difference}, to be spent now $${now}`;
}

function countItems(items: readonly ItemDiff[]): string {
  const count = (is: (item: ItemDiff) => boolean, what: string) => {
    const number = items.filter(is).length;
    return number === 0 ? '' : `${number} ${what}`;
  };
  return [
    count(({ change }) => change === 'added', 'added'),
    count(({ change }) => change === 'removed', 'removed'),
    count(({ moved }) => moved, 'moved'),
    count(({ renamedFrom }) => renamedFrom !== null, 'renamed'),
    count(({ changes }) => changes.some(isPrompt), 're-prompted'),
    count(({ changes }) => !changes.every(isPrompt), 'otherwise changed'),
  ]
    .filter(Boolean)
    .join(', ');
}

function isPrompt({ field }: FieldChange): boolean {
  return field === 'prompt';
}

const MAX_NAMED = 12;

function renderNote(takes: FilmDiff['toRender'], free: string): string {
  if (takes.length === 0) return 'nothing';
  const counts = new Map<string, number>();
  for (const { shot } of takes) counts.set(shot, (counts.get(shot) ?? 0) + 1);
  return `${plural(takes.length, 'take')}${free}: ${listed([...counts].map(([shot, n]) => (n === 1 ? shot : `${shot} × ${n}`)))}`;
}

/** Names, as many as one reads. */
export function listed(names: readonly string[]): string {
  const rest = names.length - MAX_NAMED;
  return `${names.slice(0, MAX_NAMED).join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`;
}

/** What a film is compared with. */
export function againstWhat({ base }: FilmsDiff, { before }: FilmDiff): string {
  if (base === null) return `compared with ${cleanLine(before?.file ?? '')}`;
  const commit = base.commit.slice(0, 10);
  const ref = base.commit.startsWith(base.ref) ? commit : `${cleanLine(base.ref)} (${commit})`;
  return before === null ? `not in ${ref}: all of it is new` : `compared with ${ref}`;
}

/** What became of an item, beside its fields. */
export function newsOf({ change, renamedFrom, moved, follows }: ItemDiff): string {
  const place = follows === null ? 'first' : `after ${follows}`;
  if (change === 'added') return `new, ${place}`;
  if (change === 'removed') return `removed, was ${place}`;
  return [renamedFrom === null ? '' : `was called ${renamedFrom}`, moved ? `moved, now ${place}` : '']
    .filter(Boolean)
    .join('; ');
}

/** `4 s`, or `4 s → 5 s`; nothing where there is nothing to tell. */
export function thenAndNow(item: ItemDiff, show: (facts: ItemFacts) => string): string {
  const [then, now] = [item.before, item.after].map(facts => (facts === null ? null : show(facts)));
  if (then === now || then === null || now === null) return then ?? now ?? '';
  return `${then} → ${now}`;
}

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

/** How a changed value is told: word by word, or as what it was and is. */
export type Told =
  | { readonly name: string; readonly spans: readonly Span[] }
  | { readonly name: string; readonly before: string; readonly after: string }
  | { readonly name: string; readonly fact: string };

export function tell({ field, before, after }: FieldChange): Told {
  const name = cleanLine(field.replace(/\.sha256$/, ''));
  if (field.endsWith('.sha256')) return { name, fact: 'other bytes' };
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
export function valueText(value: Json): string {
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
