import { withMedia } from './draft-takes.ts';
import { requestKey } from './key.ts';
import type { Plan, PlannedTake } from './plan.ts';
import type { MediaUse } from './request.ts';
import { shotName } from './take.ts';

/** What a drawn seed may be at most: room for every further take, each with the next seed. */
export const MAX_DRAWN_SEED: number = 2147483647 - 100_000;

/**
 * Gives the takes whose seed is still open (`seed: -1`) one each: take n has the first one's seed + n − 1; what takes
 * pictures from them gets its last key. Done once, between the author's yes and the first submission.
 */
export function pinSeeds(plan: Plan, firstSeedOf: (take: PlannedTake) => number): Plan {
  const pinned = new Map<PlannedTake, PlannedTake>();
  const picked = new Map<string, PlannedTake>();
  for (const take of [...plan.takes].sort((a, b) => a.depth - b.depth)) {
    const last = take.open ? pin(take, firstSeedOf, picked) : take;
    pinned.set(take, last);
    if (take.picked) picked.set(shotName(take), last);
  }
  return { ...plan, takes: plan.takes.map(take => pinned.get(take) as PlannedTake) };
}

function pin(
  take: PlannedTake,
  firstSeedOf: (take: PlannedTake) => number,
  picked: ReadonlyMap<string, PlannedTake>,
): PlannedTake {
  const media = take.media.map((use): MediaUse => {
    if ('file' in use.source) return use;
    const key = picked.get(shotName({ ...take, shot: use.source.shot }))?.key ?? use.source.key;
    return { ...use, source: { ...use.source, key } };
  });
  const { inputs } = take.request;
  const seed = inputs.seed === -1 ? firstSeedOf(take) + take.take - 1 : (inputs.seed as number);
  const request = { ...take.request, inputs: { ...withMedia(inputs, media), seed } };
  return { ...take, request, media, key: requestKey(request), open: false };
}
