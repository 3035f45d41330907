import type { Micros } from '../model/money.ts';
import type { PlannedTake } from './plan.ts';

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

/** Of some takes together. */
interface Cost {
  takes: number;
  micros: Micros;
  unpriced: number;
}

interface Node {
  readonly storyboard: string;
  readonly shot: string;
  readonly depth: number;
  readonly takes: PlannedTake[];
  readonly followers: Set<number>;
  /** Of all its takes. */
  readonly cost: Cost;
}

/** The shots of a plan that others wait for, in the order of the film. */
export function chainsOf(takes: readonly PlannedTake[]): Chain[] {
  const nodes = linkShots(takes);
  // One bit for each shot behind a shot: a shot that is reached in two ways counts once.
  const words = Math.ceil(nodes.length / 32);
  const behind = new Map<number, Uint32Array>();
  const chains = new Map<number, Chain>();
  const order = [...nodes.keys()].sort((a, b) => (nodes[b]?.depth ?? 0) - (nodes[a]?.depth ?? 0));
  for (const place of order) {
    const node = nodes[place] as Node;
    if (node.followers.size === 0) continue;
    const bits = new Uint32Array(words);
    for (const follower of node.followers) {
      bits[follower >>> 5] = (bits[follower >>> 5] ?? 0) | (1 << (follower & 31));
      const further = behind.get(follower);
      for (let word = 0; further !== undefined && word < words; word++)
        bits[word] = (bits[word] ?? 0) | (further[word] ?? 0);
    }
    behind.set(place, bits);
    chains.set(place, chainOf(node, bits, nodes));
  }
  return [...nodes.keys()].flatMap(place => chains.get(place) ?? []);
}

const NOTHING: Cost = { takes: 0, micros: 0, unpriced: 0 };

/** The shots that take pictures, or have them taken; a plan without any has none. */
function linkShots(takes: readonly PlannedTake[]): Node[] {
  const linked = new Set<string>();
  for (const take of takes) {
    for (const { source } of take.media) {
      if (!('shot' in source)) continue;
      linked.add(nameOf(take.storyboard, source.shot));
      linked.add(nameOf(take.storyboard, take.shot));
    }
  }
  const places = new Map<string, number>();
  const nodes: Node[] = [];
  for (const take of linked.size === 0 ? [] : takes) {
    const { storyboard, shot, depth } = take;
    const name = nameOf(storyboard, shot);
    if (!linked.has(name)) continue;
    const place = places.get(name);
    if (place !== undefined) {
      nodes[place]?.takes.push(take);
      continue;
    }
    places.set(name, nodes.length);
    nodes.push({ storyboard, shot, depth, takes: [take], followers: new Set(), cost: NOTHING });
  }
  for (const [place, node] of nodes.entries()) nodes[place] = { ...node, cost: costOf(node.takes) };
  for (const [place, { storyboard, takes: own }] of nodes.entries()) {
    for (const { source } of own[0]?.media ?? []) {
      if (!('shot' in source)) continue;
      nodes[places.get(nameOf(storyboard, source.shot)) ?? -1]?.followers.add(place);
    }
  }
  return nodes;
}

function chainOf(node: Node, behind: Uint32Array, nodes: readonly Node[]): Chain {
  const { storyboard, shot } = node;
  const sum = costOf(node.takes.filter(({ picked }) => picked));
  // 10,000 shots in a row are 50 million of these: sums alone, and no lists.
  for (let word = 0; word < behind.length; word++) {
    for (let rest = behind[word] as number; rest !== 0; rest &= rest - 1) {
      const { cost } = nodes[word * 32 + (31 - Math.clz32(rest & -rest))] as Node;
      sum.takes += cost.takes;
      sum.micros += cost.micros;
      sum.unpriced += cost.unpriced;
    }
  }
  const followers = [...node.followers].sort((a, b) => a - b).map(place => nodes[place]?.shot ?? '');
  return { storyboard, shot, followers, ...sum };
}

function costOf(takes: readonly PlannedTake[]): Cost {
  const sum = { takes: takes.length, micros: 0, unpriced: 0 };
  for (const { price } of takes) {
    if (price.micros === null) sum.unpriced++;
    else sum.micros += price.micros;
  }
  return sum;
}

function nameOf(storyboard: string, shot: string): string {
  return `${storyboard}\0${shot}`;
}
