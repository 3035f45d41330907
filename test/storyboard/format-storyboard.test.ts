import { promises as fs } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Document, isMap, isScalar, isSeq, parseDocument, visit } from 'yaml';
import { schemaPath } from '../../src/project/language.ts';
import { formatStoryboard } from '../../src/storyboard/format-storyboard.ts';
import { parseYaml } from '../../src/storyboard/parse-yaml.ts';
import { inRepository } from '../support/repository.ts';

const SCHEMA = JSON.parse(await fs.readFile(schemaPath('storyboard.schema.json'), 'utf8'));
const TOP = Object.keys(SCHEMA.properties);

/** Formats, and expects that to be the end of it. */
function formatted(text: string): string {
  const { text: once, diagnostics } = formatStoryboard('film.yaml', text, SCHEMA);
  expect(diagnostics).toEqual([]);
  expect(formatStoryboard('film.yaml', once ?? '', SCHEMA).text).toBe(once);
  return once ?? '';
}

describe('the one form', () => {
  test('keys in the order of the schema, two spaces, quotes where needed; comments stay with what they are about', () => {
    expect(
      formatted(`# yaml-language-server: $schema=x
title: "A b" # t
version: 1
# about defaults
defaults: { resolution: 720p, aspect_ratio: "16:9",   duration: 5 }


characters:                       # trailing
  # first
  mira: { description: 'a salt trader', videos: [ refs/mira.mp4 ] }
  bo:   { image: refs/bo.png,   videos: [refs/bo.mp4, refs/bo-from-behind-with-the-lamp.mp4, refs/bo-with-the-rope.mp4]}  # after
  # end of characters

cut: { fps: 30, # frames
  transition: {type: cut} }
scenes:
- shots:
    - prompt: "{mira} walks"
      id: arrival
      # before pick
      pick: 2
      # the last of the shot
    # before the second
    - id: "b"   # c
      prompt: >-
           A folded
           text with {mira}

             more

      title: several
         plain
         lines # tail
      dialogue: |+
         kept

  id: harbour
# before the second scene
-   id: two
    shots: [{id: x, prompt: 'It''s "so"'}, {id: y, prompt: "no"}]
# end
`),
    ).toBe(`# yaml-language-server: $schema=x
version: 1
title: A b # t
# about defaults
defaults: { resolution: 720p, aspect_ratio: "16:9", duration: 5 }

characters: # trailing
  # first
  mira: { description: a salt trader, videos: [refs/mira.mp4] }
  bo: # after
    videos: [refs/bo.mp4, refs/bo-from-behind-with-the-lamp.mp4, refs/bo-with-the-rope.mp4]
    image: refs/bo.png
  # end of characters

cut:
  fps: 30 # frames
  transition: { type: cut }

scenes:
  - id: harbour
    shots:
      - id: arrival
        prompt: "{mira} walks"
        # before pick
        pick: 2
        # the last of the shot
      # before the second
      - id: b # c

        title: several
          plain
          lines # tail
        prompt: >-
          A folded
          text with {mira}

            more
        dialogue: |+
          kept

  # before the second scene
  - id: two
    shots: [{ id: x, prompt: It's "so" }, { id: y, prompt: "no" }]
# end
`);
  });

  test('all of our own storyboards have it', async () => {
    const folder = fileURLToPath(inRepository('storyboards'));
    const files = (await fs.readdir(folder, { recursive: true })).filter(name => name.endsWith('.yaml'));
    expect(files.length).toBeGreaterThan(5);
    for (const file of files) {
      const text = await fs.readFile(join(folder, file), 'utf8');
      expect(formatted(text)).toBe(text);
    }
  });

  test('a mark at the beginning and the line breaks of Windows stay', () => {
    expect(formatted('\ufefftitle: a\r\nversion:   1\r\n')).toBe('\ufeffversion: 1\r\ntitle: a\r\n');
  });

  test('what is said of the file stays at its top', () => {
    expect(formatted('# Ours, all of it.\n\n# The name\ntitle: a\nversion: 1\n')).toBe(
      '# Ours, all of it.\n\nversion: 1\n# The name\ntitle: a\n',
    );
  });

  test('an alias stays behind its anchor, though the schema would have it first', () => {
    const text = 'version: 1\nshots:\n  - prompt: &p A door\n    id: a\n  - id: b\n    prompt: *p\n';
    expect(formatted(text)).toBe(
      'version: 1\n\nshots:\n  - id: a\n    prompt: &p A door\n  - id: b\n    prompt: *p\n',
    );
    const turned = 'shots:\n  - prompt:   &p A door\n    id: a\ntitle: *p\nversion: 1\n';
    expect(formatted(turned)).toBe(turned.replace('   &p', ' &p').replace('title', '\ntitle'));
  });

  test('the opening of a document stays', () => {
    expect(formatted('%YAML 1.2\n---\ntitle: a\nversion: 1\n')).toBe(
      '%YAML 1.2\n---\nversion: 1\ntitle: a\n',
    );
  });

  test.each([
    ['several documents', 'version: 1\n---\nversion: 1\n', 'several-documents'],
    ['a key twice', 'version: 1\nversion: 1\n', 'duplicate-key'],
    ['no YAML', 'version: [1\n', 'yaml-syntax'],
    ['nothing', '', 'empty'],
    ['brackets without end', '['.repeat(100_000), 'nested-too-deep'],
    ['a byte that is no text', 'title: \ufffd\n', 'not-text'],
  ])('%s: refused, with the place', (_, text, code) => {
    const { text: result, diagnostics } = formatStoryboard('film.yaml', text, SCHEMA);
    expect([result, diagnostics[0]?.code]).toEqual([null, code]);
  });
});

describe('whatever the author wrote', () => {
  const words = fc.oneof(
    fc.constantFrom(
      '{mira} walks',
      'A door: open',
      'yes',
      '16:9',
      '# no comment',
      ' led by a space',
      'a, b',
      "it's",
      '',
      '-',
      '?',
    ),
    fc.constantFrom(
      'two\nlines',
      'a text\n\nwith a gap\n',
      'ends in breaks\n\n\n',
      '  indented\nthen not',
      'x'.repeat(120),
    ),
    fc.lorem({ maxCount: 30 }),
    fc.string({ maxLength: 12 }).map(text => text.replace(/[\p{C}\ufffd]/gu, '')),
  );
  const shot = fc.record(
    {
      dialogue: fc.array(fc.record({ speaker: words, text: words }), { maxLength: 2 }),
      prompt: words,
      id: words,
      pick: fc.nat(9),
    },
    { requiredKeys: ['prompt'] },
  );
  const board = fc.record(
    {
      scenes: fc.array(fc.record({ shots: fc.array(shot, { maxLength: 3 }), id: words }), { maxLength: 3 }),
      characters: fc.dictionary(
        fc.constantFrom('bo', 'mira', 'a b', '7'),
        fc.record({ videos: fc.array(words), image: words }),
      ),
      title: words,
      version: fc.constant(1),
    },
    { requiredKeys: ['version', 'scenes'] },
  );
  const STYLES = ['PLAIN', 'QUOTE_DOUBLE', 'QUOTE_SINGLE', 'BLOCK_FOLDED', 'BLOCK_LITERAL'] as const;

  /** The data in some style of YAML, `dice` says in which. */
  function written(data: unknown, dice: () => number): string {
    const document = new Document(data, { aliasDuplicateObjects: false });
    visit(document, (_, node) => {
      if (isScalar(node) && typeof node.value === 'string')
        node.type = STYLES[dice() % STYLES.length] ?? 'PLAIN';
      if ((isMap(node) || isSeq(node)) && dice() % 4 === 0) node.flow = true;
    });
    const options = { indent: 1 + (dice() % 6), indentSeq: dice() % 2 === 0, lineWidth: 20 + (dice() % 100) };
    return document.toString(options);
  }

  /** With comments and blank lines between the lines, wherever that leaves the data as it is. */
  function remarked(text: string, dice: () => number): string {
    let result = text;
    for (let count = dice() % 8; count > 0; count--) {
      const lines = result.split('\n');
      const at = dice() % lines.length;
      const line = lines[at] ?? '';
      const remark = `# remark ${count}`;
      const kind = dice() % 3;
      if (kind === 0) lines.splice(at, 0, ' '.repeat(dice() % 9) + remark);
      else if (kind === 1 && line.trim() !== '') lines[at] = `${line} ${remark}`;
      else lines.splice(at, 0, '');
      const next = lines.join('\n');
      if (JSON.stringify(dataOf(next)) === JSON.stringify(dataOf(text))) result = next;
    }
    return result;
  }

  const dataOf = (text: string) => {
    const { data, diagnostics } = parseYaml({ file: '', text });
    return diagnostics.length === 0 ? data : undefined;
  };

  test('the data stay, the comments stay, the keys are in order, and once is enough', () => {
    fc.assert(
      fc.property(board, fc.infiniteStream(fc.nat(1000)), (data, stream) => {
        const dice = () => stream.next().value as number;
        const text = remarked(written(data, dice), dice);
        const before = dataOf(text);
        fc.pre(before !== undefined);
        const after = formatted(text);
        expect(dataOf(after)).toEqual(before);
        const remarks = (whole: string) => (whole.match(/# remark \d/g) ?? []).sort();
        expect(remarks(after)).toEqual(remarks(text));
        const keys = Object.keys(parseDocument(after).toJS());
        expect(keys).toEqual(TOP.filter(key => keys.includes(key)));
      }),
      { numRuns: 120 },
    );
  });
});
