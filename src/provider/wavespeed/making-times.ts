/** So many clips are remembered: enough to know the quick ones, few enough to notice that the service has slowed. */
const REMEMBERED = 8;
/** Where the first look found it and nobody says how long it took: perhaps a little less. */
const PERHAPS = 0.95;

/** What is known of how long one clip took, in milliseconds since it was submitted. */
export interface MakingTime {
  /** When it was last seen unfinished; null if the first look found it. */
  readonly runningMs: number | null;
  readonly finishedMs: number;
  /** What the service says that it took; null if it says nothing. */
  readonly toldMs: number | null;
}

/**
 * How long the service takes for a clip, learned from those it has made. A look too many costs little, and a look
 * too late keeps everything that waits behind it: so a new clip is looked at when the quickest of the last ones
 * would be there.
 */
export class MakingTimes {
  private readonly last: number[] = [];
  private readonly expectedMs: number;

  /** `expectedMs`: until some were seen. */
  constructor(expectedMs: number) {
    this.expectedMs = expectedMs;
  }

  /** For telling how far one is. */
  get typicalMs(): number {
    const { length } = this.last;
    return length === 0 ? this.expectedMs : this.last.reduce((sum, ms) => sum + ms, 0) / length;
  }

  /** Null before any was seen. */
  get quickestMs(): number | null {
    return this.last.length === 0 ? null : Math.min(...this.last);
  }

  learn({ runningMs, finishedMs, toldMs }: MakingTime): void {
    const isTold = toldMs !== null && toldMs > (runningMs ?? 0) && toldMs <= finishedMs;
    const between = runningMs === null ? finishedMs * PERHAPS : (runningMs + finishedMs) / 2;
    this.last.push(isTold ? toldMs : between);
    if (this.last.length > REMEMBERED) this.last.shift();
  }
}
