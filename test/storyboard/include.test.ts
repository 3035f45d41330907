import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkFiles } from '../../src/project/check-files.ts';
import type { ReferenceFile } from '../../src/storyboard/storyboard.ts';
import { expandData, writtenBrace } from '../../src/storyboard/variables.ts';
import { testProject } from '../support/project.ts';

const VARIABLES = new Map([
  ['hero', '{mira}'],
  ['both', '{mira} and {bo} {'],
  ['plain', 'salt $5'],
]);

/** A stretch of a text as it is written, and what becomes of it. */
const pieces = fc.array(
  fc.oneof(
    fc
      .constantFrom('walks ', 'a', '}', '$ ', '{mira}', '{{', '{ ', '\n')
      .map(text => ({ written: text, expanded: text, name: null })),
    fc.constantFrom(...VARIABLES.keys()).map(name => ({
      written: `\${${name}}`,
      expanded: VARIABLES.get(name) as string,
      name,
    })),
    fc.constant({ written: '$${', expanded: '${', name: null }),
  ),
);

describe('variables', () => {
  test('are filled in, and every brace is found where it was written', () => {
    fc.assert(
      fc.property(pieces, parts => {
        const written = parts.map(part => part.written).join('');
        expect(expandData(written, VARIABLES)).toBe(parts.map(part => part.expanded).join(''));
        const braces = (text: string) => text.split('{').length - 1;
        let [before, brace] = [0, 0];
        for (const { written: own, expanded, name } of parts) {
          for (let index = 0; index < braces(expanded); index++) {
            const there = { brace: name === null ? before + index : before, name };
            expect(writtenBrace(written, brace++, VARIABLES)).toEqual(there);
          }
          before += braces(own);
        }
      }),
    );
  });

  test('are never filled in twice, nor in what has none', () => {
    const data = { a: ['x', { b: 'y {mira} $5' }], c: 7 };
    expect(expandData(data, VARIABLES)).toBe(data);
    expect(
      expandData(
        { a: '${x}' },
        new Map([
          ['x', '${y}'],
          ['y', 'no'],
        ]),
      ),
    ).toEqual({ a: '${y}' });
  });
});

const NAMES = ['mira', 'bo', 'crane', 'harbour'];

describe('included files', () => {
  test('are as if it all stood in one file, whoever includes whom', async () => {
    const layout = fc.record({
      // Which file holds each name, and which files each file includes: of those behind it, so that there is no circle.
      holders: fc.array(fc.nat(3), { minLength: NAMES.length, maxLength: NAMES.length }),
      includes: fc.array(fc.array(fc.nat(3)), { minLength: 4, maxLength: 4 }),
    });
    await fc.assert(
      fc.asyncProperty(layout, async ({ holders, includes }) => {
        const folders = ['', 'one/', 'one/two/', 'three/'];
        const fileOf = (index: number) => (index === 0 ? 'reel.yaml' : `${folders[index]}cast${index}.yaml`);
        const up = (index: number) => (folders[index] ?? '').replaceAll(/[^/]+/g, '..');
        const files: Record<string, string> = Object.fromEntries(
          NAMES.map(name => [`refs/${name}.mp4`, name]),
        );
        for (const index of [0, 1, 2, 3]) {
          const others = [...new Set([...(includes[index] ?? []), index + 1])].filter(
            other => other > index && other < 4,
          );
          const own = NAMES.filter((_, name) => holders[name] === index);
          files[fileOf(index)] = [
            'version: 1',
            ...(index === 0
              ? [`shots: [{ id: a, prompt: "${NAMES.map(name => `{${name}}`).join(' ')}" }]`]
              : []),
            ...(others.length > 0
              ? [`include: [${others.map(other => up(index) + fileOf(other)).join(', ')}]`]
              : []),
            ...(own.length > 0 ? ['characters:'] : []),
            ...own.map(name => `  ${name}: { videos: [${up(index)}refs/${name}.mp4] }`),
          ].join('\n');
        }
        const project = await testProject(files);
        const { storyboards, diagnostics } = await checkFiles(['reel.yaml'], project.folder);
        expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
        const references = storyboards[0]?.storyboard.shots[0]?.references ?? [];
        expect(references.map(({ name, videos }) => [name, (videos[0] as ReferenceFile).file])).toEqual(
          NAMES.map(name => [name, `refs/${name}.mp4`]),
        );
      }),
      { numRuns: 30 },
    );
  });

  test('lead so deep and no deeper', async () => {
    const chain = Array.from({ length: 40 }, (_, index) => [
      `${index}.yaml`,
      `version: 1\ninclude: [${index + 1}.yaml]\n${index === 0 ? 'shots: [{ id: a, card: { title: A } }]\n' : ''}`,
    ]);
    const project = await testProject({ ...Object.fromEntries(chain), '40.yaml': 'style: bright\n' });
    const { diagnostics } = await checkFiles(['0.yaml'], project.folder);
    expect(diagnostics.map(({ file, code }) => [file, code])).toEqual([['31.yaml', 'nested-too-deep']]);
  });

  test('lie inside the project', async () => {
    const project = await testProject({
      'film/.storyreel/keep': '',
      'film/reel.yaml': 'version: 1\ninclude: [../cast.yaml]\nshots: [{ id: a, card: { title: A } }]\n',
      'cast.yaml': 'style: bright\n',
    });
    const { diagnostics } = await checkFiles(['film/reel.yaml'], project.folder);
    expect(diagnostics.map(({ code }) => code)).toEqual(['file-outside']);
  });

  test('bring defaults, style and fonts of which the storyboard says nothing itself', async () => {
    const project = await testProject({
      'refs/mira.mp4': 'mira',
      'cast.yaml':
        'variables: { town: Oran }\nstyle: "35mm, ${town}"\ndefaults: { duration: 7, resolution: 1080p }\ncharacters: { mira: { videos: [refs/mira.mp4] } }\n',
      'film/reel.yaml':
        'version: 1\ninclude: [../cast.yaml]\nvariables: { town: Rome }\ndefaults: { duration: 4 }\nshots: [{ id: a, prompt: "{mira} walks" }]\n',
    });
    const checked = async (variables?: Map<string, string>) => {
      const { storyboards } = await checkFiles(['film/reel.yaml'], project.folder, { variables });
      return storyboards[0]?.shots[0];
    };
    expect((await checked())?.composition.body).toMatchObject({
      ...{ duration: 4, resolution: '1080p', prompt: 'Video 1 walks, 35mm, Rome' },
      videos: ['../refs/mira.mp4'],
    });
    const spoken = await checked(new Map([['town', 'a {mira}']]));
    expect(spoken?.composition.body.prompt).toBe('Video 1 walks, 35mm, a Video 1');
    await expect(checked(new Map([['twon', 'x']]))).rejects.toMatchObject({
      code: 'no-variable',
      message: expect.stringContaining('did you mean "town"'),
    });
  });
});
