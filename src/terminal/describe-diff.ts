import { formatDollars, type Sum, sumOf } from '../model/money.ts';
import type { FieldChange } from '../plan/diff-data.ts';
import type { FilmDiff, FilmsDiff, ItemDiff, ItemFacts } from '../plan/diff-films.ts';
import { formatLength, plural } from './amounts.ts';
import { cleanLine } from './clean.ts';
import { formatSum } from './format-plan.ts';

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
      film => formatSum(film.price),
      before === null ? '' : dearer(before.price, after.price),
    ),
    {
      name: 'to render now',
      before: null,
      after: formatSum(sumOf(toRender.map(({ costMicros }) => costMicros))),
      note: renderNote(toRender, provider.priced ? '' : `, the ${provider.name} is free`),
    },
  ];
}

/** By how much; of what is not known, nothing. */
function dearer(before: Sum, after: Sum): string {
  const micros = after.micros - before.micros;
  if (micros === 0 || before.unpriced + after.unpriced > 0) return '';
  return `${sign(micros)}$${formatDollars(Math.abs(micros))}`;
}

function sign(value: number): string {
  return value < 0 ? '−' : '+';
}

/** Of several films together: what they share is bought once. */
export function totalsOf({ films, before, after, cost }: FilmsDiff): string {
  const difference = dearer(before, after);
  const price = `${formatSum(before)} → ${formatSum(after)}${difference && ` (${difference})`}`;
  return `${plural(films.length, 'film')}: list price ${price}, to be spent now ${formatSum(cost)}`;
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
