import fc from 'fast-check';
import { expect, test } from 'vitest';
import { movedSince, parseSavedPlan, type SavedPlan } from '../../src/plan/saved-plan.ts';

const FILE = { file: 'reel.yaml', sha256: 'a'.repeat(64) };
const TAKE = {
  ...{ storyboard: 'reel.yaml', shot: 's0', take: 1, key: 'k', action: 'render', replaces: null },
  ...{ references: [FILE], price: '0.70', cost: '0.70' },
};
const SAVED: SavedPlan = {
  ...{ version: 1, kind: 'storyreel-plan', storyboards: [FILE], locks: [{ ...FILE, sha256: null }] },
  options: {
    ...{ files: ['reel.yaml'], provider: 'wavespeed', only: null, retryFailed: false, profile: null },
    ...{ variables: { place: 'harbour' }, fill: 'animatic', maxCost: '5.00' },
  },
  takes: [TAKE, { ...TAKE, shot: 's1', action: 'cached', price: null, cost: '0.00' }],
  cost: '0.70',
};

const paths = (value: unknown): (readonly string[])[] =>
  value === null || typeof value !== 'object'
    ? [[]]
    : [[], ...Object.entries(value).flatMap(([name, one]) => paths(one).map(path => [name, ...path]))];

function withValue(value: unknown, [step, ...rest]: readonly string[], put: unknown): unknown {
  if (step === undefined) return put;
  const copy = (Array.isArray(value) ? [...value] : { ...(value as object) }) as Record<string, unknown>;
  copy[step] = withValue(copy[step], rest, put);
  return copy;
}

test('a saved plan that somebody has written in is read as it is, or not at all', () => {
  expect(parseSavedPlan(JSON.stringify(SAVED))).toEqual(SAVED);
  expect(movedSince(SAVED, SAVED)).toEqual([]);
  expect(parseSavedPlan(JSON.stringify(withValue(SAVED, ['options', 'maxCost'], 7)))).toBe(null);
  fc.assert(
    fc.property(
      fc.constantFrom(...paths(SAVED)),
      fc.oneof(fc.constantFrom(null, 7, 'x', '-1', [], {}, [null]), fc.jsonValue()),
      (path, put) => {
        const saved = parseSavedPlan(JSON.stringify(withValue(SAVED, path, put)));
        if (saved === null) return;
        expect(Array.isArray(movedSince(saved, SAVED))).toBe(true);
        const { files, provider, variables, maxCost } = saved.options;
        for (const text of [...files, provider, ...Object.values(variables), maxCost ?? ''])
          expect(text).toBeTypeOf('string');
      },
    ),
  );
});
