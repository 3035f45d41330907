import { setTimeout as sleep } from 'node:timers/promises';
import { Failure } from '../../failure.ts';
import { KEPT_FOR_MS } from '../../store/journal/submission.ts';
import { BackOff } from '../back-off.ts';
import type { Outcome, WaitContext } from '../provider.ts';
import { type PredictionAnswer, readPrediction } from './answers.ts';
import type { Api, Told } from './api.ts';
import { MakingTimes } from './making-times.ts';
import type { WavespeedPace } from './pace.ts';
import { taskFailure } from './refusals.ts';

/** Looks in a row that brought nothing, after which waiting is given up for now; the prediction is kept. */
const PATIENCE = 12;
/** So often it must have said that it does not know an old one, or one of unknown age: that is of no new one. */
const SURELY_GONE = 4;

/** Waits for predictions, and learns how long they take. */
export class Waiting {
  private readonly api: Api;
  private readonly pace: WavespeedPace;
  private readonly times: MakingTimes;
  private readonly backOff: BackOff;

  constructor(api: Api, pace: WavespeedPace) {
    this.api = api;
    this.pace = pace;
    this.times = new MakingTimes(pace.typicalMs);
    this.backOff = new BackOff(pace.busy);
  }

  /**
   * Looks at a prediction until it has ended. Throws a Failure when the service cannot be asked, which changes
   * nothing about the prediction: it can be waited for again.
   */
  async for(
    { id, submittedAt }: { readonly id: string; readonly submittedAt: number | null },
    { signal, onProgress }: WaitContext,
  ): Promise<Outcome> {
    const began = Date.now();
    let interval = this.pace.poll.first;
    let inVain = 0;
    let notFound = 0;
    let runningMs: number | null = null;
    await this.pause(this.firstLook(submittedAt), signal);
    for (;;) {
      const asked = Date.now();
      const look = await this.look(id, signal);
      if (look.kind === 'ended') {
        const isOurs = submittedAt !== null && submittedAt >= began - interval; // and not of an earlier run
        const { tookMs: toldMs } = look;
        if (isOurs) this.times.learn({ runningMs, finishedMs: asked - submittedAt, toldMs });
        return look.outcome;
      }
      if (look.kind === 'too-many') {
        this.backOff.tooMany(look.retryAfterMs);
        await this.pause(jittered(interval), signal);
        continue; // it says nothing about the prediction, and however often, it is no reason to give up
      }
      runningMs = submittedAt === null ? null : asked - submittedAt;
      inVain = look.kind === 'running' ? 0 : inVain + 1;
      notFound = look.kind === 'missing' ? notFound + 1 : 0;
      if (look.kind === 'missing') {
        const age = submittedAt === null ? null : Date.now() - submittedAt;
        if (age === null) {
          if (notFound >= SURELY_GONE) throw strange(id);
        } else if (age > KEPT_FOR_MS) {
          if (notFound >= SURELY_GONE) return gone(id);
        } else if (age > this.pace.settlingMs && Date.now() - began > this.pace.settlingMs) throw missing(id);
      } else if (inVain >= PATIENCE && look.kind === 'useless') throw look.failure;
      onProgress(Math.min(0.99, (Date.now() - (submittedAt ?? began)) / this.times.typicalMs));
      await this.pause(jittered(interval), signal);
      interval = Math.min(interval * this.pace.poll.growth, this.pace.poll.most);
    }
  }

  /** Until the next look: none while the service has too many, nor all in the moment in which it has no more. */
  private async pause(ms: number, signal: AbortSignal): Promise<void> {
    do {
      await this.backOff.untilOpen(signal);
      await sleep(ms, undefined, { signal });
    } while (this.backOff.isShut);
  }

  /** A new prediction is looked at when the quickest of the others was there; one from an earlier run at once. */
  private firstLook(madeSince: number | null): number {
    if (madeSince === null) return 0;
    const age = Math.max(0, Date.now() - madeSince); // a clock may have been set back
    const { first } = this.pace.poll;
    if (age > this.times.typicalMs) return 0;
    return Math.max(first, (this.times.quickestMs ?? 0) - age);
  }

  private async look(id: string, signal: AbortSignal): Promise<Look> {
    let envelope: Told;
    try {
      envelope = await this.api.look(`predictions/${encodeURIComponent(id)}/result`, signal);
    } catch (error) {
      if (error instanceof Failure && error.code === 'unreachable')
        return { kind: 'useless', failure: error };
      throw error;
    }
    const { status, body, retryAfterMs } = envelope;
    if (status === 429) return { kind: 'too-many', retryAfterMs };
    this.backOff.taken();
    if (status === 404 && body !== null) return { kind: 'missing' };
    const prediction = readPrediction(envelope.data);
    // A gateway's error may look like a prediction; and one of another id is not ours.
    const isOther = prediction?.id != null && prediction.id !== id;
    if (
      (status >= 300 && status < 1000) ||
      isOther ||
      prediction === null ||
      (prediction.status === '' && prediction.outputs === null)
    ) {
      return { kind: 'useless', failure: badAnswer(id, envelope.message) };
    }
    return outcomeOf(prediction, envelope, id);
  }
}

/** Not all in the same instant. */
function jittered(ms: number): number {
  return ms * (0.9 + Math.random() * 0.2);
}

type Look =
  | { readonly kind: 'ended'; readonly outcome: Outcome; readonly tookMs: number | null }
  | { readonly kind: 'running' }
  | { readonly kind: 'missing' }
  | { readonly kind: 'too-many'; readonly retryAfterMs: number | null }
  /** An answer that says nothing about the prediction. */
  | { readonly kind: 'useless'; readonly failure: Failure };

/** Statuses that will not change any more. An unknown one may. */
function outcomeOf(prediction: PredictionAnswer, envelope: Told, id: string): Look {
  const { status, outputs, flagged, error, tookMs } = prediction;
  const ended = (outcome: Outcome): Look => ({ kind: 'ended', outcome, tookMs });
  const url = outputs?.find(output => URL.canParse(output));
  if (flagged && status !== 'processing' && status !== 'created') {
    const failure = new Failure(
      'flagged',
      `WaveSpeed flagged the clip as unsafe${error === '' ? '' : `: ${error}`}`,
      {
        hint: `It is not used. Change the shot; or, if the flag is wrong, take it with \`storyreel resolve --adopt ${id}\`.`,
      },
    );
    return ended({ kind: 'failed', failure, charged: true, flaggedUrl: url });
  }
  const errorCode = prediction.errorCode ?? envelope.errorCode;
  switch (status) {
    case 'completed':
    case 'succeeded':
      if (url !== undefined) return ended({ kind: 'completed', outputUrl: url });
      return { kind: 'useless', failure: badAnswer(id, 'it is completed, and names no clip') };
    case 'failed':
      // Refunded within hours, says the documentation, which does not name moderation.
      return ended({ kind: 'failed', failure: taskFailure(errorCode, error), charged: errorCode === 1200 });
    case 'timeout':
      return ended({ kind: 'failed', failure: taskFailure(errorCode ?? 5004, error), charged: false });
    case 'cancelled':
    case 'canceled': {
      const failure = new Failure(
        'cancelled',
        `the prediction was cancelled${error === '' ? '' : `: ${error}`}`,
        {
          hint: 'Somebody cancelled it at WaveSpeed. Buy it again with --retry-failed.',
        },
      );
      return ended({ kind: 'failed', failure, charged: true });
    }
    case 'deleted':
      return ended(gone(id));
    default:
      return { kind: 'running' };
  }
}

function gone(id: string): Outcome {
  const failure = new Failure('prediction-gone', `WaveSpeed has deleted the prediction ${id} and its clip`, {
    hint: 'Predictions are kept for 7 days. Restore the store from a backup, or buy the clip again with --retry-failed.',
  });
  return { kind: 'failed', failure, charged: true };
}

function missing(id: string): Failure {
  return new Failure('prediction-missing', `WaveSpeed does not find the prediction ${id}`, {
    hint: 'It stays in the journal as paid for. Run the same command again later; or give it up with `storyreel resolve --abandon`.',
  });
}

/** Known from a lock file alone, which has no clock: it may be years old, or somebody else's. */
function strange(id: string): Failure {
  return new Failure(
    'prediction-missing',
    `WaveSpeed does not know the prediction ${id}: perhaps it is of another account or service, or more than 7 days old`,
    {
      hint: 'It stays in the journal as paid for. Use the key of the account that bought it, or restore the store from a backup; or give it up with `storyreel resolve --abandon`.',
    },
  );
}

function badAnswer(id: string, words: string): Failure {
  return new Failure('bad-answer', `WaveSpeed says nothing usable about the prediction ${id}: ${words}`, {
    hint: 'It stays in the journal as paid for. Run the same command again later to ask for it again.',
  });
}
