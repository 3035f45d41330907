import { promises as fs } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { plan } from '../../src/index.ts';
import type { Sha256 } from '../../src/plan/key.ts';
import { Journal } from '../../src/store/journal/journal.ts';
import type { Submission } from '../../src/store/journal/submission.ts';
import {
  buy,
  emulate,
  expectAllHere,
  journalOf,
  type PaidRun,
  paidProject,
  scripted,
} from '../support/paid.ts';
import { type TestProject, testProject } from '../support/project.ts';
import { REFERENCES, shot, storyboardText } from '../support/storyboards.ts';

const WAVESPEED = 'provider: wavespeed\n';

describe('what others did while a process slept', () => {
  /** Buys two shots; as soon as the first one is submitted, somebody else ends it. */
  async function buyWhile(end: (journal: Journal, row: Submission) => Promise<unknown>) {
    const emulator = await emulate({ serviceMs: 400 });
    const project = await paidProject(2);
    let ending: Promise<unknown> | null = null;
    const result = await buy(project, emulator, {
      concurrency: 1,
      onEvent: ({ type }) => {
        if (type !== 'take-submitted' || ending !== null) return;
        ending = (async () => {
          const journal = await Journal.open(project.path('.storyreel'));
          await end(journal, journal.all()[0] as Submission);
          journal.close();
        })();
      },
    });
    await ending;
    return { emulator, project, result };
  }

  test('a clip that is stored already is fetched by its address, and no run crashes', async () => {
    const { emulator, project, result } = await buyWhile(
      async (journal, row) => await journal.stored(row, 'ab'.repeat(32) as Sha256),
    );
    expect(result).toMatchObject({ exitCode: 0, failed: [] });
    expect(emulator.ledger().requests.submit).toBe(2);
    expect((await plan(['reel.yaml'], { cwd: project.folder })).plan.takes).toMatchObject([
      { action: 'cached' },
      { action: 'cached' },
    ]);
  });

  test('an order that was given up stays so, and the others go on', async () => {
    const { emulator, result } = await buyWhile(
      async (journal, row) => await journal.abandoned(row, { again: false }),
    );
    expect(result).toMatchObject({ exitCode: 3, failed: [{ shot: 's0', failure: { code: 'abandoned' } }] });
    expect(emulator.ledger().requests).toMatchObject({ submit: 2, download: 1 });
  });

  test('Ctrl-C while an answer is lost: held, and said so', async () => {
    const faults = scripted({ point: 'submit', fault: 'hang-after', prompt: 'does s0' });
    const emulator = await emulate({ faults });
    const project = await paidProject(1);
    const stop = new AbortController();
    const buying = buy(project, emulator, { signal: stop.signal });
    await expect.poll(() => emulator.ledger().requests.submit).toBe(1);
    stop.abort();
    const { exitCode, events } = await buying;
    expect(exitCode).toBe(4);
    expect(events).toMatchObject(
      expect.arrayContaining([
        expect.objectContaining({ type: 'take-held', shot: 's0' }),
        expect.objectContaining({ type: 'finished', exitCode: 4, held: 1 }),
      ]),
    );
    expect(events.find(({ type }) => type === 'take-held')).toMatchObject({
      hint: expect.stringContaining('storyreel resolve reel.yaml s0'),
    });
    expect(await buy(project, emulator)).toMatchObject({ exitCode: 0 });
    expect(emulator.ledger().requests.submit).toBe(1);
  });
});

describe('never bought unasked', () => {
  test('--frozen buys no take that the film does not use', async () => {
    const emulator = await emulate();
    const project = await paidProject(1);
    await buy(project, emulator);
    const takes = shot('s0', { takes: 3, pick: 1 });
    await project.write('reel.yaml', storyboardText(takes, WAVESPEED));
    expect(await buy(project, emulator, { frozen: true })).toMatchObject({ exitCode: 0, spentMicros: 0 });
    expect(emulator.ledger().requests.submit).toBe(1);
  });

  test('--frozen with --only still asks for the whole film to be locked', async () => {
    const emulator = await emulate();
    const project = await paidProject(2);
    await buy(project, emulator, { only: 's0' });
    await expect(buy(project, emulator, { frozen: true, only: 's0' })).rejects.toMatchObject({
      code: 'frozen',
      message: expect.stringContaining('s1: take 1 is not locked'),
    });
  });

  test('no ffmpeg to check clips with: said before anything is bought', async () => {
    const emulator = await emulate();
    const project = await paidProject(1);
    const environment = { ...process.env, ...emulator.environment, STORYREEL_FFMPEG: '/nowhere/ffmpeg' };
    await expect(buy(project, emulator, { environment })).rejects.toMatchObject({ exitCode: 1 });
    expect(emulator.ledger().requests.submit).toBeUndefined();
  });

  test('a clip that cannot be read is not taken for one that is gone', async () => {
    const emulator = await emulate();
    const project = await paidProject(1);
    await buy(project, emulator);
    const [bought] = await journalOf(project);
    const clip = project.path(`.storyreel/clips/${bought?.clip?.slice(0, 2)}/${bought?.clip}.mp4`);
    await fs.rm(clip);
    await fs.symlink(clip, clip); // a loop: there is something, and no way to read it
    await expect(buy(project, emulator)).rejects.toMatchObject({
      message: expect.stringContaining(bought?.clip ?? ''),
    });
    expect(emulator.ledger().requests.submit).toBe(1);
  });
});

describe('two runs at once', () => {
  test('draw one seed where the storyboard leaves it open, and keep it', async () => {
    const emulator = await emulate();
    const project = await paidProject(shot('a', { seed: -1, takes: 2 }));
    const runs = await together(2, arrived => buy(project, emulator, { review: arrived, concurrency: 2 }));
    expect(runs.map(({ exitCode }) => exitCode)).toEqual([0, 0]);
    await expectAllHere(project, emulator, 2);
    expect(emulator.ledger().requests).toMatchObject({ upload: 1, put: 1 });
    const [one, two] = (await journalOf(project)).map(({ payload }) => Number(payload.seed));
    expect(Math.abs((one ?? 0) - (two ?? 0))).toBe(1);
  });

  test('retry what failed once between them', async () => {
    const emulator = await emulate({
      faults: scripted({ point: 'task', fault: 'moderated', times: 9 }),
    });
    const project = await paidProject(1);
    await buy(project, emulator);
    await together(2, arrived => buy(project, emulator, { review: arrived, retryFailed: true }));
    expect(emulator.ledger().requests.submit).toBe(2);
  });
});

describe('bought already, under another name', () => {
  test.each([
    ['renamed', shot('c', { prompt: '{mira} dances' })],
    [
      'joined by another shot of the same request',
      ['a', 'b'].map(id => shot(id, { prompt: '{mira} dances' })).join(''),
    ],
  ])('a shot that was %s, with the lock file alone: asked of the service', async (_, shots) => {
    const emulator = await emulate();
    const project = await paidProject(shot('b', { prompt: '{mira} dances' }));
    await buy(project, emulator);
    await fs.rm(project.path('.storyreel'), { recursive: true });
    await fs.mkdir(project.path('.storyreel'));
    await project.write('reel.yaml', storyboardText(shots, WAVESPEED));
    expect(await buy(project, emulator)).toMatchObject({ exitCode: 0, spentMicros: 0 });
    await expectAllHere(project, emulator, 1);
  });

  test('a seed that was drawn is kept by who gives the shot up and buys it anew', async () => {
    const emulator = await emulate({ faults: scripted({ point: 'submit', fault: 'reset-before' }) });
    const project = await paidProject(shot('a', { seed: -1 }));
    expect(await buy(project, emulator)).toMatchObject({ exitCode: 4 });
    const journal = await Journal.open(project.path('.storyreel'));
    const [held] = journal.all();
    if (held === undefined) throw new Error('nothing is held');
    await journal.abandoned(held, { again: true });
    journal.close();
    expect(await buy(project, emulator)).toMatchObject({ exitCode: 0 });
    const seeds = (await journalOf(project)).map(({ payload }) => payload.seed);
    expect(new Set(seeds).size).toBe(1);
  });
});

describe('a budget', () => {
  const BUDGET = `${WAVESPEED}budget: 1\n`;

  test('holds for a storyboard that was moved with its lock file', async () => {
    const emulator = await emulate();
    const project = await paidProject(1, 'budget: 1\n');
    await buy(project, emulator);
    await fs.rename(project.path('reel.lock.yaml'), project.path('film.lock.yaml'));
    await fs.rename(project.path('reel.yaml'), project.path('film.yaml'));
    await project.write('film.yaml', storyboardText(shot('s0') + shot('s1'), BUDGET));
    await expectRefused(project, emulator, 'film.yaml');
  });

  test('holds for one that is reached through a link', async () => {
    const emulator = await emulate();
    const project = await paidProject(1, 'budget: 1\n');
    await buy(project, emulator);
    await fs.rm(project.path('reel.lock.yaml'));
    await project.write('reel.yaml', storyboardText(shot('s0') + shot('s1'), BUDGET));
    const elsewhere = await testProject();
    await fs.rm(elsewhere.path('.storyreel'), { recursive: true });
    await fs.symlink(project.folder, elsewhere.path('linked'));
    await expectRefused(project, emulator, elsewhere.path('linked/reel.yaml'));
    await fs.symlink(project.path('reel.yaml'), project.path('alias.yaml'));
    await expectRefused(project, emulator, 'alias.yaml');
  });

  test('counts a clip that two shots share once, also while it is fetched for another machine', async () => {
    const emulator = await emulate();
    const both = shot('a', { prompt: '{mira} dances' }) + shot('b', { prompt: '{mira} dances' });
    const project = await paidProject(both);
    await buy(project, emulator);
    const other = await testProject({
      ...REFERENCES,
      'reel.lock.yaml': await project.read('reel.lock.yaml'),
      'reel.yaml': storyboardText(both + shot('c'), `${WAVESPEED}budget: 1.40\n`),
    });
    expect(await buy(other, emulator, { concurrency: 1 })).toMatchObject({
      exitCode: 0,
      spentMicros: 700_000,
    });
    expect(emulator.ledger().chargedMicros).toBe(1_400_000);
  });

  async function expectRefused(
    project: TestProject,
    emulator: Awaited<ReturnType<typeof emulate>>,
    file: string,
  ) {
    const { render } = await import('../../src/index.ts');
    const run = render([file], {
      cwd: project.folder,
      environment: { ...process.env, ...emulator.environment },
      confirm: async () => true,
      cut: false,
    });
    await expect(run).rejects.toMatchObject({ code: 'over-budget' });
    expect(emulator.ledger().requests.submit).toBe(1);
  }
});

/** Runs that have all made their plans before one of them goes on. */
async function together(
  count: number,
  run: (arrived: () => Promise<void>) => Promise<PaidRun>,
): Promise<PaidRun[]> {
  let waiting = count;
  let open = () => {};
  const all = new Promise<void>(resolve => {
    open = resolve;
  });
  const arrived = async () => {
    if (--waiting === 0) open();
    await all;
  };
  return await Promise.all(Array.from({ length: count }, () => run(arrived)));
}
