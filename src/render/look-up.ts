import { setTimeout as sleep } from 'node:timers/promises';
import { Failure } from '../failure.ts';
import type { PaidProvider } from '../provider/provider.ts';
import type { Journal } from '../store/journal/journal.ts';
import type { Submission } from '../store/journal/submission.ts';
import type { BuyContext } from './buy-take.ts';
import { held } from './purchase-failures.ts';

/**
 * Looks for a lost submission among the service's predictions: at once, and then again for a while, because a
 * history may lag. Not finding it proves nothing. Null: it stays held.
 */
export async function lookUp(submission: Submission, context: BuyContext): Promise<Submission | null> {
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
