import { EXIT, type ExitCode, Failure } from '../failure.ts';
import { formatDollars } from '../model/money.ts';
import { InvalidStoryboard } from '../project/invalid-storyboard.ts';
import { planFiles } from '../project/plan-files.ts';
import { findStoryboards, pathInside, storeFolder } from '../project/project.ts';
import { predictionId } from '../provider/wavespeed/answers.ts';
import { Journal } from '../store/journal/journal.ts';
import {
  isOfUnknownOutcome,
  isOnItsWay,
  recoverableUntil,
  type Submission,
} from '../store/journal/submission.ts';
import { cleanLine } from '../terminal/clean.ts';
import { asJson } from '../terminal/json.ts';
import { table } from '../terminal/table.ts';
import type { CommandContext } from './context.ts';
import { wholeNumber } from './whole-number.ts';

interface ResolveFlags {
  readonly adopt?: string;
  readonly resubmit?: boolean;
  readonly abandon?: boolean;
  readonly take?: string;
  readonly store?: string;
  readonly json?: boolean;
}

/** Settles what only its author can settle. Sends nothing: the next render acts on it. */
export async function resolveCommand(
  file: string,
  shot: string,
  flags: ResolveFlags,
  context: CommandContext,
): Promise<ExitCode> {
  const wishes = [flags.adopt !== undefined, flags.resubmit === true, flags.abandon === true].filter(Boolean);
  if (wishes.length > 1) {
    throw new Failure('bad-flag', 'choose one of --adopt, --resubmit and --abandon', {
      exitCode: EXIT.usage,
    });
  }
  const found = await findStoryboards([file], context.cwd);
  const folder = storeFolder(found, flags.store, context.cwd);
  const journal = await Journal.openExisting(folder);
  try {
    const storyboard = await pathInside(folder, found[0]?.path ?? '');
    const wanted: Wanted = {
      shot: shot.split('/').at(-1) ?? shot,
      take: wholeNumber('--take', flags.take, 4) ?? null,
    };
    const submission =
      journal === null
        ? null
        : choose(
            wanted,
            await ofThisPlan(file, wanted, flags, journal, context),
            ofThisName(storyboard, wanted, journal),
          );
    if (journal === null || submission === null) throw nothingThere(file, shot);
    const settled = await settle(journal, submission, flags);
    tell(settled, flags, context);
    return EXIT.done;
  } finally {
    journal?.close();
  }
}

interface Wanted {
  readonly shot: string;
  /** Null: whichever is held. */
  readonly take: number | null;
}

/** What was bought for the shot as it is now, under whatever name: a shot may have been renamed since. */
async function ofThisPlan(
  file: string,
  { shot, take }: Wanted,
  { store }: ResolveFlags,
  journal: Journal,
  { cwd }: CommandContext,
): Promise<Submission[]> {
  try {
    const { plan } = await planFiles([file], { cwd, store, provider: 'wavespeed' });
    const own = plan.takes.filter(other => other.shot === shot && (take === null || other.take === take));
    return own.flatMap(({ key }) => journal.of(key) ?? []);
  } catch (error) {
    if (error instanceof InvalidStoryboard) return []; // it can be settled all the same
    throw error;
  }
}

/**
 * What was bought under the shot's name, newest first: for another version of the storyboard too, or before the shot
 * was changed.
 */
function ofThisName(storyboard: string, { shot, take }: Wanted, journal: Journal): Submission[] {
  return journal
    .all(storyboard)
    .filter(other => other.current && other.shot === shot && (take === null || other.take === take))
    .reverse();
}

/** The one that waits for its author, wherever it comes from; else the one of which most is to be said. */
function choose(
  { shot }: Wanted,
  ofPlan: readonly Submission[],
  ofName: readonly Submission[],
): Submission | null {
  const open = [...ofPlan, ...ofName].filter(isOfUnknownOutcome);
  const takes = [...new Set(open.map(({ take }) => take))];
  if (takes.length > 1) {
    throw new Failure(
      'several-takes',
      `takes ${takes.sort((a, b) => a - b).join(', ')} of ${shot} are held`,
      {
        hint: 'Say which one with --take.',
        exitCode: EXIT.usage,
      },
    );
  }
  const own = ofPlan.length > 0 ? ofPlan : ofName;
  return open[0] ?? own.find(({ state }) => state === 'failed') ?? own[0] ?? null;
}

async function settle(journal: Journal, submission: Submission, flags: ResolveFlags): Promise<Submission> {
  const { adopt, resubmit, abandon } = flags;
  if (adopt === undefined && resubmit !== true && abandon !== true) return submission;
  if (journal.isElsewhere(submission.key)) {
    throw new Failure('in-use', `another process is at work on ${submission.shot}`, {
      hint: 'Wait until it has ended.',
      exitCode: EXIT.storeInUse,
    });
  }
  if (!settles(submission, flags)) {
    throw new Failure('not-held', `${submission.shot} is not held: it is ${submission.state}`, {
      hint: HINTS[submission.state],
      exitCode: EXIT.usage,
    });
  }
  if (adopt === undefined) return await journal.abandoned(submission, { again: resubmit === true });
  if (predictionId(adopt) === null) {
    throw new Failure('bad-flag', `${JSON.stringify(adopt)} is not the id of a prediction`, {
      exitCode: EXIT.usage,
    });
  }
  const holder = journal.holderOf(submission.provider, adopt);
  if (holder !== null && holder.id !== submission.id) {
    throw new Failure(
      'prediction-taken',
      `prediction ${adopt} is that of ${holder.shot} take ${holder.take}`,
      {
        hint: 'Look for another one in the WaveSpeed dashboard.',
        exitCode: EXIT.usage,
      },
    );
  }
  return journal.adopted(submission, adopt);
}

const ON_ITS_WAY =
  'It is paid for, and the next render fetches it. If it never comes, give it up with --abandon, and buy it again with render --retry-failed.';

/** Whether a wish makes sense of what has become of an order. */
function settles(submission: Submission, { adopt, resubmit }: ResolveFlags): boolean {
  if (isOfUnknownOutcome(submission)) return true;
  const { state, adopted } = submission;
  // A flagged clip that its author wants is adopted by its own id; and an id that was mistyped is corrected.
  if (adopt !== undefined)
    return state === 'failed' || state === 'abandoned' || (isOnItsWay(submission) && adopted);
  // What never comes can be given up; but nobody buys again what is being made without saying so first.
  return isOnItsWay(submission) && resubmit !== true;
}

const HINTS: Partial<Record<Submission['state'], string>> = {
  submitted: ON_ITS_WAY,
  completed: ON_ITS_WAY,
  stored: 'Its clip is in the store.',
  failed: 'Buy it again with render --retry-failed.',
  abandoned: 'Buy it again with render --retry-failed.',
  rejected: 'It was not bought; the next render tries again.',
};

const NEXT: Partial<Record<Submission['state'], string>> = {
  submitted: 'The next render fetches its clip.',
  unknown:
    'Settle it with --adopt ID, --resubmit or --abandon; the WaveSpeed dashboard lists your predictions.',
};

function tell(submission: Submission, flags: ResolveFlags, { terminal }: CommandContext): void {
  const {
    shot,
    take,
    state,
    predictionId: prediction,
    priceMicros,
    intendedAt,
    errorMessage,
    payload,
    current,
  } = submission;
  const until = recoverableUntil(submission);
  if (flags.json === true) {
    const told = {
      version: 1,
      ...{ shot, take, state, model: submission.model, prediction },
      price: formatDollars(priceMicros),
      when: new Date(intendedAt).toISOString(),
      recoverableUntil: until === null ? null : new Date(until).toISOString(),
      error: errorMessage,
      payload,
    };
    terminal.out(asJson(told));
    return;
  }
  const rows = [
    ['shot', `${shot} take ${take}`],
    ['state', state],
    ['submitted', new Date(intendedAt).toISOString()],
    ['price', `$${formatDollars(priceMicros)}`],
    ['model', submission.model],
    ['seed', String(payload.seed)],
    ['prompt', cleanLine(String(payload.prompt)).slice(0, 200)],
    ...(prediction === null ? [] : [['prediction', prediction]]),
    ...(until === null ? [] : [['kept until', new Date(until).toISOString()]]),
    ...(errorMessage === null ? [] : [['words', cleanLine(errorMessage)]]),
  ];
  for (const line of table(rows)) terminal.out(`${line}\n`);
  const next = current ? (NEXT[state] ?? HINTS[state]) : 'The next render buys it again.';
  if (next !== undefined) terminal.out(`${next}\n`);
}

function nothingThere(file: string, shot: string): Failure {
  return new Failure(
    'nothing-held',
    `nothing was ever bought for the shot ${JSON.stringify(shot)} of ${file}`,
    {
      hint: '`storyreel status` lists what is held.',
      exitCode: EXIT.usage,
    },
  );
}
