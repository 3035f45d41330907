import { EXIT, type ExitCode } from '../failure.ts';
import { formatDollars } from '../model/money.ts';
import { loadProvider } from '../provider/load-provider.ts';
import type { Bill, RemotePrediction } from '../provider/provider.ts';
import { findAgain } from '../render/look-up.ts';
import { Journal, refuseOtherService } from '../store/journal/journal.ts';
import { type Finding, reconcile } from '../store/journal/reconcile.ts';
import type { Submission } from '../store/journal/submission.ts';
import { cleanLine } from '../terminal/clean.ts';
import { asJson } from '../terminal/json.ts';
import { takeName } from '../terminal/present.ts';
import { plural, table } from '../terminal/table.ts';
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
    for (const { current, state, intendedAt, key } of journal.all()) {
      if (!current || (state !== 'unknown' && state !== 'intent') || intendedAt < since) continue;
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
    const { findings, charges } = compare(known, remote, bills, since);
    for (const { submission, micros } of charges) journal.charge(submission, micros);
    print(findings, remote.length, known.length, flags, context);
    const open = findings.some(({ kind }) => kind === 'held' || kind === 'unknown-to-us');
    return open ? EXIT.unknownOutcome : EXIT.done;
  } finally {
    journal.close();
    provider.close();
  }
}

/** A finding, and the order that it is about; null if it is about none of ours. */
interface NamedFinding extends Finding {
  readonly submission: Submission | null;
}

/** Each order for itself, so that a finding can be named after it; then what is there and is nobody's. */
function compare(
  known: readonly Submission[],
  remote: readonly RemotePrediction[],
  bills: ReadonlyMap<string, Bill>,
  since: number,
): { findings: NamedFinding[]; charges: ReturnType<typeof reconcile>['charges'] } {
  const strangers = new Map(remote.map(prediction => [prediction.id, prediction]));
  const findings: NamedFinding[] = [];
  const charges: ReturnType<typeof reconcile>['charges'] = [];
  for (const submission of known) {
    const own = strangers.get(submission.predictionId ?? '');
    const found = reconcile([submission], own === undefined ? [] : [own], bills, since);
    findings.push(...found.findings.map(finding => ({ ...finding, submission })));
    charges.push(...found.charges);
    if (own !== undefined) strangers.delete(own.id);
  }
  for (const stranger of strangers.values()) {
    const message = `${inWords(stranger)} that this journal does not know`;
    for (const finding of reconcile([], [stranger], bills, since).findings)
      findings.push({ ...finding, message, submission: null });
  }
  return { findings, charges };
}

/** Not every service tells the model and the status. */
function inWords({ model, status }: RemotePrediction): string {
  return `a ${status === '' ? '' : `${status} `}prediction${model === '' ? '' : ` of ${model}`}`;
}

function print(
  findings: readonly NamedFinding[],
  remote: number,
  known: number,
  flags: ReconcileFlags,
  { terminal }: CommandContext,
): void {
  if (flags.json === true) {
    const rows = findings.map(({ micros, submission, ...finding }) => ({
      ...finding,
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
