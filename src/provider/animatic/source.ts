import { promises as fs } from 'node:fs';
import { Failure } from '../../failure.ts';
import type { Ffmpeg } from '../../media/ffmpeg.ts';
import { type FfmpegInput, runFfmpeg, untrustedInput } from '../../media/run-ffmpeg.ts';
import { requireSameReferences } from '../../media/stamp.ts';
import { stillInput } from '../../media/still.ts';
import type { Derived } from '../../store/derived.ts';
import type { JobMedia } from '../provider.ts';

/** A medium as ffmpeg is to read it: by a demuxer of our choice, never by one that the content asks for. */
export interface Source {
  readonly media: JobMedia;
  readonly input: FfmpegInput;
  readonly still: boolean;
  /** Width by height as shown; null where the file does not say, or is no picture at all. */
  readonly aspect: number | null;
}

/** Throws a Failure where the file is not what it was: what it seems to be, or not to be, says nothing of its digest. */
export async function sourceOf(
  media: JobMedia,
  ffmpeg: Ffmpeg,
  derived: Derived,
  signal: AbortSignal,
): Promise<Source> {
  const source = await lookAt(media, ffmpeg, derived, signal);
  requireSameReferences([media]);
  return source;
}

async function lookAt(
  media: JobMedia,
  ffmpeg: Ffmpeg,
  derived: Derived,
  signal: AbortSignal,
): Promise<Source> {
  const { path } = media;
  const input = await stillInput(path);
  if (input === null) {
    const video = untrustedInput(path, '-threads', '1');
    return { media, input: video, still: false, aspect: await videoAspect(path) };
  }
  // ffmpeg's list of frames starts with their size, and costs no decoding.
  const aspect = await derived
    .get('still-sizes', media.sha256, 'txt', async file => {
      const output = ['-map', '0:v:0', '-c', 'copy', '-frames:v', '1', '-f', 'framecrc'];
      await runFfmpeg(ffmpeg, { inputs: [input], output, file, signal });
      requireSameReferences([media]);
      return parseAspect(await fs.readFile(file, 'utf8'));
    })
    .then(({ facts }) => facts)
    .catch(nullForFailure);
  return { media, input, still: true, aspect };
}

/** The aspect of the first picture in a frame list (`#dimensions 0: 900x1200`). */
export function parseAspect(framecrc: string): number | null {
  const [, width, height] = /^#dimensions 0: (\d+)x(\d+)$/m.exec(framecrc) ?? [];
  return Number(width) > 0 && Number(height) > 0 ? Number(width) / Number(height) : null;
}

async function videoAspect(path: string): Promise<number | null> {
  const { probe } = await import('../../media/probe.ts');
  const facts = await probe(path).catch(nullForFailure);
  return facts !== null && facts.width > 0 && facts.height > 0 ? facts.width / facts.height : null;
}

/** What cannot be read has no size; whether it can be played is found out by playing it. */
function nullForFailure(error: unknown): null {
  if (error instanceof Failure && error.code !== 'disk-full') return null;
  throw error;
}
