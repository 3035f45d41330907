const NONE = -1;

/**
 * The places of a rising subsequence with the greatest weight: what may stay where it is when a list is put into
 * order. Values are distinct whole numbers from 0, weights positive.
 */
export function heaviestRise(
  items: readonly { readonly value: number; readonly weight: number }[],
): ReadonlySet<number> {
  const size = items.reduce((most, { value }) => Math.max(most, value + 1), 0);
  /** By place: the weight of the heaviest rise that ends there, and the place before it in that. */
  const weights: number[] = [];
  const before: number[] = [];
  /** Fenwick's tree over the values: where the heaviest rise of each stretch ends. */
  const tree: number[] = new Array(size + 1).fill(NONE);
  const weightAt = (place: number) => (place === NONE ? 0 : (weights[place] as number));
  const heavier = (a: number, b: number) => (weightAt(b) > weightAt(a) ? b : a);
  const heaviestBelow = (value: number) => {
    let best = NONE;
    for (let node = value; node > 0; node -= node & -node) best = heavier(best, tree[node] as number);
    return best;
  };
  for (const [place, { value, weight }] of items.entries()) {
    const last = heaviestBelow(value);
    before.push(last);
    weights.push(weight + weightAt(last));
    for (let node = value + 1; node <= size; node += node & -node)
      tree[node] = heavier(tree[node] as number, place);
  }
  const rise = new Set<number>();
  for (let place = heaviestBelow(size); place !== NONE; place = before[place] as number) rise.add(place);
  return rise;
}
