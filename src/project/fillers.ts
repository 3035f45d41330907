import { EXIT, Failure } from '../failure.ts';
import { fitPlan, type Limits } from '../plan/fit-plan.ts';
import { type PlannedTake, pickedByShot, withTakes } from '../plan/plan.ts';
import { sourceTakes } from '../plan/request.ts';
import { shotName } from '../plan/take.ts';
import { type PlannedFiles, type PlanOptions, planChecked, planFiles } from './plan-files.ts';
import { countedMicros } from './purchases.ts';
import type { QuotedPlan } from './quote-plan.ts';

/** What fills a shot whose own clip is not bought: `animatic`, or a profile whose clip is there already. */
export const ANIMATIC = 'animatic';

export interface Filler {
  /** `animatic`, or the profile. */
  readonly source: string;
  /** A take of the same shot. */
  readonly take: PlannedTake;
}

/** What the clips of other plans put in the place of a plan's own. */
export interface Fillers {
  /** By the takes whose place they take. */
  readonly of: ReadonlyMap<PlannedTake, Filler>;
  /** What the animatic has to draw for them. */
  readonly toDraw: readonly PlannedTake[];
}

/** The part of a plan that there is money for: this run's, each storyboard's budget, and the account's. */
export function fitToMoney(
  { plan, balanceMicros, notes }: QuotedPlan,
  { films }: Pick<PlannedFiles, 'films'>,
  maxCostMicros: number | undefined,
): QuotedPlan {
  if (!plan.provider.priced) return { plan, balanceMicros, notes };
  const runMicros = [maxCostMicros, balanceMicros].filter(one => one !== undefined && one !== null);
  const limits: Limits = {
    runMicros: runMicros.length === 0 ? null : Math.min(...runMicros),
    leftFor: storyboard => {
      const film = films.find(({ loaded }) => loaded.file.file === storyboard);
      const budget = film?.loaded.storyboard.budgetMicros ?? null;
      return film === undefined || budget === null ? null : Math.max(0, budget - countedMicros(film.account));
    },
  };
  return { plan: fitPlan(plan, limits), balanceMicros, notes };
}

/** A plan that says what fills the shots which the money is not enough for. */
export async function fillPlan(
  fill: string,
  quoted: QuotedPlan,
  planned: PlannedFiles,
  options: PlanOptions,
): Promise<QuotedPlan> {
  const { plan } = quoted;
  const skipped = plan.takes.filter(({ action, picked }) => action === 'skip' && picked);
  if (skipped.length === 0) return quoted;
  const fillers = await planFillers(fill, skipped, planned, options);
  const takes = plan.takes.map(take => ({ ...take, fill: fillers.of.get(take)?.source ?? null }));
  return { ...quoted, plan: withTakes(plan, takes) };
}

/**
 * Finds what fills the film in the place of takes that have no clip: a clip that the profile `fill` has already, else
 * the animatic. Throws a Failure for a profile that a storyboard does not have.
 */
export async function planFillers(
  fill: string,
  wanted: readonly PlannedTake[],
  planned: PlannedFiles,
  options: PlanOptions,
): Promise<Fillers> {
  const files = planned.films.map(({ loaded }) => loaded.file.file);
  const asked = { ...options, only: undefined, retryFailed: undefined, refreshReferences: undefined };
  const profile =
    fill === ANIMATIC
      ? null
      : await planFiles(files, { ...asked, identity: planned.plan.provider, profile: fill });
  // As it was read for the plan: since then its author may have written on.
  const storyboards = planned.films.map(({ loaded }) => loaded);
  const own = { ...planned.checked, storyboards, files: storyboards.map(({ file }) => file) };
  const drawn = await planChecked(own, { ...asked, provider: ANIMATIC, identity: undefined });
  const bought = pickedByShot(profile?.plan.takes ?? []);
  const drawings = pickedByShot(drawn.plan.takes);
  const fillers = new Map<PlannedTake, Filler>();
  const toDraw = new Set<PlannedTake>();
  for (const take of wanted) {
    const draft = bought.get(shotName(take));
    if (draft?.action === 'cached') {
      fillers.set(take, { source: fill, take: draft });
      continue;
    }
    const drawing = drawings.get(shotName(take));
    if (drawing === undefined) throw new RangeError(`${take.shot} has no picked take`);
    fillers.set(take, { source: ANIMATIC, take: drawing });
    for (const open = [drawing]; open.length > 0; ) {
      const one = open.pop() as PlannedTake;
      if (toDraw.has(one)) continue;
      toDraw.add(one);
      for (const { shot } of sourceTakes(one.media)) {
        const before = drawings.get(shotName({ ...one, shot }));
        if (before !== undefined) open.push(before);
      }
    }
  }
  return { of: fillers, toDraw: [...toDraw] };
}

/** What cannot go with a film that is filled. */
export function refuseFilledLock({
  frozen,
  lockFilm,
}: {
  frozen?: boolean | undefined;
  lockFilm?: boolean | undefined;
}): void {
  if (frozen !== true && lockFilm !== true) return;
  throw new Failure(
    'bad-flag',
    '--fill makes a film for now, and --frozen and --lock-film are for the last one',
    {
      hint: 'Leave one of them out.',
      exitCode: EXIT.usage,
    },
  );
}
