import type { Micros } from '../model/money.ts';
import { type Plan, type PlannedTake, pickedByShot, withTakes } from './plan.ts';
import { sourceTakes } from './request.ts';
import { shotName } from './take.ts';

/** What may be spent; null for no limit. */
export interface Limits {
  /** By the whole run. */
  readonly runMicros: Micros | null;
  /** By one storyboard, named as the plan names it. */
  readonly leftFor: (storyboard: string) => Micros | null;
}

/** Takes of one key, and the first one's price: they are bought together or not at all. */
interface Purchase {
  readonly takes: readonly PlannedTake[];
  readonly storyboard: string;
  /** Null where nobody has told it: then it cannot be said to fit. */
  readonly micros: Micros | null;
  /** What it and those before it cost at least, all bought anew: by the dearest way to it. */
  readonly leastMicros: Micros;
  /** That must be bought before it, because it takes pictures from them. */
  readonly sources: readonly Purchase[];
}

/**
 * The part of a plan that the money is enough for; the takes that it leaves out are skipped. Picked takes go before the
 * others, then the shots' `priority` counts, then the order of the film. What does not fit is passed over: something
 * cheaper behind it may. A shot that takes pictures from others is bought with them, or not at all.
 */
export function fitPlan(plan: Plan, limits: Limits): Plan {
  const purchases = purchasesOf(plan.takes);
  const bought = new Set<Purchase>();
  let spentMicros = 0;
  const spentFor = new Map<string, Micros>();
  for (const purchase of [...purchases].sort(byImportance)) {
    if (bought.has(purchase) || !fitsAlone(purchase, limits)) continue;
    // With what must be bought for it and is not yet; no further than the money goes.
    const needed = new Set([purchase]);
    let micros = spentMicros;
    const sums = new Map<string, Micros>();
    let fits = true;
    for (const one of needed) {
      const price = one.micros ?? Number.POSITIVE_INFINITY;
      const sum = (sums.get(one.storyboard) ?? spentFor.get(one.storyboard) ?? 0) + price;
      micros += price;
      sums.set(one.storyboard, sum);
      fits = isBelow(micros, limits.runMicros) && isBelow(sum, limits.leftFor(one.storyboard));
      if (!fits) break;
      for (const source of one.sources) if (!bought.has(source)) needed.add(source); // it grows while it is walked
    }
    if (!fits) continue;
    spentMicros = micros;
    for (const [storyboard, sum] of sums) spentFor.set(storyboard, sum);
    for (const one of needed) bought.add(one);
  }
  const skipped = new Set(purchases.flatMap(purchase => (bought.has(purchase) ? [] : purchase.takes)));
  const skip = (take: PlannedTake): PlannedTake => ({ ...take, action: 'skip', costMicros: 0 });
  return withTakes(
    plan,
    plan.takes.map(take => (skipped.has(take) ? skip(take) : take)),
  );
}

/** What a plan would buy, in the order of the film. */
function purchasesOf(takes: readonly PlannedTake[]): Purchase[] {
  const groups = new Map<string, PlannedTake[]>();
  const nameOf = (take: PlannedTake) => (take.open ? `${shotName(take)}\0${take.take}` : take.key);
  for (const take of takes) {
    if (take.action !== 'render') continue;
    const own = groups.get(nameOf(take));
    if (own === undefined) groups.set(nameOf(take), [take]);
    else own.push(take);
  }
  const picked = pickedByShot(takes);
  const purchases = new Map<string, Purchase>();
  // Those that others take pictures from come first: they are there when the others ask for them.
  const order = [...groups].sort(([, [a]], [, [b]]) => (a?.depth ?? 0) - (b?.depth ?? 0));
  for (const [name, own] of order) {
    const [first] = own as [PlannedTake];
    const sources = sourceTakes(first.media).flatMap(({ shot }) => {
      const take = picked.get(shotName({ ...first, shot }));
      return take === undefined ? [] : (purchases.get(nameOf(take)) ?? []);
    });
    const { storyboard, costMicros } = first;
    const before = sources.map(source => (source.storyboard === storyboard ? source.leastMicros : 0));
    const leastMicros = Math.max(0, ...before) + (costMicros ?? Number.POSITIVE_INFINITY);
    purchases.set(name, {
      ...{ takes: own, storyboard, micros: costMicros, leastMicros },
      sources: [...new Set(sources)],
    });
  }
  return [...groups.keys()].map(name => purchases.get(name) as Purchase);
}

function byImportance(a: Purchase, b: Purchase): number {
  const rank = ({ takes }: Purchase) => (takes.some(({ picked }) => picked) ? 0 : 1);
  const priority = ({ takes }: Purchase) =>
    takes.reduce((first, take) => Math.min(first, take.priority ?? Number.MAX_VALUE), Number.MAX_VALUE);
  return rank(a) - rank(b) || priority(a) - priority(b);
}

/** Whether there would be enough for it if nothing else were bought: what is not even that needs no closer look. */
function fitsAlone({ leastMicros, storyboard }: Purchase, { runMicros, leftFor }: Limits): boolean {
  return isBelow(leastMicros, runMicros) && isBelow(leastMicros, leftFor(storyboard));
}

/** What nobody has told the price of is within no limit, and within none at all either. */
function isBelow(micros: Micros, limit: Micros | null): boolean {
  return micros <= (limit ?? Number.MAX_SAFE_INTEGER);
}
