import { createHash } from 'node:crypto';
import { promises as fs } from 'node:fs';
import { join } from 'node:path';
import { Failure } from '../../src/failure.ts';
import type { FreeProvider, Job, PaidProvider, Provider } from '../../src/provider/provider.ts';
import { freeBox } from './free-box.ts';
import { makeClip } from './project.ts';

/** A provider that counts what was ordered, and makes tiny clips. For what is no matter of the network. */
export type DoubleProvider = Provider & {
  /** The jobs that were submitted or drawn: what would have been charged. */
  readonly submitted: Job[];
};

export interface DoubleOptions {
  readonly priced?: boolean;
  /** Where the clips are made. */
  readonly folder: string;
  /** Shots whose clip never arrives. */
  readonly failing?: ReadonlySet<string>;
  readonly beforeClip?: (job: Job) => Promise<void>;
}

const COLORS = ['red', 'green', 'blue', 'orange', 'purple', 'teal', 'gray', 'pink'];

export function doubleProvider(options: DoubleOptions): DoubleProvider {
  return options.priced === false ? freeDouble(options) : paidDouble(options);
}

function freeDouble(options: DoubleOptions): FreeProvider & { submitted: Job[] } {
  const submitted: Job[] = [];
  return {
    name: 'double',
    version: '1',
    priced: false,
    drawsLabels: false,
    submitted,
    draw: async (job, { file, signal }) => {
      submitted.push(job);
      await options.beforeClip?.(job);
      signal.throwIfAborted();
      if (options.failing?.has(job.labels.shot) === true) throw failure();
      await writeClip(job, file, options.folder);
    },
  };
}

function paidDouble(options: DoubleOptions): PaidProvider & { submitted: Job[] } {
  const submitted: Job[] = [];
  const prepared = new Map<string, Job>();
  const job = (id: string) => submitted[Number(id.split('-')[1]) - 1] as Job;
  return {
    name: 'double',
    version: null,
    priced: true,
    service: 'double',
    pace: { clockSkewMs: 0, lookUps: [0], busy: { first: 10, most: 100 }, again: [10] },
    submitted,
    prepare: async job => {
      prepared.set(JSON.stringify(job.request.inputs), job);
      return job.request.inputs;
    },
    submit: async (_, payload) => {
      submitted.push(prepared.get(JSON.stringify(payload)) as Job);
      return { kind: 'accepted', predictionId: `prediction-${submitted.length}` };
    },
    forgetMedia: () => {},
    findPredictions: async () => [],
    knows: async () => false,
    wait: async ({ id }, { signal }) => {
      await options.beforeClip?.(job(id));
      signal.throwIfAborted();
      if (options.failing?.has(job(id).labels.shot) === true) {
        return { kind: 'failed', failure: failure(), charged: false };
      }
      return { kind: 'completed', outputUrl: `double:${id}` };
    },
    download: async (url, { file }) => {
      await writeClip(job(url.slice('double:'.length)), file, options.folder);
      const bytes = await fs.readFile(file);
      return { sha256: createHash('sha256').update(bytes).digest('hex') as never, bytes: bytes.length };
    },
    quote: async () => null,
    balance: async () => null,
    history: async () => [],
    bills: async () => new Map(),
    close: () => {},
  };
}

function failure(): Failure {
  return new Failure('task-failed', 'the task failed: out of chalk', { hint: 'Write another prompt.' });
}

async function writeClip(job: Job, file: string, folder: string): Promise<void> {
  const { durationSeconds } = job.output;
  const color = COLORS[Number.parseInt(job.key.slice(0, 4), 16) % COLORS.length] as string;
  const made = join(folder, `${job.key}.mp4`);
  // Different requests must give different bytes, as they do in the world.
  await makeClip(made, { seconds: durationSeconds, color, size: '64x36', tone: null });
  await fs.copyFile(made, file);
  await fs.appendFile(file, freeBox(job.key));
}
