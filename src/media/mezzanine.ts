import { BT709, timescale } from './h264.ts';

/** How we encode for editors: every frame by itself, ten or eight bits of 4:2:2. */
export function mezzanine(
  codec: 'prores' | 'dnxhr',
  fps: { readonly numerator: number; readonly denominator: number },
): string[] {
  const encoder =
    codec === 'prores'
      ? ['-c:v', 'prores_ks', '-profile:v', '3', '-vendor', 'apl0', '-pix_fmt', 'yuv422p10le']
      : ['-c:v', 'dnxhd', '-profile:v', 'dnxhr_hq', '-pix_fmt', 'yuv422p'];
  return [...encoder, '-threads', '1', ...BT709, '-video_track_timescale', String(timescale(fps))];
}
