import { promises as fs } from 'node:fs';
import { expect, test } from 'vitest';
import { FileWatcher } from '../../src/project/file-watcher.ts';
import { testProject } from '../support/project.ts';

test('says whether anything was not followed before, so that it is read again', async () => {
  const project = await testProject({ 'reel.yaml': '', 'refs/mira.mp4': '' });
  const watcher = new FileWatcher(() => {});
  const [reel, mira] = [project.path('reel.yaml'), project.path('refs/mira.mp4')];
  try {
    expect(watcher.follow([reel])).toBe(true);
    expect(watcher.follow([reel])).toBe(false);
    expect(watcher.follow([reel, mira])).toBe(true);
    expect(watcher.follow([reel, mira])).toBe(false);
    expect(watcher.follow([reel, project.path('gone/bo.mp4')])).toBe(true);
    expect(watcher.follow([reel, project.path('gone/bo.mp4')])).toBe(false);
  } finally {
    watcher.close();
  }
});

test('hundreds of saves open no more watchers', async () => {
  const project = await testProject({ 'reel.yaml': '', 'refs/mira.mp4': '' });
  const watcher = new FileWatcher(() => {});
  const open = () => process.getActiveResourcesInfo().filter(kind => kind === 'FSEventWrap').length;
  const before = open();
  try {
    watcher.follow([project.path('reel.yaml'), project.path('refs/mira.mp4')]);
    const first = open();
    expect(first).toBeGreaterThan(before);
    for (let n = 0; n < 300; n++) {
      watcher.follow([project.path('reel.yaml')]);
      watcher.follow([project.path('reel.yaml'), project.path('refs/mira.mp4')]);
    }
    // The loop closes handles after its immediates: they are gone in the turn after this one.
    for (let turn = 0; turn < 2; turn++) await new Promise(done => setImmediate(done));
    expect(open()).toBe(first);
  } finally {
    watcher.close();
  }
});

test('a file that is written in several steps is told of once, after the last', async () => {
  const project = await testProject({ 'reel.yaml': 'one', 'other.txt': '' });
  const seen: string[] = [];
  let wake = () => {};
  const told = new Promise<void>(done => {
    wake = done;
  });
  const file = project.path('reel.yaml');
  const watcher = new FileWatcher(() => {
    fs.readFile(file, 'utf8').then(text => {
      seen.push(text);
      wake();
    });
  });
  try {
    watcher.follow([file]);
    await fs.writeFile(project.path('other.txt'), 'of no matter');
    await fs.truncate(file);
    await fs.appendFile(file, 'two, ');
    await fs.appendFile(file, 'three');
    await told;
    expect(seen).toEqual(['two, three']);
  } finally {
    watcher.close();
  }
});
