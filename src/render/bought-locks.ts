import type { Key } from '../plan/key.ts';
import type { PlannedTake } from '../plan/plan.ts';
import type { PlannedStoryboard } from '../project/plan-files.ts';
import type { Journal } from '../store/journal/journal.ts';
import { isOnItsWay, type Submission } from '../store/journal/submission.ts';
import type { LockEntry, LockedTake } from '../store/lock-file.ts';
import { LockWriter } from '../store/lock-writer.ts';
import type { ClipRecord } from '../store/record.ts';
import type { Store } from '../store/store.ts';

/** Pins bought clips in the lock files of their storyboards. What is pinned already stays as it is. */
export class BoughtLocks {
  private readonly filmOf: (take: PlannedTake) => PlannedStoryboard;
  private readonly writers = new Map<PlannedStoryboard, LockWriter>();
  private readonly journal: Journal;

  constructor(journal: Journal, filmOf: (take: PlannedTake) => PlannedStoryboard) {
    this.journal = journal;
    this.filmOf = filmOf;
  }

  add(takes: readonly PlannedTake[], record: ClipRecord): void {
    for (const take of takes) {
      const film = this.filmOf(take);
      const writer =
        this.writers.get(film) ?? new LockWriter(film.lockFile, work => this.journal.alone(work));
      this.writers.set(film, writer);
      writer.add([lockEntry(take, record)]);
    }
  }

  flush(): void {
    for (const writer of this.writers.values()) writer.flush();
  }
}

/** Takes whose clip was bought, but not pinned yet: a run was killed in between, or a shot was renamed. */
export async function unlockedTakes(
  takes: readonly PlannedTake[],
  filmOf: (take: PlannedTake) => PlannedStoryboard,
  store: Store,
): Promise<{ take: PlannedTake; record: ClipRecord }[]> {
  const unlocked: { take: PlannedTake; record: ClipRecord }[] = [];
  for (const take of takes) {
    if (take.action !== 'cached') continue;
    const pinned = filmOf(take).locked.get(take.shot)?.get(take.take);
    if (pinned?.key === take.key && pinned.clip === take.clip) continue;
    const record = await store.record(take.key);
    if (record !== null) unlocked.push({ take, record });
  }
  return unlocked;
}

/** Takes whose clip is here, and of which the journal does not know it: a process died between the two. */
export function unsettledTakes(
  takes: readonly PlannedTake[],
  current: ReadonlyMap<Key, Submission>,
): PlannedTake[] {
  return takes.filter(({ action, key }) => {
    const submission = current.get(key);
    return action === 'cached' && submission !== undefined && isOnItsWay(submission);
  });
}

/** Tells the journal now. */
export async function settleStored(unsettled: readonly PlannedTake[], journal: Journal): Promise<void> {
  for (const { key, clip } of unsettled) {
    const claim = journal.claim(key, { replaces: null, clipIsLost: false });
    if (claim.kind === 'ours' && clip !== null) await journal.stored(claim.submission, clip);
  }
}

function lockEntry({ shot, take }: PlannedTake, record: ClipRecord): LockEntry {
  return { shot, take, locked: lockedTake(record) };
}

function lockedTake({ key, clip, inputs, model, predictionId, cost }: ClipRecord): LockedTake {
  return { key, clip: clip.sha256, seed: Number(inputs.seed), model, prediction: predictionId, cost };
}
