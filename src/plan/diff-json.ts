import { dollarsOrNull, formatDifference, type Sum, sumOrNull } from '../model/money.ts';
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
      before: dollars(diff.before),
      after: dollars(diff.after),
      difference: difference(diff),
      new: dollars(diff.cost),
    },
  };
}

function filmToJson({ before, after, changes, items, toRender }: FilmDiff): Json {
  return {
    before: before === null ? null : factsToJson(before),
    after: factsToJson(after),
    changes: changes.map(change => ({ ...change })),
    shots: items.map(itemToJson),
    render: toRender.map(({ shot, take, costMicros }) => ({ shot, take, cost: dollarsOrNull(costMicros) })),
  };
}

function factsToJson({ itemCount, takeCount, price, ...facts }: FilmFacts): Json {
  return { ...facts, shots: itemCount, takes: takeCount, price: dollars(price) };
}

function itemToJson({ before, after, changes, ...item }: ItemDiff): Json {
  return {
    ...item,
    changes: changes.map(change => ({ ...change })),
    before: before === null ? null : thenToJson(before),
    after:
      after === null ? null : { ...thenToJson(after), render: after.renderCount, cost: dollars(after.cost) },
  };
}

function thenToJson({ content, durationSeconds, takeCount, price }: ItemFacts) {
  return { content, durationSeconds, takes: takeCount, price: dollars(price) };
}

function dollars(sum: Sum): string | null {
  return dollarsOrNull(sumOrNull(sum));
}

function difference({ before, after }: FilmsDiff): string | null {
  const [old, now] = [sumOrNull(before), sumOrNull(after)];
  return old === null || now === null ? null : formatDifference(now - old);
}
