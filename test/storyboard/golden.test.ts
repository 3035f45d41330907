import { promises as fs } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { checkFiles } from '../../src/project/check-files.ts';
import { countDiagnostics, formatDiagnostics } from '../../src/terminal/format-diagnostics.ts';
import { testProject } from '../support/project.ts';

const FOLDER = fileURLToPath(new URL('../golden/check/', import.meta.url));
const cases = (await fs.readdir(FOLDER)).filter(name => name.endsWith('.yaml')).sort();

async function printed(file: string, cwd: string): Promise<string> {
  const { diagnostics, sources } = await checkFiles([file], cwd);
  return `${formatDiagnostics(diagnostics, sources, false)}\n${countDiagnostics(diagnostics)}\n`;
}

// `npm run test:update` writes what is printed now; read the difference before you commit it.
describe('bad input, and the exact text that is printed', () => {
  test.each(cases)('%s', async name => {
    const text = await printed(name, FOLDER);
    expect(text).toMatch(/\d (error|warning)/);
    expect(text).not.toMatch(/^ {4}at /m);
    expect(text).not.toContain('\u001b');
    await expect(text).toMatchFileSnapshot(join(FOLDER, name.replace(/\.yaml$/, '.txt')));
  });

  test('there are at least 60 cases', () => {
    expect(cases.length).toBeGreaterThanOrEqual(60);
  });
});

describe('hostile files', () => {
  test('a file of 50 MB is refused without being read', async () => {
    const project = await testProject({ 'big.yaml': Buffer.alloc(50 * 1024 * 1024, 'a: b\n') });
    const { diagnostics } = await checkFiles(['big.yaml'], project.folder);
    expect(diagnostics.map(({ code, message }) => [code, message])).toEqual([
      ['file-too-large', 'the file has 50 MB; a storyboard has at most 16'],
    ]);
  });

  test.each([
    ['100,000 open brackets', '['.repeat(100_000), 'yaml-syntax'],
    ['values nested 100 deep', `version: ${'['.repeat(100)}${']'.repeat(100)}`, 'nested-too-deep'],
    ['bytes that are no UTF-8', Buffer.from([0x76, 0x3a, 0x20, 0xff, 0xfe, 0x0a]), 'not-text'],
    ['a NUL', 'version: 1\0\n', 'not-text'],
    ['half of a surrogate pair', 'version: 1\ntitle: "\\ud800"\n', 'not-text'],
    ['20,000 duplicate keys', 'a: 1\n'.repeat(20_000), 'duplicate-key'],
  ])('%s', async (_, content, code) => {
    const project = await testProject({ 'hostile.yaml': content });
    const { diagnostics } = await checkFiles(['hostile.yaml'], project.folder);
    expect(diagnostics.map(diagnostic => diagnostic.code)).toContain(code);
    await printed('hostile.yaml', project.folder);
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
});
