import type { FieldChange } from '../plan/diff-data.ts';
import type { FilmDiff, FilmsDiff, ItemDiff } from '../plan/diff-films.ts';
import type { Span } from '../plan/diff-words.ts';
import { formatLength, plural } from './amounts.ts';
import { cleanLine } from './clean.ts';
import { againstWhat, factsOf, listed, newsOf, thenAndNow, totalsOf } from './describe-diff.ts';
import { formatSum } from './format-plan.ts';
import { table, truncate } from './table.ts';
import { shareChanges, tell } from './tell-change.ts';
import { type Paint, painter } from './terminal.ts';

/** More than this says nothing more to a person; `diff --json` has them all. */
const MAX_SHOWN = 100;
/** Of a text that was changed, in characters. */
const MAX_TEXT = 240;

/** What was changed, as a director and a producer read it. */
export function formatDiff(diff: FilmsDiff, color: boolean, columns: number): string {
  const films = diff.films.map(film => formatFilm(diff, film, color, columns));
  return `${[...films, ...(films.length > 1 ? [totalsOf(diff)] : [])].join('\n\n')}\n`;
}

function formatFilm(diff: FilmsDiff, film: FilmDiff, color: boolean, columns: number): string {
  const paint = painter(color);
  const { after } = film;
  const head = [
    paint('bold', cleanLine(after.title)),
    paint('dim', cleanLine(after.file)),
    againstWhat(diff, film),
  ].join('  ');
  const facts = factsOf(diff, film).map(({ name, before, after, note }) => [
    paint('dim', name),
    before === null || before === after ? after : `${before} → ${after}`,
    note,
  ]);
  const sections = [
    [head, '', ...table(facts).map(line => `  ${line}`)].join('\n'),
    formatChanges(film, color, columns),
  ];
  return sections.join('\n\n');
}

/** What was changed in a film, without what it comes to. */
export function formatChanges(film: FilmDiff, color: boolean, columns: number): string {
  const paint = painter(color);
  const { items, changes } = film;
  const { shared, ownOf } = shareChanges(film);
  const sections = [
    changes.length === 0 ? [] : [paint('underline', 'The film'), ...changeLines(changes, paint, '  ')],
    ...shared.map(({ change, ids }) => [
      `${paint('underline', plural(ids.length, 'shot'))}  ${paint('dim', listed(ids))}`,
      ...changeLines([change], paint, '  '),
    ]),
    itemLines(items, ownOf, paint, columns),
    changes.length === 0 && items.length === 0 ? ['Nothing was changed.'] : [],
  ];
  return sections
    .filter(lines => lines.length > 0)
    .map(lines => lines.join('\n'))
    .join('\n\n');
}

function itemLines(
  items: readonly ItemDiff[],
  ownOf: (item: ItemDiff) => readonly FieldChange[],
  paint: Paint,
  columns: number,
): string[] {
  const telling = items.filter(item => ownOf(item).length > 0 || newsOf(item) !== '');
  const shown = telling.slice(0, MAX_SHOWN);
  const heads = table(shown.map(item => headOf(item, paint)));
  const lines = shown.flatMap((item, index) => [
    heads[index] as string,
    ...(item.change === 'added'
      ? [`    ${paint('dim', truncate(cleanLine(item.after?.content ?? ''), Math.max(40, columns - 4)))}`]
      : []),
    ...changeLines(ownOf(item), paint, '    '),
  ]);
  const rest = telling.length - shown.length;
  return rest === 0 ? lines : [...lines, `and ${rest} more; \`storyreel diff --json\` lists all`];
}

function headOf(item: ItemDiff, paint: Paint): string[] {
  const { change, id, moved, changes, renamedFrom, before, after } = item;
  const takes = Math.max(before?.takeCount ?? 0, after?.takeCount ?? 0);
  const mark =
    change === 'added'
      ? paint('green', '+')
      : change === 'removed'
        ? paint('red', '-')
        : moved && changes.length === 0 && renamedFrom === null
          ? paint('yellow', '⇅')
          : paint('yellow', '~');
  return [
    `${mark} ${paint('bold', id)}`,
    newsOf(item),
    thenAndNow(item, ({ durationSeconds }) => formatLength(durationSeconds)),
    thenAndNow(item, ({ takeCount }) => (takes > 1 ? plural(takeCount, 'take') : '')),
    thenAndNow(item, ({ takeCount, price }) => (takeCount > 0 ? formatSum(price) : '')),
  ];
}

/** Each field with what it was and is; a text with the words that were changed, on two lines. */
function changeLines(changes: readonly FieldChange[], paint: Paint, indent: string): string[] {
  const rows = changes.flatMap(change => {
    const told = tell(change);
    if ('fact' in told) return [[told.name, told.fact]];
    if ('before' in told)
      return [[told.name, `${truncate(told.before, MAX_TEXT)} → ${truncate(told.after, MAX_TEXT)}`]];
    const has = (kind: Span['kind']) => told.spans.some(span => span.kind === kind);
    const removed = has('removed') ? [`- ${textLine(told.spans, 'removed', paint)}`] : [];
    const added = has('added') ? [`+ ${textLine(told.spans, 'added', paint)}`] : [];
    return [...removed, ...added].map((line, index) => [index === 0 ? told.name : '', line]);
  });
  return table(rows).map(line => `${indent}${line}`);
}

function textLine(spans: readonly Span[], kind: 'removed' | 'added', paint: Paint): string {
  let room = MAX_TEXT;
  let line = '';
  for (const span of spans) {
    if (room <= 0 || (span.kind !== 'same' && span.kind !== kind)) continue;
    const text = truncate(span.text, room);
    room -= span.text.length;
    line += span.kind === 'same' ? paint('dim', text) : paint(kind === 'added' ? 'green' : 'red', text);
  }
  return line;
}
