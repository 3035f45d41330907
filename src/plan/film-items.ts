import type { CheckedStoryboard } from '../storyboard/check.ts';
import type { Item } from '../storyboard/storyboard.ts';
import { type DigestOf, describeItem } from './describe.ts';
import type { Identified } from './match-items.ts';
import type { PlannedTake } from './plan.ts';
import { type Json, contentOf as mediumContent } from './request.ts';
import { framesToSeconds } from './timeline.ts';

/** A storyboard at one time, with its plan. */
export interface FilmState {
  readonly checked: CheckedStoryboard;
  /** Of this storyboard alone. */
  readonly takes: readonly PlannedTake[];
  readonly digestOf: DigestOf;
}

/** An item of a film with all that two states of it are compared by. */
export interface FilmItem extends Identified {
  readonly kind: Item['kind'];
  readonly title: string | null;
  /** The id of the item before it. */
  readonly follows: string | null;
  readonly description: { readonly [name: string]: Json };
  /** What it shows, in a line. */
  readonly content: string;
  /** What its references and the shots that it takes pictures from are made of, by the fields that tell of a change. */
  readonly media: ReadonlyMap<string, readonly string[]>;
  readonly durationSeconds: number;
  readonly takes: readonly PlannedTake[];
}

/** The items of a film, in its order. */
export function itemsOf({ checked, takes, digestOf }: FilmState): FilmItem[] {
  const { storyboard, shots, timeline } = checked;
  const shotOf = new Map(shots.map(shot => [shot.shot.id, shot]));
  const takesOf = new Map<string, PlannedTake[]>(shots.map(({ shot }) => [shot.id, []]));
  for (const take of takes) takesOf.get(take.shot)?.push(take);
  return storyboard.items.map((item, index): FilmItem => {
    const description = describeItem(item, shotOf.get(item.id), storyboard.style, digestOf);
    const own = takesOf.get(item.id) ?? [];
    const { id, kind, scene, title } = item;
    return {
      ...{ id, kind, title, description, takes: own, scene: scene?.id ?? null },
      shows: shownBy(item, description, digestOf),
      follows: storyboard.items[index - 1]?.id ?? null,
      content: contentOf(item, description),
      media: mediaOf(own),
      durationSeconds: framesToSeconds(timeline.items[index]?.frames ?? 0, timeline.fps),
    };
  });
}

function contentOf(item: Item, description: FilmItem['description']): string {
  if (item.kind === 'card') return item.text.title;
  return item.kind === 'shot' ? String(description.prompt) : item.file.file;
}

/** A shot is its prompt, footage its bytes, a card its text. */
function shownBy(item: Item, description: FilmItem['description'], digestOf: DigestOf): string {
  if (item.kind === 'shot') return `shot ${description.prompt}`;
  if (item.kind === 'card') return `card ${JSON.stringify(description.card)}`;
  return `${item.kind} ${digestOf(item.file.file)}`;
}

function mediaOf([take]: readonly PlannedTake[]): Map<string, string[]> {
  const media = new Map<string, string[]>();
  for (const { name, source } of take?.media ?? []) {
    // A shot's own files are described with it.
    const field = 'shot' in source ? `shots.${source.shot}` : name ? `references.${name}.sha256` : null;
    if (field !== null) media.set(field, [...(media.get(field) ?? []), mediumContent(source)]);
  }
  return media;
}
