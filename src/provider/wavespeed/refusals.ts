import type { FailureCode } from '../../explanations/explanations.ts';
import { Failure } from '../../failure.ts';
import type { Answer } from '../provider.ts';
import { type Envelope, predictionId, readPrediction } from './answers.ts';

/** Refusals of which we may be sure that nothing was accepted. */
const REFUSED = new Set([400, 401, 402, 403, 404, 405, 406, 410, 411, 413, 414, 415, 422, 431]);

const NO_CREDIT = /insufficient\s+(credit|balance|fund)|not enough (credit|balance)/i;

/** What the answer to a submission means. Whatever is not surely a refusal may have been charged. */
export function readAnswer(
  httpStatus: number,
  retryAfter: string | undefined,
  envelope: Envelope,
  model: string,
): Answer {
  const { status, body, message, errorCode } = envelope;
  const id = predictionId(readPrediction(envelope.data)?.id);
  const isSuccess = httpStatus >= 200 && httpStatus < 300;
  if (isSuccess && (status === 200 || status === httpStatus) && errorCode === null && id !== null) {
    return { kind: 'accepted', predictionId: id };
  }
  // With an id something was made; and a server's error says nothing about what it did before.
  if (id !== null || (isSuccess && body === null) || httpStatus >= 500 || httpStatus === 408)
    return lost(message, id);
  if (status === 429) {
    const failure = new Failure('rate-limited', `WaveSpeed takes no more for now: ${message}`);
    return { kind: 'busy', failure, retryAfterMs: retryAfterMs(retryAfter) };
  }
  if (REFUSED.has(status) || (errorCode !== null && SURELY_REFUSED.has(errorCode))) {
    const failure = refusal(status, errorCode, message, model);
    return { kind: 'refused', failure, forAll: FOR_ALL.has(failure.code) };
  }
  return lost(message);
}

/** Task codes with which a submission is refused rather than accepted and failed. */
const SURELY_REFUSED = new Set([1200, 1400, 1401, 1402, 1407]);

const FOR_ALL = new Set(['key-refused', 'not-allowed', 'no-credit']);

function lost(message: string, predictionId: string | null = null): Answer {
  const failure = new Failure('answer-lost', `WaveSpeed gave no usable answer: ${message}`);
  return { kind: 'unknown', failure, predictionId };
}

/** A refusal in words that say what to do. */
export function refusal(status: number, errorCode: number | null, message: string, model?: string): Failure {
  if (status === 402 || errorCode === 1407 || NO_CREDIT.test(message)) {
    return new Failure('no-credit', `the WaveSpeed account has no credit left: ${message}`, {
      hint: 'Top up the account, then run the same command again: what was bought is kept.',
    });
  }
  if (status === 401) {
    return new Failure('key-refused', `WaveSpeed does not accept the API key: ${message}`, {
      hint: 'Check WAVESPEED_API_KEY, or the file of --key-file; `storyreel doctor` tries it.',
    });
  }
  if (status === 403) {
    return new Failure('not-allowed', `the account may not do this: ${message}`, {
      hint: 'Check in the WaveSpeed dashboard what this key may do.',
    });
  }
  if (status === 404 || status === 405 || status === 410) {
    return new Failure('model-unknown', `WaveSpeed does not know the model ${model ?? ''}: ${message}`, {
      hint: 'Check the shot’s `model`; `storyreel models` lists those that storyreel knows.',
    });
  }
  const known = errorCode === null ? undefined : TASK_FAILURES[errorCode];
  if (known !== undefined) return taskFailure(errorCode, message);
  return new Failure('request-refused', `WaveSpeed refused the request: ${message}`, {
    hint: 'Nothing was charged. Change the shot as the message says, then run the same command again.',
  });
}

/** Why a task failed, by the code that the service gives. `charged`: failed tasks are refunded, moderated ones perhaps not. */
export function taskFailure(errorCode: number | null, message: string): Failure {
  const known = errorCode === null ? undefined : TASK_FAILURES[errorCode];
  const { code, what, hint } = known ?? TASK_FAILED;
  const words = message === '' ? 'it gives no reason' : message;
  return new Failure(code, `${what}: ${words}${errorCode === null ? '' : ` (code ${errorCode})`}`, { hint });
}

interface TaskFailure {
  readonly code: FailureCode;
  readonly what: string;
  readonly hint: string;
}

const RETRY = 'Try once more with --retry-failed, or change the shot.';
const TASK_FAILED: TaskFailure = {
  code: 'task-failed',
  what: 'WaveSpeed could not make the clip',
  hint: RETRY,
};
const UNAVAILABLE: TaskFailure = {
  code: 'service-failed',
  what: 'WaveSpeed failed while it made the clip',
  hint: 'Failed tasks are refunded within hours. Try again later with --retry-failed.',
};
const BAD_INPUT: TaskFailure = {
  code: 'request-refused',
  what: 'WaveSpeed does not accept the shot',
  hint: 'Change the shot as the message says; the same request would fail again.',
};

const TASK_FAILURES: Readonly<Record<number, TaskFailure>> = {
  1200: {
    code: 'moderated',
    what: 'WaveSpeed’s moderation refused it',
    hint: 'Change the prompt or the references; --retry-failed sends the same again, and may be charged again.',
  },
  1400: BAD_INPUT,
  1401: BAD_INPUT,
  1402: {
    code: 'media-unreachable',
    what: 'WaveSpeed could not read a reference',
    hint: 'Run it again with --retry-failed: the references are uploaded anew.',
  },
  1403: TASK_FAILED,
  1405: TASK_FAILED,
  1406: TASK_FAILED,
  1407: {
    code: 'no-credit',
    what: 'the WaveSpeed account has no credit left',
    hint: 'Top up the account, then run it again with --retry-failed.',
  },
  5000: UNAVAILABLE,
  5003: UNAVAILABLE,
  5004: { ...UNAVAILABLE, what: 'WaveSpeed took too long to make the clip' },
};

/** Seconds, or a date. */
export function retryAfterMs(header: string | undefined): number | null {
  if (header === undefined) return null;
  const seconds = /^\s*\d{1,9}(\.\d+)?\s*$/.test(header) ? Number(header) : null;
  const date = /[a-z]/i.test(header) ? Date.parse(header) : Number.NaN;
  const ms = seconds === null ? date - Date.now() : seconds * 1000;
  return Number.isFinite(ms) ? Math.max(0, ms) : null;
}
