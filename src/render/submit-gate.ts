import { setTimeout as sleep } from 'node:timers/promises';
import type { Failure } from '../failure.ts';
import type { Pace } from '../provider/provider.ts';

/** Submissions in a row that must be accepted before several go out at once again. */
const TRUSTED_AFTER = 10;

/**
 * The one door through which a process submits. After the service has said "too many" it stays shut for as long
 * as the service asks, and then lets one through at a time until the service has taken several in a row.
 */
export class SubmitGate {
  private readonly pace: Pace['busy'];
  private readonly onSlowed: (waitMs: number) => void;
  private openAt = 0;
  private backOffMs: number;
  private acceptedInARow = TRUSTED_AFTER;
  private single: Promise<unknown> = Promise.resolve();
  private closedBy: Failure | null = null;

  constructor(pace: Pace['busy'], onSlowed: (waitMs: number) => void) {
    this.pace = pace;
    this.onSlowed = onSlowed;
    this.backOffMs = pace.first;
  }

  /** Runs a submission when its turn has come. Throws what the signal was aborted with, or why the gate was shut. */
  async pass<T>(signal: AbortSignal, submit: () => Promise<T>): Promise<T> {
    if (this.acceptedInARow >= TRUSTED_AFTER) {
      await this.untilOpen(signal);
      // Things may have changed while this one waited.
      if (this.acceptedInARow >= TRUSTED_AFTER) return await submit();
    }
    const turn = this.single.then(async () => {
      await this.untilOpen(signal);
      return await submit();
    });
    this.single = turn.catch(() => {});
    return await turn;
  }

  accepted(): void {
    this.acceptedInARow++;
    this.backOffMs = this.pace.first;
  }

  /** The service had enough: nothing goes out before `retryAfterMs`, or before a wait that doubles each time. */
  busy(retryAfterMs: number | null): void {
    this.acceptedInARow = 0;
    // Not all processes of an account should come back in the same instant.
    const backOffMs = this.backOffMs * (1 + Math.random() / 4);
    // "At once" is no time to wait: said again and again, it would be a flood.
    const waitMs = Math.min(Math.max(retryAfterMs ?? backOffMs, backOffMs / 5), this.pace.most);
    this.backOffMs = Math.min(this.backOffMs * 2, this.pace.most);
    const openAt = Date.now() + waitMs;
    if (openAt <= this.openAt) return;
    this.openAt = openAt;
    this.onSlowed(waitMs);
  }

  /** No later submission can succeed either: each gets this failure instead. */
  close(failure: Failure): void {
    this.closedBy = failure;
  }

  private async untilOpen(signal: AbortSignal): Promise<void> {
    for (;;) {
      signal.throwIfAborted();
      if (this.closedBy !== null) throw this.closedBy;
      const waitMs = this.openAt - Date.now();
      if (waitMs <= 0) return;
      await sleep(waitMs, undefined, { signal });
    }
  }
}
