import { BT709, timescale } from './h264.ts';

/** The pictures of a film are 8-bit 4:2:0 by then: more than HQ would keep nothing that is there. `small`: a proxy. */
const PROFILES = {
  prores: { high: '3', normal: '3', small: '0' },
  dnxhr: { high: 'dnxhr_hq', normal: 'dnxhr_hq', small: 'dnxhr_lb' },
} as const;

/** How we encode for editors: every frame by itself, ten or eight bits of 4:2:2. */
export function mezzanine(
  codec: 'prores' | 'dnxhr',
  quality: 'high' | 'normal' | 'small',
  fps: { readonly numerator: number; readonly denominator: number },
): string[] {
  const profile = PROFILES[codec][quality];
  const encoder =
    codec === 'prores'
      ? ['-c:v', 'prores_ks', '-profile:v', profile, '-vendor', 'apl0', '-pix_fmt', 'yuv422p10le']
      : ['-c:v', 'dnxhd', '-profile:v', profile, '-pix_fmt', 'yuv422p'];
  return [...encoder, '-threads', '1', ...BT709, '-video_track_timescale', String(timescale(fps))];
}
