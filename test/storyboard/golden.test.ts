import { promises as fs } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { TOPICS } from '../../src/explanations/explanations.ts';
import { checkFiles } from '../../src/project/check-files.ts';
import { countDiagnostics, formatDiagnostics } from '../../src/terminal/format-diagnostics.ts';
import { testProject } from '../support/project.ts';

const FOLDER = fileURLToPath(new URL('../golden/check/', import.meta.url));
/** A file, or a folder where a case has model files beside its storyboard. */
const cases = (await fs.readdir(FOLDER)).filter(name => /\.yaml$|^model-[a-z-]+$/.test(name)).sort();

/** Every code that `check` can print, but `invalid`: no keyword of our schemas leads there. */
const CODES = TOPICS.filter(({ kind }) => kind === 'error' || kind === 'warning')
  .flatMap(({ explanations }) => Object.keys(explanations))
  .filter(code => code !== 'invalid');

/** Control characters, and the marks that reorder text: a storyboard must not get them onto a terminal. */
const CONTROLS = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/;

const texts = new Map<string, Promise<string>>();
/** What is printed for a case; checked once, however many tests ask. */
function printedCase(name: string): Promise<string> {
  const text = texts.get(name) ?? printed(name, FOLDER);
  texts.set(name, text);
  return text;
}

async function printed(file: string, cwd: string): Promise<string> {
  const { diagnostics, sources } = await checkFiles([file], cwd, { everyProfile: true });
  return `${formatDiagnostics(diagnostics, sources, false)}\n${countDiagnostics(diagnostics)}\n`;
}

function expectFitToPrint(text: string): void {
  expect(text).toMatch(/\d (error|warning)/);
  expect(text).not.toMatch(/^ {4}at /m);
  expect(text).not.toMatch(CONTROLS);
  expect(text.isWellFormed()).toBe(true);
}

// `npm run test:update` writes what is printed now; read the difference before you commit it.
describe('bad input, and the exact text that is printed', () => {
  test.each(cases)('%s', async name => {
    const text = await printedCase(name);
    expectFitToPrint(text);
    await expect(text).toMatchFileSnapshot(join(FOLDER, `${name.replace(/\.yaml$/, '')}.txt`));
  });

  test('there are at least 75 cases', () => {
    expect(cases.length).toBeGreaterThanOrEqual(75);
  });

  test('no text is left over from a case that is gone', async () => {
    const left = (await fs.readdir(FOLDER)).filter(name => name.endsWith('.txt'));
    expect(
      left
        .map(name => name.replace(/\.txt$/, ''))
        .filter(name => !cases.includes(`${name}.yaml`) && !cases.includes(name)),
    ).toEqual([]);
  });

  test('every code occurs in a case', async () => {
    const found = new Set(['file-too-large']); // made by the test below, not kept on disk
    for (const name of cases) {
      const text = await printedCase(name);
      for (const [, code = ''] of text.matchAll(/^\S+:\d+:\d+ .* \[([a-z-]+)\]$/gm)) found.add(code);
    }
    expect([...found].sort()).toEqual([...CODES].sort());
  });
});

describe('hostile files', () => {
  test.each([20, 50])('a file of %d MB is refused without being read', async megabytes => {
    const project = await testProject({ 'big.yaml': Buffer.alloc(megabytes * 1024 * 1024, 'a: b\n') });
    const { diagnostics } = await checkFiles(['big.yaml'], project.folder);
    expect(diagnostics.map(({ code, message }) => [code, message])).toEqual([
      ['file-too-large', `the file has ${megabytes} MB; a storyboard has at most 16`],
    ]);
    expectFitToPrint(await printed('big.yaml', project.folder));
  });

  test.each([
    ['100,000 open brackets', '['.repeat(100_000), 'nested-too-deep'],
    ['values nested 100 deep', `version: ${'['.repeat(100)}${']'.repeat(100)}`, 'nested-too-deep'],
    ['bytes that are no UTF-8', Buffer.from([0x76, 0x3a, 0x20, 0xff, 0xfe, 0x0a]), 'not-text'],
    ['Latin-1', Buffer.from('version: 1\ntitle: K\u00fcste\n', 'latin1'), 'not-text'],
    ['UTF-16', Buffer.from('\ufeffversion: 1\n', 'utf16le'), 'not-text'],
    ['a NUL', 'version: 1\0\n', 'not-text'],
    ['half of a surrogate pair', 'version: 1\ntitle: "\\ud800"\n', 'not-text'],
    ['half of a surrogate pair in a key', 'version: 1\n"\\udc00": 1\n', 'not-text'],
    ['20,000 duplicate keys', 'a: 1\n'.repeat(20_000), 'duplicate-key'],
  ])('%s', async (_, content, code) => {
    const project = await testProject({ 'hostile.yaml': content });
    const { diagnostics } = await checkFiles(['hostile.yaml'], project.folder);
    expect(diagnostics.map(diagnostic => diagnostic.code)).toContain(code);
    expectFitToPrint(await printed('hostile.yaml', project.folder));
  });

  test('a link that leads out of the project is not followed', async () => {
    const project = await testProject({
      'film/storyboard.yaml':
        'version: 1\ncharacters:\n  m: { videos: [m.mp4] }\nshots:\n  - { id: a, prompt: "{m}" }\n',
      'film/.storyreel/keep': '',
      'secret.mp4': 'private',
    });
    await fs.symlink('../secret.mp4', project.path('film/m.mp4'));
    const { diagnostics } = await checkFiles(['film'], project.folder);
    expect(diagnostics.map(({ code }) => code)).toEqual(['file-outside']);
  });

  test('a device that never ends is not read', async () => {
    await expect(checkFiles(['/dev/zero'], '/')).rejects.toMatchObject({ code: 'not-readable', exitCode: 2 });
  });

  test('links that lead nowhere, or in a circle, are missing files', async () => {
    const project = await testProject({
      'storyboard.yaml':
        'version: 1\ncharacters:\n  m: { videos: [round.mp4, gone.mp4] }\nshots:\n  - { id: a, prompt: "{m}" }\n',
    });
    await fs.symlink('round.mp4', project.path('round.mp4'));
    await fs.symlink('nowhere.mp4', project.path('gone.mp4'));
    const { diagnostics } = await checkFiles(['storyboard.yaml'], project.folder);
    expect(diagnostics.map(({ code }) => code)).toEqual(['file-missing', 'file-missing']);
  });
});

// Each of these crashed or hung an earlier version.
describe('faults of the past', () => {
  test.each([
    [
      'a number in a list of references',
      'version: 1\ncharacters:\n  m: { videos: [m.mp4] }\nshots:\n  - { id: a, prompt: "{m}", references: [7] }\n',
    ],
    [
      'a long line that is cut inside an emoji',
      `version: 1\ncharacters:\n  m: { videos: [m.mp4] }\nshots:\n  - id: a\n    prompt: "{m}${'\u{1f600}'.repeat(61)} {mm}"\n`,
    ],
    ['more diagnostics than arguments fit on the stack', 'a: 1\n'.repeat(150_000)],
  ])('%s', async (_, content) => {
    const project = await testProject({ 'fault.yaml': content });
    expectFitToPrint(await printed('fault.yaml', project.folder));
  });

  test('100,000 nested brackets are nested too deep', async () => {
    const project = await testProject({ 'fault.yaml': `a: ${'['.repeat(100_000)}${']'.repeat(100_000)}` });
    const { diagnostics } = await checkFiles(['fault.yaml'], project.folder);
    expect(diagnostics.map(({ code }) => code)).toContain('nested-too-deep');
  });
});
