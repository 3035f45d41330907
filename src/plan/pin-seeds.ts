import { requestKey } from './key.ts';
import type { Plan, PlannedTake } from './plan.ts';

/** What a drawn seed may be at most: room for every further take, each with the next seed. */
export const MAX_DRAWN_SEED: number = 2147483647 - 100_000;

export function hasOpenSeed({ request }: Pick<PlannedTake, 'request'>): boolean {
  return request.inputs.seed === -1;
}

/**
 * Gives the takes whose seed is still open (`seed: -1`) one each: take n has the first one's seed + n − 1. Done
 * once, between the author's yes and the first submission.
 */
export function pinSeeds(plan: Plan, firstSeedOf: (take: PlannedTake) => number): Plan {
  const takes = plan.takes.map((take): PlannedTake => {
    if (!hasOpenSeed(take)) return take;
    const seed = firstSeedOf(take) + take.take - 1;
    const request = { ...take.request, inputs: { ...take.request.inputs, seed } };
    return { ...take, request, key: requestKey(request) };
  });
  return { ...plan, takes };
}
