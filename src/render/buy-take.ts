import { setTimeout as sleep } from 'node:timers/promises';
import { EXIT, Failure } from '../failure.ts';
import type { Micros } from '../model/money.ts';
import type { PlannedTake } from '../plan/plan.ts';
import type { Answer, Job, PaidProvider, Payload } from '../provider/provider.ts';
import type { Caps } from '../store/journal/caps.ts';
import type { Claim, Journal } from '../store/journal/journal.ts';
import { OPEN_STATES, type Submission } from '../store/journal/submission.ts';
import type { Store } from '../store/store.ts';
import { complete, fetchClip, waitFor } from './fetch-clip.ts';
import type { ClipInspector } from './inspect-clip.ts';
import { lookUp } from './look-up.ts';
import { endedBefore, held, lastRefusal, notApproved } from './purchase-failures.ts';
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
