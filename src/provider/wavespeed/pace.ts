import type { Pace } from '../provider.ts';

/** All times of the client, in milliseconds. */
export interface WavespeedPace extends Pace {
  /** Between two looks at a prediction: grows, with some jitter, until `most`. */
  readonly poll: { readonly first: number; readonly growth: number; readonly most: number };
  /** How long a new prediction may be missing before we say so. */
  readonly settlingMs: number;
  /** What a clip usually takes, until we have seen some. */
  readonly typicalMs: number;
  readonly connectMs: number;
  readonly answerMs: number;
  /** Without a byte of a download. */
  readonly idleMs: number;
  readonly downloadMs: number;
  /** Multiplies got's waits between tries. */
  readonly retryScale: number;
}

const SECOND = 1000;
const MINUTE = 60 * SECOND;

/** A video takes minutes; the service asks for one look every five seconds at most. */
export const SERVICE_PACE: WavespeedPace = {
  poll: { first: 5 * SECOND, growth: 1.2, most: 20 * SECOND },
  settlingMs: 2 * MINUTE,
  typicalMs: 150 * SECOND,
  clockSkewMs: 5 * MINUTE,
  lookUps: [2 * SECOND, 10 * SECOND, 30 * SECOND, MINUTE, 90 * SECOND, 2 * MINUTE],
  busy: { first: 5 * SECOND, most: 10 * MINUTE },
  again: [SECOND, 4 * SECOND, 15 * SECOND, 40 * SECOND],
  connectMs: 20 * SECOND,
  answerMs: 2 * MINUTE,
  idleMs: 30 * SECOND,
  downloadMs: 20 * MINUTE,
  retryScale: 1,
};

/** Against a service on this machine: nobody is bothered, and nobody wants to wait. */
export const REHEARSAL_PACE: WavespeedPace = {
  poll: { first: 25, growth: 1.3, most: SECOND },
  settlingMs: 3 * SECOND,
  typicalMs: SECOND,
  clockSkewMs: 2 * MINUTE,
  lookUps: [0, 100, 300, 1000],
  busy: { first: 250, most: 30 * SECOND },
  again: [50, 200, 800],
  connectMs: 2 * SECOND,
  answerMs: 8 * SECOND,
  idleMs: 2 * SECOND,
  downloadMs: MINUTE,
  retryScale: 0.05,
};
