import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { applyEdit, editPick } from '../../src/storyboard/edit-pick.ts';
import { type Path, parseYaml } from '../../src/storyboard/parse-yaml.ts';
import { formatEdit } from '../../src/terminal/format-edit.ts';

function picked(text: string, path: Path, take: number): string | null {
  const edit = editPick({ file: 'reel.yaml', text }, path, take);
  return edit === null ? null : applyEdit(text, edit);
}

describe('pick is edited in place', () => {
  test.each<[string, string, string]>([
    [
      'its digits',
      'shots:\n  - id: a\n    pick:   1   # mine\n',
      'shots:\n  - id: a\n    pick:   2   # mine\n',
    ],
    ['quoted', '{"shots": [{"id":"a","pick":1}]}', '{"shots": [{"id":"a","pick":2}]}'],
    [
      'a line behind takes',
      'shots:\n- id: a\n  takes: 3 # x\n\n- b',
      'shots:\n- id: a\n  takes: 3 # x\n  pick: 2\n\n- b',
    ],
    [
      'a line behind the id',
      'shots:\n  - id: a\n    prompt: |+\n      b\n\n',
      'shots:\n  - id: a\n    pick: 2\n    prompt: |+\n      b\n\n',
    ],
    [
      'CRLF',
      'shots:\r\n  - id: a # \t x\r\n    takes: 3',
      'shots:\r\n  - id: a # \t x\r\n    takes: 3\r\n    pick: 2',
    ],
    ['an entry of a flow map', 'shots: [{ id: a, takes: 3 }]\n', 'shots: [{ id: a, takes: 3, pick: 2 }]\n'],
    [
      'a flow map on lines',
      'shots:\n  - {\n    id: a, # x\n  }\n',
      'shots:\n  - {\n    id: a, pick: 2, # x\n  }\n',
    ],
    [
      'keys in quotes',
      'shots:\n  - "id": a\n    "takes": 3\n',
      'shots:\n  - "id": a\n    "takes": 3\n    "pick": 2\n',
    ],
    [
      'seeds on lines',
      'shots:\n  - id: a\n    takes:\n      seeds:\n        - 7 # x\n    title: b\n',
      'shots:\n  - id: a\n    takes:\n      seeds:\n        - 7 # x\n    pick: 2\n    title: b\n',
    ],
    [
      'seeds in brackets',
      'shots:\n  - id: a\n    takes: { seeds: [7,\n      8] }\n',
      'shots:\n  - id: a\n    takes: { seeds: [7,\n      8] }\n    pick: 2\n',
    ],
    ['question marks', 'shots:\n  - ? id\n    : a\n', 'shots:\n  - ? id\n    : a\n    pick: 2\n'],
    [
      'an alias for the value',
      'shots:\n  - id: a\n    pick: *n # x\n',
      'shots:\n  - id: a\n    pick: 2 # x\n',
    ],
    [
      'an anchor that nobody uses',
      'shots:\n  - id: a\n    pick: &n 1\n',
      'shots:\n  - id: a\n    pick: &n 2\n',
    ],
  ])('%s', (_, before, after) => {
    const text = before.includes('*n') ? `seed: &n 1\n${before}` : before;
    const wanted = before.includes('*n') ? `seed: &n 1\n${after}` : after;
    expect(picked(text, ['shots', 0], 2)).toBe(wanted);
  });

  test.each<[string, string]>([
    ['the shot', 'shots:\n  - &s\n    id: a\n    takes: 2\n  - *s\n'],
    ['the list of shots', 'shots: &s\n  - id: a\n    takes: 2\nscenes:\n  - shots: *s\n'],
    ['its number', 'shots:\n  - id: a\n    pick: &n 1\n  - id: b\n    pick: *n\n'],
  ])('nothing is edited where another part shares %s', (_, text) => {
    expect(picked(text, ['shots', 0], 2)).toBeNull();
  });

  test('the data is the same but for the pick, and the rest of the text to the byte', () => {
    fc.assert(
      fc.property(storyboards, fc.nat(3), fc.integer({ min: 1, max: 100 }), ({ text, shots }, at, take) => {
        const path = ['shots', at % shots];
        const edit = editPick({ file: 'reel.yaml', text }, path, take);
        expect(edit).not.toBeNull();
        if (edit === null) return;
        const after = applyEdit(text, edit);
        const before = parseYaml({ file: 'x', text }).data as { shots: Record<string, unknown>[] };
        const data = parseYaml({ file: 'x', text: after }).data as typeof before;
        expect(data.shots[at % shots]?.pick).toBe(take);
        const expected = structuredClone(before);
        (expected.shots[at % shots] as Record<string, unknown>).pick = take;
        expect(data).toEqual(expected);
        // One stretch of the text is another one, and it holds nothing but digits or a pick.
        const { start, end } = edit.range;
        expect(after.startsWith(text.slice(0, start)) && after.endsWith(text.slice(end))).toBe(true);
        expect(text.slice(start, end)).toMatch(/^\d*$/);
        expect(edit.text).toMatch(/^(\d+|[\r\n\t ,]*["']?pick["']?: \d+[\r\n]*)$/);
      }),
      { numRuns: 300 },
    );
  });
});

/** Shots in every way that an author may write them. */
const storyboards = fc
  .record({
    lineBreak: fc.constantFrom('\n', '\r\n'),
    ending: fc.boolean(),
    shots: fc.array(
      fc.record({
        flow: fc.boolean(),
        quote: fc.constantFrom('', '"', "'"),
        takes: fc.constantFrom(null, '3', '&t 3', '{ seeds: [1, 2] }'),
        pick: fc.option(fc.integer({ min: 1, max: 9 })),
        comment: fc.constantFrom('', ' # a comment', ' #\ttabs\t: { [', '   '),
        prompt: fc.constantFrom(
          '"{mira} walks"',
          "'it''s #1: a'",
          'plain: text'.replace(':', ''),
          '|BLOCK',
          '>-BLOCK',
        ),
        first: fc.boolean(),
        gap: fc.constantFrom('', 'GAP', '# between'),
      }),
      { minLength: 1, maxLength: 4 },
    ),
  })
  .map(({ lineBreak, ending, shots }) => {
    const lines = ['version: 1', '# shots', 'shots:'];
    for (const [index, shot] of shots.entries()) {
      const name = (key: string) => shot.quote + key + shot.quote;
      const takes = shot.takes?.replace('&t', `&t${index}`) ?? null;
      const pairs: string[][] = [[`${name('id')}: s${index}`]];
      const block = shot.prompt.replace('BLOCK', '');
      if (shot.flow) pairs.push([`${name('prompt')}: ${shot.prompt.includes('BLOCK') ? 'x' : shot.prompt}`]);
      else if (block === shot.prompt) pairs.push([`${name('prompt')}: ${block}`]);
      else pairs.push([`${name('prompt')}: ${block}`, '  pick: 7', '', '    deeper']);
      if (takes !== null) pairs.push([`${name('takes')}: ${takes}`]);
      if (shot.pick !== null)
        pairs.splice(shot.first ? 0 : pairs.length, 0, [`${name('pick')}: ${shot.pick}`]);
      if (shot.flow) lines.push(`  - { ${pairs.flat().join(', ')} }${shot.comment}`);
      else {
        const own = pairs.flatMap(pair => (pair.length === 1 ? [`${pair[0]}${shot.comment}`] : pair));
        lines.push(...own.map((line, at) => (line === '' ? '' : `${at === 0 ? '  - ' : '    '}${line}`)));
      }
      if (shot.gap !== '') lines.push(shot.gap === 'GAP' ? '' : `  ${shot.gap}`);
    }
    return { text: lines.join(lineBreak) + (ending ? lineBreak : ''), shots: shots.length };
  });

describe('the edit as a diff', () => {
  const diff = (before: string, after: string) =>
    formatEdit({ file: 'reel.yaml', text: before }, { file: 'reel.yaml', text: after }, false);

  test('three lines around what changes', () => {
    expect(diff('1\n2\n3\n4\n5\n6\n7\n8\n', '1\n2\n3\n4\nfive\n6\n7\n8\n')).toBe(
      '--- reel.yaml\n+++ reel.yaml\n@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+five\n 6\n 7\n 8\n',
    );
  });

  test('a line at the end of a file without a last line break', () => {
    expect(diff('1\n2', '1\n2\n3')).toBe(
      '--- reel.yaml\n+++ reel.yaml\n@@ -1,2 +1,3 @@\n 1\n-2\n\\ No newline at end of file\n+2\n+3\n\\ No newline at end of file\n',
    );
  });
});
