import { SAMPLE_RATE } from './sound.ts';

/** So many samples in a row at full scale are no peak any more, but a wave whose top is cut off. */
const CLIPPED_RUN = 6;
/** What is cut off again so soon sounds as one distortion. */
const GAP = SAMPLE_RATE;

/** Samples, from the first to behind the last. */
export interface SampleSpan {
  readonly start: number;
  readonly end: number;
}

/** Listens to stereo for where it is cut off: where it stays above `limit`, in steps of 16 bits. */
export class ClippingWatch {
  private readonly found: { start: number; end: number }[] = [];
  private readonly runs: [number, number] = [0, 0];
  private readonly limit: number;
  private next = 0;

  constructor(limit: number) {
    this.limit = limit;
  }

  get spans(): readonly SampleSpan[] {
    return this.found;
  }

  /** `first`: the place of the first one among all samples. What is left out between two calls is not cut off. */
  listen(values: Int16Array | Float64Array, first: number): void {
    const { runs, limit } = this;
    if (first !== this.next) runs.fill(0);
    this.next = first + values.length / 2;
    let running = runs[0] + runs[1] > 0;
    for (let at = 0; at < values.length; at += 2) {
      const left = Math.abs(values[at] as number);
      const right = Math.abs(values[at + 1] as number);
      // Of half an hour's hundred million samples, nearly all.
      if (left <= limit && right <= limit && !running) continue;
      runs[0] = left > limit ? runs[0] + 1 : 0;
      runs[1] = right > limit ? runs[1] + 1 : 0;
      running = runs[0] + runs[1] > 0;
      if (Math.max(...runs) >= CLIPPED_RUN) this.note(first + at / 2);
    }
  }

  private note(sample: number): void {
    const last = this.found.at(-1);
    if (last !== undefined && sample - last.end < GAP) last.end = sample + 1;
    else this.found.push({ start: sample - CLIPPED_RUN + 1, end: sample + 1 });
  }
}

/** Spans that were found in excerpts which overlap, as if all had been listened to at once. */
export function mergeSpans(spans: readonly SampleSpan[]): readonly SampleSpan[] {
  const merged: { start: number; end: number }[] = [];
  for (const { start, end } of spans.toSorted((a, b) => a.start - b.start)) {
    const last = merged.at(-1);
    if (last !== undefined && start + CLIPPED_RUN - 1 - last.end < GAP) last.end = Math.max(last.end, end);
    else merged.push({ start, end });
  }
  return merged;
}
