import { type Micros, parseDollars } from '../model/money.ts';
import type { Key } from '../plan/key.ts';
import { Journal } from '../store/journal/journal.ts';
import { type Submission, type Sums, sumCharges } from '../store/journal/submission.ts';
import type { LockedShots } from '../store/lock-file.ts';

/** What one storyboard has cost: by this journal, and by its lock file. */
export interface Account extends Sums {
  /** By purchases that the lock file knows and this journal does not: another machine made them. */
  readonly elsewhereMicros: Micros;
}

/** The journal as a plan needs it. */
export interface Purchases {
  /** The submissions that count, by key. */
  readonly current: ReadonlyMap<Key, Submission>;
  /** Whom they were made from; null before the first. */
  readonly service: string | null;
  readonly accountOf: (storyboard: string, locked: LockedShots) => Account;
}

/** Reads the journal of a store, if it has one. */
export async function readPurchases(storeFolder: string): Promise<Purchases> {
  const journal = await Journal.openExisting(storeFolder);
  try {
    return summarise(journal?.all() ?? [], journal?.service() ?? null);
  } finally {
    journal?.close();
  }
}

function summarise(submissions: readonly Submission[], service: string | null): Purchases {
  const current = new Map<Key, Submission>();
  const predictions = new Set<string>();
  const byStoryboard = new Map<string, Submission[]>();
  for (const submission of submissions) {
    const { key, storyboard, predictionId } = submission;
    if (submission.current) current.set(key, submission);
    if (predictionId !== null) predictions.add(predictionId);
    const own = byStoryboard.get(storyboard) ?? [];
    own.push(submission);
    byStoryboard.set(storyboard, own);
  }
  return {
    current,
    service,
    accountOf: (storyboard, locked) => {
      let elsewhereMicros = 0;
      for (const takes of locked.values()) {
        for (const { prediction, cost } of takes.values()) {
          if (prediction === null || !predictions.has(prediction)) elsewhereMicros += parseDollars(cost);
        }
      }
      return { ...sumCharges(byStoryboard.get(storyboard) ?? []), elsewhereMicros };
    },
  };
}

/** All that counts against a budget. */
export function countedMicros({ spentMicros, atRiskMicros, elsewhereMicros }: Account): Micros {
  return spentMicros + atRiskMicros + elsewhereMicros;
}
