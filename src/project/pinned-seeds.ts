import type { DraftContext } from '../plan/draft-takes.ts';
import type { PlannedStoryboard } from './plan-files.ts';
import type { Submissions } from './take-states.ts';

/**
 * Finds the seed that was drawn for a take with `seed: -1`: by its name in the lock file or the journal; and for
 * a shot that was renamed, by its request, since the same request with a seed that was drawn before is the same clip.
 */
export function seedPins(
  { locked, inside }: PlannedStoryboard,
  submissions: Submissions,
): DraftContext['pinnedSeed'] {
  const byName = new Map<string, Map<number, number>>();
  const drawn: { seed: number; key: string }[] = [];
  for (const { storyboard, shot, take, payload, key } of submissions.values()) {
    if (typeof payload.seed !== 'number') continue;
    drawn.push({ seed: payload.seed, key });
    if (storyboard === inside) byName.set(shot, (byName.get(shot) ?? new Map()).set(take, payload.seed));
  }
  for (const [shot, takes] of locked) {
    for (const [take, { seed, key }] of takes) {
      drawn.push({ seed, key });
      byName.set(shot, (byName.get(shot) ?? new Map()).set(take, seed));
    }
  }
  const keys = new Set(drawn.map(({ key }) => key));
  const seeds = [...new Set(drawn.map(({ seed }) => seed))];
  return (shot, take, keyOf) => {
    const takes = byName.get(shot);
    const own = takes?.get(take);
    if (own !== undefined) return own;
    // Take n has the first one's seed + n − 1.
    for (const [other, seed] of takes ?? []) return seed - other + take;
    return seeds.find(seed => keys.has(keyOf(seed))) ?? null;
  };
}
