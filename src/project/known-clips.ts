import { type Micros, parseDollars } from '../model/money.ts';
import type { Key, Sha256 } from '../plan/key.ts';
import { isOnItsWay, type Submission, type SubmissionState } from '../store/journal/submission.ts';
import type { LockedTake } from '../store/lock-file.ts';
import type { ClipRecord } from '../store/record.ts';
import type { Store } from '../store/store.ts';
import { keysOfOtherVersions, type PastTake } from '../store/take-history.ts';
import type { PlannedFiles, PlannedStoryboard } from './plan-files.ts';

/** A take by its name, and the clip that it once had. */
export type TakeOfKey = Pick<PastTake, 'shot' | 'take' | 'key'>;

/** All that is known of one clip: by its record, the journal, the lock file and the history of takes. */
export interface ClipFacts {
  readonly record: ClipRecord | null;
  /** Paid for, and not here yet. */
  readonly inFlight: boolean;
  readonly locked: boolean;
  readonly seed: number | null;
  readonly model: string | null;
  readonly predictionId: string | null;
  /** What was paid; null where it is not known. */
  readonly costMicros: Micros | null;
  readonly renderedAt: Date | null;
  readonly sha256: Sha256 | null;
}

const HAS_CLIP: ReadonlySet<SubmissionState> = new Set(['submitted', 'completed', 'stored']);

/** What is known of the clips that one provider made for a storyboard. */
export class KnownClips {
  private readonly store: Store;
  private readonly history: readonly PastTake[];
  private readonly pasts: ReadonlyMap<Key, PastTake>;
  private readonly locks: ReadonlyMap<Key, LockedTake>;
  private readonly submissions: ReadonlyMap<Key, Submission>;
  private readonly recorded: ReadonlySet<Key>;
  /** As the lock file and the journal call them. */
  private readonly bought: readonly TakeOfKey[];

  private constructor(
    { store, plan, purchases }: PlannedFiles,
    film: PlannedStoryboard,
    read: { history: readonly PastTake[]; recorded: ReadonlySet<Key>; others: ReadonlySet<Key> },
  ) {
    const { name, priced } = plan.provider;
    this.store = store;
    this.history = read.history;
    this.recorded = read.recorded;
    this.pasts = new Map(read.history.map(past => [past.key, past]));
    const locks = priced ? [...film.locked] : []; // what is free is not locked
    const pinned = locks.flatMap(([shot, takes]) =>
      [...takes].map(([take, entry]) => ({ shot, take, key: entry.key, entry })),
    );
    this.locks = new Map(pinned.map(({ key, entry }) => [key, entry]));
    this.submissions = new Map([...purchases.current].filter(([, { provider }]) => provider === name));
    const orders = [...this.submissions.values()].filter(
      ({ storyboard, state, key }) =>
        storyboard === film.inside && HAS_CLIP.has(state) && !read.others.has(key),
    );
    this.bought = [...pinned, ...orders];
  }

  static async of(planned: PlannedFiles, film: PlannedStoryboard): Promise<KnownClips> {
    const { store, plan } = planned;
    return new KnownClips(planned, film, {
      history: await film.history.all(plan.provider.name),
      recorded: await store.recordedKeys(),
      // The journal does not say for which version of a storyboard it bought.
      others: await keysOfOtherVersions(store.folder, film.inside, film.history.storyboard),
    });
  }

  /** Every clip that a take is known to have had; one clip may have several names. */
  names(): TakeOfKey[] {
    return [...this.history, ...this.bought];
  }

  /** Whether it was ever there. */
  has(key: Key): boolean {
    return this.pasts.has(key) || this.locks.has(key) || this.submissions.get(key)?.state === 'stored';
  }

  async facts(key: Key): Promise<ClipFacts> {
    const record = this.recorded.has(key) ? await this.store.record(key) : null;
    const submission = this.submissions.get(key);
    const lock = this.locks.get(key);
    const past = this.pasts.get(key);
    const paid = record?.cost ?? lock?.cost;
    const settledAt = submission?.state === 'stored' ? submission.settledAt : null;
    return {
      record,
      inFlight: submission !== undefined && isOnItsWay(submission),
      locked: lock !== undefined,
      seed: wholeNumber(record?.inputs.seed ?? past?.seed ?? submission?.payload.seed ?? lock?.seed),
      model: record?.model ?? submission?.model ?? lock?.model ?? null,
      predictionId: record?.predictionId ?? submission?.predictionId ?? lock?.prediction ?? null,
      // The journal learns of corrections.
      costMicros: submission?.chargeMicros ?? (paid === undefined ? null : parseDollars(paid)),
      renderedAt:
        past?.renderedAt ?? dateOf(settledAt) ?? (record === null ? null : this.store.recordedAt(key)),
      sha256: record?.clip.sha256 ?? submission?.clip ?? lock?.clip ?? null,
    };
  }
}

function wholeNumber(value: unknown): number | null {
  return typeof value === 'number' ? value : null;
}

function dateOf(milliseconds: number | null): Date | null {
  return milliseconds === null ? null : new Date(milliseconds);
}
