import type { Micros } from '../../model/money.ts';
import type { Bill, RemotePrediction } from '../../provider/provider.ts';
import { isOfUnknownOutcome, type Submission } from './submission.ts';

/**
 * `unknown-to-us`: the service has it, and the journal does not. `lost`: the journal has it, and the service does not.
 * `refunded`, `charged`: the service took another sum than the journal has. `held`: still nobody knows.
 */
export interface Finding {
  readonly kind: 'unknown-to-us' | 'lost' | 'refunded' | 'charged' | 'held';
  readonly prediction: string | null;
  /** The order that it is about; null if it is about none of ours. */
  readonly submission: Submission | null;
  readonly micros: Micros | null;
  readonly message: string;
}

/** Compares; changes nothing. `charges`: what the journal is to say about what was charged. */
export function reconcile(
  submissions: readonly Submission[],
  remote: readonly Omit<RemotePrediction, 'createdAt'>[],
  bills: ReadonlyMap<string, Bill>,
  since: number,
): { findings: Finding[]; charges: { submission: Submission; micros: Micros }[] } {
  const findings: Finding[] = [];
  const charges: { submission: Submission; micros: Micros }[] = [];
  const remoteIds = new Set(remote.map(({ id }) => id));
  const known = new Set<string>();
  for (const submission of submissions) {
    const { predictionId, chargeMicros, intendedAt } = submission;
    if (predictionId === null) {
      if (!isOfUnknownOutcome(submission)) continue;
      const message = 'not found in the history; settle it with `storyreel resolve`';
      findings.push({ kind: 'held', prediction: null, submission, micros: chargeMicros, message });
      continue;
    }
    known.add(predictionId);
    const bill = bills.get(predictionId);
    if (bill === undefined) {
      if (intendedAt < since || remoteIds.has(predictionId)) continue;
      const message = 'the service has neither a prediction nor a bill of it';
      findings.push({ kind: 'lost', prediction: predictionId, submission, micros: chargeMicros, message });
      continue;
    }
    const micros = Math.max(0, bill.chargedMicros - bill.refundedMicros);
    if (micros === chargeMicros) continue;
    charges.push({ submission, micros });
    const kind = bill.refundedMicros > 0 ? 'refunded' : 'charged';
    const message =
      kind === 'refunded' ? 'the service gave it back' : 'the service charged another sum than was planned';
    findings.push({ kind, prediction: predictionId, submission, micros, message });
  }
  for (const stranger of remote) {
    const { id } = stranger;
    if (known.has(id)) continue;
    const bill = bills.get(id);
    const micros = bill === undefined ? null : Math.max(0, bill.chargedMicros - bill.refundedMicros);
    const message = `${inWords(stranger)} that this journal does not know`;
    findings.push({ kind: 'unknown-to-us', prediction: id, submission: null, micros, message });
  }
  return { findings, charges };
}

/** Not every service tells the model and the status. */
function inWords({ model, status }: Pick<RemotePrediction, 'model' | 'status'>): string {
  return `a ${status === '' ? '' : `${status} `}prediction${model === '' ? '' : ` of ${model}`}`;
}
