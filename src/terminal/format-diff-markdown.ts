import type { FieldChange } from '../plan/diff-data.ts';
import type { FilmDiff, FilmsDiff, ItemDiff } from '../plan/diff-films.ts';
import type { Span } from '../plan/diff-words.ts';
import { formatLength, plural } from './amounts.ts';
import { againstWhat, factsOf, listed, newsOf, thenAndNow, totalsOf } from './describe-diff.ts';
import { formatSum } from './format-plan.ts';
import { markdownCode, markdownTable, markdownText } from './markdown.ts';
import { truncate } from './table.ts';
import { shareChanges, tell } from './tell-change.ts';

/** GitHub takes comments of 65,536 characters. */
const MAX_LENGTH = 60_000;
/** Of a text, in characters. */
const MAX_TEXT = 400;

/** What was changed, as a comment on a pull request. */
export function formatDiffAsMarkdown(diff: FilmsDiff): string {
  const room = Math.floor(MAX_LENGTH / Math.max(1, diff.films.length));
  const films = diff.films.map(film => formatFilm(diff, film, room));
  return `${[...films, ...(films.length > 1 ? [markdownText(totalsOf(diff))] : [])].join('\n\n')}\n`;
}

function formatFilm(diff: FilmsDiff, film: FilmDiff, room: number): string {
  const { after, items, changes } = film;
  const facts = factsOf(diff, film).map(({ name, before, after, note }) => [
    name,
    before ?? '',
    before === after ? after : `**${after}**`,
    markdownText(note),
  ]);
  const { shared, ownOf } = shareChanges(film);
  const sections = [
    `### ${markdownText(after.title)}`,
    `${markdownCode(after.file)} ${markdownText(againstWhat(diff, film))}`,
    markdownTable(['', 'before:', 'now:', ''], facts),
  ];
  const wide = [
    ...changes.map(change => ['the film', changeText(change)]),
    ...shared.map(({ change, ids }) => [
      `${plural(ids.length, 'shot')}: ${markdownText(listed(ids))}`,
      changeText(change),
    ]),
  ];
  const rows = items
    .filter(item => ownOf(item).length > 0 || newsOf(item) !== '')
    .map(item => itemRow(item, ownOf(item)));
  if (wide.length > 0) sections.push(tableWithin(['where', 'what was changed'], wide, room / 3));
  if (rows.length > 0)
    sections.push(tableWithin(['', 'shot', 'what was changed', 'length:', 'list price:'], rows, room / 2));
  if (changes.length === 0 && items.length === 0) sections.push('Nothing was changed.');
  return sections.join('\n\n');
}

/** As many rows as there is room for. */
function tableWithin(
  headings: readonly string[],
  rows: readonly (readonly string[])[],
  room: number,
): string {
  let length = 0;
  const shown = rows.filter(row => {
    length += row.join(' | ').length + 5;
    return length <= room;
  });
  const rest = rows.length - shown.length;
  const table = markdownTable(headings, shown);
  return rest === 0 ? table : `${table}\n\nand ${rest} more; \`storyreel diff --json\` lists all`;
}

function itemRow(item: ItemDiff, changes: readonly FieldChange[]): string[] {
  const { change, id, title, moved } = item;
  const news = newsOf(item);
  const content = change === 'added' ? truncate(item.after?.content ?? '', MAX_TEXT) : '';
  return [
    change === 'kept' ? (moved && changes.length === 0 ? '⇅' : '~') : change === 'added' ? '**+**' : '**−**',
    [markdownCode(id), markdownText(title ?? '')].filter(Boolean).join('<br>'),
    [news === '' ? '' : `*${markdownText(news)}*`, markdownText(content), ...changes.map(changeText)]
      .filter(Boolean)
      .join('<br>'),
    thenAndNow(item, ({ durationSeconds }) => formatLength(durationSeconds)),
    thenAndNow(item, ({ takeCount, price }) => (takeCount > 0 ? formatSum(price) : '')),
  ];
}

function changeText(change: FieldChange): string {
  const told = tell(change);
  const name = `**${markdownText(told.name)}**`;
  if ('fact' in told) return `${name} ${told.fact}`;
  if ('before' in told) {
    const [before, after] = [told.before, told.after].map(text => markdownText(truncate(text, MAX_TEXT)));
    return `${name} ${before} → ${after}`;
  }
  return `${name} ${told.spans.map(spanText).join('')}`;
}

const TAGS = { removed: 'del', added: 'ins', same: null } as const;

/** Blanks stay outside of the tags; a deleted word and the new one are set apart. */
function spanText({ kind, text }: Span): string {
  const [, head = '', words = '', tail = ''] = /^(\s*)(.*?)(\s*)$/s.exec(text) ?? [];
  const tag = TAGS[kind];
  const shown = markdownText(truncate(words, MAX_TEXT));
  const set = tag === null || shown === '' ? shown : `<${tag}>${shown}</${tag}>`;
  const apart = kind === 'removed' && tail === '' ? ' ' : '';
  return `${head && ' '}${set}${tail && ' '}${apart}`;
}
