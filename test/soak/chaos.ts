import { spawn } from 'node:child_process';
import { promises as fs, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Journal } from '../../src/store/journal/journal.ts';
import { Store } from '../../src/store/store.ts';
import { Emulator, type EmulatorOptions } from '../emulator/emulator.ts';
import { inRepository } from '../support/repository.ts';

export interface ChaosOptions {
  /** An empty folder for the project. */
  readonly folder: string;
  readonly shots: number;
  /** SIGKILLs at random moments. */
  readonly kills: number;
  /** Processes that render the same storyboard at once. */
  readonly processes: number;
  readonly concurrency: number;
  readonly seed: number;
  readonly emulator: EmulatorOptions;
  readonly onRound?: (words: string) => void;
}

/** What the ledger of the service says about a run, against the store. */
export interface ChaosReport {
  readonly runs: number;
  readonly killed: number;
  readonly submits: number;
  readonly injected: number;
  readonly charges: number;
  /** Orders that were charged more than once: must be none. */
  readonly doubles: readonly string[];
  /** Charged predictions whose clip is not in the store, and of which the journal does not say why: must be none. */
  readonly lost: readonly string[];
  /** Submissions of which nobody knows whether they were charged. */
  readonly held: number;
  /** Shots without a clip at the end. */
  readonly missing: number;
  readonly exitCode: number;
  /** The largest resident memory of any process, in MB. */
  readonly peakMegabytes: number;
  readonly seconds: number;
}

/** The built command line. */
const CLI = fileURLToPath(inRepository('dist/cli.js'));

/**
 * Renders a storyboard against a faulty service while its processes are killed at random, as often as it takes;
 * then compares the service's own ledger with what is here.
 */
export async function chaos(options: ChaosOptions): Promise<ChaosReport> {
  const started = Date.now();
  const random = randomNumbers(options.seed);
  await writeProject(options);
  const emulator = await Emulator.start(options.emulator);
  let runs = 0;
  let killed = 0;
  let aimed = 0;
  let exitCode = -1;
  let peakMegabytes = 0;
  try {
    // Held submissions are looked for again by each run: a few more may find some.
    let calm = 0;
    while (aimed < options.kills || (exitCode !== 0 && calm < 3)) {
      const round = Array.from({ length: options.processes }, () => start(options, emulator));
      runs += round.length;
      const victim = aimed < options.kills ? round[Math.floor(random() * round.length)] : undefined;
      if (victim !== undefined) {
        // Early kills meet planning and uploads, late ones everything else.
        const done = await Promise.race([victim.ended, sleep(300 + random() * (2500 + options.shots * 4))]);
        if (done === undefined) {
          victim.kill();
          killed++;
          aimed++;
        } else if (done.code === 0 || done.code === 4) aimed = options.kills; // there is nothing left to kill
      }
      const results = await Promise.all(round.map(({ ended }) => ended));
      for (const result of results) peakMegabytes = Math.max(peakMegabytes, result.peakMegabytes);
      const codes = results.map(({ code }) => code);
      exitCode = Math.max(...codes.map(code => code ?? 128));
      calm = exitCode === 4 ? calm + 1 : 0;
      options.onRound?.(
        `run ${runs}, ${killed} killed, exit ${codes.join(' ')}: ${emulator.ledger().charges.length} charged`,
      );
      const bug = results.find(({ stderr }) => /bug in storyreel/.test(stderr));
      if (bug !== undefined) throw new Error(bug.stderr.slice(-4000));
      if (runs > 40 * (options.kills + options.processes)) throw new Error('it does not come to an end');
    }
    return await report(options, emulator, { runs, killed, exitCode, peakMegabytes, started });
  } finally {
    await emulator.close();
  }
}

async function writeProject({ folder, shots }: ChaosOptions): Promise<void> {
  await fs.mkdir(join(folder, '.storyreel'), { recursive: true });
  await fs.mkdir(join(folder, 'refs'), { recursive: true });
  await fs.writeFile(join(folder, 'refs/mira.mp4'), 'a reference that nobody plays');
  const lines = Array.from(
    { length: shots },
    (_, n) => `  - { id: s${n}, prompt: "{mira} does ${n}", duration: 2 }`,
  );
  const head =
    'version: 1\ntitle: Chaos\nprovider: wavespeed\ncharacters: { mira: { videos: [refs/mira.mp4] } }\nshots:';
  await fs.writeFile(join(folder, 'reel.yaml'), `${[head, ...lines].join('\n')}\n`);
}

function start({ folder, concurrency }: ChaosOptions, emulator: Emulator) {
  const args = ['render', 'reel.yaml', '--yes', '--no-cut', '--concurrency', String(concurrency)];
  const child = spawn(process.execPath, [CLI, ...args], {
    cwd: folder,
    env: { ...process.env, ...emulator.environment, NO_COLOR: '1' },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let stderr = '';
  child.stderr.on('data', chunk => {
    stderr = (stderr + chunk).slice(-20_000);
  });
  let peakMegabytes = 0;
  const watching = setInterval(() => {
    if (child.pid !== undefined) peakMegabytes = Math.max(peakMegabytes, residentPeak(child.pid));
  }, 500);
  const ended = new Promise<{ code: number | null; stderr: string; peakMegabytes: number }>(resolve =>
    child.once('close', code => {
      clearInterval(watching);
      resolve({ code, stderr, peakMegabytes });
    }),
  );
  return { ended, kill: () => child.kill('SIGKILL') };
}

function residentPeak(pid: number): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    return Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1] ?? 0) / 1024;
  } catch {
    return 0; // it has ended, or this is not Linux
  }
}

async function report(
  { folder, shots }: ChaosOptions,
  emulator: Emulator,
  run: { runs: number; killed: number; exitCode: number; peakMegabytes: number; started: number },
): Promise<ChaosReport> {
  const { charges, requests, injected } = emulator.ledger();
  const times = new Map<string, number>();
  for (const { identity } of charges) times.set(identity, (times.get(identity) ?? 0) + 1);
  const store = new Store(join(folder, '.storyreel'));
  const journal = await Journal.open(store.folder);
  const submissions = journal.all();
  journal.close();
  const held = submissions.filter(({ state }) => state === 'unknown');
  const heldPrompts = new Set(held.map(({ payload }) => payload.prompt));
  const stored = new Set<string | null>();
  let here = 0;
  for (const { state, clip, predictionId } of submissions) {
    if (state !== 'stored' || clip === null) continue;
    if ((await store.clipState(clip, { afresh: true })) !== 'intact') continue;
    stored.add(predictionId);
    here++;
  }
  const lost = charges.filter(({ predictionId, identity }) => {
    const { prompt } = JSON.parse(identity) as { prompt: string };
    return !stored.has(predictionId) && !heldPrompts.has(prompt);
  });
  return {
    runs: run.runs,
    killed: run.killed,
    submits: requests.submit ?? 0,
    injected: Object.values(injected).reduce((sum, count) => sum + count, 0),
    charges: charges.length,
    doubles: [...times].filter(([, count]) => count > 1).map(([identity]) => identity),
    lost: lost.map(({ predictionId }) => predictionId),
    held: held.length,
    missing: shots - here - held.length,
    exitCode: run.exitCode,
    peakMegabytes: Math.round(run.peakMegabytes),
    seconds: Math.round((Date.now() - run.started) / 100) / 10,
  };
}

/** Mulberry32: small, and the same numbers each time. */
function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}
