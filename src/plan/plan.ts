import type { Micros } from '../model/money.ts';
import type { CheckedStoryboard } from '../storyboard/check.ts';
import type { ProviderIdentity } from './draft-takes.ts';
import type { Key, Sha256 } from './key.ts';
import { changes, type RenderedRequest } from './reasons.ts';
import type { DraftTake } from './take.ts';
import { framesToSeconds } from './timeline.ts';

/** `cached`: the clip is in the store. `resume`: paid for, still running. `held`: nobody knows whether it was paid. */
export type Action = 'cached' | 'render' | 'resume' | 'held';

export interface PlannedTake extends DraftTake {
  readonly action: Action;
  /** What changed since the last clip of this take, or ["new"]; empty when cached. */
  readonly reasons: readonly string[];
  /** The clip that is there, if it is cached. */
  readonly clip: Sha256 | null;
  /** What this run would spend on it. */
  readonly costMicros: Micros;
}

/** What would be rendered, why, and what it costs. */
export interface Plan {
  readonly provider: ProviderIdentity;
  readonly storyboards: readonly PlannedFilm[];
  readonly takes: readonly PlannedTake[];
  /** What this run would spend. */
  readonly newMicros: Micros;
  /** The price of all distinct takes, bought already or not. */
  readonly totalMicros: Micros;
}

export interface PlannedFilm {
  readonly file: string;
  readonly title: string;
  readonly durationSeconds: number;
  readonly frameCount: number;
}

/** What the store knows about one take. */
export interface TakeState {
  readonly clip: { readonly state: 'intact' | 'missing' | 'damaged'; readonly sha256: Sha256 } | null;
  /** The request of the last clip that was rendered of this take, if it is known. */
  readonly before: RenderedRequest | null;
}

/** Decides what happens to each take. Pure: the same drafts and states give the same plan. */
export function makePlan(
  provider: ProviderIdentity,
  films: readonly CheckedStoryboard[],
  drafts: readonly DraftTake[],
  stateOf: (draft: DraftTake) => TakeState,
): Plan {
  const seen = new Set<Key>();
  let newMicros = 0;
  let totalMicros = 0;
  const takes = drafts.map((draft): PlannedTake => {
    const state = stateOf(draft);
    const cached = state.clip?.state === 'intact';
    // A seed that is still to be drawn will be another one for each take: such takes are never the same.
    const duplicate = seen.has(draft.key) && draft.request.inputs.seed !== -1;
    seen.add(draft.key);
    const costMicros = cached || duplicate || !provider.priced ? 0 : draft.price.micros;
    newMicros += costMicros;
    if (!duplicate) totalMicros += draft.price.micros;
    return {
      ...draft,
      action: cached ? 'cached' : 'render',
      reasons: cached ? [] : reasonsFor(draft, state),
      clip: cached ? (state.clip?.sha256 ?? null) : null,
      costMicros,
    };
  });
  return { provider, storyboards: films.map(plannedFilm), takes, newMicros, totalMicros };
}

function reasonsFor(draft: DraftTake, { clip, before }: TakeState): string[] {
  if (clip !== null) return [clip.state === 'damaged' ? 'clip-damaged' : 'clip-missing'];
  if (before === null) return ['new'];
  const reasons = changes(before, { ...draft.request, references: draft.media });
  return reasons.length === 0 ? ['new'] : reasons;
}

function plannedFilm({ storyboard, timeline }: CheckedStoryboard): PlannedFilm {
  return {
    file: storyboard.file,
    title: storyboard.title,
    // Microseconds are finer than any frame, and keep 0.1 + 0.2 out of the JSON.
    durationSeconds: Math.round(framesToSeconds(timeline.frameCount, timeline.fps) * 1e6) / 1e6,
    frameCount: timeline.frameCount,
  };
}
