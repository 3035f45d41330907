import { spawn } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { Failure, type RenderEvent } from '../../src/index.ts';
import type { Emulator } from '../emulator/emulator.ts';
import type { ScriptedFault } from '../emulator/faults.ts';
import { buy, chargesPerOrder, emulate, expectAllHere, journalOf, paidProject } from '../support/paid.ts';
import type { TestProject } from '../support/project.ts';

const INDEX = new URL('../../dist/index.js', import.meta.url).href;

interface Crash {
  /** Where in the life of the first shot's submission. */
  readonly point: string;
  /** What brings it there. */
  readonly fault: ScriptedFault | null;
  /** How the next run ends: 0 all here, 3 failed, 4 held. */
  readonly next: 0 | 3 | 4;
}

const NORMAL = ['intent', 'submitted', 'completed', 'stored'];
const CRASHES: Crash[] = [
  ...NORMAL.flatMap(state => [crash(`before-${state}`, null, 0), crash(`after-${state}`, null, 0)]),
  crash('before-unknown', { point: 'submit', fault: 'reset-after' }, 0),
  crash('after-unknown', { point: 'submit', fault: 'reset-after' }, 0),
  // Refused, but the refusal was not written down: nobody can know.
  crash('before-rejected', { point: 'submit', fault: 'rate-limit-bare' }, 4),
  crash('after-rejected', { point: 'submit', fault: 'rate-limit-bare' }, 0),
  crash('before-failed', { point: 'task', fault: 'failed' }, 3),
  crash('after-failed', { point: 'task', fault: 'failed' }, 3),
];

function crash(point: string, fault: ScriptedFault | null, next: Crash['next']): Crash {
  // Written down, and never sent: that looks like sent and lost.
  return { point, fault, next: point === 'after-intent' ? 4 : next };
}

describe('a process that dies at any point is gone on from, and nothing is paid twice', () => {
  test.each(CRASHES)('SIGKILL $point', async ({ point, fault, next }) => {
    const { project, emulator } = await setUp(fault);
    expect(await killedAt(point, project, emulator)).toBe('SIGKILL');
    await expectSound(project, emulator, next);
  });

  test.each(
    // What fails before a state is written is the database's own; what fails after it is anything else.
    CRASHES.map(one => ({
      ...one,
      code: one.point.startsWith('before') ? ('disk-full' as const) : ('io-error' as const),
    })),
  )('$code $point', async ({ point, fault, next, code }) => {
    const { project, emulator } = await setUp(fault);
    const run = buy(project, emulator, {
      only: 's0',
      checkpoint: at => {
        if (at === point) throw new Failure(code, `no luck at ${at}`);
      },
    });
    const error = await run.then(
      () => null,
      (reason: Failure) => reason,
    );
    expect(error).toMatchObject({ code });
    // What is paid for and cannot be written down is at least told.
    const [prediction] = emulator.service.predictions.keys();
    if (point === 'before-submitted') {
      expect(error).toMatchObject({ message: expect.stringContaining(prediction ?? ''), exitCode: 4 });
    }
    await expectSound(project, emulator, next);
  });

  test('a disk that is full for a moment costs nothing but the moment', async () => {
    for (const point of ['before-submitted', 'before-unknown', 'before-rejected']) {
      const { project, emulator } = await setUp(CRASHES.find(one => one.point === point)?.fault ?? null);
      let thrown = 0;
      const checkpoint = (at: string) => {
        if (at === point && thrown++ < 2) throw new Failure('disk-full', `no luck at ${at}`);
      };
      expect(await buy(project, emulator, { concurrency: 1, checkpoint })).toMatchObject({ exitCode: 0 });
      expect(thrown).toBeGreaterThan(2);
      await expectAllHere(project, emulator, 2);
    }
  });

  test('a disk that stays full: each clip that was paid for is told by its id', async () => {
    const { project, emulator } = await setUp(null);
    const events: RenderEvent[] = [];
    const run = buy(project, emulator, {
      concurrency: 2,
      onEvent: event => events.push(event),
      checkpoint: at => {
        if (at === 'before-submitted') throw new Failure('disk-full', `no luck at ${at}`);
      },
    });
    await expect(run).rejects.toMatchObject({ exitCode: 4 });
    const told = events.flatMap(event => (event.type === 'take-held' ? [event.message] : [])).join('\n');
    expect(emulator.service.predictions.size).toBe(2);
    for (const id of emulator.service.predictions.keys()) expect(told).toContain(id);
    await expectSound(project, emulator, 0);
  });
});

async function setUp(fault: ScriptedFault | null) {
  const faults = fault === null ? {} : { scripted: [{ ...fault, prompt: 'does s0' }] };
  return { project: await paidProject(2), emulator: await emulate({ faults }) };
}

async function expectSound(project: TestProject, emulator: Emulator, next: Crash['next']): Promise<void> {
  const again = await buy(project, emulator, { concurrency: 1 });
  expect(again.exitCode).toBe(next);
  if (next === 0) return await expectAllHere(project, emulator, 2);
  // The other shot is here, and the first one neither charged twice nor forgotten.
  expect([...chargesPerOrder(emulator).values()].filter(times => times > 1)).toEqual([]);
  const states = (await journalOf(project)).map(({ shot, state }) => `${shot} ${state}`);
  expect(states.sort()).toEqual([next === 3 ? 's0 failed' : 's0 unknown', 's1 stored']);
}

/** Renders in a process of its own that kills itself at a point; returns what ended it. */
function killedAt(point: string, project: TestProject, emulator: Emulator): Promise<string | null> {
  const program = `
    const { render } = await import(${JSON.stringify(INDEX)});
    await render(['reel.yaml'], {
      cwd: ${JSON.stringify(project.folder)}, environment: process.env, confirm: async () => true, cut: false,
      only: 's0', checkpoint: at => { if (at === ${JSON.stringify(point)}) process.kill(process.pid, 'SIGKILL'); },
    });`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
    env: { ...process.env, ...emulator.environment },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  return new Promise(resolve => child.once('exit', (_, signal) => resolve(signal)));
}
