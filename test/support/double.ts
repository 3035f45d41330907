import { promises as fs } from 'node:fs';
import { join } from 'node:path';
import { Failure } from '../../src/failure.ts';
import type { Job, Provider } from '../../src/provider/provider.ts';
import { makeClip } from './project.ts';

/** A provider that speaks the real interface, counts what was ordered, and makes tiny clips. */
export interface DoubleProvider extends Provider {
  /** The jobs that were submitted: what would have been charged. */
  readonly submitted: Job[];
  readonly collected: Job[];
}

export interface DoubleOptions {
  readonly name?: string;
  readonly priced?: boolean;
  /** Where the clips are made. */
  readonly folder: string;
  /** Shots whose clip never arrives. */
  readonly failing?: ReadonlySet<string>;
  readonly beforeCollect?: (job: Job) => Promise<void>;
}

const COLORS = ['red', 'green', 'blue', 'orange', 'purple', 'teal', 'gray', 'pink'];

export function doubleProvider(options: DoubleOptions): DoubleProvider {
  const submitted: Job[] = [];
  const collected: Job[] = [];
  const priced = options.priced ?? true;
  return {
    name: options.name ?? 'double',
    version: priced ? null : '1',
    priced,
    drawsLabels: false,
    submitted,
    collected,
    submit: async job => {
      submitted.push(job);
      return { predictionId: priced ? `prediction-${submitted.length}` : null };
    },
    collect: async (job, _, { file, signal }) => {
      await options.beforeCollect?.(job);
      signal.throwIfAborted();
      if (options.failing?.has(job.labels.shot) === true) {
        throw new Failure('task-failed', 'the task failed: out of chalk', { hint: 'Write another prompt.' });
      }
      const { durationSeconds } = job.output;
      const color = COLORS[Number.parseInt(job.key.slice(0, 4), 16) % COLORS.length] as string;
      const made = join(options.folder, `${job.key}.mp4`);
      // Different requests must give different bytes, as they do in the world.
      await makeClip(made, { seconds: durationSeconds, color, size: '64x36', tone: null });
      await fs.copyFile(made, file);
      await fs.appendFile(file, freeBox(job.key));
      collected.push(job);
    },
  };
}

/** An MP4 box that players skip, with some bytes in it. */
function freeBox(text: string): Buffer {
  const box = Buffer.alloc(8 + text.length);
  box.writeUInt32BE(box.length, 0);
  box.write('free', 4, 'latin1');
  box.write(text, 8, 'latin1');
  return box;
}
