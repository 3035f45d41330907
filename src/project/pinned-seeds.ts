import type { DraftContext } from '../plan/draft-takes.ts';
import type { PlannedStoryboard } from './plan-files.ts';
import type { Purchases } from './purchases.ts';

/**
 * Finds the seed that was drawn for a take with `seed: -1`: by its name in the lock file or the journal; and for
 * a shot that was renamed, by its request, since the same request with a seed that was drawn before is the same clip.
 */
export function seedPins(
  { locked, inside }: Pick<PlannedStoryboard, 'locked' | 'inside'>,
  { current, seeds }: Pick<Purchases, 'current' | 'seeds'>,
): DraftContext['pinnedSeed'] {
  const keys = new Set<string>(current.keys());
  const used = new Set<number>();
  for (const { payload } of current.values()) if (typeof payload.seed === 'number') used.add(payload.seed);
  for (const takes of locked.values()) {
    for (const { seed, key } of takes.values()) {
      keys.add(key);
      used.add(seed);
    }
  }
  const drawn = seeds.get(inside);
  return (shot, take, keyOf) => {
    const takes = locked.get(shot);
    const own = takes?.get(take);
    if (own !== undefined) return own.seed;
    // Take n has the first one's seed + n − 1.
    for (const [other, { seed }] of takes ?? []) return seed - other + take;
    const base = drawn?.get(shot);
    if (base !== undefined) return base + take - 1;
    for (const seed of used) if (keys.has(keyOf(seed))) return seed;
    return null;
  };
}
