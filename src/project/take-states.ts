import type { ProviderIdentity } from '../plan/draft-takes.ts';
import type { Key } from '../plan/key.ts';
import type { PurchaseState, TakeState } from '../plan/plan.ts';
import type { DraftTake } from '../plan/take.ts';
import { isAlive } from '../store/journal/owner.ts';
import { mayBeRecoverable, type Submission } from '../store/journal/submission.ts';
import type { LockedTake } from '../store/lock-file.ts';
import type { Store } from '../store/store.ts';
import { takeName } from '../store/take-history.ts';
import type { PlannedStoryboard } from './plan-files.ts';

export const NOTHING_KNOWN: TakeState = { clip: null, purchase: null, before: null };

/** The submissions that count, by key. */
export type Submissions = ReadonlyMap<Key, Submission>;

export interface StateContext {
  readonly provider: ProviderIdentity;
  readonly submissions: Submissions;
  readonly retryFailed: boolean;
}

/** Waits only where there is something to read: most takes of a new storyboard are nowhere to be found. */
export async function readStates(
  drafts: readonly DraftTake[],
  filmOf: (draft: DraftTake) => PlannedStoryboard,
  store: Store,
  { provider, submissions, retryFailed }: StateContext,
): Promise<Map<DraftTake, TakeState>> {
  const recorded = await store.recordedKeys();
  const histories = new Map<PlannedStoryboard, ReadonlyMap<string, Key>>();
  const clips = new Map<Key, TakeState['clip']>();
  const states = new Map<DraftTake, TakeState>();
  for (const draft of drafts) {
    const film = filmOf(draft);
    const entry = film.locked.get(draft.shot)?.get(draft.take);
    let clip = clips.get(draft.key) ?? null;
    if (clip === null && (recorded.has(draft.key) || entry?.key === draft.key)) {
      clip = await findClip(draft, entry, store);
      clips.set(draft.key, clip);
    }
    let before: TakeState['before'] = null;
    if (clip?.state !== 'intact') {
      const history = histories.get(film) ?? (await film.history.read(provider.name));
      histories.set(film, history);
      const key = history.get(takeName(draft)) ?? entry?.key;
      const record = key !== undefined && recorded.has(key) ? await store.record(key) : null;
      before = record?.provider === provider.name ? record : null;
    }
    const submission = submissions.get(draft.key);
    if (submission?.state === 'unknown' && submission.errorCode === 'duplicate-id') clip = null; // another's clip
    const purchase = provider.priced ? purchaseState(draft, submission, entry, retryFailed) : null;
    if (clip !== null || before !== null || purchase !== null) states.set(draft, { clip, before, purchase });
  }
  return states;
}

/** Through the record; or, where that was lost, through a lock entry of the same key. */
async function findClip(
  draft: DraftTake,
  entry: LockedTake | undefined,
  store: Store,
): Promise<TakeState['clip']> {
  const locked = entry?.key === draft.key ? entry.clip : undefined;
  const sha256 = (await store.record(draft.key))?.clip.sha256 ?? locked;
  return sha256 === undefined ? null : { state: await store.clipState(sha256), sha256 };
}

function purchaseState(
  draft: DraftTake,
  submission: Submission | undefined,
  entry: LockedTake | undefined,
  retryFailed: boolean,
): PurchaseState | null {
  if (submission === undefined) {
    // Bought by another machine: the service may still have the clip.
    return entry?.key === draft.key && entry.prediction !== null ? 'kept' : null;
  }
  switch (submission.state) {
    case 'submitted':
    case 'completed':
      return 'running';
    case 'intent':
      return isAlive(submission.owner, submission.leaseUntil) ? 'running' : 'unknown';
    case 'unknown':
      return 'unknown';
    case 'stored':
      return mayBeRecoverable(submission) ? 'kept' : null;
    case 'failed':
    case 'abandoned':
      return retryFailed ? 'retry' : submission.state;
    case 'rejected':
      return null;
  }
}
