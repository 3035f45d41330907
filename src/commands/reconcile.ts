import { EXIT, type ExitCode } from '../failure.ts';
import { formatDollars } from '../model/money.ts';
import { loadProvider } from '../provider/load-provider.ts';
import { findAgain } from '../render/look-up.ts';
import { Journal, refuseOtherService } from '../store/journal/journal.ts';
import { type Finding, reconcile } from '../store/journal/reconcile.ts';
import { isOfUnknownOutcome } from '../store/journal/submission.ts';
import { plural } from '../terminal/amounts.ts';
import { cleanLine } from '../terminal/clean.ts';
import { asJson } from '../terminal/json.ts';
import { takeName } from '../terminal/present.ts';
import { table } from '../terminal/table.ts';
import { painter } from '../terminal/terminal.ts';
import type { CommandContext } from './context.ts';
import { openStore } from './open-store.ts';
import { serviceAccess } from './service-access.ts';
import { wholeNumber } from './whole-number.ts';

interface ReconcileFlags {
  readonly days?: string;
  readonly keyFile?: string;
  readonly store?: string;
  readonly json?: boolean;
}

/**
 * Compares the journal with what the service remembers: adopts what is found again, takes over what was really
 * charged or given back, and lists what the journal does not know. Buys nothing.
 */
export async function reconcileCommand(flags: ReconcileFlags, context: CommandContext): Promise<ExitCode> {
  const { signal } = context;
  const { store } = await openStore(flags, context);
  const since = Date.now() - (wholeNumber('--days', flags.days, 2) ?? 7) * 24 * 60 * 60 * 1000;
  const access = await serviceAccess(flags, context);
  const ffmpeg = () => Promise.reject(new TypeError('nothing is rendered here'));
  const provider = await loadProvider('wavespeed', { access, store, ffmpeg });
  if (!provider.priced) throw new TypeError('a service that charges nothing has no bills');
  const journal = await Journal.open(store.folder);
  try {
    refuseOtherService(journal.service(), provider.service);
    for (const submission of journal.all()) {
      const { current, intendedAt, key } = submission;
      if (!current || !isOfUnknownOutcome(submission) || intendedAt < since) continue;
      const claim = journal.claim(key, { replaces: null, clipIsLost: false });
      if (claim.kind !== 'ours') continue; // another process is at it
      if (claim.submission.state === 'unknown')
        await findAgain(claim.submission, { provider, journal, store, signal, onReassigned: () => {} });
      journal.release(claim.submission);
    }
    const remote = await provider.history(since, signal);
    const known = journal.all().filter(({ provider: name }) => name === provider.name);
    const ids = new Set(remote.map(({ id }) => id));
    for (const { predictionId, intendedAt } of known)
      if (predictionId !== null && intendedAt >= since) ids.add(predictionId);
    const bills = await provider.bills([...ids], signal);
    const { findings, charges } = reconcile(known, remote, bills, since);
    for (const { submission, micros } of charges) journal.charge(submission, micros);
    print(findings, remote.length, known.length, flags, context);
    const open = findings.some(({ kind }) => kind === 'held' || kind === 'unknown-to-us');
    return open ? EXIT.unknownOutcome : EXIT.done;
  } finally {
    journal.close();
    provider.close();
  }
}

function print(
  findings: readonly Finding[],
  remote: number,
  known: number,
  flags: ReconcileFlags,
  { terminal }: CommandContext,
): void {
  if (flags.json === true) {
    const rows = findings.map(({ micros, submission, ...finding }) => ({
      ...finding,
      shot: submission?.shot ?? null,
      storyboard: submission?.storyboard ?? null,
      scene: submission?.scene ?? null,
      take: submission?.take ?? null,
      amount: micros === null ? null : formatDollars(micros),
    }));
    terminal.out(asJson({ version: 1, predictions: remote, submissions: known, findings: rows }));
    return;
  }
  const paint = painter(terminal.outColor);
  const rows = findings.map(({ kind, prediction, submission, micros, message }) => [
    paint(kind === 'refunded' ? 'green' : 'yellow', kind),
    prediction ?? '',
    submission === null ? '' : cleanLine(submission.storyboard),
    submission === null ? '' : takeName(submission),
    micros === null ? '' : `$${formatDollars(micros)}`,
    cleanLine(message),
  ]);
  for (const line of table(rows, [4])) terminal.out(`${line}\n`);
  const verdict =
    findings.length === 0 ? 'the journal and the service agree' : plural(findings.length, 'finding');
  terminal.out(`${plural(remote, 'prediction')} there, ${plural(known, 'submission')} here: ${verdict}\n`);
}
