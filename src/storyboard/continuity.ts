import type { Report } from './compile.ts';
import type { Item, Medium, Shot, ShotMedium, Storyboard } from './storyboard.ts';
import { didYouMean } from './suggest.ts';

/** What a shot takes from other shots. */
export function upstreamOf({
  references,
  image,
  inputs,
}: Pick<Shot, 'references' | 'image' | 'inputs'>): ShotMedium[] {
  const own: ShotMedium[] = [];
  const add = (medium: Medium | null) => {
    if (medium !== null && 'from' in medium) own.push(medium);
  };
  for (const reference of references) {
    for (const video of reference.videos) add(video);
    add(reference.image);
  }
  add(image);
  for (const { value, path } of inputs.values()) {
    const from = (value as { from?: unknown } | null)?.from;
    if (typeof from === 'string') own.push({ from, at: null, path });
  }
  return own;
}

/**
 * The places of the shots in `storyboard.shots`, each after those that it takes pictures from; otherwise in the order
 * of the film. Reports shots that are not there, and circles.
 */
export function orderShots(storyboard: Storyboard, report: Report): readonly number[] {
  const items = new Map(storyboard.items.map(item => [item.id, item]));
  const places = new Map(storyboard.shots.map(({ id }, place) => [id, place]));
  for (const reference of storyboard.references.values())
    for (const medium of upstreamOf({ references: [reference], image: null, inputs: new Map() }))
      checkSource(medium, items, report);
  const upstream = storyboard.shots.map(shot => upstreamOf(shot));
  if (upstream.every(media => media.length === 0)) return [...upstream.keys()];
  const waiting = upstream.map(media => {
    for (const medium of media) checkSource(medium, items, report);
    return new Set(media.map(({ from }) => places.get(from)).filter(place => place !== undefined));
  });
  const followers = new Map<number, number[]>();
  for (const [place, sources] of waiting.entries())
    for (const source of sources) {
      const own = followers.get(source);
      if (own === undefined) followers.set(source, [place]);
      else own.push(place);
    }
  const order = waiting.flatMap((sources, place) => (sources.size === 0 ? [place] : []));
  for (const place of order) {
    for (const follower of followers.get(place) ?? []) {
      waiting[follower]?.delete(place);
      if (waiting[follower]?.size === 0) order.push(follower); // the list grows while it is walked
    }
  }
  if (order.length < storyboard.shots.length)
    reportCircles(storyboard.shots, upstream, places, waiting, report);
  return order;
}

function checkSource({ from, path }: ShotMedium, items: ReadonlyMap<string, Item>, report: Report): void {
  const item = items.get(from);
  if (item === undefined) {
    report('unknown-shot', `there is no shot "${from}"${didYouMean(from, items.keys())}`, path);
  } else if (item.kind !== 'shot') {
    const file =
      item.kind === 'card' ? 'a card is drawn when the film is cut' : `name its file, ${item.file.file}`;
    report('not-rendered', `"${from}" is a ${item.kind}, which no model renders: ${file}`, path);
  }
}

/** Every shot that still waits leads into a circle; each circle is told once, at its first shot in the film. */
function reportCircles(
  shots: readonly Shot[],
  upstream: readonly (readonly ShotMedium[])[],
  places: ReadonlyMap<string, number>,
  waiting: readonly ReadonlySet<number>[],
  report: Report,
): void {
  const walked = new Set<number>();
  for (const [start, sources] of waiting.entries()) {
    const trail: number[] = [];
    let at: number | undefined = sources.size > 0 ? start : undefined;
    while (at !== undefined && !walked.has(at)) {
      walked.add(at);
      trail.push(at);
      at = waiting[at]?.values().next().value;
    }
    if (at === undefined || !trail.includes(at)) continue;
    const found = trail.slice(trail.indexOf(at));
    const first = found.indexOf(Math.min(...found));
    const circle = [...found.slice(first), ...found.slice(0, first)];
    const [place = 0, next = place] = circle;
    const medium = upstream[place]?.find(({ from }) => places.get(from) === next);
    const ids = [...circle, place].map(one => shots[one]?.id);
    const shown = ids.length > 8 ? [...ids.slice(0, 6), '…', ids.at(-1)] : ids;
    const message =
      circle.length === 1
        ? `"${shots[place]?.id}" cannot take a picture from itself`
        : `these shots wait for each other: ${shown.join(' ← ')}`;
    report('continuity-cycle', message, medium?.path ?? shots[place]?.path ?? []);
  }
}
