import { promises as fs } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { type DiagnosticExplanation, exampleLines } from '../../src/explanations/explanation.ts';
import { type DiagnosticCode, type FailureCode, TOPICS } from '../../src/explanations/explanations.ts';
import { checkFiles } from '../../src/project/check-files.ts';
import { testProject } from '../support/project.ts';
import { inRepository } from '../support/repository.ts';

const all = TOPICS.flatMap(topic =>
  Object.entries(topic.explanations).map(([code, explanation]) => ({
    code,
    kind: topic.kind,
    ...explanation,
  })),
);
const diagnostics = TOPICS.flatMap(topic =>
  topic.kind === 'error' || topic.kind === 'warning'
    ? Object.entries<DiagnosticExplanation>(topic.explanations).map(([code, { example }]) => ({
        code,
        severity: topic.kind,
        example,
      }))
    : [],
);

describe('the example of a diagnostic', () => {
  test('is there for all but what no small text can show', () => {
    const without = diagnostics.filter(({ example }) => example === null).map(({ code }) => code);
    expect(without).toEqual(['file-too-large', 'invalid']);
  });

  test('has that mistake and no other, and none when it is mended', async () => {
    const project = await testProject();
    const media = fileURLToPath(inRepository('storyboards/salt-road/refs'));
    await fs.cp(media, project.path('refs'), { recursive: true });
    await fs.copyFile(project.path('refs/chest.mp4'), project.path('refs/lid.mp4'));
    await fs.copyFile(inRepository('test/golden/check/refs/voice.wav'), project.path('refs/voice.wav'));
    const told: unknown[] = [];
    const expected: unknown[] = [];
    for (const { code, severity, example } of diagnostics) {
      if (example === null) continue;
      const check = async (state: string, sign: '-' | '+') => {
        for (const [file, text] of filesOf(example, sign))
          await project.write(`${code}-${state}/${file}`, text);
        await fs.symlink(project.path('refs'), project.path(`${code}-${state}/refs`));
        const found = await checkFiles([`${code}-${state}/storyboard.yaml`], project.folder);
        return [...new Set(found.diagnostics.map(one => `${one.severity} ${one.code}`))];
      };
      told.push({ code, before: await check('before', '-'), after: await check('after', '+') });
      expected.push({ code, before: [`${severity} ${code}`], after: [] });
    }
    expect(told).toEqual(expected);
  });
});

describe('explanations', () => {
  test('are there for every code that compiles', () => {
    // @ts-expect-error: no code is without one
    const unexplained: DiagnosticCode | FailureCode = 'not-explained';
    expect(all.map(({ code }) => code)).not.toContain(unexplained);
  });

  test('are of codes that something tells of', async () => {
    const root = fileURLToPath(inRepository('src'));
    const sources = await fs.readdir(root, { recursive: true });
    const texts = await Promise.all(
      sources
        .filter(file => file.endsWith('.ts') && !file.startsWith('explanations'))
        .map(file => fs.readFile(`${root}/${file}`, 'utf8')),
    );
    const whole = texts.join('\n');
    expect(all.filter(({ code }) => !whole.includes(`'${code}'`)).map(({ code }) => code)).toEqual([]);
  });

  test('are phrases where they stand behind a code, and sentences elsewhere', () => {
    const odd = all.filter(
      ({ means, mend }) => !/^[^A-Z\s].*[^.\s]$/.test(means) || !/^[A-Z`].*\.$/.test(mend),
    );
    expect(odd.map(({ code }) => code)).toEqual([]);
  });
});

/** The files of an example before (`-`) or after (`+`) it is mended. */
function filesOf(example: string, sign: '-' | '+'): Map<string, string> {
  const files = new Map<string, string>();
  let file = 'storyboard.yaml';
  for (const line of exampleLines(example)) {
    if (!/^([ +-] |$)/.test(line)) file = line;
    else if (line[0] === ' ' || line[0] === sign)
      files.set(file, `${files.get(file) ?? ''}${line.slice(2)}\n`);
  }
  return files;
}
