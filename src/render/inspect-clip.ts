import { availableParallelism } from 'node:os';
import pLimit from 'p-limit';
import { Failure } from '../failure.ts';
import { limitedSignal } from '../limited-signal.ts';
import type { Ffmpeg } from '../media/ffmpeg.ts';
import type { Sha256 } from '../plan/key.ts';
import type { Derived } from '../store/derived.ts';
import type { ClipRecord } from '../store/record.ts';

export type ClipInspector = (
  file: string,
  fetched: { readonly sha256: Sha256; readonly bytes: number },
  /** `last`: a whole clip of another length is better than none, since it is paid for. */
  expected: { readonly durationSeconds: number; readonly last: boolean },
) => Promise<ClipRecord['clip']>;

/** More than any clip of the service takes on a slow machine. */
const PATIENCE_MS = 3 * 60 * 1000;

/** Half a second: models deliver a few frames more or less. */
const TOLERANCE_SECONDS = 0.5;

/**
 * Looks at a clip that a service sent: probed, and decoded to its last frame, since headers do not show a torn
 * file. The same bytes are looked at once; as many at a time as there are cores.
 */
export function clipInspector(
  ffmpeg: () => Promise<Ffmpeg>,
  derived: Derived,
  signal: AbortSignal,
): ClipInspector {
  const limit = pLimit(availableParallelism());
  const known = new Map<Sha256, Promise<ClipRecord['clip']>>();
  const inspect = async (file: string, sha256: Sha256, bytes: number): Promise<ClipRecord['clip']> => {
    const [{ probe }, { watchClip }] = await Promise.all([
      import('../media/probe.ts'),
      import('../cut/watch-clip.ts'),
    ]);
    const engine = await ffmpeg();
    // In this order: ffmpeg is another process, and can be stopped.
    const patience = limitedSignal(signal, PATIENCE_MS);
    try {
      // What it shows is kept: the film's quality gate need not decode it again.
      const context = { ffmpeg: engine, derived, signal: patience.signal };
      await watchClip({ path: file, identity: sha256 }, context, { whole: true });
    } catch (error) {
      signal.throwIfAborted();
      if (patience.isOver()) throw unusable('it takes too long to be decoded');
      if (!(error instanceof Failure) || error.code !== 'ffmpeg-failed') throw error;
      throw new Failure('clip-damaged', `the clip that arrived is damaged: ${(error as Error).message}`, {
        hint: 'Run the same command again: it is fetched anew.',
        cause: error,
      });
    } finally {
      patience.release();
    }
    const { width, height, durationSeconds, audio } = await probe(file);
    return { sha256, bytes, width, height, durationSeconds, audio: audio !== null };
  };
  return async (file, { sha256, bytes }, expected) => {
    let looking = known.get(sha256);
    if (looking === undefined) {
      looking = limit(() => inspect(file, sha256, bytes));
      known.set(sha256, looking);
      looking.catch(() => known.delete(sha256));
    }
    const clip = await looking;
    if (clip.durationSeconds > 4 * expected.durationSeconds + 10)
      throw unusable(`it lasts ${clip.durationSeconds.toFixed(0)} s`);
    if (expected.last || Math.abs(clip.durationSeconds - expected.durationSeconds) <= TOLERANCE_SECONDS)
      return clip;
    const lengths = `${clip.durationSeconds.toFixed(2)} s instead of ${expected.durationSeconds} s`;
    throw new Failure('clip-wrong-length', `the service sent a clip of ${lengths}`, {
      hint: 'It stays paid for: run the same command again to fetch it again.',
    });
  };
}

function unusable(why: string): Failure {
  return new Failure('clip-damaged', `the service sent something that is no clip of the shot: ${why}`, {
    hint: 'It stays paid for: run the same command again to fetch it again.',
  });
}
