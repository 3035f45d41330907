import type { FailureCode } from '../../explanations/explanations.ts';
import type { Micros } from '../../model/money.ts';
import type { KnownPrice } from '../../model/price.ts';
import type { Key, Sha256 } from '../../plan/key.ts';
import type { Json } from '../../plan/request.ts';

/**
 * What became of one attempt to buy a clip:
 *
 *     intent ──> submitted ──> completed ──> stored
 *       │  │         └──────────────┴──────> failed      the service made no clip
 *       │  └──> rejected                                  certainly refused; may be tried again
 *       └──> unknown ──> submitted                        found in the service's history
 *               └──────> abandoned                        its author gave it up
 */
export type SubmissionState =
  | 'intent'
  | 'submitted'
  | 'completed'
  | 'stored'
  | 'rejected'
  | 'failed'
  | 'unknown'
  | 'abandoned';

/** What is to be bought, written down before the first byte leaves. */
export interface Order {
  readonly key: Key;
  readonly provider: string;
  readonly model: string;
  /** The storyboard's path inside the project. */
  readonly storyboard: string;
  readonly scene: string | null;
  readonly shot: string;
  readonly take: number;
  /** The exact body that is sent. */
  readonly payload: Readonly<Record<string, Json>>;
  readonly price: KnownPrice;
}

/** A row of the journal. Times are milliseconds since 1970. */
export interface Submission extends Omit<Order, 'price'> {
  readonly id: number;
  readonly state: SubmissionState;
  /** False for one that a later attempt replaced. */
  readonly current: boolean;
  readonly priceMicros: Micros;
  readonly priceSource: KnownPrice['source'];
  /** What it counts against the budget: its price, until the service is known to have charged something else. */
  readonly chargeMicros: Micros;
  readonly predictionId: string | null;
  /** A prediction that a useless answer named: perhaps this one's. */
  readonly candidateId: string | null;
  readonly outputUrl: string | null;
  readonly clip: Sha256 | null;
  /** Its author named the prediction: also a clip that the service has flagged is then taken. */
  readonly adopted: boolean;
  readonly errorCode: FailureCode | null;
  /** The service's words. */
  readonly errorMessage: string | null;
  readonly owner: string | null;
  readonly leaseUntil: number;
  readonly intendedAt: number;
  readonly submittedAt: number | null;
  readonly settledAt: number | null;
}

/** States of which nobody can say yet that nothing more will be charged, or nothing more will come. */
export const OPEN_STATES: ReadonlySet<SubmissionState> = new Set([
  'intent',
  'submitted',
  'completed',
  'unknown',
]);

/** Accepted, and its clip is not here yet. */
export function isOnItsWay({ state }: Pick<Submission, 'state'>): boolean {
  return state === 'submitted' || state === 'completed';
}

/** Nobody knows whether it was accepted. */
export function isOfUnknownOutcome({ state }: Pick<Submission, 'state'>): boolean {
  return state === 'unknown' || state === 'intent';
}

export interface Sums {
  /** Accepted by the service, and not refunded. */
  readonly spentMicros: Micros;
  /** Perhaps accepted: intents and submissions of unknown outcome. */
  readonly atRiskMicros: Micros;
}

/** Money that may have been spent without a clip to show for it. */
function isAtRisk({ state }: Pick<Submission, 'state'>): boolean {
  return state === 'intent' || state === 'unknown' || state === 'abandoned';
}

/** What submissions have cost, apart by whether there is something to show for it. */
export function sumCharges(submissions: Iterable<Pick<Submission, 'state' | 'chargeMicros'>>): Sums {
  let spentMicros = 0;
  let atRiskMicros = 0;
  for (const submission of submissions) {
    if (isAtRisk(submission)) atRiskMicros += submission.chargeMicros;
    else spentMicros += submission.chargeMicros;
  }
  return { spentMicros, atRiskMicros };
}

/** The service deletes its predictions after this long, says its documentation. */
export const KEPT_FOR_MS: number = 7 * 24 * 60 * 60 * 1000;

/** Until when the service keeps what was paid for; null where nothing is known to be there. */
export function recoverableUntil(submission: Submission): number | null {
  // A failed task has made no clip, but for one that was flagged: its author may want it all the same.
  if (submission.state === 'failed' && submission.errorCode !== 'flagged') return null;
  return submission.predictionId === null || submission.submittedAt === null
    ? null
    : submission.submittedAt + KEPT_FOR_MS;
}

/** Whether it is worth asking the service for the clip again, before paying for another one. */
export function mayBeRecoverable(submission: Submission): boolean {
  if (submission.predictionId === null) return false;
  return (recoverableUntil(submission) ?? Number.POSITIVE_INFINITY) > Date.now();
}
