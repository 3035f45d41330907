import { promises as fs } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { Failure } from '../failure.ts';
import type { Outcome } from '../provider/provider.ts';
import type { Submission } from '../store/journal/submission.ts';
import type { ClipRecord } from '../store/record.ts';
import type { BuyContext, Purchase } from './buy-take.ts';
import { endedBefore, held } from './purchase-failures.ts';
import { recordOf } from './record-of.ts';

/** Downloads that failed are tried again this often, each time with a fresh address. */
const DOWNLOADS = 4;

/** Waits until the service has made the clip, and returns where it is. Throws the Failure with which it did not. */
export async function waitFor(
  submission: Submission,
  { onProgress }: Purchase,
  { provider, journal, signal }: BuyContext,
): Promise<string> {
  const { predictionId, submittedAt } = submission;
  if (predictionId === null) throw new RangeError('what has no prediction cannot be waited for');
  const outcome = await provider.wait({ id: predictionId, submittedAt }, { signal, onProgress });
  const outputUrl = outputUrlOf(outcome, submission);
  if (outputUrl !== null) return outputUrl;
  if (outcome.kind !== 'failed') throw new TypeError('a completed prediction has an address');
  const { failure, charged } = outcome;
  if (failure.code === 'media-unreachable') provider.forgetMedia(submission.payload);
  await journal.failed(submission, failure.code, failure.message, charged ? submission.chargeMicros : 0);
  throw failure;
}

export async function complete(
  submission: Submission,
  outputUrl: string,
  { journal }: BuyContext,
): Promise<Submission> {
  if (submission.outputUrl === outputUrl) return submission;
  const completed = await journal.completed(submission, outputUrl);
  if (completed.predictionId !== submission.predictionId) throw held(completed);
  // While this process slept, another one, or its author, has settled it.
  if (completed.state === 'failed' || completed.state === 'abandoned') throw endedBefore(completed);
  return completed;
}

/** Fetches a clip that is made, checks it, and stores it. */
export async function fetchClip(
  made: Submission,
  madeUrl: string,
  purchase: Purchase,
  context: BuyContext,
): Promise<ClipRecord> {
  let [current, url] = [made, madeUrl];
  for (let attempt = 1; ; attempt++) {
    try {
      return await fetchOnce(current, url, purchase, context, attempt >= DOWNLOADS);
    } catch (error) {
      const again = error instanceof Failure && FETCH_AGAIN.has(error.code) && attempt < DOWNLOADS;
      if (!again) throw error;
    }
    await sleep(context.provider.pace.again[attempt - 1] ?? 0, undefined, { signal: context.signal });
    // Asked each time: addresses are signed, and expire.
    url = await waitFor(current, purchase, context);
    current = await complete(current, url, context);
  }
}

async function fetchOnce(
  submission: Submission,
  url: string,
  { take }: Purchase,
  { provider, journal, store, signal, inspect }: BuyContext,
  last: boolean,
): Promise<ClipRecord> {
  const { durationSeconds } = take.format;
  const file = await store.temporaryClip();
  try {
    const fetched = await provider.download(url, { file, durationSeconds, signal });
    const clip = await inspect(file, fetched, { durationSeconds, last });
    await store.putClip(file, fetched);
    const record = recordOf(take, provider, clip, submission);
    await store.putRecord(record);
    const stored = await journal.stored(submission, clip.sha256);
    if (stored.predictionId === submission.predictionId) return record;
    // Meanwhile the history has told whose clip this is: not ours.
    await store.removeRecord(take.key);
    throw held(stored);
  } catch (error) {
    await fs.rm(file, { force: true });
    throw error;
  }
}

/** Where the clip is. A flagged one counts only if its author has asked for this very prediction. */
function outputUrlOf(outcome: Outcome, { adopted }: Submission): string | null {
  if (outcome.kind === 'completed') return outcome.outputUrl;
  return adopted ? (outcome.flaggedUrl ?? null) : null;
}

/** What another download may mend. */
const FETCH_AGAIN: ReadonlySet<string> = new Set([
  'download-failed',
  'download-refused',
  'clip-damaged',
  'no-video',
  'not-a-video',
  'clip-wrong-length',
]);
