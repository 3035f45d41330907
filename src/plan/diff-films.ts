import { type Sum, sumOf } from '../model/money.ts';
import type { Item } from '../storyboard/storyboard.ts';
import { describeFilm } from './describe.ts';
import { diffData, type FieldChange } from './diff-data.ts';
import type { ProviderIdentity } from './draft-takes.ts';
import { type FilmItem, type FilmState, itemsOf } from './film-items.ts';
import { type Match, matchItems } from './match-items.ts';
import { type PlannedTake, sums } from './plan.ts';
import { framesToSeconds } from './timeline.ts';

/** What became of films, and of what they cost. */
export interface FilmsDiff {
  readonly provider: ProviderIdentity;
  /** The commit that the films are compared with, and how it was named; null for another file. */
  readonly base: { readonly ref: string; readonly commit: string } | null;
  readonly films: readonly FilmDiff[];
  /** The price of all distinct takes, then and now. */
  readonly before: Sum;
  readonly after: Sum;
  /** What rendering would spend now. */
  readonly cost: Sum;
}

/** What became of a film. */
export interface FilmDiff {
  /** Null if there was none. */
  readonly before: FilmFacts | null;
  readonly after: FilmFacts;
  /** Of the film as a whole. */
  readonly changes: readonly FieldChange[];
  /** The items that differ, in the order of the film, those that are gone where they were. */
  readonly items: readonly ItemDiff[];
  /** What would be rendered now, of items that were changed and of others. */
  readonly toRender: readonly PlannedTake[];
}

export interface FilmFacts {
  readonly file: string;
  readonly title: string;
  readonly durationSeconds: number;
  readonly frameCount: number;
  readonly itemCount: number;
  readonly takeCount: number;
  /** Of all distinct takes. */
  readonly price: Sum;
}

export interface ItemDiff {
  readonly change: 'added' | 'removed' | 'kept';
  readonly id: string;
  readonly kind: Item['kind'];
  readonly scene: string | null;
  readonly title: string | null;
  /** The id that it had. Null if it has it still, or is new. */
  readonly renamedFrom: string | null;
  /** Whether it stands elsewhere among the items that were there before. */
  readonly moved: boolean;
  /** The item before it; of a removed one, the item before it then. */
  readonly follows: string | null;
  readonly changes: readonly FieldChange[];
  readonly before: ItemFacts | null;
  readonly after: ItemFacts | null;
}

export interface ItemFacts {
  /** What it shows, in a line: the prompt, the file, the card's title. */
  readonly content: string;
  readonly durationSeconds: number;
  readonly takeCount: number;
  readonly price: Sum;
  /** What would be rendered now. */
  readonly renderCount: number;
  readonly cost: Sum;
}

/** Compares two states of a film; `before` is null where there was none, and all is new. */
export function diffFilms(before: FilmState | null, after: FilmState): FilmDiff {
  const matches = matchItems(before === null ? [] : itemsOf(before), itemsOf(after));
  return {
    before: before === null ? null : filmFacts(before),
    after: filmFacts(after),
    changes: before === null ? [] : filmChanges(before, after),
    items: matches.map(diffItem).filter(isDifferent),
    toRender: after.takes.filter(({ action }) => action === 'render'),
  };
}

function isDifferent({ change, renamedFrom, moved, changes }: ItemDiff): boolean {
  return change !== 'kept' || renamedFrom !== null || moved || changes.length > 0;
}

/** A deliverable has what the cut has: what was changed there is told there. */
function filmChanges(before: FilmState, after: FilmState): FieldChange[] {
  const [old, now] = [before, after].map(({ checked, digestOf }) => describeFilm(checked, digestOf));
  const changes = [...diffData(old ?? null, now ?? null)];
  const inCut = new Set(
    changes.filter(({ field }) => field.startsWith('cut.')).map(change => JSON.stringify(change)),
  );
  return changes.filter(change => {
    const [, field] = /^deliverables\.[^.]+\.(cut\..+)$/.exec(change.field) ?? [];
    return field === undefined || !inCut.has(JSON.stringify({ ...change, field }));
  });
}

function diffItem({ before, after, moved }: Match<FilmItem>): ItemDiff {
  const { id, kind, scene, title, follows } = (after ?? before) as FilmItem;
  return {
    ...{ id, kind, scene, title, follows, moved },
    change: before === null ? 'added' : after === null ? 'removed' : 'kept',
    renamedFrom: before !== null && after !== null && before.id !== after.id ? before.id : null,
    changes:
      before === null || after === null
        ? []
        : [...diffData(before.description, after.description), ...mediaChanges(before, after)],
    before: before === null ? null : itemFacts(before),
    after: after === null ? null : itemFacts(after),
  };
}

/** A reference of the same name with other bytes, a shot that pictures are taken from with another clip. */
function* mediaChanges(before: FilmItem, after: FilmItem): Generator<FieldChange> {
  for (const [field, contents] of after.media) {
    const old = before.media.get(field);
    if (old !== undefined) yield* diffData([...old], [...contents], field);
  }
}

function filmFacts({ checked: { storyboard, timeline }, takes }: FilmState): FilmFacts {
  return {
    file: storyboard.file,
    title: storyboard.title,
    durationSeconds: rounded(framesToSeconds(timeline.frameCount, timeline.fps)),
    frameCount: timeline.frameCount,
    itemCount: storyboard.items.length,
    takeCount: takes.length,
    price: priceOfAll(takes),
  };
}

/** Each distinct take once. */
export function priceOfAll(takes: readonly PlannedTake[]): Sum {
  const { totalMicros, unpriced } = sums(takes);
  return { micros: totalMicros, unpriced: unpriced.total };
}

function itemFacts({ content, durationSeconds, takes }: FilmItem): ItemFacts {
  return {
    content,
    durationSeconds: rounded(durationSeconds),
    takeCount: takes.length,
    price: sumOf(takes.map(({ price }) => price.micros)),
    renderCount: takes.filter(({ action }) => action === 'render').length,
    cost: sumOf(takes.map(({ costMicros }) => costMicros)),
  };
}

/** Microseconds are finer than any frame, and keep 0.1 + 0.2 out of the JSON. */
function rounded(seconds: number): number {
  return Math.round(seconds * 1e6) / 1e6;
}
