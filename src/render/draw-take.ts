import { promises as fs } from 'node:fs';
import type { PlannedTake } from '../plan/plan.ts';
import type { FreeProvider } from '../provider/provider.ts';
import type { ClipRecord } from '../store/record.ts';
import type { Store } from '../store/store.ts';
import { drawJob } from './draw-job.ts';
import type { FindMedia } from './find-media.ts';
import { recordOf } from './record-of.ts';

export interface DrawTakeContext {
  readonly provider: FreeProvider;
  readonly store: Store;
  readonly findMedia: FindMedia;
  readonly signal: AbortSignal;
  readonly onProgress: (fraction: number) => void;
}

/** Renders a take on this machine, and stores its clip. Interrupted, it leaves nothing behind. */
export async function drawTake(
  take: PlannedTake,
  { provider, store, findMedia, signal, onProgress }: DrawTakeContext,
): Promise<ClipRecord> {
  const file = await store.temporaryClip();
  try {
    const { digests } = store;
    await drawJob(take, { provider, digests, findMedia, file, signal, onProgress });
    const { probe } = await import('../media/probe.ts');
    const { width, height, durationSeconds, audio } = await probe(file);
    const { sha256, bytes } = await store.putClip(file);
    const clip = { sha256, bytes, width, height, durationSeconds, audio: audio !== null };
    const record = recordOf(take, provider, clip, null);
    await store.putRecord(record);
    return record;
  } finally {
    await fs.rm(file, { force: true });
  }
}
