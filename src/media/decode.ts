import { Failure } from '../failure.ts';
import type { Ffmpeg } from './ffmpeg.ts';
import { runFfmpeg, untrustedInput } from './run-ffmpeg.ts';

/** Decodes a file from end to end: the only way to notice a truncated or flipped one. Throws a Failure. */
export async function decodeWhole(ffmpeg: Ffmpeg, path: string, signal: AbortSignal): Promise<void> {
  try {
    await runFfmpeg(ffmpeg, {
      inputs: [untrustedInput(path, '-xerror', '-err_detect', 'explode')],
      output: ['-map', '0', '-f', 'null'],
      file: '-',
      signal,
    });
  } catch (error) {
    signal.throwIfAborted();
    throw new Failure('clip-damaged', `the clip that arrived is damaged: ${(error as Error).message}`, {
      hint: 'Run the same command again: it is fetched anew.',
      cause: error,
    });
  }
}
