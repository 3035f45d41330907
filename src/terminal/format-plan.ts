import { formatDollars, type Micros, type Sum } from '../model/money.ts';
import { chainsOf } from '../plan/chains.ts';
import type { Plan, PlannedFilm, PlannedTake } from '../plan/plan.ts';
import { changesInWords } from '../plan/reasons.ts';
import { sourceTakes } from '../plan/request.ts';
import type { ChangedReference } from '../project/fetch-references.ts';
import type { QuotedPlan } from '../project/quote-plan.ts';
import { formatLength, plural } from './amounts.ts';
import { cleanLine } from './clean.ts';
import { table, truncate } from './table.ts';
import { type Paint, painter } from './terminal.ts';

/** The plan as a producer reads it: per scene and shot what happens and why, prices, and the two sums. */
export function formatPlan(quoted: QuotedPlan, color: boolean, columns: number): string {
  const { plan } = quoted;
  const paint = painter(color);
  const films = plan.storyboards.map(film =>
    formatFilm(
      film,
      plan,
      plan.takes.filter(take => take.storyboard === film.file),
      paint,
      columns,
    ),
  );
  return `${[...films, formatTotals(quoted, paint)].join('\n')}\n`;
}

function formatFilm(
  film: PlannedFilm,
  plan: Plan,
  takes: readonly PlannedTake[],
  paint: Paint,
  columns: number,
): string {
  const shots = new Set(takes.map(({ shot }) => shot)).size;
  const head = [
    paint('bold', cleanLine(film.title)),
    paint('dim', cleanLine(film.file)),
    takes.length === 0
      ? `${formatLength(film.durationSeconds)} of cards, stills and footage`
      : `${formatLength(film.durationSeconds)}, ${plural(shots, 'shot')}, ${plural(takes.length, 'take')}`,
  ].join('  ');
  if (takes.length === 0) return `${head}\n`;
  const rows = takes.map(take => takeRow(take, plan, paint, columns));
  const lines = table([HEADINGS.map(text => paint('dim', text)), ...rows], [1, 5]);
  const body: string[] = [`  ${lines[0]}`];
  let scene: string | null = null;
  for (const [index, take] of takes.entries()) {
    if (take.scene !== scene)
      body.push(`  ${paint('underline', truncate(cleanLine(take.labels.scene ?? ''), 60))}`);
    scene = take.scene;
    body.push(`  ${lines[index + 1]}`);
  }
  return `${head}\n\n${[...body, ...formatChains(takes, paint)].join('\n')}\n`;
}

const MAX_CHAINS = 12;

/** What follows from another take of a shot that others take pictures from. */
function formatChains(takes: readonly PlannedTake[], paint: Paint): string[] {
  const { chains, more: others } = chainsOf(takes, MAX_CHAINS);
  if (chains.length === 0) return [];
  const rows = chains.map(({ shot, followers, takes: again, micros, unpriced }) => [
    shot,
    paint('dim', '→'),
    truncate(followers.join(', '), 40),
    paint('dim', `another take of it renders ${plural(again, 'take')}: ${formatSum({ micros, unpriced })}`),
  ]);
  const more = others > 0 ? [`  and ${others} more`] : [];
  return ['', ...table(rows).map(line => `  ${line}`), ...more.map(line => paint('dim', line))];
}

const HEADINGS = ['shot', 'length', 'picture', 'action', 'why', 'price', ''];

function takeRow(take: PlannedTake, plan: Plan, paint: Paint, columns: number): string[] {
  const { labels, format, request } = take;
  const takes = labels.takes > 1 ? ` ${take.take}/${labels.takes}${take.picked ? ' ◂ picked' : ''}` : '';
  const { resolution, aspect_ratio } = request.inputs;
  const duplicate = take.action === 'render' && plan.provider.priced && take.costMicros === 0;
  return [
    `${take.shot}${takes}`,
    `${format.durationSeconds} s`,
    [resolution, aspect_ratio].filter(Boolean).join(' '),
    paintAction(take.action, paint),
    truncate(why(take, duplicate), Math.max(16, columns - 74)),
    formatPrice(take.price.micros),
    priceSource(take, paint),
  ];
}

function why(take: PlannedTake, duplicate: boolean): string {
  const { action, fill, reasons } = take;
  if (action === 'skip')
    return fill === null ? '' : fill === 'animatic' ? 'animatic instead' : `${fill} take instead`;
  const changed = duplicate ? 'same as an earlier one' : reasons.map(inWords).join(', ');
  return [changed, ...after(take)].filter(Boolean).join(', ');
}

/** The shots that it waits for. */
function after({ media, action, reasons }: PlannedTake): string[] {
  if (action === 'cached') return [];
  const shots = new Set(sourceTakes(media).map(({ shot }) => shot));
  for (const shot of shots) if (reasons.includes(`shots.${shot}`)) shots.delete(shot);
  return shots.size === 0 ? [] : [`after ${[...shots].join(' and ')}`];
}

/** Where a price comes from; and what our own table says, where the service has another one. */
function paintAction(action: PlannedTake['action'], paint: Paint): string {
  if (action === 'cached') return paint('dim', action);
  return paint(action === 'skip' ? 'yellow' : 'green', action);
}

function priceSource({ price }: PlannedTake, paint: Paint): string {
  if (price.micros === null) return paint('yellow', 'quote needed');
  if (price.tableMicros === undefined || price.tableMicros === price.micros)
    return paint('dim', price.source);
  if (price.tableMicros === null) return paint('dim', price.source);
  const table = `table says $${formatDollars(price.tableMicros)}`;
  return `${paint('dim', price.source)}, ${paint('yellow', table)}`;
}

const WORDS: Readonly<Record<string, string>> = {
  new: 'new',
  'clip-missing': 'clip is gone',
  'clip-damaged': 'clip is damaged',
  'outcome-unknown': 'nobody knows whether it was bought',
  failed: 'failed before',
  abandoned: 'was given up',
};

function inWords(reason: string): string {
  const word = WORDS[reason];
  if (word !== undefined) return word;
  return `${changesInWords([reason])} changed`;
}

function formatTotals({ plan, balanceMicros, notes }: QuotedPlan, paint: Paint): string {
  const count = (action: string) => plan.takes.filter(take => take.action === action).length;
  const actions = ['render', 'resume', 'held', 'skip', 'cached']
    .filter(action => count(action) > 0)
    .map(action => `${count(action)} ${ACTIONS[action]}`);
  const { priced, name } = plan.provider;
  const now = priced ? '' : paint('dim', `  the ${name} is free`);
  const rows = [
    [
      'To be spent now',
      paint('bold', formatSum({ micros: plan.newMicros, unpriced: plan.unpriced.new })),
      now,
    ],
    [
      'The whole film',
      formatSum({ micros: plan.totalMicros, unpriced: plan.unpriced.total }),
      paint('dim', `  ${priceSources(plan)}`),
    ],
  ];
  if (balanceMicros !== null) rows.push(['The account has', `$${formatDollars(balanceMicros)}`, '']);
  return [
    `${plural(plan.takes.length, 'take')}: ${actions.join(', ') || 'nothing to do'}`,
    ...table(rows, [1]),
    ...notes.map(note => paint('yellow', note)),
    ...unpricedNote(plan, paint),
  ].join('\n');
}

/** What is not known is named, and never counted as nothing. */
export function formatSum({ micros, unpriced }: Sum): string {
  if (unpriced === 0) return `$${formatDollars(micros)}`;
  const unknown = `${plural(unpriced, 'price')} not known`;
  return micros === 0 ? unknown : `$${formatDollars(micros)} and ${unknown}`;
}

/** One that nobody has told is a question, never nothing. */
export function formatPrice(micros: Micros | null): string {
  return micros === null ? '?' : `$${formatDollars(micros)}`;
}

function unpricedNote({ unpriced }: Plan, paint: Paint): string[] {
  if (unpriced.total === 0) return [];
  return [paint('yellow', 'quote needed: `storyreel plan --quote` asks the service what these takes cost')];
}

const ACTIONS: Readonly<Record<string, string>> = {
  render: 'to render',
  resume: 'paid for and to be fetched',
  held: 'held',
  skip: 'left out',
  cached: 'cached',
};

function priceSources({ takes }: Plan): string {
  const count = (source: string) => takes.filter(take => take.price.source === source).length;
  const [quoted, listed, computed] = [count('quoted'), count('listed'), count('computed')];
  return [
    quoted > 0 ? `${quoted === takes.length ? 'all prices' : plural(quoted, 'price')} quoted now` : '',
    listed === 0 ? '' : quoted === 0 ? 'listed prices' : `${listed} listed`,
    computed > 0 ? `${computed} computed by the model's price rule` : '',
  ]
    .filter(Boolean)
    .join(', ');
}

/** Which addresses of references have something else than before, a line each. */
export function formatChangedReferences(changed: readonly ChangedReference[]): string {
  const lines = changed.map(
    ({ url, place, before, after }) =>
      `${cleanLine(`${place}: something else is at ${url}`)}: ${before.slice(0, 12)}… became ${after.slice(0, 12)}…\n`,
  );
  return lines.join('');
}
