import { promises as fs } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { EXIT, Failure } from '../failure.ts';
import type { Micros } from '../model/money.ts';
import type { PlannedTake } from '../plan/plan.ts';
import type { Answer, Job, Outcome, PaidProvider, Payload } from '../provider/provider.ts';
import type { Caps } from '../store/journal/caps.ts';
import type { Claim, Journal } from '../store/journal/journal.ts';
import { OPEN_STATES, type Submission } from '../store/journal/submission.ts';
import type { ClipRecord } from '../store/record.ts';
import type { Store } from '../store/store.ts';
import type { ClipInspector } from './inspect-clip.ts';
import { recordOf } from './record-of.ts';
import type { SubmitGate } from './submit-gate.ts';
import type { Finish } from './take-source.ts';

/** What buying needs beside the take. */
export interface BuyContext {
  readonly provider: PaidProvider;
  readonly journal: Journal;
  readonly store: Store;
  readonly gate: SubmitGate;
  readonly inspect: ClipInspector;
  /** Throws a Failure for a body that the model would not take. */
  readonly check: (model: string, payload: Payload) => void;
  /** Ctrl-C: nothing more is submitted, nothing more is waited for. */
  readonly signal: AbortSignal;
  /** The clip that was fetched for it is another's: told with what its author is to do. */
  readonly onReassigned: (wrongHolder: Submission, failure: Failure) => void;
  readonly caps: (take: PlannedTake) => Caps;
  /** The storyboard's path inside the project. */
  readonly storyboardOf: (take: PlannedTake) => string;
}

export interface Purchase {
  readonly take: PlannedTake;
  /** Asked for where it is submitted: what was sent before needs no picture that may be gone. */
  readonly job: () => Promise<Job>;
  /** What the author has agreed to pay for it; 0 where the plan said that it would cost nothing. */
  readonly approvedMicros: Micros;
  readonly onSubmitted: (submission: Submission) => void;
  readonly onProgress: (fraction: number) => void;
}

/** Downloads that failed are tried again this often, each time with a fresh address. */
const DOWNLOADS = 4;

/**
 * Has the clip of a take made by whatever way is left: the submission that another run began, or a new one. Returns
 * what is left to do when the service has made it, or 'elsewhere' while another process is at it. Whatever is thrown,
 * and wherever the process dies, the journal says how to go on, and the same request is not submitted twice.
 */
export async function buyTake(purchase: Purchase, context: BuyContext): Promise<Finish | 'elsewhere'> {
  const { take } = purchase;
  let clipIsLost = false;
  let unsent = 0;
  for (;;) {
    context.signal.throwIfAborted();
    const claim = context.journal.claim(take.key, { replaces: take.replaces, clipIsLost });
    if (claim.kind === 'elsewhere') return 'elsewhere';
    if (claim.kind === 'ended') {
      if (claim.submission.state !== 'stored') throw endedBefore(claim.submission);
      const record = await context.store.record(take.key);
      if (record !== null && (await context.store.clipState(record.clip.sha256)) === 'intact')
        return async () => record;
      clipIsLost = true;
      continue;
    }
    if (claim.kind === 'ours') return await carryOn(claim.submission, purchase, context);
    const submission = await submit(claim, purchase, context);
    if (submission === 'again') continue;
    if (submission !== 'unsent') return await carryOn(submission, purchase, context);
    const waitMs = context.provider.pace.again[unsent++];
    if (waitMs === undefined) throw lastRefusal(take, context.journal);
    await sleep(waitMs, undefined, { signal: context.signal });
  }
}

/** Writes the intent down, then sends. Afterwards the journal knows whatever we know. */
async function submit(
  claim: Extract<Claim, { kind: 'open' }>,
  purchase: Purchase,
  context: BuyContext,
): Promise<Submission | 'again' | 'unsent'> {
  const { take, job, approvedMicros } = purchase;
  const { provider, journal, gate } = context;
  const { micros } = take.price;
  if (micros === null || approvedMicros < micros) throw notApproved();
  const payload = await provider.prepare(await job(), context.signal);
  context.check(take.request.model, payload);
  return await gate.pass(context.signal, async () => {
    const order = {
      ...{ key: take.key, provider: provider.name, model: take.request.model, payload },
      price: { ...take.price, micros },
      ...{ storyboard: context.storyboardOf(take), scene: take.scene, shot: take.shot, take: take.take },
    };
    // From here to the answer nothing may come between: what is written down is sent at once.
    const intent = await journal.intend(order, context.caps(take), claim.replaces);
    if (intent === null) return 'again'; // another process was faster
    const answer = await provider.submit(take.request.model, payload);
    return await settleAnswer(answer, intent, purchase, context);
  });
}

async function settleAnswer(
  answer: Answer,
  intent: Submission,
  { onSubmitted }: Purchase,
  context: BuyContext,
): Promise<Submission | 'again' | 'unsent'> {
  const { journal, gate } = context;
  if (answer.kind === 'accepted') {
    gate.accepted();
    const submission = await commitPrediction(intent, answer.predictionId, context);
    if (submission.state === 'submitted') onSubmitted(submission);
    return submission;
  }
  const { code, message } = answer.failure;
  if (answer.kind === 'unknown') {
    const { predictionId } = answer;
    return await persistently(context, () => journal.unknown(intent, code, message, predictionId));
  }
  await persistently(context, () => journal.rejected(intent, code, message));
  switch (answer.kind) {
    case 'busy':
      gate.busy(answer.retryAfterMs);
      return 'again';
    case 'unsent':
      return 'unsent';
    case 'refused':
      if (answer.forAll) gate.close(answer.failure);
      throw answer.failure;
  }
}

/** The id is the only handle on what was just paid for: it is written down before anything else is done. */
async function commitPrediction(
  intent: Submission,
  predictionId: string,
  context: BuyContext,
): Promise<Submission> {
  const { journal } = context;
  try {
    return await persistently(context, () => journal.submitted(intent, predictionId));
  } catch (error) {
    if (error instanceof RangeError) return await journal.unknown(intent, 'duplicate-id', error.message);
    if (!(error instanceof Failure)) throw error;
    throw new Failure(error.code, `submitted as prediction ${predictionId}, but ${error.message}`, {
      hint: `${error.hint ?? ''} The prediction is looked for in the service's history; if it is not found: storyreel resolve --adopt ${predictionId}.`,
      cause: error,
      exitCode: EXIT.unknownOutcome,
    });
  }
}

/** What an answer says about money is not given up with the first error of the disk: room may come back in a moment. */
async function persistently<T>({ provider }: BuyContext, write: () => Promise<T>): Promise<T> {
  for (const waitMs of provider.pace.again) {
    try {
      return await write();
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
    }
    await sleep(waitMs);
  }
  return await write();
}

/** From a submission to its clip: found again if it was lost, and waited for. */
async function carryOn(submission: Submission, purchase: Purchase, context: BuyContext): Promise<Finish> {
  const found = submission.state === 'unknown' ? await lookUp(submission, context) : submission;
  if (found === null) {
    context.journal.release(submission);
    throw held(submission);
  }
  // Its author, or another process, has settled it while this one slept.
  if (!OPEN_STATES.has(found.state) && found.state !== 'stored') throw endedBefore(found);
  if (submission.state === 'unknown') purchase.onSubmitted(found);
  const url = await waitFor(found, purchase, context);
  return async () => await fetchClip(await complete(found, url, context), url, purchase, context);
}

/**
 * Looks for a lost submission among the service's predictions: at once, and then again for a while, because a
 * history may lag. Not finding it proves nothing. Null: it stays held.
 */
async function lookUp(submission: Submission, context: BuyContext): Promise<Submission | null> {
  const { provider, signal } = context;
  const started = Date.now();
  try {
    for (const after of provider.pace.lookUps) {
      await sleep(Math.max(0, started + after - Date.now()), undefined, { signal });
      const found = await findAgain(submission, context);
      if (found === 'several') return null; // more looking makes it no clearer
      if (found !== null) return found;
    }
  } catch (error) {
    if (!signal.aborted || error instanceof Failure) throw error; // else Ctrl-C: nobody knows, and that must be said
  }
  return null;
}

/** One look: adopts the only prediction of the history that is of exactly this body and that nobody holds. */
export async function findAgain(
  submission: Submission,
  context: Pick<BuyContext, 'provider' | 'journal' | 'store' | 'signal' | 'onReassigned'>,
): Promise<Submission | 'several' | null> {
  const { provider, journal, store, signal } = context;
  const since = submission.intendedAt - provider.pace.clockSkewMs;
  let ids: readonly string[];
  try {
    ids = await provider.findPredictions(submission.model, submission.payload, since, signal);
  } catch (error) {
    if (error instanceof Failure) return null; // the service cannot be asked: nothing is known
    throw error;
  }
  const others = ids.filter(id => journal.holderOf(provider.name, id)?.key !== submission.key);
  if (others.length > 1) return 'several';
  const id = others[0] ?? (await candidateOf(submission, provider, journal, signal));
  if (id === null) return null;
  // No two clips have the same body: who else holds this one was told the wrong id.
  const holder = journal.holderOf(provider.name, id);
  try {
    if (holder === null) return await journal.submitted(submission, id, submission.intendedAt);
    // First: what has no record is fetched again, and what has the wrong one would be believed.
    await store.removeRecord(holder.key);
    const found = await journal.reassigned(submission, id, holder);
    context.onReassigned(holder, held(holder));
    return found;
  } catch (error) {
    if (error instanceof RangeError) return null; // taken by another process just now
    throw error;
  }
}

/** The prediction that a useless answer named, if the service knows it and nobody else holds it. */
async function candidateOf(
  { candidateId, model }: Submission,
  provider: PaidProvider,
  journal: Journal,
  signal: AbortSignal,
): Promise<string | null> {
  if (candidateId === null || journal.holderOf(provider.name, candidateId) !== null) return null;
  try {
    return (await provider.knows(model, candidateId, signal)) ? candidateId : null;
  } catch (error) {
    if (error instanceof Failure) return null;
    throw error;
  }
}

/** Waits until the service has made the clip, and returns where it is. Throws the Failure with which it did not. */
async function waitFor(
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

async function complete(
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
async function fetchClip(
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

function held(submission: Submission): Failure {
  const words = submission.errorMessage ?? 'the answer was lost';
  const { candidateId, storyboard, shot, take } = submission;
  const which = `${storyboard} ${shot}${take > 1 ? ` --take ${take}` : ''}`;
  const named = candidateId === null ? '' : ` --adopt ${candidateId}`;
  return new Failure('outcome-unknown', `nobody knows whether it was bought: ${words}`, {
    hint: `It may have been charged, so it is held and not sent again. Run the same command later to look for it again, or settle it with \`storyreel resolve ${which}${named}\`.`,
    exitCode: EXIT.unknownOutcome,
  });
}

function endedBefore({ state, errorCode, errorMessage }: Submission): Failure {
  if (state === 'abandoned') {
    return new Failure('abandoned', 'it was given up with `storyreel resolve --abandon`', {
      hint: 'Buy it anew with --retry-failed, or change the shot.',
      exitCode: EXIT.shotsFailed,
    });
  }
  return new Failure(
    errorCode ?? 'task-failed',
    `it failed before: ${errorMessage ?? 'no reason is known'}`,
    {
      hint: 'It is not bought again unasked: change the shot, or try the same once more with --retry-failed.',
      exitCode: EXIT.shotsFailed,
    },
  );
}

function notApproved(): Failure {
  return new Failure('not-in-plan', 'it would have to be bought, and the plan did not say so', {
    hint: 'Run the same command again for a plan that names its price.',
    exitCode: EXIT.refused,
  });
}

/** The journal has the words of the last try. */
function lastRefusal({ key }: PlannedTake, journal: Journal): Failure {
  const submission = journal.of(key);
  return new Failure(
    submission?.errorCode ?? 'unreachable',
    submission?.errorMessage ?? 'the service cannot be reached',
    { hint: 'Nothing was submitted. Check the network, then run the same command again.' },
  );
}
