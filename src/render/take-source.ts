import type { Micros } from '../model/money.ts';
import type { Key } from '../plan/key.ts';
import type { PlannedTake } from '../plan/plan.ts';
import type { FreeProvider } from '../provider/provider.ts';
import type { ClipRecord } from '../store/record.ts';
import type { Store } from '../store/store.ts';
import { drawTake } from './draw-take.ts';
import type { Emit } from './event.ts';
import type { FindMedia } from './find-media.ts';
import { inTenths, nameOf } from './job-of.ts';

/** Takes of one key: rendered once. The first one's name stands for all. */
export type TakeGroup = readonly [PlannedTake, ...PlannedTake[]];

/** What is left to do when a clip has been made: it takes no place among those in the making. */
export type Finish = () => Promise<ClipRecord>;

/** Where a run's clips come from: drawn here, or bought. */
export interface TakeSource {
  /** Has the clip of a group made; 'elsewhere' while another process does. */
  obtain(group: TakeGroup): Promise<ClipRecord | Finish | 'elsewhere'>;
  /** Whether another process is still at work on a key. */
  isElsewhere(key: Key): boolean;
  /** What this run has spent so far. */
  spentMicros(): Micros;
  /** Clips that are paid for and not here yet. */
  inFlight(): number;
}

export interface SourceContext {
  readonly store: Store;
  /** Aborted: what is under way ends as soon as it can be gone on with later. */
  readonly signal: AbortSignal;
  readonly emit: Emit;
  readonly findMedia: FindMedia;
}

export function drawnTakes(provider: FreeProvider, context: SourceContext): TakeSource {
  const { store, signal, emit, findMedia } = context;
  return {
    obtain: async ([take]) => {
      const started = performance.now();
      emit({ type: 'take-started', ...nameOf(take) });
      const onProgress = inTenths(fraction => emit({ type: 'take-progressed', ...nameOf(take), fraction }));
      const record = await drawTake(take, { provider, store, findMedia, signal, onProgress });
      const seconds = Math.round(performance.now() - started) / 1000;
      const { sha256 } = record.clip;
      emit({ type: 'take-rendered', ...nameOf(take), clip: sha256, cost: record.cost, seconds });
      return record;
    },
    isElsewhere: () => false,
    spentMicros: () => 0,
    inFlight: () => 0,
  };
}
