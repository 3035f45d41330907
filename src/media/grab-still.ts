import { existsSync } from 'node:fs';
import { Failure } from '../failure.ts';
import type { Ffmpeg } from './ffmpeg.ts';
import { REPRODUCIBLE, runFfmpeg, untrustedInput } from './run-ffmpeg.ts';

/** One frame of a clip, scaled to this size, as a JPEG. Throws a Failure if there is none. */
export async function grabStill(
  ffmpeg: Ffmpeg,
  clip: { readonly path: string; readonly atSeconds: number },
  size: { readonly width: number; readonly height: number },
  file: string,
  signal: AbortSignal,
): Promise<void> {
  await runFfmpeg(ffmpeg, {
    inputs: [untrustedInput(clip.path, '-ss', clip.atSeconds.toFixed(3), '-threads', '1')],
    filters: `[0:V:0]scale=${size.width}:${size.height}:flags=area:out_range=pc,setsar=1,format=yuvj444p[out]`,
    output: [
      ...['-map', '[out]', '-frames:v', '1', '-q:v', '2', '-threads', '1'],
      ...[...REPRODUCIBLE, '-f', 'image2', '-c:v', 'mjpeg', '-update', '1'],
    ],
    file,
    signal,
  });
  requirePicture(file, clip.path, clip.atSeconds);
}

/** Where there is no such frame, ffmpeg writes nothing, and is content. */
export function requirePicture(file: string, clip: string, atSeconds: number | string): void {
  if (!existsSync(file)) throw new Failure('no-picture', `${clip} has no picture at ${atSeconds} s`);
}
