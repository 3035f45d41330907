import type { Micros } from '../model/money.ts';
import { parseDollars } from '../model/money.ts';
import type { Key } from '../plan/key.ts';
import { Journal } from '../store/journal/journal.ts';
import { isAtRisk, type Submission } from '../store/journal/submission.ts';
import type { LockedShots } from '../store/lock-file.ts';

/** What one storyboard has cost. */
export interface Account {
  /** By purchases of this journal that the service accepted. */
  readonly spentMicros: Micros;
  /** By submissions of unknown outcome: perhaps spent. */
  readonly atRiskMicros: Micros;
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
  const sums = new Map<string, { spentMicros: Micros; atRiskMicros: Micros }>();
  for (const submission of submissions) {
    const { key, storyboard, predictionId, chargeMicros } = submission;
    if (submission.current) current.set(key, submission);
    if (predictionId !== null) predictions.add(predictionId);
    const sum = sums.get(storyboard) ?? { spentMicros: 0, atRiskMicros: 0 };
    sum[isAtRisk(submission) ? 'atRiskMicros' : 'spentMicros'] += chargeMicros;
    sums.set(storyboard, sum);
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
      return { ...(sums.get(storyboard) ?? { spentMicros: 0, atRiskMicros: 0 }), elsewhereMicros };
    },
  };
}

/** All that counts against a budget. */
export function countedMicros({ spentMicros, atRiskMicros, elsewhereMicros }: Account): Micros {
  return spentMicros + atRiskMicros + elsewhereMicros;
}
