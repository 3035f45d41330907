import { execFileSync, spawn } from 'node:child_process';
import { promises as fs } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { plan, type RenderOptions, render } from '../../src/index.ts';
import { holdStore } from '../../src/store/in-use.ts';
import { deletePrunable, findPrunable, verifyStore } from '../../src/store/inspect.ts';
import { formatLock, lockPath, parseLock } from '../../src/store/lock-file.ts';
import { Store } from '../../src/store/store.ts';
import { doubleProvider } from '../support/double.ts';
import { CLI, cli, type TestProject, testProject } from '../support/project.ts';
import { REFERENCES, shot, storyboardText } from '../support/storyboards.ts';

async function rendered(shots: string, priced: boolean, options: Partial<RenderOptions> = {}) {
  const project = await testProject({ ...REFERENCES, 'reel.yaml': storyboardText(shots) });
  const provider = doubleProvider({ folder: project.path('made'), priced });
  const run = (more: Partial<RenderOptions> = {}) =>
    render(['reel.yaml'], {
      cwd: project.folder,
      customProvider: provider,
      environment: process.env,
      confirm: async () => true,
      cut: false,
      ...options,
      ...more,
    });
  await run();
  return { project, provider, run, store: new Store(project.path('.storyreel')) };
}

describe('the lock file', () => {
  test('pins what was bought, sorted, without clock or totals', async () => {
    const { project } = await rendered(shot('b', { takes: 2 }) + shot('a', { seed: 7 }), true);
    const text = await project.read('reel.lock.yaml');
    const lock = parseLock('reel.lock.yaml', text);
    const locked = lock.shots;
    expect([...locked.keys()]).toEqual(['a', 'b']);
    expect(locked.get('a')?.get(1)).toMatchObject({
      seed: 7,
      cost: '0.70',
      prediction: expect.stringMatching(/^prediction-/),
    });
    expect([...(locked.get('b')?.keys() ?? [])]).toEqual([1, 2]);
    expect(formatLock(lock)).toBe(text);
  });

  test('is not written for free clips', async () => {
    const { project } = await rendered(shot('a'), false);
    await expect(fs.stat(project.path('reel.lock.yaml'))).rejects.toMatchObject({ code: 'ENOENT' });
  });

  test('branches that bought different shots merge', async () => {
    const { project, run } = await rendered(shot('a') + shot('c') + shot('e'), true);
    const git = (...args: string[]) =>
      execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@t', ...args], {
        cwd: project.folder,
        stdio: 'pipe',
      });
    git('init', '-q', '-b', 'main');
    git('add', 'reel.yaml', 'reel.lock.yaml');
    git('commit', '-qm', 'base');
    const branch = async (name: string, shots: string) => {
      git('checkout', '-qb', name, 'main');
      await project.write('reel.yaml', storyboardText(shots));
      await run();
      git('add', 'reel.lock.yaml');
      git('checkout', '-q', '--', 'reel.yaml');
      git('commit', '-qm', name);
    };
    await branch('one', shot('a') + shot('b') + shot('c') + shot('e', { duration: 3 }));
    await branch('two', shot('a', { duration: 4 }) + shot('c') + shot('d') + shot('e'));
    git('merge', '-q', 'one');
    const locked = parseLock('reel.lock.yaml', await project.read('reel.lock.yaml')).shots;
    expect([...locked.keys()]).toEqual(['a', 'b', 'c', 'd', 'e']);
    expect([locked.get('a')?.get(1)?.cost, locked.get('e')?.get(1)?.cost]).toEqual(['0.90', '0.80']);
  });

  test('a conflict, and a broken file, are named with their line', () => {
    const conflict = 'version: 1\nshots:\n<<<<<<< HEAD\n  "a":\n';
    expect(() => parseLock('x.lock.yaml', conflict)).toThrow(/x\.lock\.yaml:3:1: .*merge conflict/);
    expect(() => parseLock('x.lock.yaml', 'version: 1\nshots:\n  a: { 1: { key: nope } }\n')).toThrow(
      /x\.lock\.yaml:3:1: .*take 1 of "a"/,
    );
    expect(() => parseLock('x.lock.yaml', 'version: 2\n')).toThrow(/version: 1/);
  });

  test.each(['-50.00', '1e99', 'abc', '', '0x10', '999999999'])(
    'a cost of %j is none: the take is named with its line',
    cost => {
      const digest = 'a'.repeat(64);
      const take = { key: digest, clip: digest, prediction: null, cost, seed: 1, model: 'm' };
      const fields = Object.entries(take).map(([name, value]) => `      ${name}: ${JSON.stringify(value)}\n`);
      const text = `version: 1\nshots:\n  "b":\n    1:\n${fields.join('')}`;
      expect(() => parseLock('x.lock.yaml', text)).toThrow(/x\.lock\.yaml:3:1: .*take 1 of "b"/);
      expect(parseLock('x.lock.yaml', text.replace(/cost: .*/, 'cost: "0.70"')).shots.size).toBe(1);
    },
  );

  test('stands beside its storyboard', () => {
    expect(['a/storyboard.yaml', 'reel.yml', 'reel.YAML'].map(file => lockPath(file, ''))).toEqual([
      'a/storyboard.lock.yaml',
      'reel.lock.yaml',
      'reel.lock.yaml',
    ]);
    expect(lockPath('reel.yaml', 'draft+lang=de')).toBe('reel@draft+lang=de.lock.yaml');
  });

  test('finds a clip whose record was lost', async () => {
    const { project, provider, run } = await rendered(shot('a'), true);
    await fs.rm(project.path('.storyreel/records'), { recursive: true });
    await run();
    expect(provider.submitted).toHaveLength(1);
  });

  test('a seed of -1 is drawn once, pinned, and kept when the prompt changes', async () => {
    const { project, run } = await rendered(
      shot('a', { seed: -1, takes: 2 }) + shot('b', { seed: -1, prompt: '{mira} does a' }),
      true,
    );
    const seeds = async () => {
      const locked = parseLock('l', await project.read('reel.lock.yaml')).shots;
      return ['a', 'b'].flatMap(id => [...(locked.get(id) ?? [])].map(([, { seed }]) => seed));
    };
    const [first, second, other] = await seeds();
    expect(first).toBeGreaterThanOrEqual(0);
    expect(second).toBe((first ?? 0) + 1);
    expect(other).not.toBe(first); // equal requests, but each draws its own
    await project.write(
      'reel.yaml',
      storyboardText(
        shot('a', { seed: -1, takes: 3, prompt: '{mira} runs' }) +
          shot('b', { seed: -1, prompt: '{mira} does a' }),
      ),
    );
    await run();
    expect(await seeds()).toEqual([first, second, (first ?? 0) + 2, other]);
  });
});

describe('--frozen', () => {
  test('builds from locked clips, submitting nothing', async () => {
    const { provider, run } = await rendered(shot('a'), true);
    const result = await run({ frozen: true, cut: true });
    expect(result.films).toHaveLength(1);
    expect(provider.submitted).toHaveLength(1);
  });

  test.each<[string, (project: TestProject) => Promise<unknown>, RegExp]>([
    [
      'a changed prompt',
      project => project.write('reel.yaml', storyboardText(shot('a', { prompt: '{mira} runs' }))),
      /a: changed since it was locked \(prompt\)/,
    ],
    [
      'a new shot',
      project => project.write('reel.yaml', storyboardText(shot('a') + shot('b'))),
      /b: take 1 is not locked/,
    ],
    [
      'a missing clip',
      project => fs.rm(project.path('.storyreel/clips'), { recursive: true }),
      /a: its clip [0-9a-f]{12}… is not in the store/,
    ],
  ])('refuses %s', async (_, change, message) => {
    const { project, provider, run } = await rendered(shot('a'), true);
    await change(project);
    await expect(run({ frozen: true })).rejects.toMatchObject({
      exitCode: 5,
      code: 'frozen',
      message: expect.stringMatching(message),
    });
    expect(provider.submitted).toHaveLength(1);
  });

  test('refuses free clips, which are never locked', async () => {
    const { run } = await rendered(shot('a'), false);
    await expect(run({ frozen: true })).rejects.toMatchObject({
      exitCode: 5,
      hint: expect.stringMatching(/never locked: leave out --frozen, or buy them first, with [^.]+\.$/),
    });
  });
});

describe('verify', () => {
  test('reads every clip anew and finds a flipped bit that no time stamp shows', async () => {
    const { project, store } = await rendered(shot('a') + shot('b'), false);
    expect(await verifyStore(store)).toMatchObject({ clips: 2, broken: [] });
    const { plan: before } = await plan(['reel.yaml'], {
      cwd: project.folder,
      identity: { name: 'double', version: '1', priced: false },
    });
    const sha256 = before.takes[0]?.clip;
    const clip = store.clipPath(sha256 as NonNullable<typeof sha256>);
    const { atime, mtime } = await fs.stat(clip);
    const bytes = await fs.readFile(clip);
    bytes[60] = (bytes[60] ?? 0) ^ 4;
    await fs.chmod(clip, 0o644);
    await fs.writeFile(clip, bytes);
    await fs.utimes(clip, atime, mtime);
    const { broken } = await verifyStore(new Store(store.folder));
    expect(broken).toEqual([{ sha256, state: 'damaged', keys: [before.takes[0]?.key] }]);
  });
});

const ALL = { olderThanMs: 0, derivedBytes: null };

describe('prune', () => {
  test('finds what nothing uses, and deletes nothing that is bought, locked or in use', async () => {
    const free = await rendered(shot('a') + shot('b'), false);
    await free.project.write('reel.yaml', storyboardText(shot('a') + shot('b', { prompt: '{mira} leaves' })));
    await free.run();
    await free.project.write('.storyreel/clips/.tmp-1-0123456789ab-clip.mp4', 'left by a killed process');
    await free.project.write('.storyreel/clips/.tmp-1-0123456789ab-x/board.png', 'left by a killed drawing');
    const found = await findPrunable(free.store, free.project.folder, ALL);
    expect(found.map(({ kind }) => kind).sort()).toEqual(['clip', 'leftover', 'leftover']);
    await deletePrunable(found);
    expect(
      (await fs.readdir(free.project.path('.storyreel/clips'))).filter(name => name.startsWith('.')),
    ).toEqual([]);
    const { plan: after } = await plan(['reel.yaml'], { cwd: free.project.folder, identity: free.provider });
    expect(after.takes.map(({ action }) => action)).toEqual(['cached', 'cached']);
    expect(await findPrunable(free.store, free.project.folder, ALL)).toEqual([]);

    const bought = await rendered(shot('a'), true);
    await bought.project.write('reel.yaml', storyboardText(shot('z', { prompt: '{bo} sings' })));
    await bought.run();
    // What was seen in the clips when they came costs only time.
    const others = await findPrunable(bought.store, bought.project.folder, ALL);
    expect(others.filter(({ kind }) => kind !== 'derived')).toEqual([]);
  });

  test('of derived pieces those unused for longest go, until the rest fits', async () => {
    const project = await testProject();
    const { derived } = new Store(project.path('.storyreel'));
    const piece = async (key: string) =>
      await derived.get('segments', key, 'mp4', async file => {
        await fs.writeFile(file, Buffer.alloc(1000));
        return null;
      });
    const paths: string[] = [];
    for (const [age, key] of ['aa', 'bb', 'cc'].entries()) {
      const { path } = await piece(key);
      paths.push(path);
      const days = 90 - age;
      await fs.utimes(path, Date.now() / 1000 - days * 86_400, Date.now() / 1000 - days * 86_400);
    }
    await piece('aa'); // the oldest, and used again
    const prune = async (...flags: string[]) =>
      await cli(['cache', 'prune', ...flags, '--json'], { cwd: project.folder });
    const { items } = JSON.parse((await prune('--derived-max', '2.1kB')).stdout);
    expect(items.map(({ path }: { path: string }) => path)).toEqual([paths[1]]);
    expect(JSON.parse((await prune('--older-than', '60')).stdout).items).toHaveLength(2);
    await prune('--derived-max', '0 B', '--older-than', '60', '--delete');
    expect(await fs.readdir(project.path('.storyreel/derived/segments'), { recursive: true })).toEqual(
      expect.arrayContaining(['aa/aa.mp4', 'aa/aa.mp4.json']),
    );
    await expect(fs.stat(paths[1] as string)).rejects.toThrow('ENOENT');
    await expect(fs.stat(`${paths[1]}.json`)).rejects.toThrow('ENOENT');
    expect(await prune('--derived-max', 'much')).toMatchObject({ code: 2 });
  });

  test('a lock file that cannot be read stops it: it may name what would be deleted', async () => {
    const { project, store } = await rendered(shot('a'), false);
    await project.write('other.lock.yaml', 'version: 1\n<<<<<<< ours\n');
    await expect(findPrunable(store, project.folder, ALL)).rejects.toThrow(/merge conflict/);
  });
});

describe('several processes on one store', () => {
  test('many may work, one may have it alone, and a killed one lets go', async () => {
    const project = await testProject();
    const folder = project.path('.storyreel');
    const first = await holdStore(folder, 'shared');
    const second = await holdStore(folder, 'shared');
    await expect(holdStore(folder, 'alone')).rejects.toMatchObject({ code: 'store-in-use', exitCode: 6 });
    first.release();
    second.release();
    const alone = await holdStore(folder, 'alone');
    await expect(holdStore(folder, 'shared')).rejects.toMatchObject({ code: 'store-in-use', exitCode: 6 });
    alone.release();

    const module = new URL('../../dist/store/in-use.js', import.meta.url);
    const holder = spawn(process.execPath, [
      '--input-type=module',
      '-e',
      `
      const { holdStore } = await import(${JSON.stringify(module.href)});
      await holdStore(${JSON.stringify(folder)}, 'shared');
      process.stdout.write('held');
      setInterval(() => {}, 1000);`,
    ]);
    await new Promise(resolve => holder.stdout.once('data', resolve));
    const pruned = await cli(['cache', 'prune', '--store', folder], { cwd: project.folder });
    expect(pruned).toMatchObject({
      code: 6,
      stderr: expect.stringContaining('another storyreel is at work'),
    });
    const gone = new Promise(resolve => holder.once('exit', resolve));
    holder.kill('SIGKILL');
    await gone;
    (await holdStore(folder, 'alone')).release();
  });

  test('two renders at once both end well, and a third finds everything done', async () => {
    const project = await testProject({
      'refs/mira.mp4': 'not playable, and that is fine',
      'refs/bo.mp4': 'nor this',
      'reel.yaml': storyboardText(shot('a') + shot('b', { transition: { type: 'dissolve', duration: 0.5 } })),
    });
    const both = await Promise.all([
      cli(['render', 'reel.yaml'], { cwd: project.folder }),
      cli(['render', 'reel.yaml'], { cwd: project.folder }),
    ]);
    expect(both.map(({ code, stderr }) => [code, /bug in/.test(stderr)])).toEqual([
      [0, false],
      [0, false],
    ]);
    const third = await cli(['render', 'reel.yaml', '--json'], { cwd: project.folder });
    expect(
      third.stdout
        .trim()
        .split('\n')
        .map(line => JSON.parse(line).type),
    ).toEqual(['planned', 'film-unchanged', 'finished']);
  });

  test('what killed drawings left goes whole, also a folder in which nothing was written yet', async () => {
    const project = await testProject();
    const clips = '.storyreel/clips/.tmp-1-000000000000-clip.mp4';
    await fs.mkdir(project.path(`${clips}-empty`), { recursive: true });
    await project.write(`${clips}-begun/board.rgba`, 'half of it');
    const store = new Store(project.path('.storyreel'));
    const leftovers = await findPrunable(store, project.folder, ALL);
    expect(leftovers.map(({ kind, path, bytes }) => [kind, path, bytes]).sort()).toEqual([
      ['leftover', project.path(`${clips}-begun`), 10],
      ['leftover', project.path(`${clips}-empty`), 0],
    ]);
    await deletePrunable(leftovers);
    expect(await fs.readdir(project.path('.storyreel/clips'))).toEqual([]);
  });

  test('a render killed with SIGKILL leaves a store that the next one goes on from', async () => {
    const project = await testProject({
      ...REFERENCES,
      'reel.yaml': storyboardText(shot('a') + shot('b', { duration: 10 }) + shot('c')),
    });
    const child = spawn(process.execPath, [CLI, 'render', 'reel.yaml', '--json', '--concurrency', '1'], {
      cwd: project.folder,
    });
    await new Promise<void>(resolve => {
      let seen = '';
      child.stdout.on('data', chunk => {
        seen += chunk;
        if (seen.includes('"take-rendered"')) resolve();
      });
    });
    const gone = new Promise(resolve => child.once('exit', resolve));
    child.kill('SIGKILL');
    await gone;
    expect((await verifyStore(new Store(project.path('.storyreel')))).broken).toEqual([]);
    const { code, stdout } = await cli(['render', 'reel.yaml', '--json'], { cwd: project.folder });
    const finished = JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
    expect([code, finished.failed, finished.cached >= 1]).toEqual([0, 0, true]);
    expect(finished.rendered + finished.cached).toBe(3);
    const leftovers = await findPrunable(new Store(project.path('.storyreel')), project.folder, ALL);
    await deletePrunable(leftovers);
    const names = await fs.readdir(join(project.folder, '.storyreel'), { recursive: true });
    expect(names.filter(name => name.includes('.tmp-'))).toEqual([]);
  });
});
