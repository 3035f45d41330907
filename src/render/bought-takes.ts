import { Failure, quietly } from '../failure.ts';
import { formatDollars, type Micros, parseDollars } from '../model/money.ts';
import type { PlannedTake } from '../plan/plan.ts';
import { modelsOf, type PlannedStoryboard } from '../project/plan-files.ts';
import type { LockedKeys } from '../project/take-states.ts';
import type { PaidProvider } from '../provider/provider.ts';
import type { Caps } from '../store/journal/caps.ts';
import type { Journal } from '../store/journal/journal.ts';
import { LEASE_MS } from '../store/journal/owner.ts';
import type { LockedTake } from '../store/lock-file.ts';
import { type BuyContext, buyTake } from './buy-take.ts';
import type { ClipInspector } from './inspect-clip.ts';
import { inTenths, jobOf, nameOf } from './job-of.ts';
import { SubmitGate } from './submit-gate.ts';
import type { SourceContext, TakeSource } from './take-source.ts';

export interface BoughtTakesContext extends SourceContext {
  readonly journal: Journal;
  readonly inspect: ClipInspector;
  /** What this run may spend; null for no limit. */
  readonly runMicros: Micros | null;
  readonly filmOf: (take: PlannedTake) => PlannedStoryboard;
  readonly films: readonly PlannedStoryboard[];
  readonly lockedKeys: LockedKeys;
  readonly onReassigned: BuyContext['onReassigned'];
}

/** Clips bought from a service, through the journal. `close` stops saying that this run is at work. */
export function boughtTakes(
  provider: PaidProvider,
  context: BoughtTakesContext,
): TakeSource & { close(): void } {
  const { journal, store, signal, emit, findMedia, filmOf } = context;
  journal.bindTo(provider.service);
  const gate = new SubmitGate(provider.pace.busy, waitMs =>
    emit({ type: 'submits-slowed', seconds: Math.ceil(waitMs / 100) / 10 }),
  );
  const adoptedMicros = new Map<PlannedStoryboard, Micros>();
  const buying: BuyContext = {
    ...{ provider, journal, store, gate, signal },
    onReassigned: context.onReassigned,
    inspect: context.inspect,
    check: bodyCheck(context.films),
    storyboardOf: take => filmOf(take).inside,
    caps: (take): Caps => {
      const { account, loaded } = filmOf(take);
      return {
        budgetMicros: loaded.storyboard.budgetMicros,
        elsewhereMicros: account.elsewhereMicros - (adoptedMicros.get(filmOf(take)) ?? 0),
        runMicros: context.runMicros,
      };
    },
  };
  // What is not said in time costs others a look-up and no money; what the disk has, the next commit tells.
  const renewing = setInterval(() => quietly(() => journal.renew()), LEASE_MS / 3);
  renewing.unref();
  const started = new Set<string>();
  return {
    obtain: async group => {
      const [take] = group;
      const begun = performance.now();
      if (!started.has(take.key)) emit({ type: 'take-started', ...nameOf(take) });
      started.add(take.key);
      const film = filmOf(take);
      const micros = adoptLocked(take, film, context.lockedKeys.get(take.key), provider, journal);
      adoptedMicros.set(film, (adoptedMicros.get(film) ?? 0) + micros);
      let spentMicros = 0;
      const bought = await buyTake(
        {
          take,
          job: async () => await jobOf(take, findMedia),
          approvedMicros: Math.max(...group.map(({ costMicros }) => costMicros ?? 0)),
          onSubmitted: ({ predictionId, chargeMicros }) => {
            spentMicros = chargeMicros;
            emit({ type: 'take-submitted', ...nameOf(take), predictionId: predictionId ?? '' });
          },
          onProgress: inTenths(fraction => emit({ type: 'take-progressed', ...nameOf(take), fraction })),
        },
        buying,
      );
      if (bought === 'elsewhere') return bought;
      return async () => {
        const record = await bought();
        const seconds = Math.round(performance.now() - begun) / 1000;
        const cost = formatDollars(spentMicros);
        emit({ type: 'take-rendered', ...nameOf(take), clip: record.clip.sha256, cost, seconds });
        return record;
      };
    },
    isElsewhere: key => journal.isElsewhere(key),
    spentMicros: () => journal.sums(journal.run).spentMicros,
    inFlight: () => journal.inFlight(),
    close: () => {
      clearInterval(renewing);
      quietly(() => journal.release());
    },
  };
}

/** What is about to be sent is checked against the model's schema once more: with the addresses of its media. */
function bodyCheck(films: readonly PlannedStoryboard[]): BuyContext['check'] {
  const models = modelsOf(films);
  return (model, payload) => {
    const [error] = models.get(model)?.check(payload) ?? [];
    if (error === undefined) return;
    const where = error.instancePath === '' ? 'the request' : error.instancePath.slice(1);
    throw new Failure('request-invalid', `${where} ${error.message}: the model would not take it`, {
      hint: 'Nothing was submitted. Please report it: `storyreel check` should have found this.',
    });
  };
}

/**
 * A take that another machine bought, and whose clip is not here, is asked of the service before it is paid again.
 * Returns what the journal counts from now on in the place of the lock file.
 */
function adoptLocked(
  take: PlannedTake,
  film: PlannedStoryboard,
  entry: LockedTake | undefined,
  provider: PaidProvider,
  journal: Journal,
): Micros {
  if (take.action !== 'resume' || entry === undefined || entry.prediction === null) return 0;
  const micros = parseDollars(entry.cost);
  const isNew = journal.adoptLocked(
    {
      ...{ key: take.key, provider: provider.name, model: take.request.model, payload: take.request.inputs },
      ...{ storyboard: film.inside, scene: take.scene, shot: take.shot, take: take.take },
      price: { micros, source: 'quoted' },
    },
    entry.prediction,
  );
  return isNew ? micros : 0;
}
