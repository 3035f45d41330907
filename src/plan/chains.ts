import { type Micros, sumOf } from '../model/money.ts';
import type { PlannedTake } from './plan.ts';
import { sourceTakes } from './request.ts';
import { shotName } from './take.ts';

/** A shot that others take pictures from, and what another take of it would bring about. */
export interface Chain {
  readonly storyboard: string;
  readonly shot: string;
  /** Those that take theirs from it directly, in the order of the film. */
  readonly followers: readonly string[];
  /** Rendered again if it is: one take of its own, and all of those behind it. */
  readonly takes: number;
  /** What these cost, as far as it is known. */
  readonly micros: Micros;
  /** How many of them have no known price. */
  readonly unpriced: number;
}

interface Node {
  readonly storyboard: string;
  readonly shot: string;
  readonly depth: number;
  readonly takes: PlannedTake[];
  readonly followers: Set<number>;
  /** How many shots it takes pictures from. */
  sources: number;
  /** What all of its takes cost. */
  all: Again;
}

/** What is rendered again. */
type Again = Pick<Chain, 'takes' | 'micros' | 'unpriced'>;

const NONE: Again = { takes: 0, micros: 0, unpriced: 0 };

/** The shots of a plan that others wait for, in the order of the film; `most` of them are worked out, and `more` counts the rest. */
export function chainsOf(
  takes: readonly PlannedTake[],
  most: number = Number.POSITIVE_INFINITY,
): { chains: Chain[]; more: number } {
  const nodes = linkShots(takes);
  const behind = behindTrees(nodes);
  const heads = nodes.filter(({ followers }) => followers.size > 0);
  const chains = heads.slice(0, most).map((node): Chain => {
    const { storyboard, shot, followers } = node;
    const own = againOf(node.takes.filter(({ picked }) => picked));
    const names = [...followers].sort((a, b) => a - b).map(place => nodes[place]?.shot ?? '');
    return { storyboard, shot, followers: names, ...sum(own, behind.get(node) ?? walkBehind(node, nodes)) };
  });
  return { chains, more: heads.length - chains.length };
}

/** Where every shot behind a shot takes its pictures from one other alone, none is reached in two ways: sums will do. */
function behindTrees(nodes: readonly Node[]): Map<Node, Again> {
  const trees = new Map<Node, Again>();
  for (const node of [...nodes].sort((a, b) => b.depth - a.depth)) {
    let behind: Again | null = NONE;
    for (const place of node.followers) {
      const follower = nodes[place] as Node;
      const further = follower.sources === 1 ? trees.get(follower) : undefined;
      behind = further === undefined || behind === null ? null : sum(behind, follower.all, further);
    }
    if (behind !== null) trees.set(node, behind);
  }
  return trees;
}

/** A shot that is reached in two ways counts once. */
function walkBehind(node: Node, nodes: readonly Node[]): Again {
  const seen = new Set(node.followers);
  let behind = NONE;
  for (const place of seen) {
    const follower = nodes[place] as Node;
    behind = sum(behind, follower.all);
    for (const further of follower.followers) seen.add(further); // the set grows while it is walked
  }
  return behind;
}

function againOf(takes: readonly PlannedTake[]): Again {
  const { micros, unpriced } = sumOf(takes.map(({ price }) => price.micros));
  return { takes: takes.length, micros, unpriced };
}

function sum(a: Again, b: Again, c: Again = NONE): Again {
  return {
    takes: a.takes + b.takes + c.takes,
    micros: a.micros + b.micros + c.micros,
    unpriced: a.unpriced + b.unpriced + c.unpriced,
  };
}

/** The shots that take pictures, or have them taken; a plan without any has none. */
function linkShots(takes: readonly PlannedTake[]): Node[] {
  const linked = new Set<string>();
  for (const take of takes) {
    for (const { shot } of sourceTakes(take.media)) {
      linked.add(shotName({ ...take, shot }));
      linked.add(shotName(take));
    }
  }
  const places = new Map<string, number>();
  const nodes: Node[] = [];
  for (const take of linked.size === 0 ? [] : takes) {
    const { storyboard, shot, depth } = take;
    const name = shotName(take);
    if (!linked.has(name)) continue;
    const place = places.get(name);
    if (place !== undefined) {
      nodes[place]?.takes.push(take);
      continue;
    }
    places.set(name, nodes.length);
    nodes.push({ storyboard, shot, depth, takes: [take], followers: new Set(), sources: 0, all: NONE });
  }
  for (const [place, node] of nodes.entries()) {
    const sources = sourceTakes(node.takes[0]?.media ?? []);
    for (const shot of new Set(sources.map(source => source.shot))) {
      nodes[places.get(shotName({ ...node, shot })) ?? -1]?.followers.add(place);
      node.sources++;
    }
    node.all = againOf(node.takes);
  }
  return nodes;
}
