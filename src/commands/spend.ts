import { EXIT, type ExitCode } from '../failure.ts';
import { formatDollars } from '../model/money.ts';
import { findStoryboards, pathInside, storeFolder } from '../project/project.ts';
import { Journal } from '../store/journal/journal.ts';
import { type Submission, sumCharges } from '../store/journal/submission.ts';
import { cleanLine } from '../terminal/clean.ts';
import { asJson } from '../terminal/json.ts';
import { plural, table } from '../terminal/table.ts';
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
  const { folder, storyboards } = await whatToList(files, flags, context);
  const journal = await Journal.openExisting(folder);
  if (journal === null) return [];
  try {
    return storyboards === null
      ? journal.all()
      : storyboards.flatMap(storyboard => journal.all(storyboard)).sort((a, b) => a.id - b.id);
  } finally {
    journal.close();
  }
}

async function whatToList(
  files: readonly string[],
  flags: SpendFlags,
  context: CommandContext,
): Promise<{ folder: string; storyboards: string[] | null }> {
  if (files.length === 0)
    return { folder: (await openStore(flags, context)).store.folder, storyboards: null };
  const found = await findStoryboards(files, context.cwd);
  const folder = storeFolder(found, flags.store, context.cwd);
  return { folder, storyboards: await Promise.all(found.map(({ path }) => pathInside(folder, path))) };
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
