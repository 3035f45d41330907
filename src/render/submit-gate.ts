import type { Failure } from '../failure.ts';
import { BackOff } from '../provider/back-off.ts';
import type { Pace } from '../provider/provider.ts';

/** Submissions in a row that must be accepted before several go out at once again. */
const TRUSTED_AFTER = 10;

/**
 * The one door through which a process submits. After the service has said "too many" it stays shut for as long
 * as the service asks, and then lets one through at a time until the service has taken several in a row.
 */
export class SubmitGate {
  private readonly backOff: BackOff;
  private readonly onSlowed: (waitMs: number) => void;
  private acceptedInARow = TRUSTED_AFTER;
  private single: Promise<unknown> = Promise.resolve();
  private closedBy: Failure | null = null;

  constructor(pace: Pace['busy'], onSlowed: (waitMs: number) => void) {
    this.backOff = new BackOff(pace);
    this.onSlowed = onSlowed;
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
    this.backOff.taken();
  }

  /** The service had enough: nothing goes out before `retryAfterMs`, or before a wait that doubles each time. */
  busy(retryAfterMs: number | null): void {
    this.acceptedInARow = 0;
    const waitMs = this.backOff.tooMany(retryAfterMs);
    if (waitMs !== null) this.onSlowed(waitMs);
  }

  /** No later submission can succeed either: each gets this failure instead. */
  close(failure: Failure): void {
    this.closedBy = failure;
  }

  private async untilOpen(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    this.refuseIfClosed(); // who cannot pass need not wait
    await this.backOff.untilOpen(signal);
    this.refuseIfClosed();
  }

  private refuseIfClosed(): void {
    if (this.closedBy !== null) throw this.closedBy;
  }
}
