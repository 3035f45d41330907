import { promises as fs } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { makeFolder } from '../../src/store/make-folder.ts';
import { cli, testProject } from '../support/project.ts';
import { REFERENCES, shot, storyboardText } from '../support/storyboards.ts';

const CARD = `version: 1
title: Test
cut: { size: 64x36 }
shots:
  - { id: a, card: { title: A }, duration: 0.5 }
`;

const REFUSED = /: (permission denied|the file system is read-only).*\n {2}Make the folder writable for you/;

/** Whoever may write into /proc is told by it that there is no such folder, and whoever may not, that he may not. */
describe('where no folder can be made', () => {
  test.each([
    [['cut', 'card.yaml', '--out', '/proc/x']],
    [['cut', 'card.yaml', '--out', '/proc']],
    [['cut', 'card.yaml', '--store', '/proc/x']],
    [['init', '/proc/x/y']],
    [['plan', 'reel.yaml', '--out', '/proc/x/plan.json']],
  ])('%j ends', async args => {
    const { folder } = await testProject({
      ...REFERENCES,
      'card.yaml': CARD,
      'reel.yaml': storyboardText(shot('a')),
    });
    const { code, stderr } = await cli(args, { cwd: folder });
    expect([code, stderr]).toEqual([1, expect.stringMatching(REFUSED)]);
    expect(stderr).toContain('/proc');
  });

  test('folders that several make at once are all made', async () => {
    const { path } = await testProject();
    const folders = Array.from({ length: 20 }, (_, n) => path(`a/b/c/d/${n % 4}`));
    await Promise.all(folders.map(makeFolder));
    await Promise.all(folders.map(makeFolder));
    expect((await fs.readdir(path('a/b/c/d'))).sort()).toEqual(['0', '1', '2', '3']);
    await fs.writeFile(path('file'), '');
    await expect(makeFolder(path('file'))).rejects.toMatchObject({ code: 'EEXIST' });
    await expect(makeFolder(path('file/x/y'))).rejects.toMatchObject({ code: 'ENOTDIR' });
  });
});
