import { SAMPLE_RATE } from './sound.ts';

/** So many samples in a row at full scale are no peak any more, but a wave whose top is cut off. */
const CLIPPED_RUN = 6;
/** What is cut off again so soon sounds as one distortion. */
const GAP = SAMPLE_RATE;

/** Samples, from the first to behind the last. */
export type SampleSpan = { readonly start: number; readonly end: number };

/** Listens for where sound is cut off: where a channel of it stays above `limit`, in steps of 16 bits. */
export class ClippingWatch {
  private readonly found: { start: number; end: number }[] = [];
  /** How long each channel has been above it. */
  private readonly runs: Uint32Array;
  private readonly limit: number;
  private next = 0;

  constructor(limit: number, channels = 2) {
    this.limit = limit;
    this.runs = new Uint32Array(channels);
  }

  get spans(): readonly SampleSpan[] {
    return this.found;
  }

  /** `first`: the place of the first one among all samples. What is left out between two calls is not cut off. */
  listen(values: Int16Array | Float64Array, first: number): void {
    const { runs, limit } = this;
    if (first !== this.next) runs.fill(0);
    this.next = first + values.length / runs.length;
    for (let at = 0; at < values.length; at += runs.length) {
      let longest = 0;
      for (let channel = 0; channel < runs.length; channel++) {
        const run = Math.abs(values[at + channel] as number) > limit ? (runs[channel] as number) + 1 : 0;
        runs[channel] = run;
        if (run > longest) longest = run;
      }
      if (longest >= CLIPPED_RUN) this.note(first + at / runs.length);
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
