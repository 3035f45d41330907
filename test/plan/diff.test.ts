import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { diffData } from '../../src/plan/diff-data.ts';
import { diffWords } from '../../src/plan/diff-words.ts';
import { heaviestRise } from '../../src/plan/heaviest-rise.ts';
import { matchItems } from '../../src/plan/match-items.ts';
import type { Json } from '../../src/plan/request.ts';

describe('words', () => {
  test('any two texts can be read again from what is the same, removed and added', () => {
    const text = fc.array(fc.constantFrom('salt', 'the', '{mira}', ' ', '  ', ', ', 'é', '盐', '\n', '👩‍👧'));
    fc.assert(
      fc.property(text, text, (old, now) => {
        const spans = diffWords(old.join(''), now.join(''));
        const without = (kind: string) =>
          spans
            .filter(span => span.kind !== kind)
            .map(span => span.text)
            .join('');
        expect([without('added'), without('removed')]).toEqual([old.join(''), now.join('')]);
        expect(spans.every(span => span.text !== '')).toBe(true);
      }),
    );
  });

  test('what is short between two changes belongs to them; a name in braces never does', () => {
    expect(diffWords('under a red sail', 'under a torn old sail')).toEqual([
      { kind: 'same', text: 'under a ' },
      { kind: 'removed', text: 'red' },
      { kind: 'added', text: 'torn old' },
      { kind: 'same', text: ' sail' },
    ]);
    expect(diffWords('walks to the sea', 'runs from the harbour').map(({ kind }) => kind)).toEqual([
      'removed',
      'added',
    ]);
    expect(diffWords('old {bo} waits', 'young {bo} sleeps').map(({ kind }) => kind)).toEqual([
      ...['removed', 'added', 'same', 'removed', 'added'],
    ]);
  });

  test('texts of a megabyte are compared whole', () => {
    const [old, now] = ['a ', 'b '].map(word => word.repeat(250_000));
    expect(diffWords(old as string, now as string).map(({ kind }) => kind)).toEqual([
      ...['removed', 'added', 'same'],
    ]);
  });
});

describe('values', () => {
  test('differ in nothing from themselves, and in something from any other', () => {
    const value = fc
      .jsonValue({ maxDepth: 3 })
      // A member that is null is as good as none.
      .map(json => JSON.parse(JSON.stringify(json, (_, member) => member ?? 'nothing')) as Json);
    fc.assert(
      fc.property(value, value, (a, b) => {
        expect([...diffData(a, JSON.parse(JSON.stringify(a)))]).toEqual([]);
        const told = [...diffData({ a }, { a: b })];
        expect(told.length > 0 || sorted(a) === sorted(b)).toBe(true);
        for (const { field, before, after } of told) {
          expect(field.split('.')[0]).toBe('a');
          expect(JSON.stringify(before)).not.toBe(JSON.stringify(after));
        }
      }),
    );
  });

  test('maps member by member, lists of maps by place, other lists whole; a file is its holder', () => {
    const before = { trim: { start: 0 }, voices: [{ gain: 1 }], references: ['mira'], image: { file: 'a' } };
    const after = { trim: { start: 2 }, voices: [{ gain: 1 }, { gain: 2 }], references: [], image: null };
    expect([...diffData(before, after)]).toEqual([
      { field: 'trim.start', before: 0, after: 2 },
      { field: 'voices.2', before: null, after: { gain: 2 } },
      { field: 'references', before: ['mira'], after: [] },
      { field: 'image', before: { file: 'a' }, after: null },
    ]);
    expect([...diffData({ image: { file: 'a' } }, { image: { file: 'b' } })]).toEqual([
      { field: 'image', before: 'a', after: 'b' },
    ]);
  });
});

/** The same text whatever the order of members. */
function sorted(value: Json): string {
  return JSON.stringify(value, (_, member) =>
    member !== null && typeof member === 'object' && !Array.isArray(member)
      ? Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? -1 : 1)))
      : member,
  );
}

describe('the order', () => {
  test('the heaviest rise rises, and none is heavier', () => {
    const items = fc
      .uniqueArray(fc.nat(9), { maxLength: 8 })
      .chain(values =>
        fc.tuple(...values.map(value => fc.record({ value: fc.constant(value), weight: fc.nat(2) }))),
      )
      .map(items => items.map(({ value, weight }) => ({ value, weight: weight + 1 })));
    fc.assert(
      fc.property(items, items => {
        const weigh = (places: readonly number[]) => {
          const chosen = places.map(place => items[place] ?? { value: 0, weight: 0 });
          const rises = chosen.every(({ value }, at) => at === 0 || value > (chosen[at - 1]?.value ?? 0));
          return rises ? chosen.reduce((sum, { weight }) => sum + weight, 0) : -1;
        };
        const subsets = Array.from({ length: 2 ** items.length }, (_, bits) =>
          items.map((_, place) => place).filter(place => (bits >> place) & 1),
        );
        const rise = [...heaviestRise(items)].sort((a, b) => a - b);
        expect(weigh(rise)).toBe(Math.max(...subsets.map(weigh)));
      }),
    );
  });

  const item = (id: string, scene: string | null = null, shows = id) => ({ id, scene, shows });

  test('every item of then and of now is there once, those of now in their order', () => {
    const items = fc.uniqueArray(
      fc.record({
        id: fc.constantFrom(...'abcdefgh'),
        scene: fc.constantFrom('x', 'y'),
        shows: fc.constantFrom(...'123'),
      }),
      { selector: ({ id }) => id },
    );
    fc.assert(
      fc.property(items, items, (old, now) => {
        const matches = matchItems(old, now);
        expect(matches.flatMap(({ after }) => after ?? [])).toEqual(now);
        expect(new Set(matches.flatMap(({ before }) => before ?? []))).toEqual(new Set(old));
        expect(matches.length).toBeLessThanOrEqual(old.length + now.length);
        for (const { before, after } of matches) {
          if (before !== null && after !== null)
            expect(before.id === after.id || before.shows === after.shows).toBe(true);
        }
      }),
    );
  });

  test('one that moved is one line; of two that changed places, the one in another scene', () => {
    const then = [...'abcdef'].map(id => item(id));
    const now = [...'bcdeaf'].map(id => item(id));
    expect(matchItems(then, now).flatMap(({ after, moved }) => (moved ? after?.id : []))).toEqual(['a']);
    const crossed = matchItems(
      [item('landfall', 'market'), item('watch', 'crossing')],
      [item('watch', 'market'), item('landfall', 'market')],
    );
    expect(crossed.flatMap(({ after, moved }) => (moved ? after?.id : []))).toEqual(['watch']);
  });

  test('what shows the same under another name was renamed; what is gone stands where it was', () => {
    const matches = matchItems(
      [item('a'), item('b'), item('c', null, 'the quay'), item('d')],
      [item('a'), item('quay', null, 'the quay'), item('e')],
    );
    expect(matches.map(({ before, after }) => [before?.id, after?.id])).toEqual([
      ['a', 'a'],
      ['b', undefined],
      ['c', 'quay'],
      ['d', undefined],
      [undefined, 'e'],
    ]);
  });
});
