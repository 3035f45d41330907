import type { Ffmpeg } from './ffmpeg.ts';
import { EXACT_SCALER } from './h264.ts';
import { probe } from './probe.ts';
import { REPRODUCIBLE, runFfmpeg, untrustedInput } from './run-ffmpeg.ts';

/**
 * Writes one frame of a clip as a PNG of its own size. A number is seconds after the beginning; past the end it is the
 * last frame, since a service's clip may be a frame shorter than what was ordered.
 */
export async function extractFrame(
  ffmpeg: Ffmpeg,
  clip: string,
  at: 'first' | 'last' | number,
  file: string,
  signal: AbortSignal,
): Promise<void> {
  const { frameCount, durationSeconds } = await probe(clip);
  const last = Math.max(0, frameCount - 1);
  const rate = durationSeconds > 0 ? frameCount / durationSeconds : 0;
  // The small part keeps 0.1 s × 30 from being frame 2.
  const number = at === 'first' ? 0 : at === 'last' ? last : Math.min(last, Math.floor(at * rate + 1e-6));
  await runFfmpeg(ffmpeg, {
    inputs: [untrustedInput(clip)],
    filters: `[0:V:0]select=eq(n\\,${number}),scale=flags=${EXACT_SCALER}:out_range=pc,format=rgb24[out]`,
    output: [
      ...['-map', '[out]', '-frames:v', '1', '-c:v', 'png', ...REPRODUCIBLE],
      ...['-f', 'image2', '-update', '1'],
    ],
    file,
    signal,
  });
}
