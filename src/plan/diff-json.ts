import { formatDifference, formatDollars } from '../model/money.ts';
import type { FilmDiff, FilmFacts, FilmsDiff, ItemDiff, ItemFacts } from './diff-films.ts';
import type { Json } from './request.ts';

/** What `diff --json` prints; schemas/diff.schema.json describes it. */
export function diffToJson(diff: FilmsDiff): Json {
  return {
    version: 1,
    provider: diff.provider.name,
    currency: 'USD',
    base: diff.base === null ? null : { ...diff.base },
    films: diff.films.map(filmToJson),
    cost: {
      before: formatDollars(diff.beforeMicros),
      after: formatDollars(diff.afterMicros),
      difference: formatDifference(diff.afterMicros - diff.beforeMicros),
      new: formatDollars(diff.newMicros),
    },
  };
}

function filmToJson({ before, after, changes, items, toRender }: FilmDiff): Json {
  return {
    before: before === null ? null : factsToJson(before),
    after: factsToJson(after),
    changes: changes.map(change => ({ ...change })),
    shots: items.map(itemToJson),
    render: toRender.map(({ shot, take, costMicros }) => ({ shot, take, cost: formatDollars(costMicros) })),
  };
}

function factsToJson({ itemCount, takeCount, priceMicros, ...facts }: FilmFacts): Json {
  return { ...facts, shots: itemCount, takes: takeCount, price: formatDollars(priceMicros) };
}

function itemToJson({ before, after, changes, ...item }: ItemDiff): Json {
  return {
    ...item,
    changes: changes.map(change => ({ ...change })),
    before: before === null ? null : thenToJson(before),
    after:
      after === null
        ? null
        : { ...thenToJson(after), render: after.renderCount, cost: formatDollars(after.costMicros) },
  };
}

function thenToJson({ content, durationSeconds, takeCount, priceMicros }: ItemFacts) {
  return { content, durationSeconds, takes: takeCount, price: formatDollars(priceMicros) };
}
