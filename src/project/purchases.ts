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
  /** The seeds that were drawn, by storyboard and shot. */
  readonly seeds: ReadonlyMap<string, ReadonlyMap<string, number>>;
  /** Of a storyboard; or of several together, where what they share counts once. */
  readonly accountOf: (storyboards: readonly string[], locks: readonly LockedShots[]) => Account;
}

/** Reads the journal of a store, if it has one. */
export async function readPurchases(storeFolder: string): Promise<Purchases> {
  const journal = await Journal.openExisting(storeFolder);
  try {
    const submissions = journal?.all() ?? [];
    return {
      current: new Map(submissions.filter(({ current }) => current).map(own => [own.key, own])),
      service: journal?.service() ?? null,
      seeds: journal?.seeds.all() ?? new Map(),
      accountOf: accountsOf(submissions),
    };
  } finally {
    journal?.close();
  }
}

/**
 * A purchase counts for each storyboard that uses it: for the one that made it, by the journal; for one that was
 * moved, or that shares the clip, by the lock file. Each counts once.
 */
function accountsOf(submissions: readonly Submission[]): Purchases['accountOf'] {
  const byStoryboard = new Map<string, Submission[]>();
  for (const submission of submissions) {
    const own = byStoryboard.get(submission.storyboard) ?? [];
    own.push(submission);
    byStoryboard.set(submission.storyboard, own);
  }
  return (storyboards, locks) => {
    const own = [...new Set(storyboards)].flatMap(storyboard => byStoryboard.get(storyboard) ?? []);
    const counted = new Set(own.map(({ predictionId }) => predictionId));
    let elsewhereMicros = 0;
    for (const takes of locks.flatMap(locked => [...locked.values()])) {
      for (const { prediction, cost } of takes.values()) {
        if (prediction !== null && counted.has(prediction)) continue;
        if (prediction !== null) counted.add(prediction);
        elsewhereMicros += parseDollars(cost);
      }
    }
    return { ...sumCharges(own), elsewhereMicros };
  };
}

/** All that counts against a budget. */
export function countedMicros({ spentMicros, atRiskMicros, elsewhereMicros }: Account): Micros {
  return spentMicros + atRiskMicros + elsewhereMicros;
}
