import { heaviestRise } from './heaviest-rise.ts';

/** What tells an item from others: its id, and what it shows whatever it is called. */
export interface Identified {
  readonly id: string;
  readonly shows: string;
  readonly scene: string | null;
}

/** An item then and now; one of the two is null where it is new or gone. */
export interface Match<T> {
  readonly before: T | null;
  readonly after: T | null;
  /** Whether it stands elsewhere among those that were there before. */
  readonly moved: boolean;
}

/**
 * Finds the items of one list in the other. They are the same if they have the same id; or, where the id is new and
 * another one gone, if they show the same: that is a new name. In the order of `now`, what is gone behind what it
 * stood behind.
 */
export function matchItems<T extends Identified>(old: readonly T[], now: readonly T[]): Match<T>[] {
  const partners = partnersOf(old, now);
  const places = new Map(old.map((item, place) => [item, place]));
  const kept = now.filter(item => partners.has(item));
  // As few as possible have moved; and of two that changed places, the one that went to another scene.
  const inPlace = heaviestRise(
    kept.map(item => {
      const before = partners.get(item) as T;
      const sameScene = before.scene === item.scene ? 1 : 0;
      return { value: places.get(before) as number, weight: kept.length + 1 + sameScene };
    }),
  );
  const moved = new Set(kept.filter((_, index) => !inPlace.has(index)));
  const gone = goneBehind(old, new Set(partners.values()));
  const matches = gone(null);
  for (const item of now) {
    const before = partners.get(item) ?? null;
    matches.push({ before, after: item, moved: moved.has(item) }, ...gone(before));
  }
  return matches;
}

/** Those of then by those of now. */
function partnersOf<T extends Identified>(old: readonly T[], now: readonly T[]): Map<T, T> {
  const byId = new Map(old.map(item => [item.id, item]));
  const partners = new Map<T, T>();
  for (const item of now) {
    const same = byId.get(item.id);
    if (same === undefined) continue;
    partners.set(item, same);
    byId.delete(item.id);
  }
  const nameless = new Map<string, T[]>();
  for (const item of byId.values()) nameless.set(item.shows, [...(nameless.get(item.shows) ?? []), item]);
  for (const item of now) {
    const same = partners.has(item) ? undefined : nameless.get(item.shows)?.shift();
    if (same !== undefined) partners.set(item, same);
  }
  return partners;
}

/** What is gone, by the last item before it that is still there; null: before all of them. */
function goneBehind<T>(old: readonly T[], kept: ReadonlySet<T>): (item: T | null) => Match<T>[] {
  const behind = new Map<T | null, Match<T>[]>();
  let last: T | null = null;
  for (const item of old) {
    if (kept.has(item)) last = item;
    else behind.set(last, [...(behind.get(last) ?? []), { before: item, after: null, moved: false }]);
  }
  // A new item stands behind nothing of then: what is gone from the start was told of already.
  return item => {
    const matches = behind.get(item) ?? [];
    behind.delete(item);
    return matches;
  };
}
