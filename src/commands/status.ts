import { EXIT, type ExitCode } from '../failure.ts';
import { formatDollars } from '../model/money.ts';
import type { PlannedTake } from '../plan/plan.ts';
import type { Json } from '../plan/request.ts';
import { type PlannedStoryboard, planFiles } from '../project/plan-files.ts';
import type { Account, Purchases } from '../project/purchases.ts';
import { recoverableUntil, type Submission } from '../store/journal/submission.ts';
import { cleanLine } from '../terminal/clean.ts';
import { asJson } from '../terminal/json.ts';
import { plural, table } from '../terminal/table.ts';
import { type Paint, painter } from '../terminal/terminal.ts';
import type { CommandContext } from './context.ts';
import { readOptionsOf, type VersionFlags } from './version-flags.ts';

type TakeStateName = 'rendered' | 'missing' | 'in-flight' | 'held' | 'failed';

interface TakeStatus {
  readonly take: PlannedTake;
  readonly state: TakeStateName;
  /** What the journal knows of it. */
  readonly submission: Submission | null;
  /** Until when the service keeps what was paid for and is not here. */
  readonly until: Date | null;
}

interface FilmStatus {
  readonly film: PlannedStoryboard;
  readonly takes: readonly TakeStatus[];
}

/** Prints what of each storyboard is rendered, in flight, held or failed, and what was spent on it. */
export async function statusCommand(
  files: readonly string[],
  flags: VersionFlags & { json?: boolean; provider?: string; store?: string },
  { terminal, cwd }: CommandContext,
): Promise<ExitCode> {
  const { plan, films, purchases } = await planFiles(files, {
    cwd,
    provider: flags.provider,
    store: flags.store,
    ...readOptionsOf(flags),
  });
  const status = films.map((film): FilmStatus => {
    const own = plan.takes.filter(take => take.storyboard === film.loaded.file.file);
    return { film, takes: own.map(take => takeStatus(take, purchases)) };
  });
  if (flags.json === true) {
    const storyboards = status.map(film => filmToJson(film, plan.provider.name));
    const all = sumOf(films.map(({ account }) => account));
    terminal.out(asJson({ version: 1, storyboards, ...moneyToJson(all) }));
    return EXIT.done;
  }
  const paint = painter(terminal.outColor);
  for (const film of status) terminal.out(filmAsText(film, plan.provider.name, paint));
  if (films.length > 1) {
    const all = sumOf(films.map(({ account }) => account));
    terminal.out(`${plural(films.length, 'storyboard')} in all: ${moneyInWords(all)}\n`);
  }
  return EXIT.done;
}

function takeStatus(take: PlannedTake, purchases: Purchases): TakeStatus {
  const submission = purchases.current.get(take.key) ?? null;
  const state = stateOf(take);
  const until = submission === null || state === 'rendered' ? null : recoverableUntil(submission);
  return { take, state, submission, until: until === null ? null : new Date(until) };
}

function stateOf({ action, reasons }: PlannedTake): TakeStateName {
  if (action === 'cached') return 'rendered';
  if (action === 'resume') return 'in-flight';
  if (action === 'render') return 'missing';
  return reasons.includes('outcome-unknown') ? 'held' : 'failed';
}

function count(takes: readonly TakeStatus[], state: TakeStateName): number {
  return takes.filter(take => take.state === state).length;
}

function filmToJson({ film, takes }: FilmStatus, provider: string): Json {
  const { file, storyboard } = film.loaded;
  return {
    file: file.file,
    title: storyboard.title,
    provider,
    rendered: count(takes, 'rendered'),
    missing: count(takes, 'missing'),
    inFlight: count(takes, 'in-flight'),
    held: count(takes, 'held'),
    failed: count(takes, 'failed'),
    ...moneyToJson(film.account),
    budget: storyboard.budgetMicros === null ? null : formatDollars(storyboard.budgetMicros),
    takes: takes.map(({ take, state, submission, until }): Json => {
      const { scene, shot, picked, key, reasons, clip } = take;
      return {
        ...{ scene, shot, take: take.take, picked, key, state, reasons, clip },
        prediction: submission?.predictionId ?? null,
        recoverableUntil: until?.toISOString() ?? null,
        error: state === 'rendered' ? null : (submission?.errorMessage ?? null),
      };
    }),
  };
}

function moneyToJson({ spentMicros, atRiskMicros, elsewhereMicros }: Account) {
  return { spent: formatDollars(spentMicros + elsewhereMicros), atRisk: formatDollars(atRiskMicros) };
}

function sumOf(accounts: readonly Account[]): Account {
  const sum = { spentMicros: 0, atRiskMicros: 0, elsewhereMicros: 0 };
  for (const account of accounts) {
    sum.spentMicros += account.spentMicros;
    sum.atRiskMicros += account.atRiskMicros;
    sum.elsewhereMicros += account.elsewhereMicros;
  }
  return sum;
}

function moneyInWords({ spentMicros, atRiskMicros, elsewhereMicros }: Account): string {
  const risk = atRiskMicros === 0 ? '' : `, $${formatDollars(atRiskMicros)} perhaps`;
  return `$${formatDollars(spentMicros + elsewhereMicros)} spent${risk}`;
}

function filmAsText({ film, takes }: FilmStatus, provider: string, paint: Paint): string {
  const { storyboard, file } = film.loaded;
  const budget =
    storyboard.budgetMicros === null ? '' : ` of a budget of $${formatDollars(storyboard.budgetMicros)}`;
  const counts = (['rendered', 'missing', 'in-flight', 'held', 'failed'] as const)
    .filter(state => state === 'rendered' || state === 'missing' || count(takes, state) > 0)
    .map(state => `${count(takes, state)} ${state.replace('-', ' ')}`);
  const rows = takes.map(status => {
    const { take, state } = status;
    return [
      `${take.scene === null ? '' : `${take.scene}/`}${take.shot}`,
      take.labels.takes > 1 ? `take ${take.take}${take.picked ? ' ◂' : ''}` : '',
      paint(COLORS[state], state.replace('-', ' ')),
      detailOf(status),
    ];
  });
  return [
    `${paint('bold', cleanLine(storyboard.title))}  ${paint('dim', cleanLine(file.file))}`,
    ...table(rows).map(line => `  ${line}`),
    `${plural(takes.length, 'take')} by ${provider}: ${counts.join(', ')}; ${moneyInWords(film.account)}${budget}`,
    '',
  ].join('\n');
}

const COLORS = {
  rendered: 'green',
  missing: 'yellow',
  'in-flight': 'cyan',
  held: 'red',
  failed: 'red',
} as const;

function detailOf({ take, state, submission, until }: TakeStatus): string {
  if (state === 'rendered') return take.clip?.slice(0, 12) ?? '';
  if (state === 'missing') return take.reasons.join(', ');
  const words = [submission?.predictionId ?? '', cleanLine(submission?.errorMessage ?? '').slice(0, 100)];
  const kept =
    until === null
      ? ''
      : `kept by the service until ${until.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
  return [...words, kept].filter(Boolean).join('; ');
}
