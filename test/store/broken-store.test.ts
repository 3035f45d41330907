import { spawn } from 'node:child_process';
import { promises as fs } from 'node:fs';
import { dirname } from 'node:path';
import { describe, expect, test } from 'vitest';
import { cli, type TestProject, testProject } from '../support/project.ts';
import { REFERENCES, shot, storyboardText } from '../support/storyboards.ts';

const CARD = `version: 1
title: Test
cut: { size: 64x36 }
shots:
  - { id: a, card: { title: A }, duration: 0.5 }
`;

async function reel(): Promise<TestProject> {
  return await testProject({
    ...REFERENCES,
    'card.yaml': CARD,
    'bought.yaml': storyboardText(shot('a'), 'provider: wavespeed\n'),
  });
}

const GARBAGE = Buffer.alloc(9000, 'garbage');
type Break = (path: string) => Promise<unknown>;
const folderInstead: Break = async path => await fs.mkdir(path);
const garbage: Break = async path => await fs.writeFile(path, GARBAGE);
/** SQLite may not make the file: as in a folder that is another user's, which stops every user but root. */
const unmakeable: Break = async path => await fs.symlink('nowhere/file.db', path);
const storeIsFile: Break = async path => {
  await fs.rm(dirname(path), { recursive: true });
  await fs.writeFile(dirname(path), '');
};

describe('a store that cannot be worked in is told in two lines', () => {
  test.each<[string, Break, RegExp]>([
    [
      'a folder in the place of the lock',
      folderInstead,
      /in-use\.db cannot be used: it is a folder.*\n {2}Move it/,
    ],
    [
      'a lock that cannot be made',
      unmakeable,
      /in-use\.db cannot be used: it cannot be opened\n {2}Make the store/,
    ],
    [
      'a file in the place of the store',
      storeIsFile,
      /something of that name is there.*\.storyreel\)\n {2}Move it/,
    ],
  ])('%s', async (_, spoil, told) => {
    const { folder, path } = await reel();
    await spoil(path('.storyreel/in-use.db'));
    for (const args of [
      ['render', 'card.yaml'],
      ['cache', 'prune'],
    ]) {
      const { code, stderr } = await cli(args, { cwd: folder });
      expect([code, stderr.replace('0 takes: nothing to render\n', '')]).toEqual([
        1,
        expect.stringMatching(told),
      ]);
      expect(stderr).not.toMatch(/bug in|^ +at /m);
    }
  });

  test.each<[string, Break, RegExp]>([
    [
      'a folder in the place of the journal',
      folderInstead,
      /it is a folder.*\n {2}Move the folder away.*backup/,
    ],
    ['a journal that cannot be opened', unmakeable, /it cannot be opened\n {2}Make the store writable/],
    [
      'a journal that holds something else',
      garbage,
      /it is not a journal\n {2}Restore it from a backup\. .*reconcile/,
    ],
  ])('%s, which is left as it is', async (_, spoil, told) => {
    const { folder, path } = await reel();
    const journal = path('.storyreel/journal.db');
    await spoil(journal);
    const before = await fs.lstat(journal);
    const env = { WAVESPEED_API_KEY: 'nobodys-key', WAVESPEED_URL: 'http://127.0.0.1:9' };
    const { code, stderr } = await cli(['reconcile'], { cwd: folder, env });
    expect([code, stderr]).toEqual([1, expect.stringMatching(told)]);
    expect(stderr).toContain('/.storyreel/journal.db cannot be used');
    expect(stderr).not.toMatch(/bug in|^ +at /m);
    const after = await fs.lstat(journal);
    expect([after.ino, after.size]).toEqual([before.ino, before.size]);
  });
});

describe('a lock file that holds something else', () => {
  test('is emptied: nothing but locks was ever in it', async () => {
    const { folder, path } = await reel();
    await garbage(path('.storyreel/in-use.db'));
    expect(await cli(['render', 'card.yaml'], { cwd: folder })).toMatchObject({ code: 0 });
    await garbage(path('.storyreel/in-use.db'));
    expect(await cli(['cache', 'prune'], { cwd: folder })).toMatchObject({ code: 0 });
  });

  test('is still held by whoever held it before', async () => {
    const { folder, path } = await reel();
    const module = new URL('../../dist/store/in-use.js', import.meta.url);
    const holder = spawn(process.execPath, [
      '--input-type=module',
      '-e',
      `
      const { holdStore } = await import(${JSON.stringify(module.href)});
      await holdStore(${JSON.stringify(path('.storyreel'))}, 'shared');
      process.stdout.write('held');
      setInterval(() => {}, 1000);`,
    ]);
    await new Promise(resolve => holder.stdout.once('data', resolve));
    await garbage(path('.storyreel/in-use.db'));
    const prune = () => cli(['cache', 'prune'], { cwd: folder });
    expect(await prune()).toMatchObject({ code: 6, stderr: expect.stringContaining('is at work') });
    const gone = new Promise(resolve => holder.once('exit', resolve));
    holder.kill('SIGKILL');
    await gone;
    expect(await prune()).toMatchObject({ code: 0 });
  });
});
