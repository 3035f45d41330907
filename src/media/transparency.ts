import type { Ffmpeg } from './ffmpeg.ts';
import { probe } from './probe.ts';
import { runFfmpeg, untrustedInput } from './run-ffmpeg.ts';
import { stampOf } from './stamp.ts';

/** What ffmpeg calls pixels that can be seen through, and palettes whose colours can. */
const CLEAR = /\bfmt:(argb|rgba|abgr|bgra|ya|yuva|gbrap|ayuv|vuya|pal8)/;

/** A film has several pieces of a clip. */
const known = new Map<string, Promise<boolean>>();

/**
 * Whether a clip's pictures can be seen through. Only ProRes, HEVC, and what headers have no name for, as PNG or
 * QuickTime's Animation, is looked at, at the price of a process: all else that we read is opaque, or ffmpeg decodes it as
 * if it were.
 */
export async function isTransparent(ffmpeg: Ffmpeg, clip: string, signal: AbortSignal): Promise<boolean> {
  const { codec } = await probe(clip);
  if (codec !== null && codec !== 'prores' && codec !== 'hevc') return false;
  const identity = `${ffmpeg.path}:${clip}:${stampOf(clip)}`;
  const looking = known.get(identity) ?? look(ffmpeg, clip, signal);
  known.set(identity, looking);
  looking.catch(() => known.delete(identity));
  return await looking;
}

async function look(ffmpeg: Ffmpeg, clip: string, signal: AbortSignal): Promise<boolean> {
  const told = await runFfmpeg(ffmpeg, {
    inputs: [untrustedInput(clip)],
    output: ['-loglevel', 'info', '-map', '0:V:0', '-frames:v', '1', '-filter:v', 'showinfo', '-f', 'null'],
    file: '-',
    signal,
  });
  return told.some(line => CLEAR.test(line));
}
