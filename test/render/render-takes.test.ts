import { expect, test } from 'vitest';
import type { PlannedTake } from '../../src/plan/plan.ts';
import { renderTakes } from '../../src/render/render-takes.ts';
import type { ClipRecord } from '../../src/store/record.ts';

const takes = Array.from(
  { length: 200 },
  (_, n) => ({ key: `k${n}`, shot: `s${n}`, take: 1, action: 'render', depth: 0, media: [] }) as unknown,
) as PlannedTake[];

test('where fetching does not keep up, no more clips are bought ahead of it', async () => {
  const waiting: (() => void)[] = [];
  let bought = 0;
  let fetched = 0;
  let mostAhead = 0;
  const rendering = renderTakes(takes, {
    source: {
      obtain: () => {
        bought++;
        mostAhead = Math.max(mostAhead, bought - fetched);
        return Promise.resolve(async () => {
          await new Promise<void>(resolve => waiting.push(resolve));
          fetched++;
          return {} as ClipRecord;
        });
      },
      isElsewhere: () => false,
      spentMicros: () => 0,
      inFlight: () => 0,
    },
    concurrency: 4,
    stop: new AbortController(),
    emit: () => {},
    onClip: () => {},
  });
  while (fetched < takes.length) {
    await new Promise(setImmediate);
    waiting.shift()?.();
  }
  expect(await rendering).toEqual({ rendered: takes.length, failed: [] });
  expect(bought).toBe(takes.length);
  // 4 in the making, 16 being fetched, and as many again of both that wait.
  expect(mostAhead).toBe(40);
});
