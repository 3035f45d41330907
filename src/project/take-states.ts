import type { ProviderIdentity } from '../plan/draft-takes.ts';
import type { Key } from '../plan/key.ts';
import type { PurchaseState, TakeState } from '../plan/plan.ts';
import type { DraftTake } from '../plan/take.ts';
import { isAlive } from '../store/journal/owner.ts';
import { isOnItsWay, mayBeRecoverable, type Submission } from '../store/journal/submission.ts';
import type { LockedTake } from '../store/lock-file.ts';
import type { Store } from '../store/store.ts';
import { takeName } from '../store/take-history.ts';
import type { PlannedStoryboard } from './plan-files.ts';

export const NOTHING_KNOWN: TakeState = { clip: null, purchase: null, replaces: null, before: null };

/** The submissions that count, by key. */
export type Submissions = ReadonlyMap<Key, Submission>;

/** What lock files say of a request, whatever the shot is called there. */
export type LockedKeys = ReadonlyMap<Key, LockedTake>;

/** A shot that was renamed, or another one with the same request, is bought already. */
export function lockedKeys(films: readonly PlannedStoryboard[]): LockedKeys {
  const keys = new Map<Key, LockedTake>();
  for (const locked of films.flatMap(film => [...film.otherLocks, film.locked])) {
    for (const takes of locked.values()) for (const entry of takes.values()) keys.set(entry.key, entry);
  }
  return keys;
}

export interface StateContext {
  readonly provider: ProviderIdentity;
  readonly submissions: Submissions;
  readonly lockedKeys: LockedKeys;
  readonly retryFailed: boolean;
}

/** Waits only where there is something to read: most takes of a new storyboard are nowhere to be found. */
export async function readStates(
  drafts: readonly DraftTake[],
  filmOf: (draft: DraftTake) => PlannedStoryboard,
  store: Store,
  { provider, submissions, lockedKeys, retryFailed }: StateContext,
): Promise<Map<DraftTake, TakeState>> {
  const recorded = await store.recordedKeys();
  const histories = new Map<PlannedStoryboard, ReadonlyMap<string, Key>>();
  const clips = new Map<Key, KnownClip | null>();
  const holders = holdersOf(submissions);
  const states = new Map<DraftTake, TakeState>();
  for (const draft of drafts) {
    const film = filmOf(draft);
    const entry = lockedKeys.get(draft.key);
    const submission = submissions.get(draft.key);
    let known = clips.get(draft.key) ?? null;
    if (known === null && (recorded.has(draft.key) || entry !== undefined)) {
      known = await findClip(draft, entry, store);
      clips.set(draft.key, known);
    }
    const clip = known === null || isAnothers(known, draft.key, submission, holders) ? null : known.clip;
    let before: TakeState['before'] = null;
    if (clip?.state !== 'intact') {
      const history = histories.get(film) ?? (await film.history.last(provider.name));
      histories.set(film, history);
      const key = history.get(takeName(draft)) ?? film.locked.get(draft.shot)?.get(draft.take)?.key;
      const record = key !== undefined && recorded.has(key) ? await store.record(key) : null;
      before = record?.provider === provider.name ? record : null;
    }
    const purchase = provider.priced ? purchaseState(submission, entry, retryFailed) : null;
    const replaces = purchase === 'retry' ? (submission?.id ?? null) : null;
    if (clip !== null || before !== null || purchase !== null)
      states.set(draft, { clip, before, purchase, replaces });
  }
  return states;
}

/** What a key led to. */
interface KnownClip {
  readonly clip: NonNullable<TakeState['clip']>;
  readonly predictionId: string | null;
}

/** Through the record; or, where that was lost, through a lock entry of the same key. */
async function findClip(
  draft: DraftTake,
  entry: LockedTake | undefined,
  store: Store,
): Promise<KnownClip | null> {
  const record = await store.record(draft.key);
  const sha256 = record?.clip.sha256 ?? entry?.clip;
  if (sha256 === undefined) return null;
  const predictionId = record === null ? (entry?.prediction ?? null) : record.predictionId;
  return { clip: { state: await store.clipState(sha256), sha256 }, predictionId };
}

/** Whose each prediction is. */
function holdersOf(submissions: Submissions): ReadonlyMap<string, Key> {
  const holders = new Map<string, Key>();
  for (const { predictionId, key } of submissions.values())
    if (predictionId !== null) holders.set(predictionId, key);
  return holders;
}

/** An answer had named the prediction of another clip, and what was fetched under it is that one. */
function isAnothers(
  { predictionId }: KnownClip,
  key: Key,
  submission: Submission | undefined,
  holders: ReadonlyMap<string, Key>,
): boolean {
  if (predictionId === null || submission === undefined) return false;
  if ((holders.get(predictionId) ?? key) !== key) return true;
  return isOnItsWay(submission) && submission.predictionId !== predictionId;
}

function purchaseState(
  submission: Submission | undefined,
  entry: LockedTake | undefined,
  retryFailed: boolean,
): PurchaseState | null {
  if (submission === undefined) {
    // Bought by another machine: the service may still have the clip.
    return entry !== undefined && entry.prediction !== null ? 'kept' : null;
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
