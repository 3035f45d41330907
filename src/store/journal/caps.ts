import { EXIT, Failure } from '../../failure.ts';
import { formatDollars, type Micros } from '../../model/money.ts';
import type { Order } from './submission.ts';
import type { SubmissionRows } from './submission-rows.ts';

/** How much may be spent, checked in the transaction that writes the intent. */
export interface Caps {
  /** What the storyboard may ever cost; null for no limit. */
  readonly budgetMicros: Micros | null;
  /** Spent on it according to its lock file, by purchases that this journal does not know. */
  readonly elsewhereMicros: Micros;
  /** What this run may spend; null for no limit. */
  readonly runMicros: Micros | null;
}

/** Throws a Failure if an order would cost more than its storyboard, or the run, may. */
export function refuseOverCaps(
  { storyboard, price }: Order,
  { budgetMicros, elsewhereMicros, runMicros }: Caps,
  run: string,
  rows: SubmissionRows,
): void {
  if (budgetMicros !== null) {
    const counted = rows.charged('storyboard', storyboard) + elsewhereMicros;
    if (counted + price.micros > budgetMicros) {
      const sums = `$${formatDollars(counted)} is spent or on its way, and this take costs $${formatDollars(price.micros)}`;
      throw new Failure(
        'over-budget',
        `the budget of $${formatDollars(budgetMicros)} does not allow it: ${sums}`,
        { hint: 'Raise `budget`, or render fewer shots with --only.', exitCode: EXIT.refused },
      );
    }
  }
  if (runMicros === null) return;
  const counted = rows.charged('run', run);
  if (counted + price.micros <= runMicros) return;
  throw new Failure(
    'over-max-cost',
    `this run may spend $${formatDollars(runMicros)}, and has spent $${formatDollars(counted)}`,
    { hint: 'Run it again to go on, with another limit.', exitCode: EXIT.refused },
  );
}
