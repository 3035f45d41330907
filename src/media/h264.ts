/**
 * How we encode pictures: pieces of one film with the same settings, size and rate have the same decoder
 * configuration, and can be joined by copying.
 *
 * One thread, because x264's bytes depend on the number of threads and jobs run beside each other anyway. Fixed
 * profile, level and GOP for equal configurations; no B-frames, so that the first packet is the first frame and
 * joined pieces need no edit lists.
 */
export function h264(
  fps: { readonly numerator: number; readonly denominator: number },
  { preset, crf }: { readonly preset: 'veryfast' | 'ultrafast' | 'medium'; readonly crf: number } = {
    preset: 'veryfast',
    crf: 18,
  },
): string[] {
  const gop = Math.round((2 * fps.numerator) / fps.denominator);
  return [
    ...['-c:v', 'libx264', '-preset', preset, '-crf', String(crf), '-profile:v', 'high', '-level:v', '4.2'],
    ...['-bf', '0', '-threads', '1', '-x264-params', 'open-gop=0:bframes=0:8x8dct=1', '-pix_fmt', 'yuv420p'],
    ...BT709,
    ...['-g', String(gop), '-video_track_timescale', String(timescale(fps))],
  ];
}

/** What a player needs to show the colours that we encoded. */
export const BT709: readonly string[] = [
  ...['-color_primaries', 'bt709', '-color_trc', 'bt709', '-colorspace', 'bt709', '-color_range', 'tv'],
];

/** Ticks a second that hold every frame time as a whole number. */
export function timescale(fps: { readonly numerator: number; readonly denominator: number }): number {
  return fps.denominator === 1 ? fps.numerator * 512 : fps.numerator;
}

/** swscale gives other pixels with SIMD than without, unless it is told to be exact. */
export const EXACT_SCALER: string = 'bicubic+accurate_rnd+full_chroma_int+bitexact';
