import { existsSync } from 'node:fs';
import { EXIT, type ExitCode, Failure } from '../failure.ts';
import { formatDollars } from '../model/money.ts';
import { findStoryboards, pathInside, storeFolder } from '../project/project.ts';
import { Journal } from '../store/journal/journal.ts';
import { type Submission, sumCharges } from '../store/journal/submission.ts';
import { plural } from '../terminal/amounts.ts';
import { cleanLine } from '../terminal/clean.ts';
import { asJson } from '../terminal/json.ts';
import { table } from '../terminal/table.ts';
import { painter } from '../terminal/terminal.ts';
import type { CommandContext } from './context.ts';
import { openStore } from './open-store.ts';

interface SpendFlags {
  readonly json?: boolean;
  readonly csv?: boolean;
  readonly store?: string;
}

/** The ledger: every submission, what it cost and what became of it; of some storyboards, or of the whole store. */
export async function spendCommand(
  files: readonly string[],
  flags: SpendFlags,
  context: CommandContext,
): Promise<ExitCode> {
  const { terminal } = context;
  if (flags.json === true && flags.csv === true)
    throw new Failure('bad-flag', 'choose one of --json and --csv', { exitCode: EXIT.usage });
  const submissions = await readSubmissions(files, flags, context);
  const rows = submissions.map(ledgerRow);
  const { spentMicros, atRiskMicros } = sumCharges(submissions);
  const totals = { spent: formatDollars(spentMicros), atRisk: formatDollars(atRiskMicros) };
  if (flags.json === true) {
    terminal.out(asJson({ version: 1, currency: 'USD', submissions: rows, ...totals }));
    return EXIT.done;
  }
  if (flags.csv === true) {
    terminal.out(`${[COLUMNS.join(','), ...rows.map(csvLine)].join('\r\n')}\r\n`);
    return EXIT.done;
  }
  const paint = painter(terminal.outColor);
  const lines = rows.map(({ when, storyboard, shot, take, prediction, charged, outcome }, index) => [
    when.slice(0, 16).replace('T', ' '),
    cleanLine(storyboard),
    `${shot}${take === 1 ? '' : ` take ${take}`}`,
    prediction ?? '',
    `$${charged}`,
    paint(OUTCOME_COLORS[(submissions[index] as Submission).state] ?? 'dim', outcome),
  ]);
  const headings = ['when (UTC)', 'storyboard', 'shot', 'prediction', 'cost', 'outcome'];
  for (const line of table([headings.map(text => paint('dim', text)), ...lines], [4]))
    terminal.out(`${line}\n`);
  const risk = atRiskMicros === 0 ? '' : `, and $${totals.atRisk} perhaps`;
  terminal.out(`${plural(rows.length, 'submission')}: $${totals.spent} spent${risk}\n`);
  return EXIT.done;
}

const OUTCOME_COLORS: Partial<Record<Submission['state'], 'green' | 'red' | 'yellow'>> = {
  stored: 'green',
  failed: 'red',
  unknown: 'red',
  intent: 'yellow',
  submitted: 'yellow',
  completed: 'yellow',
};

async function readSubmissions(
  files: readonly string[],
  flags: SpendFlags,
  context: CommandContext,
): Promise<Submission[]> {
  if (files.length === 0) {
    const { store } = await openStore(flags, context);
    return await readJournal(store.folder, journal => journal?.all() ?? []);
  }
  const found = await findStoryboards(files, context.cwd);
  const folder = storeFolder(found, flags.store, context.cwd);
  const named = await Promise.all(
    found.map(async ({ file, path }) => ({ file, path, inside: await pathInside(folder, path) })),
  );
  return await readJournal(folder, journal =>
    named
      .flatMap(({ file, path, inside }) => {
        const own = journal?.all(inside) ?? [];
        // What was bought for a storyboard stays in the ledger when that is gone.
        if (own.length === 0 && !existsSync(path)) throw neitherThereNorBought(file);
        return own;
      })
      .sort((a, b) => a.id - b.id),
  );
}

/** Null where nothing was ever bought. */
async function readJournal<T>(folder: string, read: (journal: Journal | null) => T): Promise<T> {
  const journal = await Journal.openExisting(folder);
  try {
    return read(journal);
  } finally {
    journal?.close();
  }
}

function neitherThereNorBought(file: string): Failure {
  return new Failure(
    'not-found',
    `there is no storyboard ${file}, and nothing was bought for one of that name`,
    {
      hint: 'Check the path; `storyreel spend` without one lists everything.',
      exitCode: EXIT.usage,
    },
  );
}

type LedgerRow = ReturnType<typeof ledgerRow>;

function ledgerRow(submission: Submission) {
  const { intendedAt, storyboard, scene, shot, take, key, model, predictionId, priceMicros } = submission;
  return {
    when: new Date(intendedAt).toISOString(),
    storyboard,
    scene,
    shot,
    take,
    key,
    model,
    prediction: predictionId,
    price: formatDollars(priceMicros),
    priceSource: submission.priceSource,
    charged: formatDollars(submission.chargeMicros),
    state: submission.state,
    outcome: outcomeOf(submission),
    clip: submission.clip,
    error: submission.errorMessage,
  };
}

/** What became of it, in words. */
function outcomeOf({ state, errorCode, chargeMicros, current }: Submission): string {
  const why = errorCode === null ? '' : `: ${errorCode}`;
  switch (state) {
    case 'intent':
      return 'being submitted';
    case 'submitted':
      return 'in flight';
    case 'completed':
      return 'made, to be fetched';
    case 'stored':
      return current ? 'in the store' : 'bought again since';
    case 'rejected':
      return `refused${why}`;
    case 'failed':
      return `failed${why}${chargeMicros === 0 ? ', not charged' : ''}`;
    case 'unknown':
      return `held${why}`;
    case 'abandoned':
      return 'given up';
  }
}

const COLUMNS = [
  'when',
  'storyboard',
  'scene',
  'shot',
  'take',
  'prediction',
  'model',
  'price',
  'priceSource',
  'charged',
  'state',
  'outcome',
  'key',
  'clip',
  'error',
] as const;

/** RFC 4180; a cell that a spreadsheet would take for a formula is put in quotes with an apostrophe. */
function csvLine(row: LedgerRow): string {
  return COLUMNS.map(column => {
    const text = cleanLine(String(row[column] ?? ''));
    const safe = /^[=+\-@]/.test(text) ? `'${text}` : text;
    return /[",\n\r']/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
  }).join(',');
}
