import { type Micros, sumOf } from '../model/money.ts';
import type { Price } from '../model/price.ts';
import type { CheckedStoryboard } from '../storyboard/check.ts';
import type { ProviderIdentity } from './draft-takes.ts';
import type { Key, Sha256 } from './key.ts';
import { changes, type RenderedRequest, renderedMedia } from './reasons.ts';
import { type DraftTake, shotName } from './take.ts';
import { framesToSeconds } from './timeline.ts';

/**
 * `cached`: the clip is in the store. `resume`: paid for, and to be fetched. `held`: waits for its author, because
 * nobody knows whether it was paid for, or because it failed and is not bought again unasked. `skip`: it would be
 * bought, and the money is not enough.
 */
export type Action = 'cached' | 'render' | 'resume' | 'held' | 'skip';

export interface PlannedTake extends DraftTake {
  readonly action: Action;
  /** What changed since the last clip of this take, or ["new"]; empty when cached. */
  readonly reasons: readonly string[];
  /** The failed attempt that is to be bought anew: its id in the journal. Null where none is. */
  readonly replaces: number | null;
  /** The clip that is there, if it is cached. */
  readonly clip: Sha256 | null;
  /** What fills the film in its place where it is skipped: `animatic`, or a profile. */
  readonly fill: string | null;
  /** What this run would spend on it; null: it would be bought, and its price is not known. */
  readonly costMicros: Micros | null;
}

/** What would be rendered, why, and what it costs. */
export interface Plan {
  readonly provider: ProviderIdentity;
  readonly storyboards: readonly PlannedFilm[];
  readonly takes: readonly PlannedTake[];
  /** What this run would spend, as far as prices are known. */
  readonly newMicros: Micros;
  /** The price of all distinct takes, bought already or not, as far as it is known. */
  readonly totalMicros: Micros;
  /** How many distinct takes lack a price: those to be bought now, and all. */
  readonly unpriced: { readonly new: number; readonly total: number };
}

export interface PlannedFilm {
  readonly file: string;
  readonly title: string;
  readonly durationSeconds: number;
  readonly frameCount: number;
}

/**
 * What became of an earlier attempt to buy a take's clip. `running`: paid for, on its way. `kept`: bought, its clip
 * is gone from here, and the service may still have it. `unknown`: nobody knows whether it was bought. `failed`,
 * `abandoned`: no clip will come of it; `retry`: and the author wants another attempt.
 */
export type PurchaseState = 'running' | 'kept' | 'unknown' | 'failed' | 'abandoned' | 'retry';

/** What the store knows about one take. */
export interface TakeState {
  readonly clip: { readonly state: 'intact' | 'missing' | 'damaged'; readonly sha256: Sha256 } | null;
  readonly purchase: PurchaseState | null;
  /** Where `purchase` is `retry`: the id of that attempt. */
  readonly replaces: number | null;
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
  const takes = drafts.map((draft): PlannedTake => {
    const state = stateOf(draft);
    const action = actionFor(state);
    const duplicate = isDuplicate(draft, seen);
    return {
      ...draft,
      action,
      reasons: action === 'cached' ? [] : reasonsFor(draft, state),
      replaces: action === 'render' ? state.replaces : null,
      clip: action === 'cached' ? (state.clip?.sha256 ?? null) : null,
      fill: null,
      costMicros: action !== 'render' || duplicate || !provider.priced ? 0 : draft.price.micros,
    };
  });
  return { provider, storyboards: films.map(plannedFilm), takes, ...sums(takes) };
}

/** A seed that is still to be drawn will be another one for each take: such takes are never the same. */
function isDuplicate({ key, open }: DraftTake, seen: Set<Key>): boolean {
  const duplicate = seen.has(key) && !open;
  seen.add(key);
  return duplicate;
}

/** What is known of prices is added up; what is not is counted. */
export function sums(takes: readonly PlannedTake[]): Pick<Plan, 'newMicros' | 'totalMicros' | 'unpriced'> {
  const seen = new Set<Key>();
  const cost = sumOf(takes.map(({ costMicros }) => costMicros));
  const price = sumOf(takes.filter(take => !isDuplicate(take, seen)).map(take => take.price.micros));
  return {
    newMicros: cost.micros,
    totalMicros: price.micros,
    unpriced: { new: cost.unpriced, total: price.unpriced },
  };
}

/** A plan with other takes, and the sums that follow. */
export function withTakes(plan: Plan, takes: readonly PlannedTake[]): Plan {
  return { ...plan, takes, ...sums(takes) };
}

/** The takes that the films use, by `shotName`. */
export function pickedByShot(takes: readonly PlannedTake[]): Map<string, PlannedTake> {
  return new Map(takes.flatMap(take => (take.picked ? [[shotName(take), take] as const] : [])));
}

/** The part of a plan that makes the film. */
export function pickedOnly(plan: Plan): Plan {
  const takes = plan.takes.filter(({ picked }) => picked);
  const { newMicros, unpriced } = sums(takes);
  return { ...plan, takes, newMicros, unpriced: { ...plan.unpriced, new: unpriced.new } };
}

/** The same plan at other prices: what is free stays free. */
export function reprice(plan: Plan, priceOf: (take: PlannedTake) => Price): Plan {
  const takes = plan.takes.map((take): PlannedTake => {
    const price = priceOf(take);
    return { ...take, price, costMicros: take.costMicros === 0 ? 0 : price.micros };
  });
  return withTakes(plan, takes);
}

function actionFor({ clip, purchase }: TakeState): Action {
  if (clip?.state === 'intact') return 'cached';
  if (purchase === null || purchase === 'retry') return 'render';
  return purchase === 'running' || purchase === 'kept' ? 'resume' : 'held';
}

const HELD_REASONS: Partial<Record<PurchaseState, string>> = {
  unknown: 'outcome-unknown',
  failed: 'failed',
  retry: 'failed',
  abandoned: 'abandoned',
};

function reasonsFor(draft: DraftTake, { clip, before, purchase }: TakeState): string[] {
  const held = purchase === null ? undefined : HELD_REASONS[purchase];
  if (held !== undefined) return [held];
  if (clip !== null) return [clip.state === 'damaged' ? 'clip-damaged' : 'clip-missing'];
  if (before === null) return ['new'];
  const reasons = changes(before, { ...draft.request, references: draft.media.map(renderedMedia) });
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
