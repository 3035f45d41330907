import { EXIT, type ExitCode } from '../failure.ts';
import { formatDollars } from '../model/money.ts';
import type { PlannedTake } from '../plan/plan.ts';
import type { Json } from '../plan/request.ts';
import { type PlannedStoryboard, planFiles } from '../project/plan-files.ts';
import type { Account, Purchases } from '../project/purchases.ts';
import { isOnItsWay, OPEN_STATES, recoverableUntil, type Submission } from '../store/journal/submission.ts';
import { plural } from '../terminal/amounts.ts';
import { cleanLine } from '../terminal/clean.ts';
import { asJson } from '../terminal/json.ts';
import { table } from '../terminal/table.ts';
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
  /** On their way or held, and of no take: ordered before a shot was changed, or for another version. */
  readonly others: readonly Submission[];
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
  const all = purchases.accountOf(
    films.map(({ inside }) => inside),
    films.flatMap(({ locked, otherLocks }) => [locked, ...otherLocks]),
  );
  const keys = new Set(plan.takes.map(({ key }) => key));
  const status = films.map((film): FilmStatus => {
    const own = plan.takes.filter(take => take.storyboard === film.loaded.file.file);
    const others = [...purchases.current.values()].filter(
      ({ storyboard, state, key }) => storyboard === film.inside && OPEN_STATES.has(state) && !keys.has(key),
    );
    return { film, takes: own.map(take => takeStatus(take, purchases)), others };
  });
  if (flags.json === true) {
    const storyboards = status.map(film => filmToJson(film, plan.provider.name));
    terminal.out(asJson({ version: 1, storyboards, ...moneyToJson(all) }));
    return EXIT.done;
  }
  const paint = painter(terminal.outColor);
  for (const film of status) terminal.out(filmAsText(film, plan.provider.name, paint));
  if (films.length > 1) {
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

function filmToJson({ film, takes, others }: FilmStatus, provider: string): Json {
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
    others: others.map((submission): Json => {
      const { scene, shot, take, key, predictionId: prediction, errorMessage: error } = submission;
      const until = recoverableUntil(submission);
      return {
        ...{ scene, shot, take, key, state: stateOfOther(submission), prediction, error },
        recoverableUntil: until === null ? null : new Date(until).toISOString(),
      };
    }),
  };
}

function moneyToJson({ spentMicros, atRiskMicros, elsewhereMicros }: Account) {
  return { spent: formatDollars(spentMicros + elsewhereMicros), atRisk: formatDollars(atRiskMicros) };
}

function moneyInWords({ spentMicros, atRiskMicros, elsewhereMicros }: Account): string {
  const risk = atRiskMicros === 0 ? '' : `, $${formatDollars(atRiskMicros)} perhaps`;
  return `$${formatDollars(spentMicros + elsewhereMicros)} spent${risk}`;
}

function filmAsText({ film, takes, others }: FilmStatus, provider: string, paint: Paint): string {
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
    ...othersAsText(others, paint),
    `${plural(takes.length, 'take')} by ${provider}: ${counts.join(', ')}; ${moneyInWords(film.account)}${budget}`,
    '',
  ].join('\n');
}

function stateOfOther(submission: Submission): 'in-flight' | 'held' {
  return isOnItsWay(submission) ? 'in-flight' : 'held';
}

function othersAsText(others: readonly Submission[], paint: Paint): string[] {
  if (others.length === 0) return [];
  const rows = others.map(submission => {
    const { scene, shot, take } = submission;
    const state = stateOfOther(submission);
    const until = recoverableUntil(submission);
    const detail = wordsOf(submission, until === null ? null : new Date(until));
    const name = `${scene === null ? '' : `${scene}/`}${shot}`;
    return [name, `take ${take}`, paint(COLORS[state], state.replace('-', ' ')), detail];
  });
  return [
    '  Ordered before the shot was changed, or for another version:',
    ...table(rows).map(line => `  ${line}`),
    '  With the shot as it was, render fetches what is in flight; `storyreel resolve FILE SHOT` settles what is held.',
  ];
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
  return submission === null ? '' : wordsOf(submission, until);
}

function wordsOf({ state, predictionId, errorMessage }: Submission, until: Date | null): string {
  const lost = state === 'intent' ? 'nobody knows whether it was sent' : '';
  const words = [predictionId ?? '', cleanLine(errorMessage ?? lost).slice(0, 100)];
  const kept =
    until === null
      ? ''
      : `kept by the service until ${until.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
  return [...words, kept].filter(Boolean).join('; ');
}
