import { requestKey } from './key.ts';
import type { Plan, PlannedTake } from './plan.ts';

/**
 * Draws the seeds that are still open (`seed: -1`), one for each shot: take n gets the first one's seed + n − 1.
 * Done once, between the author's yes and the first submission; `draw` gives a whole number from 0 to `limit`.
 */
export function pinSeeds(plan: Plan, draw: (limit: number) => number): Plan {
  const drawn = new Map<string, number>();
  const takes = plan.takes.map((take): PlannedTake => {
    if (take.request.inputs.seed !== -1) return take;
    const shot = `${take.storyboard}\0${take.shot}`;
    const base = drawn.get(shot) ?? draw(MAX_SEED - take.labels.takes);
    drawn.set(shot, base);
    const request = { ...take.request, inputs: { ...take.request.inputs, seed: base + take.take - 1 } };
    return { ...take, request, key: requestKey(request) };
  });
  return { ...plan, takes };
}

const MAX_SEED = 2147483647;
