import { timescale } from './h264.ts';

const TAGS = [
  '-color_primaries',
  'bt709',
  '-color_trc',
  'bt709',
  '-colorspace',
  'bt709',
  '-color_range',
  'tv',
];

/** How we encode for editors: every frame by itself, ten or eight bits of 4:2:2. */
export function mezzanine(
  codec: 'prores' | 'dnxhr',
  fps: { readonly numerator: number; readonly denominator: number },
): string[] {
  const encoder =
    codec === 'prores'
      ? ['-c:v', 'prores_ks', '-profile:v', '3', '-vendor', 'apl0', '-pix_fmt', 'yuv422p10le']
      : ['-c:v', 'dnxhd', '-profile:v', 'dnxhr_hq', '-pix_fmt', 'yuv422p'];
  return [...encoder, '-threads', '1', ...TAGS, '-video_track_timescale', String(timescale(fps))];
}
