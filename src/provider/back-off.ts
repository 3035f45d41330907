import { setTimeout as sleep } from 'node:timers/promises';
import type { Pace } from './provider.ts';

/**
 * What is done when a service says "too many": all who ask for the same kind of thing wait until the time that it
 * names, or for a while that doubles each time.
 */
export class BackOff {
  private readonly pace: Pace['busy'];
  private openAt = 0;
  private nextMs: number;

  constructor(pace: Pace['busy']) {
    this.pace = pace;
    this.nextMs = pace.first;
  }

  /** Whether it is not time yet. */
  get isShut(): boolean {
    return Date.now() < this.openAt;
  }

  /** Throws what the signal was aborted with. */
  async untilOpen(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    // Another answer may have made it longer meanwhile.
    while (this.isShut) await sleep(this.openAt - Date.now(), undefined, { signal });
  }

  /** It has taken something: the next "too many" begins anew. */
  taken(): void {
    this.nextMs = this.pace.first;
  }

  /** The service had enough. Returns how long to wait now, or null where we would have waited as long anyway. */
  tooMany(retryAfterMs: number | null): number | null {
    // Who had asked before we began to wait learns what we know: ten answers at once are no tenfold "too many".
    if (this.isShut && retryAfterMs === null) return null;
    // Not all processes of an account should come back in the same instant.
    const ownMs = this.nextMs * (1 + Math.random() / 4);
    // "At once" is no time to wait: said again and again, it would be a flood.
    const waitMs = Math.min(Math.max(retryAfterMs ?? ownMs, ownMs / 5), this.pace.most);
    if (!this.isShut) this.nextMs = Math.min(this.nextMs * 2, this.pace.most);
    const openAt = Date.now() + waitMs;
    if (openAt <= this.openAt) return null;
    this.openAt = openAt;
    return waitMs;
  }
}
